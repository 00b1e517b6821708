//! A run as it can be played back: what happened at both ends, from their recordings, on one clock.
//!
//! A recording decides its run, so nothing is lost by playing it: each event is the engine's own, told again. What neither end
//! can know, that a segment was lost on its way, follows from both recordings together.

use std::time::Duration;

use lucid_conn::engine::{Cause, Event, Fault, SegmentSummary, Time, What};
use lucid_views::explain::{Explanation, explain_event};
use lucid_views::meet::meet;
use lucid_views::run::Keep;
use lucid_views::series::Fate;
use lucid_views::{Run, Story};

use super::columns::Side;
use super::trouble::{Outcome, While};
use crate::transcript::{Line, Transcript};

/// A run, ready to be played.
pub(crate) struct Play {
    /// What the ends lived through: the server first.
    pub(crate) runs: Vec<Run>,
    /// What happened, in the order of time.
    pub(crate) beats: Vec<Beat>,
}

/// One thing that happened.
pub(crate) struct Beat {
    /// Since the first of all.
    pub(crate) at: Duration,
    /// Whose it was.
    pub(crate) side: Side,
    /// What it was.
    pub(crate) event: Event,
    /// What the transcript says of it.
    pub(crate) lines: Vec<Line>,
    /// Where it comes from; none of a loss, which no end knows of.
    source: Option<Source>,
}

/// An event's place among all.
#[derive(Clone, Copy)]
struct Source {
    run: usize,
    story: usize,
    event: usize,
}

/// An event before it has its place: when, by the server's clock, and at which end.
struct Told {
    at: i64,
    run: usize,
    event: Event,
    source: Option<Source>,
}

impl Play {
    /// Reads the recordings of both ends: the server's, and those of its clients with what to call them.
    ///
    /// # Errors
    /// One of them can't be run again.
    pub(crate) fn read(server: &[u8], clients: &[(&[u8], Side)]) -> Outcome<Self> {
        let recordings = std::iter::once(server).chain(clients.iter().map(|(recording, _)| *recording));
        let runs = recordings
            .map(|recording| Run::read(recording, Keep::default()).while_doing("run the recording again"));
        let sides: Vec<_> = clients.iter().map(|(_, side)| *side).collect();
        Ok(Self::of(runs.collect::<Outcome<_>>()?, &sides))
    }

    /// The same of runs that are read: the server's first.
    pub(crate) fn of(mut runs: Vec<Run>, clients: &[Side]) -> Self {
        let mut told = Vec::new();
        if let Some((server, others)) = runs.split_first_mut() {
            for (client, number) in others.iter_mut().zip(1..) {
                let ahead = meet(server, client).first().map_or(0, |meeting| meeting.ahead);
                told.extend(events(number, client, ahead));
            }
            let mut all = events(0, server, 0);
            all.append(&mut told);
            told = all;
        }
        // Stable: what an end told at one time stays in its order.
        told.sort_by_key(|told| told.at);
        let start = told.first().map_or(0, |first| first.at);
        let mut transcripts: Vec<_> = runs.iter().map(|_| Transcript::default()).collect();
        let beats = told.into_iter().map(|Told { at, run, event, source }| Beat {
            at: Duration::from_nanos(u64::try_from(at - start).unwrap_or(0)),
            side: run.checked_sub(1).map_or(Side::Server, |client| clients[client]),
            lines: transcripts[run].lines(&event),
            event,
            source,
        });
        let beats = beats.collect();
        Self { runs, beats }
    }

    /// Why a thing happened; none of a loss, which is nobody's doing.
    pub(crate) fn why(&self, beat: usize) -> Option<Explanation> {
        let source = self.beats[beat].source?;
        Some(explain_event(&self.runs[source.run].stories[source.story], source.event))
    }

    /// Whether it belongs to one of these stories, each by its run and its place there.
    pub(crate) fn is_of(beat: &Beat, stories: &[(usize, usize)]) -> bool {
        beat.source.is_some_and(|source| stories.contains(&(source.run, source.story)))
    }

    /// The first of those from `from` on that are so.
    pub(crate) fn find(&self, from: usize, is_it: impl Fn(&Beat) -> bool) -> Option<usize> {
        let found = self.beats.get(from..)?.iter().position(is_it)?;
        Some(from + found)
    }

    /// How many are so.
    pub(crate) fn count(&self, is_it: impl Fn(&Beat) -> bool) -> usize {
        self.beats.iter().filter(|beat| is_it(beat)).count()
    }

    /// What the server's first connection lived through.
    pub(crate) fn served(&self) -> Option<&Story> {
        self.runs.first()?.stories.first()
    }
}

impl Beat {
    pub(crate) fn is_server(&self) -> bool {
        self.side == Side::Server
    }

    /// The segment that was sent, and how many times its first byte had been sent before.
    pub(crate) fn sent(&self) -> Option<(&SegmentSummary, u32)> {
        match &self.event.what {
            What::Sent { segment, retransmission, .. } => Some((segment, *retransmission)),
            _ => None,
        }
    }

    /// The segment that never arrived.
    pub(crate) fn lost(&self) -> Option<&SegmentSummary> {
        match &self.event.what {
            What::Faulted { fault: Fault::Lost, segment, .. } => Some(segment),
            _ => None,
        }
    }
}

/// All events of an end, on the server's clock, with what was lost of what it sent.
fn events(number: usize, run: &Run, ahead: i64) -> Vec<Told> {
    let on_servers_clock = |at: Time| i64::try_from(at.as_nanos()).unwrap_or(i64::MAX).saturating_sub(ahead);
    let told = |event: &Event, source| Told {
        at: on_servers_clock(event.at),
        run: number,
        event: event.clone(),
        source,
    };
    let mut all: Vec<Told> = run.strays.iter().map(|event| told(event, None)).collect();
    for (story, place) in run.stories.iter().zip(0..) {
        let is_lost = |segment: &&lucid_views::series::Segment| segment.fate == Fate::Lost;
        let lost: Vec<_> =
            story.outgoing.segments.iter().filter(is_lost).filter_map(|lost| lost.event).collect();
        for (event, index) in story.events.iter().zip(0..) {
            all.push(told(event, Some(Source { run: number, story: place, event: index })));
            let is_lost = u32::try_from(index).is_ok_and(|index| lost.contains(&index));
            if let (true, What::Sent { segment, .. }) = (is_lost, &event.what) {
                let rto = story.rto.at(event.at);
                let what = What::Faulted { fault: Fault::Lost, segment: *segment, outgoing: true, rto };
                let cause = Cause::OnPurpose;
                all.push(told(&Event { what, cause, rfc: cause.rfc(), ..event.clone() }, None));
            }
        }
    }
    all
}

#[cfg(test)]
pub(crate) mod tests;

//! What would have had to be otherwise, for an event not to happen.

use core::time::Duration;

use lucid_conn::engine::{Cause, Event, Time, What};
use lucid_wire::Flags;

use super::world::{PEER, THIS};
use crate::explain::{Explanation, Topic, origin};
use crate::limits::LimitedBy;
use crate::run::Story;
use crate::series::{Fate, Segment};

/// The one thing that is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Change {
    /// A segment of one end's, by its place among those it sent, arrives as soon as others do.
    Arrives {
        /// Whose it was.
        by: usize,
        /// Which.
        segment: usize,
    },
    /// One that the peer sent never arrives.
    Vanishes {
        /// Which, among those that came.
        segment: usize,
    },
    /// From this time on the peer's application reads what comes.
    Reads {
        /// By this end's clock.
        at: Time,
    },
}

/// A connection's ends.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) this: &'a Story,
    pub(super) peer: Option<&'a Story>,
    /// How far the peer's clock is ahead, in nanoseconds.
    pub(super) ahead: i64,
    /// How long a segment of this end's takes at least, where that is known.
    pub(super) shortest: Option<Duration>,
}

impl Sides<'_> {
    /// The change for an explanation; none where there is no single one.
    pub(super) fn change(&self, explanation: &Explanation) -> Option<Change> {
        let event = self.this.events.get(explanation.event?)?;
        match explanation.topic {
            Topic::Retransmission => self.of_copy(event),
            Topic::Timeout | Topic::Window if is_by_loss(event) => self.of_loss(explanation.event?),
            Topic::Probe => self.of_probe(event),
            Topic::Stall => self.of_stall(explanation, event),
            Topic::Reset => self.of_reset(event),
            _ => None,
        }
    }

    /// A segment went again: the copy before it arrives.
    fn of_copy(&self, event: &Event) -> Option<Change> {
        let What::Sent { segment, .. } = &event.what else { return None };
        let start = u64::from(segment.seq.wrapping_sub(origin(self.this).ours));
        self.arrives(self.copy_before(event.at, start)?)
    }

    /// A loss was found: the first segment that was lost arrives.
    fn of_loss(&self, number: usize) -> Option<Change> {
        let events = &self.this.events;
        let at = events[number].at;
        let same = |step: &&Event| step.at == at;
        let before = events[..=number].iter().rev().take_while(same);
        let around = before.chain(events[number + 1..].iter().take_while(same));
        let first = around.filter_map(|event| match &event.what {
            What::FoundLost { seq, .. } | What::Timeout { seq, .. } => Some(*seq),
            _ => None,
        });
        let place = |seq: u32| u64::from(seq.wrapping_sub(origin(self.this).ours));
        let start = first.map(place).next().or_else(|| self.this.outgoing.acknowledged.at(at))?;
        self.arrives(self.copy_before(at, start)?)
    }

    fn of_probe(&self, event: &Event) -> Option<Change> {
        match event.what {
            What::TailProbe { .. } => self.of_silence(event.at),
            What::WindowProbe { .. } => self.closed_window(event.at),
            _ => None,
        }
    }

    fn of_stall(&self, stall: &Explanation, ended_by: &Event) -> Option<Change> {
        match (&ended_by.what, self.this.limited_by.at(stall.at).flatten()) {
            (What::WindowProbe { .. }, _) | (_, Some(LimitedBy::Receiver)) => self.closed_window(stall.at),
            (What::Timeout { .. } | What::TailProbe { .. }, _) => self.of_silence(ended_by.at),
            (What::Sent { retransmission: 1.., .. }, _) => self.of_copy(ended_by),
            _ => self.missing_here(stall.at),
        }
    }

    /// Nothing came back: the first of what is out that was lost arrives; if none was, the first answer that was lost.
    fn of_silence(&self, at: Time) -> Option<Change> {
        let una = self.this.outgoing.acknowledged.at(at).unwrap_or(0);
        let segments = self.this.outgoing.segments.iter().enumerate();
        let out = segments.filter(|(_, sent)| sent.at < at && sent.takes_space() && sent.end() > una);
        let (lost, first) = out.fold((None, None), |(lost, first), (index, sent)| {
            (lost.or(sent.fate.is_lost().then_some(index)), first.or(Some(index)))
        });
        lost.map(|segment| Change::Arrives { by: THIS, segment }).or_else(|| self.arrives(first?))
    }

    /// The peer's segment that this end lacks.
    fn missing_here(&self, at: Time) -> Option<Change> {
        let wanted = self.this.incoming.acknowledged.at(at)?;
        let covers = |sent: &Segment| sent.start <= wanted && wanted < sent.end() && sent.fate.is_lost();
        let segment = self.peer?.outgoing.segments.iter().position(covers)?;
        Some(Change::Arrives { by: PEER, segment })
    }

    /// Since when the peer's window has had no room for a full segment.
    fn closed_window(&self, at: Time) -> Option<Change> {
        let full = self.full_segment()?;
        let before = self.this.send_window.points().iter().rev().skip_while(|(when, _)| *when > at);
        let closed = before.take_while(|(_, window)| *window < full).last()?;
        Some(Change::Reads { at: closed.0 })
    }

    /// The payload of the largest segment that this end sent.
    pub(super) fn full_segment(&self) -> Option<u64> {
        self.this.outgoing.segments.iter().map(|sent| u64::from(sent.bytes)).max()
    }

    fn of_reset(&self, event: &Event) -> Option<Change> {
        let is_it = |segment: &Segment| segment.at == event.at && segment.flags.contains(Flags::RST);
        let segment = self.this.incoming.segments.iter().position(is_it)?;
        matches!(event.what, What::Received { .. }).then_some(Change::Vanishes { segment })
    }

    /// The last segment before this time that had the place in it.
    fn copy_before(&self, at: Time, place: u64) -> Option<usize> {
        let covers =
            |sent: &Segment| sent.at < at && sent.takes_space() && sent.start <= place && place < sent.end();
        self.this.outgoing.segments.iter().rposition(covers)
    }

    /// A segment that was lost or late arrives as others do; of one that did, its answer.
    fn arrives(&self, segment: usize) -> Option<Change> {
        let sent = &self.this.outgoing.segments[segment];
        match sent.fate {
            Fate::Lost | Fate::TakenForLost => Some(Change::Arrives { by: THIS, segment }),
            Fate::Arrived(at) => {
                let usual = self.shortest? + self.shortest? / 2 + Duration::from_millis(1);
                if at.saturating_since(sent.at) > usual {
                    return Some(Change::Arrives { by: THIS, segment });
                }
                let answers = |answer: &Segment| answer.fate.is_lost() && answer.ack >= sent.end();
                let answer = self.peer?.outgoing.segments.iter().position(answers)?;
                Some(Change::Arrives { by: PEER, segment: answer })
            }
            Fate::Unknown | Fate::Acknowledged(_) => None,
        }
    }
}

/// Whether a cut, or a timeout, is for a loss.
fn is_by_loss(event: &Event) -> bool {
    matches!(
        event.cause,
        Cause::FoundLost
            | Cause::SentBeforeArrived
            | Cause::ThirdDuplicateAck
            | Cause::RetransmissionTimeout
            | Cause::TimeoutWindow
            | Cause::TailProbeRepaired
    )
}

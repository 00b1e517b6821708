//! What came of a connection, in numbers and in sentences.

use core::fmt;
use core::time::Duration;

use lucid_conn::engine::{Arrival, Cause, Counts};
use serde::Serialize;

use crate::limits::LimitedBy;
use crate::run::Story;
use crate::series::{Fate, Reception, Segment};
use crate::words::{amount, time};

/// A connection in numbers, as one end saw it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Payload bytes sent, without repetitions.
    pub bytes_sent: u64,
    /// Payload bytes received in order.
    pub bytes_received: u64,
    /// From the open until the last byte that was sent was acknowledged, or the last that came was in order.
    pub duration: Duration,
    /// Losses, and what repaired them.
    pub losses: Losses,
    /// Segments sent again, for any reason.
    pub retransmissions: u64,
    /// Times that the retransmission timer fired.
    pub timeouts: u64,
    /// Tail loss probes.
    pub tail_probes: u64,
    /// Cuts of the window taken back.
    pub undone: u64,
    /// How often something was being repaired.
    pub recoveries: usize,
    /// For how long in all.
    pub time_in_recovery: Duration,
    /// From the first data sent to its last acknowledgment: what [`Summary::limited_by`] is a share of.
    pub sending: Duration,
    /// For how long sending was limited by each thing, the longest first; they sum up to [`Summary::sending`].
    pub limited_by: Vec<(LimitedBy, Duration)>,
    /// The shortest, the middle and the longest round trip measured.
    pub round_trip: Option<[Duration; 3]>,
    /// Segments that came before their turn.
    pub out_of_order: u64,
    /// Segments that came and had nothing new.
    pub duplicates: u64,
}

/// Segments that take sequence space and were lost, each counted once for each time it was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Losses {
    /// How many.
    pub segments: u64,
    /// The peer's recording says so. Otherwise they are those that this end took for lost.
    pub certain: bool,
    /// Bare acknowledgments that were lost, besides; known only if it is certain.
    pub acks: u64,
    /// Sent again by fast recovery: before the timer.
    pub by_fast_recovery: u64,
    /// Sent again by a tail loss probe.
    pub by_tail_probe: u64,
    /// Sent again by the retransmission timer.
    pub by_timeout: u64,
    /// Sent again for another reason, such as a window that opened.
    pub by_other: u64,
    /// Copies of what had arrived already: nothing was to be repaired. Known only if it is certain.
    pub needless: u64,
    /// Not sent again.
    pub not_repaired: u64,
}

impl Summary {
    /// Sums a story up.
    #[must_use]
    pub fn of(story: &Story) -> Self {
        let Counts { bytes_sent, bytes_received, retransmissions, timeouts, tail_probes, undone, .. } =
            story.counts;
        let sending = story.sending_time();
        let within = sending.map_or((story.opened_at, story.opened_at), |span| (span.from, span.to));
        let mut limited_by: Vec<_> = LimitedBy::ALL.map(|limit| (limit, Duration::ZERO)).into();
        for span in story.limits() {
            let its = limited_by.iter_mut().find(|(limit, _)| *limit == span.what);
            if let Some((_, time)) = its {
                *time += span.within(within.0, within.1);
            }
        }
        limited_by.retain(|(_, time)| !time.is_zero());
        limited_by.sort_by_key(|(_, time)| core::cmp::Reverse(*time));
        let repairs: Vec<_> =
            story.rule.spans(story.ended_at).filter(|span| span.what.is_recovery()).collect();
        let count = |wanted: Arrival| {
            let texts = story.incoming.segments.iter().map(|segment| segment.reception);
            texts.filter(|reception| *reception == Reception::Text(wanted)).count() as u64
        };
        Self {
            bytes_sent,
            bytes_received,
            duration: duration(story),
            losses: Losses::of(&story.outgoing.segments),
            retransmissions,
            timeouts,
            tail_probes,
            undone,
            recoveries: repairs.len(),
            time_in_recovery: repairs.iter().map(|span| span.within(story.opened_at, story.ended_at)).sum(),
            sending: limited_by.iter().map(|(_, time)| *time).sum(),
            limited_by,
            round_trip: round_trip(story),
            out_of_order: count(Arrival::OutOfOrder),
            duplicates: count(Arrival::Duplicate),
        }
    }

    /// The share of the sending time for which this was the limit, from 0 to 1.
    #[must_use]
    pub fn share(&self, limit: LimitedBy) -> f64 {
        let its = self.limited_by.iter().find(|(which, _)| *which == limit);
        let time = its.map_or(Duration::ZERO, |(_, time)| *time);
        if self.sending.is_zero() { 0.0 } else { time.as_secs_f64() / self.sending.as_secs_f64() }
    }

    /// It in plain sentences, the most important first.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        // Who mostly listens has little that could be lost: only if something was, it is worth a word.
        let listens = self.bytes_received > self.bytes_sent;
        let mut said = vec![self.transfer()];
        if !listens || self.losses.segments > 0 {
            said.push(self.losses.to_string());
        }
        if self.timeouts > 0 || self.losses.segments > 0 {
            said.push(match self.timeouts {
                0 => "No timeout.".to_owned(),
                1 => "One timeout.".to_owned(),
                many => format!("{many} timeouts."),
            });
        }
        if !self.time_in_recovery.is_zero() {
            said.push(format!("{} went by in recovery.", time(self.time_in_recovery)));
        }
        if self.undone > 0 {
            let times = if self.undone == 1 { "once".to_owned() } else { format!("{} times", self.undone) };
            said.push(format!("The window was cut wrongly {times}, and the cut taken back."));
        }
        said.extend(self.limit());
        if listens && self.out_of_order > 0 {
            let turn = if self.out_of_order == 1 { "its" } else { "their" };
            said.push(format!(
                "{} came before {turn} turn.",
                counted(self.out_of_order, "segment", "segments")
            ));
        }
        if listens && self.duplicates > 0 {
            said.push(format!("{} brought nothing new.", counted(self.duplicates, "segment", "segments")));
        }
        said
    }

    fn transfer(&self) -> String {
        let (larger, smaller, verbs) = if self.bytes_received > self.bytes_sent {
            (self.bytes_received, self.bytes_sent, ["received", "sent"])
        } else {
            (self.bytes_sent, self.bytes_received, ["sent", "received"])
        };
        let took = time(self.duration);
        if smaller == 0 {
            return format!("{} {} in {took}.", amount(larger), verbs[0]);
        }
        format!("{} {} in {took}, and {} {}.", amount(larger), verbs[0], amount(smaller), verbs[1])
    }

    fn limit(&self) -> Option<String> {
        let (most, _) = self.limited_by.first()?;
        // Of a request in a segment or two there is nothing to say.
        if self.bytes_sent < self.bytes_received || self.sending.is_zero() {
            return None;
        }
        let share = self.share(*most);
        let how = match share {
            s if s > 0.95 => "Nearly all of the time",
            s if s > 0.5 => "Most of the time",
            _ => "For the largest share of the time",
        };
        let what = match most {
            LimitedBy::CongestionWindow => "the congestion window was the limit",
            LimitedBy::Receiver => "the receiver's window was the limit",
            LimitedBy::Application => "the application was the limit: nothing more waited to be sent",
            LimitedBy::SendBuffer => "the send buffer was the limit",
            LimitedBy::Pacing => "pacing was the limit: segments waited for their turn",
            LimitedBy::SmallSegment => "small segments waited to become larger ones",
        };
        Some(format!("{how} {what}."))
    }
}

impl Losses {
    fn of(segments: &[Segment]) -> Self {
        let certain = segments.iter().any(|segment| matches!(segment.fate, Fate::Arrived(_)));
        let mut losses = Self { certain, ..Self::default() };
        for (index, segment) in segments.iter().enumerate().filter(|(_, segment)| segment.fate.is_lost()) {
            if !segment.takes_space() {
                losses.acks += 1;
                continue;
            }
            losses.segments += 1;
            let covers = |later: &&Segment| {
                later.retransmission > 0 && later.start <= segment.start && segment.start < later.end()
            };
            let again = segments[index + 1..].iter().find(covers);
            *match again.map(|again| again.cause) {
                Some(Cause::RetransmissionTimeout) => &mut losses.by_timeout,
                Some(Cause::TailProbe) => &mut losses.by_tail_probe,
                Some(
                    Cause::SentBeforeArrived
                    | Cause::ThirdDuplicateAck
                    | Cause::PartialAck
                    | Cause::FoundLost
                    | Cause::DuplicateAck
                    | Cause::ProbeLost,
                ) => &mut losses.by_fast_recovery,
                Some(_) => &mut losses.by_other,
                None if had_arrived(&segments[..index], segment.start) => &mut losses.needless,
                None => &mut losses.not_repaired,
            } += 1;
        }
        losses
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { segments, certain, acks, .. } = *self;
        let verb = if certain { "lost" } else { "taken for lost" };
        match segments {
            0 => write!(f, "No segment was {verb}")?,
            1 => write!(f, "1 segment was {verb}")?,
            many => write!(f, "{many} segments were {verb}")?,
        }
        let repairs = [
            ("fast recovery", self.by_fast_recovery),
            ("the tail probe", self.by_tail_probe),
            ("the retransmission timer", self.by_timeout),
            ("something else", self.by_other),
        ];
        let by: Vec<_> = repairs.iter().filter(|(_, count)| *count > 0).collect();
        for (index, (who, count)) in by.iter().enumerate() {
            let (mark, verb) = if index == 0 { (";", " repaired") } else { (",", "") };
            match (*count == segments, segments) {
                (true, 1) => write!(f, "{mark} {who}{verb} it")?,
                (true, _) => write!(f, "{mark} {who}{verb} all of them")?,
                (false, _) => write!(f, "{mark} {who}{verb} {count}")?,
            }
        }
        let rest =
            [("were copies of what had arrived", self.needless), ("not sent again", self.not_repaired)];
        let mut mark = if by.is_empty() { ";" } else { "," };
        for (what, count) in rest.into_iter().filter(|(_, count)| *count > 0) {
            write!(f, "{mark} {count} {what}")?;
            mark = ",";
        }
        if acks > 0 {
            write!(f, "; besides, {} lost", counted(acks, "bare ACK was", "bare ACKs were"))?;
        }
        f.write_str(".")
    }
}

/// Whether one of these segments brought this place.
fn had_arrived(segments: &[Segment], place: u64) -> bool {
    let mut covering =
        segments.iter().rev().filter(|earlier| earlier.start <= place && place < earlier.end());
    covering.any(|earlier| matches!(earlier.fate, Fate::Arrived(_)))
}

fn counted(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn duration(story: &Story) -> Duration {
    let sent = story.sending_time().map(|span| span.to);
    let received = story.received.points().last().map(|(at, _)| *at);
    let done = sent.into_iter().chain(received).max().unwrap_or(story.ended_at);
    done.saturating_since(story.opened_at)
}

fn round_trip(story: &Story) -> Option<[Duration; 3]> {
    let mut samples: Vec<Duration> = story.round_trips.iter().map(|trip| trip.sample).collect();
    samples.sort_unstable();
    Some([*samples.first()?, samples[samples.len() / 2], *samples.last()?])
}

#[cfg(test)]
mod tests;

//! The far end of a sender's path: what has arrived there, and what it answers.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use lucid_conn::engine::Time;
use lucid_wire::Timestamps;

use crate::{Load, RATE};

/// Segments in a row that have arrived, counted from the first of all.
pub(crate) type Run = Range<u64>;

/// A path of one rate and one round trip that loses every so-manieth segment, and a receiver behind it.
pub(crate) struct Path {
    round_trip: Duration,
    /// Every so-manieth segment of these is lost, the first time; none: nothing is.
    lose_every: Option<u64>,
    lossy: Range<u64>,
    under_way: VecDeque<UnderWay>,
    free_at: Time,
    /// The first segment that was never sent.
    new: u64,
    /// The first that has not arrived.
    pub(crate) expected: u64,
    /// What has arrived beyond it: from the first of each run to the one behind its last.
    runs: BTreeMap<u64, u64>,
    /// Segments that no ACK has answered yet.
    unanswered: u32,
    /// The sender's clock, as the last segment in order told it.
    pub(crate) heard: Option<u32>,
}

struct UnderWay {
    /// When its acknowledgment is back.
    at: Time,
    segment: u64,
    stamp: Option<u32>,
}

impl Path {
    pub(crate) fn new(load: &Load) -> Self {
        Self {
            round_trip: Duration::from_secs(load.window) / RATE as u32,
            lose_every: load.lose_every,
            lossy: load.lossy.clone(),
            under_way: VecDeque::new(),
            free_at: Time::ZERO,
            new: 0,
            expected: 0,
            runs: BTreeMap::new(),
            unanswered: 0,
            heard: None,
        }
    }

    /// How many gaps there are in what has arrived.
    pub(crate) fn holes(&self) -> u64 {
        self.runs.len() as u64
    }

    /// Whether all is repaired that could get lost.
    pub(crate) fn is_past_loss(&self) -> bool {
        self.expected >= self.lossy.end
    }

    /// How many segments were sent from the first gap on.
    pub(crate) fn outstanding(&self) -> u64 {
        self.new - self.expected
    }

    /// A segment leaves.
    pub(crate) fn take(&mut self, now: Time, segment: u64, stamps: Option<Timestamps>) {
        let is_new = segment >= self.new;
        self.new = self.new.max(segment + 1);
        self.free_at = self.free_at.max(now + self.round_trip) + Duration::from_secs(1) / RATE as u32;
        let is_lost = self.lossy.contains(&segment)
            && self.lose_every.is_some_and(|every| segment % every == every - 1);
        if !(is_new && is_lost) {
            let stamp = stamps.map(|stamps| stamps.value);
            self.under_way.push_back(UnderWay { at: self.free_at, segment, stamp });
        }
    }

    /// When the next one has arrived, and its acknowledgment is back.
    pub(crate) fn next(&self) -> Option<Time> {
        self.under_way.front().map(|next| next.at)
    }

    /// It has: the runs that the ACK reports, the latest first, if one goes. One goes for every second segment in
    /// order, and for each that lies beyond a gap or fills one (RFC 5681 section 4.2).
    pub(crate) fn deliver(&mut self) -> Option<Vec<Run>> {
        let UnderWay { segment, stamp, .. } = self.under_way.pop_front()?;
        let in_order = self.runs.is_empty() && segment == self.expected;
        if segment == self.expected {
            self.heard = stamp;
        }
        let run = self.keep(segment);
        if self.runs.first_key_value().is_some_and(|(&start, _)| start == self.expected) {
            self.expected = self.runs.pop_first().map_or(self.expected, |(_, end)| end);
        }
        self.unanswered += 1;
        if in_order && self.unanswered < 2 {
            return None;
        }
        self.unanswered = 0;
        let others = self.runs.iter().rev().map(|(&start, &end)| start..end);
        let latest = Some(run).filter(|run| run.start > self.expected);
        let others = others.filter(|other| Some(other) != latest.as_ref()).take(3);
        Some(latest.iter().cloned().chain(others).take(3).collect())
    }

    /// Keeps a segment, and says in which run it lies.
    fn keep(&mut self, segment: u64) -> Run {
        if segment < self.expected {
            return segment..segment + 1;
        }
        let before = self.runs.range(..=segment).next_back().map(|(&start, &end)| start..end);
        if let Some(run) = before.clone().filter(|run| run.contains(&segment)) {
            return run;
        }
        let start = before.filter(|run| run.end == segment).map_or(segment, |run| run.start);
        let end = self.runs.remove(&(segment + 1)).unwrap_or(segment + 1);
        self.runs.insert(start, end);
        start..end
    }
}

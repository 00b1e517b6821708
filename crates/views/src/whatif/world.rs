//! Two ends and the path between them, in virtual time.

use core::time::Duration;
use std::collections::BTreeMap;

use lucid_conn::engine::Time;

use super::end::{End, Left};
use super::path::Way;
use super::stand_in::Translation;
use crate::series::{Segment, Span};

/// What UDP and IPv4 add to each datagram on the line.
const OVERHEAD: usize = 28;
/// No run goes on for longer, or for more segments.
const LONGEST: Duration = Duration::from_secs(120);
const MOST: u64 = 300_000;

/// One of the two ends.
pub(super) const THIS: usize = 0;
pub(super) const PEER: usize = 1;

/// What else is lost: as it was recorded.
#[derive(Clone, Debug, Default)]
pub(super) struct Losses {
    /// By place and copy: each is lost once.
    pub(super) copies: Vec<(u64, u32)>,
    /// Times in which nothing came through.
    pub(super) dark: Vec<Span<()>>,
}

impl Losses {
    /// What of segments is lost that leave later than `from`, by the clock that `common` tells. Where all were lost for longer
    /// than `long`, the path was dark, whatever goes then.
    pub(super) fn of(
        segments: &[Segment],
        from: Time,
        long: Duration,
        common: impl Fn(Time) -> Time,
    ) -> Self {
        let later = segments.iter().filter(|segment| common(segment.at) > from && segment.fate.is_lost());
        let copies = later.filter(|segment| segment.takes_space());
        let copies = copies.map(|segment| (segment.start, segment.retransmission)).collect();
        let runs = segments.chunk_by(|one, next| one.fate.is_lost() && next.fate.is_lost());
        let dark = runs.filter_map(|run| {
            let (first, last) = (common(run.first()?.at), common(run.last()?.at));
            let is_dark = last.saturating_since(first) > long && last > from;
            is_dark.then_some(Span { from: first, to: last, what: () })
        });
        Self { copies, dark: dark.collect() }
    }

    /// Whether a segment that leaves now is lost.
    fn take(&mut self, now: Time, left: &Left) -> bool {
        if self.dark.iter().any(|dark| (dark.from..=dark.to).contains(&now)) {
            return true;
        }
        let Some(place) = left.place else { return false };
        let its =
            |&(start, copy): &(u64, u32)| (place.start..place.end).contains(&start) && copy == place.copy;
        let found = self.copies.iter().position(its);
        found.map(|found| self.copies.remove(found)).is_some()
    }
}

pub(super) struct World {
    pub(super) ends: [End; 2],
    /// From each of them to the other.
    pub(super) ways: [Way; 2],
    pub(super) losses: [Losses; 2],
    /// Where the peer is one of our own: its numbers, in those of the recorded one.
    pub(super) translation: Option<Translation>,
    /// What is under way: when it arrives, and in which order; to whom.
    flying: BTreeMap<(Time, u64), (usize, Vec<u8>)>,
    sent: u64,
}

impl World {
    pub(super) fn new(ends: [End; 2], ways: [Way; 2]) -> Self {
        let (losses, flying) = (<[Losses; 2]>::default(), BTreeMap::new());
        Self { ends, ways, losses, translation: None, flying, sent: 0 }
    }

    /// A segment that left `from` is under way, and arrives at this time.
    pub(super) fn is_flying(&mut self, from: usize, left: &Left, arrival: Time) {
        self.ways[from].is_busy_until(arrival);
        self.fly(from, left, arrival);
    }

    fn fly(&mut self, from: usize, left: &Left, arrival: Time) {
        let mut left = *left;
        if let Some(translation) = &self.translation {
            left.header = if from == THIS {
                translation.to_stand_in(&left.header)
            } else {
                translation.of_stand_in(&left.header)
            };
        }
        self.flying.insert((arrival, self.sent), (1 - from, left.encoded()));
        self.sent += 1;
    }

    /// What an end has sent goes onto its way.
    fn ship(&mut self, now: Time, from: usize) {
        for left in std::mem::take(&mut self.ends[from].outbox) {
            if self.losses[from].take(now, &left) {
                continue;
            }
            let arrival = self.ways[from].take(now, left.header.len() + left.bytes + OVERHEAD);
            self.fly(from, &left, arrival);
        }
    }

    /// Goes on from this time, at least until `least`, and until both have sent all that they had.
    pub(super) fn run_on(&mut self, from: Time, least: Time) {
        let mut now = from;
        loop {
            for end in [THIS, PEER] {
                self.ends[end].act(now);
                self.ship(now, end);
            }
            let is_done = now >= least && self.flying.is_empty() && self.ends.iter().all(End::has_sent_all);
            if is_done || now > least + LONGEST || self.sent > MOST {
                return;
            }
            let ends = self.ends.iter().filter_map(|end| end.next(now));
            let Some(next) = ends.chain(self.flying.keys().next().map(|(at, _)| *at)).min() else { return };
            now = now.max(next);
            while let Some(first) = self.flying.first_entry().filter(|first| first.key().0 <= now) {
                let (to, bytes) = first.remove();
                self.ends[to].arrives(now, bytes);
                self.ship(now, to);
            }
        }
    }
}

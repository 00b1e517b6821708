//! What became of what was sent, as far as acknowledgments tell.

use std::collections::BTreeMap;

use lucid_conn::engine::{Cause, Time};

use crate::series::{Fate, Segment};

/// The copies that were sent of each part of the sequence.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// By their first place, those that nothing has covered yet: each one's place in the list of segments.
    outstanding: BTreeMap<u64, usize>,
    /// Those that were taken for lost: the peer may say that it has them twice.
    doubted: BTreeMap<u64, usize>,
}

impl Copies {
    /// The segment at `index`, the last one, was sent.
    pub(super) fn sent(&mut self, segments: &mut [Segment], index: usize) {
        let segment = segments[index];
        if !segment.takes_space() {
            return;
        }
        if segment.retransmission > 0 {
            let again: Vec<_> = self
                .outstanding
                .range(segment.start..segment.end())
                .map(|(at, index)| (*at, *index))
                .collect();
            for (start, earlier) in again {
                self.outstanding.remove(&start);
                // A probe says nothing of what it repeats.
                if !matches!(segment.cause, Cause::TailProbe | Cause::ZeroWindow) {
                    segments[earlier].fate = Fate::TakenForLost;
                    self.doubted.insert(start, earlier);
                }
            }
        }
        self.outstanding.insert(segment.start, index);
    }

    /// All before this place is acknowledged.
    pub(super) fn acknowledged(&mut self, segments: &mut [Segment], at: Time, una: u64) {
        while let Some(first) =
            self.outstanding.first_entry().filter(|first| segments[*first.get()].end() <= una)
        {
            segments[first.remove()].fate = Fate::Acknowledged(at);
        }
    }

    /// The peer reports a block beyond a gap.
    pub(super) fn reported(&mut self, segments: &mut [Segment], at: Time, start: u64, end: u64) {
        let whole: Vec<u64> = self
            .outstanding
            .range(start..end)
            .filter(|(_, index)| segments[**index].end() <= end)
            .map(|(start, _)| *start)
            .collect();
        for start in whole {
            if let Some(index) = self.outstanding.remove(&start) {
                segments[index].fate = Fate::Acknowledged(at);
            }
        }
    }

    /// The peer reports that it received this twice: what was taken for lost wasn't.
    pub(super) fn reported_twice(&mut self, segments: &mut [Segment], at: Time, start: u64, end: u64) {
        let whole: Vec<u64> = self.doubted.range(start..end).map(|(start, _)| *start).collect();
        for start in whole {
            if let Some(index) = self.doubted.remove(&start) {
                segments[index].fate = Fate::Acknowledged(at);
            }
        }
    }
}

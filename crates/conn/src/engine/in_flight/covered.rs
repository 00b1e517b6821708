//! Which places the peer has selectively acknowledged: disjoint ranges that merge.

use std::collections::BTreeMap;

use crate::engine::position::Position;

/// Disjoint, non-empty ranges of places, none beside another. To look one up costs the logarithm of how many there
/// are, however large the window.
#[derive(Debug, Default)]
pub(super) struct Covered {
    /// From the first place of each to the place behind its last.
    ranges: BTreeMap<Position, Position>,
}

impl Covered {
    /// The first stretch at or behind `at`, before `end`, that is not covered.
    pub(super) fn next_gap(&self, at: Position, end: Position) -> Option<(Position, Position)> {
        let before = self.ranges.range(..=at).next_back();
        let start = before.map_or(at, |(_, &covered)| covered.max(at));
        let behind = self.ranges.range(start..).next();
        let gap_end = behind.map_or(end, |(&next, _)| next.min(end));
        (start < gap_end).then_some((start, gap_end))
    }

    /// From now on `start..end` is covered.
    pub(super) fn cover(&mut self, mut start: Position, mut end: Position) {
        while let Some((&from, &to)) = self.ranges.range(..=end).next_back() {
            if to < start {
                break;
            }
            self.ranges.remove(&from);
            start = start.min(from);
            end = end.max(to);
        }
        self.ranges.insert(start, end);
    }

    /// Nothing before `una` matters any more.
    pub(super) fn forget_before(&mut self, una: Position) {
        while let Some(first) = self.ranges.first_entry() {
            let (from, to) = (*first.key(), *first.get());
            if from >= una {
                break;
            }
            first.remove();
            if to > una {
                self.ranges.insert(una, to);
            }
        }
    }

    /// Nothing is covered.
    pub(super) fn clear(&mut self) {
        self.ranges.clear();
    }
}

#[cfg(test)]
mod tests;

//! What the peer is told of data beyond a gap, and of data that came twice: RFC 2018 and RFC 2883.

use std::collections::VecDeque;
use std::ops::Range;

use lucid_wire::{SackBlocks, SeqRange};

use super::position::Position;

/// Each run is reported at least this many times, so that two lost ACKs hide none (RFC 2018 section 4).
const TIMES: u8 = 3;
/// So many runs stand in line for that. When more segments than this open gaps of their own before one ACK goes,
/// the oldest are reported only when they change.
const MAX_RECENT: usize = 64;

/// What the next ACKs report.
#[derive(Debug, Default)]
pub(crate) struct SackReport {
    /// The runs that segments last went to, the latest first.
    recent: VecDeque<Recent>,
    /// What came twice, and was not reported yet.
    duplicate: Option<Range<Position>>,
}

/// A run, named by a place inside it: it may grow, and be joined with others.
#[derive(Debug)]
struct Recent {
    place: Position,
    /// How often it was reported since a segment last went to it.
    reported: u8,
}

impl SackReport {
    /// A segment went to this run.
    pub(crate) fn on_kept(&mut self, run: &Range<Position>) {
        self.recent.retain(|recent| !run.contains(&recent.place));
        self.recent.truncate(MAX_RECENT - 1);
        self.recent.push_front(Recent { place: run.start, reported: 0 });
    }

    /// This stretch came a second time. An ACK reports one (RFC 2883 section 4): where more come before it goes, what
    /// continues the first is joined to it.
    pub(crate) fn on_duplicate(&mut self, stretch: Range<Position>) {
        match &mut self.duplicate {
            None => self.duplicate = Some(stretch),
            Some(known) if known.start <= stretch.end && stretch.start <= known.end => {
                known.start = known.start.min(stretch.start);
                known.end = known.end.max(stretch.end);
            }
            Some(_) => {}
        }
    }

    /// All before `nxt` was delivered: there are no runs any more.
    pub(crate) fn on_delivered(&mut self, nxt: Position) {
        self.recent.retain(|recent| recent.place >= nxt);
    }

    /// The blocks of the ACK that goes now, at most `max`; `run_at` says which run holds a place.
    ///
    /// A duplicate comes first, the run around it second (RFC 2883 section 4). Then the run that the last segment
    /// went to, those that were not yet reported often enough, and the others, the latest first (RFC 2018 section 4).
    pub(crate) fn take(
        &mut self,
        max: usize,
        run_at: impl Fn(Position) -> Option<Range<Position>>,
    ) -> SackBlocks {
        let mut blocks = SackBlocks::new();
        if let Some(duplicate) = self.duplicate.take_if(|_| max > 0) {
            add(&mut blocks, &duplicate);
            let around = run_at(duplicate.start).filter(|_| max > 1);
            around.map(|run| add(&mut blocks, &run));
        }
        let recent = &self.recent;
        let (due, others): (Vec<_>, Vec<_>) =
            (1..recent.len()).partition(|&index| recent[index].reported < TIMES);
        for index in (0..recent.len().min(1)).chain(due).chain(others) {
            if blocks.len() == max {
                break;
            }
            let recent = &mut self.recent[index];
            if run_at(recent.place).is_some_and(|run| add(&mut blocks, &run)) {
                recent.reported = recent.reported.saturating_add(1);
            }
        }
        blocks
    }
}

/// Adds a block, unless it is there already.
fn add(blocks: &mut SackBlocks, block: &Range<Position>) -> bool {
    let block = SeqRange { start: block.start.number(), end: block.end.number() };
    !blocks.as_slice().contains(&block) && blocks.push(block)
}

#[cfg(test)]
mod tests;

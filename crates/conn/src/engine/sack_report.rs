//! What the peer is told of data beyond a gap, and of data that came twice: RFC 2018 and RFC 2883.

use std::collections::VecDeque;
use std::ops::Range;

use lucid_wire::{SackBlocks, SeqRange};
use serde::{Deserialize, Serialize};

use super::position::Position;

/// Each run is reported at least this many times, so that two lost ACKs hide none (RFC 2018 section 4).
const TIMES: u8 = 3;
/// So many runs stand in line for that. When more segments than this open gaps of their own before one ACK goes,
/// the oldest are reported only when they change.
const MAX_RECENT: usize = 64;

/// What the next ACKs report.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SackReport {
    /// The runs that segments last went to, the latest first.
    #[serde(skip)]
    recent: VecDeque<Recent>,
    /// From here on in line all were reported often enough.
    told_from: usize,
    /// All before this place was delivered.
    delivered: Option<Position>,
    /// What came twice, and was not reported yet.
    duplicate: Option<Range<Position>>,
}

#[derive(Debug)]
struct Recent {
    run: Range<Position>,
    /// How often it was reported since a segment last went to it.
    reported: u8,
}

impl SackReport {
    /// A segment went to this run, and made it what it is; `joined` says that it may be one of what were several.
    pub(crate) fn on_kept(&mut self, run: &Range<Position>, joined: bool) {
        let latest = self.recent.front_mut().filter(|latest| !joined && run.contains(&latest.run.start));
        if let Some(latest) = latest {
            *latest = Recent { run: run.clone(), reported: 0 };
            self.told_from = self.told_from.max(1);
            return;
        }
        self.recent.retain(|recent| !run.contains(&recent.run.start));
        self.recent.truncate(MAX_RECENT - 1);
        self.recent.push_front(Recent { run: run.clone(), reported: 0 });
        self.told_from += 1;
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

    /// All before `nxt` was delivered: there are no runs any more. Those in the middle of the line leave it when it is
    /// their turn.
    pub(crate) fn on_delivered(&mut self, nxt: Position) {
        self.delivered = Some(nxt);
        let is_gone = |recent: &Recent| recent.run.start < nxt;
        while self.recent.back().is_some_and(is_gone) {
            self.recent.pop_back();
        }
        while self.recent.front().is_some_and(is_gone) {
            self.recent.pop_front();
        }
    }

    /// Nothing is to be reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.recent.is_empty() && self.duplicate.is_none()
    }

    /// Some runs are in line.
    pub(crate) fn has_runs(&self) -> bool {
        !self.recent.is_empty()
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
            around.inspect(|run| add(&mut blocks, run));
        }
        self.report(0..1, &mut blocks, max, |_| true);
        let untold = self.report(1..self.told_from, &mut blocks, max, |recent| recent.reported < TIMES);
        self.report(1..self.recent.len(), &mut blocks, max, |recent| recent.reported >= TIMES);
        self.told_from = untold;
        blocks
    }

    /// Adds those in these places in line that are wanted, as long as there is room. Says behind which place none was left
    /// that is to be reported again.
    fn report(
        &mut self,
        places: Range<usize>,
        blocks: &mut SackBlocks,
        max: usize,
        is_wanted: impl Fn(&Recent) -> bool,
    ) -> usize {
        let (mut index, mut end) = (places.start, places.end.min(self.recent.len()));
        let mut untold = index;
        while index < end {
            if blocks.len() >= max {
                return end;
            }
            let recent = &mut self.recent[index];
            if self.delivered.is_some_and(|delivered| recent.run.start < delivered) {
                self.recent.remove(index);
                end -= 1;
                continue;
            }
            if is_wanted(recent) {
                add(blocks, &recent.run);
                recent.reported = recent.reported.saturating_add(1);
            }
            index += 1;
            if recent.reported < TIMES {
                untold = index;
            }
        }
        untold
    }
}

/// Adds a block, unless it is there already.
fn add(blocks: &mut SackBlocks, block: &Range<Position>) {
    let block = SeqRange { start: block.start.number(), end: block.end.number() };
    let _full = !blocks.as_slice().contains(&block) && !blocks.push(block);
}

#[cfg(test)]
mod tests;

//! Segments out of order, kept until the gap before them is filled.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;

use super::chunks::Chunks;
use super::position::Position;
use super::receiver::owned;

/// So many runs with gaps between them are always kept.
const MIN_RUNS: usize = 1024;
/// Beyond those, one for so many bytes of window: what keeping a run costs on top of its bytes is less than
/// that, so a peer that sends single bytes with gaps makes us hold about two windows of memory, and no more.
const WINDOW_PER_RUN: u64 = 256;

/// Runs of bytes beyond RCV.NXT, with gaps between them: sorted, apart, none empty. What they hold is bounded by
/// the receive window, since only what lies inside it comes here. Finding a place costs the logarithm of their
/// number.
#[derive(Debug, Default)]
pub(crate) struct Reassembler {
    /// By the place of their first byte.
    runs: BTreeMap<Position, Chunks>,
    bytes: usize,
}

impl Reassembler {
    /// How many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many runs there are.
    pub(crate) fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The place behind the last byte that waits, if any does.
    pub(crate) fn end(&self) -> Option<Position> {
        self.runs.last_key_value().map(|(&start, run)| start + run.len() as u64)
    }

    /// The run that holds this place.
    pub(crate) fn run_at(&self, place: Position) -> Option<Range<Position>> {
        self.last_run_to(place).filter(|run| place < run.end)
    }

    /// The last run that begins at this place or before it. Mostly it is the last of all: what arrives is new.
    fn last_run_to(&self, place: Position) -> Option<Range<Position>> {
        let last = self.runs.last_key_value().filter(|&(&start, _)| start <= place);
        let (&start, run) = last.or_else(|| self.runs.range(..=place).next_back())?;
        Some(start..start + run.len() as u64)
    }

    /// Whether a run begins at this place or behind it.
    fn is_run_from(&self, place: Position) -> bool {
        self.runs.last_key_value().is_some_and(|(&start, _)| start >= place)
    }

    /// The first run that begins in this stretch.
    fn first_run_in(&self, stretch: Range<Position>) -> Option<Range<Position>> {
        if !self.is_run_from(stretch.start) {
            return None;
        }
        let (&start, run) = self.runs.range(stretch).next()?;
        Some(start..start + run.len() as u64)
    }

    /// The first part of this stretch that is here already.
    pub(crate) fn first_held(&self, stretch: &Range<Position>) -> Option<Range<Position>> {
        if let Some(run) = self.run_at(stretch.start) {
            return Some(stretch.start..run.end.min(stretch.end));
        }
        let run = self.first_run_in(stretch.clone())?;
        Some(run.start..run.end.min(stretch.end))
    }

    /// Keeps of `data` what is not here yet, and says how many bytes that were. What came first stays: a
    /// peer can't change bytes by sending them again. Beyond the bound of runs that a window of `window` bytes
    /// has, the rest is let go; the peer will send it again.
    pub(crate) fn insert(&mut self, start: Position, data: &Bytes, window: u64) -> usize {
        let end = start + data.len() as u64;
        let before = self.bytes;
        let mut at = start;
        while at < end {
            if let Some(run) = self.run_at(at) {
                at = run.end;
                continue;
            }
            let gap_end = self.first_run_in(at..end).map_or(end, |next| next.start);
            let part = owned(data.slice(offset(start, at)..offset(start, gap_end)), data.len());
            if !self.fill(at, part, window) {
                break;
            }
            at = gap_end;
        }
        self.bytes - before
    }

    /// Puts bytes into a gap: into a run that ends or begins there, or into one of their own, if there may be one
    /// more.
    fn fill(&mut self, at: Position, part: Bytes, window: u64) -> bool {
        let end = at + part.len() as u64;
        let extended = self.last_run_to(at).filter(|run| run.end == at).map(|run| run.start);
        let behind = if self.is_run_from(end) { self.runs.remove(&end) } else { None };
        if extended.is_none() && behind.is_none() && self.runs.len() >= max_runs(window) {
            return false;
        }
        self.bytes += part.len();
        let run = match self.runs.last_entry().filter(|last| Some(*last.key()) == extended) {
            Some(last) => last.into_mut(),
            None => self.runs.entry(extended.unwrap_or(at)).or_default(),
        };
        run.push(part);
        if let Some(behind) = behind {
            run.append(behind);
        }
        true
    }

    /// Whether all of this stretch is here.
    pub(crate) fn holds(&self, start: Position, len: u64) -> bool {
        len == 0 || self.run_at(start).is_some_and(|run| run.end >= start + len)
    }

    /// The run that continues at `next`, without what lies before it.
    pub(crate) fn take(&mut self, next: Position) -> Option<Chunks> {
        while self.runs.first_key_value().is_some_and(|(&start, _)| start <= next) {
            let (start, mut run) = self.runs.pop_first()?;
            self.bytes -= run.len();
            if start + run.len() as u64 > next {
                run.skip(offset(start, next));
                return Some(run);
            }
        }
        None
    }
}

/// How many runs a window of so many bytes may have.
fn max_runs(window: u64) -> usize {
    MIN_RUNS.max(usize::try_from(window / WINDOW_PER_RUN).unwrap_or(usize::MAX))
}

fn offset(start: Position, at: Position) -> usize {
    usize::try_from(at.since(start)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

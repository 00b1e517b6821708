//! Segments out of order, kept until the gap before them is filled.

use std::collections::VecDeque;

use bytes::Bytes;

use super::position::Position;
use super::receiver::owned;

/// Never more than this many separate pieces: a peer that sends single bytes with gaps gets no further.
/// A window of 65,535 bytes in full segments has 65.
const MAX_PIECES: usize = 1024;

/// Pieces beyond RCV.NXT: sorted, disjoint, none empty. What they hold is bounded by the receive window,
/// since only what lies inside it comes here.
#[derive(Debug, Default)]
pub(crate) struct Reassembler {
    pieces: VecDeque<Piece>,
    bytes: usize,
}

#[derive(Debug)]
struct Piece {
    start: Position,
    data: Bytes,
}

impl Piece {
    fn end(&self) -> Position {
        self.start + self.data.len() as u64
    }
}

impl Reassembler {
    /// How many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The place behind the last byte that waits, if any does.
    pub(crate) fn end(&self) -> Option<Position> {
        self.pieces.back().map(Piece::end)
    }

    /// Keeps of `data` what is not here yet, and says how many bytes that were. What came first stays: a
    /// peer can't change bytes by sending them again. Beyond the bound of pieces, the rest is let go; the
    /// peer will send it again.
    pub(crate) fn insert(&mut self, start: Position, data: &Bytes) -> usize {
        let end = start + data.len() as u64;
        let before = self.bytes;
        let mut at = start;
        let mut index = self.pieces.partition_point(|piece| piece.end() <= start);
        while at < end {
            let gap_end = match self.pieces.get(index) {
                Some(piece) if piece.start <= at => {
                    at = piece.end();
                    index += 1;
                    continue;
                }
                Some(piece) => piece.start.min(end),
                None => end,
            };
            if self.pieces.len() == MAX_PIECES {
                break;
            }
            let part = owned(data.slice(offset(start, at)..offset(start, gap_end)), data.len());
            self.bytes += part.len();
            self.pieces.insert(index, Piece { start: at, data: part });
            at = gap_end;
        }
        self.bytes - before
    }

    /// Whether all of this stretch is here.
    pub(crate) fn holds(&self, start: Position, len: u64) -> bool {
        let mut at = start;
        for piece in self.pieces.iter().filter(|piece| piece.end() > start) {
            if piece.start > at || at >= start + len {
                break;
            }
            at = piece.end();
        }
        at >= start + len
    }

    /// The next piece that continues at `next`, without what lies before it.
    pub(crate) fn take(&mut self, next: Position) -> Option<Bytes> {
        while self.pieces.front().is_some_and(|piece| piece.start <= next) {
            let mut piece = self.pieces.pop_front()?;
            self.bytes -= piece.data.len();
            if piece.end() > next {
                return Some(piece.data.split_off(offset(piece.start, next)));
            }
        }
        None
    }
}

fn offset(start: Position, at: Position) -> usize {
    usize::try_from(at.since(start)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

//! What the application wrote and the peer has not acknowledged.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use lucid_wire::Pieces;
use serde::{Deserialize, Serialize};

use super::position::Position;

/// Writes shorter than this are gathered, so that a byte at a time doesn't cost an allocation each.
const GATHER_BELOW: usize = 4096;

/// Nobody has to wait with less than this, however small the window.
const LEAST: usize = 64 << 10;

/// The bytes from SND.UNA on that the application wrote, in the chunks it handed in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SendBuffer {
    /// The place of the first byte kept.
    start: Position,
    /// Bytes in `chunks` and `tail`.
    len: usize,
    /// Each with the place behind its last byte, so that one is found without walking over those before it.
    #[serde(skip)]
    chunks: VecDeque<(Position, Bytes)>,
    /// Short writes being gathered, behind all chunks.
    #[serde(skip)]
    tail: BytesMut,
    capacity: usize,
    /// So much is taken for now: no more than `capacity`.
    limit: usize,
}

impl SendBuffer {
    /// An empty buffer whose first byte will be at `start`.
    pub(crate) fn new(start: Position, capacity: usize) -> Self {
        let capacity = capacity.max(1);
        let (chunks, tail) = (VecDeque::new(), BytesMut::new());
        Self { start, len: 0, chunks, tail, capacity, limit: capacity.min(LEAST) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The place behind the last byte written.
    pub(crate) fn end(&self) -> Position {
        self.start + self.len as u64
    }

    /// How many more bytes there is room for now.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.len)
    }

    /// How many bytes it takes in all, for now.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// So many bytes may be under way at once. Half as many wait behind them, and some more, so that none is missing when
    /// these are acknowledged, before whoever writes has heard of it. What waits longer than that only grows cold in memory.
    pub(crate) fn tune(&mut self, window: u64) {
        let wanted = usize::try_from(window.saturating_add(window / 2)).unwrap_or(usize::MAX);
        self.limit = wanted.saturating_add(LEAST).min(self.capacity);
    }

    /// Takes as many of the bytes as fit, and says how many.
    pub(crate) fn write(&mut self, mut bytes: Bytes) -> usize {
        // What is offered at once is taken as far as it fits; the limit is for whoever writes piece by piece.
        bytes.truncate(if self.room() > 0 { self.capacity - self.len } else { 0 });
        let taken = bytes.len();
        let is_short = |len: usize| len < GATHER_BELOW;
        // The first of them goes as it is: mostly it is sent, and acknowledged, before the next one comes.
        let follows_short =
            !self.tail.is_empty() || self.chunks.back().is_some_and(|(_, last)| is_short(last.len()));
        if is_short(taken) && follows_short {
            self.tail.extend_from_slice(&bytes);
        } else if taken > 0 {
            self.close_tail();
            self.chunks.push_back((self.end() + taken as u64, bytes));
        }
        self.len += taken;
        taken
    }

    fn close_tail(&mut self) {
        if !self.tail.is_empty() {
            self.chunks.push_back((self.end(), self.tail.split().freeze()));
        }
    }

    /// At most `len` bytes from `from` on, as they lie: nothing is copied.
    pub(crate) fn pieces(&mut self, from: Position, len: usize) -> Pieces {
        self.close_tail();
        let index = self.chunks.partition_point(|&(end, _)| end <= from);
        let mut pieces = Pieces::new();
        for (end, chunk) in self.chunks.range(index..) {
            let start = *end - chunk.len() as u64;
            let skip = usize::try_from(from.since(start)).unwrap_or(usize::MAX).min(chunk.len());
            let missing = len - pieces.len();
            pieces.push(chunk.slice(skip..chunk.len().min(skip + missing)));
            if pieces.len() == len {
                break;
            }
        }
        pieces
    }

    /// Lets go of everything before `una`: it was acknowledged.
    pub(crate) fn acknowledge(&mut self, una: Position) {
        let mut gone = usize::try_from(una.since(self.start)).unwrap_or(usize::MAX).min(self.len);
        self.start += gone as u64;
        self.len -= gone;
        while let Some((_, first)) = self.chunks.front_mut() {
            if gone < first.len() {
                let _ = first.split_to(gone);
                return;
            }
            gone -= first.len();
            self.chunks.pop_front();
        }
        // What was never sliced can't have been sent, so nothing of the tail is ever acknowledged.
        debug_assert_eq!(gone, 0, "acknowledged what was not sent");
    }
}

#[cfg(test)]
mod tests;

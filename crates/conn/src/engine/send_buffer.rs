//! What the application wrote and the peer has not acknowledged.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Serialize};

use super::position::Position;

/// Writes shorter than this are gathered, so that a byte at a time doesn't cost an allocation each.
const GATHER_BELOW: usize = 4096;

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
}

impl SendBuffer {
    /// An empty buffer whose first byte will be at `start`.
    pub(crate) fn new(start: Position, capacity: usize) -> Self {
        Self { start, len: 0, chunks: VecDeque::new(), tail: BytesMut::new(), capacity: capacity.max(1) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The place behind the last byte written.
    pub(crate) fn end(&self) -> Position {
        self.start + self.len as u64
    }

    /// How many more bytes fit.
    pub(crate) fn room(&self) -> usize {
        self.capacity.saturating_sub(self.len)
    }

    /// Takes as many of the bytes as fit, and says how many.
    pub(crate) fn write(&mut self, mut bytes: Bytes) -> usize {
        bytes.truncate(self.room());
        let taken = bytes.len();
        if taken < GATHER_BELOW {
            self.tail.extend_from_slice(&bytes);
        } else {
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

    /// The bytes of a segment: at most `len` from `from` on. Without a copy where one chunk holds them all.
    pub(crate) fn slice(&mut self, from: Position, len: usize) -> Bytes {
        self.close_tail();
        let index = self.chunks.partition_point(|&(end, _)| end <= from);
        let mut chunks = self.chunks.range(index..).map(|(end, chunk)| (*end, chunk));
        let Some((end, first)) = chunks.next() else { return Bytes::new() };
        let skip = first.len() - usize::try_from(end.since(from)).unwrap_or(usize::MAX).min(first.len());
        if first.len() - skip >= len {
            return first.slice(skip..skip + len);
        }
        let mut joined = BytesMut::with_capacity(len);
        joined.extend_from_slice(&first[skip..]);
        for (_, chunk) in chunks {
            let missing = len - joined.len();
            joined.extend_from_slice(&chunk[..missing.min(chunk.len())]);
            if joined.len() == len {
                break;
            }
        }
        joined.freeze()
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

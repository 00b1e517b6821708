//! Received bytes in a row, kept in few pieces whatever sizes they came in.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// Pieces shorter than this are copied together: a peer that sends single bytes would cost a hundred for each.
const SHORT: usize = 512;
/// So many bytes are gathered in one place.
const GATHERED: usize = 4096;

/// Bytes in a row. Whatever they came in, any two neighbouring pieces together hold [`SHORT`] bytes or nearly.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    pieces: VecDeque<Bytes>,
    /// Short pieces being gathered, behind all others.
    tail: BytesMut,
    len: usize,
}

impl Chunks {
    /// How many bytes.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// In how many pieces they lie.
    pub(crate) fn pieces(&self) -> usize {
        self.pieces.len() + usize::from(!self.tail.is_empty())
    }

    /// Puts bytes behind the others.
    pub(crate) fn push(&mut self, data: Bytes) {
        self.len += data.len();
        if data.len() >= SHORT {
            self.close_tail();
            self.pieces.push_back(data);
            return;
        }
        if self.tail.len() + data.len() > GATHERED {
            self.close_tail();
        }
        self.tail.extend_from_slice(&data);
    }

    /// Puts bytes before the others.
    fn push_front(&mut self, data: Bytes) {
        self.len += data.len();
        match self.pieces.front_mut() {
            Some(front) if front.len() + data.len() < SHORT => *front = [&data[..], front].concat().into(),
            _ => self.pieces.push_front(data),
        }
    }

    fn close_tail(&mut self) {
        if !self.tail.is_empty() {
            self.pieces.push_back(self.tail.split().freeze());
        }
    }

    /// Puts all of `behind` behind these. The side with fewer pieces is moved, so that a piece is moved seldom,
    /// in whatever order gaps are filled.
    pub(crate) fn append(&mut self, mut behind: Self) {
        if behind.pieces() > self.pieces() {
            self.close_tail();
            std::mem::swap(self, &mut behind);
            for piece in behind.pieces.into_iter().rev() {
                self.push_front(piece);
            }
        } else {
            behind.close_tail();
            behind.pieces.into_iter().for_each(|piece| self.push(piece));
        }
    }

    /// Takes at most `max` bytes from the front: as many as lie in one piece.
    pub(crate) fn take(&mut self, max: usize) -> Bytes {
        if self.pieces.is_empty() {
            self.close_tail();
        }
        let Some(first) = self.pieces.front_mut() else { return Bytes::new() };
        let taken =
            if first.len() > max { first.split_to(max) } else { self.pieces.pop_front().unwrap_or_default() };
        self.len -= taken.len();
        taken
    }

    /// Lets go of so many bytes at the front.
    pub(crate) fn skip(&mut self, mut bytes: usize) {
        while bytes > 0 && self.len > 0 {
            bytes -= self.take(bytes).len();
        }
    }
}

#[cfg(test)]
mod tests;

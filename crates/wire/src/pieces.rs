//! Bytes in a row, in the pieces in which they lie in memory.

use alloc::collections::{VecDeque, vec_deque};
use alloc::vec::Vec;

use bytes::{Buf, Bytes, BytesMut};

/// Bytes in a row, in as many pieces as they lie in memory: none is copied to join them. One piece costs no allocation.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// Not empty, unless there are none.
    first: Bytes,
    rest: VecDeque<Bytes>,
    len: usize,
}

impl Pieces {
    /// No bytes.
    #[must_use]
    pub const fn new() -> Self {
        Self { first: Bytes::new(), rest: VecDeque::new(), len: 0 }
    }

    /// How many bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts a piece behind the others.
    pub fn push(&mut self, piece: Bytes) {
        if piece.is_empty() {
            return;
        }
        self.len += piece.len();
        if self.first.is_empty() {
            self.first = piece;
        } else {
            self.rest.push_back(piece);
        }
    }

    /// Makes room for so many more pieces.
    pub fn reserve(&mut self, pieces: usize) {
        self.rest.reserve(pieces);
    }

    /// Takes the first piece.
    pub fn pop(&mut self) -> Option<Bytes> {
        if self.is_empty() {
            return None;
        }
        let next = self.rest.pop_front().unwrap_or_default();
        let first = core::mem::replace(&mut self.first, next);
        self.len -= first.len();
        Some(first)
    }

    /// Takes the first `len` bytes; all, if there are no more.
    #[must_use]
    pub fn split_to(&mut self, len: usize) -> Self {
        let mut front = Self::new();
        while front.len < len {
            let missing = len - front.len;
            if self.first.len() > missing {
                front.push(self.first.split_to(missing));
                self.len -= missing;
            } else if let Some(piece) = self.pop() {
                front.push(piece);
            } else {
                break;
            }
        }
        front
    }

    /// The pieces, none of them empty.
    pub fn iter(&self) -> impl Iterator<Item = &Bytes> {
        core::iter::once(&self.first).chain(&self.rest).filter(|piece| !piece.is_empty())
    }

    /// Reads them from the front.
    #[must_use]
    pub fn walk(&self) -> Walk<'_> {
        Walk { piece: &self.first, rest: self.rest.iter() }
    }

    /// All in one: copied, unless there is but one piece.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() {
            return self.first;
        }
        let mut joined = BytesMut::with_capacity(self.len);
        self.iter().for_each(|piece| joined.extend_from_slice(piece));
        joined.freeze()
    }

    /// A copy.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut joined = Vec::with_capacity(self.len);
        self.iter().for_each(|piece| joined.extend_from_slice(piece));
        joined
    }
}

impl From<Bytes> for Pieces {
    fn from(piece: Bytes) -> Self {
        Self { len: piece.len(), first: piece, rest: VecDeque::new() }
    }
}

/// Equal bytes are equal, wherever they are cut.
impl PartialEq for Pieces {
    fn eq(&self, other: &Self) -> bool {
        *self == *other.clone().into_bytes()
    }
}

impl Eq for Pieces {}

impl PartialEq<[u8]> for Pieces {
    fn eq(&self, mut other: &[u8]) -> bool {
        for piece in self.iter() {
            let Some(rest) = other.strip_prefix(&piece[..]) else { return false };
            other = rest;
        }
        other.is_empty()
    }
}

impl Buf for Pieces {
    fn remaining(&self) -> usize {
        self.len
    }

    fn chunk(&self) -> &[u8] {
        &self.first
    }

    fn advance(&mut self, count: usize) {
        assert!(count <= self.len, "{count} of {} bytes", self.len);
        let _gone = self.split_to(count);
    }

    fn copy_to_bytes(&mut self, len: usize) -> Bytes {
        assert!(len <= self.len, "{len} of {} bytes", self.len);
        self.split_to(len).into_bytes()
    }
}

/// Reads pieces from front to back, and takes nothing out.
#[derive(Debug)]
pub struct Walk<'a> {
    /// What is left of the piece it is at.
    piece: &'a [u8],
    rest: vec_deque::Iter<'a, Bytes>,
}

impl<'a> Walk<'a> {
    /// Hands out the next `len` bytes as they lie; all, if there are no more.
    pub fn read(&mut self, mut len: usize, mut take: impl FnMut(&'a [u8])) {
        while len > 0 {
            if self.piece.is_empty() {
                let Some(piece) = self.rest.next() else { return };
                self.piece = piece;
            }
            let (some, rest) = self.piece.split_at(len.min(self.piece.len()));
            if !some.is_empty() {
                take(some);
            }
            len -= some.len();
            self.piece = rest;
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Pieces {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_vec())
    }
}

#[cfg(test)]
mod tests;

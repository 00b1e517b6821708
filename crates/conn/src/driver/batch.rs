//! Datagrams on their way to the socket.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::socket::{Sent, Socket};
use crate::engine::Codepoint;

/// Datagrams encoded back to back, waiting for the socket.
///
/// Bound: once [`Batch::is_full`], nothing more may be added until some have left; whoever would poll the
/// engine for the next segment stops, and what the engine holds is bounded by its windows.
#[derive(Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    /// How each datagram goes, and its length; in the order of `bytes`.
    datagrams: VecDeque<(Way, usize)>,
    /// How many of `bytes` have left.
    sent: usize,
    /// What could not leave: for whom, and how many bytes.
    too_large: Vec<(SocketAddr, usize)>,
}

/// How far a flush came.
#[derive(Debug, PartialEq)]
pub(super) enum Flushed {
    /// All has left, and the batch is empty.
    All,
    /// The socket takes nothing more now: call again when it is writable.
    Full,
    /// An earlier datagram found nobody at the peer's UDP address, and this peer's are lost with that: call again.
    Refused,
}

/// What datagrams must have in common to leave as one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Way {
    to: SocketAddr,
    ecn: Codepoint,
}

impl Batch {
    /// Full with this many bytes: about what one UDP send with segmentation offload can carry.
    const BOUND: usize = 64 << 10;

    /// What one UDP send over IPv4 can carry, in however many datagrams.
    const MAX_PAYLOAD: usize = 65_507;

    pub(super) fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= Self::BOUND
    }

    /// Adds a datagram to `to` with this codepoint, which `encode` appends to what it is given.
    pub(super) fn add(&mut self, to: SocketAddr, ecn: Codepoint, encode: impl FnOnce(&mut Vec<u8>)) {
        let before = self.bytes.len();
        encode(&mut self.bytes);
        self.datagrams.push_back((Way { to, ecn }, self.bytes.len() - before));
    }

    /// Gives the socket what it takes.
    pub(super) fn flush(&mut self, socket: &Socket) -> Flushed {
        let at_once = || socket.datagrams_at_once();
        self.flush_with(at_once, |way, datagrams, size| socket.send(way.to, way.ecn, datagrams, size))
    }

    fn flush_with(
        &mut self,
        at_once: impl Fn() -> usize,
        mut send: impl FnMut(Way, &[u8], usize) -> Sent,
    ) -> Flushed {
        while let Some(&(way, size)) = self.datagrams.front() {
            let (count, len) = self.alike(at_once());
            match send(way, &self.bytes[self.sent..self.sent + len], size) {
                Sent::Done => self.take_out(count, len),
                // Not the ones behind it: the last is shorter, and may pass where a probe of the path's size doesn't.
                Sent::Lost => self.take_out(1, size),
                Sent::TooLarge => {
                    self.too_large.push((way.to, size));
                    self.take_out(1, size);
                }
                Sent::Full => return Flushed::Full,
                Sent::Refused => {
                    self.take_out(count, len);
                    return Flushed::Refused;
                }
            }
        }
        self.bytes.clear();
        self.sent = 0;
        Flushed::All
    }

    /// What could not leave, since this was last asked: it was too large for the first link.
    pub(super) fn too_large(&mut self) -> Vec<(SocketAddr, usize)> {
        std::mem::take(&mut self.too_large)
    }

    fn take_out(&mut self, count: usize, len: usize) {
        self.datagrams.drain(..count);
        self.sent += len;
    }

    /// How many datagrams from the front on can leave as one, and their bytes: they go to the same peer, with
    /// the same codepoint, and are equally long but for the last, which may be shorter.
    fn alike(&self, at_most: usize) -> (usize, usize) {
        let (mut count, mut total) = (0, 0);
        let Some(&(way, size)) = self.datagrams.front() else { return (count, total) };
        let mut last = size;
        for &(next_way, next) in self.datagrams.iter().take(at_most.max(1)) {
            let fits = count == 0 || total + next <= Self::MAX_PAYLOAD;
            if next_way != way || last < size || next > size || !fits {
                break;
            }
            (count, total, last) = (count + 1, total + next, next);
        }
        (count, total)
    }
}

#[cfg(test)]
mod tests;

//! Datagrams on their way to the socket.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::net::SocketAddr;

use lucid_wire::{Pieces, PseudoHeader, Train};

use super::buffers;
use super::socket::{Sent, Socket};
use crate::engine::Codepoint;

/// Datagrams encoded back to back, waiting for the socket. Of large trains only the headers are: their payload stays where
/// it lies, for the kernel to gather.
///
/// Bound: once [`Batch::is_full`], nothing more may be added until some have left; whoever would poll the
/// engine for the next segments stops, and what the engine holds is bounded by its windows.
#[derive(Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    /// In the order of `bytes`.
    runs: VecDeque<Run>,
    /// How many of `bytes` have left.
    sent: usize,
    /// How many bytes all runs have together.
    len: usize,
    /// What could not leave: for whom, and how many bytes.
    too_large: Vec<(SocketAddr, usize)>,
}

/// Datagrams that can leave as one: they go the same way, and are equally long but for the last, which may be shorter.
struct Run {
    way: Way,
    /// How long each is.
    size: usize,
    /// How long all are together.
    len: usize,
    /// How many bytes of each stand in the batch: all, or the header.
    head: usize,
    /// The rest of each, one behind another.
    payload: Pieces,
}

impl Run {
    /// Takes datagrams of this size in, `len` bytes in all, if they can leave together with these.
    fn takes(&mut self, way: Way, size: usize, len: usize) -> bool {
        let is_full = self.len.is_multiple_of(self.size);
        let is_alike = size == self.size || (size < self.size && len == size);
        let fits = self.payload.is_empty() && self.len + len <= Batch::MAX_PAYLOAD;
        let takes = way == self.way && is_full && is_alike && fits;
        if takes {
            self.len += len;
        }
        takes
    }

    /// How many of its first `len` bytes stand in the batch.
    fn of_batch(&self, len: usize) -> usize {
        len / self.size * self.head + self.head.min(len % self.size)
    }
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
        self.runs.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.len >= Self::BOUND
    }

    /// Adds a train of segments. Those of a network's size are copied: that costs less than to have so many parts gathered,
    /// and so they leave together with others.
    pub(super) fn add_train(&mut self, to: SocketAddr, ecn: Codepoint, train: Train) {
        let size = train.datagram_len();
        if train.longest() < buffers::WORTH {
            return self.add(to, ecn, size, |out| train.encode(&PseudoHeader::None, out));
        }
        train.encode_headers(&PseudoHeader::None, &mut self.bytes);
        let (head, len, payload) = (train.header.len(), train.encoded_len(), train.payload);
        self.len += len;
        self.runs.push_back(Run { way: Way { to, ecn }, size, len, head, payload });
    }

    /// Adds datagrams to `to` with this codepoint, which `encode` appends to what it is given: of `size` bytes each, but
    /// for the last, which may be shorter.
    pub(super) fn add(
        &mut self,
        to: SocketAddr,
        ecn: Codepoint,
        size: usize,
        encode: impl FnOnce(&mut Vec<u8>),
    ) {
        let before = self.bytes.len();
        encode(&mut self.bytes);
        let (way, len) = (Way { to, ecn }, self.bytes.len() - before);
        self.len += len;
        if len > 0 && !self.runs.back_mut().is_some_and(|last| last.takes(way, size, len)) {
            self.runs.push_back(Run { way, size, len, head: size, payload: Pieces::new() });
        }
    }

    /// Puts what was added meanwhile behind what could not leave.
    pub(super) fn append(&mut self, mut behind: Self) {
        self.bytes.extend_from_slice(&behind.bytes[behind.sent..]);
        self.runs.append(&mut behind.runs);
        self.len += behind.len;
    }

    /// Gives the socket what it takes.
    pub(super) fn flush(&mut self, socket: &Socket) -> Flushed {
        let at_once = || socket.datagrams_at_once();
        self.flush_with(at_once, |way, datagrams, size| socket.send(way.to, way.ecn, datagrams, size))
    }

    fn flush_with(
        &mut self,
        at_once: impl Fn() -> usize,
        mut send: impl FnMut(Way, &[IoSlice<'_>], usize) -> Sent,
    ) -> Flushed {
        while let Some(run) = self.runs.front() {
            let (way, size) = (run.way, run.size.min(run.len));
            let len = run.len.min(size * at_once().max(1));
            let bytes = &self.bytes[self.sent..self.sent + run.of_batch(len)];
            let sent = if run.payload.is_empty() {
                send(way, &[IoSlice::new(bytes)], size)
            } else {
                send(way, &scattered(bytes, run, len), size)
            };
            match sent {
                Sent::Done => self.take_out(len),
                // Not the ones behind it: the last is shorter, and may pass where a probe of the path's size doesn't.
                Sent::Lost => self.take_out(size),
                Sent::TooLarge => {
                    self.too_large.push((way.to, size));
                    self.take_out(size);
                }
                Sent::Full => return Flushed::Full,
                Sent::Refused => {
                    self.take_out(len);
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

    /// So many bytes of the first run are dealt with.
    fn take_out(&mut self, len: usize) {
        self.len -= len;
        if let Some(first) = self.runs.front_mut() {
            let of_batch = first.of_batch(len);
            self.sent += of_batch;
            let _left = first.payload.split_to(len - of_batch);
            first.len -= len;
            if first.len == 0 {
                self.runs.pop_front();
            }
        }
    }
}

/// The first `len` bytes of a run, whose headers these are: header, payload, header, payload.
fn scattered<'a>(headers: &'a [u8], run: &'a Run, len: usize) -> Vec<IoSlice<'a>> {
    let mut payload = run.payload.walk();
    let mut slices = Vec::with_capacity(2 * len.div_ceil(run.size));
    for (index, header) in headers.chunks(run.head).enumerate() {
        let datagram = run.size.min(len - index * run.size);
        slices.push(IoSlice::new(header));
        payload.read(datagram - header.len(), |part| slices.push(IoSlice::new(part)));
    }
    slices
}

#[cfg(test)]
mod tests;

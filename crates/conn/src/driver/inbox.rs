//! Datagrams on their way from the socket.

use std::cell::RefCell;
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};

use super::buffers::{self, BUFFER};
use super::socket::{Received, Socket};
use crate::engine::Codepoint;

/// Datagrams of one sender that came together, all of one size but for the last.
pub(super) struct Arrived {
    pub(super) from: SocketAddr,
    /// All their bytes, one behind another.
    pub(super) bytes: Bytes,
    pub(super) size: usize,
    pub(super) ecn: Codepoint,
}

/// What was received at one go.
///
/// Bound: [`Inbox::ENOUGH`], and once more what one call brings, [`Inbox::AT_ONCE`] times what the kernel joins; the others
/// wait in the kernel's buffer, which drops what it can't hold.
#[derive(Default)]
pub(super) struct Inbox {
    pub(super) arrived: Vec<Arrived>,
    /// The kernel says that nobody is at the UDP address of our only peer.
    pub(super) is_refused: bool,
}

thread_local! {
    /// What the kernel fills. They are busy only while something is received: all endpoints of a thread share them.
    static BUFFERS: RefCell<[BytesMut; Inbox::AT_ONCE]> =
        RefCell::new(std::array::from_fn(|_| BytesMut::zeroed(BUFFER)));
}

impl Inbox {
    /// How many buffers the kernel may fill with one call: so many batches are taken in before the engine may answer, so
    /// that one answer does for many, and few enough that they stay in the processor's cache.
    pub(super) const AT_ONCE: usize = 4;

    /// So much is enough to take in at a time, in bytes. It may be one datagram more, or as many as one call brings.
    const ENOUGH: usize = BUFFER;

    /// Takes what the socket has, if it may have something.
    pub(super) fn receive(&mut self, socket: &Socket) {
        self.is_refused |= socket.was_refused();
        self.take(socket, false);
    }

    /// Takes what the socket has, whether or not the runtime knows of it.
    pub(super) fn look(&mut self, socket: &Socket) {
        self.take(socket, true);
    }

    /// Where the kernel joins nothing, each buffer has one datagram, and a call brings few: then it is asked again, so that
    /// one answer does for as many as it would if they were joined.
    fn take(&mut self, socket: &Socket, looks: bool) {
        let mut taken = 0;
        loop {
            let before = self.arrived.len();
            self.fill(socket, looks);
            let arrived = &self.arrived[before..];
            taken += arrived.iter().map(|arrived| arrived.bytes.len()).sum::<usize>();
            // Fewer than there was room for: the socket is empty.
            if arrived.len() < Self::AT_ONCE || taken >= Self::ENOUGH {
                return;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.arrived.is_empty() && !self.is_refused
    }

    fn fill(&mut self, socket: &Socket, looks: bool) {
        let received = BUFFERS.with_borrow_mut(|buffers| {
            socket.receive(buffers, looks, |buffer, len, (from, size, ecn)| {
                self.arrived.push(Arrived { from, bytes: buffers::take(buffer, len), size, ecn });
            })
        });
        self.is_refused |= received == Received::Refused;
    }
}

// Elsewhere a call brings one datagram.
#[cfg(all(test, target_os = "linux"))]
mod tests;

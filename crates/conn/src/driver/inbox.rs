//! Datagrams on their way from the socket.

use bytes::Bytes;

use super::faults::Datagram;
use super::socket::{Received, Socket};

/// The largest UDP datagram.
const MAX_DATAGRAM: usize = 64 << 10;

/// What was received at one go.
///
/// Bound: [`Inbox::TURN`] datagrams; the others wait in the kernel's buffer, which drops what it can't hold.
pub(super) struct Inbox {
    buffer: Vec<u8>,
    pub(super) datagrams: Vec<Datagram>,
    /// The kernel says that nobody is at the UDP address of our only peer.
    pub(super) is_refused: bool,
}

impl Inbox {
    /// How many datagrams are taken in before the engine may answer: some windows' worth, so that one answer
    /// does for many, and few enough that the other tasks get their turn.
    const TURN: usize = 64;

    pub(super) fn new() -> Self {
        Self { buffer: vec![0; MAX_DATAGRAM], datagrams: Vec::with_capacity(Self::TURN), is_refused: false }
    }

    /// Takes what the socket has.
    pub(super) fn receive(&mut self, socket: &Socket) {
        self.is_refused |= socket.was_refused();
        for _ in 0..Self::TURN {
            match socket.receive(&mut self.buffer) {
                Received::Datagram(len, peer) => {
                    let bytes = Bytes::copy_from_slice(&self.buffer[..len]);
                    self.datagrams.push(Datagram { peer, bytes });
                }
                Received::Refused => self.is_refused = true,
                Received::Trouble => {}
                Received::Nothing => return,
            }
        }
    }
}

//! Datagrams on their way from the socket.

use bytes::Bytes;

use super::faults::Datagram;
use super::socket::{BUFFER, Received, Socket};

/// What was received at one go.
///
/// Bound: [`Inbox::TURN`] datagrams, and what the kernel hands over together with the last of them; the others wait
/// in the kernel's buffer, which drops what it can't hold.
pub(super) struct Inbox {
    buffers: [Box<[u8]>; Self::AT_ONCE],
    pub(super) datagrams: Vec<Datagram>,
    /// The kernel says that nobody is at the UDP address of our only peer.
    pub(super) is_refused: bool,
}

impl Inbox {
    /// How many datagrams are taken in before the engine may answer: some windows' worth, so that one answer
    /// does for many, and few enough that the other tasks get their turn.
    const TURN: usize = 64;

    /// How many buffers the kernel may fill with one call.
    const AT_ONCE: usize = 4;

    pub(super) fn new() -> Self {
        let buffers = std::array::from_fn(|_| vec![0; BUFFER].into());
        Self { buffers, datagrams: Vec::with_capacity(Self::TURN), is_refused: false }
    }

    /// Takes what the socket has.
    pub(super) fn receive(&mut self, socket: &Socket) {
        self.is_refused |= socket.was_refused();
        for _ in 0..Self::TURN {
            let take = |peer, ecn, datagram: &[u8]| {
                self.datagrams.push(Datagram { peer, bytes: Bytes::copy_from_slice(datagram), ecn });
            };
            match socket.receive(&mut self.buffers, take) {
                Received::Datagrams if self.datagrams.len() < Self::TURN => {}
                Received::Datagrams | Received::Nothing => return,
                Received::Refused => self.is_refused = true,
                Received::Trouble => {}
            }
        }
    }
}

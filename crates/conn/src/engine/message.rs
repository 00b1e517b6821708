//! What goes into an endpoint, and what comes out: plain values, so that a run is a list of them.

use core::time::Duration;
use std::net::SocketAddr;

use bytes::Bytes;
use lucid_congestion::Time;
use lucid_wire::{Pieces, Train};
use serde::{Deserialize, Serialize};

use super::config::KeepAlive;
use super::ecn::Codepoint;
use super::error::CloseReason;
use super::event::Event;

/// A connection's or a listener's number within its endpoint: given out in order from 0; after 2^32 of them those
/// that are free come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnId(pub u32);

impl std::fmt::Display for ConnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Something that happens to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// Datagrams arrived together, or a single one. Whatever the bytes are, they are answered or dropped for a named
    /// reason.
    Datagrams {
        /// The UDP address they came from.
        from: SocketAddr,
        /// All of their bytes, one behind another.
        bytes: Bytes,
        /// How many bytes each has; the last may have fewer.
        size: usize,
        /// The ECN field of their IP headers.
        ecn: Codepoint,
    },
    /// Time has passed: what is due by now fires.
    Tick,
    /// The network says that nothing listens at this UDP address (an ICMP port unreachable). A hint, not a
    /// proof: only connections that were never established are given up for it (RFC 5927 section 4).
    Unreachable {
        /// The UDP address that was tried.
        peer: SocketAddr,
    },
    /// The system says that a datagram as large as this can't leave towards this UDP address: its first link carries no
    /// such packet (EMSGSIZE). It was not sent.
    TooLarge {
        /// The UDP address it was for.
        peer: SocketAddr,
        /// Its UDP payload, in bytes.
        bytes: usize,
    },
    /// The application opens a listener: a passive OPEN (RFC 9293 section 3.10.1). Answer: [`Reply::Opened`].
    Listen {
        /// The TCP port, within the UDP socket.
        port: u16,
        /// How many connections may wait, half open or not yet accepted; a SYN beyond it is dropped.
        backlog: usize,
    },
    /// The application takes the next established connection of a listener. Answer: [`Reply::Accepted`].
    Accept {
        /// The listener.
        listener: ConnId,
    },
    /// The application opens a connection: an active OPEN. Answer: [`Reply::Opened`].
    Connect {
        /// The peer's UDP address.
        peer: SocketAddr,
        /// The peer's TCP port.
        port: u16,
    },
    /// The application calls on one connection (or listener: [`Call::Abort`] and [`Call::Release`] close it).
    Call {
        /// The connection.
        conn: ConnId,
        /// What it asks.
        call: Call,
    },
}

impl Input {
    /// A single datagram arrived.
    #[must_use]
    pub fn datagram(from: SocketAddr, bytes: Bytes, ecn: Codepoint) -> Self {
        Self::Datagrams { from, size: bytes.len(), bytes, ecn }
    }
}

/// What an application asks of a connection (RFC 9293 section 3.10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// SEND: queue these bytes. Answer: [`Reply::Written`] with how many were taken, as the buffer has room.
    Write(Bytes),
    /// As [`Call::Write`], by an application that is likely to write more at once (as `MSG_MORE` says): what fills no segment
    /// waits for that, for [`Call::Flush`], or for 200 ms.
    WriteMore(Bytes),
    /// No more follows for now: what a [`Call::WriteMore`] left goes.
    Flush,
    /// SEND with the urgent flag: as [`Call::Write`], and what was taken is urgent (RFC 9293 section 3.8.5).
    WriteUrgent(Bytes),
    /// RECEIVE: take at most this many bytes. Answer: [`Reply::Data`] or [`Reply::EndOfStream`]; empty data
    /// says that nothing is there yet.
    Read {
        /// At most this many bytes.
        max: usize,
    },
    /// CLOSE: nothing more will be written; a FIN follows what is queued. Reading goes on.
    Shutdown,
    /// The application lets go of the connection altogether: CLOSE, and no one will read any more (RFC 9293
    /// section 3.6.1, MAY-1). Unread data turns it into a reset, so that the peer knows (SHLD-3).
    Release,
    /// ABORT: a RST, and the connection is gone.
    Abort,
    /// Turn the Nagle algorithm on or off (MUST-17).
    SetNagle(bool),
    /// Keep the connection alive while it is idle, or no longer (MUST-24).
    SetKeepAlive(Option<KeepAlive>),
    /// How long data may stay unacknowledged, told to the peer as well (RFC 5482); none: R2 decides, and the peer may
    /// ask for longer.
    SetUserTimeout(Option<Duration>),
    /// Put the cork in, or out: while it is in, only full segments leave, and what fills none waits for 200 ms at most.
    SetCork(bool),
}

/// The endpoint's direct answer to an [`Input`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Reply {
    /// Done; there is nothing to say.
    Done,
    /// Done, too, but not all of these datagrams were segments: what isn't one was dropped.
    Damaged,
    /// The new connection's or listener's number.
    Opened(ConnId),
    /// The next established connection, if one waits.
    Accepted(Option<ConnId>),
    /// How many bytes were taken. Less than offered: wait for [`Notice::Writable`].
    Written(usize),
    /// Received bytes, in order. Empty: wait for [`Notice::Readable`].
    Data(Pieces),
    /// The peer has finished sending, and everything it sent has been read.
    EndOfStream,
}

/// What an endpoint has for the world.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Output {
    /// Send this segment, or these, to this UDP address, each in a datagram of its own.
    Transmit {
        /// The connection they belong to; none for the answer to a stranger.
        conn: Option<ConnId>,
        /// The peer's UDP address.
        to: SocketAddr,
        /// The segments, still a value: the caller encodes them into its own buffer.
        train: Train,
        /// The ECN field of their IP headers.
        ecn: Codepoint,
    },
    /// Tell the application.
    Notice {
        /// Which connection (or listener, for [`Notice::Acceptable`]).
        conn: ConnId,
        /// What it may want to know.
        notice: Notice,
    },
    /// Tell who watches. Only if the endpoint is observed.
    Event(Event),
    /// Nothing more to say until this time, or until the next input.
    Wait(Option<Time>),
}

/// What an application hears about a connection of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Notice {
    /// A listener has a connection to accept.
    Acceptable,
    /// The three-way handshake is done.
    Connected,
    /// There are bytes to read, or the end of the stream.
    Readable,
    /// There is room to write again.
    Writable,
    /// One segment has been retransmitted R1 times; the connection goes on trying (SHLD-9).
    Stalled {
        /// How many times the segment at the front was retransmitted.
        retransmissions: u32,
    },
    /// The peer sent urgent data: read up to it quickly (MUST-32).
    Urgent,
    /// Both sides have finished and everything is acknowledged. What remains, if anything, is TIME-WAIT.
    Finished,
    /// The connection no longer exists. After an orderly end it comes when TIME-WAIT is over, too.
    Closed(CloseReason),
}

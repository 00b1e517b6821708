//! Recordings: everything that went into an endpoint, and every segment that came out of it.
//!
//! An endpoint reads no clock and throws no dice: its [`Setup`], its [`Input`]s and how far it was polled
//! between them decide all it does. They are enough to run it again (see [`replay`](super::replay())); the
//! segments are there to compare.
//!
//! How far it was polled counts, as a connection that had nothing more to say goes to the end of the queue,
//! and a program whose socket is full comes back later. So it is recorded when the endpoint had nothing more
//! to say; where it is not, the last segment recorded was the last one asked for.
//!
//! # The file
//! ```text
//! "lucid recording 1\n"          what this is, and in which format
//! frame: Setup                   record 0
//! frame: Entry::Record           record 1, 2, ...: an input, a segment sent, or that there is no more to send
//! frame: Entry::End              nothing follows
//!
//! frame = length of the body (4 bytes, little-endian) | body (postcard) | check (8 bytes)
//! ```
//! Each check is taken over its frame and over all that stands before it (see [`Chain`]): no byte can change,
//! move or be missing without notice. It guards against accidents, not against forgers: it has no secret.
//!
//! A recording holds what was sent and received, in the clear, and the endpoint's secret: keep it as you would
//! keep the data.
//!
//! One that leaves payload out says so in its first line ("lucid recording 3 without payload"), and has many records in a
//! frame, in another form: see `lean`. It replays to the same segments, but for zeros where payload was. The secret is in it.

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use lucid_congestion::Time;
use lucid_wire::{PseudoHeader, Segment};
use serde::{Deserialize, Serialize};

use super::ecn::Codepoint;
use super::endpoint::Setup;
use super::message::Input;

mod error;
mod lean;
mod reader;
mod recorder;

pub use error::RecordingError;
pub use reader::RecordingReader;
pub use recorder::Recorder;

/// What every recording begins with; behind it come the format's number and the end of the line.
const MAGIC: &[u8] = b"lucid recording ";

/// The format's number: it goes up when [`Setup`], [`Input`] or [`Entry`] is stored differently.
const VERSION: u32 = 3;

/// What follows the format's number where payload is left out.
const WITHOUT_PAYLOAD: &[u8] = b" without payload";

/// No frame's body is longer, in bytes: room for any datagram and for any write that a connection takes at
/// once, and what a damaged length can cost at most.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The time that the endpoint was told.
    pub at: Time,
    /// What happened.
    pub what: Recorded,
}

/// What went in, or came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recorded {
    /// [`Endpoint::handle`](super::Endpoint::handle) was called with this.
    Input(Input),
    /// [`Endpoint::poll`](super::Endpoint::poll) answered with this segment.
    Sent(SentSegment),
    /// [`Endpoint::poll`](super::Endpoint::poll) answered with [`Output::Wait`](super::Output::Wait).
    Drained,
}

/// A segment that was sent, as far as it takes to tell it from another. Displayed on one line, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentSegment {
    /// The peer's UDP address.
    pub to: SocketAddr,
    /// The header's bytes, options and checksum included.
    pub header: Bytes,
    /// How many bytes of payload followed.
    pub payload_len: usize,
    /// The ECN field of its IP header.
    pub ecn: Codepoint,
    /// The first 8 bytes of the payload's BLAKE3 hash.
    pub payload_hash: [u8; 8],
}

impl SentSegment {
    /// What is kept of `segment`.
    #[must_use]
    pub fn new(to: SocketAddr, segment: &Segment, ecn: Codepoint) -> Self {
        let mut datagram = Vec::with_capacity(segment.encoded_len());
        segment.encode(&PseudoHeader::None, &mut datagram);
        datagram.truncate(segment.header.len());
        let payload_hash = first_eight(&blake3::hash(&segment.payload));
        Self { to, header: datagram.into(), payload_len: segment.payload.len(), ecn, payload_hash }
    }
}

impl fmt::Display for SentSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { to, header, payload_len, ecn, payload_hash } = self;
        match decode_header(header) {
            Some(segment) => {
                let header = &segment.header;
                write!(
                    f,
                    "{}: ACK {} SEQ {}",
                    header.flags,
                    header.acknowledgment.get(),
                    header.sequence.get()
                )?;
                write!(f, " WND {}: {payload_len} bytes to {to}", header.window)?;
                write!(f, ", ports {} > {}", header.source_port, header.destination_port)?;
            }
            None => write!(f, "no TCP header: {payload_len} bytes to {to}")?,
        }
        if *ecn != Codepoint::NotEct {
            write!(f, ", {ecn}")?;
        }
        write!(f, " [header {}, payload {}]", Hex(header), Hex(payload_hash))
    }
}

/// The header as a segment without payload.
fn decode_header(header: &[u8]) -> Option<Segment> {
    let mut header = header.to_vec();
    // The checksum covers the payload, which isn't here; zero says "not computed".
    header.get_mut(16..18)?.fill(0);
    Segment::decode(header.into(), &PseudoHeader::None).ok()
}

/// Bytes as hexadecimal digits.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a frame behind the first holds.
#[derive(Serialize, Deserialize)]
enum Entry {
    /// A [`Record`].
    Record {
        /// Nanoseconds since the record before it; wraps around, so that no time is refused.
        elapsed: u64,
        /// What the address in `what` loses on its way through serde.
        zone: Option<Zone>,
        /// What happened.
        what: Recorded,
    },
    /// Nothing follows.
    End,
}

/// The part of an IPv6 address that serde leaves out: without it two link-local peers could be one.
#[derive(Serialize, Deserialize)]
struct Zone {
    flowinfo: u32,
    scope_id: u32,
}

impl Zone {
    fn of(address: SocketAddr) -> Option<Self> {
        let SocketAddr::V6(v6) = address else { return None };
        let zone = Self { flowinfo: v6.flowinfo(), scope_id: v6.scope_id() };
        (zone.flowinfo != 0 || zone.scope_id != 0).then_some(zone)
    }

    fn put_back(&self, address: &mut SocketAddr) {
        if let SocketAddr::V6(v6) = address {
            v6.set_flowinfo(self.flowinfo);
            v6.set_scope_id(self.scope_id);
        }
    }
}

impl Entry {
    /// The entry for `record`, when the one before it was of time `last`.
    fn new(last: Time, Record { at, mut what }: Record) -> Self {
        let zone = what.address_mut().and_then(|address| Zone::of(*address));
        Self::Record { elapsed: at.as_nanos().wrapping_sub(last.as_nanos()), zone, what }
    }

    /// The record, when the one before it was of time `last`; none at the end.
    fn into_record(self, last: Time) -> Option<Record> {
        let Self::Record { elapsed, zone, mut what } = self else { return None };
        if let (Some(zone), Some(address)) = (zone, what.address_mut()) {
            zone.put_back(address);
        }
        Some(Record { at: Time::from_nanos(last.as_nanos().wrapping_add(elapsed)), what })
    }
}

impl Recorded {
    /// The UDP address in it, if there is one.
    fn address_mut(&mut self) -> Option<&mut SocketAddr> {
        match self {
            Self::Sent(sent) => Some(&mut sent.to),
            Self::Input(input) => match input {
                Input::Datagrams { from: address, .. }
                | Input::Unreachable { peer: address }
                | Input::TooLarge { peer: address, .. }
                | Input::Connect { peer: address, .. } => Some(address),
                Input::Tick | Input::Listen { .. } | Input::Accept { .. } | Input::Call { .. } => None,
            },
            Self::Drained => None,
        }
    }
}

/// The running check: each frame's hash is the key of the next one's, and the first line's hash the first key.
struct Chain([u8; blake3::KEY_LEN]);

impl Chain {
    fn new(first_line: &[u8]) -> Self {
        Self(*blake3::hash(first_line).as_bytes())
    }

    /// The check of the next frame; `frame` is its length and body.
    fn check(&mut self, frame: &[u8]) -> [u8; 8] {
        let hash = blake3::keyed_hash(&self.0, frame);
        self.0 = *hash.as_bytes();
        first_eight(&hash)
    }
}

fn first_eight(hash: &blake3::Hash) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
    [a, b, c, d, e, f, g, h]
}

/// The first line of a recording.
fn first_line(holds_payload: bool) -> Vec<u8> {
    let without: &[u8] = if holds_payload { b"" } else { WITHOUT_PAYLOAD };
    [MAGIC, VERSION.to_string().as_bytes(), without, b"\n"].concat()
}

#[cfg(test)]
pub(in crate::engine) mod tests;

//! Recordings that leave payload out: a run in which every byte of payload was zero, told in few bytes.
//!
//! Nothing that an endpoint does depends on what its payload is, so such a run replays as the recorded one did; and zeros
//! need no room. What is left are headers, and each says little that the one before it in its flow didn't say: it is
//! told by what changed. Segments that left or came together, and differ in their place alone, are told as one.
//!
//! A segment that arrived has no checksum here, which is as good as a right one; one whose checksum was wrong has another
//! wrong one, since the right one of zeros could be found by chance.

use std::net::SocketAddr;

use bytes::Bytes;
use lucid_wire::{Flags, PseudoHeader, Segment, Train, checksum};
use serde::{Deserialize, Serialize};

use super::{Codepoint, Recorded, SentSegment, Zone, first_eight};
use crate::engine::message::{Call, ConnId, Input};

mod arrivals;

use arrivals::{arrived, pieces};

/// The bytes of the shortest header, and the words of the longest.
const SHORTEST: usize = 20;
const WORDS: usize = 15;
/// Where its parts stand, in bytes.
const SEQUENCE_AT: usize = 4;
const OFFSET_AT: usize = 12;
const FLAGS_AT: usize = 13;
const CHECKSUM_AT: usize = 16;
/// The same in words.
const SEQUENCE_WORD: usize = SEQUENCE_AT / 4;
/// So many flows are known at a time.
const FLOWS: usize = 256;
/// No train has more segments, and no payload more bytes: what says so is no recording of ours.
const MAX_SEGMENTS: usize = 1024;
const MAX_PAYLOAD: u32 = 16 * 1024 * 1024;

/// One record.
#[derive(Serialize, Deserialize)]
pub(super) enum Lean {
    /// Nothing follows.
    End,
    /// There is no more to send.
    Drained(u64),
    /// A train was sent, this long after the record before.
    Sent(u64, Packed, Codepoint),
    /// Datagrams of this size arrived; zero, if it is a single one.
    Arrived(u64, u32, Codepoint, Vec<Piece>),
    /// The application wrote so many bytes.
    Wrote(u64, ConnId, Writing, u32),
    /// The application asked for so many bytes.
    Read(u64, ConnId, u32),
    /// And once more for as many.
    ReadAgain(u64),
    /// Anything else: there is no payload in it.
    Other(u64, Option<Zone>, Recorded),
}

/// How something was written.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum Writing {
    Plain,
    More,
    Urgent,
}

/// A part of what arrived.
#[derive(Serialize, Deserialize)]
pub(super) enum Piece {
    /// Good segments that differ in their place alone.
    Train(Packed),
    /// What isn't a good segment: how it begins, and how many zeros follow.
    Odd(SocketAddr, Option<Zone>, Bytes, u32),
}

/// A train, by what is new about it.
#[derive(Serialize, Deserialize)]
pub(super) struct Packed {
    /// Its flow's place.
    slot: u8,
    /// The peer, if the flow is new in this place.
    peer: Option<(SocketAddr, Option<Zone>)>,
    /// Which words of the header are not as expected, from the least bit on, and by how much each differs.
    words: u16,
    by: Vec<i32>,
    /// How many bytes of payload there are, and how many of them in each segment; zero, if it is a single one.
    payload: u32,
    each: u32,
}

/// What was told last. Who writes and who reads has the same.
pub(super) struct Flows {
    flows: Vec<Flow>,
    /// Who read last, and how much was asked for.
    read: Option<(ConnId, u32)>,
}

/// One direction of a connection.
#[derive(Clone)]
struct Flow {
    peer: Option<SocketAddr>,
    outgoing: bool,
    /// The next header, if nothing but its place changes; as words.
    expected: [u32; WORDS],
}

/// A train, as it was.
pub(super) struct Unpacked {
    pub(super) peer: SocketAddr,
    /// The header of all of them but for its place, with PSH if the last one has it; the checksum is zero.
    header: Vec<u8>,
    payload: usize,
    each: usize,
}

impl Default for Flows {
    fn default() -> Self {
        Self { flows: vec![Flow { peer: None, outgoing: false, expected: [0; WORDS] }; FLOWS], read: None }
    }
}

impl Flows {
    /// Packs a train: its header without a checksum, and its payload's lengths.
    fn pack(
        &mut self,
        peer: SocketAddr,
        outgoing: bool,
        header: &[u8],
        payload: usize,
        each: usize,
    ) -> Packed {
        let words = words_of(header);
        let place = words[0].wrapping_add(peer.port().into()).wrapping_mul(0x9e37_79b1) >> 24;
        let slot = (place as u8) ^ u8::from(outgoing);
        let flow = &mut self.flows[usize::from(slot)];
        let is_known = flow.peer == Some(peer) && flow.outgoing == outgoing && flow.expected[0] == words[0];
        if !is_known {
            *flow = Flow { peer: Some(peer), outgoing, expected: [0; WORDS] };
        }
        let (mut mask, mut by) = (0, Vec::new());
        for (index, (word, expected)) in words.iter().zip(&flow.expected).enumerate().take(header.len() / 4) {
            if word != expected {
                mask |= 1 << index;
                by.push(word.wrapping_sub(*expected).cast_signed());
            }
        }
        flow.expect(words, payload);
        let peer = (!is_known).then(|| (peer, Zone::of(peer)));
        let each = if payload == each { 0 } else { each as u32 };
        Packed { slot, peer, words: mask, by, payload: payload as u32, each }
    }

    /// What was packed; none, if that was nothing of ours.
    pub(super) fn unpack(&mut self, packed: Packed, outgoing: bool) -> Option<Unpacked> {
        let Packed { slot, peer, words: mask, by, payload, each } = packed;
        let flow = &mut self.flows[usize::from(slot)];
        if let Some((mut peer, zone)) = peer {
            zone.inspect(|zone| zone.put_back(&mut peer));
            *flow = Flow { peer: Some(peer), outgoing, expected: [0; WORDS] };
        }
        let peer = flow.peer.filter(|_| flow.outgoing == outgoing)?;
        let mut words = flow.expected;
        let mut by = by.into_iter();
        for (index, word) in words.iter_mut().enumerate() {
            if mask & (1 << index) != 0 {
                *word = word.wrapping_add(by.next()?.cast_unsigned());
            }
        }
        let mut header: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        header.truncate(header_len(&header).filter(|len| *len >= SHORTEST)?);
        let payload = payload.min(MAX_PAYLOAD) as usize;
        let each = if each == 0 { payload } else { each as usize };
        let segments = payload.checked_div(each).unwrap_or(1);
        flow.expect(words_of(&header), payload);
        (segments <= MAX_SEGMENTS).then_some(Unpacked { peer, header, payload, each })
    }
}

impl Flow {
    /// What follows a train with this header and so much payload, if it is like it.
    fn expect(&mut self, mut words: [u32; WORDS], payload: usize) {
        words[SEQUENCE_WORD] = words[SEQUENCE_WORD].wrapping_add(payload as u32);
        self.expected = words;
    }
}

/// A header as words; behind its end there are zeros.
fn words_of(header: &[u8]) -> [u32; WORDS] {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(header.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    words
}

/// What a header says of its own length, in bytes.
fn header_len(datagram: &[u8]) -> Option<usize> {
    datagram.get(OFFSET_AT).map(|offset| usize::from(offset >> 4) * 4)
}

impl Lean {
    /// A train that is sent.
    pub(super) fn sent(
        elapsed: u64,
        flows: &mut Flows,
        to: SocketAddr,
        train: &Train,
        ecn: Codepoint,
    ) -> Self {
        let mut header = Vec::with_capacity(WORDS * 4);
        Segment { header: train.header, payload: Bytes::new() }.encode(&PseudoHeader::None, &mut header);
        header[CHECKSUM_AT..CHECKSUM_AT + 2].fill(0);
        let (payload, each) = (train.payload.len(), train.longest());
        Self::Sent(elapsed, flows.pack(to, true, &header, payload, each), ecn)
    }

    /// Something that goes in. `are_segments`: all that arrived is known to be undamaged.
    pub(super) fn input(elapsed: u64, flows: &mut Flows, input: &Input, are_segments: bool) -> Self {
        let wrote = |conn, writing, bytes: &Bytes| Self::Wrote(elapsed, conn, writing, bytes.len() as u32);
        match *input {
            Input::Datagrams { from, ref bytes, size, ecn } if size > 0 && !bytes.is_empty() => {
                let shown = if bytes.len() == size { 0 } else { size as u32 };
                Self::Arrived(elapsed, shown, ecn, pieces(flows, from, bytes, size, are_segments))
            }
            Input::Call { conn, call: Call::Read { max } } if u32::try_from(max).is_ok() => {
                let read = Some((conn, max as u32));
                let is_again = std::mem::replace(&mut flows.read, read) == read;
                if is_again { Self::ReadAgain(elapsed) } else { Self::Read(elapsed, conn, max as u32) }
            }
            Input::Call { conn, call: Call::Write(ref bytes) } => wrote(conn, Writing::Plain, bytes),
            Input::Call { conn, call: Call::WriteMore(ref bytes) } => wrote(conn, Writing::More, bytes),
            Input::Call { conn, call: Call::WriteUrgent(ref bytes) } => wrote(conn, Writing::Urgent, bytes),
            ref other => Self::other(elapsed, Recorded::Input(other.clone())),
        }
    }

    /// Anything without payload.
    pub(super) fn other(elapsed: u64, mut what: Recorded) -> Self {
        let zone = what.address_mut().and_then(|address| Zone::of(*address));
        Self::Other(elapsed, zone, what)
    }

    /// How long after the record before it it is, and what it says: several, if a train was sent. None, if it is nothing of
    /// ours; no record, if nothing follows.
    pub(super) fn unpack(self, flows: &mut Flows) -> Option<(u64, Vec<Recorded>)> {
        let call = |conn, call| Recorded::Input(Input::Call { conn, call });
        Some(match self {
            Self::End => (0, Vec::new()),
            Self::Drained(elapsed) => (elapsed, vec![Recorded::Drained]),
            Self::Sent(elapsed, packed, ecn) => (elapsed, flows.unpack(packed, true)?.sent(ecn)),
            Self::Arrived(elapsed, size, ecn, pieces) => {
                let (from, bytes) = arrived(flows, pieces)?;
                let size = if size == 0 { bytes.len() } else { size as usize };
                let bytes = bytes.into();
                (elapsed, vec![Recorded::Input(Input::Datagrams { from, bytes, size, ecn })])
            }
            Self::Read(elapsed, conn, max) => {
                flows.read = Some((conn, max));
                (elapsed, vec![call(conn, Call::Read { max: max as usize })])
            }
            Self::ReadAgain(elapsed) => {
                let (conn, max) = flows.read?;
                (elapsed, vec![call(conn, Call::Read { max: max as usize })])
            }
            Self::Wrote(elapsed, conn, writing, len) => {
                let bytes = Bytes::from(vec![0; len.min(MAX_PAYLOAD) as usize]);
                let write = match writing {
                    Writing::Plain => Call::Write(bytes),
                    Writing::More => Call::WriteMore(bytes),
                    Writing::Urgent => Call::WriteUrgent(bytes),
                };
                (elapsed, vec![call(conn, write)])
            }
            Self::Other(elapsed, zone, mut what) => {
                if let (Some(zone), Some(address)) = (zone, what.address_mut()) {
                    zone.put_back(address);
                }
                (elapsed, vec![what])
            }
        })
    }
}

impl Unpacked {
    /// Each segment's header, and how long its payload is.
    fn segments(&self) -> impl Iterator<Item = (Vec<u8>, usize)> {
        let Self { header, payload, each, .. } = self;
        let count = if *payload == 0 { 1 } else { payload.div_ceil(*each) };
        (0..count).map(move |index| {
            let mut own = header.clone();
            let [a, b, c, d] = [0, 1, 2, 3].map(|at| own[SEQUENCE_AT + at]);
            let sequence = u32::from_be_bytes([a, b, c, d]).wrapping_add((index * each) as u32);
            own[SEQUENCE_AT..SEQUENCE_AT + 4].copy_from_slice(&sequence.to_be_bytes());
            if index + 1 < count {
                own[FLAGS_AT] &= !Flags::PSH.bits();
            }
            (own, (payload - index * each).min(*each))
        })
    }

    /// What was sent, as it is with zeros for payload.
    fn sent(&self, ecn: Codepoint) -> Vec<Recorded> {
        let (mut hashed, mut hash) = (None, [0; 8]);
        let each = self.segments().map(|(mut header, payload_len)| {
            // Zeros add nothing to a sum.
            let sum = match checksum(&header, &PseudoHeader::None) {
                0 => 0xffff_u16,
                sum => sum,
            };
            header[CHECKSUM_AT..CHECKSUM_AT + 2].copy_from_slice(&sum.to_be_bytes());
            if hashed.replace(payload_len) != Some(payload_len) {
                hash = first_eight(&blake3::hash(&vec![0; payload_len]));
            }
            Recorded::Sent(SentSegment {
                to: self.peer,
                header: header.into(),
                payload_len,
                ecn,
                payload_hash: hash,
            })
        });
        each.collect()
    }
}

#[cfg(test)]
mod tests;

//! Segments in a row that differ in nothing but their place.

use alloc::vec::Vec;

use bytes::{Buf, Bytes};

use crate::checksum::{self, PseudoHeader, Sum};
use crate::error::DecodeError;
use crate::flags::Flags;
use crate::header::{CHECKSUM_AT, Header};
use crate::pieces::Pieces;
use crate::segment::Segment;

/// Where the sequence number stands in a header, the byte with the flags, and what lies between the two.
const SEQUENCE_AT: usize = 4;
const ACKNOWLEDGMENT_AT: usize = 8;
const FLAGS_AT: usize = 13;

/// Segments in a row: one header, and a payload that is cut into equal parts. Mostly it is a single segment.
///
/// What a connection sends at once differs in sequence number and checksum alone, and what a network card or a kernel
/// joins has that in common again: so a train costs one decision, and for each segment little more than its bytes.
///
/// PSH is the last segment's alone. A train of several has no other flags than ACK, ECE and PSH, and each segment has
/// payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Train {
    /// The first segment's header.
    pub header: Header,
    /// The payload of all.
    pub payload: Pieces,
    /// How many bytes of it each segment has; the last may have fewer. Not zero, unless there is no payload.
    size: usize,
}

impl From<Segment> for Train {
    fn from(Segment { header, payload }: Segment) -> Self {
        Self { header, size: payload.len(), payload: payload.into() }
    }
}

impl Train {
    /// Segments of `size` bytes of `payload` each, the last of which may have fewer.
    #[must_use]
    pub fn new(header: Header, payload: Pieces, size: usize) -> Self {
        Self { header, payload, size: size.max(1) }
    }

    /// How many segments.
    #[must_use]
    pub fn count(&self) -> usize {
        if self.payload.len() <= self.size { 1 } else { self.payload.len().div_ceil(self.size) }
    }

    /// How many sequence numbers all of it takes up, as [`Segment::sequence_len`].
    #[must_use]
    pub fn sequence_len(&self) -> u32 {
        let takes_one = |flag| u32::from(self.header.flags.contains(flag));
        self.payload.len() as u32 + takes_one(Flags::SYN) + takes_one(Flags::FIN)
    }

    /// The bytes that all of it takes on the wire.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.count() * self.header.len() + self.payload.len()
    }

    /// The bytes of its first segment on the wire, and of all others but the last, which may be shorter.
    #[must_use]
    pub fn datagram_len(&self) -> usize {
        self.header.len() + self.longest()
    }

    /// How long the payload of the longest of its segments is.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.size.min(self.payload.len())
    }

    /// How long the payload of each segment is.
    pub fn lengths(&self) -> impl Iterator<Item = usize> + use<> {
        let (all, size) = (self.payload.len(), self.size);
        (0..self.count()).map(move |index| size.min(all - index * size))
    }

    /// Each segment's header, and how long its payload is.
    pub fn headers(&self) -> impl Iterator<Item = (Header, usize)> + use<> {
        let (mut header, push) = (self.header, self.header.flags.contains(Flags::PSH));
        let last = self.count() - 1;
        header.flags = header.flags.without(Flags::PSH);
        self.lengths().enumerate().map(move |(index, len)| {
            let mut own = header;
            header.sequence = header.sequence + len as u32;
            if push && index == last {
                own.flags |= Flags::PSH;
            }
            (own, len)
        })
    }

    /// The segments, one by one. A payload that lies in one piece is shared, not copied.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + use<> {
        let mut payload = self.payload.clone();
        self.headers().map(move |(header, len)| Segment { header, payload: payload.copy_to_bytes(len) })
    }

    /// Appends the segments to `out`, one behind another, each with its checksum.
    pub fn encode(&self, pseudo: &PseudoHeader, out: &mut Vec<u8>) {
        out.reserve(self.encoded_len());
        let mut payload = self.payload.walk();
        self.encode_each(out, |out, at, len| {
            payload.read(len, |part| out.extend_from_slice(part));
            checksum::to_send(&out[at..], pseudo)
        });
    }

    /// Appends the segments' headers alone, each with the checksum of its segment: the payload stays where it lies.
    pub fn encode_headers(&self, pseudo: &PseudoHeader, out: &mut Vec<u8>) {
        out.reserve(self.count() * self.header.len());
        let mut payload = self.payload.walk();
        self.encode_each(out, |out, at, len| {
            let mut sum = Sum::of(pseudo, out.len() - at + len);
            sum.add(&out[at..]);
            payload.read(len, |part| sum.add(part));
            sum.to_send(pseudo)
        });
    }

    /// Appends each segment's header, its checksum still zero; `rest` is told where that begins and how long the payload is,
    /// may append that, and says the checksum.
    fn encode_each(&self, out: &mut Vec<u8>, mut rest: impl FnMut(&mut Vec<u8>, usize, usize) -> u16) {
        let start = out.len();
        self.header.encode(out);
        let (header_len, count) = (out.len() - start, self.count());
        for (index, len) in self.lengths().enumerate() {
            let at = if index == 0 { start } else { out.len() };
            if index > 0 {
                out.extend_from_within(start..start + header_len);
                let sequence = self.header.sequence + (index * self.size) as u32;
                let place = at + SEQUENCE_AT..at + ACKNOWLEDGMENT_AT;
                out[place].copy_from_slice(&sequence.get().to_be_bytes());
                out[at + CHECKSUM_AT..at + CHECKSUM_AT + 2].fill(0);
            }
            let of_all = self.header.flags.without(Flags::PSH);
            out[at + FLAGS_AT] = if index + 1 == count { self.header.flags } else { of_all }.bits();
            // RFC 9293 3.1, MUST-2: there is no way to send without.
            let checksum = rest(out, at, len);
            out[at + CHECKSUM_AT..at + CHECKSUM_AT + 2].copy_from_slice(&checksum.to_be_bytes());
        }
    }

    /// Takes the next train off the front of `batch`: datagrams of `size` bytes each, of which the last may be shorter.
    /// Payloads are parts of the batch, not copies. What is no segment goes alone.
    ///
    /// # Errors
    /// If the first datagram is no segment, as [`Segment::decode`] says.
    pub fn decode(batch: &mut Bytes, size: usize, pseudo: &PseudoHeader) -> Result<Self, DecodeError> {
        let first = batch.split_to(size.min(batch.len()));
        let mut train = Self::from(Segment::decode(first.clone(), pseudo)?);
        let header_len = first.len() - train.payload.len();
        let may_be_followed =
            train.header.flags.without(Flags::ECE) == Flags::ACK && !train.payload.is_empty();
        if may_be_followed && first.len() == size {
            train.payload.reserve(batch.len().div_ceil(size));
        }
        while may_be_followed && !train.header.flags.contains(Flags::PSH) && first.len() == size {
            let datagram = &batch[..size.min(batch.len())];
            let sequence = train.header.sequence + train.payload.len() as u32;
            let follows = datagram.len() > header_len
                && is_alike(&first[..header_len], &datagram[..header_len])
                && datagram[SEQUENCE_AT..ACKNOWLEDGMENT_AT] == sequence.get().to_be_bytes();
            if !follows || verify(datagram, pseudo).is_err() {
                break;
            }
            let is_pushed = Flags::from_bits(datagram[FLAGS_AT]).contains(Flags::PSH);
            let mut datagram = batch.split_to(datagram.len());
            datagram.advance(header_len);
            let is_short = datagram.len() < train.size;
            train.payload.push(datagram);
            if is_pushed {
                train.header.flags |= Flags::PSH;
            }
            if is_short {
                break;
            }
        }
        Ok(train)
    }
}

/// Whether two headers are the same but for sequence number, checksum and PSH.
fn is_alike(one: &[u8], other: &[u8]) -> bool {
    let push = Flags::PSH.bits();
    one[..SEQUENCE_AT] == other[..SEQUENCE_AT]
        && one[ACKNOWLEDGMENT_AT..FLAGS_AT] == other[ACKNOWLEDGMENT_AT..FLAGS_AT]
        && one[FLAGS_AT] | push == other[FLAGS_AT] | push
        && one[FLAGS_AT + 1..CHECKSUM_AT] == other[FLAGS_AT + 1..CHECKSUM_AT]
        && one[CHECKSUM_AT + 2..] == other[CHECKSUM_AT + 2..]
}

fn verify(datagram: &[u8], pseudo: &PseudoHeader) -> Result<(), DecodeError> {
    let found = u16::from_be_bytes([datagram[CHECKSUM_AT], datagram[CHECKSUM_AT + 1]]);
    checksum::verify(datagram, pseudo, found)
}

#[cfg(test)]
mod tests;

//! Segments as a kernel sends them: Linux 6.18.44, captured on a veth pair between two network namespaces, A
//! and B, after `ethtool -K .. tx off rx off tso off gso off gro off` on both ends: the checksums are those that
//! really were computed.
//!
//! With tcpdump 4.99, A (10.9.0.1, fd00:9::1) connecting to B (10.9.0.2, fd00:9::2):
//! - SYN, data, FIN: a request of one line, answered and closed. Port 7001.
//! - Urgent data: `send(MSG_OOB)`. RST of an aborted connection: `close` with a linger time of zero. Port 7002.
//! - RST of a closed port: a connection to port 7003, where nobody listens.
//! - Options off, as each row says: `sysctl net.ipv4.tcp_{timestamps,window_scaling,sack}=0` on both sides.
//!   Ports 7004, 7006, 7007.
//! - ECN: `tcp_ecn=1`, port 7008. Fast open: `tcp_fastopen=3`, the second connection to port 7009.
//!
//! SACK blocks: C (10.9.0.77, fd00:9::77), a script with a packet socket on A's end, sends ten octets each at
//! 100, 200, .. 500 behind the first it may send, and never what is between. The rows are what B's kernel
//! answered the fifth time, as that socket received it. Ports 7101 to 7103.

mod ipv4;
mod ipv6;

use bytes::Bytes;
use lucid_wire::{
    DecodeError, Header, PseudoHeader, SackBlocks, Segment, SeqNum, SeqRange, Timestamps, checksum,
};

/// A segment that a kernel sent, and what it says.
struct Captured {
    name: &'static str,
    pseudo: PseudoHeader,
    /// Hexadecimal, in words.
    bytes: &'static str,
    header: fn() -> Header,
    payload: &'static [u8],
    encodes: Encodes,
}

/// What our encoder makes of the decoded segment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encodes {
    /// What the kernel made of it.
    ToTheSameBytes,
    /// Other bytes, since an unknown option is dropped.
    ToTheSameValue,
}

impl Captured {
    fn bytes(&self) -> Bytes {
        let digits: Vec<u8> = self.bytes.bytes().filter(u8::is_ascii_hexdigit).collect();
        let digit = |&digit: &u8| char::from(digit).to_digit(16).expect("only such digits were kept") as u8;
        digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, nibble| byte * 16 + digit(nibble))).collect()
    }

    fn segment(&self) -> Segment {
        Segment { header: (self.header)(), payload: Bytes::from_static(self.payload) }
    }
}

fn captured() -> impl Iterator<Item = &'static Captured> {
    ipv4::CAPTURED.iter().chain(ipv6::CAPTURED)
}

fn blocks(edges: &[(u32, u32)]) -> SackBlocks {
    let range = |&(start, end): &(u32, u32)| SeqRange { start: SeqNum::new(start), end: SeqNum::new(end) };
    edges.iter().map(range).collect()
}

fn timestamps(value: u32, echo: u32) -> Option<Timestamps> {
    Some(Timestamps { value, echo })
}

#[test]
fn every_field_is_decoded() {
    for row in captured() {
        assert_eq!(Segment::decode(row.bytes(), &row.pseudo), Ok(row.segment()), "{}", row.name);
    }
}

#[test]
fn the_kernels_checksum_is_ours() {
    for row in captured() {
        assert_eq!(checksum(&row.bytes(), &row.pseudo), 0, "{}", row.name);
    }
}

#[test]
fn segments_are_encoded_as_the_kernel_does_it() {
    for row in captured() {
        let segment = row.segment();
        let mut encoded = Vec::new();
        segment.encode(&row.pseudo, &mut encoded);
        assert_eq!(encoded.len(), segment.encoded_len(), "{}", row.name);
        assert_eq!(encoded == row.bytes(), row.encodes == Encodes::ToTheSameBytes, "{}", row.name);
        assert_eq!(Segment::decode(encoded.into(), &row.pseudo), Ok(segment), "{}", row.name);
    }
}

#[test]
fn another_destination_is_noticed() {
    for row in captured() {
        let elsewhere = match row.pseudo {
            PseudoHeader::V4 { source, .. } => PseudoHeader::V4 { source, destination: [192, 0, 2, 1] },
            PseudoHeader::V6 { source, .. } => PseudoHeader::V6 { source, destination: [0x20; 16] },
            PseudoHeader::None => unreachable!("kernels send over IP"),
        };
        let decoded = Segment::decode(row.bytes(), &elsewhere);
        assert!(matches!(decoded, Err(DecodeError::BadChecksum { .. })), "{}: {decoded:?}", row.name);
    }
}

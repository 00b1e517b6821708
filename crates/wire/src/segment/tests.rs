use std::vec::Vec;

use super::*;
use crate::options::Options;
use crate::seq::SeqNum;

fn segment(flags: Flags, payload: &'static [u8]) -> Segment {
    let header = Header {
        source_port: 49152,
        destination_port: 12345,
        sequence: SeqNum::new(5896),
        acknowledgment: SeqNum::new(99),
        flags,
        window: 1000,
        urgent_pointer: 0,
        options: Options::default(),
    };
    Segment { header, payload: Bytes::from_static(payload) }
}

fn encoded(segment: &Segment) -> Vec<u8> {
    let mut out = Vec::new();
    segment.encode(&PseudoHeader::None, &mut out);
    out
}

fn decoded(bytes: &[u8]) -> Result<Segment, DecodeError> {
    Segment::decode(Bytes::copy_from_slice(bytes), &PseudoHeader::None)
}

/// With "not computed" for its checksum, so that bytes can be changed at will.
fn without_checksum(segment: &Segment) -> Vec<u8> {
    let mut bytes = encoded(segment);
    bytes[CHECKSUM_AT..CHECKSUM_AT + 2].fill(0);
    bytes
}

#[test]
fn payload_syn_and_fin_take_up_sequence_numbers() {
    let rows = [
        (segment(Flags::ACK, b""), 0),
        (segment(Flags::ACK, b"abc"), 3),
        (segment(Flags::SYN, b""), 1),
        (segment(Flags::SYN | Flags::ACK, b"abc"), 4),
        (segment(Flags::FIN | Flags::ACK, b""), 1),
        (segment(Flags::FIN | Flags::ACK, b"abc"), 4),
        (segment(Flags::SYN | Flags::FIN, b"abc"), 5),
        (segment(Flags::RST, b""), 0),
    ];
    for (segment, taken_up) in rows {
        assert_eq!(segment.sequence_len(), taken_up, "{segment:?}");
    }
}

#[test]
fn encoding_appends_and_leaves_what_stood_before() {
    let (first, second) = (segment(Flags::ACK, b"first!!"), segment(Flags::FIN | Flags::ACK, b"second"));
    let mut batch = encoded(&first);
    second.encode(&PseudoHeader::None, &mut batch);
    let (head, tail) = batch.split_at(first.encoded_len());
    assert_eq!(decoded(head), Ok(first));
    assert_eq!(decoded(tail), Ok(second));
}

#[test]
fn the_payload_is_a_part_of_the_datagram() {
    let datagram = Bytes::from(encoded(&segment(Flags::ACK, b"not copied")));
    let decoded = Segment::decode(datagram.clone(), &PseudoHeader::None).unwrap();
    assert_eq!(decoded.payload.as_ptr(), datagram[20..].as_ptr());
}

#[test]
fn anything_shorter_than_a_header_is_too_short() {
    let whole = encoded(&segment(Flags::ACK, b""));
    for len in 0..20 {
        assert_eq!(decoded(&whole[..len]), Err(DecodeError::TooShort { len }));
    }
}

#[test]
fn the_header_ends_within_the_datagram_and_not_before_its_fixed_part() {
    let mut bytes = without_checksum(&segment(Flags::ACK, b"12345678"));
    for words in 0..16 {
        bytes[12] = words << 4;
        let header_len = usize::from(words) * 4;
        match decoded(&bytes) {
            Err(told) if !(20..=28).contains(&header_len) => {
                assert_eq!(told, DecodeError::BadDataOffset { header_len, datagram_len: 28 });
            }
            // Then the digits are options of unknown kinds, their lengths past the header.
            Err(DecodeError::BadOptionLength { .. }) => assert!(header_len > 20),
            other => assert_eq!(other, Ok(segment(Flags::ACK, b"12345678")), "{words} words"),
        }
    }
}

#[test]
fn reserved_bits_are_not_looked_at_and_sent_as_zero() {
    let sent = segment(Flags::ACK, b"x");
    let mut bytes = without_checksum(&sent);
    assert_eq!(bytes[12] & 0x0f, 0);
    bytes[12] |= 0x0f;
    assert_eq!(decoded(&bytes), Ok(sent));
}

#[test]
fn zero_says_not_computed_only_when_udp_carries_the_segment() {
    let bytes = Bytes::from(without_checksum(&segment(Flags::ACK, b"x")));
    assert_eq!(Segment::decode(bytes.clone(), &PseudoHeader::None), Ok(segment(Flags::ACK, b"x")));

    let v4 = PseudoHeader::V4 { source: [127, 0, 0, 2], destination: [127, 0, 0, 1] };
    let v6 = PseudoHeader::V6 { source: [1; 16], destination: [2; 16] };
    for carrier in [v4, v6] {
        let told = Segment::decode(bytes.clone(), &carrier);
        assert!(matches!(told, Err(DecodeError::BadChecksum { found: 0, .. })), "{told:?}");
    }
}

#[test]
fn a_checksum_is_never_sent_as_zero_when_udp_carries_the_segment() {
    // Of all windows, one makes the words sum up to ffff; its checksum would be zero.
    let mut all_ones = 0;
    for window in 0..=u16::MAX {
        let mut segment = segment(Flags::ACK, b"");
        segment.header.window = window;
        let bytes = encoded(&segment);
        let sent = u16::from_be_bytes([bytes[CHECKSUM_AT], bytes[CHECKSUM_AT + 1]]);
        assert_ne!(sent, 0, "window {window}");
        all_ones += u32::from(sent == 0xffff);
        assert_eq!(decoded(&bytes), Ok(segment));
    }
    assert_eq!(all_ones, 1);
}

#[test]
fn damage_is_told_before_what_became_of_the_header() {
    let mut bytes = encoded(&segment(Flags::ACK, b"x"));
    bytes[12] = 0;
    assert!(matches!(decoded(&bytes), Err(DecodeError::BadChecksum { .. })));
}

//! IP headers and checksums, in both families.

use bytes::Bytes;
use lucid_wire::{Flags, Header, Options, Segment, SeqNum};

use super::*;

fn datagram() -> Vec<u8> {
    let header = Header {
        source_port: 40_000,
        destination_port: 80,
        sequence: SeqNum::new(5896),
        acknowledgment: SeqNum::new(17),
        flags: Flags::ACK,
        window: 65_535,
        urgent_pointer: 0,
        options: Options::default(),
    };
    let mut datagram = Vec::new();
    Segment { header, payload: Bytes::from_static(b"odd") }.encode(&PseudoHeader::None, &mut datagram);
    datagram
}

fn families() -> [Between; 2] {
    [
        Between::V4 { source: [192, 0, 2, 1].into(), destination: [198, 51, 100, 7].into() },
        Between::V6 { source: "2001:db8::1".parse().unwrap(), destination: "2001:db8:1::7".parse().unwrap() },
    ]
}

fn ip_len(between: Between) -> usize {
    match between {
        Between::V4 { .. } => IPV4_LEN,
        Between::V6 { .. } => IPV6_LEN,
    }
}

#[test]
fn headers_are_those_of_their_families() {
    let [v4, v6] = families().map(|between| with_ip(&datagram(), between, Codepoint::Ect0));
    let [a, b] = checksum(&[&v4[..10], &[0, 0], &v4[12..20]].concat(), &PseudoHeader::None).to_be_bytes();
    assert_eq!(v4[..20], [0x45, 2, 0, 43, 0, 0, 0x40, 0, 64, 6, a, b, 192, 0, 2, 1, 198, 51, 100, 7]);
    assert_eq!(v6[..8], [0x60, 0x20, 0, 0, 0, 23, 6, 64]);
    assert_eq!(
        (v6.len(), &v6[8..12], &v6[24..30]),
        (63, &[0x20, 1, 0x0d, 0xb8][..], &[0x20, 1, 0x0d, 0xb8, 0, 1][..])
    );
}

#[test]
fn a_good_checksum_and_none_at_all_become_good_for_the_new_addresses() {
    let good = datagram();
    let mut none = good.clone();
    none[TCP_CHECKSUM_AT..TCP_CHECKSUM_AT + 2].fill(0);
    for between in families() {
        for datagram in [&good, &none] {
            let packet = with_ip(datagram, between, Codepoint::NotEct);
            assert_eq!(checksum(&packet[ip_len(between)..], &between.pseudo_header()), 0);
        }
    }
}

#[test]
fn what_was_damaged_is_seen_as_damaged() {
    for between in families() {
        for bit in 0..datagram().len() * 8 {
            let mut damaged = datagram();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let packet = with_ip(&damaged, between, Codepoint::NotEct);
            assert_ne!(checksum(&packet[ip_len(between)..], &between.pseudo_header()), 0, "bit {bit}");
        }
    }
}

#[test]
fn whatever_a_datagram_is_there_is_a_packet_of_it() {
    for len in [0, 1, 17, 18, 19, 65_507, 70_000] {
        let packet = with_ip(&vec![0xff; len], families()[0], Codepoint::Ce);
        let total = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
        assert_eq!((packet.len(), total), (total, (20 + len).min(65_535)));
    }
}

use std::format;

use super::*;

#[test]
fn bits_stand_where_the_header_has_them() {
    // RFC 9293 section 3.1: CWR ECE URG ACK PSH RST SYN FIN, from the highest bit down.
    let from_the_top =
        [Flags::CWR, Flags::ECE, Flags::URG, Flags::ACK, Flags::PSH, Flags::RST, Flags::SYN, Flags::FIN];
    for (flag, bit) in from_the_top.into_iter().zip((0..8).rev()) {
        assert_eq!(flag.bits(), 1 << bit, "{flag}");
    }
}

#[test]
fn every_byte_is_a_set_and_comes_back() {
    for bits in 0..=u8::MAX {
        assert_eq!(Flags::from_bits(bits).bits(), bits);
    }
}

#[test]
fn contains_wants_all_and_intersects_wants_one() {
    let syn_ack = Flags::SYN | Flags::ACK;
    assert!(syn_ack.contains(Flags::ACK) && syn_ack.contains(syn_ack) && syn_ack.contains(Flags::EMPTY));
    assert!(!Flags::ACK.contains(syn_ack));
    assert!(Flags::ACK.intersects(syn_ack));
    assert!(!Flags::RST.intersects(syn_ack) && !syn_ack.intersects(Flags::EMPTY));
}

#[test]
fn flags_are_added_and_taken_away() {
    let mut flags = Flags::ACK;
    flags |= Flags::FIN;
    assert_eq!(flags, Flags::FIN | Flags::ACK);
    assert_eq!(flags.without(Flags::FIN | Flags::RST), Flags::ACK);
}

#[test]
fn flags_are_displayed_as_in_a_transcript() {
    let rows = [
        (Flags::SYN, "SYN"),
        (Flags::SYN | Flags::ACK, "SYN, ACK"),
        (Flags::ACK, "ACK"),
        (Flags::FIN | Flags::ACK, "FIN, ACK"),
        (Flags::from_bits(0xff), "SYN, FIN, RST, PSH, ACK, URG, ECE, CWR"),
        (Flags::EMPTY, "none"),
    ];
    for (flags, shown) in rows {
        assert_eq!(format!("{flags}"), shown);
    }
    assert_eq!(format!("{:?}", Flags::FIN | Flags::ACK), "Flags(FIN, ACK)");
}

use std::vec::Vec;

use proptest::prelude::*;

use super::*;

/// The sum of RFC 1071 section 1, word by word and without any trick.
fn plain_checksum(bytes: &[u8]) -> u16 {
    let sum = bytes.chunks(2).fold(0u32, |sum, pair| {
        let sum = sum + u32::from(pair[0]) * 256 + u32::from(*pair.get(1).unwrap_or(&0));
        (sum & 0xffff) + (sum >> 16)
    });
    !(sum as u16)
}

#[test]
fn the_example_of_rfc_1071() {
    // Section 3: these bytes sum up to ddf2.
    let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
    assert_eq!(checksum(&bytes, &PseudoHeader::None), !0xddf2);
}

#[test]
fn nothing_sums_up_to_zero() {
    assert_eq!(checksum(&[], &PseudoHeader::None), 0xffff);
}

#[test]
fn carries_are_folded_until_none_is_left() {
    // 0xffff is zero in ones' complement: any number of them changes nothing.
    assert_eq!(checksum(&[0xff; 65_535 * 4], &PseudoHeader::None), 0);
    let mut one_more = [0xff; 1002];
    one_more[1000..].copy_from_slice(&[0, 1]);
    assert_eq!(checksum(&one_more, &PseudoHeader::None), !1);
}

#[test]
fn a_computed_zero_is_sent_as_ffff_where_zero_says_not_computed() {
    let sums_up_to_ffff = [0xff, 0xff];
    let v4 = PseudoHeader::V4 { source: [0, 0, 0xff, 0xf7], destination: [0; 4] };
    assert_eq!(to_send(&sums_up_to_ffff, &PseudoHeader::None), 0xffff);
    assert_eq!(to_send(&sums_up_to_ffff, &v4), 0, "protocol 6, length 2 and fff7 make ffff");
}

#[test]
fn a_wrong_checksum_is_told_with_the_right_one() {
    let mut segment = [0x12, 0x34, 0x00, 0x00, 0x56, 0x78, 0x9a];
    let right = to_send(&segment, &PseudoHeader::None);
    for wrong in (1..=u16::MAX).filter(|wrong| *wrong != right) {
        segment[2..4].copy_from_slice(&wrong.to_be_bytes());
        let told = verify(&segment, &PseudoHeader::None, wrong);
        assert_eq!(told, Err(DecodeError::BadChecksum { found: wrong, computed: right }));
    }
}

proptest! {
    #[test]
    fn the_fast_sum_is_the_plain_one(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(checksum(&bytes, &PseudoHeader::None), plain_checksum(&bytes));
    }

    #[test]
    fn a_pseudo_header_counts_as_the_bytes_the_rfcs_draw(
        source: [u8; 16],
        destination: [u8; 16],
        segment in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let len = segment.len() as u8;
        // RFC 8200 section 8.1: addresses, length in 32 bits, 24 bits of zero, next header.
        let v6: Vec<u8> =
            [&source[..], &destination, &[0, 0, 0, len, 0, 0, 0, 6], &segment].concat();
        prop_assert_eq!(checksum(&segment, &PseudoHeader::V6 { source, destination }), plain_checksum(&v6));

        // RFC 9293 section 3.1: addresses, zero, protocol, length in 16 bits.
        let [source, destination] = [source, destination].map(|v6| *v6.first_chunk::<4>().unwrap());
        let v4: Vec<u8> = [&source[..], &destination, &[0, 6, 0, len], &segment].concat();
        prop_assert_eq!(checksum(&segment, &PseudoHeader::V4 { source, destination }), plain_checksum(&v4));
    }
}

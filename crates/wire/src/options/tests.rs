use core::time::Duration;
use std::vec;
use std::vec::Vec;

use super::*;
use crate::error::DecodeError;
use crate::seq::{SeqNum, SeqRange};

fn block(number: u32) -> SeqRange {
    SeqRange { start: SeqNum::new(number * 100), end: SeqNum::new(number * 100 + 10) }
}

fn blocks(count: u32) -> SackBlocks {
    (1..=count).map(block).collect()
}

fn encoded(options: Options) -> Vec<u8> {
    let out = options.encode().as_slice().to_vec();
    assert_eq!(out.len(), options.encoded_len(), "{options:?}");
    out
}

fn timestamps() -> Option<Timestamps> {
    Some(Timestamps { value: 0x0102_0304, echo: 0x0506_0708 })
}

fn with_user_timeout(seconds: u64) -> Options {
    let user_timeout = Some(UserTimeout::new(Duration::from_secs(seconds)));
    Options { user_timeout, ..Options::default() }
}

/// MUST-4, MUST-64.
#[test]
fn options_are_read_wherever_they_start() {
    let mss = Options { mss: Some(1460), ..Options::default() };
    let rows: [(&str, &[u8], Options); 14] = [
        ("no options", &[], Options::default()),
        ("only padding", &[1, 1, 1, 0], Options::default()),
        ("MSS", &[2, 4, 0x05, 0xb4], mss),
        ("MSS off a word boundary", &[1, 2, 4, 0x05, 0xb4, 1, 1, 1], mss),
        ("no end of list", &[1, 1, 1, 1, 2, 4, 0x05, 0xb4], mss),
        ("padding is not looked at", &[2, 4, 0x05, 0xb4, 0, 2, 4, 99], mss),
        ("unknown option without value", &[77, 2, 2, 4, 0x05, 0xb4, 0, 0], mss),
        ("unknown option with value", &[254, 5, 2, 4, 9, 2, 4, 0x05, 0xb4, 0, 0, 0], mss),
        ("the last of two counts", &[2, 4, 0x02, 0x18, 2, 4, 0x05, 0xb4], mss),
        (
            "SYN options without padding",
            &[3, 3, 7, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 0],
            Options {
                window_scale: Some(7),
                sack_permitted: true,
                timestamps: timestamps(),
                ..Options::default()
            },
        ),
        ("a user timeout in seconds", &[28, 4, 0, 100], with_user_timeout(100)),
        ("a user timeout in minutes", &[28, 4, 0x82, 0x9b], with_user_timeout(40_000)),
        ("no user timeout: zero is reserved", &[28, 4, 0x80, 0], Options::default()),
        (
            "a SACK block",
            &[5, 10, 0, 0, 0, 100, 0, 0, 0, 110, 0, 0],
            Options { sack: blocks(1), ..Options::default() },
        ),
    ];
    for (name, bytes, options) in rows {
        assert_eq!(Options::decode(bytes), Ok(options), "{name}");
    }
}

/// MUST-7.
#[test]
fn a_length_an_option_cannot_have_is_an_error() {
    let rows: [(&str, &[u8], u8, u8); 15] = [
        ("zero", &[77, 0, 1, 1], 77, 0),
        ("one", &[77, 1, 1, 1], 77, 1),
        ("zero of a known option", &[2, 0, 1, 1], 2, 0),
        ("past the header", &[77, 5, 1, 1], 77, 5),
        ("far past the header", &[1, 1, 77, 255], 77, 255),
        ("a known option past the header", &[1, 1, 2, 4], 2, 4),
        ("MSS too short", &[2, 3, 5, 1], 2, 3),
        ("MSS too long", &[2, 5, 5, 0xb4, 0, 0, 0, 0], 2, 5),
        ("window scale without a value", &[3, 2, 0, 0], 3, 2),
        ("SACK-permitted with a value", &[4, 3, 1, 0], 4, 3),
        ("timestamps too short", &[8, 6, 1, 2, 3, 4, 0, 0], 8, 6),
        ("a user timeout too short", &[28, 3, 1, 0], 28, 3),
        ("SACK without a block", &[5, 2, 0, 0], 5, 2),
        ("SACK with half a block", &[5, 6, 0, 0, 0, 100, 0, 0], 5, 6),
        ("SACK with a block and a half", &[5, 14, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 0, 0], 5, 14),
    ];
    for (name, bytes, kind, len) in rows {
        assert_eq!(Options::decode(bytes), Err(DecodeError::BadOptionLength { kind, len }), "{name}");
    }
}

/// MUST-68.
#[test]
fn a_header_that_ends_behind_a_kind_is_an_error() {
    for kind in [2, 3, 4, 5, 8, 28, 77] {
        let told = Options::decode(&[1, 1, 1, kind]);
        assert_eq!(told, Err(DecodeError::MissingOptionLength { kind }));
    }
}

/// MUST-4, MUST-68.
#[test]
fn options_are_written_on_word_boundaries() {
    let all_of_a_syn = Options {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        timestamps: timestamps(),
        ..Options::default()
    };
    let rows: [(&str, Options, Vec<u8>); 8] = [
        ("none", Options::default(), vec![]),
        ("MSS", Options { mss: Some(1024), ..Options::default() }, vec![2, 4, 4, 0]),
        ("window scale", Options { window_scale: Some(7), ..Options::default() }, vec![1, 3, 3, 7]),
        ("SACK-permitted", Options { sack_permitted: true, ..Options::default() }, vec![1, 1, 4, 2]),
        (
            "timestamps",
            Options { timestamps: timestamps(), ..Options::default() },
            vec![1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8],
        ),
        ("SYN", all_of_a_syn, vec![2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7]),
        ("user timeout", with_user_timeout(100), vec![28, 4, 0, 100]),
        (
            "SYN with one",
            Options { user_timeout: with_user_timeout(40_000).user_timeout, ..all_of_a_syn },
            [encoded(all_of_a_syn), vec![28, 4, 0x82, 0x9b]].concat(),
        ),
    ];
    for (name, options, bytes) in rows {
        assert_eq!(encoded(options), bytes, "{name}");
    }
}

#[test]
fn as_many_sack_blocks_are_written_as_fit() {
    let alone = Options::default();
    let data = Options { timestamps: timestamps(), ..alone };
    let said = Options { user_timeout: with_user_timeout(7).user_timeout, ..data };
    let most = Options { mss: Some(1), window_scale: Some(1), sack_permitted: true, ..data };
    let rows = [
        ("alone", Options { sack: blocks(4), ..alone }, 4, 36),
        ("beside timestamps", Options { sack: blocks(3), ..data }, 3, 40),
        ("a fourth beside timestamps", Options { sack: blocks(4), ..data }, 3, 40),
        ("two beside all others", Options { sack: blocks(2), ..most }, 2, 40),
        ("three beside a user timeout, too", Options { sack: blocks(4), ..said }, 3, 40),
        ("a third beside all others", Options { sack: blocks(3), ..most }, 2, 40),
    ];
    for (name, options, kept, len) in rows {
        let bytes = encoded(options);
        assert_eq!(bytes.len(), len, "{name}");
        assert_eq!(Options::decode(&bytes), Ok(Options { sack: blocks(kept), ..options }), "{name}");
    }
}

#[test]
fn no_operations_give_way_to_a_sack_block() {
    // 10 + 3 + 26 bytes fit into 40; on word boundaries it would be 12 + 4 + 28.
    let options =
        Options { timestamps: timestamps(), window_scale: Some(7), sack: blocks(3), ..Options::default() };
    let bytes = encoded(options);
    assert_eq!(bytes.len(), 40);
    assert_eq!(bytes[..2], [8, 10]);
    assert_eq!(bytes[39], 0, "RFC 9293 section 3.1: padding is composed of zeros");
    assert_eq!(Options::decode(&bytes), Ok(options));
}

#[test]
fn sack_blocks_take_four_and_no_more() {
    let mut sack = SackBlocks::new();
    assert!(sack.is_empty());
    for number in 1..=4 {
        assert!(sack.push(block(number)));
        assert_eq!(sack.len(), number as usize);
    }
    let full = sack;
    assert!(!sack.push(block(5)));
    assert_eq!(sack, full);
    assert_eq!(sack.as_slice(), [block(1), block(2), block(3), block(4)]);
    assert_eq!(blocks(9), full, "collecting keeps the first four");
}

/// RFC 5482 section 3: 15 bits of seconds or minutes; never less than what was meant, and never zero.
#[test]
fn a_user_timeout_is_rounded_up() {
    let rows = [(0, 1), (1, 1), (999, 1), (1001, 2), (32_767_000, 32_767), (32_767_001, 32_820)];
    for (millis, seconds) in rows {
        let said = UserTimeout::new(Duration::from_millis(millis));
        assert_eq!(said.duration(), Duration::from_secs(seconds), "{millis} ms");
    }
    assert_eq!(UserTimeout::new(Duration::MAX).duration(), Duration::from_secs(32_767 * 60));
}

/// Side by side, in the same order, with padding only at the end.
#[test]
fn a_packed_layout_has_no_gaps() {
    let options =
        Options { mss: Some(1460), window_scale: Some(7), timestamps: timestamps(), ..Options::default() };
    let packed = Options { layout: OptionLayout::Packed, ..options };
    let bytes = vec![2, 4, 5, 180, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 3, 3, 7, 0, 0, 0];
    assert_eq!(encoded(packed), bytes);
    assert_eq!(Options::decode(&bytes), Ok(options));
    assert!(encoded(options).len() >= bytes.len());
}

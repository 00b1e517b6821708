use lucid_wire::Timestamps;

use super::*;
use crate::engine::Profile;

fn config(bits: u8) -> Config {
    Config {
        sack: bits & 1 != 0,
        timestamps: bits & 2 != 0,
        window_scale: (bits & 4 != 0).then_some(9),
        ..Config::new(Profile::Classic)
    }
}

fn syn(bits: u8) -> Options {
    Options {
        sack_permitted: bits & 1 != 0,
        timestamps: (bits & 2 != 0).then_some(Timestamps { value: 1, echo: 0 }),
        window_scale: (bits & 4 != 0).then_some(3),
        ..Options::default()
    }
}

fn bits(agreed: &Agreed) -> u8 {
    u8::from(agreed.sack) | u8::from(agreed.timestamps) << 1 | u8::from(agreed.scale.is_some()) << 2
}

#[test]
fn what_both_have_is_in_use_and_nothing_else() {
    for ours in 0..8 {
        for theirs in 0..8 {
            let agreed = Agreed::with_peer(&config(ours), &syn(theirs));
            assert_eq!(bits(&agreed), ours & theirs);
        }
    }
    let agreed = Agreed::with_peer(&config(4), &syn(4));
    assert_eq!(agreed.scale, Some(Scale { send: 3, receive: 9 }));
    assert_eq!((agreed.send_window(100), agreed.send_rounding()), (800, 7));
}

/// RFC 7323 2.3.
#[test]
fn a_shift_above_14_counts_as_14() {
    let config = Config { window_scale: Some(15), ..config(4) };
    let agreed = Agreed::with_peer(&config, &Options { window_scale: Some(255), ..Options::default() });
    assert_eq!(agreed.scale, Some(Scale { send: 14, receive: 14 }));
    assert!(agreed.send_window(u16::MAX) < 1 << 30);
}

/// An answer to a SYN of three options or fewer is never longer than that SYN, however tightly its options lie.
#[test]
fn an_answer_is_no_longer_than_the_question() {
    for theirs in 0..8_u8 {
        let packed = 2 * (theirs & 1) + 10 * (theirs >> 1 & 1) + 3 * (theirs >> 2 & 1);
        assert!(syn(theirs).encoded_len() <= usize::from(packed).next_multiple_of(4), "{theirs:03b}");
    }
}

use lucid_wire::{Flags, SeqNum, Timestamps};

use super::*;

fn syn(shift: Option<u8>, sack: bool, ecn: bool) -> Header {
    let timestamps = Some(Timestamps { value: 1, echo: 0 });
    Header {
        source_port: 1,
        destination_port: 2,
        sequence: SeqNum::new(0),
        acknowledgment: SeqNum::new(0),
        flags: if ecn { Flags::SYN | ecn::SETUP } else { Flags::SYN },
        window: 0,
        urgent_pointer: 0,
        options: Options { window_scale: shift, sack_permitted: sack, timestamps, ..Options::default() },
    }
}

/// All that there are.
fn syns() -> impl Iterator<Item = Header> {
    let shifts = (0..=14).map(Some).chain([None]);
    shifts.flat_map(|shift| {
        [(false, false), (false, true), (true, false), (true, true)].map(|(sack, ecn)| syn(shift, sack, ecn))
    })
}

fn echo(value: u32) -> Option<Offer> {
    let mut ack = syn(None, false, false);
    ack.options.timestamps = Some(Timestamps { value: 7, echo: value });
    Offer::echoed(&ack)
}

#[test]
fn every_offer_comes_back_whatever_the_clock_shows() {
    for made in syns() {
        let offer = Offer::of(&made).expect("it has timestamps");
        for clock in [0, 1, 62, 63, 64, 65, 1000, 0x7fff_ffff, 0x8000_0000, u32::MAX - 63, u32::MAX] {
            let stamp = offer.stamp(clock);
            assert!(clock.wrapping_sub(stamp) < 64, "{stamp} is ahead of {clock}, or far behind it");
            assert_eq!(echo(stamp), Some(offer));
        }
        let mut read = syn(None, false, false);
        offer.write(&mut read);
        assert_eq!(read, made);
    }
}

/// RFC 7323 2.3.
#[test]
fn a_shift_above_14_is_14_and_not_none() {
    for shift in [15, 16, 255] {
        assert_eq!(Offer::of(&syn(Some(shift), true, false)), Offer::of(&syn(Some(14), true, false)));
    }
}

#[test]
fn without_timestamps_there_is_none() {
    let mut bare = syn(Some(7), true, true);
    bare.options.timestamps = None;
    assert_eq!((Offer::of(&bare), Offer::echoed(&bare)), (None, None));
}

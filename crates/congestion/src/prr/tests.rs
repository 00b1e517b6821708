use proptest::prelude::*;
use std::vec::Vec;

use super::*;

const SMSS: f64 = 1000.0;

/// Sends whole segments for as long as the window lets it, and says how many.
fn send_all(prr: &mut Prr, in_flight: &mut f64) -> u32 {
    let mut sent = 0;
    while *in_flight + SMSS <= prr.window(*in_flight) {
        prr.on_sent(SMSS);
        *in_flight += SMSS;
        sent += 1;
    }
    sent
}

#[test]
fn the_first_retransmission_leaves_whatever_is_in_flight() {
    let mut prr = Prr::new(20.0 * SMSS, 10.0 * SMSS, SMSS);
    assert_eq!(prr.window(19.0 * SMSS), 20.0 * SMSS);
    prr.on_ack(0.0, 19.0 * SMSS, false);
    assert_eq!(send_all(&mut prr, &mut (19.0 * SMSS)), 1);
    prr.on_ack(0.0, 20.0 * SMSS, false);
    assert_eq!(send_all(&mut prr, &mut (20.0 * SMSS)), 0, "only the first is free");
}

/// RFC 9937: above the threshold every other ACK lets a segment out when it is half.
#[test]
fn a_halved_window_lets_one_segment_out_for_two_that_arrive() {
    let mut prr = Prr::new(20.0 * SMSS, 10.0 * SMSS, SMSS);
    let mut in_flight = 19.0 * SMSS;
    let mut sent = Vec::new();
    for _ in 0..18 {
        in_flight -= SMSS;
        prr.on_ack(SMSS, in_flight, true);
        sent.push(send_all(&mut prr, &mut in_flight));
    }
    assert_eq!(sent[..6], [1, 0, 0, 1, 0, 1], "the fast retransmit takes the place of the second's");
    assert_eq!(in_flight, 10.0 * SMSS);
}

/// A burst of losses takes the flight below the threshold: conservation only, until progress is safe.
#[test]
fn below_the_threshold_it_conserves_until_progress_is_safe() {
    let below = |safe| {
        let mut prr = Prr::new(20.0 * SMSS, 10.0 * SMSS, SMSS);
        let mut in_flight = 4.0 * SMSS;
        prr.on_ack(SMSS, in_flight, false);
        send_all(&mut prr, &mut in_flight);
        prr.on_ack(SMSS, in_flight - SMSS, safe);
        in_flight -= SMSS;
        send_all(&mut prr, &mut in_flight)
    };
    assert_eq!((below(false), below(true)), (1, 2));
}

#[test]
fn it_never_opens_beyond_the_threshold() {
    let mut prr = Prr::new(20.0 * SMSS, 10.0 * SMSS, SMSS);
    prr.on_ack(12.0 * SMSS, 8.0 * SMSS, true);
    assert_eq!(prr.window(8.0 * SMSS), 10.0 * SMSS);
}

/// RFC 9937: only above the threshold is there anything to come down from.
#[test]
fn at_the_threshold_nothing_more_may_leave() {
    let mut prr = Prr::new(20.0 * SMSS, 10.0 * SMSS, SMSS);
    prr.on_sent(SMSS);
    prr.on_ack(4.0 * SMSS, 10.0 * SMSS, true);
    assert_eq!(prr.window(10.0 * SMSS), 10.0 * SMSS);
}

/// RFC 9937's CEIL.
#[test]
fn a_part_of_a_byte_counts_as_a_byte() {
    assert_eq!([0.0, 7.0, 7.25].map(whole_bytes), [0.0, 7.0, 8.0]);
}

/// One acknowledgement: segments delivered, segments found lost, whether SND.UNA advanced.
fn acknowledgements() -> impl Strategy<Value = Vec<(u32, u32, bool)>> {
    proptest::collection::vec((0_u32..6, prop_oneof![3 => Just(0_u32), 1 => 0_u32..8], any::<bool>()), 1..80)
}

proptest! {
    #[test]
    fn packets_are_conserved_and_no_acknowledgement_frees_a_burst(
        flight in 2_u32..100, percent in 20_u32..100, acknowledgements in acknowledgements(),
    ) {
        let entry = f64::from(flight) * SMSS;
        let ssthresh = (entry * f64::from(percent) / 100.0).max(2.0 * SMSS);
        let mut prr = Prr::new(entry, ssthresh, SMSS);
        let mut in_flight = entry;
        let (mut delivered, mut sent, mut safe_acks) = (0.0, 0.0, 0.0);
        for (arrived, lost, una) in acknowledgements {
            let arrived = (f64::from(arrived) * SMSS).min(in_flight);
            in_flight -= arrived;
            let lost_bytes = (f64::from(lost) * SMSS).min(in_flight);
            in_flight -= lost_bytes;
            let safe = una && lost_bytes == 0.0;
            delivered += arrived;
            safe_acks += f64::from(u8::from(safe));
            prr.on_ack(arrived, in_flight, safe);

            let owed = (delivered - sent).max(arrived);
            let now = f64::from(send_all(&mut prr, &mut in_flight)) * SMSS;
            sent += now;
            // RFC 9937: never more than was delivered, and one segment for each safe ACK.
            prop_assert!(sent <= delivered + SMSS * (1.0 + safe_acks), "{prr:?}");
            prop_assert!(now <= owed + SMSS + 1.0, "{now} for {owed}: {prr:?}");
            prop_assert!(in_flight <= entry.max(ssthresh) + SMSS, "{prr:?}");
        }
    }

    /// The point of it: without further loss recovery ends with the threshold in flight.
    #[test]
    fn it_ends_at_the_threshold(flight in 4_u32..200, percent in 30_u32..=100, lost in 1_u32..60) {
        let flight = f64::from(flight);
        let lost = f64::from(lost).min(flight - 3.0);
        let ssthresh = (flight * f64::from(percent) / 100.0).floor().max(2.0) * SMSS;
        let mut prr = Prr::new(flight * SMSS, ssthresh, SMSS);
        let mut in_flight = (flight - lost) * SMSS;
        // Everything that was in flight arrives, but what is lost; then what was sent meanwhile does.
        for _ in 0..(2.0 * flight) as u32 {
            in_flight -= SMSS;
            prr.on_ack(SMSS, in_flight, true);
            send_all(&mut prr, &mut in_flight);
        }
        prop_assert!((in_flight - ssthresh).abs() <= SMSS, "{in_flight} for {ssthresh}: {prr:?}");
    }
}

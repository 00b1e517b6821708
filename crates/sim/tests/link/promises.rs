//! What a link promises, whatever its faults: checked over random faults, seeds and packets. Proptest
//! prints the case that fails, seed included.

use core::time::Duration;
use std::collections::BTreeMap;

use crate::packet::Numbered;
use lucid_sim::{Blackout, Burst, DropReason, Faults, Link, Probability, Rate, RateChange, Reorder, Verdict};
use proptest::prelude::*;

fn millis(up_to: u64) -> impl Strategy<Value = Duration> {
    (0..=up_to).prop_map(Duration::from_millis)
}

/// Often never, else anything.
fn probability() -> impl Strategy<Value = Probability> {
    prop_oneof![Just(0.0), 0.0..=1.0].prop_map(|value| Probability::new(value).unwrap())
}

fn burst() -> impl Strategy<Value = Burst> {
    (probability(), probability(), probability()).prop_map(|(enter, leave, loss)| Burst {
        enter,
        leave,
        loss,
    })
}

fn blackout() -> impl Strategy<Value = Blackout> {
    (millis(500), 1..200_u64)
        .prop_map(|(from, long)| Blackout::new(from, from + Duration::from_millis(long)).unwrap())
}

fn line() -> impl Strategy<Value = (Option<Rate>, Option<usize>)> {
    let rate = (1_000..100_000_000_u64).prop_map(|bits| Rate::from_bits_per_second(bits).unwrap());
    (prop::option::of(rate), prop::option::of(0..20_000_usize))
}

fn rate_change() -> impl Strategy<Value = RateChange> {
    let rate = (1_000..100_000_000_u64).prop_map(|bits| Rate::from_bits_per_second(bits).unwrap());
    (millis(1000), rate).prop_map(|(at, rate)| RateChange { at, rate })
}

prop_compose! {
    fn faults()(
        (loss, duplicate, corrupt) in (probability(), probability(), probability()),
        burst in prop::option::of(burst()),
        (delay, jitter) in (millis(100), millis(50)),
        reorder in (probability(), prop::option::of(millis(100))),
        (rate, queue) in line(),
        rate_changes in prop::collection::vec(rate_change(), 0..3),
        blackout in prop::collection::vec(blackout(), 0..3),
        scripted in prop::option::of(1..50_u64),
        mtu in prop::option::of(500..1500_usize),
    ) -> Faults {
        let drop = scripted.map(|k| format!("data:{k}").parse().unwrap()).into_iter().collect();
        let (probability, extra) = reorder;
        let reorder = Reorder { probability, extra };
        Faults {
            loss, burst, drop, delay, jitter, reorder, duplicate, corrupt, rate, rate_changes, queue, mtu, blackout,
            mark: None,
        }
    }
}

/// When a packet is sent after the one before it, and how long it is.
fn traffic() -> impl Strategy<Value = Vec<(Duration, usize)>> {
    prop::collection::vec((millis(20), 0..1500_usize), 1..100)
}

/// One run: each packet's time of sending and verdict, and what arrived when.
struct Run {
    sent: Vec<(Duration, Verdict)>,
    arrived: Vec<(Duration, Numbered)>,
}

/// Sends, and takes out whatever is due before each sending, then all the rest.
fn run(faults: &Faults, seed: u64, traffic: &[(Duration, usize)]) -> Run {
    let mut link = Link::new(faults.clone(), seed);
    let (mut now, mut sent, mut arrived) = (Duration::ZERO, Vec::new(), Vec::new());
    for (number, &(gap, len)) in traffic.iter().enumerate() {
        now += gap;
        take_out(&mut link, now, &mut arrived);
        sent.push((now, link.push(now, Numbered::new(number, len))));
    }
    take_out(&mut link, Duration::MAX, &mut arrived);
    assert_eq!((link.in_transit(), link.next_delivery()), (0, None));
    Run { sent, arrived }
}

fn take_out(link: &mut Link<Numbered>, now: Duration, arrived: &mut Vec<(Duration, Numbered)>) {
    while let Some(due) = link.next_delivery().filter(|&due| due <= now) {
        if let Some(early) = due.checked_sub(Duration::from_nanos(1)) {
            assert_eq!(link.pop(early), None, "handed out before it was due");
        }
        arrived.push((due, link.pop(due).expect("it is due")));
    }
}

proptest! {
    #[test]
    fn nothing_is_delivered_before_its_time(faults in faults(), seed: u64, traffic in traffic()) {
        let run = run(&faults, seed, &traffic);
        prop_assert!(run.arrived.is_sorted_by_key(|(at, _)| *at));
        for (at, packet) in &run.arrived {
            let (sent, verdict) = run.sent[packet.number];
            let later = faults.rate_changes.iter().map(|change| change.rate);
            let fastest = faults.rate.map(|rate| later.fold(rate, Rate::max));
            let line =
                fastest.map_or(0.0, |rate| packet.bytes.len() as f64 * 8.0 / rate.bits_per_second() as f64);
            let hold = if verdict.reordered { faults.hold() } else { Duration::ZERO };
            // A nanosecond for the float.
            let least = sent + Duration::from_secs_f64(line) + faults.delay + hold;
            prop_assert!(*at + Duration::from_nanos(1) >= least, "{packet:?}: {at:?} < {least:?}");
        }
    }

    #[test]
    fn each_packet_arrives_as_its_verdict_says(faults in faults(), seed: u64, traffic in traffic()) {
        let run = run(&faults, seed, &traffic);
        let mut arrived: BTreeMap<usize, Vec<&Numbered>> = BTreeMap::new();
        for (_, packet) in &run.arrived {
            arrived.entry(packet.number).or_default().push(packet);
        }
        for (number, (_, verdict)) in run.sent.iter().enumerate() {
            let copies = arrived.remove(&number).unwrap_or_default();
            let expected = match verdict {
                Verdict { dropped: Some(_), .. } => 0,
                Verdict { duplicated: true, .. } => 2,
                _ => 1,
            };
            prop_assert_eq!(copies.len(), expected, "{}: {:?}", number, verdict);
            for copy in copies {
                prop_assert_eq!(copy.flipped_bits(), u32::from(verdict.corrupted));
            }
            if verdict.dropped.is_some() {
                prop_assert_eq!(*verdict, Verdict { dropped: verdict.dropped, ..Verdict::default() });
            }
        }
    }

    #[test]
    fn without_reordering_the_order_is_kept(mut faults in faults(), seed: u64, traffic in traffic()) {
        faults.reorder = Reorder::default();
        let run = run(&faults, seed, &traffic);
        prop_assert!(run.arrived.is_sorted_by_key(|(_, packet)| packet.number));
    }

    #[test]
    fn the_same_seed_is_the_same_run(faults in faults(), seed: u64, traffic in traffic()) {
        let (one, other) = (run(&faults, seed, &traffic), run(&faults, seed, &traffic));
        prop_assert_eq!(one.sent, other.sent);
        prop_assert_eq!(one.arrived, other.arrived);
    }

    /// What a fault does to the packets that get through depends on no other fault.
    #[test]
    fn one_faults_dice_do_not_depend_on_another(faults in faults(), seed: u64, traffic in traffic()) {
        let together = run(&faults, seed, &traffic);
        let perfect = Faults::default;
        let lossy = run(&Faults { loss: faults.loss, ..perfect() }, seed, &traffic);
        let touched = run(&Faults { corrupt: faults.corrupt, ..perfect() }, seed, &traffic);
        let held = run(&Faults { reorder: faults.reorder, ..perfect() }, seed, &traffic);
        let twice = run(&Faults { duplicate: faults.duplicate, ..perfect() }, seed, &traffic);
        let bursty = run(&Faults { burst: faults.burst, ..perfect() }, seed, &traffic);
        for (number, &(_, verdict)) in together.sent.iter().enumerate() {
            let alone = |run: &Run| run.sent[number].1;
            match verdict.dropped {
                Some(DropReason::Random) => prop_assert!(alone(&lossy).dropped.is_some()),
                Some(DropReason::Burst) => prop_assert!(alone(&bursty).dropped.is_some()),
                Some(_) => {}
                None => {
                    prop_assert!(alone(&lossy).dropped.is_none() && alone(&bursty).dropped.is_none());
                    prop_assert_eq!(verdict.corrupted, alone(&touched).corrupted);
                    prop_assert_eq!(verdict.reordered, alone(&held).reordered);
                    // A copy may find the line full.
                    prop_assert!(alone(&twice).duplicated || !verdict.duplicated);
                    prop_assert!(verdict.duplicated || !alone(&twice).duplicated || faults.rate.is_some());
                }
            }
        }
    }
}

use proptest::prelude::*;

use super::*;

const SMSS: f64 = 1000.0;
/// 100 Mbit/s: 12.5 segments each millisecond.
const RATE: f64 = 12.5e6;
const PACE: Pace = Pace { rate: RATE, burst: 2, together: 0 };

/// Sends full segments at `now` until the pacer asks for patience: bytes sent, and until when.
fn burst(pacer: &mut Pacer, now: Time, pace: Pace) -> (f64, Time) {
    let mut sent = 0.0;
    loop {
        let ready = pacer.ready_at(now, pace, SMSS);
        if ready > now {
            return (sent, ready);
        }
        pacer.on_sent(now, SMSS, pace);
        sent += SMSS;
    }
}

#[test]
fn no_more_than_the_burst_bound_leaves_at_once() {
    let mut pacer = Pacer::new(1000);
    assert_eq!(burst(&mut pacer, Time::from_millis(5), PACE).0, 25.0 * SMSS, "2 ms of the rate");
    let (sent, _) = burst(&mut pacer, Time::from_millis(60_000), PACE);
    assert_eq!(sent, 25.0 * SMSS, "a minute's rest earns no more");
}

#[test]
fn a_slow_path_is_still_given_a_few_segments_at_once() {
    let mut pacer = Pacer::new(1000);
    let (sent, ready) = burst(&mut pacer, Time::ZERO, Pace { rate: 10_000.0, burst: 2, together: 0 });
    assert_eq!(sent, 2.0 * SMSS);
    assert_eq!(ready, Time::from_nanos(100_000_001), "a tenth of a second for each");

    let mut pacer = Pacer::new(1000);
    let pace = Pace { rate: 10_000.0, burst: 6, together: 3 };
    let (sent, ready) = burst(&mut pacer, Time::ZERO, pace);
    assert_eq!(sent, 6.0 * SMSS);
    assert_eq!(ready, Time::from_nanos(300_000_001), "three of them are worth a wake-up");
    assert_eq!(burst(&mut pacer, ready, pace).0, 3.0 * SMSS);
}

#[test]
fn a_wake_up_is_worth_a_millisecond_of_the_rate() {
    let mut pacer = Pacer::new(1000);
    let (_, ready) = burst(&mut pacer, Time::ZERO, PACE);
    assert_eq!(ready, Time::from_nanos(1_000_001));
    assert_eq!(burst(&mut pacer, ready, PACE).0, 12.0 * SMSS);
}

/// Timers of a millisecond's resolution fire up to one late; what was earned meanwhile isn't lost.
#[test]
fn late_wake_ups_hold_the_average() {
    let mut pacer = Pacer::new(1000);
    let (mut now, mut sent) = (Time::ZERO, 0.0);
    while now < Time::from_millis(1000) {
        let (bytes, ready) = burst(&mut pacer, now, PACE);
        sent += bytes;
        now = Time::from_millis(ready.as_nanos().div_ceil(1_000_000));
    }
    assert!((sent / RATE - 1.0).abs() < 0.005, "{sent} bytes in a second");
}

#[test]
fn what_leaves_unasked_delays_the_rest_by_no_more_than_the_bound() {
    let mut pacer = Pacer::new(1000);
    for _ in 0..1000 {
        pacer.on_sent(Time::ZERO, SMSS, PACE);
    }
    assert_eq!(pacer.ready_at(Time::ZERO, PACE, SMSS), Time::from_nanos(3_000_001));
}

#[test]
fn no_rate_holds_nothing_back() {
    let pacer = Pacer { credit: 0.0, ..Pacer::new(1000) };
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(
            pacer.ready_at(Time::ZERO, Pace { rate, burst: 2, together: 0 }, SMSS),
            Time::ZERO,
            "{rate}"
        );
    }
}

#[test]
fn a_larger_segment_fits_the_bucket_once_it_is_told() {
    let mut pacer = Pacer::new(1000);
    pacer.on_mss_change(65_000);
    let pace = Pace { rate: 10_000.0, burst: 2, together: 0 };
    assert_eq!(pacer.capacity(pace), 130_000.0);
    assert_eq!(Pacer::new(1).ready_at(Time::ZERO, pace, 65_000.0), Time::ZERO, "and before, too");
}

#[test]
fn a_window_based_algorithm_is_paced_at_a_multiple_of_its_window() {
    let rate = |phase| default_pacing_rate(100_000.0, Duration::from_millis(50), phase);
    assert_eq!(rate(Phase::SlowStart), 4_000_000.0);
    assert_eq!((rate(Phase::CongestionAvoidance), rate(Phase::FastRecovery)), (2_400_000.0, 2_400_000.0));
}

#[test]
fn a_window_lets_more_go_at_once_when_slow_start_is_over() {
    let pace = |phase| Pace::of_window(100_000.0, Duration::from_millis(50), phase);
    assert_eq!(pace(Phase::SlowStart), Pace { rate: 4_000_000.0, burst: 2, together: 0 });
    assert_eq!(pace(Phase::CongestionAvoidance), Pace { rate: 2_400_000.0, burst: 6, together: 3 });
    assert_eq!(Pace::named(2_400_000.0).burst, 2, "who names a rate counts on it");
}

proptest! {
    /// However the rate moves and whenever it is asked: over any time no more leaves than the highest rate
    /// gives, and one burst.
    #[test]
    fn the_rate_is_kept(steps in proptest::collection::vec((0_u64..5_000, 1_u32..2_000), 1..100)) {
        let mut pacer = Pacer::new(1000);
        let (mut now, mut sent, mut earned) = (Time::ZERO, 0.0, 0.0);
        let mut largest = 0.0_f64;
        for (micros, segments_per_ms) in steps {
            let rate = f64::from(segments_per_ms) * 1e6;
            now += Duration::from_micros(micros);
            earned += rate * Duration::from_micros(micros).as_secs_f64();
            let pace = Pace { rate, burst: 2, together: 0 };
            largest = largest.max(pacer.capacity(pace));
            let (bytes, ready) = burst(&mut pacer, now, pace);
            prop_assert!(bytes <= pacer.capacity(pace));
            prop_assert!(ready > now && ready - now <= Duration::from_millis(4), "{ready:?} at {now:?}");
            sent += bytes;
            prop_assert!(sent <= earned + largest + 1.0, "{sent} of {earned}");
        }
    }
}

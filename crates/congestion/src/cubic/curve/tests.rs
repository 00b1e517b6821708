use core::time::Duration;

use proptest::prelude::*;

use super::*;

const SMSS: f64 = 1000.0;

proptest! {
    #[test]
    fn a_cube_root_is_one_to_the_last_digits(x in 1e-12_f64..1e12) {
        let root = cube_root(x);
        prop_assert!((root / x.cbrt() - 1.0).abs() < 1e-14, "{root} for {}", x.cbrt());
    }
}

#[test]
fn nothing_has_no_root() {
    for x in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(cube_root(x), 0.0, "{x}");
    }
}

fn ack(millis: u64) -> Ack {
    Ack {
        now: Time::from_millis(millis),
        delivered: SMSS,
        smoothed_rtt: Some(Duration::from_millis(100)),
        window_limited: true,
        ..Ack::default()
    }
}

/// RFC 9438 section 4.2: K = cbrt((W_max - cwnd) / C). From 700 of 1000 segments: cbrt(750) = 9.086 s.
#[test]
fn the_plateau_is_reached_after_k_seconds() {
    let mut curve = Curve::new();
    curve.on_congestion(1000.0 * SMSS);
    curve.step(&ack(5000), 700.0 * SMSS, SMSS);
    let epoch = curve.epoch.unwrap();
    assert!((epoch.k - 9.0856).abs() < 1e-4, "{epoch:?}");
    assert!((epoch.w_cubic(epoch.k, SMSS) - 1000.0 * SMSS).abs() < 1e-6);
    assert!((epoch.w_cubic(0.0, SMSS) - 700.0 * SMSS).abs() < 1e-6);
}

/// RFC 9438 section 4.7: 0.85 of the window for the plateau, if the last was not reached.
#[test]
fn who_loses_below_the_last_plateau_makes_room() {
    let mut curve = Curve::new();
    curve.on_congestion(1000.0 * SMSS);
    curve.on_congestion(900.0 * SMSS);
    assert_eq!(curve.w_max, 765.0 * SMSS);
    curve.on_congestion(800.0 * SMSS);
    assert_eq!(curve.w_max, 800.0 * SMSS, "that was beyond the plateau aimed at");
    curve.on_congestion(800.0 * SMSS);
    assert_eq!(curve.w_max, 800.0 * SMSS, "that was the plateau");
}

/// RFC 9438 section 4.8.
#[test]
fn after_a_timeout_the_plateau_is_where_avoidance_begins() {
    let mut curve = Curve::new();
    curve.on_congestion(1000.0 * SMSS);
    curve.on_timeout(900.0 * SMSS);
    curve.step(&ack(5000), 500.0 * SMSS, SMSS);
    let epoch = curve.epoch.unwrap();
    assert_eq!((epoch.k, epoch.w_max), (0.0, 500.0 * SMSS));
    // Flat at first, so it is Reno's pace; and what the timeout took is not regained yet.
    let step = curve.step(&ack(5001), 500.0 * SMSS, SMSS);
    assert!((step - 2.0 * ALPHA * SMSS / 500.0).abs() < 1e-6, "{step}");
}

/// RFC 9438 section 4.2: at most half as much again in a round trip.
#[test]
fn a_step_is_at_most_half_of_what_was_delivered() {
    let mut curve = Curve::new();
    curve.step(&ack(0), 10.0 * SMSS, SMSS);
    assert_eq!(curve.step(&ack(60_000), 10.0 * SMSS, SMSS), SMSS / 2.0);
}

/// RFC 9438 section 5.8: t doesn't run while the application is the limit.
#[test]
fn time_without_need_of_the_window_does_not_count() {
    let mut idle = Curve::new();
    let mut busy = Curve::new();
    for curve in [&mut idle, &mut busy] {
        curve.on_congestion(100.0 * SMSS);
        curve.step(&ack(0), 70.0 * SMSS, SMSS);
        curve.step(&ack(1000), 70.0 * SMSS, SMSS);
    }
    for second in 1..=100 {
        let unused = Ack { window_limited: false, ..ack(1000 + second * 1000) };
        assert_eq!(idle.step(&unused, 70.0 * SMSS, SMSS), 0.0);
    }
    let after = idle.step(&ack(101_500), 70.0 * SMSS, SMSS);
    assert_eq!(after, busy.step(&ack(1500), 70.0 * SMSS, SMSS));
}

#[test]
fn however_far_ahead_reno_would_be_a_step_is_no_more_than_was_delivered() {
    let mut curve = Curve::new();
    curve.step(&ack(0), 100.0 * SMSS, SMSS);
    assert_eq!(curve.step(&ack(1), 50.0 * SMSS, SMSS), SMSS);
}

/// RFC 9438 section 4.3: from cwnd_prior on as Reno, a segment for each window.
#[test]
fn what_was_lost_is_regained_at_cwnd_prior() {
    let mut curve = Curve::new();
    curve.on_congestion(100.0 * SMSS);
    let step = curve.step(&ack(0), 100.0 * SMSS, SMSS);
    assert!((step - SMSS / 100.0).abs() < 1e-6, "{step}");
}

use core::time::Duration;

use super::*;
use crate::fixtures::{ack, avoiding, loss, modern, round};
use crate::{Growth, Reno};

const SMSS: f64 = 1000.0;

/// Loses once with this many segments outstanding, and recovers.
fn lose(controller: &mut dyn Controller, segments: f64) {
    controller.on_loss(&loss(segments * SMSS));
    controller.on_recovered(&ack(SMSS));
}

#[test]
fn seven_tenths_are_left_after_a_loss_and_recovery_is_the_senders() {
    let mut cubic = Cubic::new(avoiding(100));
    assert_eq!(cubic.recovery(), Recovery::Proportional);
    cubic.on_loss(&loss(100.0 * SMSS));
    assert_eq!((cubic.window(), cubic.slow_start_threshold()), (70.0 * SMSS, 70.0 * SMSS));
    assert_eq!(cubic.phase(), Phase::FastRecovery);
    cubic.on_ack(&ack(SMSS));
    cubic.on_recovered(&ack(SMSS));
    assert_eq!((cubic.window(), cubic.phase()), (70.0 * SMSS, Phase::CongestionAvoidance));
}

/// RFC 8511 section 4.
#[test]
fn a_mark_leaves_more() {
    let mut cubic = Cubic::new(avoiding(100));
    cubic.on_congestion_experienced(&loss(100.0 * SMSS));
    assert_eq!((cubic.window(), cubic.phase()), (85.0 * SMSS, Phase::FastRecovery));
}

/// RFC 9438 section 4.8.
#[test]
fn a_timeout_starts_over_with_cubics_threshold() {
    let mut cubic = Cubic::new(avoiding(100));
    cubic.on_timeout(&loss(100.0 * SMSS), true);
    assert_eq!((cubic.window(), cubic.slow_start_threshold()), (SMSS, 70.0 * SMSS));
    cubic.on_timeout(&loss(SMSS), false);
    assert_eq!(cubic.slow_start_threshold(), 70.0 * SMSS);
}

/// The theory: concave up to W_max, convex beyond, as RFC 9438 section 4.2 draws it.
#[test]
fn the_window_follows_the_curve_in_time_whatever_the_round_trip() {
    for millis in [50, 100, 200] {
        let rtt = Duration::from_millis(millis);
        let mut cubic = Cubic::new(avoiding(1000));
        lose(&mut cubic, 1000.0);
        let k = (300.0_f64 / 0.4).cbrt();
        let mut now = Time::ZERO;
        while now.as_secs_f64() < 2.0 * k {
            now = round(&mut cubic, now, rtt);
            let t = now.as_secs_f64();
            let expected = 0.4 * (t - k).powi(3) + 1000.0;
            let window = cubic.window() / SMSS;
            assert!(
                (window / expected - 1.0).abs() < 0.02,
                "{window} for {expected} at {now}, RTT {millis} ms"
            );
        }
    }
}

/// RFC 9438 section 4.3: on a short path Reno would be faster, so CUBIC is as fast.
#[test]
fn on_a_short_path_it_grows_like_reno() {
    let rtt = Duration::from_millis(10);
    let mut cubic = Cubic::new(avoiding(40));
    lose(&mut cubic, 40.0);
    let mut now = Time::ZERO;
    let mut grown = |cubic: &mut Cubic, rounds: u32| {
        let before = cubic.window();
        for _ in 0..rounds {
            now = round(cubic, now, rtt);
        }
        (cubic.window() - before) / SMSS / f64::from(rounds)
    };
    let slow = grown(&mut cubic, 20);
    assert!((slow - 9.0 / 17.0).abs() < 0.03, "{slow} segments a round below the last window");
    grown(&mut cubic, 5);
    let fast = grown(&mut cubic, 20);
    assert!((fast - 1.0).abs() < 0.05, "{fast} segments a round above it");
}

/// The average window, in segments, with one loss for `between` segments.
fn average(controller: &mut dyn Controller, rtt: Duration, between: f64) -> f64 {
    let (mut now, mut delivered, mut next_loss, mut sum) = (Time::ZERO, 0.0, between, 0.0);
    let rounds = 5000;
    for _ in 0..rounds {
        let window = controller.window() / SMSS;
        sum += window;
        delivered += window.floor();
        now = round(controller, now, rtt);
        if delivered >= next_loss {
            next_loss += between;
            let outstanding = controller.window() / SMSS;
            lose(controller, outstanding);
        }
    }
    sum / f64::from(rounds)
}

/// The theory: Reno's window is 1.22 / sqrt(p) segments, and CUBIC's is no smaller, nor much larger where Reno
/// uses the path well (MAY-18).
#[test]
fn the_average_window_is_what_theory_gives() {
    for between in [100.0_f64, 1000.0, 10_000.0] {
        let rtt = Duration::from_millis(5);
        let theory = (1.5 * between).sqrt();
        let reno = average(&mut Reno::new(avoiding(10)), rtt, between);
        assert!((reno / theory - 1.0).abs() < 0.1, "Reno {reno} for {theory}");
        let cubic = average(&mut Cubic::new(avoiding(10)), rtt, between);
        assert!((0.95..1.35).contains(&(cubic / reno)), "CUBIC {cubic}, Reno {reno}");
    }
    // RFC 9438 section 5.1.1, table 1: at 100 ms and p = 1e-4 CUBIC's average is about 180 segments, at 1e-5 about 1000.
    for (between, expected) in [(10_000.0, 187.0), (100_000.0, 1054.0)] {
        let cubic = average(&mut Cubic::new(avoiding(10)), Duration::from_millis(100), between);
        assert!((cubic / expected - 1.0_f64).abs() < 0.15, "CUBIC {cubic} for {expected}");
    }
}

#[test]
fn what_was_no_loss_is_given_back_with_the_curve() {
    let rtt = Duration::from_millis(100);
    let cut: [fn(&mut Cubic); 3] = [
        |cubic| cubic.on_loss(&loss(800.0 * SMSS)),
        |cubic| cubic.on_timeout(&loss(800.0 * SMSS), true),
        |cubic| cubic.on_congestion_experienced(&loss(800.0 * SMSS)),
    ];
    for cut in cut {
        let mut cubic = Cubic::new(avoiding(1000));
        lose(&mut cubic, 1000.0);
        let mut now = Time::ZERO;
        for _ in 0..20 {
            now = round(&mut cubic, now, rtt);
        }
        let mut undisturbed = cubic.clone();
        cut(&mut cubic);
        assert!(cubic.window() < undisturbed.window());
        cubic.on_spurious(now);
        round(&mut cubic, now, rtt);
        round(&mut undisturbed, now, rtt);
        assert_eq!(cubic.window(), undisturbed.window());
    }
}

/// RFC 9438 section 5.8, and RFC 7661.
#[test]
fn an_unused_window_neither_grows_nor_lets_time_pass() {
    let mut cubic = Cubic::new(avoiding(1000));
    lose(&mut cubic, 1000.0);
    let window = cubic.window();
    for second in 0..60 {
        cubic.on_ack(&Ack { now: Time::from_millis(second * 1000), window_limited: false, ..ack(SMSS) });
    }
    assert_eq!(cubic.window(), window);
    cubic.on_ack(&Ack { now: Time::from_millis(59_100), ..ack(SMSS) });
    assert!(cubic.window() - window < SMSS, "{} more", cubic.window() - window);
}

#[test]
fn after_an_idle_time_it_finds_back_to_the_plateau() {
    let mut cubic = Cubic::new(Parameters { initial_window: 10.0 * SMSS, ..modern() });
    let rtt = Duration::from_millis(100);
    let mut now = Time::ZERO;
    for _ in 0..5 {
        now = round(&mut cubic, now, rtt);
    }
    assert_eq!(cubic.window(), 320.0 * SMSS);
    lose(&mut cubic, 320.0);
    cubic.on_restart(now);
    assert_eq!((cubic.window(), cubic.slow_start_threshold()), (10.0 * SMSS, 224.0 * SMSS));
    for _ in 0..50 {
        now = round(&mut cubic, now, rtt);
    }
    assert!((300.0..330.0).contains(&(cubic.window() / SMSS)), "{}", cubic.window());
}

#[test]
fn how_acknowledgements_are_cut_makes_no_difference() {
    let grown = |pieces: u32, growth| {
        let mut cubic = Cubic::new(Parameters { growth, ..avoiding(1000) });
        lose(&mut cubic, 1000.0);
        for _ in 0..pieces {
            cubic.on_ack(&ack(100.0 * SMSS / f64::from(pieces)));
        }
        cubic.window()
    };
    let whole = grown(1, Growth::PerByte);
    assert!((grown(100, Growth::PerByte) / whole - 1.0).abs() < 0.001);
    assert_eq!(grown(100, Growth::PerAck), grown(100, Growth::PerByte));
}

#[test]
fn other_segments_do_not_move_the_window() {
    let mut cubic = Cubic::new(avoiding(100));
    lose(&mut cubic, 100.0);
    round(&mut cubic, Time::ZERO, Duration::from_millis(100));
    let before = cubic.window();
    cubic.on_mss_change(9000);
    assert_eq!(cubic.window(), before);
    cubic.on_ack(&ack(9000.0));
    assert!(cubic.window() >= before && cubic.window() <= before + 9000.0);
}

#[test]
fn a_timeout_that_repeats_is_given_back_whole() {
    let mut cubic = Cubic::new(avoiding(1000));
    lose(&mut cubic, 1000.0);
    let rtt = Duration::from_millis(100);
    let now = round(&mut cubic, Time::ZERO, rtt);
    let mut undisturbed = cubic.clone();
    for first in [true, false] {
        cubic.on_timeout(&loss(SMSS), first);
        cubic.on_spurious(now);
    }
    round(&mut cubic, now, rtt);
    round(&mut undisturbed, now, rtt);
    assert_eq!(cubic.window(), undisturbed.window());
}

#[test]
fn with_larger_segments_the_curve_begins_anew_and_the_window_grows_on() {
    let mut cubic = Cubic::new(avoiding(1000));
    lose(&mut cubic, 1000.0);
    let rtt = Duration::from_millis(100);
    let mut now = round(&mut cubic, Time::ZERO, rtt);
    let before = cubic.window();
    cubic.on_mss_change(2000);
    for _ in 0..5 {
        now = round(&mut cubic, now, rtt);
    }
    assert!(cubic.window() > before + 20.0 * SMSS, "{} more", cubic.window() - before);
}

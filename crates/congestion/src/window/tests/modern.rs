//! What the window does in proportional mode.

use core::time::Duration;

use super::*;
use crate::fixtures::{ack_leaving, avoiding, modern, round};
use crate::{Algorithm, Controller, NewReno, Reno, Stamp, Tahoe, Time};

const SMSS: f64 = 1000.0;
const RTT: Duration = Duration::from_millis(50);

fn window(parameters: Parameters) -> CongestionWindow {
    CongestionWindow::new(parameters)
}

/// Half a minute in which the application uses `per_round` bytes of the window in each round trip.
fn use_little(cwnd: &mut CongestionWindow, per_round: f64) {
    for n in 0..600 {
        cwnd.grow(&Ack {
            now: Time::from_millis(n * 50),
            window_limited: false,
            smoothed_rtt: Some(RTT),
            ..ack_leaving(0.0, per_round)
        });
    }
}

#[test]
fn an_ack_of_many_segments_counts_for_all_of_them() {
    let mut starting = window(modern());
    starting.grow(&ack(8.0 * SMSS));
    assert_eq!(starting.window(), 18.0 * SMSS);

    let mut avoiding = window(avoiding(40));
    avoiding.grow(&ack(40.0 * SMSS));
    assert_eq!(avoiding.window(), 41.0 * SMSS);
}

/// After a timeout one ACK may cover what arrived long before: no reason for a burst.
#[test]
fn a_leaping_ack_at_most_doubles_the_window() {
    let mut cwnd = window(modern());
    cwnd.start_over(&loss(100.0 * SMSS), true);
    cwnd.grow(&ack(80.0 * SMSS));
    assert_eq!(cwnd.window(), 2.0 * SMSS);
}

///
#[test]
fn a_window_that_holds_nothing_back_does_not_grow() {
    for parameters in [modern(), avoiding(10)] {
        let mut cwnd = window(parameters);
        cwnd.grow(&Ack { window_limited: false, ..ack(SMSS) });
        assert_eq!(cwnd.window(), 10.0 * SMSS);
        cwnd.grow(&ack(SMSS));
        assert!(cwnd.window() > 10.0 * SMSS);
    }
}

/// RFC 7661 section 4.4.1: by what was used, and at the end without what of that was lost.
#[test]
fn a_loss_in_an_unused_window_is_judged_by_what_was_used() {
    let mut cwnd = window(avoiding(100));
    cwnd.lose(&lost(9.0 * SMSS));
    use_little(&mut cwnd, 20.0 * SMSS);
    assert_eq!(cwnd.used(&loss(1e9)), 100.0 * SMSS, "never more than the window");
    cwnd.lose(&lost(4.0 * SMSS));
    cwnd.enter_recovery(&loss(16.0 * SMSS));
    assert_eq!((cwnd.window(), cwnd.threshold()), (10.0 * SMSS, 10.0 * SMSS), "half of pipeACK");
    cwnd.lose(&lost(2.0 * SMSS));
    cwnd.leave_recovery();
    assert_eq!((cwnd.window(), cwnd.threshold()), (7.0 * SMSS, 7.0 * SMSS), "(20 - 6) / 2");

    cwnd.enter_recovery(&loss(6.0 * SMSS));
    assert_eq!(cwnd.window(), 3.0 * SMSS, "what was used of the old window says nothing of the new");
}

#[test]
fn a_loss_in_a_window_in_use_is_judged_by_what_was_outstanding() {
    let mut cwnd = window(avoiding(100));
    cwnd.lose(&lost(30.0 * SMSS));
    cwnd.enter_recovery(&loss(90.0 * SMSS));
    cwnd.leave_recovery();
    assert_eq!(cwnd.window(), 45.0 * SMSS);
}

fn lost(bytes: f64) -> LostSegment {
    LostSegment { now: Time::ZERO, bytes, stamp: Stamp::default(), total_lost: bytes }
}

/// RFC 7661 section 4.4.3.
#[test]
fn after_five_minutes_of_little_use_the_window_is_halved_and_the_threshold_remembers() {
    let mut cwnd = window(avoiding(10));
    cwnd.widen(90.0 * SMSS);
    for minute in 0..=5 {
        for round in 0..10 {
            let now = Time::from_millis(minute * 60_000 + round * 50);
            let smoothed_rtt = Some(RTT);
            cwnd.grow(&Ack { now, window_limited: false, smoothed_rtt, ..ack_leaving(0.0, SMSS) });
        }
        let expected = if minute < 5 { (100.0, 2.0) } else { (50.0, 75.0) };
        assert_eq!((cwnd.window() / SMSS, cwnd.threshold() / SMSS), expected, "minute {minute}");
    }
}

///
#[test]
fn after_an_idle_time_it_begins_as_at_first_and_finds_back_fast() {
    let mut cwnd = window(avoiding(10));
    cwnd.widen(90.0 * SMSS);
    cwnd.restart();
    assert_eq!((cwnd.window(), cwnd.threshold()), (10.0 * SMSS, 75.0 * SMSS));
    assert_eq!(cwnd.phase(), Phase::SlowStart);

    cwnd.start_over(&loss(10.0 * SMSS), true);
    cwnd.restart();
    assert_eq!(cwnd.window(), SMSS, "never more than it was");
}

/// RFC 6582 section 3.2 (3) fears a burst, which neither a recovery in proportion makes, nor one that isn't.
#[test]
fn only_an_inflated_window_is_left_without_a_burst() {
    let mut proportional = window(avoiding(100));
    proportional.enter_recovery(&loss(100.0 * SMSS));
    proportional.leave_recovery_without_burst(&ack_leaving(SMSS, SMSS));
    assert_eq!(proportional.window(), 50.0 * SMSS);

    let mut quiet = window(classic());
    quiet.widen(9.0 * 1024.0);
    quiet.leave_recovery_without_burst(&ack_leaving(1024.0, 1024.0));
    assert_eq!(quiet.window(), 10.0 * 1024.0);
}

#[test]
fn the_textbooks_know_no_restart() {
    let mut cwnd = window(classic());
    cwnd.widen(9.0 * 1024.0);
    cwnd.restart();
    assert_eq!(cwnd.window(), 10.0 * 1024.0);
}

/// RFC 8511: 0.8 after a mark, 0.5 after a loss.
#[test]
fn a_mark_takes_less_than_a_loss() {
    for parameters in [avoiding(100), Parameters { proportional: false, ..avoiding(100) }] {
        let mut reno = Reno::new(parameters);
        reno.on_congestion_experienced(&loss(100.0 * SMSS));
        assert_eq!((reno.window(), reno.phase()), (80.0 * SMSS, Phase::FastRecovery));
        reno.on_recovered(&ack(SMSS));
        assert_eq!((reno.window(), reno.phase()), (80.0 * SMSS, Phase::CongestionAvoidance));
    }
}

#[test]
fn what_was_no_loss_is_given_back() {
    for parameters in [avoiding(100), Parameters { proportional: false, ..avoiding(100) }] {
        let mut reno = NewReno::new(parameters);
        reno.on_loss(&loss(100.0 * SMSS));
        reno.on_spurious(Time::ZERO);
        assert_eq!((reno.window(), reno.phase()), (100.0 * SMSS, Phase::CongestionAvoidance));
    }
}

#[test]
fn a_timeout_that_repeats_is_given_back_whole() {
    let mut cwnd = window(modern());
    cwnd.widen(90.0 * SMSS);
    cwnd.start_over(&loss(100.0 * SMSS), true);
    cwnd.start_over(&loss(SMSS), false);
    cwnd.restore();
    assert_eq!((cwnd.window(), cwnd.phase()), (100.0 * SMSS, Phase::SlowStart));

    // And once more, for the same segment.
    cwnd.start_over(&loss(SMSS), false);
    cwnd.restore();
    assert_eq!(cwnd.window(), 100.0 * SMSS);
}

#[test]
fn what_the_window_has_gained_meanwhile_stays() {
    let mut cwnd = window(avoiding(10));
    cwnd.start_over(&loss(10.0 * SMSS), true);
    cwnd.widen(20.0 * SMSS);
    cwnd.restore();
    assert_eq!(cwnd.window(), 21.0 * SMSS);
    cwnd.restore();
    assert_eq!(cwnd.window(), 21.0 * SMSS, "there is nothing more to give back");
}

/// RFC 8899 section 3 (7).
#[test]
fn larger_segments_do_not_make_a_larger_window() {
    let mut cwnd = window(avoiding(100));
    cwnd.change_segment_size(9000);
    assert_eq!(cwnd.window(), 100.0 * SMSS);
}

/// RFC 9406: five rounds at a quarter of the pace after the queue shows, then avoidance. Plain slow start would
/// have 32 times as much by then.
#[test]
fn slow_start_is_left_when_round_trips_grow() {
    let mut reno = Reno::new(modern());
    let mut now = Time::ZERO;
    for _ in 0..3 {
        now = round(&mut reno, now, RTT);
    }
    assert_eq!(reno.window(), 80.0 * SMSS);
    let mut rounds = 0;
    while reno.phase() == Phase::SlowStart {
        now = round(&mut reno, now, RTT + Duration::from_millis(10));
        rounds += 1;
    }
    assert!((5..=7).contains(&rounds), "{rounds} rounds");
    assert!(reno.window() < 2.0 * 80.0 * SMSS * 1.25_f64.powi(5), "{}", reno.window());
    assert!((reno.window() - reno.slow_start_threshold()) / SMSS < 1.0);
}

#[test]
fn the_textbooks_know_no_early_end_of_slow_start() {
    let mut reno = Reno::new(Parameters { proportional: false, ..modern() });
    let mut now = Time::ZERO;
    for more in 0..8 {
        now = round(&mut reno, now, RTT + Duration::from_millis(10 * more));
    }
    assert_eq!(reno.window(), 2560.0 * SMSS);
}

#[test]
fn half_of_an_unused_window_is_no_less_than_the_initial_one() {
    let mut cwnd = window(avoiding(10));
    cwnd.widen(2.0 * SMSS);
    for second in 0..=302 {
        let now = Time::from_millis(second * 1000);
        cwnd.grow(&Ack { now, window_limited: false, smoothed_rtt: Some(RTT), ..ack_leaving(0.0, SMSS) });
    }
    assert_eq!(cwnd.window(), 10.0 * SMSS);
}

#[test]
fn every_window_based_algorithm_counts_losses_restarts_and_gives_back() {
    for (algorithm, left) in [(Algorithm::Reno, 0.5), (Algorithm::NewReno, 0.5), (Algorithm::Cubic, 0.7)] {
        let mut controller = algorithm.build(avoiding(100));
        for n in 0..600 {
            controller.on_ack(&Ack {
                now: Time::from_millis(n * 50),
                window_limited: false,
                smoothed_rtt: Some(RTT),
                ..ack_leaving(0.0, 20.0 * SMSS)
            });
        }
        controller.on_segment_lost(&lost(4.0 * SMSS));
        controller.on_loss(&loss(16.0 * SMSS));
        controller.on_recovered(&ack(SMSS));
        assert!((controller.window() / SMSS - 16.0 * left).abs() < 1e-9, "{controller:?}");

        let mut controller = algorithm.build(avoiding(10));
        for _ in 0..20 {
            controller.on_ack(&ack(10.0 * SMSS));
        }
        assert!(controller.window() > 10.0 * SMSS);
        controller.on_restart(Time::ZERO);
        assert_eq!(controller.window(), 10.0 * SMSS);
    }
    let mut tahoe = Tahoe::new(avoiding(100));
    tahoe.on_loss(&loss(100.0 * SMSS));
    tahoe.on_spurious(Time::ZERO);
    assert_eq!(tahoe.window(), 100.0 * SMSS);
}

#[test]
fn a_cut_that_was_wrong_does_not_end_the_watch_over_the_first_slow_start() {
    let mut reno = Reno::new(modern());
    let now = round(&mut reno, Time::ZERO, RTT);
    reno.on_loss(&loss(20.0 * SMSS));
    reno.on_spurious(now);
    let mut now = now;
    for more in 0..8 {
        now = round(&mut reno, now, RTT + Duration::from_millis(10 * more));
    }
    assert_eq!(reno.phase(), Phase::CongestionAvoidance);
}

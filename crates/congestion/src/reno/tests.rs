use super::*;
use crate::Halve;
use crate::fixtures::{ack, classic, loss};

/// Three acknowledgements past the threshold: where fast recovery is entered from.
fn reno_at_65583() -> Reno {
    let mut reno = Reno::new(classic());
    for _ in 0..66 {
        reno.on_ack(&ack(1024.0));
    }
    assert_eq!(reno.window(), 65_583.988_286_968_79);
    reno
}

#[test]
fn slow_start_adds_a_segment_per_ack_up_to_the_threshold() {
    let mut reno = Reno::new(classic());
    assert_eq!((reno.window(), reno.phase()), (1024.0, Phase::SlowStart));
    for segments in 2..=63 {
        reno.on_ack(&ack(1024.0));
        assert_eq!((reno.window(), reno.phase()), (f64::from(segments) * 1024.0, Phase::SlowStart));
    }
    reno.on_ack(&ack(1024.0));
    assert_eq!((reno.window(), reno.phase()), (65_536.0, Phase::CongestionAvoidance));
}

#[test]
fn congestion_avoidance_adds_a_segment_per_window_to_the_last_digit() {
    let mut reno = Reno::new(Parameters { initial_window: 65_536.0, ..classic() });
    for expected in [65_552.0, 65_567.996_094_703_44, 65_583.988_286_968_79] {
        reno.on_ack(&ack(1024.0));
        assert_eq!((reno.window(), reno.phase()), (expected, Phase::CongestionAvoidance));
    }
}

#[test]
fn fast_recovery_halves_inflates_and_deflates_to_the_last_digit() {
    let mut reno = reno_at_65583();

    reno.on_loss(&loss(60_000.0));
    assert_eq!(reno.phase(), Phase::FastRecovery);
    assert_eq!(reno.slow_start_threshold(), 32_791.994_143_484_39);
    assert_eq!(reno.window(), 32_791.994_143_484_39 + 3072.0);

    for further in 1..=5 {
        reno.on_duplicate_ack();
        assert_eq!(reno.window(), 32_791.994_143_484_39 + 3072.0 + f64::from(further) * 1024.0);
    }

    reno.on_recovered(&ack(1024.0));
    assert_eq!((reno.window(), reno.phase()), (32_791.994_143_484_39, Phase::CongestionAvoidance));
    assert_eq!(reno.slow_start_threshold(), 32_791.994_143_484_39);
}

#[test]
fn recovery_ends_at_any_new_ack() {
    assert_eq!(Reno::new(classic()).recovery(), Recovery::UntilNewAck);
}

/// Two losses without new data between them: the segments that inflation let out don't count as window.
#[test]
fn a_loss_in_recovery_halves_the_deflated_window() {
    let mut reno = reno_at_65583();
    reno.on_loss(&loss(60_000.0));
    for _ in 0..40 {
        reno.on_duplicate_ack();
    }
    reno.on_timeout(&loss(60_000.0), true);
    assert_eq!(reno.slow_start_threshold(), 32_791.994_143_484_39 / 2.0);
    assert_eq!((reno.window(), reno.phase()), (1024.0, Phase::SlowStart));
}

#[test]
fn duplicate_acks_outside_recovery_change_nothing() {
    let mut reno = reno_at_65583();
    reno.on_duplicate_ack();
    reno.on_recovered(&ack(1024.0));
    assert_eq!(reno.window(), 65_583.988_286_968_79);
}

#[test]
fn a_timeout_starts_over_and_keeps_the_threshold_when_the_same_segment_times_out_again() {
    let mut reno = Reno::new(Parameters { halve: Halve::FlightSize, ..classic() });
    reno.on_timeout(&loss(20_480.0), true);
    assert_eq!((reno.window(), reno.slow_start_threshold()), (1024.0, 10_240.0));

    reno.on_timeout(&loss(8_192.0), false);
    assert_eq!((reno.window(), reno.slow_start_threshold()), (1024.0, 10_240.0));
}

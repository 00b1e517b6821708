use core::time::Duration;

use super::*;
use crate::{Growth, Halve, Time};

/// The classic profile: headers counted, one segment to begin with, growth per acknowledgement.
fn classic() -> Parameters {
    Parameters {
        smss: 1024,
        initial_window: 1024.0,
        initial_slow_start_threshold: 65_536.0,
        growth: Growth::PerAck,
        halve: Halve::Window,
    }
}

fn ack() -> Ack {
    Ack {
        now: Time::from_millis(20),
        bytes: 1024.0,
        flight_size: 4096.0,
        rtt: Some(Duration::from_millis(20)),
    }
}

fn loss(flight_size: f64) -> Loss {
    Loss { now: Time::from_millis(40), flight_size }
}

/// Three acknowledgements past the threshold: where fast recovery is entered from.
fn reno_at_65583() -> Reno {
    let mut reno = Reno::new(classic());
    for _ in 0..66 {
        reno.on_ack(&ack());
    }
    assert_eq!(reno.window(), 65_583.988_286_968_79);
    reno
}

#[test]
fn slow_start_adds_a_segment_per_ack_up_to_the_threshold() {
    let mut reno = Reno::new(classic());
    assert_eq!((reno.window(), reno.phase()), (1024.0, Phase::SlowStart));
    for segments in 2..=63 {
        reno.on_ack(&ack());
        assert_eq!((reno.window(), reno.phase()), (f64::from(segments) * 1024.0, Phase::SlowStart));
    }
    reno.on_ack(&ack());
    assert_eq!((reno.window(), reno.phase()), (65_536.0, Phase::CongestionAvoidance));
}

#[test]
fn congestion_avoidance_adds_a_segment_per_window_to_the_last_digit() {
    let mut reno = Reno::new(Parameters { initial_window: 65_536.0, ..classic() });
    for expected in [65_552.0, 65_567.996_094_703_44, 65_583.988_286_968_79] {
        reno.on_ack(&ack());
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

    reno.on_recovered(&ack());
    assert_eq!((reno.window(), reno.phase()), (32_791.994_143_484_39, Phase::CongestionAvoidance));
    assert_eq!(reno.slow_start_threshold(), 32_791.994_143_484_39);
}

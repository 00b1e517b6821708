use super::*;
use crate::fixtures::{ack, classic, loss};
use crate::{Halve, Recovery};

#[test]
fn a_loss_starts_over_from_one_segment_with_half_as_threshold() {
    let mut tahoe = Tahoe::new(Parameters { initial_window: 10_240.0, ..classic() });
    tahoe.on_loss(&loss(9_000.0));
    assert_eq!((tahoe.window(), tahoe.slow_start_threshold()), (1024.0, 5120.0));
    assert_eq!(tahoe.phase(), Phase::SlowStart);
}

#[test]
fn there_is_no_recovery_so_further_duplicates_and_acks_are_ordinary() {
    let mut tahoe = Tahoe::new(Parameters { initial_window: 10_240.0, ..classic() });
    assert_eq!(tahoe.recovery(), Recovery::None);

    tahoe.on_loss(&loss(9_000.0));
    tahoe.on_duplicate_ack();
    assert_eq!(tahoe.window(), 1024.0);
    tahoe.on_ack(&ack(1024.0));
    assert_eq!(tahoe.window(), 2048.0);
}

#[test]
fn slow_start_after_a_loss_ends_at_the_threshold() {
    let mut tahoe = Tahoe::new(Parameters { initial_window: 8192.0, ..classic() });
    tahoe.on_loss(&loss(8192.0));
    for expected in [2048.0, 3072.0, 4096.0] {
        assert_eq!(tahoe.phase(), Phase::SlowStart);
        tahoe.on_ack(&ack(1024.0));
        assert_eq!(tahoe.window(), expected);
    }
    tahoe.on_ack(&ack(1024.0));
    assert_eq!((tahoe.window(), tahoe.phase()), (4096.0 + 256.0, Phase::CongestionAvoidance));
}

#[test]
fn a_timeout_halves_once_for_a_segment() {
    let mut tahoe = Tahoe::new(Parameters { halve: Halve::FlightSize, ..classic() });
    tahoe.on_timeout(&loss(20_480.0), true);
    tahoe.on_timeout(&loss(8_192.0), false);
    assert_eq!((tahoe.window(), tahoe.slow_start_threshold()), (1024.0, 10_240.0));
}

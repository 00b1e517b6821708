use super::*;
use crate::Halve;
use crate::fixtures::{ack, ack_leaving, classic, loss};

/// In recovery from 20 segments outstanding: ssthresh 10 segments, cwnd 13.
fn recovering() -> NewReno {
    let mut newreno = NewReno::new(Parameters { halve: Halve::FlightSize, ..classic() });
    newreno.on_loss(&loss(20.0 * 1024.0));
    assert_eq!((newreno.window(), newreno.slow_start_threshold()), (13.0 * 1024.0, 10.0 * 1024.0));
    newreno
}

#[test]
fn recovery_lasts_until_the_recovery_point() {
    assert_eq!(recovering().recovery(), Recovery::UntilRecoveryPoint);
}

#[test]
fn a_partial_ack_takes_out_what_it_acknowledged_and_puts_the_resent_segment_back() {
    let mut newreno = recovering();
    newreno.on_partial_ack(&ack(4.0 * 1024.0));
    assert_eq!(newreno.window(), 10.0 * 1024.0);
    assert_eq!(newreno.phase(), Phase::FastRecovery);

    // Exactly one segment: out and in again.
    newreno.on_partial_ack(&ack(1024.0));
    assert_eq!(newreno.window(), 10.0 * 1024.0);
}

#[test]
fn a_partial_ack_below_one_segment_puts_nothing_back() {
    let mut newreno = recovering();
    newreno.on_partial_ack(&ack(1023.0));
    assert_eq!(newreno.window(), 13.0 * 1024.0 - 1023.0);
}

#[test]
fn duplicate_acks_inflate_between_partial_acks() {
    let mut newreno = recovering();
    newreno.on_duplicate_ack();
    newreno.on_partial_ack(&ack(2048.0));
    newreno.on_duplicate_ack();
    assert_eq!(newreno.window(), 14.0 * 1024.0);
}

#[test]
fn a_full_ack_with_much_outstanding_deflates_to_the_threshold() {
    let mut newreno = recovering();
    newreno.on_recovered(&ack_leaving(12.0 * 1024.0, 20.0 * 1024.0));
    assert_eq!((newreno.window(), newreno.phase()), (10.0 * 1024.0, Phase::CongestionAvoidance));
}

#[test]
fn a_full_ack_with_little_outstanding_allows_one_segment_more_instead_of_a_burst() {
    for (flight_size, window) in [(0.0, 2.0 * 1024.0), (4.0 * 1024.0, 5.0 * 1024.0)] {
        let mut newreno = recovering();
        newreno.on_recovered(&ack_leaving(flight_size, 20.0 * 1024.0));
        assert_eq!((newreno.window(), newreno.phase()), (window, Phase::SlowStart));
        assert_eq!(newreno.slow_start_threshold(), 10.0 * 1024.0);
    }
}

#[test]
fn a_timeout_ends_recovery() {
    let mut newreno = recovering();
    newreno.on_timeout(&loss(16.0 * 1024.0), true);
    assert_eq!((newreno.window(), newreno.slow_start_threshold()), (1024.0, 8.0 * 1024.0));
    newreno.on_ack(&ack(1024.0));
    assert_eq!((newreno.window(), newreno.phase()), (2048.0, Phase::SlowStart));
}

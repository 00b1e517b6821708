use super::*;
use crate::fixtures::{ack, classic, loss};

mod modern;

fn per_byte() -> Parameters {
    Parameters { growth: Growth::PerByte, ..classic() }
}

fn avoiding(growth: Growth) -> CongestionWindow {
    CongestionWindow::new(Parameters { growth, initial_window: 65_536.0, ..classic() })
}

#[test]
fn per_byte_slow_start_grows_by_what_was_acknowledged_but_a_segment_at_most() {
    for (acknowledged, window) in [(100.0, 1124.0), (1024.0, 2048.0), (2048.0, 2048.0)] {
        let mut cwnd = CongestionWindow::new(per_byte());
        cwnd.grow(&ack(acknowledged));
        assert_eq!(cwnd.window(), window);
    }
}

/// ACK division: a segment acknowledged in 1024 pieces must not open the window 1024 times.
#[test]
fn per_byte_growth_resists_ack_division() {
    let mut cwnd = CongestionWindow::new(per_byte());
    for _ in 0..1024 {
        cwnd.grow(&ack(1.0));
    }
    assert_eq!(cwnd.window(), 2048.0);
}

#[test]
fn per_byte_avoidance_never_grows_by_more_than_was_acknowledged() {
    for (acknowledged, window) in [(1.0, 65_537.0), (16.0, 65_552.0), (1024.0, 65_552.0)] {
        let mut cwnd = avoiding(Growth::PerByte);
        cwnd.grow(&ack(acknowledged));
        assert_eq!(cwnd.window(), window);
    }
}

#[test]
fn per_ack_growth_takes_a_whole_step_whatever_was_acknowledged() {
    let mut cwnd = avoiding(Growth::PerAck);
    cwnd.grow(&ack(1.0));
    assert_eq!(cwnd.window(), 65_552.0);
}

/// One segment per round trip: a window's worth of acknowledgements adds about one.
#[test]
fn avoidance_adds_nearly_a_segment_in_a_round_trip() {
    let mut cwnd = avoiding(Growth::PerAck);
    for _ in 0..64 {
        cwnd.grow(&ack(1024.0));
    }
    let added = cwnd.window() - 65_536.0;
    assert!((1000.0..=1024.0).contains(&added), "added {added}");
}

#[test]
fn half_is_of_the_window_or_of_what_was_outstanding_as_chosen() {
    for (halve, threshold) in [(Halve::Window, 8192.0), (Halve::FlightSize, 6144.0)] {
        let mut cwnd = CongestionWindow::new(Parameters { halve, initial_window: 16_384.0, ..classic() });
        cwnd.lower_threshold(&loss(12_288.0), 0.5);
        assert_eq!(cwnd.threshold(), threshold);
    }
}

#[test]
fn half_is_never_less_than_two_segments() {
    for halve in [Halve::Window, Halve::FlightSize] {
        let mut cwnd = CongestionWindow::new(Parameters { halve, ..classic() });
        cwnd.lower_threshold(&loss(1024.0), 0.5);
        assert_eq!(cwnd.threshold(), 2048.0);
    }
}

#[test]
fn slow_start_ends_where_the_window_reaches_the_threshold() {
    let starting = |initial_window| CongestionWindow::new(Parameters { initial_window, ..classic() });
    assert_eq!(starting(65_535.0).phase(), Phase::SlowStart);
    assert_eq!(starting(65_536.0).phase(), Phase::CongestionAvoidance);
}

#[test]
fn smaller_segments_keep_the_number_of_segments_and_larger_ones_the_bytes() {
    let mut cwnd = CongestionWindow::new(Parameters { initial_window: 10_240.0, ..classic() });
    cwnd.change_segment_size(512);
    assert_eq!(cwnd.window(), 5120.0);

    cwnd.change_segment_size(1024);
    assert_eq!(cwnd.window(), 5120.0);
}

#[test]
fn a_larger_segment_still_fits_the_window_and_twice_the_threshold() {
    let mut cwnd = CongestionWindow::new(classic());
    cwnd.lower_threshold(&loss(0.0), 0.5);
    cwnd.change_segment_size(9000);
    assert_eq!((cwnd.window(), cwnd.threshold()), (9000.0, 18_000.0));
}

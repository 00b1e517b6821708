use super::*;

const RTT: Duration = Duration::from_millis(100);
const WINDOW: f64 = 100_000.0;

/// An application that has `per_round` bytes acknowledged in each of `rounds` round trips, in ten pieces.
fn rounds(validation: &mut Validation, now: &mut Time, rounds: u32, per_round: f64) -> bool {
    let mut expired = false;
    for _ in 0..rounds * 10 {
        *now += RTT / 10;
        let ack = Ack { now: *now, delivered: per_round / 10.0, smoothed_rtt: Some(RTT), ..Ack::default() };
        expired |= validation.on_ack(&ack, WINDOW);
    }
    expired
}

#[test]
fn half_the_window_in_a_round_trip_validates_it_and_less_does_not() {
    for (per_round, used) in [(60_000.0, None), (40_000.0, Some(40_000.0))] {
        let mut validation = Validation::default();
        rounds(&mut validation, &mut Time::default(), 5, per_round);
        assert_eq!(validation.used(), used);
    }
}

#[test]
fn a_window_is_valid_until_something_is_known() {
    let mut validation = Validation::default();
    assert!(!rounds(&mut validation, &mut Time::default(), 1, 10.0));
    assert_eq!(validation.used(), None);
}

#[test]
fn what_was_used_is_remembered_for_a_second_and_no_longer() {
    let (mut validation, mut now) = (Validation::default(), Time::ZERO);
    rounds(&mut validation, &mut now, 5, 80_000.0);
    rounds(&mut validation, &mut now, 6, 10_000.0);
    assert_eq!(validation.used(), None, "0.6 s: the large round trips still count");
    rounds(&mut validation, &mut now, 9, 10_000.0);
    assert_eq!(validation.used().map(f64::round), Some(10_000.0));
}

#[test]
fn a_window_that_holds_sending_back_is_validated_at_once() {
    let (mut validation, mut now) = (Validation::default(), Time::ZERO);
    rounds(&mut validation, &mut now, 20, 10_000.0);
    assert!(validation.used().is_some());
    let ack = Ack { now, window_limited: true, smoothed_rtt: Some(RTT), ..Ack::default() };
    validation.on_ack(&ack, WINDOW);
    assert_eq!(validation.used(), None);
}

#[test]
fn after_five_minutes_it_says_so_and_again_after_the_next_five() {
    let (mut validation, mut now) = (Validation::default(), Time::ZERO);
    assert!(!rounds(&mut validation, &mut now, 2990, 10_000.0));
    assert!(rounds(&mut validation, &mut now, 20, 10_000.0));
    assert!(!rounds(&mut validation, &mut now, 2980, 10_000.0));
    assert!(rounds(&mut validation, &mut now, 20, 10_000.0));
}

#[test]
fn what_was_used_before_a_long_pause_is_forgotten() {
    let (mut validation, mut now) = (Validation::default(), Time::ZERO);
    rounds(&mut validation, &mut now, 5, 80_000.0);
    now += Duration::from_secs(10);
    rounds(&mut validation, &mut now, 3, 10_000.0);
    assert!(validation.used().is_some());
}

/// RFC 7661 section 4.2: the period is three round trips, where that is more than a second.
#[test]
fn on_a_long_path_it_is_remembered_for_three_round_trips() {
    let rtt = Duration::from_secs(1);
    let mut validation = Validation::default();
    let mut used = |second: u64, delivered| {
        let now = Time::from_millis(second * 1000);
        validation.on_ack(&Ack { now, delivered, smoothed_rtt: Some(rtt), ..Ack::default() }, WINDOW);
        validation.used()
    };
    for second in 0..4 {
        assert_eq!(used(second, 80_000.0), None);
    }
    assert_eq!(used(4, 10_000.0), None);
    assert_eq!(used(5, 10_000.0), None);
    assert_eq!(used(6, 10_000.0), None);
    assert_eq!(used(7, 10_000.0), Some(10_000.0));
}

use super::*;

const MS: Duration = Duration::from_millis(1);

fn lasts(duty: &Duty, now: Time) -> Duration {
    duty.until(now).map_or(Duration::ZERO, |until| until - now)
}

/// Waits once in so long, for so often; says when that was the last time.
fn wait_often(duty: &Duty, begin: Time, apart: Duration, times: u32) -> Time {
    let mut now = begin;
    for _ in 0..times {
        now += apart;
        duty.begin(now);
    }
    now
}

#[test]
fn a_duty_lasts_four_milliseconds_and_no_longer() {
    let duty = Duty::default();
    let now = Time::from_millis(100);
    assert_eq!(duty.until(now), None);
    duty.begin(now);
    assert_eq!(duty.until(now), Some(now + 4 * MS));
    assert_eq!(duty.until(now + 4 * MS), None);
    assert!(duty.end(now + MS) && !duty.end(now + MS));
}

#[test]
fn who_keeps_coming_back_is_trusted_for_half_as_long_as_that_but_no_longer_than_the_bound() {
    let duty = Duty::default();
    let now = wait_often(&duty, Time::from_millis(100), 2 * MS, 11);
    assert_eq!(lasts(&duty, now), 10 * MS, "kept up for 20 ms");
    let now = wait_often(&duty, now, 2 * MS, 100);
    assert_eq!(lasts(&duty, now), Duty::LASTS_AT_MOST);
}

#[test]
fn a_duty_that_ended_begins_anew() {
    let duty = Duty::default();
    let now = wait_often(&duty, Time::from_millis(100), 2 * MS, 100);
    let late = now + Duty::LASTS_AT_MOST;
    duty.begin(late);
    assert_eq!(lasts(&duty, late), Duty::LASTS);
}

#[test]
fn who_was_away_for_long_with_what_came_is_trusted_as_anyone() {
    let duty = Duty::default();
    let mut now = wait_often(&duty, Time::from_millis(100), 2 * MS, 100);
    for (away, then) in [(Duty::LASTS, Duty::LASTS_AT_MOST), (Duty::LASTS + MS, Duty::LASTS)] {
        duty.pause(now);
        now += away;
        duty.begin(now);
        assert_eq!(lasts(&duty, now), then, "{away:?} away");
    }
}

#[test]
fn to_wait_for_long_is_not_to_be_away() {
    let duty = Duty::default();
    let mut now = wait_often(&duty, Time::from_millis(100), 2 * MS, 100);
    duty.pause(now);
    now += MS;
    duty.begin(now);
    now += 10 * MS;
    duty.begin(now);
    assert_eq!(lasts(&duty, now), Duty::LASTS_AT_MOST);
}

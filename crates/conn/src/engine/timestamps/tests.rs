use super::*;

const fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

const DAY: u64 = 24 * 3600 * 1000;

/// RFC 7323 5.4: between 1 ms and 1 s a tick; 7.1: from anywhere.
#[test]
fn the_clock_ticks_each_millisecond_from_its_offset() {
    assert_eq!(TimestampClock::new(7).at(at(0)), 7);
    assert_eq!(TimestampClock::new(7).at(Time::from_micros(1999)), 8);
}

#[test]
fn the_clock_wraps_and_keeps_its_order() {
    let clock = TimestampClock::new(u32::MAX - 4);
    let (early, late) = (at(3), at(10));
    assert!(clock.at(late) < clock.at(early), "it has wrapped");
    assert!(clock.is_before(clock.at(early), late));
    assert!(!clock.is_before(clock.at(late), late));
    assert_eq!(clock.since(clock.at(early), at(0), late), Some(Duration::from_millis(7)));
    assert_eq!(
        clock.since(clock.at(late), at(0), late),
        Some(Duration::from_millis(1)),
        "no clock can tell less"
    );
}

/// RFC 7323 4.3 (2), on a clock that wraps.
#[test]
fn what_is_echoed_only_moves_forward() {
    let mut recent = Recent::new(u32::MAX, at(0));
    recent.update(u32::MAX - 1, at(1));
    assert_eq!(recent.echo(), u32::MAX);
    recent.update(3, at(1));
    assert_eq!(recent.echo(), 3);
}

/// RFC 7323 5.3 R1 and 5.5.
#[test]
fn older_timestamps_are_rejected_for_24_days() {
    let recent = Recent::new(1000, at(0));
    assert!(!recent.rejects(1000, at(0)));
    assert!(!recent.rejects(1001, at(0)));
    assert!(recent.rejects(999, at(24 * DAY)));
    assert!(!recent.rejects(999, at(24 * DAY + 1)));
    let mut recent = recent;
    recent.update(999, at(24 * DAY + 1));
    assert_eq!(recent.echo(), 999, "and then count again");
    assert!(recent.rejects(998, at(24 * DAY + 2)));
}

/// What can't be true measures nothing.
#[test]
fn an_echo_is_as_old_as_the_connection_at_most() {
    let clock = TimestampClock::new(u32::MAX - 5500);
    let (opened, now) = (at(5000), at(6040));
    assert_eq!(clock.since(clock.at(at(6000)), opened, now), Some(Duration::from_millis(40)));
    assert_eq!(clock.since(clock.at(at(6041)), opened, now), None, "from the future");
    assert_eq!(clock.since(clock.at(at(4000)), opened, now), None, "from before the connection");
}

use std::format;
use std::string::ToString;

use super::*;

#[test]
fn units_agree() {
    assert_eq!(Time::from_millis(1_204), Time::from_micros(1_204_000));
    assert_eq!(Time::from_micros(1_204), Time::from_nanos(1_204_000));
    assert_eq!(Time::from_millis(1_204).as_nanos(), 1_204_000_000);
    assert_eq!(Time::from_millis(1_204).as_secs_f64(), 1.204);
    assert_eq!(Time::default(), Time::ZERO);
}

#[test]
fn a_wait_leads_to_a_later_time_and_back() {
    let start = Time::from_millis(100);
    let mut later = start + Duration::from_millis(40);
    later += Duration::from_nanos(1);
    assert!(later > start);
    assert_eq!(later - start, Duration::from_nanos(40_000_001));
    assert_eq!(later.saturating_since(start), later - start);
}

#[test]
fn arithmetic_stops_at_the_ends_of_time() {
    assert_eq!(Time::ZERO - Time::from_millis(1), Duration::ZERO);
    let end = Time::from_nanos(u64::MAX);
    assert_eq!(end + Duration::from_nanos(1), end);
    assert_eq!(Time::ZERO + Duration::MAX, end);
    assert_eq!(Time::from_millis(u64::MAX), end);
    assert_eq!(Time::from_micros(u64::MAX), end);
}

#[test]
fn it_reads_as_seconds_with_six_decimals_never_rounded_up() {
    assert_eq!(Time::from_micros(1_204_057).to_string(), "1.204057s");
    assert_eq!(Time::from_nanos(999_999_999).to_string(), "0.999999s");
    assert_eq!(Time::ZERO.to_string(), "0.000000s");
    assert_eq!(Time::from_millis(3_600_000).to_string(), "3600.000000s");
    assert_eq!(format!("[{}]", Time::from_micros(7)), "[0.000007s]");
}

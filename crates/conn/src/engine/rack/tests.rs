use lucid_congestion::Stamp;
use lucid_wire::SeqNum;

use super::*;
use crate::engine::in_flight::Fate;

const RTT: Duration = Duration::from_millis(40);

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(u32::MAX - 2000)) + at
}

fn ms(millis: u64) -> Time {
    Time::from_millis(millis)
}

/// The `n`-th segment of 1000, sent at that time.
fn sent(n: u64, at: u64, retransmissions: u32) -> Sent {
    let (start, end) = (place(1000 * n), place(1000 * (n + 1)));
    let (first_at, last_at, fate, stamp) = (ms(0), ms(at), Fate::Unknown, Stamp::default());
    Sent { start, end, first_at, last_at, order: at, retransmissions, fate, stamp, arrived_until: end }
}

fn path() -> Path {
    Path { smoothed_rtt: Some(RTT), min_rtt: Some(RTT), recovering: false, arrived_segments: 1 }
}

/// RFC 8985 section 6.2 steps 4 and 5: a quarter of the smallest round trip for segments that overtake each other.
///
#[test]
fn what_was_sent_before_an_arrived_segment_is_lost_a_quarter_round_trip_later() {
    let mut rack = Rack::new(place(0));
    rack.on_arrived(ms(42), &sent(1, 2, 0), false, Some(RTT));
    assert_eq!(rack.lost_at(&sent(0, 1, 0), &path()), Some(ms(1 + 40 + 10)));
    assert_eq!(rack.lost_at(&sent(2, 3, 0), &path()), None, "it was sent later");
}

/// Step 4: three arrived segments, or a recovery, leave no time to wait as long as nothing ever overtook.
#[test]
fn three_arrived_segments_are_enough_where_nothing_was_ever_reordered() {
    let mut rack = Rack::new(place(0));
    rack.on_arrived(ms(44), &sent(3, 4, 0), false, Some(RTT));
    let hurried = Path { arrived_segments: 3, ..path() };
    assert_eq!(rack.lost_at(&sent(0, 1, 0), &hurried), Some(ms(41)));
    rack.on_arrived(ms(45), &sent(1, 2, 0), false, Some(RTT));
    assert!(rack.lost_at(&sent(0, 1, 0), &hurried) > Some(ms(41)), "now something was");
}

/// Step 4: each round with a duplicate report widens the window by a quarter, at most to a smoothed round trip; 16
/// recoveries without one bring it back.
#[test]
fn reported_duplicates_widen_the_window_for_sixteen_recoveries() {
    let mut rack = Rack::new(place(0));
    assert_eq!(rack.reordering_window(&path()), RTT / 4);
    rack.on_duplicate_report(place(0), place(9000));
    rack.on_duplicate_report(place(5000), place(12_000));
    assert_eq!(rack.reordering_window(&path()), RTT / 2, "once for each round");
    for round in 1..9 {
        rack.on_duplicate_report(place(9000 * round), place(9000 * (round + 1)));
    }
    assert_eq!(rack.reordering_window(&path()), RTT, "never more than SRTT");
    (0..15).for_each(|_| rack.on_recovered());
    assert_eq!(rack.reordering_window(&path()), RTT);
    rack.on_recovered();
    assert_eq!(rack.reordering_window(&path()), RTT / 4);
}

/// Step 2: which sending an acknowledgment answers is not known where it came too soon, or echoes an older timestamp.
#[test]
fn an_answer_to_the_original_says_nothing_about_what_was_sent_again() {
    let mut rack = Rack::new(place(0));
    rack.on_arrived(ms(60), &sent(5, 50, 1), false, Some(RTT));
    assert_eq!(rack.lost_at(&sent(0, 1, 0), &path()), None, "10 ms after the sending");
    rack.on_arrived(ms(95), &sent(5, 50, 1), true, Some(RTT));
    assert_eq!(rack.lost_at(&sent(0, 1, 0), &path()), None, "the echo is older");
    rack.on_arrived(ms(95), &sent(5, 50, 1), false, Some(RTT));
    assert!(rack.lost_at(&sent(0, 1, 0), &path()).is_some());
}

/// Section 6.3: before anything has arrived RACK.rtt is zero, so that a timeout finds all of the first flight lost.
#[test]
fn a_timeout_before_any_answer_finds_everything_lost() {
    let rack = Rack::new(place(0));
    assert!(rack.timed_out_at(&sent(0, 1, 0), &path()) <= ms(300));
}

use super::*;

const MS: Duration = Duration::from_millis(1);

/// A line that sends one byte per millisecond.
fn line(bound: usize) -> RateQueue {
    RateQueue::new("8kbit".parse().unwrap(), bound)
}

#[test]
fn packets_leave_one_after_the_other_at_the_rate() {
    let mut line = line(1000);
    assert_eq!(line.accept(Duration::ZERO, 100), Some(100 * MS));
    assert_eq!(line.accept(Duration::ZERO, 50), Some(150 * MS));
    assert_eq!(line.accept(120 * MS, 10), Some(160 * MS));
}

#[test]
fn an_idle_line_saves_nothing_up() {
    let mut line = line(1000);
    assert_eq!(line.accept(Duration::ZERO, 100), Some(100 * MS));
    assert_eq!(line.accept(5000 * MS, 100), Some(5100 * MS));
}

#[test]
fn what_does_not_fit_is_dropped_and_takes_no_room() {
    let mut line = line(200);
    assert_eq!(line.accept(Duration::ZERO, 100), Some(100 * MS));
    assert_eq!(line.accept(Duration::ZERO, 100), Some(200 * MS));
    assert_eq!(line.accept(Duration::ZERO, 1), None);
    assert_eq!(line.accept(MS, 1), Some(201 * MS));
    assert_eq!(line.accept(100 * MS, 100), None);
    assert_eq!(line.accept(101 * MS, 100), Some(301 * MS));
}

#[test]
fn an_idle_line_takes_a_packet_larger_than_its_queue() {
    let mut line = line(10);
    assert_eq!(line.accept(Duration::ZERO, 100), Some(100 * MS));
    assert_eq!(line.accept(99 * MS, 100), None);
    assert_eq!(line.accept(100 * MS, 100), Some(200 * MS));
}

#[test]
fn rounding_does_not_add_up() {
    // A byte takes 8/3 s: no number of nanoseconds. 3000 of them take 8000 s, exactly.
    let mut line = RateQueue::new("3bit".parse().unwrap(), 4000);
    let departures: Vec<_> = (0..3000).filter_map(|_| line.accept(Duration::ZERO, 1)).collect();
    assert_eq!(departures[0], Duration::from_nanos(2_666_666_667));
    assert_eq!(departures[2999], Duration::from_secs(8000));
}

#[test]
fn a_clock_that_runs_backwards_gives_no_rate_away() {
    let mut line = line(1000);
    assert_eq!(line.accept(100 * MS, 100), Some(200 * MS));
    assert_eq!(line.accept(Duration::ZERO, 100), Some(300 * MS));
    assert_eq!(line.accept(100 * MS, 100), Some(400 * MS));
}

#[test]
fn extremes_neither_panic_nor_wrap() {
    let mut slow = RateQueue::new("1bit".parse().unwrap(), usize::MAX);
    assert!(slow.accept(Duration::MAX, usize::MAX).is_some_and(|at| at == Duration::MAX));
    let mut fast = RateQueue::new(Rate::from_bits_per_second(u64::MAX).unwrap(), usize::MAX);
    assert_eq!(fast.accept(Duration::ZERO, 1500), Some(Duration::from_nanos(1)));
    assert_eq!(fast.accept(Duration::MAX, 0), Some(Duration::MAX));
}

#[test]
fn a_rate_that_changes_counts_from_its_time_for_what_waits_too() {
    let change = |at: u32, rate: &str| RateChange { at: at * MS, rate: rate.parse().unwrap() };
    // One byte per millisecond, from 100 ms on two, from 200 ms on a half. Given out of order.
    let mut line = line(1000).changing(&[change(200, "4kbit"), change(100, "16kbit")]);
    assert_eq!(line.accept(Duration::ZERO, 50), Some(50 * MS));
    assert_eq!(line.accept(Duration::ZERO, 250), Some(200 * MS));
    assert_eq!(line.accept(Duration::ZERO, 10), Some(220 * MS));
    assert_eq!(line.free_at(150 * MS), 220 * MS);
    assert_eq!(line.accept(300 * MS, 10), Some(320 * MS));
}

#[test]
fn the_queue_is_long_beyond_its_mark_and_until_it_has_drained_to_it() {
    let mut line = line(1000).marking(Some(100));
    assert!(!line.is_long(Duration::ZERO));
    line.accept(Duration::ZERO, 100);
    assert!(!line.is_long(Duration::ZERO));
    line.accept(Duration::ZERO, 50);
    assert!(line.is_long(49 * MS));
    assert!(!line.is_long(50 * MS));
}

use super::*;

#[test]
fn the_capacity_counts_full_segments_and_follows_the_rate() {
    // 12 Mbit/s carry 1000 full datagrams of 1500 bytes in a second.
    let mut path = Path::of(12.0, 50);
    assert_eq!(path.datagram(), 1500);
    assert_eq!(path.capacity(Duration::from_secs(1)), 1_452_000.0);
    let rate = Path::of(6.0, 50).rate;
    path.rate_changes = vec![RateChange { at: Duration::from_secs(1), rate }];
    assert_eq!(path.capacity(Duration::from_secs(3)), 2.0 * 1_452_000.0);
}

#[test]
fn the_queue_is_so_many_times_what_is_under_way_and_holds_some_datagrams_at_least() {
    assert_eq!(Path::of(12.0, 100).queue(2.0).queue_bytes(), 300_000);
    assert_eq!(Path::of(1.0, 1).queue(0.1).queue_bytes(), 6000);
}

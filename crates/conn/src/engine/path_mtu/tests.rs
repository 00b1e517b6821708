use lucid_wire::SeqNum;

use super::*;

/// IPv4, and our header without options.
const OVERHEAD: Overhead = Overhead { below: 28, header: 20 };
const NOW: Time = Time::ZERO;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(0)) + at
}

fn payload(packet: u16) -> u16 {
    packet - 48
}

/// Probes, one after the other, over a path that carries IP packets up to this size: their sizes.
fn probes(search: &mut PathMtu, mtu: u16) -> Vec<u16> {
    let mut tried = Vec::new();
    while let Some(size) = search.candidate(place(u64::MAX / 4)) {
        tried.push(size + 48);
        search.on_probe_sent(place(0), place(u64::from(size)));
        if size <= payload(mtu) {
            assert_eq!(search.on_probe_arrived(), Verdict::Raised(size));
        } else {
            search.on_probe_lost(NOW, place(0));
        }
    }
    tried
}

fn search() -> PathMtu {
    PathMtu::discover(65_487, OVERHEAD)
}

#[test]
fn what_is_likely_is_tried_first_and_each_size_three_times() {
    let tried = |mtu| {
        let mut search = search();
        assert_eq!(search.size(), 1180);
        (probes(&mut search, mtu), search.size())
    };
    assert_eq!(tried(65_535), (vec![1500, 9000, 65_535], 65_487));
    assert_eq!(tried(9000), (vec![1500, 9000, 65_535, 65_535, 65_535], payload(9000)));
    assert_eq!(tried(1500), (vec![1500, 9000, 9000, 9000], payload(1500)));
    assert_eq!(
        tried(1400),
        (vec![1500, 1500, 1500, 1400, 1480, 1480, 1480, 1440, 1440, 1440], payload(1400))
    );
    assert_eq!(tried(1280).1, payload(1280));
    assert_eq!(tried(1228).1, 1180);
}

#[test]
fn it_never_exceeds_what_either_side_takes() {
    for max in [48, 536, 1180, 1181, 1300, 1452, 9000] {
        let mut search = PathMtu::discover(max, OVERHEAD);
        assert!(search.size() <= max);
        probes(&mut search, u16::MAX);
        assert_eq!(search.size(), max);
    }
    assert_eq!(PathMtu::fixed(1004).candidate(place(0)), None);
}

/// RFC 8899 5.1.1: PMTU_RAISE_TIMER.
#[test]
fn after_ten_minutes_what_did_not_pass_is_tried_again() {
    let mut search = search();
    probes(&mut search, 1500);
    let almost = NOW + (RAISE_AFTER - Duration::from_nanos(1));
    search.on_arrived(almost, place(1), 1000);
    assert_eq!(search.candidate(place(1)), None);
    search.on_arrived(NOW + RAISE_AFTER, place(1), 1000);
    assert_eq!(probes(&mut search, 9000)[0], 9000);
}

#[test]
fn a_lost_probe_is_repaired_before_the_next_goes() {
    let mut search = search();
    search.on_probe_sent(place(0), place(1452));
    assert_eq!(search.candidate(place(0)), None, "one at a time");
    search.on_probe_lost(NOW, place(5000));
    assert_eq!(search.candidate(place(4999)), None);
    assert_eq!(search.candidate(place(5000)), Some(1452));
}

/// Nobody saw whether it was the probe that arrived, or what was sent in its place.
#[test]
fn a_probe_that_is_acknowledged_without_having_arrived_was_lost() {
    let mut search = search();
    for _ in 0..3 {
        search.on_probe_sent(place(0), place(1452));
        search.on_arrived(NOW, place(1452), 1180);
    }
    assert_eq!(search.next().map(|index| search.payload(index)), Some(payload(1400)));
}

/// A search that found 1500.
fn found() -> PathMtu {
    let mut search = search();
    probes(&mut search, 1500);
    search
}

#[test]
fn a_black_hole_is_where_small_segments_pass_and_large_ones_do_not() {
    let mut search = found();
    assert_eq!(search.on_timeout(NOW, 1452), Verdict::Keep);
    assert_eq!(search.on_timeout(NOW, 1452), Verdict::TrySmall(1180));
    assert_eq!(search.on_arrived(NOW, place(1180), 1180), Verdict::Resume(1452));
    assert_eq!(search.on_timeout(NOW, 1452), Verdict::FellBack(1180));
    assert_eq!(probes(&mut search, 1400)[0], 1400, "and the size that failed is not tried at once");
}

#[test]
fn it_is_none_if_a_large_one_arrives_in_between() {
    let mut search = found();
    for _ in 0..10 {
        search.on_timeout(NOW, 1452);
        search.on_timeout(NOW, 1452);
        search.on_arrived(NOW, place(1180), 1180);
        assert_eq!(search.on_arrived(NOW, place(2632), 1452), Verdict::Resume(1452));
    }
    assert_eq!(search.size(), 1452);
}

#[test]
fn a_dead_link_is_none() {
    let mut search = found();
    search.on_timeout(NOW, 1452);
    search.on_timeout(NOW, 1452);
    for _ in 0..20 {
        assert_eq!(search.on_timeout(NOW, 1180), Verdict::Keep, "the small one doesn't pass, either");
    }
    search.on_arrived(NOW, place(1180), 1180);
    search.on_arrived(NOW, place(2632), 1452);
    assert_eq!(search.size(), 1452);
}

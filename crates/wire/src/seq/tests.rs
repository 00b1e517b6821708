use std::string::ToString;

use super::*;

fn seq(value: u32) -> SeqNum {
    SeqNum::new(value)
}

fn range(start: u32, end: u32) -> SeqRange {
    SeqRange { start: seq(start), end: seq(end) }
}

/// Doesn't compile once `SeqNum` is ordered: then both traits offer `ASKED`, and nobody can choose.
const _NEVER_ORDERED: bool = {
    trait IsAType<Marker> {
        const ASKED: bool = true;
    }
    struct Ordered;
    impl<T> IsAType<()> for T {}
    impl<T: PartialOrd> IsAType<Ordered> for T {}
    <SeqNum as IsAType<_>>::ASKED
};

#[test]
fn addition_and_subtraction_wrap() {
    assert_eq!(seq(u32::MAX) + 1, seq(0));
    assert_eq!(seq(0xffff_fff0) + 0x20, seq(0x10));
    assert_eq!(seq(0) - 1, seq(u32::MAX));
    assert_eq!(seq(0x10) - 0x20, seq(0xffff_fff0));
    assert_eq!(seq(7) + 0, seq(7));
}

#[test]
fn distance_is_signed_and_crosses_the_wrap() {
    assert_eq!(seq(1500).distance_from(seq(1000)), 500);
    assert_eq!(seq(1000).distance_from(seq(1500)), -500);
    assert_eq!(seq(4).distance_from(seq(u32::MAX)), 5);
    assert_eq!(seq(u32::MAX).distance_from(seq(4)), -5);
    assert_eq!(seq(9).distance_from(seq(9)), 0);
}

#[test]
fn before_and_after_follow_the_shorter_way() {
    for start in [0, 1, 1 << 31, u32::MAX - 1, u32::MAX] {
        for ahead in [1, 2, 65_535, (1 << 31) - 1] {
            let (earlier, later) = (seq(start), seq(start) + ahead);
            assert!(earlier.is_before(later) && later.is_after(earlier), "{earlier} before {later}");
            assert!(!later.is_before(earlier) && !earlier.is_after(later), "{later} not before {earlier}");
        }
        assert!(!seq(start).is_before(seq(start)) && !seq(start).is_after(seq(start)));
    }
}

#[test]
fn half_way_around_each_is_before_and_after_the_other() {
    for start in [0, 1, 1 << 31, u32::MAX] {
        let (one, other) = (seq(start), seq(start) + (1 << 31));
        assert_eq!(one.distance_from(other), i32::MIN);
        assert_eq!(other.distance_from(one), i32::MIN);
        assert!(one.is_before(other) && other.is_before(one));
        assert!(one.is_after(other) && other.is_after(one));
    }
}

#[test]
fn a_sequence_number_is_displayed_in_decimal() {
    assert_eq!(seq(4_294_967_295).to_string(), "4294967295");
}

#[test]
fn a_range_holds_its_start_but_not_its_end() {
    let across_the_wrap = range(u32::MAX - 1, 2);
    assert_eq!(across_the_wrap.len(), 4);
    for (number, inside) in [(u32::MAX - 2, false), (u32::MAX - 1, true), (0, true), (1, true), (2, false)] {
        assert_eq!(across_the_wrap.contains(seq(number)), inside, "{number}");
    }
}

#[test]
fn an_empty_range_holds_and_meets_nothing() {
    let empty = range(5, 5);
    assert!(empty.is_empty());
    assert_eq!(empty.len(), 0);
    assert!(!empty.contains(seq(5)));
    assert!(!empty.intersects(range(0, 10)) && !range(0, 10).intersects(empty));
    assert!(!empty.intersects(empty));
}

#[test]
fn ranges_intersect_if_they_share_a_number() {
    let rows = [
        (range(10, 20), range(19, 30), true),
        (range(10, 20), range(20, 30), false),
        (range(10, 20), range(12, 15), true),
        (range(10, 20), range(10, 20), true),
        (range(10, 20), range(30, 40), false),
        (range(u32::MAX - 5, 5), range(4, 6), true),
        (range(u32::MAX - 5, 5), range(5, 6), false),
        (range(u32::MAX - 5, 5), range(u32::MAX, 0), true),
    ];
    for (one, other, share) in rows {
        assert_eq!(one.intersects(other), share, "{one:?} and {other:?}");
        assert_eq!(other.intersects(one), share, "{other:?} and {one:?}");
    }
}

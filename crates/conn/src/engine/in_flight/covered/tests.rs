use std::collections::BTreeSet;

use lucid_wire::SeqNum;
use proptest::prelude::*;

use super::*;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(u32::MAX - 30)) + at
}

/// All places of `0..end` that `next_gap` walks over.
fn gaps(covered: &Covered, end: u64) -> BTreeSet<Position> {
    let mut found = BTreeSet::new();
    let mut at = place(0);
    while let Some((start, stop)) = covered.next_gap(at, place(end)) {
        found.extend((0..stop.since(start)).map(|offset| start + offset));
        at = stop;
    }
    found
}

proptest! {
    /// Against a set of single places.
    #[test]
    fn the_gaps_are_what_was_never_covered(
        ranges in proptest::collection::vec((0_u64..100, 1_u64..20), 0..30),
        una in 0_u64..60,
    ) {
        let mut covered = Covered::default();
        let mut open: BTreeSet<Position> = (0..100).map(place).collect();
        for (start, len) in ranges {
            covered.cover(place(start), place(start + len));
            (start..start + len).for_each(|at| { open.remove(&place(at)); });
        }
        prop_assert_eq!(&gaps(&covered, 100), &open);
        let apart = covered.ranges.iter().zip(covered.ranges.iter().skip(1)).all(|(one, next)| one.1 < next.0);
        prop_assert!(apart, "neighbours merge: {:?}", covered);
        covered.forget_before(place(una));
        let behind: BTreeSet<_> = open.into_iter().filter(|&at| at >= place(una)).collect();
        let left: BTreeSet<_> = gaps(&covered, 100).into_iter().filter(|&at| at >= place(una)).collect();
        prop_assert_eq!(left, behind);
    }
}

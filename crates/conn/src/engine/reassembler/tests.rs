use lucid_wire::SeqNum;
use proptest::prelude::*;

use super::*;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(u32::MAX - 5)) + at
}

/// A window for which the least bound of runs holds.
const WINDOW: u64 = 65_535;

fn insert(reassembler: &mut Reassembler, at: u64, bytes: &'static [u8]) -> usize {
    reassembler.insert(place(at), &Bytes::from_static(bytes), WINDOW)
}

fn take(reassembler: &mut Reassembler, next: Position) -> Option<Vec<u8>> {
    let mut run = reassembler.take(next)?;
    let mut all = Vec::new();
    while run.len() > 0 {
        all.extend_from_slice(&run.take(usize::MAX));
    }
    Some(all)
}

#[test]
fn a_gap_holds_everything_behind_it() {
    let mut reassembler = Reassembler::default();
    insert(&mut reassembler, 3, b"def");
    assert_eq!(take(&mut reassembler, place(0)), None);
    assert_eq!(reassembler.bytes(), 3);
    assert_eq!(take(&mut reassembler, place(3)).unwrap(), b"def");
    assert_eq!(reassembler.bytes(), 0);
}

#[test]
fn what_came_first_stays() {
    let mut reassembler = Reassembler::default();
    insert(&mut reassembler, 1, b"BC");
    assert_eq!(insert(&mut reassembler, 0, b"abcd"), 2);
    assert_eq!(take(&mut reassembler, place(0)).unwrap(), b"aBCd");
}

/// Neighbours join, whichever side of a gap comes first, and a run knows its ends.
#[test]
fn a_filled_gap_makes_one_run_of_two() {
    let mut reassembler = Reassembler::default();
    insert(&mut reassembler, 10, b"ab");
    insert(&mut reassembler, 14, b"ef");
    assert_eq!(reassembler.run_at(place(11)), Some(place(10)..place(12)));
    assert_eq!(reassembler.run_at(place(12)), None);
    insert(&mut reassembler, 12, b"cd");
    assert_eq!(reassembler.run_at(place(13)), Some(place(10)..place(16)));
    insert(&mut reassembler, 8, b"..");
    assert_eq!(reassembler.run_at(place(8)), Some(place(8)..place(16)));
    assert_eq!(take(&mut reassembler, place(9)).unwrap(), b".abcdef");
    assert_eq!(reassembler.bytes(), 0);
}

/// RFC 2883 section 4: the first stretch that came before.
#[test]
fn the_first_duplicate_part_is_found() {
    let mut reassembler = Reassembler::default();
    insert(&mut reassembler, 10, b"abcd");
    insert(&mut reassembler, 20, b"efgh");
    for (stretch, held) in [
        (0..10, None),
        (14..20, None),
        (0..12, Some(10..12)),
        (11..13, Some(11..13)),
        (12..22, Some(12..14)),
        (14..30, Some(20..24)),
    ] {
        let found = reassembler.first_held(&(place(stretch.start)..place(stretch.end)));
        assert_eq!(found, held.map(|held| place(held.start)..place(held.end)), "{stretch:?}");
    }
}

/// The bound loses nothing that was kept, runs may still grow and join, and it grows with the window.
#[test]
fn runs_are_bounded_by_the_window() {
    for (window, bound) in [(WINDOW, MIN_RUNS as u64), (1 << 20, (1 << 20) / WINDOW_PER_RUN)] {
        let mut reassembler = Reassembler::default();
        let mut one = |at| reassembler.insert(place(at), &Bytes::from_static(b"x"), window);
        let kept: usize = (0..2 * bound).map(|run| one(3 * run + 1)).sum();
        assert_eq!(kept as u64, bound);
        assert_eq!(one(2), 1, "one grows");
        assert_eq!(one(3), 1, "two join");
        assert_eq!(one(3 * bound + 1), 1, "there is room for one more");
        assert_eq!(take(&mut reassembler, place(1)).unwrap(), b"xxxx");
    }
}

#[test]
fn a_stretch_is_held_if_all_of_it_is() {
    let mut reassembler = Reassembler::default();
    reassembler.insert(place(10), &Bytes::from_static(b"0123456789"), WINDOW);
    let held =
        [(10, 10), (12, 3), (10, 11), (9, 3), (30, 1)].map(|(at, len)| reassembler.holds(place(at), len));
    assert_eq!(held, [true, true, false, false, false]);
}

proptest! {
    #[test]
    fn any_order_and_overlap_gives_the_bytes_back(
        pieces in prop::collection::vec((0_usize..200, 1_usize..60), 1..40),
    ) {
        let truth: Vec<u8> = (0..=255).collect();
        let mut reassembler = Reassembler::default();
        let mut have = [false; 300];
        for (start, len) in pieces {
            let end = (start + len).min(truth.len());
            let new = (start..end).filter(|&at| !std::mem::replace(&mut have[at], true)).count();
            let data = Bytes::copy_from_slice(&truth[start..end]);
            prop_assert_eq!(reassembler.insert(place(start as u64), &data, WINDOW), new);
            prop_assert!(reassembler.holds(place(start as u64), (end - start) as u64));
        }
        let mut at = 0;
        while at < have.len() {
            let run = (at..have.len()).take_while(|&at| have[at]).count();
            let expected = (run > 0).then(|| truth[at..at + run].to_vec());
            prop_assert_eq!(reassembler.run_at(place(at as u64)).is_some(), run > 0);
            prop_assert_eq!(take(&mut reassembler, place(at as u64)), expected);
            at += run + 1;
        }
        prop_assert_eq!(reassembler.bytes(), 0);
    }
}

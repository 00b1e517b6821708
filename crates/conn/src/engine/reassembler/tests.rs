use lucid_wire::SeqNum;
use proptest::prelude::*;

use super::*;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(u32::MAX - 5)) + at
}

fn take_all(reassembler: &mut Reassembler, mut next: Position) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(bytes) = reassembler.take(next) {
        next += bytes.len() as u64;
        all.extend_from_slice(&bytes);
    }
    all
}

#[test]
fn a_gap_holds_everything_behind_it() {
    let mut reassembler = Reassembler::default();
    reassembler.insert(place(3), &Bytes::from_static(b"def"));
    assert_eq!(reassembler.take(place(0)), None);
    assert_eq!(reassembler.bytes(), 3);
    assert_eq!(take_all(&mut reassembler, place(3)), b"def");
    assert_eq!(reassembler.bytes(), 0);
}

#[test]
fn what_came_first_stays() {
    let mut reassembler = Reassembler::default();
    reassembler.insert(place(1), &Bytes::from_static(b"BC"));
    assert_eq!(reassembler.insert(place(0), &Bytes::from_static(b"abcd")), 2);
    assert_eq!(take_all(&mut reassembler, place(0)), b"aBCd");
}

#[test]
fn pieces_are_bounded_and_the_bound_loses_nothing_that_was_kept() {
    let mut reassembler = Reassembler::default();
    for piece in 0..2 * MAX_PIECES as u64 {
        reassembler.insert(place(2 * piece + 1), &Bytes::from_static(b"x"));
    }
    assert_eq!(reassembler.bytes(), MAX_PIECES);
    assert_eq!(take_all(&mut reassembler, place(1)), b"x");
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
            let kept = reassembler.insert(place(start as u64), &Bytes::copy_from_slice(&truth[start..end]));
            prop_assert_eq!(kept, new);
        }
        let contiguous = have.iter().position(|&have| !have).unwrap_or(300);
        prop_assert_eq!(take_all(&mut reassembler, place(0)), &truth[..contiguous]);
    }
}

use std::vec::Vec;

use bytes::{Buf, Bytes};

use super::Pieces;

fn pieces(parts: &[&'static str]) -> Pieces {
    let mut pieces = Pieces::new();
    parts.iter().for_each(|part| pieces.push(Bytes::from_static(part.as_bytes())));
    pieces
}

#[test]
fn what_is_pushed_comes_out_in_order_and_without_empty_pieces() {
    let mut pieces = pieces(&["", "ab", "", "c"]);
    assert_eq!((pieces.len(), pieces.iter().count()), (3, 2));
    assert_eq!(pieces.pop(), Some("ab".into()));
    assert_eq!(pieces.pop(), Some("c".into()));
    assert_eq!(pieces.pop(), None);
    assert!(pieces.is_empty());
}

#[test]
fn it_is_cut_anywhere() {
    for at in 0..=7 {
        let mut back = pieces(&["abc", "d", "ef"]);
        let front = back.split_to(at);
        let (front, back) = (front.to_vec(), back.to_vec());
        assert_eq!(front.len(), at.min(6));
        assert_eq!([front, back].concat(), b"abcdef");
    }
}

#[test]
fn the_same_bytes_are_equal_however_they_are_cut() {
    assert_eq!(pieces(&["abc", "d"]), pieces(&["a", "bcd"]));
    assert_ne!(pieces(&["abc", "d"]), pieces(&["abc", "e"]));
    assert_ne!(pieces(&["abc"]), pieces(&["ab"]));
    assert_eq!(pieces(&["abc", "d"]).into_bytes(), "abcd");
}

#[test]
fn it_is_read_as_a_buffer() {
    let mut pieces = pieces(&["abc", "d", "efg"]);
    let mut four = [0; 4];
    pieces.copy_to_slice(&mut four);
    assert_eq!(&four, b"abcd");
    pieces.advance(1);
    assert_eq!(pieces.copy_to_bytes(2), "fg");
    assert_eq!(pieces.chunk(), Vec::new());
}

use super::*;

#[test]
fn a_buffer_comes_back_once_nobody_holds_any_of_it() {
    let first = copy(&[1; BUFFER]);
    let at = first.as_ptr();
    let part = first.slice(9..10);
    drop(first);
    assert_ne!(copy(&[2; BUFFER]).as_ptr(), at, "a part of it is still held");
    drop(part);
    let found = (0..LENT).map(|_| copy(&[3; BUFFER])).any(|copy| copy.as_ptr() == at);
    assert!(found, "and then it is lent again");
}

/// It is copied to its size, where it doesn't hold 64 KiB for ever.
#[test]
fn little_data_holds_no_buffer() {
    let mut buffer = BytesMut::zeroed(BUFFER);
    buffer[..3].copy_from_slice(b"abc");
    let at = buffer.as_ptr();
    assert_eq!(take(&mut buffer, 3), "abc");
    assert_eq!((buffer.as_ptr(), buffer.len()), (at, BUFFER), "it stays where it is");
    buffer[WORTH - 1] = 9;
    let taken = take(&mut buffer, WORTH);
    assert_eq!((taken.as_ptr(), taken.len(), taken[WORTH - 1]), (at, WORTH, 9), "this one is worth it");
    assert_eq!(buffer.len(), BUFFER);
}

/// However much is held, and for however long.
#[test]
fn more_than_is_lent_is_copied() {
    let held: Vec<Bytes> = (0..2 * LENT).map(|n| copy(&[n as u8; BUFFER])).collect();
    assert!(held.iter().enumerate().all(|(n, copy)| copy[..] == [n as u8; BUFFER]));
    LENDER.with_borrow(|lender| assert_eq!(lender.0.len(), LENT));
}

use bytes::Bytes;
use lucid_wire::SeqNum;
use proptest::prelude::*;

use super::*;

fn buffer(capacity: usize) -> (SendBuffer, Position) {
    let start = Position::first(SeqNum::new(u32::MAX - 2));
    (SendBuffer::new(start, capacity), start)
}

#[test]
fn it_takes_what_fits_and_says_so() {
    let (mut buffer, _) = buffer(5);
    assert_eq!(buffer.write(Bytes::from_static(b"abc")), 3);
    assert_eq!(buffer.write(Bytes::from_static(b"defg")), 2);
    assert_eq!(buffer.room(), 0);
}

#[test]
fn a_segment_may_span_chunks() {
    let (mut buffer, start) = buffer(100_000);
    buffer.write(Bytes::from(vec![b'a'; 5000]));
    buffer.write(Bytes::from_static(b"bc"));
    assert_eq!(buffer.pieces(start + 4999, 3), *b"abc".as_slice());
}

proptest! {
    #[test]
    fn any_slice_of_what_is_left_reads_as_it_was_written(
        writes in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..6000), 1..6),
        gone in 0_usize..20_000, from in 0_usize..20_000, len in 1_usize..3000,
    ) {
        let (mut buffer, start) = buffer(1 << 20);
        let mut all = Vec::new();
        for write in &writes {
            buffer.write(Bytes::copy_from_slice(write));
            all.extend_from_slice(write);
        }
        let gone = gone.min(all.len());
        let _sent = buffer.pieces(start, all.len());
        buffer.acknowledge(start + gone as u64);
        let from = from.clamp(gone, all.len());
        let len = len.min(all.len() - from);
        prop_assert_eq!(buffer.pieces(start + from as u64, len).to_vec(), &all[from..from + len]);
        prop_assert_eq!(buffer.end(), start + all.len() as u64);
    }
}

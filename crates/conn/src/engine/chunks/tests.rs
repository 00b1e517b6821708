use proptest::prelude::*;

use super::*;

fn all(chunks: &mut Chunks) -> Vec<u8> {
    let mut all = Vec::new();
    while chunks.len() > 0 {
        all.extend_from_slice(&chunks.take(usize::MAX));
    }
    all
}

/// 65,535 segments of one byte would be 6 MB of handles.
#[test]
fn single_bytes_are_gathered() {
    let mut chunks = Chunks::default();
    for _ in 0..65_535 {
        chunks.push(Bytes::from_static(b"x"));
    }
    assert!(chunks.pieces() <= 65_535 / GATHERED + 1, "{}", chunks.pieces());
    let mut backwards = Chunks::default();
    for _ in 0..5000 {
        let mut one = Chunks::default();
        one.push(Bytes::from_static(b"x"));
        one.append(std::mem::take(&mut backwards));
        backwards = one;
    }
    assert!(backwards.pieces() <= 5000 / SHORT * 2 + 2, "{}", backwards.pieces());
    assert_eq!((all(&mut chunks).len(), all(&mut backwards).len()), (65_535, 5000));
}

/// What is long enough is neither copied nor cut.
#[test]
fn long_pieces_stay_as_they_came() {
    let long = Bytes::from(vec![7; SHORT]);
    let mut chunks = Chunks::default();
    chunks.push(Bytes::from_static(b"short"));
    chunks.push(long.clone());
    assert_eq!(chunks.take(usize::MAX), &b"short"[..]);
    assert_eq!(chunks.take(usize::MAX).as_ptr(), long.as_ptr());
}

proptest! {
    /// However rows are joined, bytes keep their order; and two neighbours are never both tiny.
    #[test]
    fn joining_keeps_order_and_stays_small(
        rows in prop::collection::vec((prop::collection::vec(1_usize..1500, 0..8), any::<bool>()), 1..20),
        skip in 0_usize..2000,
    ) {
        let mut joined = Chunks::default();
        let mut truth: Vec<u8> = Vec::new();
        for (number, (lens, in_front)) in rows.iter().enumerate() {
            let mut row = Chunks::default();
            let bytes: Vec<Vec<u8>> = lens.iter().map(|&len| vec![number as u8; len]).collect();
            bytes.iter().for_each(|bytes| row.push(Bytes::copy_from_slice(bytes)));
            if *in_front {
                row.append(std::mem::take(&mut joined));
                joined = row;
                truth = [bytes.concat(), truth].concat();
            } else {
                joined.append(row);
                truth.extend(bytes.concat());
            }
            prop_assert_eq!(joined.len(), truth.len());
        }
        prop_assert!(joined.pieces() <= 2 + 3 * truth.len() / SHORT, "{} for {}", joined.pieces(), truth.len());
        let skip = skip.min(truth.len());
        joined.skip(skip);
        prop_assert_eq!(all(&mut joined), &truth[skip..]);
    }
}

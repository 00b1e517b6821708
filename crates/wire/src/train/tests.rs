use std::vec::Vec;

use super::*;
use crate::options::{Options, Timestamps};
use crate::seq::SeqNum;

const NONE: PseudoHeader = PseudoHeader::None;

fn header(flags: Flags) -> Header {
    Header {
        source_port: 49152,
        destination_port: 12345,
        // The numbers wrap around on the way.
        sequence: SeqNum::new(u32::MAX - 5),
        acknowledgment: SeqNum::new(99),
        flags,
        window: 1000,
        urgent_pointer: 0,
        options: Options { timestamps: Some(Timestamps { value: 7, echo: 8 }), ..Options::default() },
    }
}

/// 23 bytes in three pieces, as three segments of ten at most.
fn train(flags: Flags) -> Train {
    let mut payload = Pieces::new();
    ["abcdefghijklm", "nopq", "rstuvw"]
        .iter()
        .for_each(|piece| payload.push(Bytes::from_static(piece.as_bytes())));
    Train::new(header(flags), payload, 10)
}

fn encoded(train: &Train) -> Vec<u8> {
    let mut out = Vec::new();
    train.encode(&NONE, &mut out);
    out
}

fn decoded(batch: Vec<u8>, size: usize) -> Vec<Result<Train, DecodeError>> {
    let mut batch = Bytes::from(batch);
    std::iter::from_fn(|| (!batch.is_empty()).then(|| Train::decode(&mut batch, size, &NONE))).collect()
}

#[test]
fn a_train_is_encoded_as_its_segments_are() {
    let train = train(Flags::ACK | Flags::PSH);
    let mut one_by_one = Vec::new();
    train.segments().for_each(|segment| segment.encode(&NONE, &mut one_by_one));
    assert_eq!(encoded(&train), one_by_one);
    assert_eq!(train.encoded_len(), one_by_one.len());
    assert_eq!(train.count(), 3);
}

/// In pieces of odd lengths, too, which shift the words of what follows by a byte.
#[test]
fn headers_alone_are_those_of_the_segments() {
    let train = train(Flags::ACK | Flags::PSH);
    let mut headers = Vec::new();
    train.encode_headers(&NONE, &mut headers);
    let header_len = train.header.len();
    let whole = encoded(&train);
    let of_each = whole.chunks(train.datagram_len()).flat_map(|segment| &segment[..header_len]);
    assert_eq!(headers, of_each.copied().collect::<Vec<_>>());
}

#[test]
fn its_segments_follow_each_other_and_the_last_is_pushed() {
    let segments: Vec<_> = train(Flags::ACK | Flags::PSH).segments().collect();
    let seen: Vec<_> =
        segments.iter().map(|s| (s.header.sequence.get(), s.header.flags, &s.payload[..])).collect();
    let ack = Flags::ACK;
    assert_eq!(
        seen,
        [(u32::MAX - 5, ack, &b"abcdefghij"[..]), (4, ack, b"klmnopqrst"), (14, ack | Flags::PSH, b"uvw"),]
    );
}

#[test]
fn what_was_a_train_is_one_again() {
    for flags in [Flags::ACK, Flags::ACK | Flags::PSH, Flags::ACK | Flags::ECE] {
        let train = train(flags);
        assert_eq!(decoded(encoded(&train), train.datagram_len()), [Ok(train)]);
    }
}

#[test]
fn what_differs_in_more_than_its_place_begins_a_train_of_its_own() {
    let [a, b, c]: [Segment; 3] = train(Flags::ACK).segments().collect::<Vec<_>>().try_into().unwrap();
    let differing: [fn(&mut Header); 6] = [
        |header| header.acknowledgment = header.acknowledgment + 1,
        |header| header.window += 1,
        |header| header.source_port += 1,
        |header| header.sequence = header.sequence + 1,
        |header| header.flags |= Flags::FIN,
        |header| header.options.timestamps = Some(Timestamps { value: 8, echo: 8 }),
    ];
    for (index, change) in differing.into_iter().enumerate() {
        let mut changed = b.clone();
        change(&mut changed.header);
        let mut batch = Vec::new();
        [&a, &changed, &c].iter().for_each(|segment| segment.encode(&NONE, &mut batch));
        let lengths: Vec<_> =
            decoded(batch, 42).into_iter().map(|train| train.unwrap().payload.len()).collect();
        assert_eq!(lengths, [10, 10, 3], "difference {index}");
    }
}

#[test]
fn a_push_or_a_short_segment_ends_a_train() {
    let mut batch =
        encoded(&Train::new(header(Flags::ACK | Flags::PSH), Bytes::from_static(b"abcd").into(), 2));
    let mut next = header(Flags::ACK);
    next.sequence = next.sequence + 4;
    batch.extend(encoded(&Train::new(next, Bytes::from_static(b"efg").into(), 2)));
    let trains: Vec<_> =
        decoded(batch, 34).into_iter().map(|train| train.unwrap().payload.to_vec()).collect();
    assert_eq!(trains, [b"abcd".to_vec(), b"efg".to_vec()]);
}

/// It is told as it would be by itself, and the others are whole.
#[test]
fn a_damaged_segment_goes_alone() {
    let train = train(Flags::ACK);
    let size = train.datagram_len();
    for damaged in 0..3 {
        let mut batch = encoded(&train);
        batch[damaged * size + size - 8] ^= 1;
        let found: Vec<_> =
            decoded(batch, size).into_iter().map(|train| train.map(|train| train.payload.len())).collect();
        assert_eq!(found.iter().filter(|train| train.is_err()).count(), 1, "{found:?}");
        let arrived: usize = found.iter().flatten().sum();
        assert_eq!(arrived, if damaged == 2 { 20 } else { 13 });
    }
}

#[test]
fn a_segment_without_payload_or_with_other_flags_is_never_joined() {
    for (flags, payload) in [
        (Flags::ACK, ""),
        (Flags::SYN, "ab"),
        (Flags::ACK | Flags::FIN, "ab"),
        (Flags::ACK | Flags::URG, "ab"),
    ] {
        let segment = Segment { header: header(flags), payload: Bytes::from_static(payload.as_bytes()) };
        let mut next = segment.clone();
        next.header.sequence = next.header.sequence + segment.sequence_len();
        let mut batch = Vec::new();
        [&segment, &next].iter().for_each(|segment| segment.encode(&NONE, &mut batch));
        assert_eq!(decoded(batch, segment.encoded_len()), [Ok(segment.into()), Ok(next.into())]);
    }
}

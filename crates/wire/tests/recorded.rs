//! Segments as serde values, as a recording keeps them.
#![cfg(feature = "serde")]

use std::time::Duration;

use lucid_wire::{
    Flags, Header, Options, PseudoHeader, SackBlocks, Segment, SeqNum, SeqRange, Timestamps, UserTimeout,
};
use serde_json::{from_value, json, to_value};

fn segment() -> Segment {
    let block = SeqRange { start: SeqNum::new(10), end: SeqNum::new(20) };
    let options = Options {
        mss: Some(1024),
        timestamps: Some(Timestamps { value: 1, echo: 2 }),
        user_timeout: Some(UserTimeout::new(Duration::from_secs(100))),
        sack: [block].into_iter().collect(),
        ..Options::default()
    };
    let header = Header {
        source_port: 1,
        destination_port: 2,
        sequence: SeqNum::new(3),
        acknowledgment: SeqNum::new(4),
        flags: Flags::SYN | Flags::ACK,
        window: 5,
        urgent_pointer: 6,
        options,
    };
    Segment { header, payload: "ok".into() }
}

#[test]
fn a_recorded_segment_is_small_and_comes_back() {
    let recorded = json!({
        "header": {
            "source_port": 1,
            "destination_port": 2,
            "sequence": 3,
            "acknowledgment": 4,
            "flags": 18,
            "window": 5,
            "urgent_pointer": 6,
            "options": {
                "mss": 1024,
                "window_scale": null,
                "sack_permitted": false,
                "timestamps": { "value": 1, "echo": 2 },
                "user_timeout": 100,
                "sack": [{ "start": 10, "end": 20 }],
            },
        },
        "payload": [111, 107],
    });
    assert_eq!(to_value(segment()).expect("is plain data"), recorded);
    assert_eq!(from_value::<Segment>(recorded).expect("was recorded"), segment());
}

#[test]
fn a_pseudo_header_comes_back() {
    let v4 = PseudoHeader::V4 { source: [127, 0, 0, 2], destination: [127, 0, 0, 1] };
    for pseudo in [PseudoHeader::None, v4] {
        let recorded = to_value(pseudo).expect("is plain data");
        assert_eq!(from_value::<PseudoHeader>(recorded).expect("was recorded"), pseudo);
    }
}

#[test]
fn more_than_four_sack_blocks_are_refused() {
    let blocks = |count| json!(vec![json!({ "start": 1, "end": 2 }); count]);
    assert_eq!(from_value::<SackBlocks>(blocks(4)).expect("is as many as fit").len(), 4);
    let error = from_value::<SackBlocks>(blocks(5)).expect_err("a fifth block doesn't fit");
    assert_eq!(error.to_string(), "more than four SACK blocks");
}

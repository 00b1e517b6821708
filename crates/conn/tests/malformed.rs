//! What is no segment, and options that we don't know.

mod support;

use lucid_conn::engine::Cause::{self, BadChecksum, BadOption, Malformed};
use lucid_conn::engine::State;
use lucid_wire::{PseudoHeader, Segment};
use support::pair::Who;
use support::script::{Line, Script, encoded};
use support::states::in_state;

/// RFC 9293 3.1 (MUST-3, MUST-7): dropped for a named reason, and answered by nothing.
#[test]
fn what_is_no_segment_is_dropped_with_its_reason_and_answered_by_nothing() {
    let segment = |script: &Script| {
        let mut segment = script.segment(&Line::parse("SEQ 101 ACK 101 LEN 10"));
        segment.header.options.mss = Some(1000);
        encoded(&segment)
    };
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage, Cause); 9] = [
        ("nothing at all", Vec::clear, Malformed),
        ("shorter than a header", |bytes| bytes.truncate(19), Malformed),
        ("a wrong checksum", |bytes| bytes[30] ^= 1, BadChecksum),
        ("a data offset below 5", |bytes| set(bytes, 12, 0x40), Malformed),
        ("a data offset beyond the end", |bytes| set(bytes, 12, 0xf0), Malformed),
        ("an option of length 0", |bytes| set(bytes, 21, 0), BadOption),
        ("an option of length 1", |bytes| set(bytes, 21, 1), BadOption),
        (
            "an option without a length",
            |bytes| (20..24).zip([1, 1, 1, 2]).for_each(|(at, kind)| set(bytes, at, kind)),
            BadOption,
        ),
        ("an option beyond the header", |bytes| set(bytes, 21, 5), BadOption),
    ];
    for state in State::ALL {
        for (name, damage, cause) in &damages {
            let mut script = in_state(state);
            let before = script.discards().len();
            let mut bytes = segment(&script);
            damage(&mut bytes);
            script.datagram(Who::Server.address(), &bytes);
            script.hears(&[]);
            assert_eq!(script.discards()[before..], [*cause], "{state}: {name}");
            assert_eq!(script.state(), state, "{name}");
        }
    }
}

/// Changes a byte, and makes the checksum right again.
fn set(bytes: &mut [u8], at: usize, value: u8) {
    bytes[at] = value;
    bytes[16..18].fill(0);
    let sum: u32 =
        bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = !((folded & 0xffff) + (folded >> 16)) as u16;
    bytes[16..18].copy_from_slice(&checksum.to_be_bytes());
}

/// RFC 9293 3.1 (MUST-5, MUST-6): options that we don't know may come in any segment.
#[test]
fn an_unknown_option_is_skipped() {
    let mut script = in_state(State::Established);
    let mut segment = script.segment(&Line::parse("SEQ 101 ACK 101 LEN 10"));
    segment.header.options.mss = Some(1000);
    let mut bytes = encoded(&segment);
    set(&mut bytes, 20, 77);
    assert!(Segment::decode(bytes.clone().into(), &PseudoHeader::None).is_ok());
    script.datagram(Who::Server.address(), &bytes);
    script.hears(&["SEQ 101 ACK 111"]);
}

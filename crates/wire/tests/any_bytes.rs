//! What holds for every segment and for all bytes. A run that fails prints what it failed with, and keeps it.

use std::time::Duration;

use bytes::Bytes;
use lucid_wire::{
    DecodeError, Flags, Header, OptionLayout, Options, PseudoHeader, SackBlocks, Segment, SeqNum, SeqRange,
    Timestamps, UserTimeout,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn pseudo() -> impl Strategy<Value = PseudoHeader> {
    prop_oneof![
        Just(PseudoHeader::None),
        any::<([u8; 4], [u8; 4])>()
            .prop_map(|(source, destination)| PseudoHeader::V4 { source, destination }),
        any::<([u8; 16], [u8; 16])>()
            .prop_map(|(source, destination)| PseudoHeader::V6 { source, destination }),
    ]
}

fn seq() -> impl Strategy<Value = SeqNum> {
    any::<u32>().prop_map(SeqNum::new)
}

/// Up to `most` blocks.
fn sack(most: usize) -> impl Strategy<Value = SackBlocks> {
    let block = (seq(), seq()).prop_map(|(start, end)| SeqRange { start, end });
    vec(block, 0..=most).prop_map(SackBlocks::from_iter)
}

fn options(most_sack_blocks: usize) -> impl Strategy<Value = Options> {
    let timestamps = any::<(u32, u32)>().prop_map(|(value, echo)| Timestamps { value, echo });
    let user_timeout = any::<u32>().prop_map(|seconds| UserTimeout::new(Duration::from_secs(seconds.into())));
    let others = (
        any::<Option<u16>>(),
        any::<Option<u8>>(),
        any::<bool>(),
        option::of(timestamps),
        option::of(user_timeout),
    );
    (others, sack(most_sack_blocks)).prop_map(
        |((mss, window_scale, sack_permitted, timestamps, user_timeout), sack)| Options {
            mss,
            window_scale,
            sack_permitted,
            timestamps,
            user_timeout,
            sack,
            layout: OptionLayout::Aligned,
        },
    )
}

fn segment(most_sack_blocks: usize) -> impl Strategy<Value = Segment> {
    let numbers = (any::<[u16; 4]>(), seq(), seq(), any::<u8>());
    (numbers, options(most_sack_blocks), vec(any::<u8>(), 0..100)).prop_map(|(numbers, options, payload)| {
        let ([source_port, destination_port, window, urgent_pointer], sequence, acknowledgment, bits) =
            numbers;
        let header = Header {
            source_port,
            destination_port,
            sequence,
            acknowledgment,
            flags: Flags::from_bits(bits),
            window,
            urgent_pointer,
            options,
        };
        Segment { header, payload: payload.into() }
    })
}

fn encoded(segment: &Segment, pseudo: &PseudoHeader) -> Vec<u8> {
    let mut out = Vec::new();
    segment.encode(pseudo, &mut out);
    assert_eq!(out.len(), segment.encoded_len());
    out
}

/// Bytes that pass for a segment, but for what may be wrong with their options and data offset.
fn almost_a_segment() -> impl Strategy<Value = Vec<u8>> {
    // Few kinds and small lengths, so that options often fit behind each other.
    let option_byte = prop_oneof![0..=11u8, Just(18), Just(26), Just(28), Just(34), any::<u8>()];
    (vec(any::<u8>(), 12), 4..=15u8, vec(any::<u8>(), 7), vec(option_byte, 0..60)).prop_map(
        |(ports_and_numbers, words, rest, options)| {
            let mut bytes = [ports_and_numbers, vec_of(words << 4), rest, options].concat();
            bytes[16..18].fill(0); // Not computed.
            bytes
        },
    )
}

fn vec_of(byte: u8) -> Vec<u8> {
    Vec::from([byte])
}

/// Decoding either fails, or finds a segment that is found again once it was encoded.
fn decodes_or_not(bytes: &[u8], pseudo: &PseudoHeader) -> Result<(), TestCaseError> {
    if let Ok(segment) = Segment::decode(Bytes::copy_from_slice(bytes), pseudo) {
        let again = Segment::decode(encoded(&segment, pseudo).into(), pseudo);
        prop_assert_eq!(again, Ok(segment));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_segment_comes_back_as_it_was_sent(sent in segment(1), pseudo in pseudo()) {
        let bytes = encoded(&sent, &pseudo);
        prop_assert_eq!(Segment::decode(bytes.into(), &pseudo), Ok(sent));
    }

    #[test]
    fn only_the_last_sack_blocks_are_ever_left_out(sent in segment(4), pseudo in pseudo()) {
        let bytes = encoded(&sent, &pseudo);
        let came = Segment::decode(bytes.into(), &pseudo).unwrap();
        let kept = came.header.options.sack;
        prop_assert!(sent.header.options.sack.as_slice().starts_with(kept.as_slice()));
        let options = Options { sack: kept, ..sent.header.options };
        prop_assert_eq!(came, Segment { header: Header { options, ..sent.header }, ..sent });
    }

    #[test]
    fn any_bytes_are_a_segment_or_an_error(bytes in vec(any::<u8>(), 0..120), pseudo in pseudo()) {
        decodes_or_not(&bytes, &pseudo)?;
    }

    #[test]
    fn odd_options_are_a_segment_or_an_error(bytes in almost_a_segment()) {
        decodes_or_not(&bytes, &PseudoHeader::None)?;
    }

    #[test]
    fn a_changed_segment_is_a_segment_or_an_error(
        sent in segment(4),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = encoded(&sent, &PseudoHeader::None);
        for (at, value) in changes {
            *at.get_mut(&mut bytes) = value;
        }
        bytes[16..18].fill(0); // Not computed: or hardly anything would come past the checksum.
        decodes_or_not(&bytes, &PseudoHeader::None)?;
        decodes_or_not(&bytes[..cut.index(bytes.len())], &PseudoHeader::None)?;
    }

    /// MUST-2, MUST-3.
    #[test]
    fn a_flipped_bit_is_noticed(sent in segment(4), pseudo in pseudo(), at: prop::sample::Index) {
        let mut bytes = encoded(&sent, &pseudo);
        let bit = at.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        // Over UDP a checksum can turn into "not computed"; UDP's own checksum notices that.
        prop_assume!(pseudo != PseudoHeader::None || bytes[16..18] != [0, 0]);
        let told = Segment::decode(bytes.into(), &pseudo);
        prop_assert!(matches!(told, Err(DecodeError::BadChecksum { .. })), "{:?}", told);
    }
}

//! A capture holds every segment as a good packet, and says of each what there is to say.

use std::io::Cursor;
use std::time::Duration;

use lucid_conn::engine::{Cause, ConnId, Fault, SegmentSummary, Time, What};
use lucid_wire::{Flags, PseudoHeader, Segment};
use pcap_file::DataLink;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionOption;
use pcap_file::pcapng::{Block, PcapNgReader};

use super::*;
use crate::testing::{Lived, run};

/// The packets of a capture, read by other code than wrote them.
fn packets(capture: &[u8]) -> Vec<EnhancedPacketBlock<'static>> {
    let mut reader = PcapNgReader::new(capture).unwrap();
    let mut packets = Vec::new();
    while let Some(block) = reader.next_block() {
        match block.unwrap() {
            Block::EnhancedPacket(packet) => packets.push(packet.into_owned()),
            Block::InterfaceDescription(interface) => {
                assert_eq!(interface.linktype, DataLink::RAW);
                assert!(interface.options.contains(&InterfaceDescriptionOption::IfTsResol(9)));
            }
            other => panic!("{other:?}"),
        }
    }
    packets
}

fn comment(packet: &EnhancedPacketBlock<'_>) -> String {
    let comment = packet.options.iter().find_map(|option| match option {
        EnhancedPacketOption::Comment(comment) => Some(comment.to_string()),
        _ => None,
    });
    comment.unwrap()
}

fn captured(recording: &[u8], beside: &Beside) -> (Written, Vec<EnhancedPacketBlock<'static>>) {
    let mut capture = Vec::new();
    let written = write(recording, beside, &mut capture).unwrap();
    (written, packets(&capture))
}

/// The segment in an IPv4 packet, its checksums good.
fn segment(packet: &EnhancedPacketBlock<'_>) -> Segment {
    let (header, segment) = packet.data.split_at(20);
    assert_eq!(lucid_wire::checksum(header, &PseudoHeader::None), 0);
    let [.., s0, s1, s2, s3, d0, d1, d2, d3] = *header else { panic!("short") };
    let pseudo = PseudoHeader::V4 { source: [s0, s1, s2, s3], destination: [d0, d1, d2, d3] };
    assert_ne!(segment[16..18], [0, 0], "no checksum at all would be accepted, too");
    Segment::decode(segment.to_vec().into(), &pseudo).unwrap()
}

#[test]
fn blocks_stand_one_behind_another_to_the_last_byte() {
    let Lived { server, .. } = run(10_000, &[]);
    let mut capture = Vec::new();
    write(&server[..], &Beside::default(), &mut capture).unwrap();
    let word = |at: usize| u32::from_be_bytes(capture[at..at + 4].try_into().unwrap());
    let mut kinds = Vec::new();
    let mut at = 0;
    while at < capture.len() {
        let length = word(at + 4) as usize;
        assert_eq!(length % 4, 0);
        assert_eq!(word(at + length - 4) as usize, length);
        kinds.push(word(at));
        at += length;
    }
    assert_eq!(at, capture.len());
    // Section header, interface description, and enhanced packets alone.
    assert_eq!(kinds[..2], [0x0a0d_0d0a, 1]);
    assert!(kinds.len() > 10 && kinds[2..].iter().all(|kind| *kind == 6));
}

#[test]
fn every_segment_is_a_packet_with_right_checksums_whichever_way_it_went() {
    let Lived { server, .. } = run(100_000, &[3]);
    let start = 1_795_883_888_123_456_789;
    let beside = Beside { unix_start_ns: start, ..Beside::default() };
    let (written, packets) = captured(&server, &beside);
    let mut segments = Segments::open(&server[..]).unwrap();
    for packet in &packets {
        let passed = segments.next_segment().unwrap().unwrap();
        assert_eq!(Some(SegmentSummary::from(&segment(packet))), passed.segment);
        assert_eq!(packet.timestamp, Duration::from_nanos(start + passed.at.as_nanos()));
        assert_eq!(packet.data.len(), packet.original_len as usize);
        let own = [192, 0, 2, 1];
        let ends = if passed.outgoing { [own, [10, 1, 1, 1]] } else { [[10, 1, 1, 1], own] };
        assert_eq!(packet.data[12..20], *ends.as_flattened());
        assert!(packet.options.contains(&EnhancedPacketOption::Flags(if passed.outgoing { 2 } else { 1 })));
    }
    assert!(segments.next_segment().unwrap().is_none());
    assert_eq!(written, Written { packets: packets.len() as u64, lost: 0, not_shown: 0 });
}

#[test]
fn a_comment_says_why_and_what_the_windows_were() {
    let (_, packets) = captured(&run(100_000, &[3]).server, &Beside::default());
    let comments: Vec<_> = packets.iter().map(comment).collect();
    let again: Vec<_> = comments.iter().filter(|comment| comment.starts_with("Sent again")).collect();
    assert_eq!(again.len(), 1);
    let lines: Vec<_> = again[0].lines().collect();
    assert_eq!(lines[0], "Sent again (2nd copy): a segment is lost (RFC 6675 5)");
    assert!(lines.last().unwrap().contains("(fast recovery), ssthresh "), "{lines:?}");
    let first = "Sent: a SYN arrived (RFC 9293 3.10.7.2)\ncwnd ";
    assert!(comments[1].starts_with(first) && comments[1].contains("ssthresh none yet"), "{}", comments[1]);
}

/// What the faults layer says of one segment.
fn faulted(at: Time, conn: Option<ConnId>, segment: SegmentSummary, fault: Fault, outgoing: bool) -> Event {
    let (what, cause) = (What::Faulted { fault, segment, outgoing, rto: None }, Cause::OnPurpose);
    Event { at, conn, what, cause, rfc: cause.rfc() }
}

#[test]
fn what_was_lost_on_purpose_is_marked_and_what_was_lost_on_its_way_in_is_shown() {
    let Lived { server, .. } = run(10_000, &[]);
    let mut segments = Segments::open(&server[..]).unwrap();
    let mut data = Vec::new();
    while let Some(passed) = segments.next_segment().unwrap() {
        data.extend((passed.outgoing && passed.segment.unwrap().bytes > 0).then_some(passed));
    }
    let (third, conn) = (&data[2], data[2].conn);
    let mut unseen = third.segment.unwrap();
    (unseen.seq, unseen.ack, unseen.bytes) = (unseen.ack, unseen.seq, 99);
    let faults = vec![
        faulted(Time::ZERO, None, unseen, Fault::Lost, false),
        faulted(third.at, conn, third.segment.unwrap(), Fault::Lost, true),
        faulted(third.at, conn, unseen, Fault::Lost, false),
    ];
    let (written, packets) = captured(&server, &Beside { faults, ..Beside::default() });
    assert_eq!((written.lost, written.not_shown), (2, 1), "nobody knows whose the first one was");

    let marked: Vec<_> =
        packets.iter().filter(|packet| comment(packet).starts_with("LOST ON PURPOSE")).collect();
    let [incoming, outgoing] = marked[..] else { panic!("{marked:?}") };
    assert_eq!(Some(SegmentSummary::from(&segment(outgoing))), third.segment);
    // Its payload is known to no one: the packet says that it is cut.
    assert_eq!(incoming.original_len as usize - incoming.data.len(), 99);
    assert_eq!(incoming.data[24..28], unseen.seq.to_be_bytes());
    assert_eq!(incoming.data[12..16], [10, 1, 1, 1]);
}

#[test]
fn both_ends_show_each_segment_once_and_which_of_them_were_lost() {
    let lived = run(100_000, &[3, 20, 21]);
    assert!(lived.resent() >= 3);
    let [client, server] = [&lived.client, &lived.server].map(|recording| Cursor::new(&recording[..]));
    let mut capture = Vec::new();
    let written = write_both([client.clone(), server.clone()], &mut capture).unwrap();
    assert_eq!(written.lost, 3);
    let shown = packets(&capture);
    let sent = |recording: &[u8]| {
        let mut segments = Segments::open(recording).unwrap();
        std::iter::from_fn(|| segments.next_segment().unwrap()).filter(|passed| passed.outgoing).count()
    };
    assert_eq!(shown.len(), sent(&lived.client) + sent(&lived.server));
    let said = |what: &str| shown.iter().filter(|packet| comment(packet).contains(what)).count();
    assert_eq!(said("LOST on the way"), 3);
    assert_eq!(said("Arrived after 10ms"), shown.len() - 3);
    assert!(shown.is_sorted_by_key(|packet| packet.timestamp));

    let mut turned = Vec::new();
    assert_eq!(write_both([server, client], &mut turned).unwrap(), written);
    let segments = |capture: &[u8]| packets(capture).iter().map(segment).collect::<Vec<_>>();
    assert_eq!(segments(&turned), segments(&capture));
}

#[test]
fn payload_that_was_left_out_is_cut_off_and_all_else_is_the_same() {
    let lived = run(100_000, &[3]);
    let [_, without] = &lived.without_payload;
    let (with, without) =
        (captured(&lived.server, &Beside::default()), captured(without, &Beside::default()));
    assert_eq!(with.0, without.0);
    for (whole, cut) in with.1.iter().zip(&without.1) {
        assert_eq!((whole.timestamp, &whole.options), (cut.timestamp, &cut.options));
        assert_eq!(cut.original_len, whole.original_len);
        let headers = whole.data.len() - segment(whole).payload.len();
        assert_eq!(cut.data.len(), headers);
        // All but the checksum, which covers what isn't there.
        assert_eq!((&cut.data[..36], &cut.data[38..]), (&whole.data[..36], &whole.data[38..headers]));
    }
    let [client, server] = lived.without_payload.each_ref().map(|recording| Cursor::new(&recording[..]));
    let mut capture = Vec::new();
    assert_eq!(write_both([client, server], &mut capture).unwrap().lost, 1);
    assert!(packets(&capture).iter().all(|packet| packet.data.len() <= 80));
}

#[test]
fn recordings_of_different_runs_have_nothing_in_common() {
    let [one, other] = [run(1_000, &[]).client, run(1_000, &[]).client].map(Cursor::new);
    assert!(matches!(write_both([one, other], Vec::new()), Err(Error::NothingInCommon)));
}

#[test]
fn a_recording_that_breaks_off_leaves_a_good_capture_of_what_came_before() {
    let Lived { server, .. } = run(10_000, &[]);
    let whole = captured(&server, &Beside::default()).1;
    let mut capture = Vec::new();
    let error = write(&server[..server.len() - 1], &Beside::default(), &mut capture).unwrap_err();
    assert!(matches!(error, Error::Replay(ReplayError::Recording(_))), "{error}");
    assert_eq!(packets(&capture), whole);
    assert!(segment(&whole[0]).header.flags.contains(Flags::SYN));
}

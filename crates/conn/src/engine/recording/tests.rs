//! A recording gives back what was put in, or says that it can't; nothing in between.

use std::io::{self, Write};
use std::net::SocketAddrV6;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lucid_congestion::{Algorithm, Growth, Halve, RtoBounds};
use lucid_wire::{Flags, Header, Options, SeqNum};
use proptest::prelude::*;

use super::*;
use crate::engine::{Call, Config, ConnId, KeepAlive, OptionLayout, PathMtu};

/// A file in memory that can still be read when its recorder is gone.
#[derive(Clone, Default)]
pub(in crate::engine) struct File(Arc<Mutex<Vec<u8>>>);

impl File {
    pub(in crate::engine) fn contents(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes of a recording.
pub(in crate::engine) fn write(setup: &Setup, records: &[Record]) -> Vec<u8> {
    let file = File::default();
    let mut recorder = Recorder::new(Box::new(file.clone()), setup).unwrap();
    for record in records {
        recorder.record(record.clone()).unwrap();
    }
    recorder.finish().unwrap();
    file.contents()
}

/// What the bytes of a recording say.
pub(in crate::engine) fn read(bytes: &[u8]) -> Result<(Setup, Vec<Record>), RecordingError> {
    let mut reader = RecordingReader::open(bytes)?;
    let mut records = Vec::new();
    while let Some(record) = reader.next_record()? {
        records.push(record);
    }
    Ok((reader.setup().clone(), records))
}

/// Every field by name, so that no change of a profile's values changes the fingerprint below.
pub(in crate::engine) fn setup() -> Setup {
    let config = Config {
        mss: 1452,
        counted_header: 20,
        algorithm: Algorithm::NewReno,
        initial_window: 10,
        initial_slow_start_threshold: 65536.0,
        growth: Growth::PerByte,
        halve: Halve::FlightSize,
        limited_transmit: true,
        proportional: true,
        sack: true,
        tail_loss_probe: true,
        undo: true,
        pacing: true,
        timestamps: true,
        window_scale: Some(7),
        ecn: true,
        option_layout: OptionLayout::Aligned,
        path_mtu: PathMtu::Fixed,
        rto: RtoBounds { initial: SECOND, min: SECOND / 5, max: SECOND * 60, granularity: SECOND / 1000 },
        r1: 3,
        r2: SECOND * 100,
        r2_syn: SECOND * 180,
        ack_delay: SECOND / 25,
        ack_every: 2,
        quick_acks: 16,
        nagle: true,
        send_buffer: 256 * 1024,
        receive_buffer: 65535,
        receive_buffer_max: 1 << 22,
        keep_alive: Some(KeepAlive::default()),
        user_timeout: Some(SECOND * 100),
        syn_cookies: true,
        time_wait: SECOND * 60,
        fin_wait_2: SECOND * 60,
        challenge_ack_interval: SECOND / 2,
    };
    Setup { config, secret: *b"sixteen bytes...", max_connections: 1000 }
}

const SECOND: Duration = Duration::from_secs(1);

fn segment(payload: &'static [u8]) -> Segment {
    let header = Header {
        source_port: 49152,
        destination_port: 80,
        sequence: SeqNum::new(5896),
        acknowledgment: SeqNum::new(17),
        flags: Flags::SYN | Flags::ACK,
        window: 65535,
        urgent_pointer: 0,
        options: Options { mss: Some(1452), ..Options::default() },
    };
    Segment { header, payload: Bytes::from_static(payload) }
}

fn input(nanos: u64, input: Input) -> Record {
    Record { at: Time::from_nanos(nanos), what: Recorded::Input(input) }
}

fn sent(nanos: u64, to: SocketAddr, segment: &Segment) -> Record {
    Record {
        at: Time::from_nanos(nanos),
        what: Recorded::Sent(SentSegment::new(to, segment, Codepoint::Ect0)),
    }
}

/// One of each kind, over IPv4 and over IPv6 with all that belongs to an address.
fn one_of_each() -> Vec<Record> {
    let peer: SocketAddr = "127.0.0.1:12345".parse().unwrap();
    let link_local = SocketAddr::V6(SocketAddrV6::new("fe80::1".parse().unwrap(), 7, 5, 3));
    let conn = ConnId(1);
    let call = |call| Input::Call { conn, call };
    vec![
        input(0, Input::Listen { port: 80, backlog: 16 }),
        input(1_000, Input::Connect { peer: link_local, port: 80 }),
        sent(1_000, link_local, &segment(b"")),
        input(2_000, Input::datagram(peer, Bytes::from_static(b"not even a segment"), Codepoint::Ce)),
        input(2_000, Input::datagram(link_local, Bytes::new(), Codepoint::NotEct)),
        input(3_000, Input::Unreachable { peer: link_local }),
        input(4_000_000_000, Input::Tick),
        input(4_000_000_001, Input::Accept { listener: ConnId(0) }),
        input(5_000_000_000, call(Call::Write(Bytes::from_static(b"written")))),
        input(5_000_000_000, call(Call::WriteUrgent(Bytes::from_static(b"!")))),
        sent(5_000_000_000, peer, &segment(b"written!")),
        Record { at: Time::from_nanos(5_500_000_000), what: Recorded::Drained },
        input(6_000_000_000, call(Call::Read { max: 4096 })),
        input(6_000_000_000, call(Call::SetNagle(false))),
        input(6_000_000_000, call(Call::SetKeepAlive(Some(KeepAlive::default())))),
        input(6_000_000_000, call(Call::SetUserTimeout(Some(SECOND * 300)))),
        input(6_000_000_000, call(Call::SetCork(true))),
        input(6_000_000_000, call(Call::Shutdown)),
        input(6_000_000_000, call(Call::Release)),
        input(7_000_000_000, call(Call::Abort)),
        input(u64::MAX, Input::Tick),
        // A caller whose clock runs backwards is recorded as it was.
        input(7_000_000_000, Input::Tick),
    ]
}

#[test]
fn gives_back_what_was_put_in() {
    let (read_setup, records) = read(&write(&setup(), &one_of_each())).unwrap();
    assert_eq!(read_setup, setup());
    assert_eq!(records, one_of_each());
}

#[test]
fn the_recorder_keeps_inputs_and_segments_as_told() {
    let file = File::default();
    let mut recorder = Recorder::new(Box::new(file.clone()), &setup()).unwrap();
    for Record { at, what } in one_of_each() {
        match what {
            Recorded::Input(input) => recorder.input(at, &input).unwrap(),
            Recorded::Sent(SentSegment { to, payload_len: 0, .. }) => {
                recorder.sent(at, to, &segment(b"").into(), Codepoint::Ect0).unwrap();
            }
            Recorded::Drained => recorder.drained(at).unwrap(),
            Recorded::Sent(SentSegment { to, .. }) => {
                recorder.sent(at, to, &segment(b"written!").into(), Codepoint::Ect0).unwrap();
            }
        }
    }
    recorder.finish().unwrap();
    assert_eq!(file.contents(), write(&setup(), &one_of_each()));
}

#[test]
fn nothing_more_to_send_is_said_once_until_something_happens() {
    let file = File::default();
    let mut recorder = Recorder::new(Box::new(file.clone()), &setup()).unwrap();
    recorder.drained(Time::ZERO).unwrap();
    recorder.drained(Time::from_millis(1)).unwrap();
    recorder.input(Time::from_millis(2), &Input::Tick).unwrap();
    recorder.drained(Time::from_millis(3)).unwrap();
    recorder.drained(Time::from_millis(4)).unwrap();
    recorder.finish().unwrap();
    let drained = |at| Record { at, what: Recorded::Drained };
    let expected = [drained(Time::ZERO), input(2_000_000, Input::Tick), drained(Time::from_millis(3))];
    assert_eq!(read(&file.contents()).unwrap().1, expected);
}

/// The format's fingerprint. If this fails, recordings made before can't be read any more: raise `VERSION`.
#[test]
fn the_format_is_the_one_that_its_number_says() {
    let bytes = write(&setup(), &one_of_each());
    assert!(bytes.starts_with(b"lucid recording 3\n"));
    let fingerprint = "890b0d6dd2de85293fafbdbdecfe02f4ef9ee5629547652697035d636c7e76b1";
    assert_eq!(blake3::hash(&bytes).to_hex().as_str(), fingerprint);
}

#[test]
fn a_small_input_costs_few_bytes() {
    let ticks = |count| vec![input(1_000_000, Input::Tick); count];
    let tick = write(&setup(), &ticks(2)).len() - write(&setup(), &ticks(1)).len();
    assert_eq!(tick, 4 + 5 + 8, "length, body, check");
}

#[test]
fn a_segment_is_told_from_one_with_another_payload() {
    let to = "127.0.0.1:1".parse().unwrap();
    let (one, other) = (
        SentSegment::new(to, &segment(b"12"), Codepoint::Ce),
        SentSegment::new(to, &segment(b"21"), Codepoint::Ect0),
    );
    assert_eq!(one.payload_len, other.payload_len);
    assert_ne!(one.payload_hash, other.payload_hash);
    assert_eq!(
        one.to_string(),
        "SYN, ACK: ACK 17 SEQ 5896 WND 65535: 2 bytes to 127.0.0.1:1, ports 49152 > 80, CE \
         [header c000005000001708000000116012ffff8fa10000020405ac, payload b944a0a3b20cf592]"
    );
}

#[test]
fn what_is_no_recording_is_called_so() {
    for bytes in ["", "\n", "lucid", "lucid recording \n", "lucid recording one\n", "{\"event\":\"sent\"}\n"]
    {
        let error = RecordingReader::open(bytes.as_bytes()).unwrap_err();
        assert!(matches!(error, RecordingError::NotARecording), "{bytes:?}: {error}");
    }
}

#[test]
fn another_format_is_named() {
    let error = RecordingReader::open(b"lucid recording 4\nwhatever".as_slice()).unwrap_err();
    assert!(matches!(error, RecordingError::Version { found: 4 }), "{error}");
}

#[test]
fn every_flipped_bit_is_noticed() {
    let good = write(&setup(), &one_of_each());
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&bytes).is_err(), "bit {bit}");
    }
}

#[test]
fn damage_is_found_where_it_is() {
    let records = one_of_each();
    let good = write(&setup(), &records);
    let before = write(&setup(), &records[..3]).len() - write(&setup(), &[]).len();
    let fourth = before + write(&setup(), &[]).len() - END;
    let mut bytes = good.clone();
    bytes[fourth + 6] ^= 1;
    match read(&bytes).unwrap_err() {
        RecordingError::Corrupt { record, offset } => assert_eq!((record, offset), (4, fourth as u64)),
        other => panic!("{other}"),
    }
}

/// The end's frame: length, body, check.
const END: usize = 4 + 1 + 8;

#[test]
fn every_truncation_is_noticed() {
    let records = one_of_each();
    let good = write(&setup(), &records);
    let whole = |records: usize| write(&setup(), &one_of_each()[..records]).len() - END;
    for len in first_line(true).len()..good.len() {
        match read(&good[..len]).unwrap_err() {
            RecordingError::Truncated { records: left } => {
                let expected = (0..=records.len()).rev().find(|&n| whole(n) <= len).unwrap_or(0);
                assert_eq!(left, expected as u64, "{len} bytes");
            }
            other => panic!("{len} bytes: {other}"),
        }
    }
    for len in 0..first_line(true).len() {
        // Without its number's last digit or its line's end, the format can't be known.
        assert!(read(&good[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn records_left_out_swapped_or_repeated_are_noticed() {
    let good = write(&setup(), &one_of_each());
    let at = |records: usize| write(&setup(), &one_of_each()[..records]).len() - END;
    let frame = |record: usize| &good[at(record - 1)..at(record)];
    let (head, tail) = (&good[..at(2)], &good[at(4)..]);
    let edited: [&[&[u8]]; 4] = [
        &[head, frame(4), tail],
        &[head, frame(4), frame(3), tail],
        &[head, frame(3), frame(3), frame(4), tail],
        &[head, frame(3), frame(4), tail, &good[good.len() - END..]],
    ];
    assert_eq!([head, frame(3), frame(4), tail].concat(), good);
    for parts in edited {
        assert!(matches!(read(&parts.concat()), Err(RecordingError::Corrupt { .. })));
    }
}

#[test]
fn a_length_out_of_bounds_is_refused_before_it_costs_anything() {
    let mut bytes = first_line(true);
    bytes.extend(u32::MAX.to_le_bytes());
    match RecordingReader::open(bytes.as_slice()).unwrap_err() {
        RecordingError::TooLong { record: 0, offset, len: u32::MAX } => {
            assert_eq!(offset, first_line(true).len() as u64);
        }
        other => panic!("{other}"),
    }
}

#[test]
fn an_input_without_bound_is_refused_and_the_recording_goes_on() {
    let write = |len: usize| Input::Call { conn: ConnId(1), call: Call::Write(vec![0; len].into()) };
    let file = File::default();
    let mut recorder = Recorder::new(Box::new(file.clone()), &setup()).unwrap();
    let error = recorder.input(Time::ZERO, &write(MAX_BODY)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    recorder.input(Time::ZERO, &write(MAX_BODY - 100)).unwrap();
    recorder.finish().unwrap();
    let (_, records) = read(&file.contents()).unwrap();
    assert_eq!(records.len(), 1);
}

#[test]
fn a_recorder_let_go_without_its_end_leaves_a_recording_that_breaks_off() {
    let file = File::default();
    let mut recorder = Recorder::new(Box::new(file.clone()), &setup()).unwrap();
    recorder.input(Time::ZERO, &Input::Tick).unwrap();
    drop(recorder);
    assert!(matches!(read(&file.contents()), Err(RecordingError::Truncated { records: 1 })));
}

#[test]
fn a_full_disk_is_told() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let recorder = Recorder::new(Box::new(Full), &setup()).unwrap();
    assert_eq!(recorder.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
}

#[test]
fn a_recorder_holds_back_no_more_than_its_buffer() {
    let file = File::default();
    let mut recorder = Recorder::new(Box::new(file.clone()), &setup()).unwrap();
    let from = "127.0.0.1:1".parse().unwrap();
    for packets in 1..=1000 {
        recorder.input(Time::ZERO, &Input::datagram(from, vec![7; 1400].into(), Codepoint::NotEct)).unwrap();
        assert!(file.0.lock().unwrap().len() + 64 * 1024 >= packets * 1400, "after {packets}");
    }
}

/// A recording without an end whose records have these bodies, and checks that are right.
fn with_bodies(bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = write(&setup(), &[]);
    bytes.truncate(bytes.len() - END);
    let mut chain = Chain::new(&first_line(true));
    chain.check(&bytes[first_line(true).len()..bytes.len() - 8]);
    for body in bodies {
        let frame = [&(body.len() as u32).to_le_bytes()[..], body].concat();
        bytes.extend(&frame);
        bytes.extend(chain.check(&frame));
    }
    bytes
}

#[test]
fn a_body_holds_its_entry_and_nothing_else() {
    let end = postcard::to_allocvec(&Entry::End).unwrap();
    assert!(read(&with_bodies(std::slice::from_ref(&end))).is_ok());
    let error = read(&with_bodies(&[[&end[..], b"more"].concat()])).unwrap_err();
    assert!(matches!(error, RecordingError::Corrupt { record: 1, .. }), "{error}");
}

proptest! {
    /// Whatever stands behind the first line, it is refused; it never panics.
    #[test]
    fn random_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read(&bytes).is_err());
        prop_assert!(read(&[first_line(true), bytes].concat()).is_err());
    }

    /// Even a frame whose check is right may hold anything: someone may have written it on purpose.
    #[test]
    fn random_bodies_with_good_checks_never_panic(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..64), 0..8),
    ) {
        let bytes = with_bodies(&bodies);
        if let Ok((_, records)) = read(&bytes) {
            records.iter().for_each(|record| drop(format!("{:?}", record.what)));
        }
    }

    /// A header of any bytes can be shown.
    #[test]
    fn any_header_can_be_shown(header in proptest::collection::vec(any::<u8>(), 0..80)) {
        let to = "[::1]:1".parse().unwrap();
        let sent = SentSegment { to, header: header.into(), payload_len: 0, ecn: Codepoint::NotEct, payload_hash: [0; 8] };
        prop_assert!(sent.to_string().contains("0 bytes to [::1]:1"));
    }
}

/// Two link-local peers may differ in nothing else.
#[test]
fn an_address_with_either_part_of_a_zone_has_one() {
    let zone = |flowinfo, scope| {
        Zone::of(SocketAddrV6::new(std::net::Ipv6Addr::LOCALHOST, 7, flowinfo, scope).into()).is_some()
    };
    assert_eq!([zone(0, 0), zone(1, 0), zone(0, 1)], [false, true, true]);
}

//! What is left when payload is left out: the same run, with zeros.

use std::net::SocketAddr;

use lucid_congestion::Time;
use lucid_wire::{Header, Options, Pieces, SackBlocks, SeqNum, SeqRange, Timestamps};
use proptest::prelude::*;

use super::*;
use crate::engine::recording::tests::{File, setup};
use crate::engine::{Endpoint, Record, Recorder, RecordingError, RecordingReader, Reply};

fn peer() -> SocketAddr {
    "192.0.2.7:12345".parse().unwrap()
}

fn header(sequence: u32) -> Header {
    let options = Options { timestamps: Some(Timestamps { value: 7, echo: 8 }), ..Options::default() };
    Header {
        source_port: 49152,
        destination_port: 80,
        sequence: SeqNum::new(sequence),
        acknowledgment: SeqNum::new(17),
        flags: Flags::ACK,
        window: 512,
        urgent_pointer: 0,
        options,
    }
}

fn train(sequence: u32, payload: &[u8], size: usize, flags: Flags) -> Train {
    let header = Header { flags, ..header(sequence) };
    Train::new(header, Pieces::from(Bytes::copy_from_slice(payload)), size)
}

fn encoded(train: &Train) -> Vec<u8> {
    let mut bytes = Vec::new();
    train.encode(&PseudoHeader::None, &mut bytes);
    bytes
}

/// What a recorder that was told this by `act` wrote.
fn written(act: impl FnOnce(&mut Recorder)) -> Vec<u8> {
    let file = File::default();
    let mut recorder = Recorder::without_payload(Box::new(file.clone()), &setup()).unwrap();
    act(&mut recorder);
    recorder.finish().unwrap();
    file.contents()
}

fn read(bytes: &[u8]) -> Result<Vec<Record>, RecordingError> {
    let mut reader = RecordingReader::open(bytes)?;
    assert!(!reader.holds_payload());
    let mut records = Vec::new();
    while let Some(record) = reader.next_record()? {
        records.push(record);
        assert_eq!(reader.number(), records.len() as u64);
    }
    Ok(records)
}

fn input(input: Input) -> Recorded {
    Recorded::Input(input)
}

/// How datagrams come back.
fn arrived(bytes: &[u8], size: usize) -> Vec<u8> {
    let datagrams =
        Input::Datagrams { from: peer(), bytes: Bytes::copy_from_slice(bytes), size, ecn: Codepoint::Ect0 };
    let records = read(&written(|recorder| recorder.input(Time::ZERO, &datagrams).unwrap())).unwrap();
    let [Record { what: Recorded::Input(Input::Datagrams { from, bytes, size: after, ecn }), .. }] =
        &records[..]
    else {
        panic!("{records:?}")
    };
    assert_eq!((*from, *after, *ecn), (peer(), size, Codepoint::Ect0));
    bytes.to_vec()
}

#[test]
fn what_was_sent_comes_back_segment_by_segment_with_zeros_for_payload() {
    let trains = [
        train(100, &[1; 2500], 1000, Flags::ACK | Flags::PSH),
        train(2600, b"", 0, Flags::ACK),
        train(2600, &[2; 10], 1000, Flags::ACK | Flags::FIN),
    ];
    let bytes = written(|recorder| {
        for (at, train) in trains.iter().enumerate() {
            recorder.sent(Time::from_millis(at as u64), peer(), train, Codepoint::Ect0).unwrap();
        }
    });
    let mut expected = Vec::new();
    for (at, mut train) in trains.into_iter().enumerate() {
        train.payload = Pieces::from(Bytes::from(vec![0; train.payload.len()]));
        expected.extend(train.segments().map(|segment| Record {
            at: Time::from_millis(at as u64),
            what: Recorded::Sent(SentSegment::new(peer(), &segment, Codepoint::Ect0)),
        }));
    }
    assert_eq!(expected.len(), 5);
    assert_eq!(read(&bytes).unwrap(), expected);
}

#[test]
fn what_arrived_comes_back_with_zeros_for_payload_and_no_checksum() {
    let good = train(100, &[1; 2500], 1000, Flags::ACK | Flags::PSH);
    let size = good.datagram_len();
    let mut blank = encoded(&train(100, &[0; 2500], 1000, Flags::ACK | Flags::PSH));
    for datagram in blank.chunks_mut(size) {
        datagram[CHECKSUM_AT..CHECKSUM_AT + 2].fill(0);
    }
    assert_eq!(arrived(&encoded(&good), size), blank);
}

#[test]
fn what_is_damaged_stays_so_and_what_is_good_stays_good() {
    let good = encoded(&train(100, &[1; 300], 100, Flags::ACK));
    let size = good.len() / 3;
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let back = arrived(&bytes, size);
        assert_eq!(back.len(), bytes.len());
        for (before, after) in bytes.chunks(size).zip(back.chunks(size)) {
            let [before, after] = [before, after]
                .map(|datagram| Segment::decode(Bytes::copy_from_slice(datagram), &PseudoHeader::None));
            match (before, after) {
                (Ok(before), Ok(after)) => assert_eq!(before.header, after.header),
                (Err(before), Err(after)) => {
                    assert_eq!(std::mem::discriminant(&before), std::mem::discriminant(&after), "bit {bit}");
                }
                (before, after) => panic!("bit {bit}: {before:?}, {after:?}"),
            }
        }
    }
}

/// Whoever hands on what the endpoint found records the same as the recorder's own look would have.
#[test]
fn the_endpoints_word_on_what_is_damaged_is_as_good_as_a_look() {
    let good = encoded(&train(100, &[1; 300], 100, Flags::ACK));
    let size = good.len() / 3;
    let mut endpoint = Endpoint::new(setup());
    let mut damaged = 0;
    for bit in std::iter::once(None).chain((0..good.len() * 8).map(Some)) {
        let mut bytes = good.clone();
        if let Some(bit) = bit {
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        let input = Input::Datagrams { from: peer(), bytes: bytes.into(), size, ecn: Codepoint::NotEct };
        let reply = endpoint.handle(Time::ZERO, input.clone()).unwrap();
        damaged += usize::from(reply == Reply::Damaged);
        let told = written(|recorder| {
            recorder.input(Time::ZERO, &input).unwrap();
            recorder.answered(&reply).unwrap();
        });
        let looked = written(|recorder| recorder.input(Time::ZERO, &input).unwrap());
        assert_eq!(told, looked, "bit {bit:?}: {reply:?}");
    }
    assert_eq!(damaged, good.len() * 8, "one bit is always found");
}

/// An endpoint that never answers, since it fell over what arrived: that is what someone will want to see.
#[test]
fn what_arrived_is_recorded_also_where_no_answer_follows() {
    let datagram = encoded(&train(100, &[1; 300], 300, Flags::ACK));
    let input = |from| Input::datagram(from, datagram.clone().into(), Codepoint::NotEct);
    let bytes = written(|recorder| {
        recorder.drained(Time::ZERO).unwrap();
        recorder.input(Time::from_millis(1), &input(peer())).unwrap();
        recorder.drained(Time::from_millis(1)).unwrap();
        recorder.input(Time::from_millis(2), &input(peer())).unwrap();
    });
    let ats: Vec<_> = read(&bytes).unwrap().iter().map(|record| record.at.as_nanos() / 1_000_000).collect();
    assert_eq!(ats, [0, 1, 1, 2]);
}

#[test]
fn what_has_no_payload_comes_back_as_it_was() {
    let call = |conn, call| Input::Call { conn: ConnId(conn), call };
    let ask = |conn, max| call(conn, Call::Read { max });
    let link_local = "[fe80::1%3]:5".parse().unwrap();
    let inputs = [
        Input::Listen { port: 80, backlog: 16 },
        ask(1, 4096),
        ask(1, 4096),
        Input::Tick,
        ask(1, 4096),
        ask(2, 4096),
        ask(1, usize::MAX),
        ask(1, 17),
        Input::Unreachable { peer: link_local },
        Input::datagram(link_local, Bytes::new(), Codepoint::Ce),
        Input::datagram(link_local, Bytes::from_static(b"short"), Codepoint::Ce),
        call(1, Call::Shutdown),
    ];
    let bytes = written(|recorder| {
        for (at, input) in inputs.iter().enumerate() {
            recorder.input(Time::from_millis(at as u64), input).unwrap();
        }
        recorder.drained(Time::from_millis(3)).unwrap();
        recorder.drained(Time::from_millis(4)).unwrap();
    });
    let expected = inputs.into_iter().zip(0..).map(|(what, at)| (Time::from_millis(at), input(what)));
    let drained = (Time::from_millis(3), Recorded::Drained);
    let expected: Vec<_> = expected.chain([drained]).map(|(at, what)| Record { at, what }).collect();
    assert_eq!(read(&bytes).unwrap(), expected);
}

#[test]
fn no_byte_of_payload_is_kept() {
    let secret = b"correct horse battery staple";
    let payload = secret.repeat(100);
    let good = train(100, &payload, 1000, Flags::ACK);
    let mut damaged = encoded(&good);
    damaged[200] ^= 1;
    let bytes = written(|recorder| {
        let call = |call| Input::Call { conn: ConnId(1), call };
        let text = Bytes::from(payload.clone());
        for write in [Call::Write(text.clone()), Call::WriteMore(text.clone()), Call::WriteUrgent(text)] {
            recorder.input(Time::ZERO, &call(write)).unwrap();
        }
        for bytes in [encoded(&good), damaged, payload] {
            let size = good.datagram_len();
            recorder
                .input(
                    Time::ZERO,
                    &Input::Datagrams { from: peer(), bytes: bytes.into(), size, ecn: Codepoint::NotEct },
                )
                .unwrap();
        }
        recorder.sent(Time::ZERO, peer(), &good, Codepoint::NotEct).unwrap();
    });
    // What is no segment at all may look like one: so much of it as a header has is kept.
    let kept = |part: &&[u8]| bytes.windows(part.len()).any(|window| window == *part);
    assert_eq!(secret.repeat(3).windows(61).find(kept), None);
    assert!(bytes.len() < 1000, "{} bytes", bytes.len());
    let wrote = read(&bytes).unwrap().into_iter().take(3).map(|record| record.what).collect::<Vec<_>>();
    let zeros = Bytes::from(vec![0; 2800]);
    let expected = [Call::Write(zeros.clone()), Call::WriteMore(zeros.clone()), Call::WriteUrgent(zeros)];
    assert_eq!(wrote, expected.map(|call| input(Input::Call { conn: ConnId(1), call })));
}

#[test]
fn a_segment_costs_few_bytes_alone_and_next_to_none_in_a_train() {
    let cost = |act: &dyn Fn(&mut Recorder, u32)| {
        let len = |count| written(|recorder| (0..count).for_each(|number| act(recorder, number))).len();
        (len(1000) - len(100)) as f64 / 900.0
    };
    let at = |number: u32| Time::from_micros(u64::from(number) * 700);
    let alone = cost(&|recorder, number| {
        let mut segment = train(number * 1448, &[1; 1448], 1448, Flags::ACK);
        segment.header.options.timestamps = Some(Timestamps { value: number, echo: number / 2 });
        recorder.sent(at(number), peer(), &segment, Codepoint::NotEct).unwrap();
        recorder.drained(at(number)).unwrap();
    });
    assert!(alone < 24.0, "{alone} bytes");
    let with_blocks = cost(&|recorder, number| {
        let mut ack = train(1, b"", 0, Flags::ACK);
        let start = SeqNum::new(5_000 + number * 1448);
        let sack: SackBlocks = [SeqRange { start, end: start + 1448 }].into_iter().collect();
        ack.header.options = Options { sack, ..ack.header.options };
        let (bytes, from) = (encoded(&ack), peer());
        recorder.input(at(number), &Input::datagram(from, bytes.into(), Codepoint::NotEct)).unwrap();
        recorder.drained(at(number)).unwrap();
    });
    assert!(with_blocks < 24.0, "{with_blocks} bytes");
    let together = cost(&|recorder, number| {
        let train = train(number * 14_480, &[1; 14_480], 1448, Flags::ACK);
        recorder.sent(at(number), peer(), &train, Codepoint::NotEct).unwrap();
    });
    assert!(together / 10.0 < 2.0, "{together} bytes for ten");
}

#[test]
fn every_flipped_bit_and_every_truncation_is_noticed() {
    let good = written(|recorder| {
        recorder.sent(Time::ZERO, peer(), &train(1, &[1; 100], 10, Flags::ACK), Codepoint::NotEct).unwrap();
        recorder.input(Time::ZERO, &Input::Tick).unwrap();
    });
    assert_eq!(read(&good).unwrap().len(), 11);
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let is_noticed = RecordingReader::open(&bytes[..]).is_err() || !bytes.starts_with(b"lucid") || {
            let mut reader = RecordingReader::open(&bytes[..]).unwrap();
            loop {
                match reader.next_record() {
                    Ok(Some(_)) => {}
                    Ok(None) => break false,
                    Err(_) => break true,
                }
            }
        };
        assert!(is_noticed, "bit {bit}");
    }
    for len in 0..good.len() {
        assert!(RecordingReader::open(&good[..len]).is_err() || read(&good[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn many_flows_are_kept_apart_however_few_are_known() {
    let told = |number: u16| {
        let peer = SocketAddr::from(([10, 0, (number >> 8) as u8, number as u8], number | 1024));
        (peer, train(u32::from(number) * 1000, b"x", 1, Flags::ACK))
    };
    let numbers = || (0..2000).chain((0..2000).rev());
    let bytes = written(|recorder| {
        for (peer, train) in numbers().map(told) {
            recorder.sent(Time::ZERO, peer, &train, Codepoint::NotEct).unwrap();
            let input = Input::datagram(peer, encoded(&train).into(), Codepoint::NotEct);
            recorder.input(Time::ZERO, &input).unwrap();
        }
    });
    let records = read(&bytes).unwrap();
    let expected: Vec<_> = numbers().map(told).collect();
    for (both, (peer, train)) in records.chunks(2).zip(expected) {
        let [Recorded::Sent(sent), Recorded::Input(Input::Datagrams { from, bytes, .. })] =
            [&both[0].what, &both[1].what]
        else {
            panic!("{both:?}")
        };
        assert_eq!((sent.to, *from), (peer, peer));
        let mut header = encoded(&train);
        header[CHECKSUM_AT..CHECKSUM_AT + 2].fill(0);
        assert_eq!(bytes[..32], header[..32]);
        assert_eq!(sent.header[..16], header[..16]);
    }
}

proptest! {
    /// Whatever arrives, the engine would see the same in it, but for payload.
    #[test]
    fn whatever_arrives_is_the_same_segment_or_none(
        mut bytes in proptest::collection::vec(any::<u8>(), 1..200), size in 1_usize..100, has_checksum in any::<bool>(),
    ) {
        if !has_checksum {
            for datagram in bytes.chunks_mut(size).filter(|datagram| datagram.len() > 18) {
                datagram[16..18].fill(0);
                datagram[12] |= 0x50;
            }
        }
        let back = arrived(&bytes, size);
        prop_assert_eq!(back.len(), bytes.len());
        for (before, after) in bytes.chunks(size).zip(back.chunks(size)) {
            let decode = |datagram: &[u8]| Segment::decode(Bytes::copy_from_slice(datagram), &PseudoHeader::None);
            match (decode(before), decode(after)) {
                (Ok(before), Ok(after)) => prop_assert_eq!(before.header, after.header),
                (Err(before), Err(after)) => {
                    prop_assert_eq!(std::mem::discriminant(&before), std::mem::discriminant(&after));
                }
                (before, after) => prop_assert!(false, "{before:?}, {after:?}"),
            }
        }
    }
}

//! A recorded run runs again, to the same bytes; and whatever was changed in between shows, where it was.

use std::sync::Arc;

use bytes::Bytes;
use lucid_congestion::{Algorithm, Parameters};

use super::*;
use crate::engine::recording::tests::{read, write};
use crate::engine::{Call, Input, What};

mod lossy_run;
use lossy_run::{LossyRun, Run as Lived, recorded_client};

fn replay_bytes(recording: &[u8]) -> Result<Replayed, ReplayError> {
    replay(RecordingReader::open(recording).unwrap())
}

#[test]
fn a_run_over_a_lossy_link_replays_bit_for_bit() {
    for seed in 0..20 {
        println!("seed {seed}");
        let lived = LossyRun { seed, ..LossyRun::default() }.run();
        assert!(lived.retransmissions > 0, "a run in which nothing was lost shows little");
        let (_, records) = read(&lived.recording).unwrap();
        let replayed = replay_bytes(&lived.recording).unwrap();
        let sent = |record: &&Record| matches!(record.what, Recorded::Sent(_));
        let segments = records.iter().filter(sent).count() as u64;
        let inputs = records.iter().filter(|record| is_input(record, |_| true)).count() as u64;
        let last_at = records.last().unwrap().at;
        assert_eq!(replayed, Replayed { inputs, segments, connections: 1, left_over: 0, last_at });
    }
}

#[test]
fn so_does_the_run_of_a_program_whose_socket_is_often_full() {
    for seed in 0..20 {
        println!("seed {seed}");
        let lived = LossyRun { seed, socket_takes: 1, ..LossyRun::default() }.run();
        assert_eq!(replay_bytes(&lived.recording).unwrap().left_over, 0);
    }
}

/// A connection that had nothing more to say waits behind one that has, so it counts that it was asked.
#[test]
fn connections_take_turns_as_they_did() {
    let (mut client, file) = recorded_client(1);
    let connect = |peer: &str| Input::Connect { peer: peer.parse().unwrap(), port: 80 };
    client.handle(Time::ZERO, connect("10.0.0.2:2000")).unwrap();
    client.drain(Time::ZERO);
    // At once: a second connection, and the first one's retransmission.
    let later = Time::from_millis(1000);
    client.handle(later, connect("10.0.0.3:2000")).unwrap();
    client.handle(later, Input::Tick).unwrap();
    client.drain(later);
    client.finish();

    let replayed = replay_bytes(&file.contents()).unwrap();
    assert_eq!((replayed.inputs, replayed.segments, replayed.connections), (3, 3, 2));
}

#[test]
fn watching_changes_nothing_and_shows_what_a_live_observer_saw() {
    // Segments leave one by one where each is told of, and otherwise together: on the wire it is the same.
    for seed in 0..20 {
        println!("seed {seed}");
        let unobserved = LossyRun { seed, ..LossyRun::default() }.run();
        let observed = LossyRun { seed, observe: true, ..LossyRun::default() }.run();
        assert!(observed.recording == unobserved.recording);
        assert!(unobserved.events.is_empty());

        let mut events = Vec::new();
        let reader = RecordingReader::open(unobserved.recording.as_slice()).unwrap();
        replay_with(reader, None, &mut |event| events.push(event.clone())).unwrap();
        assert_eq!(events, observed.events);
        assert!(matches!(events.last().unwrap().what, What::Closed { .. }));
    }
}

#[test]
fn a_segment_that_was_asked_for_too_late_is_left_over() {
    let lived = LossyRun::default().run();
    let (setup, records) = read(&lived.recording).unwrap();
    let connect = records.iter().position(|record| is_input(record, |i| matches!(i, Input::Connect { .. })));
    let recording = write(&setup, &records[..=connect.unwrap()]);
    let replayed = replay_bytes(&recording).unwrap();
    assert_eq!((replayed.segments, replayed.connections, replayed.left_over), (0, 0, 1));
}

#[test]
fn a_recording_that_breaks_off_replays_up_to_there() {
    let lived = LossyRun::default().run();
    let whole = read(&lived.recording).unwrap().1.len() as u64;
    let cut = &lived.recording[..lived.recording.len() - 1];
    let mut events = Vec::new();
    let reader = RecordingReader::open(cut).unwrap();
    match replay_with(reader, None, &mut |event| events.push(event.clone())) {
        Err(ReplayError::Recording(RecordingError::Truncated { records })) => assert_eq!(records, whole),
        other => panic!("{other:?}"),
    }
    assert!(matches!(events.last().unwrap().what, What::Closed { .. }));
}

/// Changes a recording with `edit`, all its checks made right again, and says where the replay differs.
fn mismatch(lived: &Lived, edit: impl FnOnce(&mut Vec<Record>)) -> Differs {
    let (setup, mut records) = read(&lived.recording).unwrap();
    edit(&mut records);
    match replay_bytes(&write(&setup, &records)) {
        Err(ReplayError::Mismatch { record, at, expected, found }) => {
            let index = record as usize - 1;
            let (expected, found) = (expected.map(|segment| *segment), found.map(|segment| *segment));
            let what = expected.clone().map_or(Recorded::Drained, Recorded::Sent);
            assert_eq!(records[index], Record { at, what });
            Differs { index, expected, found }
        }
        other => panic!("{other:?}"),
    }
}

struct Differs {
    index: usize,
    expected: Option<SentSegment>,
    found: Option<SentSegment>,
}

fn is_input(record: &Record, is: impl Fn(&Input) -> bool) -> bool {
    matches!(&record.what, Recorded::Input(input) if is(input))
}

/// The first record from `start` on that is a sent segment.
fn next_sent(records: &[Record], start: usize) -> usize {
    let found = records[start..].iter().position(|record| matches!(record.what, Recorded::Sent(_)));
    start + found.unwrap()
}

#[test]
fn a_datagram_left_out_shows_in_the_segment_that_answered_it() {
    let lived = LossyRun::default().run();
    let mut answer = 0;
    let differs = mismatch(&lived, |records| {
        let is_datagram = |record| is_input(record, |input| matches!(input, Input::Datagrams { .. }));
        let is_sent = |record: &Record| matches!(record.what, Recorded::Sent(_));
        let answered = records.windows(2).position(|pair| is_datagram(&pair[0]) && is_sent(&pair[1]));
        answer = answered.unwrap();
        records.remove(answer);
    });
    assert_eq!(differs.index, answer);
    assert_eq!(differs.found, None);
}

#[test]
fn other_bytes_written_show_in_the_segment_that_carries_them() {
    let lived = LossyRun::default().run();
    let mut first_data = 0;
    let differs = mismatch(&lived, |records| {
        for record in records.iter_mut() {
            if let Recorded::Input(Input::Call { call: Call::Write(bytes), .. }) = &mut record.what {
                *bytes = Bytes::from(vec![!bytes[0]; bytes.len()]);
            }
        }
        let data = |record: &Record| matches!(&record.what, Recorded::Sent(sent) if sent.payload_len > 0);
        first_data = records.iter().position(data).unwrap();
    });
    assert_eq!(differs.index, first_data);
    let (expected, found) = (differs.expected.unwrap(), differs.found.unwrap());
    assert_eq!(found.payload_len, expected.payload_len);
    assert_ne!(found.payload_hash, expected.payload_hash);
}

#[test]
fn any_changed_part_of_a_sent_segment_shows_in_that_segment() {
    let lived = LossyRun::default().run();
    let changes: [fn(&mut SentSegment); 5] = [
        |sent| sent.to.set_port(1),
        |sent| sent.payload_len += 1,
        |sent| sent.payload_hash[7] ^= 1,
        |sent| sent.header = sent.header.slice(..sent.header.len() - 1),
        |sent| sent.header = sent.header.iter().map(|byte| byte ^ 0x80).collect(),
    ];
    for change in changes {
        let mut changed = 0;
        let differs = mismatch(&lived, |records| {
            changed = next_sent(records, records.len() / 2);
            let Recorded::Sent(sent) = &mut records[changed].what else { unreachable!() };
            change(sent);
        });
        assert_eq!(differs.index, changed);
    }
}

#[test]
fn a_segment_too_many_shows_and_so_does_one_too_few() {
    let lived = LossyRun::default().run();
    let differs = mismatch(&lived, |records| records.push(records[next_sent(records, 0)].clone()));
    assert_eq!(differs.found, None, "at the end there is nothing to send");

    let differs = mismatch(&lived, |records| drop(records.remove(next_sent(records, 0))));
    assert_eq!(differs.expected, None);
    assert!(differs.found.unwrap().to_string().starts_with("SYN: "));
}

#[test]
fn a_mismatch_is_told_as_both_segments() {
    let lived = LossyRun::default().run();
    let (setup, mut records) = read(&lived.recording).unwrap();
    let syn = next_sent(&records, 0);
    records.push(records[syn].clone());
    let error = replay_bytes(&write(&setup, &records)).unwrap_err().to_string();
    assert!(error.contains("recorded: SYN: ACK 0 SEQ "), "{error}");
    assert!(error.contains("replayed: nothing to send"), "{error}");
}

#[test]
fn a_controller_from_outside_is_given_to_the_replay_too() {
    let tahoe = |parameters: Parameters| {
        let initial_window = 3.0 * parameters.initial_window;
        Algorithm::Tahoe.build(Parameters { initial_window, ..parameters })
    };
    let make: MakeController = Arc::new(tahoe);
    let lived = LossyRun { controller: Some(make.clone()), ..LossyRun::default() }.run();
    let reader = || RecordingReader::open(lived.recording.as_slice()).unwrap();
    assert!(matches!(replay(reader()), Err(ReplayError::Mismatch { .. })));
    replay_with(reader(), Some(make), &mut |_| ()).unwrap();
}

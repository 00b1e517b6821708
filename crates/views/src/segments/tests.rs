//! Every segment of a run comes out, once, in order, with what the engine says of it.

use lucid_conn::engine::{Arrival, Cause, Record};

use super::*;
use crate::testing::{Lived, record, run};

fn all(recording: &[u8]) -> Vec<Passed> {
    let mut segments = Segments::open(recording).unwrap();
    let mut all = Vec::new();
    while let Some(passed) = segments.next_segment().unwrap() {
        all.push(passed);
    }
    all
}

#[test]
fn a_recordings_segments_all_come_out_each_in_its_place() {
    let Lived { client, server, .. } = run(100_000, &[3, 20]);
    for recording in [client, server] {
        let mut recorded = Vec::new();
        let mut reader = RecordingReader::open(&recording[..]).unwrap();
        while let Some(Record { at, what }) = reader.next_record().unwrap() {
            match what {
                Recorded::Input(Input::Datagrams { bytes, .. }) => recorded.push((at, false, bytes.len())),
                Recorded::Sent(SentSegment { header, payload_len, .. }) => {
                    recorded.push((at, true, header.len() + payload_len));
                }
                _ => {}
            }
        }
        let passed = all(&recording);
        let passed: Vec<_> =
            passed.iter().map(|passed| (passed.at, passed.outgoing, passed.datagram.len())).collect();
        assert_eq!(passed, recorded);
    }
}

#[test]
fn what_is_sent_has_its_reason_and_what_is_received_its_effect() {
    let lived = run(100_000, &[3]);
    let server = all(&lived.server);
    let sent = server.iter().filter(|passed| passed.outgoing);
    let mut again = 0;
    for passed in sent {
        let Some(Event { what: What::Sent { segment, retransmission, .. }, .. }) = passed.events.last()
        else {
            panic!("no reason for {passed:?}")
        };
        assert_eq!(Some(*segment), passed.segment);
        again += usize::from(*retransmission > 0);
    }
    assert_eq!(again, 1);

    let client = all(&lived.client);
    let effects = |arrival: Arrival| {
        let is_it =
            move |event: &Event| matches!(event.what, What::Arrived { arrival: this, .. } if this == arrival);
        client.iter().filter(|passed| !passed.outgoing && passed.events.iter().any(is_it)).count()
    };
    assert_eq!(effects(Arrival::FilledGap), 1);
    assert!(effects(Arrival::OutOfOrder) > 3, "each has its own effect, also of those that came together");
}

#[test]
fn a_stranger_is_answered_for_a_reason() {
    let client = run(1_000, &[]).client;
    let setup = RecordingReader::open(&client[..]).unwrap().setup().clone();
    let syn = all(&client).remove(0).datagram;
    // At an endpoint where no one listens.
    let mut endpoint = Endpoint::new(setup.clone());
    let recording = record(&setup, |recorder| {
        let input = Input::datagram("10.3.3.3:5".parse().unwrap(), syn, Codepoint::NotEct);
        recorder.input(Time::ZERO, &input).unwrap();
        endpoint.handle(Time::ZERO, input).unwrap();
        loop {
            match endpoint.poll(Time::ZERO) {
                Output::Transmit { to, train, ecn, .. } => {
                    recorder.sent(Time::ZERO, to, &train, ecn).unwrap();
                }
                Output::Wait(_) => break,
                _ => {}
            }
        }
        recorder.drained(Time::ZERO).unwrap();
    });
    let passed = all(&recording);
    let causes: Vec<_> =
        passed.iter().map(|passed| (passed.outgoing, passed.events.last().unwrap().cause)).collect();
    assert_eq!(causes, [(false, Cause::NoConnection), (true, Cause::NoConnection)]);
}

#[test]
fn a_recording_that_breaks_off_gives_out_what_came_before() {
    let Lived { server, .. } = run(10_000, &[]);
    let whole = all(&server).len();
    let mut segments = Segments::open(&server[..server.len() - 1]).unwrap();
    let mut given = 0;
    let error = loop {
        match segments.next_segment() {
            Ok(Some(_)) => given += 1,
            Ok(None) => panic!("it breaks off"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, ReplayError::Recording(RecordingError::Truncated { .. })), "{error}");
    assert_eq!(given, whole);
}

#[test]
fn without_payload_a_run_is_the_same_but_for_zeros() {
    let lived = run(100_000, &[3, 20]);
    let whole = [&lived.client, &lived.server];
    for (with, without) in whole.into_iter().zip(&lived.without_payload) {
        let (with, zeros) = (all(with), all(without));
        assert_eq!(with.len(), zeros.len());
        for (with, zeros) in with.iter().zip(&zeros) {
            assert_eq!((with.at, with.outgoing, with.segment), (zeros.at, zeros.outgoing, zeros.segment));
            assert_eq!((&with.events, &with.info), (&zeros.events, &zeros.info));
            assert_eq!(with.datagram.len(), zeros.datagram.len());
        }
        let is_zero =
            |passed: &Passed| passed.datagram[60.min(passed.datagram.len())..].iter().all(|byte| *byte == 0);
        assert!(zeros.iter().all(is_zero));
    }
}

#[test]
fn a_segment_that_goes_alone_costs_few_bytes_with_all_that_goes_in_besides() {
    let lived = run(1_000_000, &[3, 20, 21, 100, 500]);
    for recording in &lived.without_payload {
        let each = recording.len() as f64 / all(recording).len() as f64;
        assert!(each <= 24.0, "{each} bytes for each segment");
    }
}

//! Faults on purpose: what arrives through them, and what is told of them.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::sync::{Arc, Mutex};

use common::{assert_same, pattern, quick, read_all, within, write_all};
use lucid_conn::engine::{Cause, Event, Fault, RecordingReader, What, replay};
use lucid_conn::sim::Faults;
use lucid_conn::{Builder, Endpoint, Impair, Stream};

const LEN: usize = 300_000;

/// Loss 5 %, and everything else that may happen to a datagram.
fn hostile() -> Faults {
    Faults {
        loss: "5%".parse().unwrap(),
        reorder: "10%,2ms".parse().unwrap(),
        duplicate: "5%".parse().unwrap(),
        corrupt: "2%".parse().unwrap(),
        ..Faults::default()
    }
}

/// A client made by `builder`, and the server's end of its connection.
async fn connect(builder: Builder) -> (Stream, Stream) {
    let listener = common::listener().await;
    let at = listener.local_addr().unwrap();
    let (client, accepted) =
        tokio::try_join!(builder.config(quick()).connect(at), listener.accept()).unwrap();
    (client, accepted.0)
}

/// Sends a pattern each way at once, and sees that it arrives whole.
async fn exchange(client: Stream, server: Stream) {
    let (sent_there, sent_back) = (pattern(LEN), pattern(LEN / 2));
    let (mut client_reads, mut client_writes) = client.into_split();
    let (mut server_reads, mut server_writes) = server.into_split();
    let (_, _, came_back, came_there) = tokio::join!(
        write_all(&mut client_writes, &sent_there),
        write_all(&mut server_writes, &sent_back),
        read_all(&mut client_reads),
        read_all(&mut server_reads),
    );
    assert_same(&came_there, &sent_there);
    assert_same(&came_back, &sent_back);
}

#[tokio::test]
async fn everything_arrives_whole_through_a_hostile_path() {
    for seed in 0..4 {
        println!("seed {seed}");
        let hostile = Endpoint::builder().faults(hostile(), seed, Impair::Both);
        within(async {
            let (client, server) = connect(hostile).await;
            exchange(client, server).await;
        })
        .await;
    }
}

/// A client whose events are kept, and the events.
fn watched(builder: Builder) -> (Builder, Arc<Mutex<Vec<Event>>>) {
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let sink = Arc::clone(&events);
    (builder.observer(move |event| sink.lock().unwrap().push(event.clone())), events)
}

#[tokio::test]
async fn a_scripted_drop_is_told_right_behind_the_sending() {
    within(async {
        let script = Faults { drop: vec!["data:2".parse().unwrap()], ..Faults::default() };
        let (builder, events) = watched(Endpoint::builder().faults(script, 0, Impair::Outgoing));
        let (mut client, mut server) = connect(builder).await;
        let data = pattern(5000);
        tokio::join!(write_all(&mut client, &data), read_all(&mut server));

        let events = events.lock().unwrap();
        let at = events.iter().position(|event| matches!(event.what, What::Faulted { .. })).unwrap();
        let What::Faulted { fault: Fault::Lost, segment, outgoing: true, rto: Some(_) } = events[at].what
        else {
            panic!("{:?}", events[at]);
        };
        assert_eq!((events[at].conn, events[at].cause), (Some(client.id()), Cause::OnPurpose));
        assert!(matches!(events[at - 1].what, What::Sent { segment: sent, .. } if sent == segment));
        let resent =
            |event: &Event| matches!(event.what, What::Sent { segment: s, .. } if s.seq == segment.seq);
        assert!(events[at..].iter().any(resent), "what was lost is sent again");
        assert_eq!(events.iter().filter(|event| matches!(event.what, What::Faulted { .. })).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_arriving_datagram_meets_its_fault_before_the_engine_sees_it() {
    within(async {
        let script = Faults { drop: vec!["data:1".parse().unwrap()], ..Faults::default() };
        let (builder, events) = watched(Endpoint::builder().faults(script, 0, Impair::Incoming));
        let (mut client, mut server) = connect(builder).await;
        tokio::join!(write_all(&mut server, b"hello"), read_all(&mut client));

        let events = events.lock().unwrap();
        let told = |event: &&Event| matches!(event.what, What::Faulted { outgoing: false, .. });
        let fault = events.iter().find(told).unwrap();
        assert_eq!(fault.conn, Some(client.id()));
        assert!(
            matches!(fault.what, What::Faulted { fault: Fault::Lost, segment, .. } if segment.bytes == 5)
        );
    })
    .await;
}

#[tokio::test]
async fn the_path_is_empty_before_an_endpoint_is_idle() {
    within(async {
        let delay = Faults { delay: std::time::Duration::from_millis(20), ..Faults::default() };
        let (client, server) = connect(Endpoint::builder().faults(delay, 0, Impair::Outgoing)).await;
        let client_side = client.endpoint().clone();
        client.abort();
        drop(client);
        assert_eq!(client_side.connections(), 0);
        // The reset is under way; without it the server would never know.
        client_side.idle().await;
        drop(client_side);
        assert_eq!(server.closed().await, lucid_conn::CloseReason::Reset);
    })
    .await;
}

/// The server's link can only mark what came ECT through the sockets, and only who hears of it slows down.
#[tokio::test]
async fn a_long_queue_marks_what_came_over_the_socket_and_the_sender_slows_down() {
    within(async {
        let ecn = lucid_conn::Config { ecn: true, ..quick() };
        let slow = Faults { rate: "40mbit".parse().ok(), mark: Some(10_000), ..Faults::default() };
        let server = Endpoint::builder().config(ecn.clone()).faults(slow, 0, Impair::Incoming);
        let listener = server.bind(common::LOOPBACK).await.unwrap().listen(1).unwrap();
        let at = listener.local_addr().unwrap();
        let client = Endpoint::builder().config(ecn).connect(at);
        let (mut client, (mut server, _)) = tokio::try_join!(client, listener.accept()).unwrap();
        let sent = pattern(LEN);
        let (_, received) = tokio::join!(write_all(&mut client, &sent), read_all(&mut server));
        assert_same(&received, &sent);
        let (client, server) = (client.info().unwrap(), server.info().unwrap());
        assert!(client.ecn && server.ecn);
        assert!(server.counts.marks_received > 0, "{server:?}");
        assert!(client.counts.congestion_echoes > 0, "{client:?}");
    })
    .await;
}

/// A sink that can be read afterwards.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_recording_of_a_hostile_run_replays_to_the_same_segments() {
    within(async {
        let ways: [fn(Builder, Tape) -> Builder; 2] = [Builder::record, Builder::record_without_payload];
        for record in ways {
            let tape = Tape::default();
            let builder = record(Endpoint::builder().faults(hostile(), 7, Impair::Both), tape.clone());
            let (client, server) = connect(builder).await;
            let endpoint = client.endpoint().clone();
            exchange(client, server).await;
            endpoint.idle().await;
            endpoint.finish_recording().unwrap();

            let recording = tape.0.lock().unwrap().clone();
            let replayed = replay(RecordingReader::open(&recording[..]).unwrap()).unwrap();
            assert!(replayed.segments as usize > LEN / 1452, "{replayed:?}");
            assert_eq!(replayed.left_over, 0);
        }
    })
    .await;
}

/// A full disk.
struct Full;

impl std::io::Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_recording_that_fails_is_told_and_the_connection_goes_on() {
    within(async {
        let (client, server) = connect(Endpoint::builder().record(Full)).await;
        let endpoint = client.endpoint().clone();
        exchange(client, server).await;
        assert_eq!(endpoint.finish_recording().unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    })
    .await;
}

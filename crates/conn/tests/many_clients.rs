//! Many clients at one socket, recorded: all are served, and the recording replays.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use common::{LOOPBACK, assert_same, pattern, quick, within};
use lucid_conn::engine::{RecordingReader, replay};
use lucid_conn::{Endpoint, Listener};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};
use tokio::task::JoinSet;

const CLIENTS: usize = 40;

#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Vec<u8>>>);

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn echo(listener: Listener) {
    let mut served = JoinSet::new();
    for _ in 0..CLIENTS {
        let (stream, _) = listener.accept().await.unwrap();
        served.spawn(async move {
            let (mut from, mut to) = split(stream);
            copy(&mut from, &mut to).await.unwrap();
            to.shutdown().await.unwrap();
        });
    }
    served.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_served_and_the_recording_of_all_of_them_replays() {
    let tape = Tape::default();
    let builder = Endpoint::builder().config(quick()).record(tape.clone());
    let endpoint = builder.bind(LOOPBACK).await.unwrap();
    let server = tokio::spawn(echo(endpoint.listen(CLIENTS).unwrap()));
    let to = endpoint.local_addr().unwrap();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(async move {
            let stream = Endpoint::builder().config(quick()).connect(to).await.unwrap();
            let (mut from, mut to) = split(stream);
            let sent = pattern(100_000);
            let mut received = Vec::new();
            let write = async {
                to.write_all(&sent).await.unwrap();
                to.shutdown().await.unwrap();
            };
            let (_, read) = tokio::join!(write, from.read_to_end(&mut received));
            read.unwrap();
            assert_same(&received, &sent);
        });
    }
    within(clients.join_all()).await;
    within(server).await.unwrap();
    within(endpoint.idle()).await;
    endpoint.finish_recording().unwrap();
    let recording = tape.0.lock().unwrap().clone();
    let replayed = replay(RecordingReader::open(recording.as_slice()).unwrap()).unwrap();
    assert_eq!((replayed.connections, replayed.left_over), (CLIENTS, 0));
}

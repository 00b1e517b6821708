//! What the tests of the driver have in common. Not each of them needs all of it.
#![allow(dead_code, reason = "every test file is a crate of its own")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::future::Future;
use std::io;
use std::time::Duration;

use lucid_conn::{CloseReason, Config, Endpoint, Listener, Stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) const LOOPBACK: &str = "127.0.0.1:0";

/// The modern profile with timers that suit loopback, so that a lost segment or TIME-WAIT doesn't hold a test up.
pub(crate) fn quick() -> Config {
    let mut config =
        Config { time_wait: Duration::from_millis(50), ..Config::new(lucid_conn::Profile::Modern) };
    config.rto.initial = Duration::from_millis(100);
    config.rto.min = Duration::from_millis(20);
    config.rto.granularity = Duration::from_millis(1);
    config.rto.max = Duration::from_millis(500);
    config.ack_delay = Duration::from_millis(5);
    config
}

pub(crate) async fn endpoint() -> Endpoint {
    Endpoint::builder().config(quick()).bind(LOOPBACK).await.unwrap()
}

pub(crate) async fn listener() -> Listener {
    endpoint().await.listen(16).unwrap()
}

/// Both ends of a connection, each with a socket of its own.
pub(crate) async fn pair() -> (Stream, Stream) {
    let listener = listener().await;
    let client = Endpoint::builder().config(quick()).connect(listener.local_addr().unwrap()).await.unwrap();
    let (server, _) = listener.accept().await.unwrap();
    (client, server)
}

/// Nothing here takes long; what hangs is a failure, even if the last bell wakes it.
pub(crate) async fn within<T>(test: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        () = tokio::time::sleep(Duration::from_secs(30)) => panic!("it hangs"),
        result = test => result,
    }
}

/// Bytes in which each position can be told from the others.
pub(crate) fn pattern(len: usize) -> Vec<u8> {
    (0_u32..).flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes()).take(len).collect()
}

/// Fails with lengths, not with a mebibyte of numbers.
#[track_caller]
pub(crate) fn assert_same(received: &[u8], sent: &[u8]) {
    assert_eq!(received.len(), sent.len());
    assert!(received == sent, "the bytes differ");
}

pub(crate) async fn read_all(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut received = Vec::new();
    stream.read_to_end(&mut received).await.unwrap();
    received
}

pub(crate) async fn write_all(stream: &mut (impl AsyncWriteExt + Unpin), bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
}

/// The reason within an error.
pub(crate) fn reason(error: &io::Error) -> Option<&CloseReason> {
    error.get_ref()?.downcast_ref()
}

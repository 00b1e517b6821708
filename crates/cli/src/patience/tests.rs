//! In virtual time: tokio's clock stands still until there is nothing left to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// A pipe whose other end is heard from when the test says so.
struct Pipe {
    pipe: DuplexStream,
    segments: Arc<AtomicU64>,
}

impl Heard for Pipe {
    fn heard(&self) -> Option<u64> {
        Some(self.segments.load(Ordering::Relaxed))
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(cx, buf)
    }
}

/// Our end, the other one, and how many segments came from there.
fn patient() -> (Patient<Pipe>, DuplexStream, Arc<AtomicU64>) {
    let (pipe, other) = duplex(64);
    let segments = Arc::new(AtomicU64::new(0));
    (Patient::new(Pipe { pipe, segments: Arc::clone(&segments) }, PATIENCE), other, segments)
}

#[tokio::test(start_paused = true)]
async fn a_reader_gives_up_on_a_silent_peer() {
    let (mut ours, _theirs, _) = patient();
    let early = timeout(PATIENCE * 9 / 10, ours.read_u8()).await;
    assert!(early.is_err(), "gave up too early: {early:?}");
    let in_time = timeout(PATIENCE * 2 / 10, ours.read_u8()).await.expect("gives up");
    let error = in_time.expect_err("nothing came");
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    let said = "the peer was silent for 20.0 s while its answer was waited for";
    assert_eq!(error.to_string(), said);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_acknowledges_is_not_silent() {
    let (mut ours, mut theirs, segments) = patient();
    let peer = async {
        for _ in 0..10 {
            sleep(PATIENCE * 9 / 10).await;
            segments.fetch_add(1, Ordering::Relaxed);
        }
        theirs.write_u8(7).await.expect("room");
    };
    let (byte, ()) = tokio::join!(ours.read_u8(), peer);
    assert_eq!(byte.expect("it came"), 7);
}

#[tokio::test(start_paused = true)]
async fn each_wait_begins_anew() {
    let (mut ours, mut theirs, _) = patient();
    for byte in 0..10 {
        let later = async {
            sleep(PATIENCE * 9 / 10).await;
            theirs.write_u8(byte).await.expect("room");
        };
        let (read, ()) = tokio::join!(ours.read_u8(), later);
        assert_eq!(read.expect("it came"), byte);
    }
}

//! An end to waiting. TCP itself gives up on a peer only while it has something to send to it: whoever only
//! reads would wait for ever for a peer that has lost its power.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lucid_conn::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream whose reader gives up once the peer has been silent for too long.
///
/// Silent means that no segment at all came: a peer that acknowledges what we send is there, however long it
/// takes until it has something to say itself.
pub(crate) struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Runs while the reader waits.
    waiting: Option<Waiting>,
}

struct Waiting {
    limit: Pin<Box<Sleep>>,
    /// How many segments had come when it was set.
    heard: Option<u64>,
}

/// The peer was silent for too long. The inner error of an [`io::ErrorKind::TimedOut`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer was silent for {:.1} s while its answer was waited for", .0.as_secs_f64())]
pub(crate) struct Silent(pub(crate) Duration);

/// A stream that can say whether its peer is there.
pub(crate) trait Heard {
    /// How many segments have come so far; none once there is no connection any more.
    fn heard(&self) -> Option<u64>;
}

impl Heard for Stream {
    fn heard(&self) -> Option<u64> {
        self.info().map(|info| info.counts.segments_received)
    }
}

impl<S> Patient<S> {
    pub(crate) fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, waiting: None }
    }

    /// The stream inside.
    pub(crate) fn get_ref(&self) -> &S {
        &self.stream
    }
}

impl<S: Heard> Patient<S> {
    /// Ready once the reader has waited for as long as it may without hearing anything.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<Silent> {
        let Self { stream, patience, waiting } = self;
        let new = || Waiting { limit: Box::pin(sleep(*patience)), heard: stream.heard() };
        let Waiting { limit, heard } = waiting.get_or_insert_with(new);
        loop {
            ready!(limit.as_mut().poll(cx));
            let now_heard = stream.heard();
            if now_heard == *heard {
                return Poll::Ready(Silent(*patience));
            }
            *heard = now_heard;
            let again = limit.deadline() + *patience;
            limit.as_mut().reset(again);
        }
    }
}

impl<S: AsyncRead + Heard + Unpin> AsyncRead for Patient<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buf) {
            this.waiting = None;
            return Poll::Ready(read);
        }
        let silent = ready!(this.poll_silence(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, silent)))
    }
}

/// Writing is TCP's own business: it gives up by itself when nothing is acknowledged.
impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;

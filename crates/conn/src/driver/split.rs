//! The two halves of a stream, for two tasks.

use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use lucid_wire::Pieces;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::Stream;

/// The half of a [`Stream`] that reads. What both halves can do is reached through `as_ref()`.
#[derive(Debug)]
pub struct OwnedReadHalf {
    stream: Arc<Stream>,
}

/// The half of a [`Stream`] that writes. Dropping it shuts its side down, as in tokio. What both halves can do
/// is reached through `as_ref()`.
#[derive(Debug)]
pub struct OwnedWriteHalf {
    stream: Arc<Stream>,
    shuts_down: bool,
}

pub(super) fn halves(stream: Stream) -> (OwnedReadHalf, OwnedWriteHalf) {
    let stream = Arc::new(stream);
    (OwnedReadHalf { stream: Arc::clone(&stream) }, OwnedWriteHalf { stream, shuts_down: true })
}

impl OwnedReadHalf {
    /// As [`Stream::read_bytes`].
    ///
    /// # Errors
    /// Those of reading.
    pub async fn read_bytes(&mut self, max: usize) -> io::Result<Pieces> {
        self.stream.read_bytes_shared(max).await
    }

    /// Puts the two halves together again.
    ///
    /// # Errors
    /// If they are not of one stream: both come back.
    pub fn reunite(self, other: OwnedWriteHalf) -> Result<Stream, ReuniteError> {
        if !Arc::ptr_eq(&self.stream, &other.stream) {
            return Err(ReuniteError(self, other));
        }
        other.forget();
        Ok(Arc::into_inner(self.stream).expect("nothing holds a stream but its two halves"))
    }
}

impl OwnedWriteHalf {
    /// As [`Stream::write_bytes`].
    ///
    /// # Errors
    /// Those of writing.
    pub async fn write_bytes(&mut self, bytes: &mut Bytes) -> io::Result<()> {
        self.stream.write_bytes_shared(bytes).await
    }

    /// Puts the two halves together again.
    ///
    /// # Errors
    /// If they are not of one stream: both come back.
    pub fn reunite(self, other: OwnedReadHalf) -> Result<Stream, ReuniteError> {
        other.reunite(self)
    }

    /// Drops it without shutting down.
    pub fn forget(mut self) {
        self.shuts_down = false;
    }
}

impl Drop for OwnedWriteHalf {
    fn drop(&mut self) {
        if self.shuts_down {
            let _ended_already = self.stream.shutdown_shared();
        }
    }
}

impl AsRef<Stream> for OwnedReadHalf {
    fn as_ref(&self) -> &Stream {
        &self.stream
    }
}

impl AsRef<Stream> for OwnedWriteHalf {
    fn as_ref(&self) -> &Stream {
        &self.stream
    }
}

impl AsyncRead for OwnedReadHalf {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream.poll_read_shared(cx, buf)
    }
}

impl AsyncWrite for OwnedWriteHalf {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.stream.poll_write_shared(cx, data)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.flush_shared();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shutdown_shared())
    }
}

/// Two halves that are not of one stream.
#[derive(Debug)]
pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

impl fmt::Display for ReuniteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these two halves are not of one stream")
    }
}

impl Error for ReuniteError {}

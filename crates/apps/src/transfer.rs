//! A file's bytes on a stream, in either direction, in constant memory.

use std::io;

use blake3::{Hash, Hasher};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::framing::fill;

/// How much of a file is in memory, and in one write: large, so that a TCP below fills its segments.
pub(crate) const CHUNK: usize = 64 * 1024;

/// What became of a file that was sent: always as many bytes as announced.
pub(crate) struct Sent {
    pub(crate) hash: Hash,
    /// Why some of the bytes were made up, if they were.
    pub(crate) fault: Option<SourceFault>,
}

/// Why a file could not be read to its announced end.
#[derive(Debug)]
pub(crate) enum SourceFault {
    EndedAt(u64),
    Unreadable(io::Error),
}

/// Sends exactly `size` bytes of `file` and flushes. A file that ends early or fails is filled up
/// with zeros, since the receiver counts on `size`; the caller must say so in the trailer.
///
/// # Errors
/// Only the stream's.
pub(crate) async fn send<W, R>(
    stream: &mut W,
    file: &mut R,
    size: u64,
    mut progress: impl FnMut(u64, u64),
) -> io::Result<Sent>
where
    W: AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
{
    let mut buffer = vec![0; CHUNK];
    let (mut hasher, mut fault, mut sent) = (Hasher::new(), None, 0);
    progress(0, size);
    while sent < size {
        let chunk = &mut buffer[..chunk_length(size - sent)];
        if fault.is_none() {
            fault = read_chunk(file, chunk, sent).await.err();
        } else {
            chunk.fill(0);
        }
        stream.write_all(chunk).await?;
        hasher.update(chunk);
        sent += chunk.len() as u64;
        progress(sent, size);
    }
    stream.flush().await?;
    Ok(Sent { hash: hasher.finalize(), fault })
}

/// Writes all of it and flushes.
pub(crate) async fn write<W: AsyncWrite + Unpin>(stream: &mut W, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Reads a file of at most [`CHUNK`] bytes whole.
pub(crate) async fn read_small<R>(file: &mut R, size: u64) -> Result<Vec<u8>, SourceFault>
where
    R: AsyncRead + Unpin,
{
    let mut bytes = vec![0; chunk_length(size)];
    read_chunk(file, &mut bytes, 0).await?;
    Ok(bytes)
}

/// Fills `chunk` whole, or says at which byte of the file it could not.
async fn read_chunk<R>(file: &mut R, chunk: &mut [u8], at: u64) -> Result<(), SourceFault>
where
    R: AsyncRead + Unpin,
{
    let got = fill(file, chunk).await.map_err(SourceFault::Unreadable)?;
    if got < chunk.len() {
        chunk[got..].fill(0);
        return Err(SourceFault::EndedAt(at + got as u64));
    }
    Ok(())
}

/// Where receiving a file stopped, and on which side.
#[derive(Debug)]
pub(crate) enum ReceiveError {
    /// The stream failed, or ended early (`UnexpectedEof`), after so many bytes.
    Stream { received: u64, source: io::Error },
    /// What the bytes were written to failed, after so many were taken from the stream.
    Sink { received: u64, source: io::Error },
}

/// Receives exactly `size` bytes into `sink`, flushes it, and returns their hash.
pub(crate) async fn receive<R, W>(
    stream: &mut R,
    size: u64,
    sink: &mut W,
    mut progress: impl FnMut(u64, u64),
) -> Result<Hash, ReceiveError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut buffer = vec![0; CHUNK];
    let (mut hasher, mut received) = (Hasher::new(), 0);
    progress(0, size);
    while received < size {
        let room = &mut buffer[..chunk_length(size - received)];
        let got = match stream.read(room).await {
            Ok(0) => return Err(ReceiveError::Stream { received, source: early_end() }),
            Ok(got) => got,
            Err(source) => return Err(ReceiveError::Stream { received, source }),
        };
        received += got as u64;
        hasher.update(&room[..got]);
        sink.write_all(&room[..got]).await.map_err(|source| ReceiveError::Sink { received, source })?;
        progress(received, size);
    }
    sink.flush().await.map_err(|source| ReceiveError::Sink { received, source })?;
    Ok(hasher.finalize())
}

/// How much of `remaining` goes into one chunk.
fn chunk_length(remaining: u64) -> usize {
    usize::try_from(remaining).map_or(CHUNK, |remaining| remaining.min(CHUNK))
}

fn early_end() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the connection ended before the file did")
}

#[cfg(test)]
mod tests;

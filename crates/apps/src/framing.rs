//! Messages on a byte stream: a length, then that many bytes.

use std::io;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest message either side sends or accepts, in bytes of JSON. It bounds what a peer can
/// make us allocate; file bytes travel outside of messages and have no such limit.
pub const MAX_MESSAGE: usize = 64 * 1024;

const PREFIX: usize = size_of::<u32>();

/// Why a message could not be read or written. The stream is out of step afterwards: close it.
#[derive(Debug, Error)]
pub enum FrameError {
    /// A length over [`MAX_MESSAGE`], announced by the peer or asked of us.
    #[error(
        "a message of {length} bytes is over the limit of {MAX_MESSAGE}; does the peer speak this protocol?"
    )]
    TooLong {
        /// The length, in bytes.
        length: u64,
    },
    /// The stream ended inside a message.
    #[error("the connection ended inside a message, after {got} of {expected} bytes")]
    Truncated {
        /// Bytes of the message's prefix or body that arrived.
        got: usize,
        /// Bytes the prefix (four) or the body has.
        expected: usize,
    },
    /// The stream itself failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

/// Reads one message; `None` when the peer closed before its first byte.
/// Not cancel-safe: what was read of a message is lost when the future is dropped.
pub(crate) async fn read_message<R>(stream: &mut R) -> Result<Option<Vec<u8>>, FrameError>
where
    R: AsyncRead + Unpin,
{
    let mut prefix = [0; PREFIX];
    match fill(stream, &mut prefix).await? {
        0 => return Ok(None),
        PREFIX => {}
        got => return Err(FrameError::Truncated { got, expected: PREFIX }),
    }
    let length = u32::from_be_bytes(prefix);
    let expected = usize::try_from(length).unwrap_or(usize::MAX);
    if expected > MAX_MESSAGE {
        return Err(FrameError::TooLong { length: length.into() });
    }
    let mut body = vec![0; expected];
    let got = fill(stream, &mut body).await?;
    if got < expected {
        return Err(FrameError::Truncated { got, expected });
    }
    Ok(Some(body))
}

/// Writes one message in a single write, and flushes: what follows starts afresh below us.
pub(crate) async fn write_message<W>(stream: &mut W, body: &[u8]) -> Result<(), FrameError>
where
    W: AsyncWrite + Unpin,
{
    let too_long = FrameError::TooLong { length: body.len() as u64 };
    let length = match u32::try_from(body.len()) {
        Ok(length) if body.len() <= MAX_MESSAGE => length,
        _ => return Err(too_long),
    };
    let mut message = Vec::with_capacity(PREFIX + body.len());
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(body);
    stream.write_all(&message).await?;
    stream.flush().await?;
    Ok(())
}

/// Reads until `buffer` is full or the stream ends; returns how many bytes there are.
pub(crate) async fn fill<R>(stream: &mut R, buffer: &mut [u8]) -> io::Result<usize>
where
    R: AsyncRead + Unpin,
{
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..]).await? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;

//! What a client asks of a server: a letter, and with most a number behind it.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::peer::Stream;
use crate::usage::Usage;

/// One byte, answered by one: nothing else is on the connection.
pub(crate) const BYTE: u8 = b'B';
/// So many bytes follow; the answer is how many came.
pub(crate) const SINK: u8 = b'S';
/// So many messages follow; the answer to each is itself.
pub(crate) const ECHO: u8 = b'E';
/// The answer is what the server's process has used.
pub(crate) const USAGE: u8 = b'U';

/// The size of an echoed message.
pub(crate) const MESSAGE: usize = 64;
/// What is written and read at once: small enough for the processor's cache.
pub(crate) const CHUNK: usize = 64 << 10;

pub(crate) async fn request(stream: &mut impl Stream, kind: u8, number: u64) -> io::Result<()> {
    let mut request = [kind; 9];
    request[1..].copy_from_slice(&number.to_be_bytes());
    stream.write_all(&request).await
}

/// Sends so many bytes; done when the receiver has counted them.
pub(crate) async fn send(stream: &mut impl Stream, bytes: u64) -> io::Result<()> {
    request(stream, SINK, bytes).await?;
    let chunk = vec![0; CHUNK];
    let mut left = bytes;
    while left > 0 {
        let some = left.min(CHUNK as u64);
        stream.write_all(&chunk[..some as usize]).await?;
        left -= some;
    }
    let counted = stream.read_u64().await?;
    if counted == bytes {
        Ok(())
    } else {
        Err(io::Error::other(format!("{counted} of {bytes} bytes arrived")))
    }
}

/// One byte there and one back.
pub(crate) async fn byte(stream: &mut impl Stream) -> io::Result<()> {
    stream.write_all(&[BYTE]).await?;
    stream.read_u8().await.map(|_| ())
}

/// One message there and back.
pub(crate) async fn echo(stream: &mut impl Stream) -> io::Result<()> {
    let mut message = [0; MESSAGE];
    stream.write_all(&message).await?;
    stream.read_exact(&mut message).await.map(|_| ())
}

/// What the server's process has used.
pub(crate) async fn usage(stream: &mut impl Stream) -> io::Result<Usage> {
    request(stream, USAGE, 0).await?;
    let mut usage = [0; Usage::BYTES];
    stream.read_exact(&mut usage).await?;
    Ok(Usage::from_bytes(usage))
}

/// Answers requests until the client has no more.
pub(crate) async fn answer(stream: &mut impl Stream) -> io::Result<()> {
    loop {
        match stream.read_u8().await? {
            BYTE => stream.write_all(&[BYTE]).await?,
            kind => {
                let number = stream.read_u64().await?;
                answer_one(stream, kind, number).await?;
            }
        }
    }
}

async fn answer_one(stream: &mut impl Stream, kind: u8, number: u64) -> io::Result<()> {
    match kind {
        SINK => {
            let mut chunk = vec![0; CHUNK];
            let mut left = number;
            while left > 0 {
                let room = left.min(CHUNK as u64) as usize;
                let got = stream.read(&mut chunk[..room]).await?;
                if got == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                left -= got as u64;
            }
            stream.write_all(&number.to_be_bytes()).await
        }
        ECHO => {
            let mut message = [0; MESSAGE];
            for _ in 0..number {
                stream.read_exact(&mut message).await?;
                stream.write_all(&message).await?;
            }
            Ok(())
        }
        USAGE => stream.write_all(&Usage::now()?.to_bytes()).await,
        _ => Err(io::Error::other("an unknown request")),
    }
}

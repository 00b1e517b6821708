//! The client's side of a connection.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use blake3::Hash;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::files::MAX_LISTED;
use crate::framing::{FrameError, read_message, write_message};
use crate::message::{Printable, decode, encode};
use crate::output::Output;
use crate::transfer::{self, ReceiveError, Sent, SourceFault};
use crate::{Destination, ErrorCode, FileInfo, LocalError, Reply, Request, ServiceError, Trailer};

/// Asks a server, one request after the other over one stream.
///
/// Closing is dropping or shutting down the stream ([`Client::into_inner`]). The calls are not
/// cancel-safe: after a dropped call, or one that failed in the middle of an exchange, every
/// further call is refused with [`ClientError::OutOfStep`] and nothing is sent.
#[derive(Debug)]
pub struct Client<S> {
    stream: S,
    in_step: bool,
}

/// A file that was received: whole, and with the hash its sender stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The name asked for.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The hash of its bytes.
    pub hash: Hash,
    /// Where it is, unless it went to a writer.
    pub path: Option<PathBuf>,
}

/// A file that the server has stored: whole, and with this hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The name on the server.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The hash of its bytes.
    pub hash: Hash,
}

/// Why a request brought no result.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The server refused. The connection lives on.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The connection ended inside a file. Nothing is under its final name.
    #[error("`{}` broke off after {done} of {size} bytes: {source}", Printable(.name))]
    BrokeOff {
        /// The file.
        name: String,
        /// Bytes that were sent or received.
        done: u64,
        /// The file's size.
        size: u64,
        /// What the connection said; `UnexpectedEof` if it just ended.
        source: io::Error,
    },
    /// The bytes received don't have the hash stated. Nothing is under the final name.
    #[error("`{}` arrived damaged: its hash is {actual}, the sender stated {stated}; ask for it again", Printable(.name))]
    Integrity {
        /// The file.
        name: String,
        /// The hash the sender stated.
        stated: Hash,
        /// The hash of the bytes here.
        actual: Hash,
    },
    /// A file on this machine could not be read or written.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// The connection failed or ended where a message was due.
    #[error("the connection failed before the answer came: {0}")]
    Connection(#[source] io::Error),
    /// The server's messages make no sense, or ours was too long.
    #[error("{}", Printable(.0))]
    Protocol(String),
    /// An earlier call stopped in the middle of an exchange.
    #[error("an earlier request stopped half-way on this connection; open a new one")]
    OutOfStep,
}

impl From<FrameError> for ClientError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Io(source) => Self::Connection(source),
            FrameError::Truncated { .. } => {
                Self::Connection(io::Error::new(io::ErrorKind::UnexpectedEof, error))
            }
            FrameError::TooLong { .. } => Self::Protocol(error.to_string()),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// A client over a stream whose other end runs [`crate::serve`].
    pub fn new(stream: S) -> Self {
        Self { stream, in_step: true }
    }

    /// The stream, to close it or to look at it.
    pub fn into_inner(self) -> S {
        self.stream
    }

    /// The stream, to look at it between requests.
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// The files the server offers, sorted by name.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn list(&mut self) -> Result<Vec<FileInfo>, ClientError> {
        let mut reply = self.ask(&Request::List).await?;
        let mut all = Vec::new();
        loop {
            let Reply::Files { files, more } = reply else {
                return Err(unexpected("a list of files", &reply));
            };
            all.extend(files);
            if !more {
                self.in_step = true;
                return Ok(all);
            }
            if all.len() > MAX_LISTED {
                return Err(ClientError::Protocol(format!("the server lists more than {MAX_LISTED} files")));
            }
            reply = self.reply().await?;
        }
    }

    /// Receives a file. `progress` hears the bytes so far and the file's size, first with 0.
    ///
    /// A file under a path appears there whole, verified and flushed to disk, or not at all.
    ///
    /// # Errors
    /// See [`ClientError`]. Existing outputs are refused before anything is sent.
    pub async fn get(
        &mut self,
        name: &str,
        to: Destination<'_>,
        progress: impl FnMut(u64, u64),
    ) -> Result<Received, ClientError> {
        let mut output = Output::open(name, to).await?;
        let (size, ahead) = match self.ask(&Request::Get { name: name.to_owned() }).await? {
            Reply::SmallFile { size, hash } => (size, Some(hash)),
            Reply::File { size } => (size, None),
            other => return Err(unexpected("a file", &other)),
        };
        let received = transfer::receive(&mut self.stream, size, output.writer(), progress).await;
        let actual = received.map_err(|error| match error {
            ReceiveError::Stream { received, source } => broke_off(name, received, size, source),
            ReceiveError::Sink { source, .. } => LocalError::new(output.shown(), source).into(),
        })?;
        let stated = match ahead {
            Some(hash) => {
                self.in_step = true;
                hash
            }
            None => match self.trailer(name, size).await? {
                Trailer::Complete { hash } => hash,
                Trailer::Failed(error) => return Err(error.into()),
            },
        };
        if stated != actual {
            return Err(ClientError::Integrity { name: name.to_owned(), stated, actual });
        }
        let path = output.keep().await?;
        Ok(Received { name: name.to_owned(), size, hash: actual, path })
    }

    /// Sends the file at `from`, to be stored as `name`; see [`Client::get`] for `progress`.
    ///
    /// # Errors
    /// See [`ClientError`]. A server takes files only if it was told to.
    pub async fn put(
        &mut self,
        from: &Path,
        name: &str,
        overwrite: bool,
        progress: impl FnMut(u64, u64),
    ) -> Result<Stored, ClientError> {
        let (mut file, size) = open_local(from).await?;
        match self.ask(&Request::Put { name: name.to_owned(), size, overwrite }).await? {
            Reply::Proceed => {}
            other => return Err(unexpected("leave to send", &other)),
        }
        let mut done = 0;
        let mut progress = progress;
        let counted = |sent, size| {
            done = sent;
            progress(sent, size);
        };
        let sent = transfer::send(&mut self.stream, &mut file, size, counted).await;
        let Sent { hash, fault } = sent.map_err(|source| broke_off(name, done, size, source))?;
        let fault = local_fault(from, &file, size, fault).await;
        let trailer = match &fault {
            None => Trailer::Complete { hash },
            Some(_) => Trailer::Failed(ServiceError::new(
                ErrorCode::FileChanged,
                "the sender could not read its file to the end",
            )),
        };
        self.write(&trailer).await?;
        let reply = self.reply_or_refusal().await;
        self.in_step |= reply.is_ok();
        match (fault, reply) {
            (Some(fault), Ok(_) | Err(ClientError::Service(_))) => Err(fault.into()),
            (_, Err(error)) => Err(error),
            (None, Ok(Reply::Stored { hash: stored })) if stored == hash => {
                Ok(Stored { name: name.to_owned(), size, hash })
            }
            (None, Ok(Reply::Stored { hash: actual })) => {
                Err(ClientError::Integrity { name: name.to_owned(), stated: hash, actual })
            }
            (None, Ok(other)) => Err(unexpected("that the file is stored", &other)),
        }
    }

    /// The value of an arithmetic expression, as text.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn calc(&mut self, expression: &str) -> Result<String, ClientError> {
        let reply = self.ask(&Request::Calc { expression: expression.to_owned() }).await?;
        let Reply::Value { value } = reply else { return Err(unexpected("a value", &reply)) };
        self.in_step = true;
        Ok(value)
    }

    /// Every address of a host, IPv4 first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn dns(&mut self, name: &str) -> Result<Vec<IpAddr>, ClientError> {
        let reply = self.ask(&Request::Dns { name: name.to_owned() }).await?;
        let Reply::Addresses { addresses } = reply else { return Err(unexpected("addresses", &reply)) };
        self.in_step = true;
        Ok(addresses)
    }

    /// Opens an exchange: from here until its end the stream is out of step.
    async fn ask(&mut self, request: &Request) -> Result<Reply, ClientError> {
        if !self.in_step {
            return Err(ClientError::OutOfStep);
        }
        let json = json(request)?;
        if json.len() > crate::MAX_MESSAGE {
            return Err(FrameError::TooLong { length: json.len() as u64 }.into());
        }
        self.in_step = false;
        write_message(&mut self.stream, &json).await?;
        self.reply_or_refusal().await
    }

    /// The next reply; a refusal ends the exchange.
    async fn reply_or_refusal(&mut self) -> Result<Reply, ClientError> {
        match self.reply().await? {
            Reply::Error(error) => {
                // After this one the server closes: it can't tell where our next message begins.
                self.in_step = error.code != ErrorCode::TooLong;
                Err(error.into())
            }
            reply => Ok(reply),
        }
    }

    async fn reply(&mut self) -> Result<Reply, ClientError> {
        self.read().await
    }

    /// A file's last word ends its exchange; its absence is a transfer that broke off.
    async fn trailer(&mut self, name: &str, size: u64) -> Result<Trailer, ClientError> {
        match self.read().await {
            Ok(trailer) => {
                self.in_step = true;
                Ok(trailer)
            }
            Err(ClientError::Connection(source)) => Err(broke_off(name, size, size, source)),
            Err(other) => Err(other),
        }
    }

    async fn read<T: DeserializeOwned>(&mut self) -> Result<T, ClientError> {
        let early_end = || ClientError::Connection(io::ErrorKind::UnexpectedEof.into());
        let message = read_message(&mut self.stream).await?.ok_or_else(early_end)?;
        decode(&message).map_err(|error| ClientError::Protocol(error.to_string()))
    }

    async fn write(&mut self, message: &impl Serialize) -> Result<(), ClientError> {
        Ok(write_message(&mut self.stream, &json(message)?).await?)
    }
}

fn json(message: &impl Serialize) -> Result<Vec<u8>, ClientError> {
    encode(message).map_err(|error| ClientError::Protocol(error.to_string()))
}

fn broke_off(name: &str, done: u64, size: u64, source: io::Error) -> ClientError {
    ClientError::BrokeOff { name: name.to_owned(), done, size, source }
}

fn unexpected(wanted: &str, got: &Reply) -> ClientError {
    let got = format!("{got:?}");
    ClientError::Protocol(format!("the server was asked for {wanted} and answered {}", Printable(&got)))
}

async fn open_local(path: &Path) -> Result<(File, u64), LocalError> {
    let failed = |error| LocalError::at(path, error);
    // Looked at first: opening a named pipe would wait for its writer.
    if !tokio::fs::metadata(path).await.map_err(failed)?.is_file() {
        return Err(LocalError::NotAFile(path.to_owned()));
    }
    let file = File::open(path).await.map_err(failed)?;
    let size = file.metadata().await.map_err(failed)?.len();
    Ok((file, size))
}

/// Whether the bytes sent are not the file, and why.
async fn local_fault(path: &Path, file: &File, size: u64, fault: Option<SourceFault>) -> Option<LocalError> {
    match (fault, file.metadata().await) {
        (Some(SourceFault::Unreadable(error)), _) | (None, Err(error)) => Some(LocalError::at(path, error)),
        (Some(SourceFault::EndedAt(_)), _) => Some(LocalError::Changed(path.to_owned())),
        (None, Ok(now)) => (now.len() != size).then(|| LocalError::Changed(path.to_owned())),
    }
}

#[cfg(test)]
mod tests;

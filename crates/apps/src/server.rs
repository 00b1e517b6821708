//! The server's side of a connection: one request after the other.

use std::io;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::files::OpenFile;
use crate::framing::{FrameError, read_message, write_message};
use crate::message::{decode, encode};
use crate::transfer::{self, ReceiveError};
use crate::upload::Upload;
use crate::{Calc, Dns, ErrorCode, FileName, FileService, Reply, Request, ServiceError, Task, Trailer};

/// How many files go into one message. A name has at most 255 bytes, which JSON may double.
const FILES_PER_MESSAGE: usize = 64;

/// What a server offers.
#[derive(Debug, Clone)]
pub struct Services {
    /// Files below one directory.
    pub files: FileService,
    /// The calculator.
    pub calc: Calc,
    /// DNS look-ups.
    pub dns: Dns,
}

/// What happened on a connection that ended well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Requests taken in, the refused ones among them.
    pub requests: u64,
    /// Requests answered with an error.
    pub refused: u64,
    /// Bytes of files sent.
    pub bytes_sent: u64,
    /// Bytes of files received.
    pub bytes_received: u64,
}

/// Why a connection ended otherwise than by its peer closing between requests.
#[derive(Debug, Error)]
pub enum ServeError {
    /// A message could not be read or written.
    #[error(transparent)]
    Message(#[from] FrameError),
    /// A file could not be sent whole.
    #[error("{task}: the connection failed while sending: {source}")]
    Sending {
        /// What was being done.
        task: Task,
        /// What the connection said.
        source: io::Error,
    },
    /// A file could not be received whole. Nothing of it is kept.
    #[error("{task}: the connection broke off after {received} of {size} bytes: {source}")]
    BrokeOff {
        /// What was being done.
        task: Task,
        /// Bytes that arrived.
        received: u64,
        /// Bytes announced.
        size: u64,
        /// What the connection said.
        source: io::Error,
    },
}

/// Serves one connection until its peer closes it, and leaves closing our side to the caller.
/// `on_task` hears of each request before it is carried out.
///
/// One request is served at a time, in bounded memory whatever the peer sends; how long a silent
/// peer may stay is for the connection to decide. Not cancel-safe: dropping the future leaves the
/// connection out of step (close it) but no partial file under a final name.
///
/// # Errors
/// When the connection fails or ends inside a message or a file. A request that can't be fulfilled
/// is no error here but an answer.
pub async fn serve<S>(
    stream: &mut S,
    services: &Services,
    mut on_task: impl FnMut(&Task),
) -> Result<Summary, ServeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut session = Session { stream, services, summary: Summary::default() };
    while let Some(message) = session.next_message().await? {
        session.summary.requests += 1;
        let answered = match decode(&message) {
            Ok(request) => {
                let task = Task::from(&request);
                on_task(&task);
                session.answer(request, task).await
            }
            Err(not_understood) => Err(Stop::Refusal(not_understood)),
        };
        match answered {
            Ok(()) => {}
            Err(Stop::Refusal(error)) => session.refuse(error).await?,
            Err(Stop::Connection(error)) => return Err(error),
        }
    }
    Ok(session.summary)
}

struct Session<'a, S> {
    stream: &'a mut S,
    services: &'a Services,
    summary: Summary,
}

/// Why a request was not fulfilled: the one is an answer, the other the end.
enum Stop {
    Refusal(ServiceError),
    Connection(ServeError),
}

impl From<ServiceError> for Stop {
    fn from(error: ServiceError) -> Self {
        Self::Refusal(error)
    }
}

impl From<ServeError> for Stop {
    fn from(error: ServeError) -> Self {
        Self::Connection(error)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    async fn next_message(&mut self) -> Result<Option<Vec<u8>>, ServeError> {
        let message = read_message(self.stream).await;
        if let Err(error @ FrameError::TooLong { .. }) = &message {
            let refusal = ServiceError::new(ErrorCode::TooLong, error.to_string());
            self.refuse(refusal).await?;
        }
        Ok(message?)
    }

    async fn answer(&mut self, request: Request, task: Task) -> Result<(), Stop> {
        match request {
            Request::List => self.list().await,
            Request::Get { name } => self.get(&name, task).await,
            Request::Put { name, size, overwrite } => self.put(&name, size, overwrite, task).await,
            Request::Calc { expression } => {
                let value = self.services.calc.evaluate(expression).await?;
                Ok(self.reply(&Reply::Value { value }).await?)
            }
            Request::Dns { name } => {
                let addresses = self.services.dns.addresses(&name).await?;
                Ok(self.reply(&Reply::Addresses { addresses }).await?)
            }
        }
    }

    async fn list(&mut self) -> Result<(), Stop> {
        let mut files = self.services.files.list().await?;
        loop {
            let rest = files.split_off(files.len().min(FILES_PER_MESSAGE));
            let more = !rest.is_empty();
            self.reply(&Reply::Files { files, more }).await?;
            if !more {
                return Ok(());
            }
            files = rest;
        }
    }

    async fn get(&mut self, name: &str, task: Task) -> Result<(), Stop> {
        let path = FileName::parse(name).map_err(ServiceError::from)?;
        let mut open = self.services.files.open_file(&path).await?;
        if open.size <= transfer::CHUNK as u64 {
            return self.get_small(name, open, task).await;
        }
        self.reply(&Reply::File { size: open.size }).await?;
        let sent = transfer::send(self.stream, &mut open.file, open.size, |_, _| ()).await;
        let sent = sent.map_err(|source| ServeError::Sending { task, source })?;
        self.summary.bytes_sent += open.size;
        let trailer = match open.verdict(name, sent.fault).await {
            Ok(()) => Trailer::Complete { hash: sent.hash },
            Err(error) => {
                self.summary.refused += 1;
                Trailer::Failed(error)
            }
        };
        Ok(self.write(&trailer).await?)
    }

    /// A small file is read first: its hash goes ahead, and what can't be read is refused before a byte is sent.
    async fn get_small(&mut self, name: &str, mut open: OpenFile, task: Task) -> Result<(), Stop> {
        let (bytes, fault) = match transfer::read_small(&mut open.file, open.size).await {
            Ok(bytes) => (bytes, None),
            Err(fault) => (Vec::new(), Some(fault)),
        };
        open.verdict(name, fault).await?;
        self.reply(&Reply::SmallFile { size: open.size, hash: blake3::hash(&bytes) }).await?;
        transfer::write(self.stream, &bytes).await.map_err(|source| ServeError::Sending { task, source })?;
        self.summary.bytes_sent += open.size;
        Ok(())
    }

    async fn put(&mut self, name: &str, size: u64, overwrite: bool, task: Task) -> Result<(), Stop> {
        let name = FileName::parse(name).map_err(ServiceError::from)?;
        let mut upload = self.services.files.create(&name, overwrite).await?;
        self.reply(&Reply::Proceed).await?;
        let kept = self.take_in(&mut upload, &name, size, task).await?;
        let hash = match self.trailer().await? {
            Trailer::Complete { hash } => hash,
            Trailer::Failed(error) => return Err(error.into()),
        };
        if kept? != hash {
            let why = format!("`{name}` arrived with another hash than its sender stated; send it again");
            return Err(ServiceError::new(ErrorCode::HashMismatch, why).into());
        }
        upload.finish().await?;
        Ok(self.reply(&Reply::Stored { hash }).await?)
    }

    /// Takes `size` bytes off the stream, whether or not the disk can keep them: the client is
    /// sending them in any case, and is told afterwards.
    async fn take_in(
        &mut self,
        upload: &mut Upload,
        name: &FileName,
        size: u64,
        task: Task,
    ) -> Result<Result<blake3::Hash, ServiceError>, ServeError> {
        let broke_off = |received, source| ServeError::BrokeOff { task, received, size, source };
        let kept = match transfer::receive(self.stream, size, &mut upload.file, |_, _| ()).await {
            Ok(hash) => Ok(hash),
            Err(ReceiveError::Stream { received, source }) => return Err(broke_off(received, source)),
            Err(ReceiveError::Sink { received, source }) => {
                let mut nowhere = tokio::io::sink();
                let rest = transfer::receive(self.stream, size - received, &mut nowhere, |_, _| ()).await;
                if let Err(ReceiveError::Stream { received: more, source }) = rest {
                    return Err(broke_off(received + more, source));
                }
                Err(crate::files::file_error(&name.to_string(), &source))
            }
        };
        self.summary.bytes_received += size;
        Ok(kept)
    }

    async fn trailer(&mut self) -> Result<Trailer, Stop> {
        let early_end = || FrameError::Io(io::ErrorKind::UnexpectedEof.into());
        let message = self.next_message().await?.ok_or_else(early_end).map_err(ServeError::from)?;
        Ok(decode(&message)?)
    }

    async fn refuse(&mut self, error: ServiceError) -> Result<(), ServeError> {
        self.summary.refused += 1;
        self.reply(&Reply::Error(error)).await
    }

    async fn reply(&mut self, reply: &Reply) -> Result<(), ServeError> {
        self.write(reply).await
    }

    async fn write(&mut self, message: &impl serde::Serialize) -> Result<(), ServeError> {
        let json = encode(message).map_err(io::Error::from).map_err(FrameError::from)?;
        Ok(write_message(self.stream, &json).await?)
    }
}

#[cfg(test)]
mod tests;

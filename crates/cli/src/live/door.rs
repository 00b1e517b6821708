//! The side that answers.

use std::fs;
use std::io;
use std::os::unix::net::UnixListener as StdListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::gather::Watched;
use super::place;
use super::protocol::{Answer, Question, Request, VERSION};

/// So many may look at once. Whoever comes then waits until another leaves.
const MAX_ATTACHED: usize = 16;
/// The process may be out of file descriptors for a while.
const AFTER_AN_ERROR: Duration = Duration::from_millis(200);
/// No question is longer, in bytes.
const LONGEST_QUESTION: u64 = 4096;

/// A socket on which questions are answered, until it is dropped: then it is gone.
pub(super) struct Door {
    path: PathBuf,
    answering: JoinHandle<()>,
}

impl Door {
    /// Opens one for this process, in the first directory that will do. Sockets that dead processes have left there go.
    ///
    /// # Errors
    /// What the last directory has against it.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub(super) fn open(watched: Watched) -> io::Result<Self> {
        let mut failure = io::Error::from(io::ErrorKind::NotFound);
        for directory in place::candidates() {
            match listen(&directory, std::process::id()) {
                Ok((listener, path)) => {
                    let listener = UnixListener::from_std(listener)?;
                    return Ok(Self { path, answering: tokio::spawn(answer_all(listener, watched)) });
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.answering.abort();
        let _gone_already = fs::remove_file(&self.path);
    }
}

/// A socket appears under its name when it answers, and is its owner's alone from the start: its directory is.
fn listen(directory: &Path, pid: u32) -> io::Result<(StdListener, PathBuf)> {
    place::make(directory)?;
    place::sweep(directory);
    let (unfinished, path) = (place::unfinished(directory, pid), place::socket(directory, pid));
    let _left_by_one_that_died = fs::remove_file(&unfinished);
    let listener = StdListener::bind(&unfinished)?;
    listener.set_nonblocking(true)?;
    place::make_private(&unfinished)?;
    fs::rename(&unfinished, &path)?;
    Ok((listener, path))
}

async fn answer_all(listener: UnixListener, watched: Watched) {
    let mut attached = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if attached.len() < MAX_ATTACHED => match accepted {
                Ok((stream, _)) => { attached.spawn(answer(stream, watched.clone())); }
                Err(_) => tokio::time::sleep(AFTER_AN_ERROR).await,
            },
            Some(_) = attached.join_next() => {}
        }
    }
}

/// Answers one who is attached until they leave.
async fn answer(stream: UnixStream, watched: Watched) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    while let Some(line) = question(&mut reader).await? {
        match serde_json::from_slice(&line) {
            Ok(Request { version: VERSION, ask: Question::Snapshot }) => {
                snapshot(&mut writer, &watched).await?;
            }
            Ok(Request { version, .. }) => {
                let message = format!("this lucid speaks version {VERSION} here, not {version}");
                return say(&mut writer, &[Answer::Error { message }]).await;
            }
            Err(error) => {
                let message = format!("not a question: {error}");
                return say(&mut writer, &[Answer::Error { message }]).await;
            }
        }
    }
    Ok(())
}

/// The next line, unless they have left.
async fn question(reader: &mut BufReader<OwnedReadHalf>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    reader.take(LONGEST_QUESTION).read_until(b'\n', &mut line).await?;
    Ok((!line.is_empty()).then_some(line))
}

async fn snapshot(writer: &mut OwnedWriteHalf, watched: &Watched) -> io::Result<()> {
    say(writer, &[Answer::Process(watched.process()?)]).await?;
    let mut connections = 0;
    for slice in watched.connections() {
        connections += slice.len();
        let lines: Vec<_> =
            slice.into_iter().map(|connection| Answer::Connection(connection.into())).collect();
        say(writer, &lines).await?;
        // The socket may take it all at once, and others want their turn.
        tokio::task::yield_now().await;
    }
    say(writer, &[Answer::End { connections }]).await
}

/// Writes lines, in one piece.
async fn say(writer: &mut OwnedWriteHalf, lines: &[impl Serialize]) -> io::Result<()> {
    let mut bytes = Vec::new();
    for line in lines {
        crate::views::json_line(&mut bytes, line)?;
    }
    writer.write_all(&bytes).await
}

#[cfg(test)]
mod tests;

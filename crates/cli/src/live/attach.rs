//! The side that asks.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

use super::place;
use super::protocol::{Answer, Connection, Process, Question, Request, VERSION};
use crate::exit::{Exit, Failure};
use crate::quantity::counted;

/// A process that is well answers sooner.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// No line of an answer is longer, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// How a process was at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) process: Process,
    /// In the order of their numbers.
    pub(crate) connections: Vec<Connection>,
}

/// A running lucid that answers.
pub(crate) struct Attached {
    pub(crate) pid: u32,
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

/// The sockets of this user's lucids, with the numbers of their processes; those of dead ones are cleaned away.
pub(crate) fn running() -> Vec<(u32, PathBuf)> {
    let directories = place::candidates();
    directories.iter().for_each(|directory| place::sweep(directory));
    directories.iter().flat_map(|directory| place::sockets(directory)).collect()
}

/// What is to be done when there is nothing to look at.
pub(crate) fn nothing_runs() -> Failure {
    let places: Vec<_> = place::candidates().iter().map(|place| place.display().to_string()).collect();
    Failure::new(Exit::NoAnswer, "no lucid of yours is running")
        .because(format!("there is no socket in {}", places.join(" or ")))
        .try_this("start one, such as lucid serve, and ask again while it runs")
}

/// The one with this number.
///
/// # Errors
/// With [`Exit::NoAnswer`]: there is no such process, or none that can be looked at.
pub(crate) async fn to(pid: u32) -> Result<Attached, Failure> {
    let running = running();
    let Some((_, socket)) = running.iter().find(|(found, _)| *found == pid) else {
        if running.is_empty() {
            return Err(nothing_runs());
        }
        let others: Vec<_> = running.iter().map(|(pid, _)| pid.to_string()).collect();
        return Err(Failure::new(
            Exit::NoAnswer,
            format!("no lucid of yours with the process id {pid} is running"),
        )
        .try_this(format!("these are: {}", others.join(", "))));
    };
    Attached::open(pid, socket).await.map_err(|error| silent(pid, &error))
}

/// The only one there is; none, if there are several.
///
/// # Errors
/// With [`Exit::NoAnswer`]: there is none at all.
pub(crate) async fn the_only_one() -> Result<Option<Attached>, Failure> {
    let mut answering = Vec::new();
    for (pid, socket) in running() {
        // Or it has ended just now.
        answering.extend(Attached::open(pid, &socket).await);
    }
    if answering.is_empty() {
        return Err(nothing_runs());
    }
    let last = answering.pop();
    Ok(last.filter(|_| answering.is_empty()))
}

/// All of this user's, each with how it is just now, or why it doesn't say so for so long.
pub(crate) async fn all(patience: Duration) -> Vec<(u32, io::Result<Snapshot>)> {
    let looks = running().into_iter().map(|(pid, socket)| {
        let look = async move { Attached::open(pid, &socket).await?.within(patience).await };
        (pid, tokio::spawn(look))
    });
    let mut all = Vec::new();
    for (pid, look) in looks.collect::<Vec<_>>() {
        match look.await.unwrap_or_else(|broken| Err(io::Error::other(broken))) {
            // It has ended just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            looked => all.push((pid, looked)),
        }
    }
    all
}

/// What it is, in a few words.
pub(crate) fn title(snapshot: &Snapshot) -> String {
    let Snapshot { process, connections } = snapshot;
    format!("{} on {}, {}", process.command, process.local, counted(connections.len(), "connection"))
}

/// Why there is no answer.
pub(crate) fn silent(pid: u32, error: &io::Error) -> Failure {
    Failure::new(Exit::NoAnswer, format!("process {pid} doesn't answer")).because(error)
}

impl Attached {
    pub(crate) async fn open(pid: u32, socket: &Path) -> io::Result<Self> {
        let (reader, writer) = UnixStream::connect(socket).await?.into_split();
        Ok(Self { pid, reader: BufReader::new(reader), writer })
    }

    /// How it is just now.
    ///
    /// # Errors
    /// It has ended: `UnexpectedEof`, or the socket's own. Or it says what can't be understood: `InvalidData`.
    pub(crate) async fn snapshot(&mut self) -> io::Result<Snapshot> {
        let mut question = Vec::new();
        crate::views::json_line(&mut question, &Request { version: VERSION, ask: Question::Snapshot })?;
        self.writer.write_all(&question).await?;
        let Answer::Process(process) = self.line().await? else {
            return Err(odd("an answer without a beginning"));
        };
        let mut connections = Vec::new();
        loop {
            match self.line().await? {
                Answer::Connection(connection) => connections.push(*connection),
                Answer::End { .. } => return Ok(Snapshot { process, connections }),
                Answer::Process(_) => return Err(odd("an answer within an answer")),
                Answer::Error { message } => return Err(odd(message)),
            }
        }
    }

    /// How it is just now, if it says so soon enough.
    ///
    /// # Errors
    /// As [`Attached::snapshot`]; or `TimedOut`.
    pub(crate) async fn within(&mut self, patience: Duration) -> io::Result<Snapshot> {
        timeout(patience, self.snapshot()).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn line(&mut self) -> io::Result<Answer> {
        let mut line = Vec::new();
        (&mut self.reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
        if line.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it has ended"));
        }
        match serde_json::from_slice(&line)? {
            Answer::Error { message } => Err(odd(message)),
            answer => Ok(answer),
        }
    }
}

fn odd(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

//! What the tests share: a served directory, and streams to its server.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::task::JoinHandle;

use crate::framing::{read_message, write_message};
use crate::{Calc, Client, Dns, FileService, Reply, ServeError, Services, Summary, serve};

/// Two directories: what the server serves, and where the client keeps its files.
pub(crate) struct World {
    pub(crate) served: TempDir,
    pub(crate) local: TempDir,
    pub(crate) services: Services,
}

pub(crate) type Served = JoinHandle<(Result<Summary, ServeError>, Vec<String>)>;

impl World {
    /// Files by name and content. Uploads are off, and DNS asks a port where nobody answers.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let (served, local) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, content) in files {
            fs::write(served.path().join(name), content).unwrap();
        }
        let dns = Dns::with_nameserver(SocketAddr::from(([127, 0, 0, 1], 9))).answer_within(Duration::ZERO);
        let services =
            Services { files: FileService::open(served.path()).unwrap(), calc: Calc::default(), dns };
        Self { served, local, services }
    }

    pub(crate) fn taking_files(mut self) -> Self {
        self.services.files = self.services.files.allow_put(true);
        self
    }

    /// Serves `stream` in the background; what the observer heard comes with the outcome.
    pub(crate) fn serve<S>(&self, mut stream: S) -> Served
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let services = self.services.clone();
        tokio::spawn(async move {
            let mut tasks = Vec::new();
            let outcome = serve(&mut stream, &services, |task| tasks.push(task.to_string())).await;
            (outcome, tasks)
        })
    }

    /// A pipe that holds less than a chunk, so that every write is cut.
    pub(crate) fn pipe(&self) -> (DuplexStream, Served) {
        let (ours, theirs) = duplex(1000);
        (ours, self.serve(theirs))
    }

    pub(crate) fn client(&self) -> (Client<DuplexStream>, Served) {
        let (stream, served) = self.pipe();
        (Client::new(stream), served)
    }

    pub(crate) fn local_path(&self, name: &str) -> PathBuf {
        self.local.path().join(name)
    }
}

/// The names in a directory, hidden ones too.
pub(crate) fn names_in(directory: &Path) -> Vec<String> {
    let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(directory).unwrap().map(name).collect();
    names.sort();
    names
}

/// Bytes that repeat only after 251 of them, so that a shift shows.
pub(crate) fn pattern(size: usize) -> Vec<u8> {
    (0_u8..251).cycle().take(size).collect()
}

/// Says something as raw JSON and reads the reply.
pub(crate) async fn ask_raw(stream: &mut DuplexStream, json: &str) -> Reply {
    write_message(stream, json.as_bytes()).await.unwrap();
    read_reply(stream).await
}

pub(crate) async fn read_reply(stream: &mut DuplexStream) -> Reply {
    let message = read_message(stream).await.unwrap().expect("a reply");
    serde_json::from_slice(&message).unwrap()
}

/// A stream that gives what it was given to read, and remembers how it was written to.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) to_read: io::Cursor<Vec<u8>>,
    pub(crate) did: Vec<Did>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Did {
    Write(usize),
    Flush,
}

impl AsyncRead for Recorder {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.to_read).poll_read(cx, to)
    }
}

impl AsyncWrite for Recorder {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.did.push(Did::Write(bytes.len()));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.did.push(Did::Flush);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

//! What `--json` says: one of these a line, on standard output.

use std::net::SocketAddr;
use std::path::Path;

use lucid_conn::engine::ConnId;
use lucid_views::compare::{Parting, Row};
use lucid_views::explain::{Explanation, Moment};
use serde::Serialize;

use crate::answer::Answer;
use crate::exit::{Exit, Failure};
#[cfg(unix)]
use crate::live::protocol::{Connection, Process};
use crate::settings::Task;

/// One line. Fields may be added; those there are keep their meaning.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Said<'a> {
    /// A server is ready.
    Listening { address: SocketAddr },
    /// Prometheus is told, at `/metrics`.
    Metrics { address: SocketAddr },
    /// A lucid that runs; its connections follow.
    #[cfg(unix)]
    Process(&'a Process),
    /// A connection of a running lucid; rates are in bytes per second, and not there for one that is new.
    #[cfg(unix)]
    Connection {
        pid: u32,
        #[serde(flatten)]
        connection: &'a Connection,
        delivery_rate: Option<u64>,
        receive_rate: Option<u64>,
    },
    /// The faults are drawn from this, by our own choice.
    Seed { seed: u64 },
    /// A client's connection is open.
    Connected { server: &'a str, local: SocketAddr },
    /// How far a transfer is, in bytes; at most one line for each percent.
    Progress {
        #[serde(flatten)]
        task: &'a Task,
        done: u64,
        size: u64,
    },
    /// What a task has brought.
    Result {
        #[serde(flatten)]
        task: &'a Task,
        #[serde(flatten)]
        answer: &'a Answer,
    },
    /// A task failed. The others go on, unless the connection did not survive it.
    Error {
        #[serde(flatten)]
        task: &'a Task,
        #[serde(flatten)]
        failure: &'a Failure,
    },
    /// A server was asked something.
    Asked { conn: ConnId, peer: SocketAddr, task: String },
    /// A server's connection has ended, as it should.
    Served {
        conn: ConnId,
        peer: SocketAddr,
        requests: u64,
        refused: u64,
        bytes_sent: u64,
        bytes_received: u64,
    },
    /// A server's connection has ended badly.
    Lost { conn: ConnId, peer: SocketAddr, why: String },
    /// A recording did the same again.
    Replayed { inputs: u64, segments: u64, connections: usize, left_over: u64, seconds: f64 },
    /// Something that happened in a recorded run, and why.
    Explained {
        conn: ConnId,
        #[serde(flatten)]
        explanation: &'a Explanation,
    },
    /// Runs beside each other: a row for each, and where they part.
    Compared { title: &'a str, rows: &'a [Row], parting: Option<&'a Parting> },
    /// How a recorded connection stood at one time.
    Moment {
        conn: ConnId,
        #[serde(flatten)]
        moment: &'a Moment,
    },
    /// A page was made of a recorded run.
    Page { page: &'a Path, bytes: usize, summary: &'a str },
    /// A packet capture was made.
    Captured { file: &'a Path, packets: u64, lost: u64 },
    /// A qlog was made.
    Logged { file: &'a Path, events: u64 },
    /// How the run ended: the last line, and the only one of its kind.
    Done { ok: bool, exit: Exit, error: Option<&'a Failure> },
}

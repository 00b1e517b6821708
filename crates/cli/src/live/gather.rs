//! An endpoint's connections as the protocol tells them.

use std::time::Duration;

use lucid_conn::Endpoint;
use lucid_conn::engine::Counts;

use super::protocol::{Connection, Process, VERSION};
use crate::clock::Stopwatch;

/// What can be looked at.
#[derive(Clone)]
pub(crate) struct Watched {
    endpoint: Endpoint,
    command: &'static str,
    counted_header: u16,
    up: Stopwatch,
}

impl Watched {
    /// `counted_header` is [`lucid_conn::Config::counted_header`].
    pub(crate) fn new(endpoint: Endpoint, command: &'static str, counted_header: u16) -> Self {
        Self { endpoint, command, counted_header, up: Stopwatch::start() }
    }

    /// Who it is.
    ///
    /// # Errors
    /// The operating system doesn't say where its endpoint is.
    pub(crate) fn process(&self) -> std::io::Result<Process> {
        Ok(Process {
            version: VERSION,
            pid: std::process::id(),
            command: self.command.to_owned(),
            local: self.endpoint.local_addr()?,
            up_us: micros(self.up.elapsed()),
            totals: self.totals(),
        })
    }

    /// What happened on all its connections, also on those that are over.
    pub(crate) fn totals(&self) -> Counts {
        self.endpoint.totals()
    }

    /// All connections, a slice at a time: between two slices the endpoint does its work.
    pub(crate) fn connections(&self) -> impl Iterator<Item = Vec<Connection>> + Send + use<> {
        let (up, counted_header) = (self.up, self.counted_header);
        self.endpoint.survey().map(move |slice| {
            let at = micros(up.elapsed());
            slice.iter().map(|seen| Connection::new(seen, at, counted_header)).collect()
        })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

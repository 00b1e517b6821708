//! A run as qlog: the IETF's logging format (draft-ietf-quic-qlog-main-schema), as JSON text sequences (RFC 7464).
//!
//! The format is any protocol's; the event schemas that there are so far are QUIC's and HTTP/3's. TCP's events go under a
//! namespace of their own, `tcp`, and have the names and fields of QUIC's where these fit: `packet_sent`,
//! `packet_received`, `packet_dropped`, `packet_lost`, `recovery_metrics_updated`, `congestion_state_updated`,
//! `connection_state_updated`, `timer_updated`, `mtu_updated`, `server_listening`, `connection_started`, `connection_closed`.
//! All others go by the names that they have in our own trace. Each has its `cause`, and its clause as `rfc`; `group_id` is
//! the connection's number.
//!
//! Times are milliseconds, as the draft has it, since the run began.

use std::io::{self, BufWriter, Read, Write};

use lucid_conn::engine::{Event, RecordingError, RecordingReader, ReplayError, What, replay_with};
use serde::Serialize;
use serde_json::{Value, json};

mod data;

/// What names the schema of these events, which this file tells. The draft keeps its own URNs for RFCs and wants the namespace in
/// the name; a UUID (RFC 9562 section 4) is nobody's domain, and no one else's.
pub const SCHEMA: &str = "urn:uuid:b836b1ad-6eec-45b0-a2de-16e6892fe515?=namespace=tcp";

/// What begins and what ends a record (RFC 7464 section 2.2).
const RECORD_SEPARATOR: &[u8] = b"\x1e";
const LINE_FEED: &[u8] = b"\n";

/// Why a log is not whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The recording can't be read to its end, or doesn't replay. What came before was written.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The log can't be written.
    #[error("writing the log failed: {0}")]
    Write(#[from] io::Error),
}

impl From<RecordingError> for Error {
    fn from(error: RecordingError) -> Self {
        Self::Replay(error.into())
    }
}

/// Writes the events of a recorded run. Says how many records there are behind the first. Neither `recording` nor `to`
/// need be buffered.
///
/// # Errors
/// If the recording can't be read to its end, or `to` not be written to. What was good of the recording is written in
/// either case, and `to` flushed.
pub fn write<R: Read, W: Write>(recording: R, to: W) -> Result<u64, Error> {
    let recording = RecordingReader::open(recording)?;
    let mut log = Log { to: BufWriter::new(to), records: 0, has_begun: false };
    let mut failed = None;
    let replayed = replay_with(recording, None, &mut |event| {
        if failed.is_none() {
            failed = log.event(event).err();
        }
    });
    failed.map_or(Ok(()), Err)?;
    log.begin("unknown")?;
    log.to.flush()?;
    replayed?;
    Ok(log.records)
}

struct Log<W: Write> {
    to: BufWriter<W>,
    records: u64,
    has_begun: bool,
}

impl<W: Write> Log<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.begin(vantage_point(event))?;
        for (name, mut data) in data::of(&event.what) {
            data["cause"] = event.cause.sentence().into();
            data["rfc"] = event.rfc.into();
            let time = event.at.as_nanos() as f64 / 1e6;
            let group_id = event.conn.map(|conn| conn.to_string());
            self.record(&Record { time, name: format!("tcp:{name}"), group_id, data })?;
            self.records += 1;
        }
        Ok(())
    }

    /// The first record, once. A recording doesn't say which end it is of; its first event does.
    fn begin(&mut self, vantage_point: &str) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        self.record(&header(vantage_point))
    }

    fn record(&mut self, record: &impl Serialize) -> io::Result<()> {
        self.to.write_all(RECORD_SEPARATOR)?;
        serde_json::to_writer(&mut self.to, record)?;
        self.to.write_all(LINE_FEED)
    }
}

/// A record that is not the first.
#[derive(Serialize)]
struct Record {
    /// In milliseconds.
    time: f64,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    data: Value,
}

/// The first record. What says that it is qlog stands first, as the draft asks for.
fn header(vantage_point: &str) -> impl Serialize + use<> {
    #[derive(Serialize)]
    struct Header {
        file_schema: &'static str,
        serialization_format: &'static str,
        title: &'static str,
        trace: Value,
    }
    Header {
        file_schema: "urn:ietf:params:qlog:file:sequential",
        serialization_format: "application/qlog+json-seq",
        title: concat!("lucid ", env!("CARGO_PKG_VERSION")),
        trace: json!({
            "common_fields": {
                "time_format": "relative_to_epoch",
                // The run's own clock: when it began is in no recording.
                "reference_time": { "clock_type": "monotonic", "epoch": "unknown" },
            },
            "vantage_point": { "name": "lucid", "type": vantage_point },
            "event_schemas": [SCHEMA],
        }),
    }
}

/// Whose view it is, by the first thing that happened there.
fn vantage_point(first: &Event) -> &'static str {
    match first.what {
        What::Listening { .. } | What::Opened { active: false, .. } => "server",
        What::Opened { active: true, .. } => "client",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests;

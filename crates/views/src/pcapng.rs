//! A run as a packet capture that Wireshark reads: what was in UDP datagrams gets an IP header of its own, and its TCP
//! checksum anew; each packet has a comment that says why it was sent, or what it did.
//!
//! Of one endpoint's recording it is what a capture beside that endpoint would have: all it sent, whatever became of that
//! on the way, and all it received. Of both endpoints' recordings it has each segment once, when it was sent, and says
//! whether it arrived.
//!
//! The endpoint itself has the address 192.0.2.1 or 2001:db8::1, for a recording doesn't say where it was bound. A peer
//! has its own, unless that is a loopback address, or another peer (on another UDP port) has it already: then it gets one
//! of 198.18.0.0/15 or 2001:db8::/32, and its first packet's comment says so.
//!
//! Where a recording leaves payload out, so does the capture: packets end behind their headers, and say how long they were.
//! Their TCP checksums can't be right then, and readers don't look at them.

use std::io::{self, Read, Write};

use lucid_conn::engine::{Event, RecordingError, ReplayError};

mod addresses;
mod both;
mod comment;
mod faults;
mod file;
mod packet;

pub use both::write_both;

use crate::segments::Segments;
use addresses::Addresses;
use faults::Faults;
use file::File;

/// What is known of a run beside its recording: whoever was there while it went on knows it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// When the run began, in nanoseconds since 1970; a recording alone doesn't say, and packets are then told from 1970
    /// on.
    pub unix_start_ns: u64,
    /// What the faults layer did, in its order: the events [`What::Faulted`](lucid_conn::engine::What::Faulted). It stands
    /// between engine and network, and so in no recording.
    pub faults: Vec<Event>,
}

/// What a capture holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many packets.
    pub packets: u64,
    /// How many of them never arrived, as far as that is known.
    pub lost: u64,
    /// How many datagrams were lost on their way in that can't be shown: nobody knows whose they were.
    pub not_shown: u64,
}

/// Why a capture is not whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The recording can't be read to its end, or doesn't replay. What came before was written.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Not a single segment that one of two recordings has sent was received in the other.
    #[error("the two recordings have no segment in common: they are not of both ends of a connection")]
    NothingInCommon,
    /// The capture can't be written.
    #[error("writing the capture failed: {0}")]
    Write(io::Error),
}

impl From<RecordingError> for Error {
    fn from(error: RecordingError) -> Self {
        Self::Replay(error.into())
    }
}

/// Writes what an endpoint has sent and received, by its recording. Neither `recording` nor `to` need be buffered.
///
/// # Errors
/// If the recording can't be read to its end, or `to` not be written to. What was good of the recording is written in
/// either case, and `to` flushed.
pub fn write<R: Read, W: Write>(recording: R, beside: &Beside, to: W) -> Result<Written, Error> {
    let mut segments = Segments::open(recording)?;
    let mut file = File::begin(to, beside.unix_start_ns, "what one endpoint sent and received")?;
    let mut faults = Faults::new(&beside.faults);
    let mut addresses = Addresses::default();
    let mut written = Written::default();
    let end = loop {
        let passed = match segments.next_segment() {
            Ok(Some(passed)) => passed,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        while let Some(lost) = faults.lost_before(passed.at) {
            written.lost += 1;
            file.packet(&lost.packet(&mut addresses))?;
        }
        let happened = faults.of(&passed);
        written.lost += u64::from(faults::are_fatal(&happened) && passed.outgoing);
        let mut packet = packet::of(&passed, &mut addresses);
        if !segments.holds_payload() {
            packet::cut_payload(&mut packet.bytes);
        }
        packet.comment.splice(0..0, happened.iter().map(|fault| comment::fault(*fault, passed.outgoing)));
        file.packet(&packet)?;
    };
    while let Some(lost) = faults.lost_before(lucid_conn::engine::Time::from_nanos(u64::MAX)) {
        written.lost += 1;
        file.packet(&lost.packet(&mut addresses))?;
    }
    written.not_shown = faults.not_shown();
    written.packets = file.finish()?;
    end?;
    Ok(written)
}

#[cfg(test)]
mod tests;

//! What may be wrong with a recording.

use std::io;

use super::{MAX_BODY, VERSION};

/// Why a recording can't be read (any further). Records are numbered from 1; the setup before them is 0.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It does not begin as one.
    #[error("this is not a recording: choose a file whose first line says \"lucid recording {VERSION}\"")]
    NotARecording,
    /// It is in another format.
    #[error(
        "the recording is in format {found}, and only {VERSION} is understood here: replay it with the version \
         of lucid that made it, or record the run again"
    )]
    Version {
        /// Its format's number.
        found: u32,
    },
    /// Something in it was changed.
    #[error(
        "the recording is damaged in record {record}, which begins at byte {offset}: copy the file again from \
         where it came, or record the run again"
    )]
    Corrupt {
        /// The first record that isn't as it was written.
        record: u64,
        /// Where it begins, in bytes from the start of the file.
        offset: u64,
    },
    /// It ends before its end mark. What was read up to here is as it was written.
    #[error(
        "the recording breaks off after {records} records: whatever recorded it was killed or is still running, or \
         the copy is incomplete. Copy the file again, or let the run that is recorded end in an orderly way"
    )]
    Truncated {
        /// How many whole records there are.
        records: u64,
    },
    /// A record's length is out of bounds, which no recorder writes.
    #[error(
        "the recording is damaged: record {record}, which begins at byte {offset}, claims {len} bytes, and \
         none has more than {MAX_BODY}. Copy the file again from where it came, or record the run again"
    )]
    TooLong {
        /// The record.
        record: u64,
        /// Where it begins, in bytes from the start of the file.
        offset: u64,
        /// How long it claims to be, in bytes.
        len: u32,
    },
    /// Reading failed.
    #[error("reading the recording failed: {0}")]
    Io(#[from] io::Error),
}

//! Recordings, made into files for the tools of others.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

use lucid_conn::engine::{RecordingError, RecordingReader, ReplayError};
use lucid_views::pcapng::{self, Beside};
use lucid_views::qlog;

use crate::blame;
use crate::exit::{Exit, Failure};
use crate::report::Report;
use crate::settings::{Export, Of};

/// Makes what is asked for.
///
/// # Errors
/// A recording can't be read or, with [`Exit::Mismatch`], doesn't replay to its end; or the file can't be written.
pub(crate) fn run(export: &Export, report: &Report) -> Result<(), Failure> {
    let Export { of, output } = export;
    match of {
        Of::Capture { recording, other: None } => {
            let recording = open(recording)?;
            let written = pcapng::write(recording, &Beside::default(), create(output)?);
            report.captured(output, &written.map_err(|error| not_whole(output, error))?);
        }
        Of::Capture { recording, other: Some(other) } => {
            let both = [open(recording)?, open(other)?];
            let written = pcapng::write_both(both, create(output)?);
            report.captured(output, &written.map_err(|error| not_whole(output, error))?);
        }
        Of::Log { recording } => log(open(recording)?, (output, create(output)?), report)?,
    }
    Ok(())
}

/// Makes a qlog of a recording, in the file of this name.
///
/// # Errors
/// As [`run`].
pub(crate) fn log(
    recording: File,
    (output, to): (&Path, impl Write),
    report: &Report,
) -> Result<(), Failure> {
    let records = qlog::write(recording, to);
    report.logged(output, records.map_err(|error| not_whole(output, error))?);
    Ok(())
}

/// A recording, found to be one: what isn't overwrites nothing.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    let unreadable = |error| blame::local(format!("cannot read the recording {}", path.display()), &error);
    let mut file = File::open(path).map_err(unreadable)?;
    match RecordingReader::open(&file) {
        Ok(_) => file.rewind().map_err(unreadable)?,
        Err(RecordingError::Io(error)) => return Err(unreadable(error)),
        Err(error) => {
            return Err(
                Failure::new(Exit::Mismatch, format!("cannot read {}", path.display())).because(error)
            );
        }
    }
    Ok(file)
}

/// The file, or standard output for `-`.
fn create(path: &Path) -> Result<Box<dyn Write>, Failure> {
    if is_stdout(path) {
        return Ok(Box::new(io::stdout().lock()));
    }
    let denied = |error| blame::local(format!("cannot write {}", path.display()), &error);
    Ok(Box::new(File::create(path).map_err(denied)?))
}

/// Whether it is written as `-`.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Why a file ends before its time, or isn't there at all.
pub(crate) enum Broken {
    Writing(io::Error),
    Reading(ReplayError),
    Other(String),
}

impl From<pcapng::Error> for Broken {
    fn from(error: pcapng::Error) -> Self {
        match error {
            pcapng::Error::Replay(error) => Self::Reading(error),
            pcapng::Error::Write(error) => Self::Writing(error),
            other @ pcapng::Error::NothingInCommon => Self::Other(other.to_string()),
        }
    }
}

impl From<qlog::Error> for Broken {
    fn from(error: qlog::Error) -> Self {
        match error {
            qlog::Error::Replay(error) => Self::Reading(error),
            qlog::Error::Write(error) => Self::Writing(error),
        }
    }
}

/// The failure to make the file at `path`.
pub(crate) fn not_whole(path: &Path, error: impl Into<Broken>) -> Failure {
    match error.into() {
        Broken::Writing(error) => blame::local(format!("cannot write {}", path.display()), &error),
        Broken::Reading(error) => {
            let what = format!("{} holds only a part of the run", path.display());
            Failure::new(Exit::Mismatch, what).because(error)
        }
        Broken::Other(error) => {
            Failure::new(Exit::Usage, format!("{} is empty", path.display())).because(error)
        }
    }
}

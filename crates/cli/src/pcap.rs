//! A capture of the run that goes on.
//!
//! It is recorded, and the recording becomes the capture at the end, whatever that end is: an error, or a signal. Were the
//! packets written as they pass, they would lack what an observer isn't told (options, payload), and the engine would wait
//! for it. The recording lies beside the capture until that is whole: of a run that was killed, `lucid pcap` can still make
//! one of it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use lucid_conn::engine::{Event, RecordingError, What};
use lucid_views::pcapng::{self, Beside, Error, Written};
use tempfile::NamedTempFile;

use crate::blame;
use crate::exit::Failure;
use crate::export;
use crate::settings::EndpointSettings;

/// A capture that is being made.
pub(crate) struct Capture {
    path: PathBuf,
    file: File,
    recording: Recording,
    beside: Beside,
}

/// Where the run is recorded.
enum Recording {
    /// Where `--record` says.
    Asked(PathBuf),
    /// Beside the capture, as long as that is being made.
    Own(NamedTempFile),
}

impl Recording {
    fn is_empty(&self) -> bool {
        let path = match self {
            Self::Asked(path) => path,
            Self::Own(file) => file.path(),
        };
        path.metadata().is_ok_and(|metadata| metadata.len() == 0)
    }
}

impl Capture {
    /// Begins a capture, if there is to be one.
    ///
    /// # Errors
    /// It, or the recording beside it, can't be written.
    pub(crate) fn begin(settings: &EndpointSettings, unix_start_ns: u64) -> Result<Option<Self>, Failure> {
        let Some(path) = settings.pcap.clone() else { return Ok(None) };
        let file = File::create(&path).map_err(|error| denied(&path, &error))?;
        let recording = match &settings.record {
            Some(path) => Recording::Asked(path.clone()),
            None => Recording::Own(beside(&path).map_err(|error| denied(&path, &error))?),
        };
        let beside = Beside { unix_start_ns, faults: Vec::new() };
        Ok(Some(Self { path, file, recording, beside }))
    }

    /// Where to record the run, unless `--record` says it.
    pub(crate) fn sink(&self) -> io::Result<Option<File>> {
        match &self.recording {
            Recording::Asked(_) => Ok(None),
            Recording::Own(file) => file.reopen().map(Some),
        }
    }

    /// Takes note of what the faults layer did: no recording has it.
    pub(crate) fn note(&mut self, event: &Event) {
        if matches!(event.what, What::Faulted { .. }) {
            self.beside.faults.push(event.clone());
        }
    }

    /// Makes the capture of what was recorded. None is left where nothing was: no socket was bound.
    ///
    /// # Errors
    /// It isn't whole; then the recording stays.
    pub(crate) fn finish(self) -> Result<Option<(PathBuf, Written)>, Failure> {
        let Self { path, file, recording, beside } = self;
        if recording.is_empty() {
            let _nothing_is_in_it = std::fs::remove_file(&path);
            return Ok(None);
        }
        let opened = match &recording {
            Recording::Asked(path) => File::open(path),
            Recording::Own(file) => file.reopen(),
        };
        let made = opened
            .map_err(|error| Error::from(RecordingError::from(error)))
            .and_then(|recording| pcapng::write(recording, &beside, file));
        match made {
            Ok(written) => Ok(Some((path, written))),
            Err(error) => {
                let failure = export::not_whole(&path, error);
                Err(match recording {
                    Recording::Asked(_) => failure,
                    Recording::Own(file) => kept(failure, file),
                })
            }
        }
    }
}

fn denied(path: &Path, error: &io::Error) -> Failure {
    blame::local(format!("cannot write the capture {}", path.display()), error)
}

/// A recording beside a capture, which goes when that is whole.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut prefix = OsString::from(path.file_name().unwrap_or_default());
    prefix.push(".");
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".lucid").tempfile_in(directory.unwrap_or(Path::new(".")))
}

/// What was recorded isn't lost with the capture.
fn kept(failure: Failure, recording: NamedTempFile) -> Failure {
    match recording.keep() {
        Ok((_, path)) => failure
            .try_this(format!("the run is recorded in {}: lucid pcap makes a capture of it", path.display())),
        Err(_) => failure,
    }
}

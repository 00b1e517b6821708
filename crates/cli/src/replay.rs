//! A recording, run again.

use std::fs::File;
use std::path::Path;

use lucid_conn::engine::{RecordingError, RecordingReader, ReplayError, replay_with};

use crate::blame;
use crate::exit::{Exit, Failure};
use crate::report::Report;
use crate::views::Views;

/// Runs a recording through an engine of its own, and compares every output.
///
/// # Errors
/// It can't be read; or, with [`Exit::Mismatch`], it is damaged or the engine does something else.
pub(crate) fn run(path: &Path, views: &Views, report: &Report) -> Result<(), Failure> {
    let unreadable = |error| blame::local(format!("cannot read the recording {}", path.display()), &error);
    let reader = RecordingReader::open(File::open(path).map_err(unreadable)?);
    let replayed = reader
        .map_err(ReplayError::from)
        .and_then(|reader| replay_with(reader, None, &mut |event| views.watch(event)));
    let replayed = replayed.map_err(|error| match error {
        ReplayError::Recording(RecordingError::Io(error)) => unreadable(error),
        error => Failure::new(Exit::Mismatch, format!("{} does not replay", path.display())).because(error),
    })?;
    report.replayed(&replayed);
    Ok(())
}

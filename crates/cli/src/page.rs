//! The page: a run as HTML, from recordings or at the end of a run that nobody else wanted recorded; and its qlog then.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lucid_conn::engine::RecordingError;
use lucid_views::report::Limits;
use lucid_views::run::Keep;
use lucid_views::{FollowError, Run, Source, report};
use tempfile::TempPath;

use crate::blame;
use crate::exit::{Exit, Failure};
use crate::export;
use crate::report::Report;
use crate::settings::Action;

/// What is to be made of the run's recording when it is over: the page, and the qlog.
pub(crate) struct Afterwards {
    page: Option<PathBuf>,
    log: Option<PathBuf>,
    recording: PathBuf,
    /// Nobody wanted the recording to stay. Only this user can read it, for it may hold all data.
    _temporary: Option<TempPath>,
}

impl Afterwards {
    /// What a command is asked for with `--report` and `--qlog`, if it is: the run is recorded for it.
    ///
    /// # Errors
    /// One of them can't be written, or there is no room for a temporary file.
    pub(crate) fn wanted(action: &mut Action) -> Result<Option<Self>, Failure> {
        let Some(endpoint) = action.endpoint() else { return Ok(None) };
        let (page, log) = (endpoint.report.clone(), endpoint.qlog.clone());
        if page.is_none() && log.is_none() {
            return Ok(None);
        }
        // What can't be written is told now, rather than after an hour.
        if let Some(page) = &page {
            File::create(page).map_err(|error| unwritable(page, &error))?;
        }
        if let Some(log) = &log {
            create(log)?;
        }
        let (recording, temporary) = match &endpoint.record {
            Some(recording) => (recording.clone(), None),
            None => {
                let file = tempfile::Builder::new().prefix("lucid-").suffix(".recording").tempfile();
                let path = file.map_err(|error| blame::local("cannot record to a temporary file", &error))?;
                let path = path.into_temp_path();
                (path.to_path_buf(), Some(path))
            }
        };
        // A capture is made of the same recording.
        endpoint.record_payload |= endpoint.record.is_none() && endpoint.pcap.is_some();
        endpoint.record = Some(recording.clone());
        Ok(Some(Self { page, log, recording, _temporary: temporary }))
    }

    /// Makes them. Of a run that never began there are none.
    ///
    /// # Errors
    /// As [`write()`], and as [`export::run`].
    pub(crate) fn make(&self, told: &Report) -> Result<(), Failure> {
        let has_begun = fs::metadata(&self.recording).is_ok_and(|file| file.len() > 0);
        if !has_begun {
            for empty in self.page.iter().chain(&self.log) {
                let _it_is_empty = fs::remove_file(empty);
            }
            return Ok(());
        }
        if let Some(log) = &self.log {
            export::log(export::open(&self.recording)?, (log, create(log)?), told)?;
        }
        let Some(page) = &self.page else { return Ok(()) };
        let run = read(&self.recording, no_page)?;
        make(page, vec![Source { name: "this run".to_owned(), run }], told)
    }
}

fn create(log: &Path) -> Result<File, Failure> {
    let denied = |error| blame::local(format!("cannot write the log {}", log.display()), &error);
    File::create(log).map_err(denied)
}

/// Makes a page of one recording, or of both ends' recordings.
///
/// # Errors
/// One of them can't be read; or, with [`Exit::Mismatch`], it is damaged, or the engine does something else than it says; or
/// the page can't be written.
pub(crate) fn write(page: &Path, recordings: &[PathBuf], told: &Report) -> Result<(), Failure> {
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Source { name, run: read(path, no_page)? })
    };
    make(page, recordings.iter().map(named).collect::<Result<_, _>>()?, told)
}

/// A recorded run.
///
/// # Errors
/// It can't be read; or, with [`Exit::Mismatch`], it is damaged: what that means is said by `useless`.
pub(crate) fn read(path: &Path, useless: fn(&Path) -> String) -> Result<Run, Failure> {
    let unreadable = |error| blame::local(format!("cannot read the recording {}", path.display()), &error);
    let file = File::open(path).map_err(unreadable)?;
    Run::read(file, Keep::default()).map_err(|error| match error {
        FollowError::Recording(RecordingError::Io(error)) => unreadable(error),
        error => Failure::new(Exit::Mismatch, useless(path)).because(error),
    })
}

fn no_page(recording: &Path) -> String {
    format!("no page can be made of {}", recording.display())
}

fn make(page: &Path, sources: Vec<Source>, told: &Report) -> Result<(), Failure> {
    let made = report(sources, Limits::default())
        .map_err(|error| Failure::new(Exit::Other, "the page could not be made").because(error))?;
    fs::write(page, &made.html).map_err(|error| unwritable(page, &error))?;
    told.page(page, made.html.len(), &made.summary);
    Ok(())
}

fn unwritable(page: &Path, error: &std::io::Error) -> Failure {
    blame::local(format!("cannot write the page {}", page.display()), error)
}

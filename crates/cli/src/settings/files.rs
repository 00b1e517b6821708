//! Which files a run reads and writes: each for one purpose.

use std::path::{Path, PathBuf};

use super::{Action, Ask, EndpointSettings, Export, Of, Serve, Settings};
use crate::compare::Comparison;
use crate::exit::{Exit, Failure};

/// A file, what it is to hold, and the flag that names it; none, if it is only read.
type Named<'a> = (&'static str, &'a Path, &'static str);

impl Settings {
    /// A trace that is also the recording would leave neither.
    pub(super) fn check_files(&self) -> Result<(), Failure> {
        let mut files = match &self.action {
            Action::Replay(file) => vec![("the recording", file.as_path(), "")],
            Action::Top { .. } | Action::Ss { .. } => Vec::new(),
            Action::Export(export) => export.files(),
            Action::Explain { recording, .. } => vec![("the recording", recording.as_path(), "")],
            Action::Report { recordings, page } => made_of(recordings, Some(page)),
            Action::Compare { comparison: Comparison::Recorded(recordings), page } => {
                made_of(recordings, page.as_deref())
            }
            Action::Compare { page, .. } => made_of(&[], page.as_deref()),
            Action::Demo(_) | Action::DemoFiles { .. } | Action::Learn(_) => Vec::new(),
            Action::Serve(Serve { endpoint, .. }) | Action::Ask(Ask { endpoint, .. }) => endpoint.files(),
        };
        files.extend(self.seeing.trace.as_deref().map(|trace| ("the trace", trace, "--trace")));
        for (index, (as_this, file, flag)) in files.iter().enumerate() {
            let earlier = files[..index].iter().find(|(_, earlier, _)| is_same_file(earlier, file));
            if let Some((as_that, ..)) = earlier
                && !flag.is_empty()
            {
                let what = format!("{} can't be both {as_that} and {as_this}", file.display());
                return Err(
                    Failure::new(Exit::Usage, what).try_this(format!("give {flag} a name of its own"))
                );
            }
        }
        Ok(())
    }
}

/// A page that is made of recordings.
fn made_of<'a>(recordings: &'a [PathBuf], page: Option<&'a Path>) -> Vec<Named<'a>> {
    let recordings = recordings.iter().map(|path| ("the recording", path.as_path(), ""));
    recordings.chain(page.map(|page| ("the page", page, "-o"))).collect()
}

impl Export {
    fn files(&self) -> Vec<Named<'_>> {
        let (recordings, made) = match &self.of {
            Of::Capture { recording, other } => (vec![Some(recording), other.as_ref()], "the capture"),
            Of::Log { recording } => (vec![Some(recording)], "the log"),
        };
        let recordings = recordings.into_iter().flatten().map(|path| ("the recording", path.as_path(), ""));
        recordings.chain([(made, self.output.as_path(), "-o")]).collect()
    }
}

impl EndpointSettings {
    fn files(&self) -> Vec<Named<'_>> {
        let record = self.record.as_deref().map(|path| ("the recording", path, "--record"));
        let pcap = self.pcap.as_deref().map(|path| ("the capture", path, "--pcap"));
        let page = self.report.as_deref().map(|path| ("the page", path, "--report"));
        let log = self.qlog.as_deref().map(|path| ("the log", path, "--qlog"));
        record.into_iter().chain(pcap).chain(page).chain(log).collect()
    }
}

/// By name, or, where both exist, by what the names lead to.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    one == other || real(one).is_some_and(|one| Some(one) == real(other))
}

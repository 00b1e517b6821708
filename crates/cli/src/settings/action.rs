//! What is to be done.

use std::path::PathBuf;
use std::time::Duration;

use super::{Ask, Serve};
use crate::compare::Comparison;
use crate::demo::Demo;
use crate::explain::Question;
use crate::learn::Learn;

#[derive(Debug)]
pub(crate) enum Action {
    Serve(Serve),
    Ask(Ask),
    Replay(PathBuf),
    /// Of this process, or of the only one that runs.
    Top {
        pid: Option<u32>,
        every: Duration,
    },
    /// Of this process, or of all.
    Ss {
        pid: Option<u32>,
    },
    Report {
        recordings: Vec<PathBuf>,
        page: PathBuf,
    },
    Explain {
        recording: PathBuf,
        other: Option<PathBuf>,
        question: Question,
    },
    Compare {
        comparison: Comparison,
        page: Option<PathBuf>,
    },
    Export(Export),
    Demo(Demo),
    DemoFiles {
        steps: Vec<String>,
        into: PathBuf,
    },
    Learn(Learn),
}

/// A recording, made into something else.
#[derive(Debug)]
pub(crate) struct Export {
    pub(crate) of: Of,
    /// `-` is standard output.
    pub(crate) output: PathBuf,
}

/// What is made of which recording.
#[derive(Debug)]
pub(crate) enum Of {
    /// A packet capture, of one end or of both.
    Capture { recording: PathBuf, other: Option<PathBuf> },
    /// A qlog.
    Log { recording: PathBuf },
}

//! The recording of a run, beside the run.

use std::io;

use crate::engine::Recorder;

/// A recording, if there is to be one. What breaks it off doesn't touch the run.
#[derive(Default)]
pub(super) struct Recording {
    recorder: Option<Recorder>,
    failure: Option<io::Error>,
}

impl Recording {
    pub(super) fn with(recorder: Recorder) -> Self {
        Self { recorder: Some(recorder), failure: None }
    }

    pub(super) fn note(&mut self, record: impl FnOnce(&mut Recorder) -> io::Result<()>) {
        if let Some(recorder) = &mut self.recorder
            && let Err(failure) = record(recorder)
        {
            self.recorder = None;
            self.failure = Some(failure);
        }
    }

    /// Ends the recording: whether it is whole.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match (self.failure.take(), self.recorder.take()) {
            (Some(failure), _) => Err(failure),
            (None, Some(recorder)) => recorder.finish(),
            (None, None) => Ok(()),
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _no_one_asks_any_more = self.finish();
    }
}

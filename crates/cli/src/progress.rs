//! How far a transfer is: a bar on a terminal, a line for each percent with `--json`.

use indicatif::{ProgressBar, ProgressStyle};

use crate::report::Report;
use crate::settings::Task;

const BAR: &str = "{msg} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";

/// Shows one transfer. What it drew is gone when it is dropped.
pub(crate) struct Progress<'a> {
    report: &'a Report,
    task: &'a Task,
    bar: Option<ProgressBar>,
    percent: Option<u64>,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(report: &'a Report, task: &'a Task, has_bar: bool) -> Self {
        let bar = has_bar.then(|| {
            let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::no_length().with_style(style).with_message(task.subject().to_owned())
        });
        Self { report, task, bar, percent: None }
    }

    /// `done` of `size` bytes are there.
    pub(crate) fn update(&mut self, done: u64, size: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(size);
            bar.set_position(done);
        }
        let percent = Some(done.saturating_mul(100).checked_div(size).unwrap_or(100));
        if percent != self.percent {
            self.percent = percent;
            self.report.step(self.task, done, size);
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

//! On what it was measured: numbers of different machines don't compare.

use std::fmt;
use std::fs;
use std::process::{Command, Stdio};

use super::plan::root;

pub(super) struct Machine {
    pub(super) cpu: String,
    pub(super) cores: usize,
    pub(super) kernel: String,
    pub(super) date: String,
    /// Of ours, and whether something in it was changed since.
    pub(super) commit: String,
}

impl Machine {
    pub(super) fn this() -> Self {
        let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            cpu: model.map_or("an unknown CPU", |(_, model)| model).to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: format!("{} {}", std::env::consts::OS, release.trim()),
            date: said("date", &["-u", "+%F"]),
            commit: said("git", &["describe", "--always", "--dirty"]),
        }
    }
}

/// What a program says; nothing if it can't be run.
fn said(program: &str, words: &[&str]) -> String {
    let said = Command::new(program).args(words).current_dir(root()).stderr(Stdio::null()).output();
    let said = said.map(|said| said.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().to_owned()
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu, cores, kernel, date, commit } = self;
        write!(f, "{cpu}, {cores} cores, {kernel}, {date}, lucid at {commit}")
    }
}

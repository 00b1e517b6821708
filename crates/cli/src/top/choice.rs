//! Which lucid to watch, where several run. Knows no terminal.

use super::model::Wish;
use crate::live::attach::Snapshot;
use crate::live::protocol::Process;

/// One that runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Running {
    pub(super) pid: u32,
    /// Who it is, and how many connections it has; none, if it doesn't answer.
    pub(super) told: Option<(Process, usize)>,
}

impl Running {
    pub(super) fn new(pid: u32, snapshot: Option<Snapshot>) -> Self {
        Self { pid, told: snapshot.map(|snapshot| (snapshot.process, snapshot.connections.len())) }
    }
}

/// Those that run, and the one under the cursor.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) running: Vec<Running>,
    pub(super) selected: usize,
    /// How many rows the screen has, as of the last picture.
    pub(super) height: usize,
    /// Why the last one that was chosen isn't watched.
    pub(super) refused: Option<String>,
}

impl Choice {
    pub(super) fn new(running: Vec<Running>) -> Self {
        Self { running, selected: 0, height: 1, refused: None }
    }

    /// These run now. The cursor stays on its process, or else in its row.
    pub(super) fn update(&mut self, running: Vec<Running>) {
        let chosen = self.chosen();
        self.running = running;
        let found = self.running.iter().position(|one| Some(one.pid) == chosen);
        self.select(found.unwrap_or(self.selected));
    }

    /// The process under the cursor.
    pub(super) fn chosen(&self) -> Option<u32> {
        self.running.get(self.selected).map(|one| one.pid)
    }

    /// Moves the cursor.
    pub(super) fn go(&mut self, wish: Wish) {
        self.refused = None;
        if let Some(row) = wish.row(self.selected, self.height) {
            self.select(row);
        }
    }

    fn select(&mut self, row: usize) {
        self.selected = row.min(self.running.len().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests;

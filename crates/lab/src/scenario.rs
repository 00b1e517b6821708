//! What is run: a path, who sends over it, how long, and under which seed.

use core::time::Duration;

use crate::contender::Contender;
use crate::path::Path;
use crate::report::Report;
use crate::world::World;

/// Flows of one contender that begin one after the other.
#[derive(Clone, Debug)]
pub struct Group {
    /// Whose flows.
    pub contender: Contender,
    /// How many.
    pub flows: usize,
    /// When the first one opens its connection.
    pub start: Duration,
    /// How much later each next one does.
    pub spacing: Duration,
    /// How many bytes each one brings; none: as many as it can until the end.
    pub bytes: Option<u64>,
}

impl Group {
    /// So many flows that last until the end. They begin within the first round trips, not all at once, so that
    /// they don't march in step: 7 ms apart.
    #[must_use]
    pub fn long(contender: &Contender, flows: usize) -> Self {
        let spacing = Duration::from_millis(7);
        Self { contender: contender.clone(), flows, start: Duration::ZERO, spacing, bytes: None }
    }

    /// One flow of so many bytes.
    #[must_use]
    pub fn short(contender: &Contender, bytes: u64) -> Self {
        Self { bytes: Some(bytes), ..Self::long(contender, 1) }
    }

    /// The same, beginning later.
    #[must_use]
    pub fn from(self, start: Duration) -> Self {
        Self { start, ..self }
    }
}

/// What is run: everything that decides the outcome.
///
/// A flow is a download: a client opens a connection over the clean way back, and as soon as the server has
/// accepted, it sends over the shared line. A flow of so many bytes is complete when the client has read the end of
/// its stream.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The path that all share.
    pub path: Path,
    /// Who sends.
    pub groups: Vec<Group>,
    /// When it ends at the latest; it ends sooner when all flows are complete.
    pub length: Duration,
    /// What happens before counts for nothing, save for completion times.
    pub warm_up: Duration,
    /// What chance is made of.
    pub seed: u64,
    /// How many samples of the curves to take, evenly spaced; with none, curves are empty.
    pub samples: usize,
}

impl Scenario {
    /// One flow of each contender over this path for so long, without warm-up or curves.
    #[must_use]
    pub fn new(path: Path, groups: Vec<Group>, length: Duration) -> Self {
        Self { path, groups, length, warm_up: Duration::ZERO, seed: SEED, samples: 0 }
    }

    /// Runs it in virtual time. The same scenario gives the same report.
    #[must_use]
    pub fn run(&self) -> Report {
        World::new(self).run()
    }
}

/// The seed of all tables.
pub const SEED: u64 = 9293;

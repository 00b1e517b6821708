//! The named tables of `cargo xtask cc`: each varies one or two things and holds the others.

mod changes;
mod delay;
mod fairness;
mod losses;
mod lossless;
mod marks;
mod mixes;
mod position;
mod reordering;
mod reply;
mod short;

use std::time::Duration;

use crate::contender::Contender;
use crate::path::Path;
use crate::table::{Table, millis, percent};

pub use changes::{Happening, changes};
pub use delay::delay;
pub use fairness::fairness;
pub use losses::{Lossy, losses, reno_rate};
pub use lossless::{Cell, lossless};
pub use marks::marks;
pub use mixes::mixes;
pub use position::position;
pub use reordering::reordering;
pub use reply::reply;
pub use short::short;

/// A table by name.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Under which it is chosen.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub about: &'static str,
    /// Runs it, whole.
    pub run: fn() -> Table,
}

/// All tables, in the order in which they are printed.
pub const ALL: &[Named] = &[
    Named { name: lossless::NAME, about: "utilisation of a clean path", run: lossless::full },
    Named { name: losses::NAME, about: "utilisation under random and bursty loss", run: losses::full },
    Named { name: fairness::NAME, about: "how evenly equal flows share", run: fairness::full },
    Named { name: mixes::NAME, about: "who gets what when two algorithms share", run: mixes::full },
    Named { name: delay::NAME, about: "how long a queue a flow keeps", run: delay::full },
    Named { name: marks::NAME, about: "what a queue that marks saves (ECN)", run: marks::full },
    Named { name: short::NAME, about: "short flows beside a long one", run: short::full },
    Named {
        name: reply::NAME,
        about: "a reply under loss, with and without tail loss probes",
        run: reply::full,
    },
    Named {
        name: changes::NAME,
        about: "the rate changes, the path is dead for a while",
        run: changes::full,
    },
    Named {
        name: position::NAME,
        about: "one segment lost: what it costs, by its place",
        run: position::full,
    },
    Named { name: reordering::NAME, about: "what reordering costs", run: reordering::full },
];

/// The table with this name, if there is one.
#[must_use]
pub fn named(name: &str) -> Option<&'static Named> {
    ALL.iter().find(|table| table.name == name)
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// These words, then the contenders' names.
fn columns<const N: usize>(first: [&str; N], contenders: &[Contender]) -> Vec<String> {
    words(first).into_iter().chain(contenders.iter().map(|contender| contender.name().to_owned())).collect()
}

/// Seconds, as fine as is of interest.
fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.2}s") } else { format!("{seconds:.1}s") }
}

/// So many round trips, and at least so long.
fn round_trips(path: &Path, trips: u32, least: Duration) -> Duration {
    (path.rtt * trips).max(least)
}

/// Each of these with each contender, row by row.
fn cross<T: Clone>(rows: &[T], contenders: &[Contender]) -> Vec<(T, Contender)> {
    let pairs = rows.iter().flat_map(|row| contenders.iter().map(move |one| (row.clone(), one.clone())));
    pairs.collect()
}

/// Rows of a table: what stands before the contenders' cells, then those.
fn rows<T>(heads: &[T], head: impl Fn(&T) -> Vec<String>, cells: &[String]) -> Vec<Vec<String>> {
    let per_row = cells.len() / heads.len().max(1);
    let cells = cells.chunks(per_row.max(1));
    heads.iter().zip(cells).map(|(one, cells)| [head(one), cells.to_vec()].concat()).collect()
}

//! How well one flow fills a clean path, and how long it takes to.

use std::time::Duration;

use super::{columns, cross, percent, rows, seconds};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::table::{NONE, Table};

pub(super) const NAME: &str = "lossless";

/// How finely the time is known after which utilisation was 95 %.
const SAMPLES: usize = 1000;
/// What counts as full.
const FULL: f64 = 0.95;

/// A clean path, and for how long it is used.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The path, with its queue in bandwidth-delay products.
    pub path: Path,
    /// The same, to show.
    pub queue: f64,
    /// For how long.
    pub length: Duration,
}

impl Cell {
    /// Megabits per second, milliseconds of round trip, bandwidth-delay products of queue, seconds.
    #[must_use]
    pub fn new(mbit: f64, rtt_ms: u64, queue: f64, seconds: u64) -> Self {
        Self { path: Path::of(mbit, rtt_ms).queue(queue), queue, length: Duration::from_secs(seconds) }
    }
}

pub(super) fn full() -> Table {
    let cells = [
        Cell::new(1.0, 20, 1.0, 60),
        Cell::new(1.0, 600, 1.0, 300),
        Cell::new(10.0, 50, 0.1, 60),
        Cell::new(10.0, 50, 0.5, 60),
        Cell::new(10.0, 50, 1.0, 60),
        Cell::new(10.0, 50, 10.0, 60),
        Cell::new(20.0, 600, 1.0, 300),
        Cell::new(100.0, 1, 1.0, 10),
        Cell::new(100.0, 50, 0.1, 30),
        Cell::new(100.0, 50, 1.0, 30),
        Cell::new(100.0, 200, 1.0, 60),
        Cell::new(1000.0, 20, 1.0, 20),
        Cell::new(10_000.0, 1, 1.0, 2),
        Cell::new(10_000.0, 10, 1.0, 4),
    ];
    lossless(&cells, &Contender::all())
}

/// One flow of each contender on each path.
#[must_use]
pub fn lossless(cells: &[Cell], contenders: &[Contender]) -> Table {
    let done = parallel(&cross(cells, contenders), |(cell, contender)| {
        let groups = vec![Group::long(contender, 1)];
        let scenario = Scenario { samples: SAMPLES, ..Scenario::new(cell.path.clone(), groups, cell.length) };
        let report = scenario.run();
        let after = report.length_for(FULL).map_or(NONE.to_owned(), seconds);
        format!("{} ({after})", percent(report.utilisation()))
    });
    let head = |cell: &Cell| {
        let Cell { path, queue, length } = cell;
        vec![path.rate.to_string(), format!("{:?}", path.rtt), queue.to_string(), format!("{length:?}")]
    };
    Table {
        name: NAME,
        title: "utilisation of a clean path by one flow, in % over the whole length".to_owned(),
        notes: vec![
            "In brackets: after what length it is 95 % or more for the first time, the start counted in."
                .to_owned(),
            "100 % is full segments without options, one after the other. Queue in bandwidth-delay products."
                .to_owned(),
            "From 1 Gbit/s on segments carry 8952 bytes, below 1452.".to_owned(),
        ],
        columns: columns(["rate", "rtt", "queue", "length"], contenders),
        rows: rows(cells, head, &done),
    }
}

//! What reordering costs.

use std::time::Duration;

use lucid_sim::{Probability, Reorder};

use super::{columns, cross, percent, rows};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::table::Table;

pub(super) const NAME: &str = "reordering";

pub(super) fn full() -> Table {
    let cells = [(1.0, 1), (1.0, 3), (5.0, 3), (1.0, 13), (5.0, 13), (1.0, 50)];
    reordering(&Path::of(20.0, 40).queue(2.0), &cells, Duration::from_secs(30), &Contender::all())
}

/// One flow of each contender on this path, where so many percent of the datagrams are overtaken by so many others.
#[must_use]
pub fn reordering(path: &Path, cells: &[(f64, u32)], length: Duration, contenders: &[Contender]) -> Table {
    let done = parallel(&cross(cells, contenders), |(cell, contender)| {
        let path = Path { reorder: held(path, *cell), ..path.clone() };
        let report = Scenario::new(path, vec![Group::long(contender, 1)], length).run();
        format!("{} ({})", report.spurious(), percent(report.utilisation()))
    });
    Table {
        name: NAME,
        title: format!("needless retransmissions under reordering, one flow ({path}, queue 2 BDP, {length:?})"),
        notes: vec![
            "In brackets: utilisation in %. Of the datagrams so many % are held back, each while so many pass it.".to_owned(),
        ],
        columns: columns(["held %", "passed by"], contenders),
        rows: rows(cells, |(percent, by)| vec![percent.to_string(), by.to_string()], &done),
    }
}

/// Held back for as long as the line needs for that many full datagrams, and half of one.
fn held(path: &Path, (percent, by): (f64, u32)) -> Reorder {
    let each = path.datagram() as f64 * 8.0 / path.rate.bits_per_second() as f64;
    let extra = Duration::from_secs_f64(each * (f64::from(by) + 0.5));
    Reorder { probability: Probability::new(percent / 100.0).unwrap_or_default(), extra: Some(extra) }
}

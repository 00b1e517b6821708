//! What a queue that marks saves (ECN, RFC 3168).

use std::time::Duration;

use super::{columns, cross, rows};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::table::{NONE, Table, millis, percent};

pub(super) const NAME: &str = "marks";

pub(super) fn full() -> Table {
    let all = [None, Some(1.0), Some(0.5), Some(0.25)];
    marks(&Path::of(20.0, 40).queue(2.0), &all, Duration::from_secs(60), &Contender::all())
}

/// One flow of each contender, all speaking ECN, where what meets more than so many bandwidth-delay products in the
/// queue is marked. A quarter of the length doesn't count.
#[must_use]
pub fn marks(path: &Path, marks: &[Option<f64>], length: Duration, contenders: &[Contender]) -> Table {
    let done = parallel(&cross(marks, contenders), |(mark, contender)| {
        let contender = contender.clone().with(contender.name(), |config| config.ecn = true);
        let path = Path { mark: *mark, ..path.clone() };
        let groups = vec![Group::long(&contender, 1)];
        let report = Scenario { warm_up: length / 4, ..Scenario::new(path, groups, length) }.run();
        let wait = millis(report.queueing_delay(95.0));
        format!("{} / {wait} ({}, {})", percent(report.utilisation()), report.marked(), report.overflowed())
    });
    let head = |mark: &Option<f64>| vec![mark.map_or(NONE.to_owned(), |mark| mark.to_string())];
    Table {
        name: NAME,
        title: format!("a queue that marks: utilisation in % / 95th percentile of its delay in ms ({path}, {length:?})"),
        notes: vec![
            "In brackets: datagrams marked, and lost for want of room. Marked is what meets more than so many".to_owned(),
            "bandwidth-delay products. The first quarter doesn't count.".to_owned(),
        ],
        columns: columns(["mark at"], contenders),
        rows: rows(marks, head, &done),
    }
}

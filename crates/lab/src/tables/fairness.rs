//! How evenly equal flows share.

use std::time::Duration;

use super::{columns, cross, round_trips, rows, seconds};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::table::Table;

pub(super) const NAME: &str = "fairness";

pub(super) fn full() -> Table {
    let path = |mbit, rtt, queue| Path::of(mbit, rtt).queue(queue);
    let cells = [
        (path(10.0, 20, 1.0), 2),
        (path(100.0, 20, 1.0), 2),
        (path(100.0, 50, 1.0), 2),
        (path(100.0, 50, 1.0), 4),
        (path(100.0, 50, 1.0), 16),
        (path(100.0, 50, 1.0), 64),
        (path(1000.0, 10, 1.0), 2),
    ];
    fairness(&cells, &Contender::all())
}

/// So many flows of each contender on each path: a third of the time doesn't count.
#[must_use]
pub fn fairness(cells: &[(Path, usize)], contenders: &[Contender]) -> Table {
    let length = |path: &Path| round_trips(path, 600, Duration::from_secs(20));
    let done = parallel(&cross(cells, contenders), |((path, flows), contender)| {
        let groups = vec![Group::long(contender, *flows)];
        let length = length(path);
        let scenario = Scenario { warm_up: length / 3, ..Scenario::new(path.clone(), groups, length) };
        format!("{:.3}", scenario.run().jain())
    });
    let head = |(path, flows): &(Path, usize)| {
        vec![path.rate.to_string(), format!("{:?}", path.rtt), flows.to_string(), seconds(length(path))]
    };
    Table {
        name: NAME,
        title: "Jain's index of equal flows: 1 is even, 1/n is one that has all".to_owned(),
        notes: vec![
            "Queue of one bandwidth-delay product. The first third of the length doesn't count.".to_owned(),
        ],
        columns: columns(["rate", "rtt", "flows", "length"], contenders),
        rows: rows(cells, head, &done),
    }
}

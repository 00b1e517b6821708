//! Who gets what when two algorithms share a line.

use std::time::Duration;

use super::{columns, percent, rows};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::table::Table;

pub(super) const NAME: &str = "mixes";

pub(super) fn full() -> Table {
    mixes(&Path::of(20.0, 40), &[0.5, 1.0, 4.0], Duration::from_secs(60), &Contender::all())
}

/// One flow of each contender against one of each, for each queue in bandwidth-delay products. A quarter of the
/// length doesn't count.
#[must_use]
pub fn mixes(path: &Path, queues: &[f64], length: Duration, contenders: &[Contender]) -> Table {
    let against = |queue: f64| contenders.iter().map(move |one| (queue, one.clone()));
    let heads: Vec<_> = queues.iter().flat_map(|&queue| against(queue)).collect();
    let duels: Vec<_> =
        heads.iter().flat_map(|head| contenders.iter().map(move |other| (head, other))).collect();
    let done = parallel(&duels, |((queue, one), other)| {
        let groups = vec![Group::long(other, 1), Group::long(one, 1).from(Duration::from_millis(7))];
        let path = path.clone().queue(*queue);
        let scenario = Scenario { warm_up: length / 4, ..Scenario::new(path, groups, length) };
        percent(scenario.run().share(1))
    });
    Table {
        name: NAME,
        title: format!("share of the row's flow against one of the column's, in % ({path}, {length:?})"),
        notes: vec![
            "50 is even. Queue in bandwidth-delay products. The first quarter doesn't count.".to_owned(),
        ],
        columns: columns(["queue", "of / against"], contenders),
        rows: rows(&heads, |(queue, one)| vec![queue.to_string(), one.name().to_owned()], &done),
    }
}

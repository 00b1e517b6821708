//! How long the queue is that a flow keeps before the line.

use std::time::Duration;

use super::{columns, cross, millis, percent, rows};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::table::Table;

pub(super) const NAME: &str = "delay";

pub(super) fn full() -> Table {
    let path = Path::of(20.0, 40);
    delay(&path, &[0.5, 1.0, 2.0, 4.0, 10.0], Duration::from_secs(60), &Contender::all())
}

/// One flow of each contender before each queue, given in bandwidth-delay products. A quarter of the length doesn't
/// count.
#[must_use]
pub fn delay(path: &Path, queues: &[f64], length: Duration, contenders: &[Contender]) -> Table {
    let done = parallel(&cross(queues, contenders), |(queue, contender)| {
        let groups = vec![Group::long(contender, 1)];
        let path = path.clone().queue(*queue);
        let report = Scenario { warm_up: length / 4, ..Scenario::new(path, groups, length) }.run();
        let [median, most] = [50.0, 95.0].map(|percentile| millis(report.queueing_delay(percentile)));
        format!("{median} / {most} ({})", percent(report.loss()))
    });
    let full = |queue: f64| millis(path.rtt.mul_f64(queue));
    Table {
        name: NAME,
        title: format!("queueing delay of one flow in ms, median / 95th percentile ({path}, {length:?})"),
        notes: vec![
            "In brackets: % of the datagrams lost for want of room.".to_owned(),
            "Queue in bandwidth-delay products; \"full\" is its delay then, in ms. The first quarter doesn't count.".to_owned(),
        ],
        columns: columns(["queue", "full"], contenders),
        rows: rows(queues, |&queue| vec![queue.to_string(), full(queue)], &done),
    }
}

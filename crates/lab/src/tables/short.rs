//! Short flows beside a long one.

use std::time::Duration;

use super::{millis, percent, words};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::statistics::percentile;
use crate::table::{NONE, Table};

pub(super) const NAME: &str = "short";

/// How many bytes a short flow brings.
const BYTES: u64 = 50_000;
/// A short flow begins each time that so much has passed.
const SPACING: Duration = Duration::from_millis(300);

pub(super) fn full() -> Table {
    short(&Path::of(20.0, 40), 300, &Contender::all())
}

/// So many short flows of each contender, one after the other, beside a long one of the same: begun when the long
/// one has had five seconds.
#[must_use]
pub fn short(path: &Path, flows: usize, contenders: &[Contender]) -> Table {
    let start = Duration::from_secs(5);
    let count = u32::try_from(flows).unwrap_or(u32::MAX);
    let length = start + SPACING * count + Duration::from_secs(2);
    let rows = parallel(contenders, |contender| {
        let short = Group { flows, spacing: SPACING, ..Group::short(contender, BYTES).from(start) };
        let groups = vec![Group::long(contender, 1), short];
        let report = Scenario { warm_up: start, ..Scenario::new(path.clone(), groups, length) }.run();
        let done = report.completions(1);
        let at = |percent| percentile(&done, percent).map_or(NONE.to_owned(), millis);
        let [median, p95, p99] = [50.0, 95.0, 99.0].map(at);
        let wait = millis(report.queueing_delay(50.0));
        let cells = [contender.name(), &median, &p95, &p99, &percent(report.utilisation()), &wait];
        words(cells)
    });
    Table {
        name: NAME,
        title: format!(
            "{flows} flows of {BYTES} bytes beside a long one: completion in ms ({path}, queue 1 BDP)"
        ),
        notes: vec![format!("Handshake included. One begins every {SPACING:?}.")],
        columns: words(["algorithm", "median", "p95", "p99", "utilisation", "queue ms"]),
        rows,
    }
}

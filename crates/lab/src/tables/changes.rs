//! How a flow takes it when the path changes.

use std::time::Duration;

use lucid_sim::{Blackout, RateChange};

use super::{columns, cross, millis, percent, rows, seconds};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::report::Report;
use crate::scenario::{Group, Scenario};
use crate::table::{NONE, Table};

pub(super) const NAME: &str = "changes";

/// When it happens.
const AT: Duration = Duration::from_secs(10);
/// How long afterwards is looked at.
const AFTER: Duration = Duration::from_secs(20);
/// How finely.
const EVERY: Duration = Duration::from_millis(50);

/// What happens to the path.
#[derive(Clone, Copy, Debug)]
pub enum Happening {
    /// The rate becomes so many times what it was.
    Rate(f64),
    /// For so long everything is lost.
    Blackout(Duration),
}

pub(super) fn full() -> Table {
    let blackout = |ms| Happening::Blackout(Duration::from_millis(ms));
    let all = [Happening::Rate(0.5), Happening::Rate(2.0), blackout(300), blackout(1000), blackout(5000)];
    changes(&Path::of(50.0, 40), &all, &Contender::all())
}

impl Happening {
    fn on(self, path: &Path) -> Path {
        let path = path.clone();
        match self {
            Self::Rate(factor) => {
                let rate = Path::of(path.rate.bits_per_second() as f64 * factor / 1e6, 1).rate;
                Path { rate_changes: vec![RateChange { at: AT, rate }], ..path }
            }
            Self::Blackout(length) => {
                Path { blackout: Blackout::new(AT, AT + length).into_iter().collect(), ..path }
            }
        }
    }

    /// When it is over.
    fn end(self) -> Duration {
        match self {
            Self::Rate(_) => AT,
            Self::Blackout(length) => AT + length,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Rate(factor) => format!("rate x {factor}"),
            Self::Blackout(length) => format!("dead for {length:?}"),
        }
    }
}

/// One flow of each contender on this path, to which each of these happens after ten seconds.
#[must_use]
pub fn changes(path: &Path, all: &[Happening], contenders: &[Contender]) -> Table {
    let done = parallel(&cross(all, contenders), |(happening, contender)| {
        let end = happening.end();
        let length = end + AFTER;
        let samples = (length.as_millis() / EVERY.as_millis()) as usize;
        let scenario = Scenario::new(happening.on(path), vec![Group::long(contender, 1)], length);
        let report = Scenario { warm_up: end, samples, ..scenario }.run();
        let back = back_after(&report, end).map_or(NONE.to_owned(), seconds);
        format!("{} ({back}) {}", percent(report.utilisation()), millis(report.queueing_delay(95.0)))
    });
    Table {
        name: NAME,
        title: format!(
            "the path changes after {AT:?}: utilisation in % of the {AFTER:?} from then on ({path})"
        ),
        notes: vec![
            "In brackets: how long until half a second was used to 80 %. Behind: 95th percentile of the"
                .to_owned(),
            "queueing delay in ms. A path that was dead counts from when it is back.".to_owned(),
        ],
        columns: columns(["what happens"], contenders),
        rows: rows(all, |happening| vec![happening.words()], &done),
    }
}

/// How long after `end` the first half second begins that is used to 80 %.
fn back_after(report: &Report, end: Duration) -> Option<Duration> {
    const SPAN: usize = 10;
    let curve = &report.flows.first()?.curve;
    let windows = curve.windows(SPAN + 1).filter(|window| window[0].at >= end);
    let used = |window: &&[crate::report::Point]| {
        let delivered = (window[SPAN].delivered - window[0].delivered) as f64;
        delivered >= 0.8 * report.capacity(window[0].at, window[SPAN].at)
    };
    windows.clone().find(used).map(|window| window[0].at - end)
}

//! What loss costs.

use std::time::Duration;

use lucid_sim::{Burst, Probability};

use super::{columns, cross, percent, rows};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, Scenario};
use crate::table::{NONE, Table};

pub(super) const NAME: &str = "loss";

/// What is lost.
#[derive(Clone, Copy, Debug)]
pub struct Lossy {
    /// How many percent of the datagrams.
    pub percent: f64,
    /// So many in a row, on average.
    pub in_row: f64,
}

pub(super) fn full() -> Table {
    let random = [0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 3.0, 5.0].map(|percent| Lossy { percent, in_row: 1.0 });
    let bursts = [(1.0, 8.0), (5.0, 8.0)].map(|(percent, in_row)| Lossy { percent, in_row });
    let all = [&random[..], &bursts[..]].concat();
    losses(&Path::of(100.0, 50), &all, Duration::from_secs(30), &Contender::all())
}

impl Lossy {
    fn on(self, path: &Path) -> Path {
        if self.in_row <= 1.0 {
            return path.clone().loss(self.percent);
        }
        // Gilbert-Elliott: everything is lost while it is bad, which it is for `percent` of the datagrams.
        let bad = self.percent / 100.0;
        let leave = 1.0 / self.in_row;
        let enter = leave * bad / (1.0 - bad);
        let probability = |value| Probability::new(value).unwrap_or_default();
        let burst = Burst { enter: probability(enter), leave: probability(leave), loss: Probability::ALWAYS };
        Path { burst: Some(burst), ..path.clone() }
    }
}

/// One flow of each contender on this path, with each loss, for so long.
#[must_use]
pub fn losses(path: &Path, losses: &[Lossy], length: Duration, contenders: &[Contender]) -> Table {
    let done = parallel(&cross(losses, contenders), |(lossy, contender)| {
        let groups = vec![Group::long(contender, 1)];
        percent(Scenario::new(lossy.on(path), groups, length).run().utilisation())
    });
    let head = |lossy: &Lossy| {
        let in_row = if lossy.in_row > 1.0 { lossy.in_row.to_string() } else { NONE.to_owned() };
        let capacity = path.capacity(Duration::from_secs(1));
        let theory = reno_rate(path, lossy.percent / 100.0);
        let theory = theory.map_or(NONE.to_owned(), |rate| percent((rate / capacity).min(1.0)));
        vec![lossy.percent.to_string(), in_row, theory]
    };
    Table {
        name: NAME,
        title: format!("utilisation in % with loss, one flow on {path} for {length:?}"),
        notes: vec![
            "Lost: % of datagrams; \"in a row\": so many on average (Gilbert-Elliott), else one by one."
                .to_owned(),
            "\"theory\": what 1.22 MSS / (RTT sqrt(p)) gives Reno with random loss.".to_owned(),
        ],
        columns: columns(["lost", "in a row", "theory"], contenders),
        rows: rows(losses, head, &done),
    }
}

/// What Reno gets under random loss, in bytes per second (Mathis, Semke, Mahdavi, Ott 1997); none without loss.
#[must_use]
pub fn reno_rate(path: &Path, loss: f64) -> Option<f64> {
    let rate = 1.22 * f64::from(path.mss) / (path.rtt.as_secs_f64() * loss.sqrt());
    (loss > 0.0).then_some(rate)
}

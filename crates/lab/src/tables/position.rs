//! What the loss of one segment costs, by its place in the flow.

use std::time::Duration;

use lucid_sim::{Drop, Positions};

use super::{columns, cross, rows};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::report::Report;
use crate::scenario::{Group, Scenario};
use crate::table::{NONE, Table};

pub(super) const NAME: &str = "position";

/// How many segments the flow has.
const SEGMENTS: u64 = 30;

pub(super) fn full() -> Table {
    let all: Vec<u64> = (1..=SEGMENTS).collect();
    position(&Path::of(100.0, 50), &all, &Contender::all())
}

/// A flow of 30 segments of each contender loses its n-th segment, for each n: how much longer it takes.
#[must_use]
pub fn position(path: &Path, lost: &[u64], contenders: &[Contender]) -> Table {
    let clean = parallel(contenders, |contender| clean(path, contender));
    let runs: Vec<_> = cross(lost, contenders).into_iter().zip(clean.iter().cycle()).collect();
    let done = parallel(&runs, |((nth, contender), (bytes, without))| {
        let drop = Positions::new([*nth..=*nth]).map(Drop::Data).into_iter().collect();
        let report = run(&Path { drop, ..path.clone() }, contender, *bytes);
        let taken = report.flows.first().and_then(|flow| flow.completion);
        let Some(extra) = taken.map(|taken| taken.saturating_sub(*without)) else { return NONE.to_owned() };
        let mark = if report.timeouts() > 0 { " RTO" } else { "" };
        format!("{:.1}{mark}", extra.as_secs_f64() * 1e3)
    });
    Table {
        name: NAME,
        title: format!("one segment lost of a flow of {SEGMENTS}: ms that it takes longer ({path})"),
        notes: vec!["RTO: the retransmission timer fired.".to_owned()],
        columns: columns(["lost"], contenders),
        rows: rows(lost, |nth| vec![nth.to_string()], &done),
    }
}

/// How many bytes fill the segments exactly, and how long they take if nothing is lost.
fn clean(path: &Path, contender: &Contender) -> (u64, Duration) {
    let mss = run(path, contender, 1).flows.first().map_or(0, |flow| u64::from(flow.mss));
    let bytes = SEGMENTS * mss;
    let whole = run(path, contender, bytes);
    (bytes, whole.flows.first().and_then(|flow| flow.completion).unwrap_or_default())
}

fn run(path: &Path, contender: &Contender, bytes: u64) -> Report {
    Scenario::new(path.clone(), vec![Group::short(contender, bytes)], Duration::from_secs(60)).run()
}

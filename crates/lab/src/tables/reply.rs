//! How long a reply takes on a path that loses something, with and without probes for the loss of its tail.

use std::time::Duration;

use super::{millis, words};
use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::scenario::{Group, SEED, Scenario};
use crate::statistics::percentile;
use crate::table::{NONE, Table};

pub(super) const NAME: &str = "reply";

/// How many bytes a reply has.
const BYTES: u64 = 100_000;
/// What has not come by then never will.
const LIMIT: Duration = Duration::from_secs(120);

pub(super) fn full() -> Table {
    reply(&Path::of(100.0, 50).loss(1.0), 10_000, &Contender::all())
}

/// A reply of 100,000 bytes over this path, under so many seeds, for each contender.
#[must_use]
pub fn reply(path: &Path, runs: u64, contenders: &[Contender]) -> Table {
    let both = |one: &Contender| {
        [true, false].map(|probes| one.clone().with(one.name(), |config| config.tail_loss_probe = probes))
    };
    let kinds: Vec<_> = contenders.iter().flat_map(both).zip([true, false].into_iter().cycle()).collect();
    let batches: Vec<_> = kinds.iter().flat_map(|(one, _)| (0..BATCHES).map(move |nth| (one, nth))).collect();
    let taken = parallel(&batches, |(contender, batch)| batch_of(path, contender, *batch, runs));
    let row = |((contender, probes), taken): (&(Contender, bool), &[Batch])| {
        let mut all: Vec<_> = taken.iter().flat_map(|batch| batch.times.clone()).collect();
        all.sort_unstable();
        let at = |percent| percentile(&all, percent).map_or(NONE.to_owned(), millis);
        let [median, p90, p99, p999] = [50.0, 90.0, 99.0, 99.9].map(at);
        let timeouts: u64 = taken.iter().map(|batch| batch.timeouts).sum();
        let probes = if *probes { "yes" } else { "no" };
        words([contender.name(), probes, &median, &p90, &p99, &p999, &timeouts.to_string()])
    };
    let rows = kinds.iter().zip(taken.chunks(BATCHES as usize)).map(row).collect();
    Table {
        name: NAME,
        title: format!("a reply of {BYTES} bytes over {path} with {} loss: ms until it is read", path.loss),
        notes: vec![
            format!(
                "{runs} runs each, seeds {SEED} to {}. From the client's request on: it goes with",
                SEED + runs - 1
            ),
            "its last word of the handshake. With and without tail loss probes (RFC 8985 section 7)."
                .to_owned(),
        ],
        columns: words(["algorithm", "probes", "median", "p90", "p99", "p99.9", "timeouts"]),
        rows,
    }
}

/// Into how many pieces the runs of one contender are cut, so that all processors have work.
const BATCHES: u64 = 8;

/// Some runs of one contender.
struct Batch {
    times: Vec<Duration>,
    timeouts: u64,
}

fn batch_of(path: &Path, contender: &Contender, batch: u64, runs: u64) -> Batch {
    let groups = vec![Group::short(contender, BYTES)];
    let mut scenario = Scenario::new(path.clone(), groups, LIMIT);
    let mut done = Batch { times: Vec::new(), timeouts: 0 };
    for nth in (batch..runs).step_by(BATCHES as usize) {
        scenario.seed = SEED + nth;
        let report = scenario.run();
        done.timeouts += report.timeouts();
        done.times.extend(report.flows.iter().map(|flow| flow.reply().unwrap_or(LIMIT)));
    }
    done
}

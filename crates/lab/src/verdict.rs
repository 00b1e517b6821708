//! A verdict on an algorithm: what it achieves, beside ours.

use std::time::Duration;

use lucid_sim::RateChange;

use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::report::Report;
use crate::scenario::{Group, Scenario};
use crate::table::{NONE, Table, millis, percent};

/// What is asked of every algorithm.
struct Question {
    asks: &'static str,
    answer: fn(&Contender) -> String,
}

const LENGTH: Duration = Duration::from_secs(30);
const WARM_UP: Duration = Duration::from_secs(10);

const QUESTIONS: [Question; 10] = [
    Question {
        asks: "clean: utilisation in %",
        answer: |one| percent(run(path(), &[long(one, 1)], Duration::ZERO).utilisation()),
    },
    Question {
        asks: "a tenth of the queue: utilisation in %",
        answer: |one| percent(run(path().queue(0.1), &[long(one, 1)], WARM_UP).utilisation()),
    },
    Question {
        asks: "1 % lost: utilisation in %",
        answer: |one| percent(run(path().loss(1.0), &[long(one, 1)], WARM_UP).utilisation()),
    },
    Question {
        asks: "four times the queue: median delay in ms",
        answer: |one| millis(run(path().queue(4.0), &[long(one, 1)], WARM_UP).queueing_delay(50.0)),
    },
    Question {
        asks: "four times the queue: 95th percentile in ms",
        answer: |one| millis(run(path().queue(4.0), &[long(one, 1)], WARM_UP).queueing_delay(95.0)),
    },
    Question {
        asks: "four of its kind: Jain's index",
        answer: |one| format!("{:.3}", run(path(), &[long(one, 4)], WARM_UP).jain()),
    },
    Question { asks: "share against reno in %", answer: |one| share(one, "reno") },
    Question { asks: "share against cubic in %", answer: |one| share(one, "cubic") },
    Question {
        asks: "the rate halves: utilisation in %",
        answer: |one| percent(run(changing(0.5), &[long(one, 1)], WARM_UP).utilisation()),
    },
    Question {
        asks: "the rate doubles: utilisation in %",
        answer: |one| percent(run(changing(2.0), &[long(one, 1)], WARM_UP).utilisation()),
    },
];

/// What this algorithm achieves beside all of ours, on 20 Mbit/s and 40 ms with a queue of one bandwidth-delay product
/// unless a question says otherwise. Thirty seconds each, of which the first ten don't count, save on the clean path.
///
/// ```no_run
/// use lucid_congestion::NewReno;
/// use lucid_lab::{Contender, verdict};
///
/// let mine = Contender::outside("mine", |parameters| Box::new(NewReno::new(parameters)));
/// println!("{}", verdict(&mine));
/// ```
#[must_use]
pub fn verdict(contender: &Contender) -> Table {
    let mut all = vec![contender.clone()];
    all.extend(Contender::all());
    let asked: Vec<_> =
        QUESTIONS.iter().flat_map(|question| all.iter().map(move |one| (question, one))).collect();
    let answers = parallel(&asked, |(question, one)| (question.answer)(one));
    let rows = QUESTIONS.iter().zip(answers.chunks(all.len()));
    let row = |(question, answers): (&Question, &[String])| [&[question.asks.to_owned()], answers].concat();
    Table {
        name: "verdict",
        title: format!("{} beside ours ({}, queue of one bandwidth-delay product)", contender.name(), path()),
        notes: vec![format!(
            "Thirty seconds each; but for the clean path, the first {WARM_UP:?} don't count."
        )],
        columns: ["".to_owned()].into_iter().chain(all.iter().map(|one| one.name().to_owned())).collect(),
        rows: rows.map(row).collect(),
    }
}

fn path() -> Path {
    Path::of(20.0, 40)
}

/// When what counts begins, the rate becomes so many times what it was.
fn changing(factor: f64) -> Path {
    let rate = Path::of(20.0 * factor, 40).rate;
    Path { rate_changes: vec![RateChange { at: WARM_UP, rate }], ..path() }
}

fn long(contender: &Contender, flows: usize) -> Group {
    Group::long(contender, flows)
}

fn run(path: Path, groups: &[Group], warm_up: Duration) -> Report {
    Scenario { warm_up, ..Scenario::new(path, groups.to_vec(), LENGTH) }.run()
}

/// What it gets against one of ours; nothing to say if there is none of that name.
fn share(contender: &Contender, other: &str) -> String {
    let duel = |other| {
        let groups = [long(&other, 1), long(contender, 1).from(Duration::from_millis(7))];
        percent(run(path(), &groups, WARM_UP).share(1))
    };
    Contender::named(other).map_or(NONE.to_owned(), duel)
}

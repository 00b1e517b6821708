//! Random runs of two engines over a hostile link: bytes equal, every run ends, invariants after each step.
//!
//! `LUCID_RUNS=10000` runs that many (default 2,000); `LUCID_SEED=n` runs that one, and draws it.

mod support;

use std::sync::atomic::{AtomicU64, Ordering};

use lucid_conn::engine::{RecordingReader, replay};
use support::hostile::{pair, run};
use support::pair::{Tape, Who};
use support::scenario::Scenario;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs one seed; a failure comes with the command that repeats it and the ladder up to it.
fn run_seed(seed: u64) -> Result<usize, String> {
    let scenario = Scenario::new(seed);
    let mut pair = pair(&scenario);
    run(&scenario, &mut pair).map_err(|why| {
        format!(
            "{ladder}\nseed {seed} at {now}: {why}\n  habits: {habits:?}\n  faults: {faults:?}\n  crowded: {crowded}\n  \
             client: {client:?}\n  server: {server:?}\n\
             repeat: LUCID_SEED={seed} cargo test -p lucid-conn --test hostile",
            ladder = pair.ladder,
            now = pair.now,
            habits = scenario.habits,
            faults = scenario.faults,
            crowded = scenario.crowded,
            client = scenario.client,
            server = scenario.server,
        )
    })
}

#[test]
fn every_byte_arrives_once_and_in_order_whatever_the_link_does() {
    if let Some(seed) = number("LUCID_SEED") {
        println!("seed {seed}: {} steps", run_seed(seed).unwrap_or_else(|failure| panic!("{failure}")));
        return;
    }
    let runs = number("LUCID_RUNS").unwrap_or(2_000);
    let next = AtomicU64::new(0);
    let worker = || {
        let mut failures = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= runs || failures.len() > 2 {
                return failures;
            }
            failures.extend(run_seed(seed).inspect_err(|_| eprintln!("seed {seed} failed")).err());
        }
    };
    let failures: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no run panics")).collect()
    });
    assert!(failures.is_empty(), "{} of {runs} runs failed; the first:\n{}", failures.len(), failures[0]);
}

/// Both sides of a hostile run, recorded: every segment comes again, byte for byte.
#[test]
fn a_recording_of_a_hostile_run_replays_to_the_same_segments() {
    for seed in 0..100 {
        let scenario = Scenario::new(seed);
        let mut pair = pair(&scenario);
        let tapes = Who::BOTH.map(|who| {
            let tape = Tape::default();
            pair.side(who).record(tape.clone());
            tape
        });
        run(&scenario, &mut pair).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        for (who, tape) in Who::BOTH.into_iter().zip(tapes) {
            pair.side(who).finish_recording();
            let recording = tape.contents();
            let replayed = RecordingReader::open(recording.as_slice()).map(replay);
            let replayed = replayed.unwrap_or_else(|error| panic!("seed {seed}, {who:?}: {error}"));
            let replayed = replayed.unwrap_or_else(|error| panic!("seed {seed}, {who:?}: {error}"));
            assert_eq!(replayed.segments, pair.side(who).sent.len() as u64, "seed {seed}, {who:?}");
        }
    }
}

//! The commands that the pages of `docs/learn` show do what they are shown for.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;

use crate::bench::{Bench, Outcome, Running};

/// So many demos run side by side: most of the time they wait for TCP's timers.
const SIDE_BY_SIDE: usize = 4;

/// All commands of all pages' shell blocks, without their remarks.
fn commands() -> Vec<String> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/learn");
    let mut commands = Vec::new();
    for page in fs::read_dir(pages).expect("the pages") {
        let page = page.expect("a page").path();
        if page.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(&page).expect("text");
        let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().expect("a block"));
        let lines = blocks.flat_map(str::lines).map(|line| line.split(" #").next().expect("a line").trim());
        commands.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    }
    commands.sort();
    commands.dedup();
    commands
}

/// Those of one kind, without the program's name.
fn of_kind(kind: &str) -> Vec<String> {
    let those =
        commands().into_iter().filter_map(|command| command.strip_prefix("lucid ").map(str::to_owned));
    those.filter(|command| command.starts_with(kind)).collect()
}

/// As someone does who only ever presses Enter.
fn entering(bench: &Bench, arguments: &str) -> Outcome {
    let mut child = bench.lucid(arguments).stdin(Stdio::piped()).spawn().expect("the program starts");
    let _had_enough = child.stdin.take().expect("piped").write_all(&[b'\n'; 100]);
    Running::of(child).finish()
}

#[test]
fn pages_show_no_command_that_is_not_run() {
    let others: Vec<_> = commands()
        .into_iter()
        .filter(|command| !["lucid demo ", "lucid learn "].iter().any(|kind| command.starts_with(kind)))
        .collect();
    assert_eq!(others, ["cargo install --path crates/cli"]);
    assert!(of_kind("demo").len() > 30 && of_kind("learn").len() > 25);
}

/// Where a page has ANSWER, the right one is given: so the engine finds it, and agrees with itself.
#[test]
fn every_exercise_that_a_page_shows_can_be_answered() {
    let bench = Bench::new();
    for command in of_kind("learn") {
        let Some(exercise) = command.strip_suffix(" ANSWER") else {
            bench.run(&command).succeeded();
            continue;
        };
        let shown = bench.run(&format!("{exercise} --show")).succeeded().stdout.clone();
        let answer = shown.strip_prefix("It is ").and_then(|rest| rest.split_whitespace().next());
        let answer = answer.unwrap_or_else(|| panic!("{command}: {shown}"));
        let checked = bench.run(&format!("{exercise} {answer}"));
        assert!(checked.succeeded().stdout.starts_with("Yes: "), "{command}: {checked:?}");
    }
}

#[test]
#[ignore = "waits for TCP's timers, most of a minute: cargo xtask ci lessons"]
fn every_demo_that_a_page_shows_runs_to_its_end() {
    let left = Mutex::new(of_kind("demo"));
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                let bench = Bench::new();
                let next = || left.lock().expect("no one has failed").pop();
                while let Some(command) = next() {
                    let outcome = entering(&bench, &command);
                    let said = &outcome.succeeded().stdout;
                    // What isn't changed is checked; of all else the transcript goes to its end.
                    let ends = ["  ok  ", "is not checked.", "You watched.", "You foresaw"];
                    assert!(ends.iter().any(|end| said.contains(end)), "{command}: {said}");
                }
            });
        }
    });
}

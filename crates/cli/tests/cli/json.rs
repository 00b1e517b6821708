//! `--json`: lines for programs, the last of them `done`.

use serde_json::{Value, json};

use crate::bench::{Bench, Outcome, text};

/// All lines, of which only the last is a `done`.
#[track_caller]
fn lines(outcome: &Outcome) -> Vec<Value> {
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let lines: Vec<Value> = outcome.stdout.lines().map(parse).collect();
    let is_done: Vec<bool> = lines.iter().map(|line| line["type"] == "done").collect();
    assert_eq!(is_done.iter().position(|done| *done), lines.len().checked_sub(1), "{outcome:?}");
    lines
}

fn of_type<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == name).collect()
}

#[test]
fn results_and_failures_are_lines_and_the_first_failure_is_the_end() {
    let bench = Bench::new();
    let server = bench.serve("");
    let wishes = "client --cal 1+1 --cal 1/0 --file missing --file 8192.txt --json";
    let outcome = bench.run(&format!("{wishes} --server {}", server.address));
    let lines = lines(&outcome);
    let results = of_type(&lines, "result");
    assert_eq!(*results[0], json!({"type": "result", "task": "calc", "expression": "1+1", "value": "2"}));
    assert_eq!((&results[1]["name"], &results[1]["size"]), (&json!("8192.txt"), &json!(8192)));
    let errors = of_type(&lines, "error");
    assert_eq!(errors.iter().map(|error| &error["task"]).collect::<Vec<_>>(), ["calc", "get"]);
    let done = &lines[lines.len() - 1];
    assert_eq!((&done["ok"], &done["exit"]), (&json!(false), &json!(1)));
    assert_eq!(done["error"]["what"], errors[0]["what"]);
    assert_eq!(outcome.exit, Some(1));
}

#[test]
fn progress_runs_from_nothing_to_all() {
    let bench = Bench::new();
    bench.write("files/large.bin", &text(500_000));
    let server = bench.serve("");
    let lines = lines(bench.run(&format!("get large.bin --json --server {}", server.address)).succeeded());
    let done: Vec<_> = of_type(&lines, "progress").iter().filter_map(|line| line["done"].as_u64()).collect();
    assert_eq!((done.first(), done.last()), (Some(&0), Some(&500_000)));
    assert!(done.is_sorted() && done.len() <= 101, "{done:?}");
}

#[test]
fn every_end_has_its_done() {
    let bench = Bench::new();
    let table = [
        ("ls --json --no-such-flag", 2),
        ("ls --json --cc vegas", 2),
        ("get x -o - --json", 2),
        ("ls --json --server nowhere", 3),
        ("serve --json --root missing", 8),
        ("replay --json missing", 8),
    ];
    for (command, exit) in table {
        let outcome = bench.run(command);
        let lines = lines(&outcome);
        let done = &lines[lines.len() - 1];
        assert_eq!((outcome.exit, &done["exit"], &done["ok"]), (Some(exit), &json!(exit), &json!(false)));
        assert!(done["error"]["what"].as_str().is_some_and(|what| !what.is_empty()), "{command}: {done}");
    }
}

#[test]
fn a_server_tells_what_it_was_asked() {
    let bench = Bench::new();
    let server = bench.serve("--json");
    bench.run(&format!("calc 1+1 --server {}", server.address)).succeeded();
    let lines = lines(&server.stop("TERM"));
    assert_eq!(of_type(&lines, "listening").len(), 1);
    assert_eq!(of_type(&lines, "asked")[0]["task"], "Calculation of 1+1");
    assert_eq!(of_type(&lines, "served")[0]["requests"], 1);
    assert_eq!(lines[lines.len() - 1]["exit"], 143);
}

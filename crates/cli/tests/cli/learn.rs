//! `lucid demo` and `lucid learn`, as a learner without a checkout meets them.

use std::io::Write;
use std::process::Stdio;

use crate::bench::{Bench, Running};

/// Runs it with these answers, a line each.
fn answered(arguments: &str, answers: &str) -> crate::bench::Outcome {
    let bench = Bench::new();
    let mut command = bench.lucid(arguments);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
    // All of them fit into the pipe; who has enough before the last leaves the rest.
    let _had_enough = child.stdin.take().expect("piped").write_all(answers.as_bytes());
    Running::of(child).finish()
}

#[test]
fn a_step_is_run_over_real_sockets_and_asks_what_happens_next() {
    // The state, what makes it go again, 1 s, the byte that is wanted (shown), 2 s (and not 1), a second ACK, who waits.
    let outcome = answered("demo step3 --pause", "3\n2\n1\n\n1\n2\n1\n");
    let said = &outcome.succeeded().stdout;
    for part in [
        "question 1 of 7",
        "yes: ESTABLISHED",
        "yes: the retransmission timer: no ACK comes in time",
        "yes: 1 second",
        "not quite: 2 seconds",
        "RFC 6298 5.4",
        ">>>>>Packet loss",
        "LATE LIST:",
        "You foresaw 5 of 6.",
    ] {
        assert!(said.contains(part), "{part:?} in\n{said}");
    }
    assert!(!said.contains("MISSING"), "{said}");
}

#[test]
fn q_ends_it_and_a_slow_play_tells_the_same() {
    let quit = answered("demo step1 --pause", "q\n");
    let said = &quit.succeeded().stdout;
    assert!(said.contains("question 1 of 6") && !said.contains("question 2"), "{said}");
    let slow = answered("demo step1 --speed 100", "");
    let said = &slow.succeeded().stdout;
    assert!(said.contains("(TIME_WAIT)") && said.contains("step1   ok"), "{said}");
}

#[test]
fn a_changed_step_is_not_checked_and_its_files_can_be_had() {
    let bench = Bench::new();
    let changed = bench.run("demo step1 --set mss=500 --no-color");
    let said = &changed.succeeded().stdout;
    assert!(
        said.contains(": 192 bytes") && said.contains("step1 was changed, and is not checked."),
        "{said}"
    );
    bench.run("demo step7 --files .").succeeded();
    assert_eq!((bench.read("8192.txt").len(), bench.read("large.txt").len()), (8192, 300_000));
}

#[test]
fn what_can_not_be_is_refused_by_name() {
    let bench = Bench::new();
    for speed in ["0", "-1", "NaN", "inf", "fast"] {
        bench.run(&format!("demo --speed {speed}")).failed(2, &["--speed", "a number from 0.001 to 1000"]);
    }
    bench.run("demo step8").failed(2, &["there is no step \"step8\"", "step1 to step7, and modern"]);
    bench.run("demo step7 --drop data:0").failed(2, &["--drop"]);
    bench.run("demo step7 --set mss").failed(2, &["--set"]);
}

#[test]
fn an_answer_is_checked_by_the_engine() {
    let bench = Bench::new();
    let right = bench.run("learn step5.1 31");
    assert!(right.succeeded().stdout.starts_with("Yes: 31 ACKs."), "{right:?}");
    bench
        .run("learn step5.1 63")
        .failed(1, &["63 isn't it", "lucid demo step5 --set initial_slow_start_threshold=32768"]);
    bench.run("learn step5.4 63").failed(2, &["there is no exercise step5.4"]);
    assert!(bench.run("learn").succeeded().stdout.contains("step7"));
    assert!(bench.run("learn step5.1 --show").succeeded().stdout.contains("It is 31 ACKs."));
}

//! What can be seen of a run: the transcript and the trace.

use serde_json::Value;

use crate::bench::{Bench, text};

#[test]
fn a_transcript_tells_the_states_in_order_on_both_ends() {
    let bench = Bench::new();
    let server = bench.serve("--transcript");
    let client = bench.run(&format!(
        "client --file 8192.txt --cal 1+1 --bind 127.0.0.2 --transcript --server {}",
        server.address
    ));
    assert_eq!(
        states(&client.succeeded().stderr, "(0) "),
        ["SYN_SENT", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSED"]
    );
    let shown = ["(task3: 8192.txt)", "(task2: 2)", "(0) BUFFER: 0", "(0) Dropped: 0 packets"];
    client.failed(0, &shown);
    let server = server.stop("INT").stderr;
    assert_eq!(states(&server, "(1) "), ["SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSED"]);
    assert!(server.contains("(task) File Transfer for 8192.txt"), "{server}");
    assert!(server.contains(">1 | (Connection from 127.0.0.2:"), "{server}");
    assert!(!server.contains('\u{1b}'), "colour in a pipe");
}

/// The states of one connection.
fn states<'a>(transcript: &'a str, conn: &str) -> Vec<&'a str> {
    let state = |line: &'a str| line.strip_prefix(conn)?.strip_prefix('(')?.strip_suffix(')');
    transcript.lines().filter_map(state).filter(|state| state.chars().all(|c| !c.is_lowercase())).collect()
}

#[test]
fn losses_made_on_purpose_are_seen_and_counted() {
    let bench = Bench::new();
    let server = bench.serve("--profile classic --drop data:3 --transcript");
    bench.run(&format!("get 8192.txt --profile classic --server {}", server.address)).succeeded();
    assert_eq!(bench.read("8192.txt"), text(8192));
    let told = server.stop("INT").stderr;
    for line in [">>>>>Packet loss: ACK", "Curr RTO: 1", "Resending: ACK", "(1) Dropped: 1 packets"] {
        assert!(told.contains(line), "{line} in\n{told}");
    }
}

#[test]
fn faults_can_meet_what_comes_in() {
    let bench = Bench::new();
    let server = bench.serve("");
    let got = bench
        .run(&format!("get 8192.txt --drop data:3 --impair in --transcript --server {}", server.address));
    assert_eq!(got.succeeded().stderr.matches(">>>>>Packet loss (incoming): ACK").count(), 1);
}

#[test]
fn a_seed_that_was_chosen_is_told_so_that_the_run_can_be_repeated() {
    let bench = Bench::new();
    let server = bench.serve("");
    let told = |flags: &str| bench.run(&format!("calc 1+1 {flags} --server {}", server.address)).stderr;
    assert!(told("--duplicate 1%").contains("faults drawn with --seed "));
    assert_eq!(told("--duplicate 1% --seed 5"), "");
    assert_eq!(told(""), "");
}

#[test]
fn a_trace_begins_with_its_origin_and_every_event_has_its_cause() {
    let bench = Bench::new();
    let server = bench.serve("--trace server.jsonl");
    bench.run(&format!("get 8192.txt --trace client.jsonl --server {}", server.address)).succeeded();
    server.stop("INT");
    for role in ["client", "server"] {
        let trace = String::from_utf8(bench.read(&format!("{role}.jsonl"))).expect("text");
        let mut lines = trace.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let header = lines.next().expect("a header");
        assert_eq!((&header["version"], &header["role"]), (&Value::from(1), &Value::from(role)));
        assert!(header["unix_start_ns"].is_u64(), "{header}");
        let events: Vec<_> = lines.collect();
        assert!(events.iter().all(|event| event["cause"].is_string() && event["rfc"].is_string()));
        assert!(events.iter().map(|event| event["at"].as_u64()).is_sorted(), "out of order");
        assert!(events.iter().any(|event| event["event"] == "closed"));
    }
}

#[test]
fn a_trace_of_a_transcript_has_all_its_lines() {
    let bench = Bench::new();
    let server = bench.serve("--trace server.jsonl --transcript");
    let told =
        bench.run(&format!("calc 1+1 --transcript --trace client.jsonl --server {}", server.address)).stderr;
    let served = server.stop("INT").stderr;
    for (told, name) in [(told, "client.jsonl"), (served, "server.jsonl")] {
        let trace = String::from_utf8(bench.read(name)).expect("text");
        let lines: Vec<Value> = trace.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let kept = lines.iter().filter_map(|line| line["lines"].as_array()).flatten();
        let kept: Vec<_> = kept.map(|line| line.as_str().expect("text")).collect();
        // The first lines are gone, with the one that says where the server listens.
        let told: Vec<_> =
            told.lines().filter(|line| line.starts_with('(') || line.starts_with('>')).collect();
        assert!(kept.len() > 20 && kept.ends_with(&told), "{kept:#?}\n{told:#?}");
    }
}

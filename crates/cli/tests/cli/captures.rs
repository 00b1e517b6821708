//! Captures and logs: there whatever the end of the run is, and of nothing but recordings.

use serde_json::Value;

use crate::bench::{Bench, Running, exists, text};

/// What each pcapng file begins with: the type of a section header.
const PCAPNG: &[u8] = &[0x0a, 0x0d, 0x0d, 0x0a];

/// How many packets a line such as `run.pcapng: 12 packets` speaks of.
fn packets(said: &str, file: &str) -> u64 {
    let of_file =
        |line: &str| line.strip_prefix(&format!("{file}: "))?.split_once(" packets")?.0.parse().ok();
    said.lines().find_map(of_file).unwrap_or_else(|| panic!("no {file} in {said}"))
}

#[test]
fn a_run_leaves_a_capture_and_its_recording_the_same_one() {
    let bench = Bench::new();
    let server = bench.serve("--pcap server.pcapng");
    let get = "get 8192.txt --pcap run.pcapng --record run.lucid --record-payload --loss 20% --seed 7";
    let run = bench.run(&format!("{get} --server {}", server.address));
    let made = bench.run("pcap run.lucid -o made.pcapng");
    let shown = packets(&run.succeeded().stderr, "run.pcapng");
    assert_eq!(packets(&made.succeeded().stderr, "made.pcapng"), shown);
    assert!(run.stderr.contains(" of them lost"), "{}", run.stderr);
    let served = server.stop("INT");
    assert!(packets(&served.stderr, "server.pcapng") > 0);
    assert!(bench.read("run.pcapng").starts_with(PCAPNG));
    // Nothing stays beside what was asked for.
    let names = ["8192.txt", "files", "made.pcapng", "run.lucid", "run.pcapng", "server.pcapng"];
    assert_eq!(bench.names(), names);
}

#[test]
fn a_run_that_fails_or_is_interrupted_leaves_its_capture() {
    let bench = Bench::new();
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = silent.local_addr().expect("bound");
    let failed = bench.run(&format!("ls --timeout 1s --pcap failed.pcapng --server {address}"));
    failed.failed(4, &[]);
    assert!(packets(&failed.stderr, "failed.pcapng") > 0, "the SYNs that no one answered");

    bench.write("files/large.txt", &text(1_000_000));
    let server = bench.serve("--rate 1mbit");
    let get = format!("get large.txt --pcap broken.pcapng --json -o out --server {}", server.address);
    let mut running = Running::start(&mut bench.lucid(&get));
    running.lines().find(|line| line.contains("\"progress\"")).expect("it is under way");
    running.signal("INT");
    assert_eq!(running.finish().exit, Some(130));
    assert!(bench.read("broken.pcapng").len() > 1000);
    assert!(!bench.names().iter().any(|name| name.ends_with(".lucid")));
}

#[test]
fn of_a_run_that_was_killed_the_recording_lies_beside_the_capture() {
    let bench = Bench::new();
    bench.write("files/large.txt", &text(1_000_000));
    let server = bench.serve("--rate 10mbit");
    let get = format!("get large.txt --pcap run.pcapng --json -o out --server {}", server.address);
    let mut running = Running::start(&mut bench.lucid(&get));
    // Recordings are written 64 KiB at a time.
    let done = |line: &str| serde_json::from_str::<Value>(line).ok()?["done"].as_u64();
    running.lines().find(|line| done(line) > Some(500_000)).expect("it is under way");
    running.signal("KILL");
    assert_eq!(running.finish().exit, None);
    let names = bench.names();
    let left = names.iter().find(|name| name.starts_with("run.pcapng.") && name.ends_with(".lucid"));
    let left = left.expect("a recording");
    bench.run(&format!("pcap {left} -o run.pcapng")).failed(7, &["only a part of the run", "breaks off"]);
    assert!(bench.read("run.pcapng").len() > 100_000);
}

#[test]
fn what_is_no_recording_overwrites_nothing() {
    let bench = Bench::new();
    bench.write("kept", b"as it was");
    for command in ["pcap", "qlog"] {
        bench.run(&format!("{command} files/2048.txt -o kept")).failed(7, &["this is not a recording"]);
        bench.run(&format!("{command} missing -o kept")).failed(8, &["cannot read the recording missing"]);
        bench.run(&format!("{command} kept -o kept")).failed(2, &["can't be both the recording and the "]);
        assert_eq!(bench.read("kept"), b"as it was");
    }
    for flags in ["--record x --pcap x", "--pcap x --trace x", "--record x --trace x"] {
        bench.run(&format!("ls --server 127.0.0.1:1 {flags}")).failed(2, &["x can't be both the "]);
    }
    assert!(!exists(&bench.path("x")));
}

#[test]
fn a_log_goes_to_a_file_or_to_standard_output() {
    let bench = Bench::new();
    let server = bench.serve("");
    bench.run(&format!("calc 1+1 --record run.lucid --server {}", server.address)).succeeded();
    let told = bench.run("qlog run.lucid -o run.sqlog --json");
    let events = told.succeeded().stdout.split_once("\"events\":").expect("how many events").1;
    let events: usize = events.split('}').next().expect("a number").parse().expect("a number");
    let log = bench.read("run.sqlog");
    assert_eq!(log.iter().filter(|byte| **byte == 0x1e).count(), events + 1);
    assert_eq!(bench.run("qlog run.lucid -o -").succeeded().stdout.as_bytes(), log);
    bench.run("qlog run.lucid -o - --json").failed(2, &["can't both go to standard output"]);
}

#[test]
fn recordings_of_both_ends_make_one_capture() {
    let bench = Bench::new();
    let server = bench.serve("--record server.lucid --drop data:3");
    let run = bench.run(&format!("get 8192.txt --record client.lucid --server {}", server.address));
    run.succeeded();
    assert_eq!(server.stop("INT").exit, Some(130));
    let both = bench.run("pcap client.lucid server.lucid -o both.pcapng");
    assert!(both.succeeded().stderr.contains("packets, 1 of them lost"), "{}", both.stderr);
    let twice = bench.run("pcap client.lucid client.lucid -o twice.pcapng");
    twice.failed(2, &["twice.pcapng is empty", "not of both ends"]);
}

#[test]
fn a_run_s_qlog_is_that_of_its_recording() {
    let bench = Bench::new();
    let server = bench.serve("--mss 1000 --drop data:3");
    let get = format!("get 8192.txt --record run.lucid --qlog live.sqlog --server {}", server.address);
    bench.run(&get).succeeded();
    assert_eq!(bench.run("qlog run.lucid -o -").succeeded().stdout.as_bytes(), bench.read("live.sqlog"));
    let get = format!("get 2048.txt --qlog alone.sqlog --server {}", server.address);
    bench.run(&get).succeeded();
    assert!(String::from_utf8_lossy(&bench.read("alone.sqlog")).contains("tcp:connection_started"));
    bench
        .run(&format!("get 2048.txt --force --qlog no/such.sqlog --server {}", server.address))
        .failed(8, &["no/such.sqlog"]);
    server.stop("INT");
}

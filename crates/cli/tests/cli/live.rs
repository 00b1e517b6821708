//! Running lucids, looked at from outside.

use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use serde_json::Value;

use crate::bench::{Bench, Running, Server, text};

fn sockets(bench: &Bench) -> Vec<PathBuf> {
    let entries = fs::read_dir(bench.runtime().join("lucid")).into_iter().flatten();
    let mut sockets: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    sockets.sort();
    sockets
}

/// What `ss --json` tells, a value for each line.
fn told(bench: &Bench, arguments: &str) -> Vec<Value> {
    let outcome = bench.run(&format!("ss --json {arguments}"));
    let lines = outcome.succeeded().stdout.lines();
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn of_type<'a>(told: &'a [Value], kind: &str) -> Vec<&'a Value> {
    told.iter().filter(|value| value["type"] == kind).collect()
}

/// A client that fetches a large file slowly, and has begun to.
fn slow_transfer(bench: &Bench, server: &Server) -> Running {
    let get = format!("get large.bin --json --server {}", server.address);
    let mut client = Running::start(&mut bench.lucid(&get));
    client.lines().find(|line| line.contains(r#""type":"progress""#)).expect("progress");
    client
}

#[test]
fn both_ends_of_a_transfer_are_seen_while_it_goes_on() {
    let bench = Bench::new();
    bench.write("files/large.bin", &text(5_000_000));
    let server = bench.serve("--rate 4mbit");
    let client = slow_transfer(&bench, &server);
    let told = told(&bench, "");
    let commands: Vec<_> =
        of_type(&told, "process").iter().map(|process| process["command"].clone()).collect();
    assert_eq!(commands.len(), 2);
    assert!(commands.contains(&"serve".into()) && commands.contains(&"get".into()), "{commands:?}");
    let connections = of_type(&told, "connection");
    assert_eq!(connections.len(), 2, "{told:?}");
    let by_rate =
        |name: &str| connections.iter().find(|connection| connection[name].as_u64() > Some(100_000));
    let sender = by_rate("delivery_rate").expect("one sends");
    let receiver = by_rate("receive_rate").expect("one receives");
    assert_eq!(sender["local_port"], receiver["remote_port"]);
    assert_eq!(sender["state"], "ESTABLISHED");
    assert!(sender["in_flight"].as_u64() > Some(0) && sender["rtt_us"].as_u64() > Some(0), "{sender}");
    assert!(sender["bytes_acked"].as_u64() > Some(0) && sender["cwnd"].as_u64() > Some(0), "{sender}");
    assert_eq!(told.last().expect("lines")["type"], "done");

    let shown = bench.run(&format!("ss {}", server.running.id())).succeeded().stdout.clone();
    let parts =
        ["lucid serve, pid", "State", "Recv-Q", "ESTABLISHED", "cubic", "rtt:", "cwnd:", "limited_by:"];
    assert!(parts.iter().all(|part| shown.contains(part)), "{shown}");
    assert!(!shown.contains("lucid get"), "{shown}");
    drop(client);
}

/// Nobody answers: that is when someone wants to look.
#[test]
fn a_client_is_seen_while_its_server_does_not_answer() {
    let bench = Bench::new();
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = silent.local_addr().expect("an address");
    let client = Running::start(&mut bench.lucid(&format!("get some.txt --json --server {address}")));
    // It has sent its first segment; before that there was nothing to see.
    silent.recv(&mut [0; 2000]).expect("a SYN");
    let told = told(&bench, &client.id().to_string());
    assert_eq!(of_type(&told, "process")[0]["command"], "get");
    let connections = of_type(&told, "connection");
    assert_eq!(connections.len(), 1, "{told:?}");
    assert_eq!(connections[0]["state"], "SYN_SENT");
    assert_eq!(connections[0]["peer"], address.to_string());
    drop(client);
}

#[test]
fn a_socket_is_its_owner_s_alone_and_goes_with_its_process() {
    let bench = Bench::new();
    for signal in ["INT", "TERM"] {
        let server = bench.serve("");
        let found = sockets(&bench);
        assert_eq!(found, [bench.runtime().join(format!("lucid/{}.sock", server.running.id()))]);
        let mode = |path: &PathBuf| fs::symlink_metadata(path).expect("it is there").mode() & 0o777;
        assert_eq!(mode(&found[0]), 0o600);
        assert_eq!(mode(&bench.runtime().join("lucid")), 0o700);
        server.stop(signal);
        assert_eq!(sockets(&bench), Vec::<PathBuf>::new(), "after {signal}");
    }
}

#[test]
fn what_a_killed_process_has_left_is_swept_away() {
    let bench = Bench::new();
    let killed = bench.serve("");
    killed.stop("KILL");
    assert_eq!(sockets(&bench).len(), 1);
    bench.run("ss").failed(4, &["no lucid of yours is running", "there is no socket in", "lucid serve"]);
    assert_eq!(sockets(&bench), Vec::<PathBuf>::new());
}

#[test]
fn whoever_asks_for_a_process_that_is_not_there_is_told_which_are() {
    let bench = Bench::new();
    let server = bench.serve("");
    let id = server.running.id();
    bench.run("ss 1").failed(4, &["process id 1 ", &format!("these are: {id}")]);
    bench.run(&format!("ss {id}")).succeeded();
}

/// A directory that others can look into is no place for a socket; the run goes on without.
#[test]
fn without_a_private_place_there_is_no_socket_and_the_run_says_so() {
    let bench = Bench::new();
    fs::write(bench.runtime().join("lucid"), "").expect("a file");
    let mut serve = bench.lucid("serve --listen 127.0.0.1:0");
    // So that there is no second choice, either.
    serve.env("TMPDIR", bench.runtime().join("nowhere"));
    let server = bench.serve_with(serve);
    bench.run(&format!("calc 1+1 --server {}", server.address)).succeeded();
    server.stop("INT").failed(130, &["lucid top and lucid ss can't see this run"]);
}

#[test]
fn a_process_that_does_not_answer_is_named() {
    let bench = Bench::new();
    let directory = bench.runtime().join("lucid");
    fs::create_dir(&directory).expect("a directory");
    fs::set_permissions(&directory, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("ours");
    let _mute = UnixListener::bind(directory.join("77.sock")).expect("a socket");
    bench.run("ss").failed(4, &["process 77 doesn't answer", "nothing came for 5 s"]);
}

#[test]
fn top_without_a_terminal_says_what_to_do() {
    let bench = Bench::new();
    bench.run("top").failed(2, &["lucid top needs a terminal", "lucid ss"]);
}

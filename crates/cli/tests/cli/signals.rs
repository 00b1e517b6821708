//! Ctrl-C ends in an orderly way: no partial file, and a peer that knows.

use crate::bench::{Bench, Running, text};

#[test]
fn an_interrupted_transfer_leaves_no_file_and_a_server_that_serves_on() {
    let bench = Bench::new();
    bench.write("files/large.bin", &text(2_000_000));
    let server = bench.serve("--rate 4mbit");
    let get = format!("get large.bin --json --server {}", server.address);
    let mut client = Running::start(&mut bench.lucid(&get));
    let mut lines = client.lines();
    lines.find(|line| line.contains(r#""type":"progress""#)).expect("progress");
    client.signal("INT");
    let last = lines.last().expect("a done");
    assert_eq!(client.finish().exit, Some(130));
    assert!(last.contains(r#""type":"done""#) && last.contains(r#""exit":130"#), "{last}");
    assert_eq!(bench.names(), ["files"]);
    bench.run(&format!("calc 1+1 --server {}", server.address)).succeeded();
}

#[test]
fn a_client_that_waits_for_an_answer_can_be_interrupted() {
    let bench = Bench::new();
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let client =
        Running::start(&mut bench.lucid(&format!("ls --server {}", silent.local_addr().expect("bound"))));
    // Its SYN is here, so it waits.
    silent.recv_from(&mut [0; 100]).expect("a SYN");
    client.signal("TERM");
    client.finish().failed(143, &["stopping"]);
}

#[test]
fn an_interrupted_client_takes_its_leave_of_the_server() {
    let bench = Bench::new();
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let nameserver = silent.local_addr().expect("bound");
    let mut server = bench.serve(&format!("--json --nameserver {nameserver}"));
    let client = format!("dns a.example --transcript --server {}", server.address);
    let client = Running::start(&mut bench.lucid(&client));
    server.running.lines().find(|line| line.contains(r#""type":"asked""#)).expect("the question");
    client.signal("INT");
    client.finish().failed(130, &["stopping: closing the connection", "(FIN_WAIT_1)", "(FIN_WAIT_2)"]);
}

#[test]
fn a_server_lets_a_running_transfer_end() {
    let bench = Bench::new();
    bench.write("files/large.bin", &text(400_000));
    let server = bench.serve("--rate 4mbit");
    let get = format!("get large.bin --json --server {}", server.address);
    let mut client = Running::start(&mut bench.lucid(&get));
    let mut lines = client.lines();
    lines.find(|line| line.contains(r#""type":"progress""#)).expect("progress");
    server.running.signal("INT");
    assert!(lines.last().is_some_and(|last| last.contains(r#""ok":true"#)));
    assert_eq!(client.finish().exit, Some(0));
    assert_eq!(bench.read("large.bin"), text(400_000));
    assert_eq!(server.running.finish().exit, Some(130));
}

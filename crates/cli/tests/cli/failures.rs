//! Whatever goes wrong has its own message and exit code, and damages nothing.

use std::fs::OpenOptions;
use std::net::UdpSocket;

use lucid_conn::Endpoint;

use crate::bench::{Bench, Running, text};

#[test]
fn a_bad_wish_is_refused_with_its_reason() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("files/inner")).expect("a directory");
    let server = bench.serve("");
    let nested = format!("calc {}", "(".repeat(100));
    let table = [
        ("get ../../etc/passwd", "leads out of the served directory"),
        ("get /etc/passwd -o out", "leads out of the served directory"),
        ("get inner", "is a directory"),
        ("get missing", "there is no such file"),
        ("put files/2048.txt", "--allow-put"),
        ("calc 1/0", "division by zero"),
        ("calc ((((", "parentheses don't match"),
        (nested.as_str(), "nested deeper"),
        ("dns not_-.a..name", "host name"),
    ];
    for (command, reason) in table {
        bench.run(&format!("{command} --server {}", server.address)).failed(1, &["error: ", reason]);
    }
    assert_eq!(bench.names(), ["files"]);
    bench.run(&format!("calc 1+1 --server {}", server.address)).succeeded();
}

#[test]
fn an_existing_output_is_left_as_it_is() {
    let bench = Bench::new();
    let server = bench.serve("");
    bench.write("out", b"precious");
    let refused = bench.run(&format!("get 2048.txt -o out --server {}", server.address));
    refused.failed(8, &["out exists already", "--force replaces it"]);
    assert_eq!(bench.read("out"), b"precious");
}

#[test]
fn a_local_file_that_can_t_be_used_is_told_with_its_path() {
    let bench = Bench::new();
    let server = bench.serve("--allow-put");
    let table = [
        ("get 2048.txt -o nowhere/out", "nowhere/out"),
        ("get 2048.txt -o files", "files is not a regular file"),
        ("put missing.bin", "missing.bin"),
        ("ls --trace nowhere/t", "cannot write the trace nowhere/t"),
        ("ls --record nowhere/r", "cannot write the recording nowhere/r"),
    ];
    for (command, reason) in table {
        bench.run(&format!("{command} --server {}", server.address)).failed(8, &[reason]);
    }
}

#[test]
fn a_full_disk_is_told_as_such() {
    let bench = Bench::new();
    let server = bench.serve("");
    let full = || OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let run = |arguments: &str| {
        let command = &mut bench.lucid(&format!("{arguments} --server {}", server.address));
        Running::start(command.stdout(full())).finish()
    };
    run("get 8192.txt -o -").failed(8, &["no space left"]);
    run("calc 1+1").failed(8, &["cannot write to standard output"]);
    for view in ["--trace", "--record"] {
        let ls = bench.run(&format!("ls {view} /dev/full --server {}", server.address));
        ls.failed(8, &["/dev/full is not whole", "No space left on device"]);
    }
}

#[test]
fn a_server_that_isn_t_there_gives_no_answer() {
    let bench = Bench::new();
    let closed = UdpSocket::bind("127.0.0.1:0").expect("a socket").local_addr().expect("bound");
    let nobody = bench.run(&format!("ls --server {closed}"));
    nobody.failed(4, &[&format!("no answer from {closed}"), "port unreachable", "start `lucid serve` there"]);
}

#[test]
fn a_silent_server_is_told_with_how_long_and_how_often() {
    let bench = Bench::new();
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = silent.local_addr().expect("bound");
    let nobody = bench.run(&format!("ls --timeout 2s --server {address}"));
    nobody.failed(
        4,
        &[&format!("no answer from {address}"), "the peer was silent for ", "the same SYN was sent"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_does_not_listen_refuses() {
    let bench = Bench::new();
    let endpoint = Endpoint::bind("127.0.0.1:0").await.expect("a socket");
    let address = endpoint.local_addr().expect("bound");
    let refused = bench.run(&format!("ls --server {address}"));
    refused.failed(5, &[&format!("{address} refused the connection"), "answered the SYN with a reset"]);
}

#[test]
fn a_server_that_dies_in_the_middle_leaves_no_file() {
    let bench = Bench::new();
    bench.write("files/large.bin", &text(2_000_000));
    let server = bench.serve("--rate 4mbit");
    let get = format!("get large.bin --json --timeout 1s --server {}", server.address);
    let mut client = Running::start(&mut bench.lucid(&get));
    let mut lines = client.lines();
    let underway = |line: &String| line.contains(r#""type":"progress""#) && !line.contains(r#""done":0,"#);
    lines.find(underway).expect("progress");
    drop(server);
    let rest: Vec<_> = lines.collect();
    let outcome = client.finish();
    outcome.failed(6, &["`large.bin` broke off after", "of 2000000 bytes", "the peer was silent for"]);
    assert!(rest.last().is_some_and(|done| done.contains(r#""exit":6"#)), "{rest:?}");
    assert_eq!(bench.names(), ["files"]);
}

#[test]
fn a_name_or_an_address_that_can_t_be_used_is_told_as_such() {
    let bench = Bench::new();
    let taken = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let taken = taken.local_addr().expect("bound");
    let table = [
        ("ls --server nowhere".to_owned(), "cannot resolve nowhere"),
        ("ls --server host.invalid:1".to_owned(), "cannot resolve host.invalid:1"),
        ("ls --bind 192.0.2.1".to_owned(), "cannot bind the UDP address 192.0.2.1:0"),
        ("ls --bind ::1 --server 127.0.0.1:5".to_owned(), "no address of the kind that --bind names"),
        ("serve --listen nowhere".to_owned(), "cannot resolve nowhere"),
        ("serve --listen 192.0.2.1:5".to_owned(), "cannot bind the UDP address 192.0.2.1:5"),
    ];
    for (command, reason) in table {
        bench.run(&command).failed(3, &[reason, "next: "]);
    }
    let busy = bench.run(&format!("serve --listen {taken}"));
    busy.failed(3, &["cannot bind", "another program has that port"]);
}

#[test]
fn a_server_needs_a_directory_to_serve() {
    Bench::new().run("serve --root missing").failed(8, &["cannot serve the files in missing", "--root"]);
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let bench = Bench::new();
    let table = [
        ("ls --no-such-flag", "--no-such-flag"),
        ("frobnicate", "frobnicate"),
        ("get", "<NAME>"),
        ("ls --loss 120%", "between 0% and 100%"),
        ("ls --cc vegas", "there are: tahoe, reno, newreno"),
        ("client --output out", "nothing to ask for"),
        ("ls --server 0.0.0.0:0", "can't be connected to"),
    ];
    for (command, reason) in table {
        bench.run(command).failed(2, &[reason]);
    }
    assert_eq!(bench.run("--help").succeeded().stderr, "");
}

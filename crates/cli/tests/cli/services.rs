//! What it is for: files, sums and names.

use crate::bench::{Bench, exists, text};
use crate::name_server;

#[test]
fn a_file_arrives_under_its_name() {
    let bench = Bench::new();
    let server = bench.serve("");
    let got = bench.run(&format!("get 8192.txt --server {}", server.address));
    got.succeeded();
    assert_eq!(got.stdout, "");
    assert_eq!(bench.read("8192.txt"), text(8192));
    assert!(got.stderr.contains("8192.txt: size 8192 bytes"), "{}", got.stderr);
}

#[test]
fn a_file_goes_to_standard_output_and_nothing_else_does() {
    let bench = Bench::new();
    let server = bench.serve("");
    let got = bench.run(&format!("get 2048.txt -o - --transcript --server {}", server.address));
    assert_eq!(got.succeeded().stdout.as_bytes(), text(2048));
    assert_eq!(bench.names(), ["files"]);
}

#[test]
fn force_replaces_what_is_there() {
    let bench = Bench::new();
    let server = bench.serve("");
    bench.write("out", b"old");
    bench.run(&format!("get 2048.txt -o out --force --server {}", server.address)).succeeded();
    assert_eq!(bench.read("out"), text(2048));
}

#[test]
fn a_stored_file_is_listed_and_comes_back() {
    let bench = Bench::new();
    let server = bench.serve("--allow-put");
    let at = format!("--server {}", server.address);
    bench.write("mine.bin", &text(100_000));
    bench.run(&format!("put mine.bin --as yours.bin {at}")).succeeded();
    assert_eq!(bench.read("files/yours.bin"), text(100_000));
    let listed = bench.run(&format!("ls {at}"));
    let expected = "        2048  2048.txt\n        8192  8192.txt\n      100000  yours.bin\n";
    assert_eq!(listed.succeeded().stdout, expected);
    bench.run(&format!("put mine.bin --as yours.bin {at}")).failed(8, &["yours.bin", "--force replaces it"]);
}

#[test]
fn a_sum_is_one_line() {
    let bench = Bench::new();
    let server = bench.serve("");
    let sum = bench.run(&format!("calc -1+2 --quiet --server {}", server.address));
    assert_eq!((sum.succeeded().stdout.as_str(), sum.stderr.as_str()), ("1\n", ""));
}

#[test]
fn a_name_is_looked_up_at_the_server_that_is_named() {
    let bench = Bench::new();
    let server = bench.serve(&format!("--nameserver {}", name_server::start()));
    let found = bench.run(&format!("dns hsnl.cse.nsysu.edu.tw --server {}", server.address));
    assert_eq!(found.succeeded().stdout, "140.117.172.136\n");
    let unknown = bench.run(&format!("dns no-such.example --server {}", server.address));
    unknown.failed(1, &["no-such.example", "NXDOMAIN"]);
}

#[test]
fn many_wishes_are_granted_in_order_over_one_connection() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("out")).expect("a directory");
    let server = bench.serve(&format!("--nameserver {}", name_server::start()));
    let granted = bench.run(&format!(
        "client --cal 1+1 --file 8192.txt --dns a.example --cal 6*7 --file 2048.txt --output out --server {}",
        server.address
    ));
    assert_eq!(granted.succeeded().stdout, "2\n140.117.172.136\n42\n");
    assert_eq!(bench.read("out/8192.txt"), text(8192));
    assert_eq!(bench.read("out/2048.txt"), text(2048));
    let served = server.stop("INT").stderr;
    assert_eq!(served.lines().filter(|line| line.starts_with("(1) ")).count(), 5, "{served}");
}

#[test]
fn a_refusal_is_an_answer_and_the_next_wish_is_granted() {
    let bench = Bench::new();
    let server = bench.serve("");
    let granted = bench.run(&format!(
        "client --file missing --cal 1/0 --file ../../etc/passwd --cal 1+1 --server {}",
        server.address
    ));
    granted.failed(1, &["no such file", "division by zero", "leads out of the served directory"]);
    assert_eq!(granted.stdout, "2\n");
    assert!(!exists(&bench.path("passwd")));
}

#[test]
fn what_is_lost_and_damaged_on_purpose_is_repaired() {
    let bench = Bench::new();
    bench.write("files/large.bin", &text(300_000));
    let faults = "--profile modern --loss 5% --duplicate 5% --reorder 5% --corrupt 2% --seed 7 --impair both";
    let server = bench.serve("--profile modern");
    bench.run(&format!("get large.bin {faults} --server {}", server.address)).succeeded();
    assert_eq!(bench.read("large.bin"), text(300_000));
}

//! Metrics, as Prometheus fetches them.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::bench::{Bench, text};

/// The answer to a request for a path.
fn fetch(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("someone listens");
    write!(stream, "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    answer
}

/// Every series and its value.
fn series(address: &str) -> BTreeMap<String, f64> {
    let answer = fetch(address, "GET /metrics");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("content-type: text/plain; version=0.0.4"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let lines = body.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}")));
    pairs.map(|(name, value)| (name.to_owned(), value.parse().expect("a number"))).collect()
}

/// Where a server says that its metrics are.
fn served(said: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix("metrics on http://")).expect(said);
    line.strip_suffix("/metrics").expect(line).to_owned()
}

#[test]
fn counters_never_fall_though_connections_come_and_go() {
    let bench = Bench::new();
    bench.write("files/some.bin", &text(100_000));
    let mut server = bench.serve("--metrics 0 --time-wait 1ms");
    let metrics = served(&server.line());
    let mut before = series(&metrics);
    assert_eq!(before["lucid_segments_sent_total"], 0.0);
    for round in 1..=3 {
        bench.run(&format!("get some.bin --force --server {}", server.address)).succeeded();
        let now = series(&metrics);
        for (name, value) in now.iter().filter(|(name, _)| name.contains("_total")) {
            assert!(*value >= before[name], "{name} fell from {} to {value}", before[name]);
        }
        assert!(now["lucid_sent_bytes_total"] >= f64::from(100_000 * round), "{now:?}");
        before = now;
    }
}

#[test]
fn what_is_not_there_is_refused() {
    let bench = Bench::new();
    let mut server = bench.serve("--metrics 127.0.0.1:0");
    let metrics = served(&server.line());
    assert!(fetch(&metrics, "GET /").starts_with("HTTP/1.1 404"));
    assert!(fetch(&metrics, "POST /metrics").starts_with("HTTP/1.1 405"));
    let taken = format!("serve --listen 127.0.0.1:0 --metrics {metrics}");
    bench.run(&taken).failed(3, &["cannot serve metrics on", "choose another address"]);
}

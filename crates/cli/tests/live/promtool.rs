//! What Prometheus's own judge says of the metrics.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::bench::Bench;

fn fetch(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("someone listens");
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
}

#[test]
#[ignore = "needs promtool: cargo xtask ci live"]
fn promtool_has_no_complaint() {
    let bench = Bench::new();
    let mut server = bench.serve("--metrics 0");
    let said = server.line();
    let metrics = said.trim().strip_prefix("metrics on http://").and_then(|url| url.strip_suffix("/metrics"));
    bench.run(&format!("get 8192.txt --server {}", server.address)).succeeded();
    let page = fetch(metrics.expect(&said));
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut promtool = promtool.spawn().expect("promtool (apt install prometheus)");
    promtool.stdin.take().expect("piped").write_all(page.as_bytes()).expect("it reads");
    let judged = promtool.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success() && said.is_empty(), "{said}\n{page}");
}

//! Step 1: handshake, reliable transfer, three services, orderly close.

use super::super::checklist::Checklist;
use super::super::names::{HOST, HOST_ADDRESS};
use super::super::run::Run;
use super::super::trace::Trace;
use super::super::turns::opening;
use super::{PLAIN, Step, joined};

pub(super) const STEP: Step = Step {
    name: "step1",
    title: "handshake, transfer, three services, orderly close",
    how: "Three clients, one after the other: a file, a calculation, a DNS look-up.",
    rounds: &[&[&["--file", "8192.txt"]], &[&["--cal", "1+1"]], &[&["--dns", HOST]]],
    with_dns: true,
    turns: &[
        opening::SYN_TAKES_ONE,
        opening::ESTABLISHED,
        opening::LAST_PIECE,
        opening::FIRST_FIN,
        opening::HALF_CLOSED,
        opening::WHO_WAITS,
    ],
    check,
    ..PLAIN
};

const CLIENT_STATES: &str = "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED";
const SERVER_STATES: &str = "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED";

const FILE: u64 = 8192;

fn check(run: &Run, checks: &mut Checklist) {
    let connections = run.server.connections();
    let with_file = connections.first().map(|conn| run.server.of(*conn)).unwrap_or_default();
    pieces(&with_file, checks);

    let answers = |task, field| run.clients.iter().find_map(|client| client.result(task, field));
    let sum = answers("calc", "value").and_then(|value| value.as_str()).unwrap_or("no answer");
    checks.equal("1+1 is calculated", sum, "2");
    let address = answers("dns", "addresses").and_then(|found| found[0].as_str()).unwrap_or("no answer");
    checks.equal(format_args!("{HOST} is resolved"), address, HOST_ADDRESS);

    for (number, client) in run.clients.iter().enumerate() {
        let what = format!("client {}: its states, in the RFC's order", number + 1);
        checks.equal(what, &*states(&client.trace), CLIENT_STATES);
    }
    for conn in connections {
        let what = format!("server, connection {conn}: its states, in the RFC's order");
        checks.equal(what, &*states(&run.server.of(conn)), SERVER_STATES);
    }
}

/// The file's bytes, cut as the segments cut them. The first data segment is the answer that announces them;
/// behind the last of them may ride what the service says in the end.
fn pieces(server: &Trace, checks: &mut Checklist) {
    let sizes: Vec<u64> =
        server.all("sent").map(super::super::trace::Event::bytes).filter(|bytes| *bytes > 0).collect();
    let mut left = FILE;
    let mut cut = Vec::new();
    for size in sizes.iter().skip(1) {
        let piece = left.min(*size);
        left -= piece;
        cut.extend((piece > 0).then_some(piece));
    }
    let full = cut.iter().filter(|piece| **piece == 1004).count();
    let rest = cut.iter().filter(|piece| **piece != 1004).map(u64::to_string);
    let found = joined([format!("{full} x 1004")].into_iter().chain(rest), " + ");
    checks.equal("8192 bytes go in segments of 1004", &*found, "8 x 1004 + 160");
}

/// The states that a connection went through, in the RFC's names.
fn states(trace: &Trace) -> String {
    let first = trace.all("state").next().map(|event| event.text("from"));
    let then = trace.all("state").map(|event| event.text("to"));
    joined(first.into_iter().chain(then).map(name), " ")
}

fn name(state: &str) -> String {
    match state {
        "SYN_RECEIVED" => "SYN_RCVD",
        "FIN_WAIT1" => "FIN_WAIT_1",
        "FIN_WAIT2" => "FIN_WAIT_2",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests;

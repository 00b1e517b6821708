//! Step 4: delayed ACKs, and slow start.

use super::super::checklist::Checklist;
use super::super::run::Run;
use super::super::trace::{Event, Trace};
use super::super::turns::{acks, opening, window};
use super::{AT_ONCE, PLAIN, Step, in_a_row, in_order_per_ack, windows};

pub(super) const STEP: Step = Step {
    name: "step4",
    title: "delayed ACKs, and slow start",
    how: "A file, twice over one connection. The server's link is slow, so that segments arrive one by one.",
    rounds: &[&[&["--file", "8192.txt", "--file", "8192.txt"]]],
    is_paced: true,
    turns: &[
        acks::FIRST_WAITS,
        acks::ALONE,
        window::FIRST_GROWTH,
        acks::ONE_FOR_HOW_MANY,
        window::DOUBLING,
        opening::FIRST_FIN,
    ],
    check,
    ..PLAIN
};

fn check(run: &Run, checks: &mut Checklist) {
    let Some(client) = run.clients.first().map(|client| &client.trace) else { return };
    let per_ack = in_order_per_ack(client);
    let pairs = per_ack.iter().filter(|segments| **segments == 2).count();
    let most = per_ack.iter().max().copied().unwrap_or_default();
    checks.expect(
        "one ACK for two segments",
        pairs >= 6 && most == 2,
        format_args!("{pairs} ACKs for two, none for more than {most}"),
    );

    let expired = client.count("ack_delay_expired");
    checks.expect(
        "the delay timer fires for a segment that stays alone",
        expired > 0,
        format_args!("{expired} times"),
    );

    let delayed = run.traces().map(delayed_outside_established).sum::<usize>();
    checks.expect(
        "no ACK is delayed in the handshake and the close",
        delayed == 0,
        format_args!("{delayed} delayed"),
    );
    for (flag, what) in [("SYN", "handshake"), ("FIN", "close")] {
        let slowest = run.traces().filter_map(|trace| slowest_answer(trace, flag)).max();
        checks.expect(
            format_args!("{what}: each {flag} is acknowledged at once"),
            slowest.is_some_and(|slowest| slowest < AT_ONCE),
            slowest.map_or_else(
                || "not at all".to_owned(),
                |slowest| format!("after {} ms at most", slowest as f64 / 1e6),
            ),
        );
    }

    let segments: Vec<f64> = (2..=10).map(|segments| f64::from(segments * 1024)).collect();
    in_a_row(checks, "slow start: cwnd grows by one segment for each ACK", &windows(&run.server), &segments);
}

/// How many ACKs were put off while the connection was not in ESTABLISHED.
fn delayed_outside_established(trace: &Trace) -> usize {
    let delayed = trace.connections().into_iter().map(|conn| {
        let mut state = "CLOSED".to_owned();
        let mut delayed = 0;
        for event in trace.of(conn).events {
            if event.is("state") {
                event.text("to").clone_into(&mut state);
            } else if event.is("ack_delayed") && state != "ESTABLISHED" {
                delayed += 1;
            }
        }
        delayed
    });
    delayed.sum()
}

/// The longest time from a segment with this flag to the next ACK, in nanoseconds. None if there was no such
/// segment, or no answer to one.
fn slowest_answer(trace: &Trace, flag: &str) -> Option<u64> {
    let asked = trace.events.iter().enumerate().filter(|(_, event)| event.is("received") && event.has(flag));
    let answers = asked.map(|(place, asked)| {
        let is_answer = |event: &&Event| event.is("sent") && event.has("ACK") && event.conn() == asked.conn();
        let answer = trace.events[place..].iter().find(is_answer)?;
        answer.at.checked_sub(asked.at)
    });
    answers.collect::<Option<Vec<_>>>()?.into_iter().max()
}

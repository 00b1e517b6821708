//! Step 3: loss, and retransmission by timeout.

use super::super::checklist::Checklist;
use super::super::run::Run;
use super::super::trace::Trace;
use super::super::turns::{acks, loss, opening};
use super::{PLAIN, Step, joined, lost, shown_seq};

pub(super) const STEP: Step = Step {
    name: "step3",
    title: "loss, and retransmission by timeout",
    how: "The server loses its second data segment and that one's retransmission, and some more at random; \
          the client loses some of its segments at random. The seeds make it the same each time.",
    server: &["--drop", "data:2,4", "--loss", "8%", "--seed", "2"],
    rounds: &[&[&["--file", "2048.txt", "--loss", "12%", "--seed", "16"]]],
    turns: &[
        opening::ESTABLISHED,
        loss::FIRST_LOSS,
        loss::TIMEOUT,
        loss::BACK_OFF,
        acks::OUT_OF_ORDER,
        acks::DUPLICATE,
        opening::WHO_WAITS,
    ],
    check,
    ..PLAIN
};

fn check(run: &Run, checks: &mut Checklist) {
    let server = &run.server;
    let Some(client) = run.clients.first().map(|client| &client.trace) else { return };
    let segments: Vec<_> = lost(server).map(|event| shown_seq(event.seq())).collect();
    checks.expect("Packet loss: segments are lost on purpose", !segments.is_empty(), joined(segments, ", "));

    let late = server.all("timeout").find_map(|event| event.late().first().copied());
    let found = late.map_or_else(|| "none".to_owned(), |(age, seq)| format!("first ({age:.3} s, SEQ {seq})"));
    checks.expect("late list: each timeout tells what is late, and since when", late.is_some(), found);

    let timeouts = server.count("timeout");
    checks.expect("timeouts", timeouts > 0, timeouts);
    let resent =
        server.all("resending").filter(|event| event.cause() == "the retransmission timer expired").count();
    checks.expect(
        "resending: each timeout sends the front again",
        resent >= timeouts && timeouts > 0,
        format_args!("{resent} times"),
    );
    doubling(server, checks);

    for (what, arrival) in [("out of order", "out_of_order"), ("as duplicates", "duplicate")] {
        let named = client.all("arrived").filter(|event| event.text("arrival") == arrival);
        let named: Vec<_> = named.map(|event| shown_seq(event.number("seq"))).collect();
        checks.expect(
            format_args!("segments that the client names {what}"),
            !named.is_empty(),
            joined(named, ", "),
        );
    }
    let client_said = run.clients.first().map(|client| &*client.said).unwrap_or_default();
    for (who, trace, said) in [("server", server, &*run.server_said), ("client", client, client_said)] {
        let dropped = lost(trace).count();
        let line = format!("Dropped: {dropped} packets");
        let is_said = said.iter().any(|said| said.line.ends_with(&line));
        checks.expect(format_args!("the {who} counts what it dropped"), is_said && dropped > 0, line);
    }
}

/// RFC 6298 5.5: the same segment, lost again, waits twice as long.
fn doubling(server: &Trace, checks: &mut Checklist) {
    let twice = server.all("timeout").find(|event| event.number("count") == Some(2));
    let rto = twice.and_then(|event| event.spans("rto"));
    let first = twice.and_then(|twice| {
        server
            .all("timeout")
            .find(|event| event.number("count") == Some(1) && event.number("seq") == twice.number("seq"))
    });
    let (first, second) = (first.and_then(|event| event.spans("rto")), rto);
    let doubled = first.zip(second).is_some_and(|(first, second)| {
        second.before == 2.0 * first.before && second.after == 2.0 * second.before
    });
    let found = match (first, second) {
        (Some(first), Some(second)) => {
            format!("{:?} -> {:?} -> {:?} s", first.before, second.before, second.after)
        }
        _ => "no segment was lost twice".to_owned(),
    };
    checks.expect("the RTO doubles when the same segment is lost twice", doubled, found);
}

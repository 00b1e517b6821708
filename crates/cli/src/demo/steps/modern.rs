//! Modern: the losses of step 3, repaired by what has been found since.

use super::super::checklist::Checklist;
use super::super::run::{Arrived, Run};
use super::super::trace::{Event, Trace};
use super::super::turns::{loss, modern};
use super::{AT_ONCE, Beside, PLAIN, Step, joined, lost};

/// In modern, the tenth segment with data is the last of the file. The size of a segment is given, so that no probes for a
/// larger one (RFC 8899) count among them.
pub(super) const STEP: Step = Step {
    name: "modern",
    title: "the losses of step 3, repaired by SACK, RACK and tail loss probes",
    how: "The server's losses of step 3, and the end of the file besides; a file of six segments, so that SACK has \
          something to report. First in classic, then in modern, whose transcript this is.",
    profile: "modern",
    server: &["--mss", "1452", "--drop", "data:2,4,10", "--loss", "8%", "--seed", "2"],
    rounds: &[&[&["--mss", "1452", "--file", "8192.txt"]]],
    beside: Some(Beside { profile: "classic", check: compared }),
    turns: &[loss::FIRST_LOSS, modern::REPORT, modern::FOUND, modern::TAIL, loss::NO_TIMER],
    check,
    ..PLAIN
};

const RACK: &str = "sent before a segment that has arrived, and longer ago than a round trip";

fn check(run: &Run, checks: &mut Checklist) {
    let server = &run.server;
    let Some(client) = run.clients.first().map(|client| &client.trace) else { return };
    let agreed = [server, client].map(|trace| trace.all("options").any(|event| event.agreed("sack")));
    checks.expect("both SYNs permit SACK", agreed == [true, true], if agreed[0] { "yes" } else { "no" });

    let dropped = lost(server).count();
    checks.expect("Packet loss: segments are lost on purpose", dropped > 0, dropped);
    let blocks: Vec<_> = server.all("received").flat_map(Event::sack).collect();
    let first =
        blocks.first().map(|(start, end)| format!("SACK {start}-{end}, and {} more", blocks.len() - 1));
    checks.expect("the client's ACKs report what lies behind a gap", first.is_some(), found(first));

    repaired_at_once(server, checks);

    let probes: Vec<bool> = server.all("tail_probe").map(|event| event.flag("again")).collect();
    let probes = probes.iter().map(|again| if *again { "the last segment again" } else { "a new segment" });
    let probes = joined(probes.map(str::to_owned), ", ");
    checks.expect("a lost tail is probed for, long before the RTO", probes != "none", probes);
}

/// RACK finds a loss by the times at which segments were sent, and it is repaired in the same breath.
fn repaired_at_once(server: &Trace, checks: &mut Checklist) {
    let by_rack = server.all("found_lost").find(|event| event.cause() == RACK);
    let found_at = by_rack.map(|event| format!("from SEQ {}", event.number("seq").unwrap_or_default()));
    checks.expect("RACK: sent before what has arrived, so lost", by_rack.is_some(), found(found_at));
    let after = by_rack.and_then(|lost| {
        let again = |event: &&Event| event.at >= lost.at && event.number("seq") == lost.number("seq");
        server.all("resending").find(again)?.at.checked_sub(lost.at)
    });
    checks.expect(
        "and sent again at once, not at the RTO",
        after.is_some_and(|after| after < AT_ONCE),
        found(after.map(|after| format!("{} ms after", after as f64 / 1e6))),
    );
}

/// How much sooner it was done.
fn compared(classic: &Run, modern: &Run, checks: &mut Checklist) {
    let [before, after] = [classic, modern].map(|run| run.server.count("timeout"));
    checks.expect("fewer timeouts than in classic", after < before, format!("{after} rather than {before}"));
    let times = delivered(classic).zip(delivered(modern));
    let sooner = times.map(|(classic, modern)| {
        let factor = classic / modern;
        format!("after {modern:.3} s rather than {classic:.3} s: {factor:.0} times as soon")
    });
    let is_sooner = times.is_some_and(|(classic, modern)| modern < classic);
    checks.expect("the file is there sooner than in classic", is_sooner, found(sooner));
}

/// From the client's SYN to the last byte of its whole file, in seconds.
fn delivered(run: &Run) -> Option<f64> {
    let client = run
        .clients
        .first()
        .filter(|client| client.files.iter().all(|(_, arrived)| matches!(arrived, Arrived::Whole(_))))?;
    let begun = client.trace.all("opened").next()?.at;
    let data = |event: &&Event| event.number("bytes") > Some(0) && event.text("arrival") != "duplicate";
    let there = client.trace.all("arrived").filter(data).last()?.at;
    Some(there.checked_sub(begun)? as f64 / 1e9)
}

fn found(what: Option<String>) -> String {
    what.unwrap_or_else(|| "none".to_owned())
}

#[cfg(test)]
mod tests;

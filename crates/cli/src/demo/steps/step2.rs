//! Step 2: many clients, one server, at once.

use super::super::checklist::Checklist;
use super::super::run::Run;
use super::super::turns::opening;
use super::{PLAIN, Step};

pub(super) const STEP: Step = Step {
    name: "step2",
    title: "two clients at once",
    how: "Two clients are started together; the server's segments take 20 ms, so that both are under way for a while.",
    server: &["--delay", "20ms"],
    rounds: &[&[&["--file", "8192.txt"], &["--file", "8192.txt"]]],
    turns: &[opening::AT_ONCE, opening::TOLD_APART, opening::FIRST_FIN],
    check,
    ..PLAIN
};

/// From one connection to the other and back, several times over: one after the other, it would be once.
const CHANGES: usize = 6;

fn check(run: &Run, checks: &mut Checklist) {
    let connections = run.server.connections();
    checks.equal("connections that the server opened", connections.len(), 2);
    let said = run.server.events.iter().filter_map(super::super::trace::Event::conn);
    let said: Vec<u64> = said.filter(|conn| connections.contains(conn)).collect();
    let changes = said.windows(2).filter(|pair| pair[0] != pair[1]).count();
    checks.expect(
        "the two connections' lines interleave on the server",
        changes >= CHANGES,
        format_args!("they change {changes} times from one to the other"),
    );
    let ends: Vec<_> =
        connections.iter().filter_map(|conn| Some(run.server.of(*conn).events.last()?.at)).collect();
    let last_opened = run.server.all("opened").map(|event| event.at).max();
    let overlap = ends.iter().min().zip(last_opened).and_then(|(end, begun)| end.checked_sub(begun));
    checks.expect(
        "the second begins before the first ends",
        overlap.is_some(),
        overlap.map_or_else(|| "it does not".to_owned(), |time| format!("{} ms before", time / 1_000_000)),
    );
}

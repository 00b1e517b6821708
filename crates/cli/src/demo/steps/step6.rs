//! Step 6: fast retransmit, as Tahoe does it.

use super::super::checklist::Checklist;
use super::super::run::Run;
use super::super::samples::LARGE;
use super::super::turns::{loss, recovery};
use super::{PLAIN, Step, fast_retransmit, no_timeouts};

pub(super) const STEP: Step = Step {
    name: "step6",
    title: "fast retransmit (Tahoe)",
    how: "One data segment is lost. Those behind it arrive, and each draws a duplicate ACK.",
    server: &["--cc", "tahoe", "--drop", "data:40"],
    rounds: &[&[&["--file", LARGE]]],
    large: Some(100_000),
    is_paced: true,
    turning_points: &["Packet loss", "|1 Duplicate ACK", "Resending", "(cwnd: 1024 "],
    turns: &[
        loss::FIRST_LOSS,
        loss::DUPLICATES_FOLLOW,
        loss::HOW_MANY_DUPLICATES,
        loss::WHICH_GOES,
        recovery::THRESHOLD,
        recovery::BACK_TO_ONE,
        loss::NO_TIMER,
    ],
    check,
    ..PLAIN
};

fn check(run: &Run, checks: &mut Checklist) {
    fast_retransmit(&run.server, checks);
    let loss = run.server.all("window").find(|event| event.cause() == "third duplicate ACK");
    let cwnd = loss.and_then(|event| event.change("cwnd"));
    let segment = loss.and_then(|event| event.number("smss")).unwrap_or_default();
    let found =
        cwnd.map_or_else(|| "unchanged".to_owned(), |cwnd| format!("{:?} -> {:?}", cwnd.before, cwnd.after));
    checks.expect(
        "cwnd goes back to one segment",
        cwnd.is_some_and(|cwnd| cwnd.after == segment as f64),
        found,
    );
    let phase = loss.map_or("", |event| event.words("phase").1);
    checks.equal("and slow start begins anew", phase, "slow_start");
    no_timeouts(run, checks);
}

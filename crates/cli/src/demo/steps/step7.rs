//! Step 7: fast recovery, as Reno does it.

use super::super::checklist::Checklist;
use super::super::run::Run;
use super::super::samples::LARGE;
use super::super::trace::{Change, Trace};
use super::super::turns::{loss, recovery, window};
use super::{PLAIN, Step, fast_retransmit, no_timeouts};

/// The lost segment is the 132nd with data. The first is the service's answer, alone and so acknowledged by the
/// delay timer; the 130 behind it are acknowledged in pairs. These 66 ACKs bring cwnd to 65536 (63 of them) and
/// three steps of congestion avoidance further, to the seed's 65583.98828696879.
pub(super) const STEP: Step = Step {
    name: "step7",
    title: "fast recovery (Reno)",
    how: "The 132nd data segment is lost, three ACKs into congestion avoidance: cwnd is 65583.98828696879, as in the \
          seed.",
    server: &["--cc", "reno", "--drop", "data:132"],
    rounds: &[&[&["--file", LARGE]]],
    large: Some(300_000),
    is_paced: true,
    turning_points: &["Packet loss", "|1 Duplicate ACK", "Resending", "(cwnd: 32791.99414348439 "],
    turns: &[
        window::CROSSING,
        loss::FIRST_LOSS,
        loss::DUPLICATES_FOLLOW,
        loss::HOW_MANY_DUPLICATES,
        loss::WHICH_GOES,
        recovery::THRESHOLD,
        recovery::HALVED,
        recovery::INFLATION,
        recovery::WHAT_FOR,
        recovery::LEAVING,
        loss::NO_TIMER,
    ],
    check,
    ..PLAIN
};

const ENTERED_FROM: f64 = 65583.98828696879;
const SSTHRESH: f64 = 32791.99414348439;
const SEGMENT: f64 = 1024.0;

fn check(run: &Run, checks: &mut Checklist) {
    let server = &run.server;
    fast_retransmit(server, checks);
    let entered = changes(server, "third duplicate ACK").next();
    let (cwnd, ssthresh) = entered.unwrap_or_default();
    figure(checks, "fast recovery is entered from cwnd", cwnd.before, ENTERED_FROM);
    figure(checks, "ssthresh becomes half of it", ssthresh.after, SSTHRESH);
    figure(checks, "cwnd becomes ssthresh + 3 MSS", cwnd.after, SSTHRESH + 3.0 * SEGMENT);
    inflation(server, checks);
    deflation(server, checks);
    no_timeouts(run, checks);
}

/// What happened to cwnd and ssthresh for this cause.
fn changes(trace: &Trace, cause: &str) -> impl Iterator<Item = (Change, Change)> {
    let caused = trace.all("window").filter(move |event| event.cause() == cause);
    caused.filter_map(|event| event.change("cwnd").zip(event.change("ssthresh")))
}

fn figure(checks: &mut Checklist, what: &str, found: f64, expected: f64) {
    checks.expect(what, found == expected, format_args!("{found:?}"));
}

/// Each further duplicate ACK says that a segment has left the network, and lets another in.
fn inflation(server: &Trace, checks: &mut Checklist) {
    let further: Vec<Change> = changes(server, FURTHER).map(|(cwnd, _)| cwnd).collect();
    let right = further.iter().filter(|cwnd| cwnd.after == cwnd.before + SEGMENT).count();
    let up_to = further.last().map_or(0.0, |cwnd| cwnd.after);
    checks.expect(
        "cwnd grows by one MSS for each further duplicate ACK",
        right == further.len() && right > 0,
        format_args!("{right} of {} times, up to {up_to:?}", further.len()),
    );
}

fn deflation(server: &Trace, checks: &mut Checklist) {
    let ended = changes(server, ENDED).next().unwrap_or_default();
    figure(checks, "at the new ACK, cwnd falls to ssthresh", ended.0.after, SSTHRESH);
}

const FURTHER: &str = "a further duplicate ACK: a segment has left the network";
const ENDED: &str = "the ACK of new data that ends fast recovery";

#[cfg(test)]
mod tests;

//! Step 5: from slow start to congestion avoidance.

use super::super::checklist::Checklist;
use super::super::run::Run;
use super::super::samples::LARGE;
use super::super::turns::{opening, window};
use super::{PLAIN, Step, in_a_row, windows};

pub(super) const STEP: Step = Step {
    name: "step5",
    title: "slow start, then congestion avoidance",
    how: "A larger file: cwnd reaches ssthresh, 64 KiB, and grows by MSS * MSS / cwnd from there.",
    rounds: &[&[&["--file", LARGE]]],
    large: Some(200_000),
    is_paced: true,
    turning_points: &["(cwnd: 65536 ", "(cwnd: 65552.0 ", "(cwnd: 65567.99609470344 "],
    turns: &[
        window::FIRST_GROWTH,
        window::HOW_MANY_ACKS,
        window::CROSSING,
        window::A_WINDOW_FOR_ONE,
        opening::WHO_WAITS,
    ],
    check,
    ..PLAIN
};

const SSTHRESH: f64 = 65536.0;

fn check(run: &Run, checks: &mut Checklist) {
    let cwnd = windows(&run.server);
    in_a_row(
        checks,
        "slow start: cwnd up to ssthresh",
        &cwnd,
        &[61440.0, 62464.0, 63488.0, 64512.0, SSTHRESH],
    );
    in_a_row(
        checks,
        "congestion avoidance: cwnd += MSS * MSS / cwnd",
        &cwnd,
        &[SSTHRESH, 65552.0, 65567.99609470344],
    );
    for (phase, is_before) in [("slow_start", true), ("congestion_avoidance", false)] {
        let grown = run
            .server
            .all("window")
            .filter(|event| event.change("cwnd").is_some_and(|cwnd| (cwnd.before < SSTHRESH) == is_before));
        let named: Vec<bool> = grown.map(|event| event.words("phase").0 == phase).collect();
        let right = named.iter().filter(|named| **named).count();
        let (phase, where_) = (phase.replace('_', " "), if is_before { "below" } else { "from" });
        checks.expect(
            format_args!("{phase} is named {where_} ssthresh on"),
            right == named.len() && right > 0,
            format_args!("{right} of {} times", named.len()),
        );
    }
}

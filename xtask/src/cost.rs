//! `cargo xtask cost`: how many instructions the engine takes for an ACK and for a segment, at a small window and at a large
//! one, and in the repair of a thousand losses. Counted by valgrind, so that the numbers are the same whatever else the machine
//! does: more than the baseline says is a mistake, or a decision that `--write` puts down.

use std::collections::BTreeMap;

use crate::console::{BAD, GOOD, TITLE, painted, say};
use crate::error::{Failure, Outcome};

mod baseline;
mod count;

use count::{Cost, Counter, Run};

/// By how much the larger window may cost more.
const MAY_GROW: f64 = 1.2;
/// The windows that are compared, in segments.
const WINDOWS: [u64; 2] = [100, 10_000];
/// Every so-manieth segment of a window is missing where there are gaps.
const ONE_GAP_IN: u64 = 10;
/// Which half of a connection is run, and with which controller.
const HALVES: [(&str, &str); 4] =
    [("sender", "newreno"), ("sender", "cubic"), ("sender", "bbr"), ("receiver", "")];
/// A thousand losses in one window, and their repair.
const EPISODE: Run = Run { half: "episode", controller: "cubic", window: 10_000, gaps: 1_000 };
/// Where a datagram that arrives has data, and where it is an ACK with all the blocks that it has room for.
const DATA: Run = Run { half: "receiver", controller: "", window: 100, gaps: 0 };
const ACKS: Run = Run { half: "sender", controller: "cubic", window: 10_000, gaps: 1_000 };

/// Instructions by what they were for.
type Instructions = BTreeMap<String, u64>;

/// What becomes of the counts.
enum Then {
    Nothing,
    Check,
    Write,
}

/// `cargo xtask cost [--check | --write]`
pub(crate) fn run(words: &[&str]) -> Outcome {
    let then = match words {
        [] => Then::Nothing,
        ["--check"] => Then::Check,
        ["--write"] => Then::Write,
        _ => return Err(Failure::usage("cost takes --check or --write, or no word")),
    };
    let counter = Counter::build()?;
    let mut all = Instructions::new();
    let has_grown = windows(&counter, &mut all)?;
    let episode = counter.measure(EPISODE)?;
    line(EPISODE, &episode, None);
    note(&mut all, EPISODE, &episode);
    say(
        "arriving: an ACK at the sender, a segment at the receiver; leaving: a segment at the sender, an ACK there",
    );
    for (name, instructions) in
        all.iter().filter(|(name, _)| name.starts_with("encode") || name.starts_with("decode"))
    {
        say(format_args!("{name}: {instructions}"));
    }
    match then {
        Then::Nothing => {}
        Then::Check => baseline::check(&all)?,
        Then::Write => baseline::write(&all)?,
    }
    if has_grown {
        return Err(Failure::new("the larger window costs more than a fifth more"));
    }
    Ok(())
}

/// Each half with each controller, without gaps and with them, at either window. Says whether the larger costs too much more.
fn windows(counter: &Counter, all: &mut Instructions) -> Outcome<bool> {
    say(painted(TITLE, "Instructions, by window"));
    say("half      controller   window   gaps    arriving  ratio     leaving  ratio");
    let mut has_grown = false;
    for (half, controller) in HALVES {
        for with_gaps in [false, true] {
            let mut small: Option<Cost> = None;
            for window in WINDOWS {
                let gaps = if with_gaps { window / ONE_GAP_IN } else { 0 };
                let run = Run { half, controller, window, gaps };
                let cost = counter.measure(run)?;
                has_grown |= line(run, &cost, small.as_ref());
                note(all, run, &cost);
                small = small.or(Some(cost));
            }
        }
    }
    Ok(has_grown)
}

/// Notes what a run cost by names that say what each is.
fn note(all: &mut Instructions, run: Run, cost: &Cost) {
    let (arriving, leaving) = match run.half {
        "receiver" => ("a segment arrives", "an ACK leaves"),
        _ => ("an ACK arrives", "a segment leaves"),
    };
    let mut note = |name: String, instructions: f64| all.insert(name, instructions.round() as u64);
    note(format!("{run}: {arriving}"), cost.arriving);
    note(format!("{run}: {leaving}"), cost.leaving);
    let datagram = match run {
        DATA => "a full segment",
        ACKS => "an ACK with SACK blocks",
        _ => return,
    };
    note(format!("encode {datagram}"), cost.encoding);
    note(format!("decode {datagram}"), cost.decoding);
}

/// Prints a run beside the one with the small window. Says whether it costs too much more.
fn line(run: Run, cost: &Cost, small: Option<&Cost>) -> bool {
    let ratios = small.map(|small| (cost.arriving / small.arriving, cost.leaving / small.leaving));
    let ratio = |ratio: Option<f64>| match ratio {
        None => format!("{:>6}", ""),
        Some(ratio) => painted(if ratio > MAY_GROW { BAD } else { GOOD }, format_args!("{ratio:>6.2}")),
    };
    let (arriving, leaving) = ratios.unzip();
    let Run { half, controller, .. } = run;
    let row = format!(
        "{half:9} {controller:10} {:>8.0} {:>6.0}  {:>10.0} {}  {:>10.0} {}",
        cost.window,
        cost.gaps,
        cost.arriving,
        ratio(arriving),
        cost.leaving,
        ratio(leaving)
    );
    say(row.trim_end());
    ratios.is_some_and(|(arriving, leaving)| arriving.max(leaving) > MAY_GROW)
}

#[cfg(test)]
mod tests;

//! `cargo xtask cost`: how many instructions the engine takes for an ACK and for a segment, at a small window and at a large
//! one. Counted by valgrind, so that the numbers are the same each time.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::console::{BAD, GOOD, TITLE, painted, say};
use crate::demo::executable;
use crate::error::{Failure, Outcome, While};

/// By how much the larger window may cost more.
const MAY_GROW: f64 = 1.2;
/// The windows that are compared, in segments.
const WINDOWS: [u64; 2] = [100, 10_000];
/// Every so-manieth segment of a window is missing where there are gaps.
const ONE_GAP_IN: u64 = 10;
/// What is counted begins when so many windows have passed, and goes on for so many segments.
const WARM_UP: u64 = 4;
const COUNTED: u64 = 20_000;
/// Which half of a connection is run, and with which controller.
const RUNS: [(&str, &str); 4] =
    [("sender", "newreno"), ("sender", "cubic"), ("sender", "bbr"), ("receiver", "")];

/// What one run cost, per segment.
struct Cost {
    /// For each datagram that arrived.
    arriving: f64,
    /// For each segment that left, with the timers that made it leave.
    leaving: f64,
    window: f64,
    gaps: f64,
}

/// `cargo xtask cost`
pub(crate) fn run(words: &[&str]) -> Outcome {
    if let [word, ..] = words {
        return Err(Failure::usage(format_args!("cost takes no words, such as {word}")));
    }
    let program = build()?;
    let place = tempfile::tempdir().while_doing("make a place for what is counted")?;
    let profile = place.path().join("callgrind.out");
    say(painted(TITLE, "Instructions, by window"));
    say("half      controller   window   gaps    arriving  ratio     leaving  ratio");
    let mut grown = false;
    for (half, controller) in RUNS {
        for with_gaps in [false, true] {
            let mut small: Option<Cost> = None;
            for window in WINDOWS {
                let gaps = if with_gaps { window / ONE_GAP_IN } else { 0 };
                let cost = measure(&program, &profile, [half, controller], window, gaps)?;
                grown |= line([half, controller], &cost, small.as_ref());
                small = small.or(Some(cost));
            }
        }
    }
    say(
        "arriving: an ACK at the sender, a segment at the receiver; leaving: a segment at the sender, an ACK there",
    );
    if grown {
        return Err(Failure::new("the larger window costs more than a fifth more"));
    }
    Ok(())
}

/// Prints a run beside the one with the small window. Says whether it costs too much more.
fn line([half, controller]: [&str; 2], cost: &Cost, small: Option<&Cost>) -> bool {
    let ratios = small.map(|small| (cost.arriving / small.arriving, cost.leaving / small.leaving));
    let ratio = |ratio: Option<f64>| match ratio {
        None => format!("{:>6}", ""),
        Some(ratio) => painted(if ratio > MAY_GROW { BAD } else { GOOD }, format_args!("{ratio:>6.2}")),
    };
    let (arriving, leaving) = ratios.unzip();
    say(format_args!(
        "{half:9} {controller:10} {:>8.0} {:>6.0}  {:>10.0} {}  {:>10.0} {}",
        cost.window,
        cost.gaps,
        cost.arriving,
        ratio(arriving),
        cost.leaving,
        ratio(leaving)
    ));
    ratios.is_some_and(|(arriving, leaving)| arriving.max(leaving) > MAY_GROW)
}

/// The difference of two runs, so that what goes before what is counted cancels out.
fn measure(program: &Path, profile: &Path, run: [&str; 2], window: u64, gaps: u64) -> Outcome<Cost> {
    let warm_up = WARM_UP * window;
    let before = count(program, profile, run, window, gaps, warm_up)?;
    let after = count(program, profile, run, window, gaps, warm_up + COUNTED)?;
    let difference = |name: &str| after.of(name) - before.of(name);
    let arrived = difference("arrived");
    Ok(Cost {
        arriving: difference("arrive") / arrived,
        leaving: (difference("leave") + difference("tick")) / difference("sent"),
        window: difference("windows") / arrived,
        gaps: difference("holes") / arrived,
    })
}

/// What one run says of itself, and what was counted of it.
struct Counted {
    said: Value,
    profile: String,
}

impl Counted {
    fn of(&self, name: &str) -> f64 {
        self.said[name].as_f64().unwrap_or_else(|| inclusive(&self.profile, &format!("cost::door::{name}")))
    }
}

fn count(
    program: &Path,
    profile: &Path,
    [half, controller]: [&str; 2],
    window: u64,
    gaps: u64,
    segments: u64,
) -> Outcome<Counted> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet"]);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display()));
    valgrind.arg(program).arg(half).args([window, gaps, segments].map(|number| number.to_string()));
    valgrind.args(Some(controller).filter(|controller| !controller.is_empty()));
    let ran = valgrind.stderr(Stdio::inherit()).output().map_err(|error| {
        Failure::new(format_args!(
            "cannot run valgrind, which counts instructions: {error}\n  next:  install it (apt install valgrind)"
        ))
    })?;
    if !ran.status.success() {
        return Err(Failure::new(format_args!("{valgrind:?} failed")));
    }
    Ok(Counted {
        said: serde_json::from_slice(&ran.stdout).while_doing("read what was counted")?,
        profile: std::fs::read_to_string(profile).while_doing("read valgrind's profile")?,
    })
}

/// What calls of a function cost, with all that it calls, by a profile in callgrind's format: after the callee's name
/// (`cfn=(id) name`, the name only the first time) comes a line that says how often it was called, and one with the cost.
fn inclusive(profile: &str, function: &str) -> f64 {
    let named = |line: &str, prefix: &str| {
        line.strip_prefix(prefix)?
            .split_once(' ')
            .filter(|(_, name)| *name == function)
            .map(|(id, _)| id.to_owned())
    };
    let Some(id) = profile.lines().find_map(|line| named(line, "cfn=").or_else(|| named(line, "fn="))) else {
        return 0.0;
    };
    let mut lines = profile.lines();
    let mut sum = 0.0;
    while let Some(line) = lines.next() {
        let is_it = line.strip_prefix("cfn=").is_some_and(|callee| callee.split(' ').next() == Some(&id));
        if is_it {
            let cost = lines.nth(1).and_then(|cost| cost.split(' ').nth(1)?.parse::<f64>().ok());
            sum += cost.unwrap_or(0.0);
        }
    }
    sum
}

fn build() -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--package", "lucid-conn", "--example", "cost"]);
    build.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
    let built = build.output().while_doing("run cargo")?;
    let said = String::from_utf8_lossy(&built.stdout);
    let program = said.lines().find_map(|line| executable(line, "cost"));
    program.filter(|_| built.status.success()).ok_or_else(|| Failure::new("the example could not be built"))
}

#[cfg(test)]
mod tests;

//! What the engine is known to cost: a file beside the example, against which later counts are held.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::Instructions;
use crate::console::{GOOD, painted, say};
use crate::error::{Failure, Outcome, While};

/// By how much a count may exceed its baseline.
const MAY_EXCEED: f64 = 1.05;

const PLACE: &str = "crates/conn/examples/cost/baseline.json";
const ACCEPT: &str = "cargo xtask cost --write";

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PLACE)
}

/// Puts down what was counted.
pub(super) fn write(all: &Instructions) -> Outcome {
    let value = as_json(all, &compiler());
    let text = serde_json::to_string_pretty(&value).while_doing("make JSON")?;
    fs::write(place(), text + "\n").while_doing(format_args!("write {PLACE}"))?;
    say(format_args!("Written: {PLACE}"));
    Ok(())
}

fn as_json(all: &Instructions, compiler: &str) -> Value {
    json!({
        "about": format!(
            "Instructions for each, as {ACCEPT} counts them. cargo xtask ci fails where one becomes 5 % more."
        ),
        "compiler": compiler,
        "instructions": all,
    })
}

/// # Errors
/// A count is above its baseline; or something has no baseline, or is no longer counted.
pub(super) fn check(all: &Instructions) -> Outcome {
    let text = fs::read_to_string(place()).map_err(|error| {
        Failure::new(format_args!("cannot read {PLACE}: {error}\n  next:  {ACCEPT} makes it"))
    })?;
    let known: Value = serde_json::from_str(&text).while_doing(format_args!("understand {PLACE}"))?;
    let compiled = (known["compiler"].as_str().unwrap_or("an unknown compiler"), &*compiler());
    let before = instructions(&known["instructions"])?;
    let verdict = compare(&before, all);
    for cheaper in &verdict.cheaper {
        say(format_args!("{} {cheaper}", painted(GOOD, "cheaper:")));
    }
    if !verdict.cheaper.is_empty() {
        say(format_args!("{ACCEPT} keeps it so"));
    }
    if verdict.wrong.is_empty() {
        say(format_args!("{} counts, none more than 5 % above its baseline", all.len()));
        return Ok(());
    }
    Err(Failure::new(complaint(&verdict.wrong, compiled)))
}

fn instructions(known: &Value) -> Outcome<Instructions> {
    let each = known.as_object().into_iter().flatten();
    let each = each.map(|(name, count)| Some((name.clone(), count.as_u64()?)));
    each.collect::<Option<_>>()
        .ok_or_else(|| Failure::new(format_args!("{PLACE} has a count that is no number")))
}

/// What is wrong, and how to accept it.
fn complaint(wrong: &[String], (then, now): (&str, &str)) -> String {
    let compiler =
        if then == now { String::new() } else { format!("\n  the baseline is of {then}, this of {now}") };
    let wrong = wrong.join("\n  ");
    format!(
        "instructions against {PLACE}:\n  {wrong}{compiler}\n  next:  make it cheaper, or accept it: {ACCEPT}"
    )
}

/// What differs from the baseline by more than it may.
#[derive(Debug, Default, PartialEq)]
struct Verdict {
    wrong: Vec<String>,
    cheaper: Vec<String>,
}

fn compare(known: &Instructions, all: &Instructions) -> Verdict {
    let mut verdict = Verdict::default();
    for (name, &now) in all {
        let Some(&before) = known.get(name) else {
            verdict.wrong.push(format!("{name}: {now}, and no baseline"));
            continue;
        };
        let ratio = now as f64 / before as f64;
        let change = format!("{name}: {before} -> {now} ({:+.1} %)", (ratio - 1.0) * 100.0);
        if ratio > MAY_EXCEED {
            verdict.wrong.push(change);
        } else if ratio < 1.0 / MAY_EXCEED {
            verdict.cheaper.push(change);
        }
    }
    let gone = known.keys().filter(|name| !all.contains_key(*name));
    verdict.wrong.extend(gone.map(|name| format!("{name}: no longer counted")));
    verdict
}

/// Counts are the compiler's as much as ours.
fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("--version").output().map(|said| said.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().to_owned()
}

#[cfg(test)]
mod tests;

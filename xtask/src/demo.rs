//! `cargo xtask demo` and `learn`: builds the program, and has it show and check its steps, or write its lessons.

use std::process::Command;

use crate::console::say;
use crate::error::{Failure, Outcome, While};
use crate::programs;

/// `cargo xtask demo [what lucid demo takes]`
pub(crate) fn run(words: &[&str]) -> Outcome {
    lucid("demo", words)
}

/// `cargo xtask learn`: has the program write its part of the pages in `docs/learn`.
pub(crate) fn learn(words: &[&str]) -> Outcome {
    if let Some(word) = words.first() {
        return Err(Failure::usage(format_args!("learn takes nothing, and not {word}")));
    }
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/learn");
    lucid("learn", &["--write", pages])
}

/// Builds the program and runs a command of it, as whoever types it would.
fn lucid(command: &str, words: &[&str]) -> Outcome {
    say("Building lucid ...");
    let lucid = programs::build_lucid()?;
    let status = Command::new(lucid).arg(command).args(words).status();
    let status = status.while_doing(format_args!("run lucid {command}"))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(2) => Err(Failure::usage(format_args!("lucid {command} did not understand that"))),
        _ => Err(Failure::new(format_args!("lucid {command} failed"))),
    }
}

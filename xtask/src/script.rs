//! `cargo xtask script FILE...`: runs scenarios in packetdrill's language.

use std::process::Command;

use crate::error::{Failure, Outcome, While};

/// What the program says for scripts or words that it doesn't understand.
const NOT_UNDERSTOOD: i32 = 2;

/// Hands everything to the program in `crates/script`, which says what it has to say.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--package", "lucid-script", "--"])
        .args(words)
        .status()
        .while_doing("run the scripts")?;
    match status.code() {
        Some(0) => Ok(()),
        Some(NOT_UNDERSTOOD) => Err(Failure::usage("the scripts were not run")),
        _ => Err(Failure::new("not every script passed\n  next:  read its exchange from the bottom")),
    }
}

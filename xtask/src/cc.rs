//! `cargo xtask cc`: the proving ground, built for speed.

use std::process::Command;

use crate::error::{Failure, Outcome, While};

/// `cargo xtask cc [TABLE...]`: all words go to `lucid-lab`.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--release", "--quiet", "--package", "lucid-lab", "--bin", "lucid-lab", "--"])
        .args(words)
        .status()
        .while_doing("run lucid-lab")?;
    // It has said by itself what is wrong.
    if status.success() { Ok(()) } else { Err(Failure::new("lucid-lab failed")) }
}

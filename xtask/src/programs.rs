//! The programs that xtask runs, built by cargo.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Failure, Outcome, While};

/// Builds `lucid`, as `cargo test --workspace` would: neither has then to build much again.
pub(crate) fn build_lucid() -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--workspace", "--bin", "lucid"]);
    build.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
    let built = build.output().while_doing("run cargo")?;
    if !built.status.success() {
        return Err(Failure::new("lucid could not be built"));
    }
    let said = String::from_utf8_lossy(&built.stdout);
    let found = said.lines().find_map(|line| executable(line, "lucid"));
    found.ok_or_else(|| Failure::new("cargo did not say where it put lucid"))
}

/// The path of `name`, if this line of cargo's tells it.
pub(crate) fn executable(line: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_it = message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
    is_it.then(|| message["executable"].as_str().map(PathBuf::from))?
}

//! The programs that the demo runs, built by cargo.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Failure, Outcome, While};

/// Where the built programs lie.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) lucid: PathBuf,
    pub(crate) dns_server: PathBuf,
}

impl Programs {
    /// Builds them, as `cargo test --workspace` would: neither has then to build much again.
    pub(crate) fn build() -> Outcome<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--workspace", "--bin", "lucid", "--example", "dns-server"]);
        build.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
        let built = build.output().while_doing("run cargo")?;
        if !built.status.success() {
            return Err(Failure::new("the programs could not be built"));
        }
        let said = String::from_utf8_lossy(&built.stdout);
        let program = |name| {
            let found = said.lines().find_map(|line| executable(line, name));
            found.ok_or_else(|| Failure::new(format_args!("cargo did not say where it put {name}")))
        };
        Ok(Self { lucid: program("lucid")?, dns_server: program("dns-server")? })
    }
}

/// The path of `name`, if this line of cargo's tells it.
pub(crate) fn executable(line: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_it = message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
    is_it.then(|| message["executable"].as_str().map(PathBuf::from))?
}

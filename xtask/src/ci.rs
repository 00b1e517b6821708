//! `cargo xtask ci`: everything that is checked before a change is accepted.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::console::{BAD, GOOD, TITLE, painted, say};
use crate::error::{Failure, Outcome, While};

/// One check: a command that must succeed.
struct Stage {
    name: &'static str,
    /// What is wrong if it fails.
    promise: &'static str,
    cargo: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
}

/// In their order: what fails soonest comes first. `test` also holds the dependency table and the house rules
/// to be true: see `tidy.rs`.
const STAGES: [Stage; 13] = [
    Stage { name: "fmt", promise: "the code is formatted", cargo: &["fmt", "--all", "--check"], env: &[] },
    Stage {
        name: "rfc",
        promise: "every requirement of RFC 9293 has its line and its test, or a reason",
        cargo: &["xtask", "rfc", "--check"],
        env: &[],
    },
    // The database of advisories lives in a git repository, which not every builder can reach: left out.
    Stage {
        name: "deny",
        promise: "licences are permissive, sources known",
        cargo: &["deny", "check", "bans", "licenses", "sources"],
        env: &[],
    },
    Stage {
        name: "clippy",
        promise: "no lint speaks up",
        cargo: &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        env: &[],
    },
    Stage {
        name: "pure",
        promise: "the engine builds without tokio",
        cargo: &["clippy", "-p", "lucid-conn", "--no-default-features", "--", "-D", "warnings"],
        env: &[],
    },
    Stage { name: "test", promise: "every test passes", cargo: &["test", "--workspace"], env: &[] },
    // Needs Chromium, and fails without: who has none names the stages that he wants.
    Stage {
        name: "report",
        promise: "a report opens in a browser, and shows there what the recording has",
        cargo: &["test", "-p", "lucid-cli", "--test", "browser", "--", "--ignored"],
        env: &[],
    },
    Stage {
        name: "wireshark",
        promise: "tshark reads our captures without a complaint, and counts as we do",
        cargo: &["test", "-p", "lucid-cli", "--test", "cli", "wireshark", "--", "--ignored"],
        env: &[],
    },
    Stage {
        name: "live",
        promise: "a running lucid can be watched on any screen, and the terminal is given back",
        cargo: &["test", "-p", "lucid-cli", "--test", "live", "--", "--ignored"],
        env: &[],
    },
    Stage {
        name: "doc",
        promise: "the documentation builds without a warning",
        cargo: &["doc", "--workspace", "--no-deps"],
        env: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    Stage {
        name: "demo",
        promise: "the demo shows all that it has to",
        cargo: &["xtask", "demo", "--no-color"],
        env: &[],
    },
    Stage {
        name: "lessons",
        promise: "every demo that a lesson shows runs to its end",
        cargo: &["test", "-p", "lucid-cli", "--test", "cli", "lessons", "--", "--ignored"],
        env: &[],
    },
    Stage {
        name: "cost",
        promise: "no ACK and no segment takes 5 % more instructions than it is known to",
        cargo: &["xtask", "cost", "--check"],
        env: &[],
    },
];

/// `cargo xtask ci [STAGE...]`
pub(crate) fn run(words: &[&str]) -> Outcome {
    let stages = chosen(words)?;
    let mut times = Vec::new();
    for stage in stages {
        say(format_args!("\n{}", painted(TITLE, format_args!("{}: {}", stage.name, stage.promise))));
        let time = stage.run()?;
        say(format_args!("{} after {:.1} s", painted(GOOD, "ok"), time.as_secs_f64()));
        times.push((stage, time));
    }
    say(format_args!("\n{}", painted(TITLE, "Summary")));
    for (stage, time) in &times {
        say(format_args!(
            "  {:<10}{}  {:>7.1} s  {}",
            stage.name,
            painted(GOOD, "ok"),
            time.as_secs_f64(),
            stage.promise
        ));
    }
    let whole: Duration = times.iter().map(|(_, time)| *time).sum();
    say(format_args!("  {:<10}{}  {:>7.1} s", "all", painted(GOOD, "ok"), whole.as_secs_f64()));
    Ok(())
}

fn chosen(words: &[&str]) -> Outcome<Vec<&'static Stage>> {
    if words.is_empty() {
        return Ok(STAGES.iter().collect());
    }
    let stage = |word: &&str| {
        let known: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        let found = STAGES.iter().find(|stage| stage.name == *word);
        found.ok_or_else(|| Failure::usage(format_args!("ci knows {}, not {word}", known.join(", "))))
    };
    words.iter().map(stage).collect()
}

impl Stage {
    /// Runs it, and says how long it took.
    ///
    /// # Errors
    /// It fails; the message says how to run it alone.
    fn run(&self) -> Outcome<Duration> {
        let command = format!("cargo {}", self.cargo.join(" "));
        say(format_args!("$ {command}"));
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let start = now();
        let status = Command::new(cargo)
            .args(self.cargo)
            .envs(self.env.iter().copied())
            .stdin(Stdio::null())
            .status()
            .while_doing(format_args!("run {command}"))?;
        let time = now() - start;
        if status.success() {
            return Ok(time);
        }
        say(format_args!("{} after {:.1} s", painted(BAD, "failed"), time.as_secs_f64()));
        let name = self.name;
        Err(Failure::new(format_args!("{name} failed: {command}\n  next:  cargo xtask ci {name}")))
    }
}

#[expect(clippy::disallowed_methods, reason = "it tells how long a stage takes")]
fn now() -> Instant {
    Instant::now()
}

//! `lucid-script FILE-OR-DIR...`: runs scripts, and says which passed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use lucid_script::Script;

/// Run scripts in packetdrill's language against the engine, in virtual time: no root, no sockets
#[derive(Parser)]
#[command(name = "cargo xtask script")]
struct CommandLine {
    /// Scripts, and folders with scripts (*.pkt) in them
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,

    /// Print what was said, and why, also where a script passes
    #[arg(long, short)]
    verbose: bool,

    /// How far a time may be off, in microseconds, where a script doesn't say
    #[arg(long = "tolerance_usecs", value_name = "N", alias = "tolerance-usecs")]
    tolerance: Option<u64>,
}

/// What became of all scripts so far; in the order of their exit codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Passed,
    Failed,
    NotUnderstood,
}

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let verdict = run_all(&command_line).unwrap_or_else(|error| {
        // Nobody reads any more what standard error would say.
        let _ = writeln!(io::stderr(), "{error}");
        Verdict::NotUnderstood
    });
    ExitCode::from(verdict as u8)
}

fn run_all(command_line: &CommandLine) -> io::Result<Verdict> {
    let mut files = Vec::new();
    for path in &command_line.paths {
        lucid_script::find(path, &mut files)?;
    }
    let mut worst = Verdict::Passed;
    for file in files {
        worst = worst.max(run_one(&file, command_line)?);
    }
    Ok(worst)
}

fn run_one(file: &Path, command_line: &CommandLine) -> io::Result<Verdict> {
    let mut out = io::stdout();
    let text = std::fs::read_to_string(file)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot read {}: {error}", file.display())))?;
    let tolerance = command_line.tolerance.map(Duration::from_micros);
    let outcome = Script::parse(&file.display().to_string(), &text)
        .and_then(|script| lucid_script::run(&script, tolerance));
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            writeln!(io::stderr(), "{error}")?;
            return Ok(Verdict::NotUnderstood);
        }
    };
    writeln!(out, "{outcome}")?;
    if !outcome.passed() {
        return Ok(Verdict::Failed);
    }
    if command_line.verbose {
        outcome.exchange().iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    Ok(Verdict::Passed)
}

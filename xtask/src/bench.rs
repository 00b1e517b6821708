//! `cargo xtask bench`: lucid side by side with its peers, two processes each, in turn, so that what the machine does
//! meanwhile hits all alike. The peers live in `bench/`, a workspace of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::console::{self, FAINT, painted, say};
use crate::error::{Failure, Outcome, While};
use crate::programs::executable;

mod machine;
mod pair;
mod plan;
mod report;
mod results;

use machine::Machine;
use plan::{PEERS, Peer, WORKS, Work};
use results::Results;

/// What the command line asks for.
struct Wishes {
    works: Vec<&'static Work>,
    peers: Vec<&'static Peer>,
    repeat: usize,
    write: bool,
}

/// `cargo xtask bench [WORK...] [--peers a,b] [--repeat 5] [--write] [--no-color]`
pub(crate) fn run(words: &[&str]) -> Outcome {
    let wishes = Wishes::parse(words)?;
    say("Building lucid and its peers ...");
    let program = build()?;
    let machine = Machine::this();
    let measured = wishes.works.iter().map(|work| measure(work, &wishes, &program));
    let measured: Vec<Results> = measured.collect();
    report::show(&machine, &wishes.peers, &measured);
    if wishes.write {
        report::write(&machine, &wishes.peers, &measured)?;
    }
    Ok(())
}

impl Wishes {
    fn parse(words: &[&str]) -> Outcome<Self> {
        let mut wishes = Self { works: Vec::new(), peers: PEERS.iter().collect(), repeat: 5, write: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value =
                || words.next().ok_or_else(|| Failure::usage(format_args!("{word} needs a value")));
            match *word {
                "--write" => wishes.write = true,
                "--no-color" => console::without_color(),
                "--repeat" => wishes.repeat = number(value()?)?,
                "--peers" => wishes.peers = value()?.split(',').map(plan::peer).collect::<Outcome<_>>()?,
                name => wishes.works.push(plan::work(name)?),
            }
        }
        if wishes.works.is_empty() {
            wishes.works.extend(&WORKS);
        }
        Ok(wishes)
    }
}

fn number(word: &str) -> Outcome<usize> {
    let number = word.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Failure::usage(format_args!("--repeat takes a number from 1, not {word}")))
}

/// All rounds of one work: each peer in turn, then each again. A peer that fails has no further turn.
fn measure(work: &'static Work, wishes: &Wishes, program: &Path) -> Results {
    let mut results = Results::new(work, wishes.peers.len());
    let rounds = wishes.repeat.min(work.most_rounds);
    for round in 1..=rounds {
        let mut line = Vec::new();
        for (index, peer) in wishes.peers.iter().enumerate() {
            if work.suits(peer) && !results.has_failed(index) {
                results.add(index, pair::run(program, peer, work));
                line.push(format!("{} {}", peer.name, results.last(index)));
            }
        }
        let progress = format_args!("{} {round}/{rounds}: {}", work.name, line.join(", "));
        say(painted(FAINT, progress));
    }
    results
}

/// Builds the peers, and says where their program lies.
fn build() -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--manifest-path"]).arg(plan::root().join("bench/Cargo.toml"));
    build.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
    // What cargo told of us when it ran us would have some peers built anew each time.
    let about_us = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names.filter(|name| about_us(name)) {
        build.env_remove(name);
    }
    let built = build.output().while_doing("run cargo")?;
    let said = String::from_utf8_lossy(&built.stdout);
    let program = said.lines().find_map(|line| executable(line, "bench"));
    program.filter(|_| built.status.success()).ok_or_else(|| Failure::new("bench/ could not be built"))
}

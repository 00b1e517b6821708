//! Project commands: `cargo xtask <command>`.

mod bench;
mod cc;
mod ci;
mod console;
mod cost;
mod demo;
mod error;
mod file;
mod programs;
mod rfc;
mod script;
#[cfg(test)]
mod tidy;

use std::process::ExitCode;

use crate::error::Failure;

const HELP: &str = "\
Project commands

Usage: cargo xtask <command>

  demo [step1..step7|modern] [--full] [--pause] [--speed X] ...
                    build lucid and run `lucid demo`: a server and its clients, both transcripts side by side, and a
                    checklist of what must have happened; with --pause it asks what happens next
  learn             write the pictures, excerpts and exercises in docs/learn anew; a test says whether they are up to date
  cc [TABLE...]     the proving ground: congestion control in virtual time, as tables (cc --help lists them)
  cost [--check | --write]
                    how many instructions an ACK and a segment cost at a small window and at a large one (valgrind counts);
                    --check: fails where that is 5 % more than the baseline says; --write: makes it the baseline
  bench [WORK...] [--peers a,b] [--repeat 5] [--write] [--no-color]
                    lucid beside the kernel's TCP, bare UDP, quinn (with and without encryption), s2n-quic, librqbit-utp and
                    tokio_kcp, as one table; --write: into docs/bench.md and docs/bench.json
  ci [STAGE...]     everything that is checked before a change is accepted, or only some stages of it
  script FILE...    run scenarios in packetdrill's language (*.pkt, or folders with them) in virtual time;
                    --verbose prints what was said, and why
  rfc [--check]     write docs/rfc-map.md: which line fulfils each requirement of RFC 9293, which test holds it;
                    or only check that it is true and complete
  file SIZE PATH    write a sample file of SIZE bytes (such as 64MiB), always the same
  help              this

Examples:
  cargo xtask demo step3
  cargo xtask ci test doc
  cargo xtask script crates/script/scripts/handshake
  cargo xtask file 64MiB /tmp/large.txt";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.split_first() {
        Some((&"demo", rest)) => demo::run(rest),
        Some((&"learn", rest)) => demo::learn(rest),
        Some((&"cc", rest)) => cc::run(rest),
        Some((&"bench", rest)) => bench::run(rest),
        Some((&"cost", rest)) => cost::run(rest),
        Some((&"ci", rest)) => ci::run(rest),
        Some((&"script", rest)) => script::run(rest),
        Some((&"rfc", rest)) => rfc::run(rest),
        Some((&"file", rest)) => file::run(rest),
        None | Some((&("help" | "--help" | "-h"), _)) => {
            console::say(HELP);
            Ok(())
        }
        Some((unknown, _)) => Err(Failure::usage(format!("there is no command {unknown:?}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console::complain(&failure);
            failure.exit_code()
        }
    }
}

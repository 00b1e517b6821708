//! Running lucids, looked at as their users do: in a terminal, and by Prometheus's own judge.
//!
//! `cargo xtask ci live` runs it; it fails where there is no tmux or no promtool. What was on the screen stays in
//! `target/tmp/top/`: look at it, with `cat`.
#![cfg(unix)]

#[path = "../cli/bench.rs"]
#[expect(dead_code, reason = "the other tests' part of it")]
mod bench;
mod crowd;
mod promtool;
mod tmux;
mod top;

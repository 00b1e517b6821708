//! The arguments of the commands that teach.

use std::path::PathBuf;

use clap::Args;

use crate::demo::Changes;

pub(super) const DEMO_EXAMPLES: &str = "\
Examples:
  lucid demo
      all steps, one after the other, each checked (about a minute)
  lucid demo step7 --pause
      at each turning point it asks what happens next, and says why it does
  lucid demo step3 --speed 0.5
      the same events in the same proportions of time, half as fast
  lucid demo step7 --drop data:60 --pause
      another segment is lost: what becomes of the window then?

A step is a server and its clients on this machine, over real UDP sockets. TCP's clock can't be stopped: with
--pause and --speed the run is recorded first, and then played from its recording.";

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Steps to run: step1 to step7, modern [default: all]
    #[arg(value_name = "STEP")]
    pub(crate) steps: Vec<String>,
    /// Show all of long transcripts, too
    #[arg(long)]
    pub(crate) full: bool,
    /// Stop at each turning point and ask what happens next
    #[arg(long)]
    pub(crate) pause: bool,
    /// Play the run in proportion to its times: 1 as it was, 0.1 ten times slower
    #[arg(long, value_name = "X", value_parser = speed, allow_negative_numbers = true)]
    pub(crate) speed: Option<f64>,
    /// Leave colour out, also on a terminal
    #[arg(long)]
    pub(crate) no_color: bool,
    /// Run nothing: write the files that the steps' servers offer into this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["pause", "speed", "full"])]
    pub(crate) files: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

/// The slowest and the fastest that a run is played: beyond them nobody sees anything any more.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.001..=1000.0;

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| SPEEDS.contains(speed));
    speed.ok_or_else(|| "a speed is a number from 0.001 to 1000, such as 0.1: ten times slower".to_owned())
}

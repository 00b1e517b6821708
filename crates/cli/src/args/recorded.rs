//! The arguments of the commands that look at recorded runs.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use lucid_conn::sim::parse_duration;
use lucid_views::compare::{Algorithm, UnknownAlgorithm};

pub(super) const REPORT_EXAMPLES: &str = "\
Examples:
  lucid get 8192.txt --loss 5% --impair in --report run.html
      without a recording that stays: any command that opens connections takes --report
  lucid serve --record server.rec  and  lucid get 8192.txt --record client.rec
  lucid report client.rec server.rec -o run.html
      with both ends' recordings it knows what became of each segment, and draws the ladder

The page holds no payload. It is one file, opens in any browser, and asks for nothing from any network.";

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// One recording, as made with --record, or both ends' recordings of one run
    #[arg(required = true, num_args = 1..=2, value_name = "RECORDING")]
    pub(crate) recordings: Vec<PathBuf>,
    /// The page to write
    #[arg(short, long, value_name = "FILE", default_value = "run.html")]
    pub(crate) output: PathBuf,
    /// Tell the result as JSON lines on standard output; the last has the type "done"
    #[arg(long)]
    pub(crate) json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

pub(super) const COMPARE_EXAMPLES: &str = "\
Examples:
  lucid compare --cc newreno,cubic,bbr --link 100mbit,50ms,loss=1%
      8 MB in virtual time, the same losses drawn for each
  lucid compare --cc cubic,bbr --link 20mbit,40ms,queue=500000 --size 30000000 -o compare.html
      and their curves together, on one page
  lucid compare before.rec after.rec
      two recordings: the connection of each that carried most";

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// Recordings to compare instead, as made with --record
    #[arg(num_args = 2.., value_name = "RECORDING", conflicts_with_all = ["cc", "link", "size", "seed"])]
    pub(crate) recordings: Vec<PathBuf>,
    /// The congestion controllers
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', value_parser = algorithm, default_value = "newreno,cubic,bbr")]
    pub(crate) cc: Vec<Algorithm>,
    /// The path: a rate, a round-trip time, and loss=, jitter=, reorder=, duplicate=, corrupt= on the way there, queue= in bytes
    #[arg(long, value_name = "WORDS", default_value = "100mbit,50ms,loss=1%")]
    pub(crate) link: String,
    /// How many bytes are sent
    #[arg(long, value_name = "BYTES", default_value_t = 8_000_000)]
    pub(crate) size: usize,
    /// What losses are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Write a page with the curves, too
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Tell it as JSON lines on standard output; the last has the type "done"
    #[arg(long)]
    pub(crate) json: bool,
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    name.parse().map_err(|unknown: UnknownAlgorithm| unknown.to_string())
}

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  lucid get 8192.txt --loss 5% --impair in --record run.rec  and  lucid explain run.rec
      the run in a few sentences, and every turn of it in a line
  lucid explain run.rec --lost
      each segment that went again: why, and what would have happened otherwise
  lucid explain server.rec client.rec --lost
      what would have happened otherwise is then run on with both ends as they were
  lucid explain run.rec --at 1.204s
      how it stood at that time";

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A recording, as made with --record
    pub(crate) recording: PathBuf,
    /// The recording of the other end, if there is one: then it is known what was lost, and what would have been otherwise
    #[arg(value_name = "OTHER END")]
    pub(crate) other: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) about: Asked,
    /// Of this connection alone, by its number in the recording
    #[arg(long, value_name = "N")]
    pub(crate) connection: Option<u32>,
    /// Tell it as JSON lines on standard output; the last has the type "done"
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is asked; nothing: all.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Asked {
    /// How it stood at this time of the run
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    at: Option<Duration>,
    /// Why this event happened, by its number
    #[arg(long, value_name = "N")]
    event: Option<usize>,
    /// Why segments went again
    #[arg(long)]
    lost: bool,
    /// Why nothing moved for longer than a round trip, and what limited sending
    #[arg(long)]
    slow: bool,
}

impl Asked {
    pub(crate) fn about(&self) -> About {
        match *self {
            Self { at: Some(at), .. } => About::At(at),
            Self { event: Some(number), .. } => About::Event(number),
            Self { lost: true, .. } => About::Lost,
            Self { slow: true, .. } => About::Slow,
            _ => About::All,
        }
    }
}

/// What is to be explained.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    All,
    At(Duration),
    Event(usize),
    Lost,
    Slow,
}

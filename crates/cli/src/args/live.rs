//! The arguments of what looks at running lucids, and of what lets them be looked at.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use lucid_conn::sim::parse_duration;

pub(super) const TOP_EXAMPLES: &str = "\
Examples:
  lucid top
      the lucid that runs; if several do, one is chosen from a list
  lucid top 4711 --every 200ms
      the one with this process id, five times a second

Keys: arrows and page keys move, Enter shows one connection, Esc goes back, left and right choose the column to
sort by, r turns the order, ? shows all keys, q quits. NO_COLOR=1 turns colours off.

Every lucid that opens connections can be looked at, by its own user alone: through a socket in
$XDG_RUNTIME_DIR/lucid, or in lucid-UID among temporary files.";

pub(super) const SS_EXAMPLES: &str = "\
Examples:
  lucid ss
      all connections of all lucids of yours
  lucid ss 4711 --json | jq 'select(.type == \"connection\") | {peer, cwnd, rtt_us, limited_by}'
      those of one process, for programs

Times are in milliseconds, sizes in bytes. Behind an address stands /PORT where the TCP port is not the UDP port.";

#[derive(Debug, Args)]
pub(crate) struct Top {
    /// The process to watch [default: the one that runs, or one chosen from a list]
    #[arg(value_name = "PID")]
    pub(crate) pid: Option<u32>,
    /// How often to look
    #[arg(long, value_name = "TIME", value_parser = interval, default_value = "500ms")]
    pub(crate) every: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Ss {
    /// The process to ask [default: all of yours]
    #[arg(value_name = "PID")]
    pub(crate) pid: Option<u32>,
    /// Tell it as JSON lines on standard output, times in microseconds; the last has the type "done"
    #[arg(long)]
    pub(crate) json: bool,
}

/// How a run can be looked at, besides.
#[derive(Debug, Args)]
#[command(next_help_heading = "Seeing")]
pub(crate) struct Watched {
    /// Serve metrics for Prometheus over HTTP, at /metrics; a port alone is one on 127.0.0.1
    #[arg(long, value_name = "[IP:]PORT", value_parser = here_or_there)]
    pub(crate) metrics: Option<SocketAddr>,
}

const SHORTEST: Duration = Duration::from_millis(50);

fn interval(text: &str) -> Result<Duration, String> {
    let every = parse_duration(text).map_err(|error| error.to_string())?;
    if every < SHORTEST { Err("50ms is as often as it looks".to_owned()) } else { Ok(every) }
}

fn here_or_there(text: &str) -> Result<SocketAddr, String> {
    let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let address = text.parse().map(here).or_else(|_| text.parse());
    address.map_err(|_| "not an address; write for example 9100 or 127.0.0.1:9100".to_owned())
}

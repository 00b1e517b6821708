//! The command line as clap reads it. What it means is settled once, in [`crate::settings`].

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use lucid_conn::Profile;
use lucid_conn::sim::{Drop, Probability, Rate, Reorder, parse_duration};

mod demo;
mod learn;
mod live;
mod recorded;
mod wishes;

pub(crate) use demo::Demo;
pub(crate) use learn::Learn;
pub(crate) use live::{Ss, Top, Watched};
pub(crate) use recorded::{About, Compare, Explain, Report};
pub(crate) use wishes::{Wish, Wishes};

use demo::DEMO_EXAMPLES;
use learn::LEARN_EXAMPLES;
use live::{SS_EXAMPLES, TOP_EXAMPLES};
use recorded::{COMPARE_EXAMPLES, EXPLAIN_EXAMPLES, REPORT_EXAMPLES};

const EXAMPLES: &str = "\
Examples:
  lucid serve --root files
      serve the files in ./files on 127.0.0.1:12345
  lucid get 8192.txt
      fetch a file into this directory
  lucid client --file 8192.txt --cal 1+1 --dns localhost
      several wishes over one connection
  lucid get 8192.txt -o copy.txt --loss 5% --impair both --seed 7 --transcript
      watch TCP repair what was lost

Exit codes:
  0 ok               3 cannot resolve or bind      6 broke off mid-transfer
  1 other            4 no answer                   7 integrity mismatch
  2 usage            5 refused or reset by peer    8 local file error or refused overwrite
  130, 143           ended by a signal

Nothing is encrypted or authenticated: keep to networks that you trust.";

/// TCP over UDP that you can see through: a server, a client, and every view of what happened.
#[derive(Debug, Parser)]
#[command(name = "lucid", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve files, a calculator and DNS look-ups to any number of clients, until Ctrl-C
    Serve(Serve),
    /// Fetch a file
    Get(Get),
    /// Store a file on a server that allows it
    Put(Put),
    /// List the files that a server offers
    Ls(Ls),
    /// Let the server work out an expression
    Calc(Calc),
    /// Let the server look up a host's addresses
    Dns(Dns),
    /// Several wishes over one connection, in the order given
    Client(Client),
    /// Watch the connections of a running lucid
    #[command(after_help = TOP_EXAMPLES)]
    Top(Top),
    /// Show the connections of running lucids once, as ss -ti would
    #[command(after_help = SS_EXAMPLES)]
    Ss(Ss),
    /// Run a recording through the engine again, and compare every output
    Replay(Replay),
    /// Make an HTML page of a recorded run: all that happened, over one time axis
    #[command(after_help = REPORT_EXAMPLES)]
    Report(Report),
    /// Say in words what happened in a recorded run, and why
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Run one transfer under several congestion controllers, and see where they part
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(Compare),
    /// Turn a recording, or those of both ends, into a packet capture for Wireshark
    Pcap(Pcap),
    /// Turn a recording into qlog, the IETF's logging format
    Qlog(Qlog),
    /// TCP in eight steps, run on this machine, shown and explained
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(Demo),
    /// Exercises for the steps of the demo, whose answers the engine checks
    #[command(after_help = LEARN_EXAMPLES)]
    Learn(Learn),
}

impl CommandLine {
    /// What is shown and kept of the run, whatever the command.
    pub(crate) fn seeing(&self) -> Seeing {
        let seeing = match &self.command {
            Command::Serve(Serve { seeing, .. }) | Command::Replay(Replay { seeing, .. }) => seeing,
            Command::Report(Report { json, quiet, .. }) => {
                return Seeing { json: *json, quiet: *quiet, ..Seeing::default() };
            }
            Command::Top(_) => return Seeing::default(),
            Command::Explain(Explain { json, .. })
            | Command::Ss(Ss { json, .. })
            | Command::Compare(Compare { json, .. }) => {
                return Seeing { json: *json, ..Seeing::default() };
            }
            Command::Pcap(Pcap { export, .. }) | Command::Qlog(Qlog { export, .. }) => {
                return export.seeing();
            }
            Command::Demo(_) | Command::Learn(_) => return Seeing::default(),
            Command::Get(Get { ask, .. })
            | Command::Put(Put { ask, .. })
            | Command::Ls(Ls { ask })
            | Command::Calc(Calc { ask, .. })
            | Command::Dns(Dns { ask, .. })
            | Command::Client(Client { ask, .. }) => &ask.seeing,
        };
        seeing.clone()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The UDP address to serve on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = DEFAULT_SERVER)]
    pub(crate) listen: String,
    /// The directory whose files are served; nothing outside of it can be reached
    #[arg(long, value_name = "DIR", default_value = "files")]
    pub(crate) root: PathBuf,
    /// Let clients store files under the root; whoever may can fill the disk
    #[arg(long)]
    pub(crate) allow_put: bool,
    /// Look names up at this DNS server instead of the system's ones
    #[arg(long, value_name = "IP[:PORT]", value_parser = address_with_port::<53>)]
    pub(crate) nameserver: Option<SocketAddr>,
    /// Serve so many connections at once; whoever comes then has to try again [default: 4096]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_connections: Option<u32>,
    #[command(flatten)]
    pub(crate) tcp: Tcp,
    #[command(flatten)]
    pub(crate) faults: FaultFlags,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
    #[command(flatten)]
    pub(crate) watched: Watched,
    #[command(flatten)]
    pub(crate) record: Record,
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    /// The file's name on the server
    pub(crate) name: String,
    /// Where to write it; - is standard output [default: its name, in this directory]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) ask: Ask,
}

#[derive(Debug, Args)]
pub(crate) struct Put {
    /// The file to send
    pub(crate) file: PathBuf,
    /// What to call it on the server [default: its own name]
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Replace an existing file on the server
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) ask: Ask,
}

#[derive(Debug, Args)]
pub(crate) struct Ls {
    #[command(flatten)]
    pub(crate) ask: Ask,
}

#[derive(Debug, Args)]
pub(crate) struct Calc {
    /// The expression, such as '(1+2)*3'
    #[arg(allow_hyphen_values = true)]
    pub(crate) expression: String,
    #[command(flatten)]
    pub(crate) ask: Ask,
}

#[derive(Debug, Args)]
pub(crate) struct Dns {
    /// The host's name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) ask: Ask,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Client {
    #[command(flatten)]
    pub(crate) wishes: Wishes,
    /// The directory for the files
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) output: PathBuf,
    /// Replace existing files
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) ask: Ask,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The recording, as made with --record
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
}

#[derive(Debug, Args)]
pub(crate) struct Pcap {
    /// The recording, as made with --record: every segment that was sent or received, with why, and what it did
    pub(crate) recording: PathBuf,
    /// The recording of the other end: each segment once, and whether it arrived
    pub(crate) other: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) export: Export,
}

#[derive(Debug, Args)]
pub(crate) struct Qlog {
    /// The recording, as made with --record
    pub(crate) recording: PathBuf,
    #[command(flatten)]
    pub(crate) export: Export,
}

/// Where a recording's export goes, and what is said of it.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Where to write it, over what may be there; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Tell the result as JSON lines on standard output; the last has the type "done"
    #[arg(long)]
    pub(crate) json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl Export {
    fn seeing(&self) -> Seeing {
        Seeing { json: self.json, quiet: self.quiet, ..Seeing::default() }
    }
}

const DEFAULT_SERVER: &str = "127.0.0.1:12345";

/// What every command that asks a server takes.
#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// The server's UDP address
    #[arg(long, value_name = "HOST:PORT", default_value = DEFAULT_SERVER, help_heading = "Server")]
    pub(crate) server: String,
    /// The local UDP address [default: any address, a free port]
    #[arg(long, value_name = "IP[:PORT]", value_parser = address_with_port::<0>, help_heading = "Server")]
    pub(crate) bind: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) tcp: Tcp,
    #[command(flatten)]
    pub(crate) faults: FaultFlags,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
    #[command(flatten)]
    pub(crate) watched: Watched,
    #[command(flatten)]
    pub(crate) record: Record,
}

/// How connections behave.
#[derive(Debug, Args)]
#[command(next_help_heading = "TCP")]
pub(crate) struct Tcp {
    /// A set of parameters: modern (all of today's TCP) or classic (as in textbooks)
    #[arg(long, value_name = "NAME", default_value_t)]
    pub(crate) profile: Profile,
    /// Congestion control: tahoe, reno, newreno, cubic or bbr [default: the profile's]
    #[arg(long, value_name = "NAME")]
    pub(crate) cc: Option<String>,
    /// The most data in one segment, in bytes [default: the profile's; modern finds out what the path carries]
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u16).range(48..=65_000))]
    pub(crate) mss: Option<u16>,
    /// The same as the size of an IP packet, headers and all, such as 1500
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u16).range(128..), conflicts_with = "mss")]
    pub(crate) mtu: Option<u16>,
    /// Offer explicit congestion notification: the network may mark packets instead of losing them
    #[arg(long)]
    pub(crate) ecn: bool,
    /// How long to go on without an answer [default: 100s; to open a connection, 20s for clients and 180s
    /// for servers]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) timeout: Option<Duration>,
    /// Give up when nothing is acknowledged for this long, though the peer answers; it is told, too [default: never]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) user_timeout: Option<Duration>,
    /// After this long without a word, ask whether the peer is still there: 9 times, 75s apart or as long if
    /// that is less [default: never]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) keep_alive: Option<Duration>,
    /// Send small segments at once: turn the Nagle algorithm off
    #[arg(long)]
    pub(crate) nodelay: bool,
    /// How long to stay in TIME-WAIT [default: 250ms for clients, whose port goes with them; 60s for servers]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) time_wait: Option<Duration>,
    /// Any other parameter by its name, such as ack_delay=100ms or rto.min=1s; repeatable, and the last word: no
    /// flag changes what it says. A name that there isn't lists those that there are
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<Assignment>,
}

/// A parameter of [`Tcp`], by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// What goes wrong on purpose.
#[derive(Debug, Args)]
#[command(next_help_heading = "Faults (made on purpose, here, to what --impair says)")]
pub(crate) struct FaultFlags {
    /// Lose packets with this probability, such as 5%
    #[arg(long, value_name = "P")]
    pub(crate) loss: Option<Probability>,
    /// Lose packets by number, such as data:7,12 (of those with data) or any:3-5; repeatable
    #[arg(long, value_name = "WHICH")]
    pub(crate) drop: Vec<Drop>,
    /// Delay every packet, such as 20ms
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) delay: Option<Duration>,
    /// Delay them by up to this much more
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) jitter: Option<Duration>,
    /// Hold packets back so that later ones overtake, such as 10% or 10%,30ms
    #[arg(long, value_name = "P[,TIME]")]
    pub(crate) reorder: Option<Reorder>,
    /// Send packets twice with this probability
    #[arg(long, value_name = "P")]
    pub(crate) duplicate: Option<Probability>,
    /// Flip one bit of a packet with this probability
    #[arg(long, value_name = "P")]
    pub(crate) corrupt: Option<Probability>,
    /// Send no faster than this, such as 10mbit
    #[arg(long, value_name = "RATE")]
    pub(crate) rate: Option<Rate>,
    /// How many bytes may wait for --rate; the next packet is lost [default: 100 ms of it, and 65536 at least]
    #[arg(long, value_name = "BYTES", requires = "rate")]
    pub(crate) queue: Option<usize>,
    /// Mark packets that find more bytes waiting for --rate than this, if --ecn lets them be marked
    #[arg(long, value_name = "BYTES", requires = "rate")]
    pub(crate) mark: Option<usize>,
    /// What the faults are drawn from: the same seed, the same faults [default: random, and printed]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Which packets the faults meet: those sent (out), those received (in) or both
    #[arg(long, value_name = "WAY", default_value = "out")]
    pub(crate) impair: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    Out,
    In,
    Both,
}

/// What is shown and kept of what happened.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Seeing")]
pub(crate) struct Seeing {
    /// Tell every step on standard error
    #[arg(long)]
    pub(crate) transcript: bool,
    /// Write every event to a file, as JSON lines; with --transcript, each with what that says of it
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Tell progress and results as JSON lines on standard output; the last has the type "done"
    #[arg(long)]
    pub(crate) json: bool,
    /// Say nothing but results and errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// What makes a run repeatable.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Seeing")]
pub(crate) struct Record {
    /// Record everything that goes in and out but payload, for `lucid replay`; holds the endpoint's secret
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Make an HTML page of the run when it is over: see `lucid report --help`
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Record payload, too: all data in the clear
    #[arg(long, requires = "record")]
    pub(crate) record_payload: bool,
    /// Write every segment to a packet capture for Wireshark, with why it was sent or dropped and the windows then
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: Option<PathBuf>,
    /// Write every event as qlog, the IETF's logging format, when the run is over
    #[arg(long, value_name = "FILE")]
    pub(crate) qlog: Option<PathBuf>,
}

/// An address with its port, or without for the usual one.
fn address_with_port<const USUAL: u16>(text: &str) -> Result<SocketAddr, String> {
    let with_port = text.parse().or_else(|_| text.parse().map(|ip| SocketAddr::new(ip, USUAL)));
    with_port.map_err(|_| "not an IP address; write for example 127.0.0.1 or 127.0.0.1:5353".to_owned())
}

/// What it may be is known where it is set.
fn assignment(text: &str) -> Result<Assignment, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, for example ack_delay=100ms")?;
    Ok(Assignment { name: name.to_owned(), value: value.to_owned() })
}

#[cfg(test)]
mod tests;

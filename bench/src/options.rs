//! The command line.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use lucid_conn::sim::Faults;

use crate::Outcome;

pub(crate) struct Options {
    pub(crate) peer: String,
    pub(crate) role: Role,
    pub(crate) addr: SocketAddr,
    /// The size of datagrams, headers of the transport included and those of UDP and IP not; none: what the peer chooses.
    pub(crate) mtu: Option<u16>,
    /// Worker threads of tokio's multi-thread runtime; none: its current-thread one.
    pub(crate) threads: Option<usize>,
    /// How many bytes lucid keeps under way, whatever happens; none: its congestion control decides.
    pub(crate) window: Option<u64>,
    /// What lucid records of the run, at this end; none: nothing.
    pub(crate) record: Option<Record>,
    /// What the server showed, for transports that want to see one.
    pub(crate) certificate: Option<String>,
    /// How much, if not as much as the work does by itself.
    pub(crate) bytes: Option<u64>,
    /// How often, or how many, if not as many as the work does by itself.
    pub(crate) count: Option<usize>,
    pub(crate) limit: Duration,
    /// What the link does, in each direction.
    pub(crate) faults: Faults,
}

pub(crate) enum Role {
    Serve,
    Relay,
    Work(Work),
}

/// What a recording holds.
#[derive(Clone, Copy)]
pub(crate) enum Record {
    Headers,
    Payload,
}

impl FromStr for Record {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "headers" => Ok(Self::Headers),
            "payload" => Ok(Self::Payload),
            _ => Err(format!("a recording has headers or payload, not {word}")),
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Work {
    Bulk,
    Parallel,
    RoundTrips,
    Connects { at_once: usize },
    Idle,
}

impl Options {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Outcome<Self> {
        let peer = words.next().ok_or("which peer?")?;
        let role = match words.next().ok_or("serve, or which work?")?.as_str() {
            "serve" => Role::Serve,
            "relay" => Role::Relay,
            "bulk" => Role::Work(Work::Bulk),
            "parallel" => Role::Work(Work::Parallel),
            "rtt" => Role::Work(Work::RoundTrips),
            "connects" => Role::Work(Work::Connects { at_once: 1 }),
            "connects-100" => Role::Work(Work::Connects { at_once: 100 }),
            "idle" => Role::Work(Work::Idle),
            unknown => return Err(format!("no work is called {unknown}").into()),
        };
        let addr = words.next().ok_or("which address?")?.parse()?;
        let (limit, faults) = (Duration::from_secs(60), Faults::default());
        let mut options = Self {
            peer,
            role,
            addr,
            mtu: None,
            threads: None,
            window: None,
            record: None,
            certificate: None,
            bytes: None,
            count: None,
            limit,
            faults,
        };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--mtu" => options.mtu = Some(value.parse()?),
                "--threads" => options.threads = Some(value.parse()?),
                "--window" => options.window = Some(value.parse()?),
                "--record" => options.record = Some(value.parse()?),
                "--certificate" => options.certificate = Some(value),
                "--bytes" => options.bytes = Some(value.parse()?),
                "--count" => options.count = Some(value.parse()?),
                "--rate" => options.faults.rate = Some(value.parse()?),
                "--delay-us" => options.faults.delay = Duration::from_micros(value.parse()?),
                "--loss" => options.faults.loss = value.parse()?,
                "--limit" => options.limit = Duration::from_secs(value.parse()?),
                _ => return Err(format!("{word} is no option").into()),
            }
        }
        Ok(options)
    }
}

//! Who is measured, at what, and what is told of it.

use std::path::{Path, PathBuf};

use crate::error::{Failure, Outcome};

/// A transport, by its name in `bench/`.
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    carries: Carries,
}

/// What a transport can be asked to do.
enum Carries {
    Everything,
    /// It isn't over UDP, so that no relay of datagrams stands in for a link.
    NoLink,
    /// One connection over a perfect path, and nothing else.
    OneConnection,
}

/// All ratios are to the first.
pub(super) const PEERS: [Peer; 7] = [
    Peer { name: "kernel", what: "the kernel's TCP", carries: Carries::NoLink },
    Peer { name: "lucid", what: "lucid, with its defaults", carries: Carries::Everything },
    Peer {
        name: "udp",
        what: "bare UDP in full batches, with copies and a window: the ceiling; it repairs nothing",
        carries: Carries::OneConnection,
    },
    Peer { name: "quinn", what: "quinn, encrypted (rustls, ring)", carries: Carries::Everything },
    Peer { name: "s2n", what: "s2n-quic, encrypted (rustls, aws-lc)", carries: Carries::Everything },
    Peer { name: "utp", what: "librqbit-utp", carries: Carries::Everything },
    Peer { name: "kcp", what: "tokio_kcp, in its fastest mode", carries: Carries::Everything },
];

/// One kind of task.
pub(super) struct Work {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// What `bench/` calls it.
    pub(super) word: &'static str,
    /// For both ends.
    pub(super) options: &'static [&'static str],
    /// The link between the two ends, as options of the relay; none: they talk to each other directly.
    pub(super) link: &'static [&'static str],
    takes_many: bool,
    pub(super) figures: &'static [Figure],
}

/// A number that a work tells.
pub(super) struct Figure {
    /// Its name in what `bench/` says.
    pub(super) key: &'static str,
    pub(super) unit: &'static str,
    /// Whether it is compared with the first peer's.
    pub(super) is_compared: bool,
}

const fn compared(key: &'static str, unit: &'static str) -> Figure {
    Figure { key, unit, is_compared: true }
}

const fn told(key: &'static str, unit: &'static str) -> Figure {
    Figure { key, unit, is_compared: false }
}

const RATE: Figure = compared("mb_per_s", "MB/s");
const CPU: Figure = compared("cpu_s_per_gb", "CPU s/GB");
const PEAK: Figure = told("peak_mb", "peak MB");

pub(super) const WORKS: [Work; 9] = [
    Work {
        name: "bulk",
        what: "512 MiB over one connection",
        word: "bulk",
        options: &[],
        link: &[],
        takes_many: false,
        figures: &[RATE, CPU, PEAK],
    },
    Work {
        name: "bulk-1452",
        what: "the same, datagrams pinned to 1452 bytes (the kernel's TCP as it is)",
        word: "bulk",
        options: &["--mtu", "1452"],
        link: &[],
        takes_many: false,
        figures: &[RATE, CPU, PEAK],
    },
    Work {
        name: "parallel",
        what: "100 connections of 4 MiB at once; Jain's index of their rates",
        word: "parallel",
        options: &[],
        link: &[],
        takes_many: true,
        figures: &[RATE, CPU, PEAK, told("jain", "Jain")],
    },
    Work {
        name: "rtt",
        what: "64 bytes there and back, one after another; CPU of both ends for each",
        word: "rtt",
        options: &[],
        link: &[],
        takes_many: false,
        figures: &[compared("p50_us", "p50 us"), compared("p99_us", "p99 us"), compared("cpu_us", "CPU us")],
    },
    Work {
        name: "connects",
        what: "connect, a byte each way, close: one after another",
        word: "connects",
        options: &[],
        link: &[],
        takes_many: true,
        figures: &[compared("per_s", "per s")],
    },
    Work {
        name: "connects-100",
        what: "the same, 100 at once",
        word: "connects-100",
        options: &[],
        link: &[],
        takes_many: true,
        figures: &[compared("per_s", "per s")],
    },
    Work {
        name: "paced",
        what: "32 MiB over 100 Mbit/s and a round trip of 20 ms, datagrams of 1452 bytes",
        word: "bulk",
        options: &["--mtu", "1452", "--bytes", "33554432"],
        link: &["--rate", "100mbit", "--delay-ms", "10"],
        takes_many: false,
        figures: &[RATE, CPU, PEAK],
    },
    Work {
        name: "lossy",
        what: "8 MiB over the same link, where 0.5 % get lost in each direction",
        word: "bulk",
        options: &["--mtu", "1452", "--bytes", "8388608"],
        link: &["--rate", "100mbit", "--delay-ms", "10", "--loss", "0.5%"],
        takes_many: false,
        figures: &[RATE, CPU, PEAK],
    },
    Work {
        name: "idle",
        what: "10,000 connections that say nothing; the kernel's own memory isn't seen",
        word: "idle",
        options: &[],
        link: &[],
        takes_many: true,
        figures: &[
            told("client_kib", "KiB, client"),
            told("server_kib", "KiB, server"),
            told("idle_cpu_percent", "CPU %"),
        ],
    },
];

impl Work {
    pub(super) fn suits(&self, peer: &Peer) -> bool {
        match peer.carries {
            Carries::Everything => true,
            Carries::NoLink => self.link.is_empty(),
            Carries::OneConnection => self.link.is_empty() && !self.takes_many,
        }
    }
}

pub(super) fn peer(name: &str) -> Outcome<&'static Peer> {
    let known = PEERS.map(|peer| peer.name).join(", ");
    let found = PEERS.iter().find(|peer| peer.name == name);
    found.ok_or_else(|| Failure::usage(format_args!("bench knows the peers {known}, not {name}")))
}

pub(super) fn work(name: &str) -> Outcome<&'static Work> {
    let known = WORKS.map(|work| work.name).join(", ");
    let found = WORKS.iter().find(|work| work.name == name);
    found.ok_or_else(|| Failure::usage(format_args!("bench knows the works {known}, not {name}")))
}

/// Where the project lies.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

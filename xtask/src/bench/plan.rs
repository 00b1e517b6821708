//! Who is measured, at what, and what is told of it.

use std::path::{Path, PathBuf};

use crate::error::{Failure, Outcome};

mod works;

pub(super) use works::WORKS;

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
pub(super) const PEERS: [Peer; 8] = [
    Peer { name: "kernel", what: "the kernel's TCP", carries: Carries::NoLink },
    Peer { name: "lucid", what: "lucid, with its defaults", carries: Carries::Everything },
    Peer {
        name: "udp",
        what: "bare UDP in full batches, with copies and a window: the ceiling; it repairs nothing",
        carries: Carries::OneConnection,
    },
    Peer { name: "quinn-plain", what: "quinn without encryption", carries: Carries::Everything },
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
    /// Sizes at which it is done, one after another in the same round; none: it is done once, as it is.
    pub(super) points: &'static [Point],
    takes_many: bool,
    /// Who alone is measured; none: whoever can.
    only: &'static [&'static str],
    /// No more rounds than this: they are long, and differ little.
    pub(super) most_rounds: usize,
    pub(super) figures: &'static [Figure],
}

/// A size of a work. What is measured there has its name behind the key: `cpu_s_per_gb 100`.
pub(super) struct Point {
    pub(super) name: &'static str,
    /// Besides the work's own.
    pub(super) options: &'static [&'static str],
    pub(super) link: &'static [&'static str],
}

impl Point {
    /// What a figure is called here.
    pub(super) fn key(&self, key: String) -> String {
        if self.name.is_empty() { key } else { format!("{key} {}", self.name) }
    }
}

/// A work that is what it is.
const AS_IT_IS: [Point; 1] = [Point { name: "", options: &[], link: &[] }];

/// A number that a work tells.
pub(super) struct Figure {
    /// Its name in what `bench/` says.
    pub(super) key: &'static str,
    pub(super) unit: &'static str,
    pub(super) against: Against,
}

/// What a figure is compared with, in each round.
#[derive(Clone, Copy)]
pub(super) enum Against {
    Nothing,
    /// The first peer's.
    FirstPeer,
    /// The same peer's figure of this key.
    Key(&'static str),
}

impl Work {
    /// Where it is done.
    pub(super) fn points(&self) -> &'static [Point] {
        if self.points.is_empty() { &AS_IT_IS } else { self.points }
    }

    pub(super) fn suits(&self, peer: &Peer) -> bool {
        let is_asked = self.only.is_empty() || self.only.contains(&peer.name);
        is_asked && self.is_within_reach_of(peer)
    }

    fn is_within_reach_of(&self, peer: &Peer) -> bool {
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

#[cfg(test)]
mod tests;

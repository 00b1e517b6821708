//! Which IP address stands for whom.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use lucid_wire::PseudoHeader;

/// For documentation (RFC 5737, RFC 3849): nobody's, and so the recorded endpoint's.
const OWN_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const OWN_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
/// For benchmarks (RFC 2544): this network's addresses stand for peers that can't have their own.
const FIRST_V4: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 2);
const FIRST_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 2);

/// The addresses given out so far.
///
/// A connection is known by UDP addresses and TCP ports, and in a capture by IP addresses and TCP ports alone: so no two
/// UDP addresses get the same IP address.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    of: HashMap<SocketAddr, IpAddr>,
    taken: HashSet<IpAddr>,
    made_up: u32,
}

/// Two addresses of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Between {
    V4 { source: Ipv4Addr, destination: Ipv4Addr },
    V6 { source: Ipv6Addr, destination: Ipv6Addr },
}

impl Between {
    pub(super) fn pseudo_header(self) -> PseudoHeader {
        match self {
            Self::V4 { source, destination } => {
                PseudoHeader::V4 { source: source.octets(), destination: destination.octets() }
            }
            Self::V6 { source, destination } => {
                PseudoHeader::V6 { source: source.octets(), destination: destination.octets() }
            }
        }
    }
}

impl Addresses {
    /// The addresses of what goes to this peer, or comes from it; and what to say of them, the first time that a peer
    /// doesn't have its own.
    pub(super) fn between(&mut self, peer: SocketAddr, outgoing: bool) -> (Between, Option<String>) {
        let (address, is_new) = match self.of.get(&peer) {
            Some(address) => (*address, false),
            None => (self.choose(peer), true),
        };
        let note = (is_new && address != peer.ip()).then(|| format!("{address} stands for {peer}"));
        let between = match address {
            IpAddr::V4(peer) if outgoing => Between::V4 { source: OWN_V4, destination: peer },
            IpAddr::V4(peer) => Between::V4 { source: peer, destination: OWN_V4 },
            IpAddr::V6(peer) if outgoing => Between::V6 { source: OWN_V6, destination: peer },
            IpAddr::V6(peer) => Between::V6 { source: peer, destination: OWN_V6 },
        };
        (between, note)
    }

    fn choose(&mut self, peer: SocketAddr) -> IpAddr {
        let own = peer.ip();
        let is_clear = !own.is_loopback() && !own.is_unspecified() && !is_reserved(own);
        let address = if is_clear && self.taken.insert(own) { own } else { self.make_up(own) };
        self.of.insert(peer, address);
        address
    }

    fn make_up(&mut self, like: IpAddr) -> IpAddr {
        let number = self.made_up;
        self.made_up = self.made_up.wrapping_add(1);
        match like {
            IpAddr::V4(_) => Ipv4Addr::from_bits(FIRST_V4.to_bits().wrapping_add(number)).into(),
            IpAddr::V6(_) => Ipv6Addr::from_bits(FIRST_V6.to_bits() + u128::from(number)).into(),
        }
    }
}

/// Whether we may give this address to someone else.
fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address == OWN_V4 || matches!(address.octets(), [198, 18 | 19, ..]),
        IpAddr::V6(address) => matches!(address.segments(), [0x2001, 0xdb8, ..]),
    }
}

#[cfg(test)]
mod tests;

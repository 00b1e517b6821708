//! Faults on purpose, between the engine and the socket.

use std::net::SocketAddr;

use bytes::Bytes;
use lucid_sim::{Faults, Link, Packet, Verdict, split_seed};

use super::clock::since_start;
use crate::engine::{Codepoint, Fault, Time};

/// Which datagrams the faults apply to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Impair {
    /// What the endpoint sends.
    #[default]
    Outgoing,
    /// What arrives at it.
    Incoming,
    /// Both, each with its own chance.
    Both,
}

/// The two directions of a path; one without faults is not there at all.
///
/// Bound: [`lucid_sim::MAX_IN_TRANSIT`] datagrams in each; a further one is lost, as in a full router.
#[derive(Default)]
pub(super) struct Path {
    pub(super) outgoing: Option<Link<Datagram>>,
    pub(super) incoming: Option<Link<Datagram>>,
}

impl Path {
    pub(super) fn new(faults: Faults, seed: u64, impair: Impair) -> Self {
        let is_perfect = faults.is_perfect();
        let applies = |direction| !is_perfect && (impair == direction || impair == Impair::Both);
        let outgoing = || Link::new(faults.clone(), split_seed(seed, "outgoing"));
        Self {
            outgoing: applies(Impair::Outgoing).then(outgoing),
            incoming: applies(Impair::Incoming).then(|| Link::new(faults, split_seed(seed, "incoming"))),
        }
    }

    /// When the next datagram is due, in either direction.
    pub(super) fn next_delivery(&self) -> Option<Time> {
        let links = [&self.outgoing, &self.incoming];
        let next = links.into_iter().flatten().filter_map(Link::next_delivery).min();
        next.map(|after| Time::ZERO + after)
    }

    /// Whether everything that was sent has left.
    pub(super) fn is_outgoing_empty(&self) -> bool {
        self.outgoing.as_ref().is_none_or(|link| link.in_transit() == 0)
    }
}

/// Sends a datagram into a link. The answer: what will happen to it, if anything.
pub(super) fn push(link: &mut Link<Datagram>, now: Time, datagram: Datagram) -> Vec<Fault> {
    let Verdict { dropped, duplicated, corrupted, reordered, marked } = link.push(since_start(now), datagram);
    let happened = [
        (dropped.is_some(), Fault::Lost),
        (duplicated, Fault::Duplicated),
        (corrupted, Fault::Corrupted),
        (reordered, Fault::Reordered),
        (marked, Fault::Marked),
    ];
    happened.into_iter().filter_map(|(did, fault)| did.then_some(fault)).collect()
}

/// The next datagram that has come through the link by now.
pub(super) fn pop(link: &mut Option<Link<Datagram>>, now: Time) -> Option<Datagram> {
    link.as_mut()?.pop(since_start(now))
}

/// A datagram from or to a peer.
#[derive(Clone)]
pub(super) struct Datagram {
    pub(super) peer: SocketAddr,
    pub(super) bytes: Bytes,
    pub(super) ecn: Codepoint,
}

impl Packet for Datagram {
    fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether anything follows the TCP header, whose length is in the upper half of its 13th byte.
    fn is_data(&self) -> bool {
        self.bytes.get(12).is_some_and(|offset| self.bytes.len() > usize::from(offset >> 4) * 4)
    }

    fn corrupt(&mut self, bit: usize) {
        let mut bytes = self.bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        self.bytes = bytes.into();
    }

    fn mark(&mut self) -> bool {
        let marked = self.ecn.marked();
        self.ecn = marked.unwrap_or(self.ecn);
        marked.is_some()
    }
}

//! The shared line: a link that also says how long each datagram waited before it, and what became of it.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use lucid_congestion::Time;
use lucid_conn::engine::Codepoint;
use lucid_sim::{DropReason, Link, Packet};
use lucid_wire::{PseudoHeader, Segment};

use crate::path::DATAGRAM_OVERHEAD;

/// A datagram under way.
#[derive(Clone, Debug)]
pub(crate) struct Datagram {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Bytes,
    pub(crate) ecn: Codepoint,
    is_data: bool,
}

impl Datagram {
    pub(crate) fn new(from: SocketAddr, to: SocketAddr, ecn: Codepoint, segment: &Segment) -> Self {
        let mut bytes = Vec::new();
        segment.encode(&PseudoHeader::None, &mut bytes);
        Self { from, to, bytes: bytes.into(), ecn, is_data: !segment.payload.is_empty() }
    }
}

impl Packet for Datagram {
    fn len(&self) -> usize {
        self.bytes.len() + DATAGRAM_OVERHEAD
    }

    fn is_data(&self) -> bool {
        self.is_data
    }

    fn corrupt(&mut self, bit: usize) {
        let mut bytes = self.bytes.to_vec();
        if let Some(byte) = bytes.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        self.bytes = bytes.into();
    }

    fn mark(&mut self) -> bool {
        let marked = self.ecn.marked();
        self.ecn = marked.unwrap_or(self.ecn);
        marked.is_some()
    }
}

/// What happened at the bottleneck, from the end of the warm-up on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passage {
    /// Datagrams that came.
    pub(crate) offered: u64,
    /// Of these, lost for want of room.
    pub(crate) overflowed: u64,
    /// Of these, marked rather than lost.
    pub(crate) marked: u64,
    /// Of these, lost otherwise.
    pub(crate) lost: u64,
    /// How long each one that passed waited before its first bit left, in nanoseconds.
    pub(crate) waits: Vec<u64>,
}

/// The shared line and its account.
#[derive(Debug)]
pub(crate) struct Bottleneck {
    link: Link<Datagram>,
    /// Nothing is counted before.
    count_from: Time,
    pub(crate) passage: Passage,
}

impl Bottleneck {
    pub(crate) fn new(link: Link<Datagram>, count_from: Time) -> Self {
        Self { link, count_from, passage: Passage::default() }
    }

    pub(crate) fn push(&mut self, now: Time, datagram: Datagram) {
        let wait = self.waiting_time(now);
        let verdict = self.link.push(since_start(now), datagram);
        if now < self.count_from {
            return;
        }
        self.passage.offered += 1;
        self.passage.marked += u64::from(verdict.marked);
        match verdict.dropped {
            None => self.passage.waits.push(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)),
            Some(DropReason::QueueFull) => self.passage.overflowed += 1,
            Some(_) => self.passage.lost += 1,
        }
    }

    /// How long a datagram that came now would wait.
    pub(crate) fn waiting_time(&mut self, now: Time) -> Duration {
        self.link.waiting_time(since_start(now))
    }

    pub(crate) fn next_delivery(&self) -> Option<Time> {
        self.link.next_delivery().map(|at| Time::ZERO + at)
    }

    pub(crate) fn pop(&mut self, now: Time) -> Option<Datagram> {
        self.link.pop(since_start(now))
    }
}

pub(crate) fn since_start(now: Time) -> Duration {
    now - Time::ZERO
}

//! What the faults layer did, beside what was recorded: it stands between engine and network.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use bytes::Bytes;
use lucid_conn::engine::{Codepoint, ConnId, Event, Fault, SegmentSummary, Time, What};
use lucid_wire::{Flags, Header, Options, PseudoHeader, Segment, SeqNum};

use super::addresses::Addresses;
use super::comment;
use super::file::Packet;
use super::packet::with_ip;
use crate::segments::Passed;

/// One thing that it did.
#[derive(Clone, Copy, Debug)]
struct Did {
    at: Time,
    conn: Option<ConnId>,
    fault: Fault,
    segment: SegmentSummary,
}

/// What it did, until it is told of a packet.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// To what was sent, in that order.
    outgoing: VecDeque<Did>,
    /// To what came, in that order, but for what was lost or damaged.
    incoming: VecDeque<Did>,
    /// What was lost on its way in.
    lost: VecDeque<Did>,
    /// Between whom a connection is: the peer, its port, our port.
    parties: HashMap<ConnId, Parties>,
    not_shown: u64,
}

#[derive(Clone, Copy, Debug)]
struct Parties {
    peer: SocketAddr,
    peer_port: u16,
    own_port: u16,
}

/// A segment that was lost on its way in: no more is known of it than what the faults layer said.
#[derive(Clone, Copy, Debug)]
pub(super) struct LostIncoming {
    at: Time,
    segment: SegmentSummary,
    parties: Parties,
}

/// Whether one of these keeps a packet from arriving.
pub(super) fn are_fatal(faults: &[Fault]) -> bool {
    faults.contains(&Fault::Lost)
}

impl Faults {
    /// Of all events those that tell of faults.
    pub(super) fn new(events: &[Event]) -> Self {
        let mut faults = Self::default();
        for Event { at, conn, what, .. } in events {
            let &What::Faulted { fault, segment, outgoing, .. } = what else { continue };
            let queue = match (outgoing, fault) {
                (true, _) => &mut faults.outgoing,
                (false, Fault::Lost) => &mut faults.lost,
                // It won't be known again; the engine says what it is.
                (false, Fault::Corrupted) => continue,
                (false, _) => &mut faults.incoming,
            };
            queue.push_back(Did { at: *at, conn: *conn, fault, segment });
        }
        faults
    }

    /// What happened to this segment.
    pub(super) fn of(&mut self, passed: &Passed) -> Vec<Fault> {
        self.meet(passed);
        let queue = if passed.outgoing { &mut self.outgoing } else { &mut self.incoming };
        let is_meant = |did: &Did| {
            let in_time = if passed.outgoing { did.at == passed.at } else { did.at <= passed.at };
            in_time && Some(did.segment) == passed.segment
        };
        let mut happened = Vec::new();
        // A segment may meet several faults at once; another one like it has its own.
        let Some(first) = queue.iter().position(is_meant) else { return happened };
        let Did { at, .. } = queue[first];
        while let Some(did) = queue.get(first)
            && did.at == at
            && is_meant(did)
            && !happened.contains(&did.fault)
        {
            happened.push(did.fault);
            queue.remove(first);
        }
        happened
    }

    /// The next segment that was lost on its way in, if that was no later than this.
    pub(super) fn lost_before(&mut self, at: Time) -> Option<LostIncoming> {
        while let Some(&Did { at, conn, segment, .. }) = self.lost.front().filter(|did| did.at <= at) {
            self.lost.pop_front();
            match conn.and_then(|conn| self.parties.get(&conn)) {
                Some(&parties) => return Some(LostIncoming { at, segment, parties }),
                None => self.not_shown += 1,
            }
        }
        None
    }

    /// How many were lost of whom nobody knows.
    pub(super) fn not_shown(&self) -> u64 {
        self.not_shown
    }

    /// Learns between whom its connection is.
    fn meet(&mut self, passed: &Passed) {
        let Some(conn) = passed.conn else { return };
        let &[s0, s1, d0, d1, ..] = &passed.datagram[..] else { return };
        let (source, destination) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1]));
        let (own_port, peer_port) =
            if passed.outgoing { (source, destination) } else { (destination, source) };
        self.parties.entry(conn).or_insert(Parties { peer: passed.peer, peer_port, own_port });
    }
}

impl LostIncoming {
    /// The packet, as far as it is known: its payload isn't, and of its options SACK alone.
    pub(super) fn packet(&self, addresses: &mut Addresses) -> Packet {
        let Self { at, segment, parties: Parties { peer, peer_port, own_port } } = *self;
        let header = Header {
            source_port: peer_port,
            destination_port: own_port,
            sequence: SeqNum::new(segment.seq),
            acknowledgment: SeqNum::new(segment.ack),
            flags: segment.flags.without(Flags::URG),
            window: segment.window,
            urgent_pointer: 0,
            options: Options { sack: segment.sack, ..Options::default() },
        };
        let whole = Segment { header, payload: Bytes::from(vec![0; segment.bytes]) };
        let mut datagram = Vec::with_capacity(whole.encoded_len());
        whole.encode(&PseudoHeader::None, &mut datagram);
        let (between, note) = addresses.between(peer, false);
        let mut bytes = with_ip(&datagram, between, Codepoint::NotEct);
        let original_len = bytes.len();
        bytes.truncate(original_len.saturating_sub(segment.bytes));
        let comment = [comment::fault(Fault::Lost, false)].into_iter().chain(note).collect();
        Packet { at, outgoing: false, bytes, original_len, comment }
    }
}

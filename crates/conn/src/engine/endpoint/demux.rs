//! Which connection a datagram is for, and what strangers are told.

use std::net::SocketAddr;

use bytes::Bytes;
use lucid_congestion::Time;
use lucid_wire::{DecodeError, Flags, Header, Options, PseudoHeader, Segment, SeqNum};

use super::listener::can_be_talked_to;
use super::{Endpoint, Key};
use crate::engine::cause::Cause;
use crate::engine::ecn::Codepoint;
use crate::engine::event::{SegmentSummary, What};
use crate::engine::message::Output;

impl Endpoint {
    /// A datagram arrived: to its connection, to a listener, or to no one.
    pub(super) fn datagram(&mut self, now: Time, from: SocketAddr, bytes: Bytes, ecn: Codepoint) {
        // UDP's own checksum covers the addresses, and NATs rewrite them: no pseudo-header.
        let segment = match Segment::decode(bytes, &PseudoHeader::None) {
            Ok(segment) => segment,
            Err(error) => return self.discard(now, from, None, cause_of(&error)),
        };
        if !can_be_talked_to(from) {
            return self.discard(now, from, Some(&segment), Cause::InvalidSource);
        }
        let key = Key {
            peer: from,
            remote_port: segment.header.source_port,
            local_port: segment.header.destination_port,
        };
        // RFC 9293 3.9.1.1 (MUST-42): a connection comes before the listener of its port; both may be.
        if let Some(id) = self.whole_by_key(key) {
            if self.reopen(now, id, key, &segment) || self.took_the_cookie(now, id, key, &segment, ecn) {
                return;
            }
            if let Some(slot) = self.slots.get_mut(&id) {
                slot.awake().segment_arrives(now, &segment, ecn);
            }
            self.wake(id);
        } else if self.listeners.contains_key(&key.local_port) {
            self.arrives_in_listen(now, key, &segment, ecn);
        } else {
            self.arrives_in_closed(now, key, &segment, Cause::NoConnection);
        }
    }

    /// RFC 9293 section 3.10.7.2: in LISTEN.
    fn arrives_in_listen(&mut self, now: Time, key: Key, segment: &Segment, ecn: Codepoint) {
        let flags = segment.header.flags;
        if flags.contains(Flags::RST) {
            self.discard(now, key.peer, Some(segment), Cause::StrayReset);
        } else if flags.contains(Flags::ACK) {
            if let Err(cause) = self.cookie_returns(now, key, segment, ecn) {
                self.arrives_in_closed(now, key, segment, cause);
            }
        } else if flags.contains(Flags::SYN) {
            self.syn_arrives(now, key, segment);
        } else {
            self.discard(now, key.peer, Some(segment), Cause::ListenIgnores);
        }
    }

    /// RFC 9293 section 3.10.7.1: no such connection. A RST is never answered; anything else is, by a RST that
    /// the sender will believe. It is never longer than what came.
    fn arrives_in_closed(&mut self, now: Time, key: Key, segment: &Segment, cause: Cause) {
        let header = &segment.header;
        if header.flags.contains(Flags::RST) {
            return self.discard(now, key.peer, Some(segment), Cause::StrayReset);
        }
        self.discard(now, key.peer, Some(segment), cause);
        let (flags, sequence, acknowledgment) = if header.flags.contains(Flags::ACK) {
            (Flags::RST, header.acknowledgment, SeqNum::new(0))
        } else {
            (Flags::RST | Flags::ACK, SeqNum::new(0), header.sequence + segment.sequence_len())
        };
        let header = Header {
            source_port: key.local_port,
            destination_port: key.remote_port,
            sequence,
            acknowledgment,
            flags,
            window: 0,
            urgent_pointer: 0,
            options: Options::default(),
        };
        let (segment, ecn) = (Segment { header, payload: Bytes::new() }, Codepoint::NotEct);
        self.outbox.push_back(Output::Transmit { conn: None, to: key.peer, segment, ecn });
    }

    /// Something is dropped, for this reason.
    pub(super) fn discard(&mut self, now: Time, peer: SocketAddr, segment: Option<&Segment>, cause: Cause) {
        let segment = segment.map(SegmentSummary::from);
        self.tell(now, None, cause, What::Discarded { peer, segment });
    }
}

fn cause_of(error: &DecodeError) -> Cause {
    match error {
        DecodeError::BadChecksum { .. } => Cause::BadChecksum,
        DecodeError::BadOptionLength { .. } | DecodeError::MissingOptionLength { .. } => Cause::BadOption,
        _ => Cause::Malformed,
    }
}

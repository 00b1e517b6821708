//! Which connection a datagram is for, and what strangers are told.

use std::net::SocketAddr;

use bytes::Bytes;
use lucid_congestion::Time;
use lucid_wire::{DecodeError, Flags, Header, Options, Pieces, PseudoHeader, SeqNum, Train};

use super::listener::can_be_talked_to;
use super::{Endpoint, Key};
use crate::engine::cause::Cause;
use crate::engine::ecn::Codepoint;
use crate::engine::event::{SegmentSummary, What};
use crate::engine::message::Output;

impl Endpoint {
    /// Datagrams arrived together: what belongs together in them is taken in as one. Says whether all were segments.
    pub(super) fn datagrams(
        &mut self,
        now: Time,
        from: SocketAddr,
        mut bytes: Bytes,
        size: usize,
        ecn: Codepoint,
    ) -> bool {
        let (size, all) = (size.max(1), bytes.len());
        let mut are_segments = true;
        loop {
            // UDP's own checksum covers the addresses, and NATs rewrite them: no pseudo-header.
            match Train::decode(&mut bytes, size, &PseudoHeader::None) {
                Ok(mut train) => {
                    // What is kept of a train holds all that it came with in memory: no more than as much again.
                    if 2 * train.payload.len() < all {
                        train.payload = Bytes::from(train.payload.to_vec()).into();
                    }
                    self.train(now, from, &mut train, ecn);
                }
                Err(error) => {
                    are_segments = false;
                    self.discard(now, from, None, cause_of(&error));
                }
            }
            if bytes.is_empty() {
                return are_segments;
            }
        }
    }

    /// Segments arrived: for their connection, for a listener, or for no one.
    fn train(&mut self, now: Time, from: SocketAddr, train: &mut Train, ecn: Codepoint) {
        if !can_be_talked_to(from) {
            return self.discard(now, from, Some(train), Cause::InvalidSource);
        }
        let key = Key {
            peer: from,
            remote_port: train.header.source_port,
            local_port: train.header.destination_port,
        };
        // RFC 9293 3.9.1.1 (MUST-42): a connection comes before the listener of its port; both may be.
        if let Some(id) = self.whole_by_key(key) {
            if self.reopen(now, id, key, train) || self.took_the_cookie(now, id, key, train, ecn) {
                return;
            }
            if let Some(slot) = self.slots.get_mut(id) {
                slot.awake().segment_arrives(now, train, ecn);
            }
            self.wake(id);
        } else if self.listeners.contains_key(&key.local_port) {
            self.arrives_in_listen(now, key, train, ecn);
        } else {
            self.arrives_in_closed(now, key, train, Cause::NoConnection);
        }
    }

    /// RFC 9293 section 3.10.7.2: in LISTEN.
    fn arrives_in_listen(&mut self, now: Time, key: Key, train: &mut Train, ecn: Codepoint) {
        let flags = train.header.flags;
        if flags.contains(Flags::RST) {
            self.discard(now, key.peer, Some(train), Cause::StrayReset);
        } else if flags.contains(Flags::ACK) {
            if let Err(cause) = self.cookie_returns(now, key, train, ecn) {
                self.arrives_in_closed(now, key, train, cause);
            }
        } else if flags.contains(Flags::SYN) {
            self.syn_arrives(now, key, train);
        } else {
            self.discard(now, key.peer, Some(train), Cause::ListenIgnores);
        }
    }

    /// RFC 9293 section 3.10.7.1: no such connection. A RST is never answered; anything else is, by a RST that
    /// the sender will believe. It is never longer than what came.
    fn arrives_in_closed(&mut self, now: Time, key: Key, train: &Train, cause: Cause) {
        let header = &train.header;
        if header.flags.contains(Flags::RST) {
            return self.discard(now, key.peer, Some(train), Cause::StrayReset);
        }
        self.discard(now, key.peer, Some(train), cause);
        let (flags, sequence, acknowledgment) = if header.flags.contains(Flags::ACK) {
            (Flags::RST, header.acknowledgment, SeqNum::new(0))
        } else {
            (Flags::RST | Flags::ACK, SeqNum::new(0), header.sequence + train.sequence_len())
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
        let (train, ecn) = (Train::new(header, Pieces::new(), 0), Codepoint::NotEct);
        self.outbox.push_back(Output::Transmit { conn: None, to: key.peer, train, ecn });
    }

    /// Something is dropped, for this reason.
    pub(super) fn discard(&mut self, now: Time, peer: SocketAddr, train: Option<&Train>, cause: Cause) {
        let Some(train) = train.filter(|_| self.observed) else {
            return self.tell(now, None, cause, What::Discarded { peer, segment: None });
        };
        for segment in SegmentSummary::each(train) {
            self.tell(now, None, cause, What::Discarded { peer, segment: Some(segment) });
        }
    }
}

fn cause_of(error: &DecodeError) -> Cause {
    match error {
        DecodeError::BadChecksum { .. } => Cause::BadChecksum,
        DecodeError::BadOptionLength { .. } | DecodeError::MissingOptionLength { .. } => Cause::BadOption,
        _ => Cause::Malformed,
    }
}

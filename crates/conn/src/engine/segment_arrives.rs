//! RFC 9293 section 3.10.7: SEGMENT ARRIVES, its checks in the RFC's order, a short function each.

mod ack;
mod fin;
mod reset;
mod sequence;
mod syn;
mod syn_sent;
mod text;
mod timestamp;

use lucid_congestion::Time;
use lucid_wire::{Flags, Train};

use super::cause::Cause;
use super::connection::Connection;
use super::ecn::Codepoint;
use super::position::Position;
use super::state::State;

/// Whether the next check has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// Go on with the next one.
    Passed,
    /// The segment is dealt with.
    Done,
}

/// A segment on its way through the checks, its numbers unwrapped; or segments that came together and differ in their
/// place alone: they pass or fail as one, as a long segment would.
struct Arriving<'a> {
    train: &'a mut Train,
    /// What the network marked it with.
    ecn: Codepoint,
    /// SEG.SEQ.
    seq: Position,
    /// SEG.ACK, if there is one.
    ack: Option<Position>,
    /// Its text is to be taken: a check may refuse it.
    has_text: bool,
    /// Its FIN, likewise.
    fin: bool,
}

impl Arriving<'_> {
    /// Where each segment begins, and how long its text is.
    fn parts(&self) -> impl Iterator<Item = (Position, usize)> + use<> {
        let mut next = self.seq;
        self.train.lengths().map(move |len| {
            let start = next;
            next += len as u64;
            (start, len)
        })
    }

    fn has(&self, flag: Flags) -> bool {
        self.train.header.flags.contains(flag)
    }
}

impl Connection {
    /// Segments of this connection arrived.
    pub(crate) fn segment_arrives(&mut self, now: Time, train: &mut Train, ecn: Codepoint) {
        self.heard(now, train);
        if self.ended.is_some() {
            return;
        }
        if self.state == State::SynSent {
            self.arrives_in_syn_sent(now, train);
        } else {
            self.arrives_otherwise(now, train, ecn);
        }
        self.arm(now);
    }

    /// Section 3.10.7.4: the states in which the peer's SYN has been seen.
    fn arrives_otherwise(&mut self, now: Time, train: &mut Train, ecn: Codepoint) {
        let Some(receiver) = &self.receiver else { return };
        let header = &train.header;
        let mut arriving = Arriving {
            ecn,
            seq: receiver.nxt().nearest(header.sequence),
            ack: header.flags.contains(Flags::ACK).then(|| self.sender.una().nearest(header.acknowledgment)),
            has_text: !train.payload.is_empty(),
            fin: header.flags.contains(Flags::FIN),
            train,
        };
        type Checks = [fn(&mut Connection, Time, &mut Arriving<'_>) -> Check; 10];
        const IN_ORDER: Checks = [
            Connection::check_repeated_syn,
            Connection::check_timestamp,
            Connection::check_sequence,
            Connection::take_timestamp,
            Connection::check_reset,
            Connection::check_syn,
            Connection::check_ack,
            Connection::check_urgent,
            Connection::check_text,
            Connection::check_fin,
        ];
        for check in IN_ORDER {
            if check(self, now, &mut arriving) == Check::Done {
                return;
            }
        }
    }

    /// An ACK that a suspicious segment draws: it tells an honest peer where we are (RFC 5961), and no more than
    /// one in a while for each connection, so that it can't be made to flood or to be counted.
    fn challenge(&mut self, now: Time, train: &Train, cause: Cause) {
        self.discard(now, train, cause);
        let interval = self.origin.config.challenge_ack_interval;
        if self.last_challenge.is_some_and(|last| now.saturating_since(last) < interval) {
            self.tell_challenge_limit(now);
            return;
        }
        self.last_challenge = Some(now);
        self.counts.challenge_acks += 1;
        self.acks.alone(cause);
    }

    fn tell_challenge_limit(&mut self, now: Time) {
        let peer = self.origin.peer;
        self.tell(now, Cause::ChallengeLimit, |_| super::event::What::Discarded { peer, segment: None });
    }
}

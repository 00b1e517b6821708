//! Section 3.10.7.4, first: the sequence number.

use lucid_congestion::Time;
use lucid_wire::Flags;

use super::{Arriving, Check};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::event::Arrival;
use crate::engine::position::Position;
use crate::engine::state::State;

impl Connection {
    /// In SYN-RECEIVED the peer's SYN again says that our SYN-ACK was lost: that goes again, where the RFC's bare
    /// ACK would not help a peer in SYN-SENT.
    pub(super) fn check_repeated_syn(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        let Some(receiver) = &self.receiver else { return Check::Done };
        let repeated = self.state == State::SynReceived
            && arriving.has(Flags::SYN)
            && !arriving.has(Flags::RST)
            && !arriving.has(Flags::ACK)
            && arriving.seq + 1 == receiver.nxt();
        if !repeated {
            return Check::Passed;
        }
        self.discard(now, arriving.train, Cause::DuplicateData);
        self.ecn.hear_syn(arriving.train.header.flags);
        let _ = self.take_timestamp(now, arriving);
        self.sender.resend_front();
        self.resend_cause = Cause::DuplicateData;
        Check::Done
    }

    /// Does any part of the segment lie in the receive window? If not, an ACK tells the peer where it is.
    pub(super) fn check_sequence(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        let Some(receiver) = &self.receiver else { return Check::Done };
        if receiver.accepts(arriving.seq, u64::from(arriving.train.sequence_len())) {
            return Check::Passed;
        }
        if receiver.window() == 0 && arriving.seq == receiver.nxt() {
            // The window is zero: nothing of the text is taken, but ACK, RST and URG are (MUST-66).
            arriving.has_text = false;
            arriving.fin = false;
            self.acks.now(Cause::UnacceptableSequence);
            return Check::Passed;
        }
        if arriving.has(Flags::RST) {
            self.discard(now, arriving.train, Cause::ResetOutsideWindow);
        } else if self.state == State::TimeWait && arriving.fin && ends_at(receiver.nxt(), arriving) {
            self.repeated_fin_in_time_wait(now, arriving);
        } else if arriving.has(Flags::SYN) {
            // RFC 5961 4.2: whatever its number.
            self.challenge(now, arriving.train, Cause::SynInConnection);
        } else if arriving.train.sequence_len() > 0 && arriving.seq < receiver.nxt() {
            self.old_text(now, arriving);
        } else {
            // Nothing is to be repaired here: such answers are limited, so that two confused peers
            // can't keep each other busy.
            let probes = arriving.seq + 1 == receiver.nxt();
            let cause = if probes { Cause::KeepAliveProbe } else { Cause::UnacceptableSequence };
            self.challenge(now, arriving.train, cause);
        }
        Check::Done
    }

    /// The peer sends it again, so our ACK may be lost: every one is answered.
    fn old_text(&mut self, now: Time, arriving: &Arriving<'_>) {
        self.last_heard = now;
        self.counts.duplicates_received += arriving.train.count() as u64;
        self.report_duplicate(arriving);
        self.tell_arrived(now, arriving, Arrival::Duplicate, Cause::DuplicateData);
        self.acks.alone(Cause::DuplicateData);
    }
}

/// Only the peer's own FIN ends where we expect nothing more.
fn ends_at(nxt: Position, arriving: &Arriving<'_>) -> bool {
    arriving.seq + u64::from(arriving.train.sequence_len()) == nxt
}

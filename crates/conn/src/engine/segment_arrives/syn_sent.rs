//! Section 3.10.7.3: in SYN-SENT.

use lucid_congestion::Time;
use lucid_wire::{Flags, Train};

use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::ecn::Codepoint;
use crate::engine::error::CloseReason;
use crate::engine::state::State;

impl Connection {
    pub(super) fn arrives_in_syn_sent(&mut self, now: Time, train: &mut Train) {
        let header = &train.header;
        let ack = header.flags.contains(Flags::ACK).then(|| self.sender.una().nearest(header.acknowledgment));
        let reset = header.flags.contains(Flags::RST);
        // First, the ACK: it must be of our SYN, and of nothing that we never sent.
        if ack.is_some_and(|ack| ack <= self.sender.iss() || ack > self.sender.nxt()) {
            self.discard(now, train, Cause::UnacceptableAck);
            if !reset {
                self.send_reset_at(now, header.acknowledgment, Cause::UnacceptableAck);
            }
            return;
        }
        // Second, the RST: believed only with such an ACK.
        if reset {
            match ack {
                Some(_) => self.end(now, CloseReason::Refused, Cause::ResetArrived),
                None => self.discard(now, train, Cause::ResetOutsideWindow),
            }
            return;
        }
        // Fourth, the SYN. (Third is security, which UDP has none of.)
        if !header.flags.contains(Flags::SYN) {
            return self.discard(now, train, Cause::NotASyn);
        }
        self.last_heard = now;
        self.take_syn(now, train, Cause::SynAckArrived);
        match ack {
            Some(ack) => self.our_syn_is_answered(now, train, ack),
            None => self.both_sent_a_syn(now),
        }
    }

    fn our_syn_is_answered(&mut self, now: Time, train: &mut Train, ack: super::Position) {
        self.acks.now(Cause::SynAckArrived);
        self.establish(now, train, ack, Cause::SynAckArrived);
        self.text_behind_a_syn(now, train);
    }

    /// RFC 9293 3.5: simultaneous open (MUST-10). Our SYN goes again, now with an ACK.
    fn both_sent_a_syn(&mut self, now: Time) {
        self.enter(now, State::SynReceived, Cause::SimultaneousOpen);
        self.sender.resend_front();
        self.resend_cause = Cause::SimultaneousOpen;
    }

    /// Data or a FIN may ride on the SYN-ACK.
    fn text_behind_a_syn(&mut self, now: Time, train: &mut Train) {
        let Some(receiver) = &self.receiver else { return };
        let mut arriving = super::Arriving {
            ecn: Codepoint::NotEct,
            seq: receiver.nxt(),
            ack: None,
            has_text: !train.payload.is_empty(),
            fin: train.header.flags.contains(Flags::FIN),
            train,
        };
        if arriving.has_text || arriving.fin {
            let _ = self.check_text(now, &mut arriving);
        }
        if self.ended.is_none() {
            let _ = self.check_fin(now, &mut arriving);
        }
    }
}

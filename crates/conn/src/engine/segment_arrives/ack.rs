//! Section 3.10.7.4, fifth: the ACK field.

use lucid_congestion::Time;
use lucid_wire::{Flags, Train};

use super::{Arriving, Check, Position};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::error::CloseReason;
use crate::engine::event::{Change, What};
use crate::engine::message::Notice;
use crate::engine::state::State;

impl Connection {
    pub(super) fn check_ack(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        let Some(ack) = arriving.ack else {
            self.discard(now, arriving.train, Cause::NoAck);
            return Check::Done;
        };
        if self.state == State::SynReceived {
            if ack <= self.sender.una() || ack > self.sender.nxt() {
                self.discard(now, arriving.train, Cause::UnacceptableAck);
                self.send_reset_at(now, arriving.train.header.acknowledgment, Cause::UnacceptableAck);
                return Check::Done;
            }
            self.establish(now, arriving.train, ack, Cause::SynAcknowledged);
            self.after_ack(now);
            return Check::Passed;
        }
        // RFC 5961 5.2 (MAY-12): older than anything the peer could still mean, or of what was never sent.
        if ack > self.sender.nxt() || ack < self.sender.una() - self.sender.max_window() {
            self.challenge(now, arriving.train, Cause::AckOutOfRange);
            return Check::Done;
        }
        self.last_heard = now;
        self.probes_answered();
        self.hear_user_timeout(now, arriving.train);
        let is_duplicate = ack == self.sender.una() && self.is_duplicate_ack(arriving);
        if self.has_scoreboard() {
            if ack >= self.sender.una() || self.agreed.sack {
                self.acknowledged(now, ack, arriving.train, is_duplicate);
            }
        } else if ack > self.sender.una() {
            self.new_data_acknowledged(now, ack, self.echo(arriving.train));
        } else if is_duplicate {
            self.duplicate_ack(now);
        }
        if ack >= self.sender.una() {
            self.window_update(now, arriving.seq, ack, arriving.train);
            self.hear_echo(now, arriving.train);
        }
        self.after_ack(now);
        if self.ended.is_some() { Check::Done } else { Check::Passed }
    }

    /// Our SYN is acknowledged: ESTABLISHED.
    pub(super) fn establish(&mut self, now: Time, train: &Train, ack: Position, cause: Cause) {
        self.last_heard = now;
        self.hear_user_timeout(now, train);
        let acked = self.sender.acknowledge(ack, now, |_| ());
        self.begin_data();
        if let Some(rtt) = acked.rtt {
            self.measured(now, rtt);
        } else {
            self.measured_by_echo(now, self.echo(train));
        }
        self.stuck_since = now;
        self.timers.stop(crate::engine::timers::Timer::Retransmit);
        self.loss.on_new_ack(ack);
        if let Some(receiver) = &self.receiver {
            let seq = receiver.nxt().nearest(train.header.sequence);
            let window = self.window_in(train);
            self.sender.update_window(seq, ack, window);
        }
        self.enter(now, State::Established, cause);
        self.notify(Notice::Connected);
    }

    /// The window that a segment offers. RFC 7323 2.2: that of a SYN is not scaled.
    fn window_in(&self, train: &Train) -> u64 {
        let header = &train.header;
        if header.flags.contains(Flags::SYN) {
            return u64::from(header.window);
        }
        self.agreed.send_window(header.window)
    }

    /// RFC 5681 section 2: the five marks of a duplicate acknowledgment.
    fn is_duplicate_ack(&self, arriving: &Arriving<'_>) -> bool {
        !self.sender.in_flight().is_empty()
            && arriving.train.payload.is_empty()
            && !arriving.train.header.flags.intersects(Flags::SYN | Flags::FIN)
            && self.window_in(arriving.train) == self.sender.window()
            && self.sender.window() > 0
    }

    /// SND.WND <- SEG.WND, if the segment is newer than the last that set it.
    fn window_update(&mut self, now: Time, seq: Position, ack: Position, train: &Train) {
        let window = self.window_in(train);
        let Some(before) = self.sender.update_window(seq, ack, window) else { return };
        // The buffer is as large as the window lets it be.
        self.offer_room();
        if before == 0 {
            self.sender.window_opened();
            self.resend_cause = Cause::PeerWindowUpdate;
            self.probes = 0;
            self.stuck_since = now;
        }
        if before == 0 || window == 0 {
            self.tell(now, Cause::PeerWindowUpdate, |_| What::PeerWindow {
                window: Change { before, after: window },
            });
        }
    }

    /// What the ACK of our FIN changes.
    fn after_ack(&mut self, now: Time) {
        if !self.sender.fin_acknowledged() {
            return;
        }
        match self.state {
            State::FinWait1 => {
                self.enter(now, State::FinWait2, Cause::FinAcknowledged);
                self.linger_if_no_one_reads(now);
            }
            State::Closing => self.enter_time_wait(now, Cause::BothFinished),
            State::LastAck => {
                self.notify(Notice::Finished);
                self.end(now, CloseReason::Finished, Cause::FinAcknowledged);
            }
            _ => {}
        }
    }
}

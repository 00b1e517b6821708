//! What acknowledgments do to loss detection and to the congestion window: the one place where the two meet.

use core::time::Duration;

use lucid_congestion::{Ack, Controller, Loss as LossEvent, Phase, Time};

use super::cause::Cause;
use super::connection::Connection;
use super::event::{Change, What};
use super::loss::{OnDuplicate, OnNewAck};
use super::message::Notice;
use super::position::Position;
use super::timers::Timer;

impl Connection {
    /// An ACK advances SND.UNA.
    pub(super) fn new_data_acknowledged(&mut self, now: Time, ack: Position) {
        let data_before = self.sender.una().max(self.sender.iss() + 1);
        let data_after = ack.min(self.sender.end_of_data());
        let acked = self.sender.acknowledge(ack, now);
        self.timeouts = 0;
        self.probes = 0;
        self.stuck_since = now;
        if let Some(rtt) = acked.rtt {
            self.measured(now, rtt);
        } else if acked.fresh {
            self.rtt.reset_back_off();
        }
        // The FIN takes a place, but no room in the network that a window would count.
        let bytes = data_after.since(data_before);
        let outcome = self.loss.on_new_ack(ack);
        let event = Ack {
            now,
            bytes: self.counted(bytes),
            flight_size: self.counted(self.sender.in_flight().flight_size()),
            rtt: acked.rtt,
            delivered: self.counted(bytes),
            in_flight: self.counted(self.sender.in_flight().pipe()),
            smoothed_rtt: self.rtt.smoothed(),
            min_rtt: self.rtt.min(),
            window_limited: true,
            ..Ack::default()
        };
        self.react(now, outcome, &event);
        // RFC 6298 5.3 and 5.2: an ACK of new data restarts the timer, and stops it if nothing is left. In recovery,
        // too: of RFC 6582's variants the "slow but steady" one (section 3.2 step 3).
        self.timers.stop(Timer::Retransmit);
        self.offer_room();
    }

    fn react(&mut self, now: Time, outcome: OnNewAck, event: &Ack) {
        match outcome {
            OnNewAck::Ordinary if event.bytes > 0.0 => {
                let cause = match self.congestion.phase() {
                    Phase::SlowStart => Cause::SlowStart,
                    _ => Cause::CongestionAvoidance,
                };
                self.congest(now, cause, |congestion| congestion.on_ack(event));
            }
            OnNewAck::Ordinary => {}
            OnNewAck::Partial => {
                self.congest(now, Cause::PartialAck, |congestion| congestion.on_partial_ack(event));
                self.resend_front(now, Cause::PartialAck);
            }
            OnNewAck::Recovered => {
                self.congest(now, Cause::FullAck, |congestion| congestion.on_recovered(event));
            }
        }
    }

    /// An ACK that acknowledges nothing new.
    pub(super) fn duplicate_ack(&mut self, now: Time) {
        let outcome = self.loss.on_duplicate(self.sender.una(), self.sender.nxt());
        let count = self.loss.duplicates();
        self.tell(now, Cause::DuplicateAck, |connection| What::DuplicateAck {
            count,
            ack: connection.sender.una().number().get(),
        });
        match outcome {
            OnDuplicate::FastRetransmit => self.fast_retransmit(now),
            // RFC 5681 3.2: a peer may make up duplicates; no more count than segments are out to cause them.
            OnDuplicate::Inflate if count as usize <= self.sender.in_flight().segments() => {
                self.congest(now, Cause::FurtherDuplicateAck, |congestion| congestion.on_duplicate_ack());
            }
            OnDuplicate::Inflate | OnDuplicate::TooFew | OnDuplicate::Ignore => {}
        }
    }

    /// RFC 5681 section 3.2 steps 2 and 3.
    fn fast_retransmit(&mut self, now: Time) {
        self.counts.fast_retransmits += 1;
        let flight_size = self.counted(self.loss.flight_size(self.sender.una()));
        self.congest(now, Cause::ThirdDuplicateAck, |congestion| {
            congestion.on_loss(&LossEvent { now, flight_size });
        });
        self.resend_front(now, Cause::ThirdDuplicateAck);
    }

    fn resend_front(&mut self, now: Time, cause: Cause) {
        self.sender.resend_front();
        self.resend_cause = cause;
        self.tell_resending(now, cause);
    }

    /// A round trip was measured.
    pub(super) fn measured(&mut self, now: Time, sample: Duration) {
        self.rtt.on_sample(sample);
        self.tell(now, Cause::RttSample, |connection| What::RoundTrip {
            sample,
            smoothed: connection.rtt.smoothed().unwrap_or_default(),
            variance: connection.rtt.variance().unwrap_or_default(),
            rto: connection.rtt.rto(),
        });
    }

    /// Lets the controller react, and tells what changed.
    pub(super) fn congest(&mut self, now: Time, cause: Cause, react: impl FnOnce(&mut dyn Controller)) {
        let before =
            (self.congestion.window(), self.congestion.slow_start_threshold(), self.congestion.phase());
        react(self.congestion.as_mut());
        self.tell(now, cause, |connection| {
            let congestion = &connection.congestion;
            let smss =
                u32::from(connection.sender.mss()) + u32::from(connection.origin.config.counted_header);
            What::Window {
                cwnd: Change { before: before.0, after: congestion.window() },
                ssthresh: Change { before: before.1, after: congestion.slow_start_threshold() },
                phase: Change { before: before.2, after: congestion.phase() },
                smss,
            }
        });
    }

    /// A writer that waits hears of room once there is a quarter of the buffer.
    fn offer_room(&mut self) {
        let enough = (self.origin.config.send_buffer / 4).max(1);
        if self.writer_waits && self.sender.room() >= enough {
            self.writer_waits = false;
            self.notify(Notice::Writable);
        }
    }
}

//! Recovery as RFC 5681 and RFC 6582 have it: duplicate ACKs are counted, and inflate the window.

use lucid_congestion::{Ack, Controller, Loss as LossEvent, Phase, Time};

use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::event::What;
use crate::engine::loss::{OnDuplicate, OnNewAck};
use crate::engine::position::Position;
use crate::engine::timers::Timer;

impl Connection {
    /// An ACK advances SND.UNA.
    pub(in crate::engine) fn new_data_acknowledged(&mut self, now: Time, ack: Position, echo: Option<u32>) {
        let bytes = self.data_until(ack);
        let acked = self.sender.acknowledge(ack, now, |_| ());
        self.note_progress(now);
        if let Some(rtt) = acked.rtt {
            self.measured(now, rtt);
        } else if !self.measured_by_echo(now, echo) && acked.fresh {
            self.rtt.reset_back_off();
        }
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
    pub(in crate::engine) fn duplicate_ack(&mut self, now: Time) {
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
                self.congest(now, Cause::FurtherDuplicateAck, Controller::on_duplicate_ack);
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

    pub(super) fn resend_front(&mut self, now: Time, cause: Cause) {
        self.sender.resend_front();
        self.resend_cause = cause;
        self.tell_resending(now, cause);
    }

    /// The retransmission timer expired (RFC 5681 section 3.1).
    pub(in crate::engine) fn inflating_times_out(&mut self, now: Time, first: bool) {
        let flight_size = self.counted(self.sender.in_flight().flight_size());
        self.sender.on_timeout();
        self.loss.on_timeout(self.sender.nxt());
        self.congest(now, Cause::TimeoutWindow, |congestion| {
            congestion.on_timeout(&LossEvent { now, flight_size }, first);
        });
    }
}

//! Section 3.10.7.4, sixth and seventh: the URG bit and the segment text.

use core::time::Duration;

use lucid_congestion::Time;
use lucid_wire::Flags;

use super::{Arriving, Check};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::event::{Arrival, What};
use crate::engine::message::Notice;
use crate::engine::position::Position;
use crate::engine::receiver::{Arrived, Receiver};
use crate::engine::timers::Timer;

/// RFC 9293 3.8.6.3 (MUST-40): less than half a second, whatever is configured.
const MAX_ACK_DELAY: Duration = Duration::from_millis(499);

impl Connection {
    /// RCV.UP <- max(RCV.UP, SEG.UP), and the application hears of it (MUST-32).
    pub(super) fn check_urgent(&mut self, _now: Time, arriving: &mut Arriving<'_>) -> Check {
        if arriving.has(Flags::URG) && self.state.may_receive() {
            let up_to = arriving.seq + u64::from(arriving.train.header.urgent_pointer);
            if self.receiver.as_mut().is_some_and(|receiver| receiver.urge(up_to)) {
                self.notify(Notice::Urgent);
            }
        }
        Check::Passed
    }

    /// The text goes where it belongs; its FIN is noted with it.
    pub(super) fn check_text(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        if !arriving.has_text && !arriving.fin {
            return Check::Passed;
        }
        self.hear_mark(now, arriving.train, arriving.ecn);
        if !self.state.may_receive() {
            // RFC 9293: this should not occur, since the peer has sent its FIN. The text is ignored.
            self.acks.now(Cause::DuplicateData);
            return Check::Passed;
        }
        if self.released && arriving.has_text {
            self.reset_peer(now, Cause::NoReader);
            return Check::Done;
        }
        self.tune_receive_buffer(now);
        let Some(receiver) = &self.receiver else { return Check::Done };
        let len = arriving.train.payload.len();
        let delivered = if !arriving.fin && receiver.expects(arriving.seq, len) {
            self.take_expected_text(now, arriving)
        } else {
            self.take_any_text(now, arriving)
        };
        self.counts.bytes_received += delivered;
        if delivered > 0 {
            self.measure_by_data(now, arriving.train);
        }
        if (delivered > 0 || arriving.fin) && self.reader_waits {
            self.reader_waits = false;
            self.notify(Notice::Readable);
        }
        Check::Passed
    }

    /// Nothing is missing, early or too much: the common case. Returns how many bytes became readable.
    fn take_expected_text(&mut self, now: Time, arriving: &mut Arriving<'_>) -> u64 {
        let Some(receiver) = &mut self.receiver else { return 0 };
        let (parts, longest) = (arriving.parts(), arriving.train.longest());
        let delivered = receiver.deliver(std::mem::take(&mut arriving.train.payload), longest);
        for (seq, bytes) in parts {
            self.tell(now, Cause::DataArrived, |_| What::Arrived {
                seq: seq.number().get(),
                bytes,
                arrival: Arrival::InOrder,
                next: (seq + bytes as u64).number().get(),
                waiting: 0,
            });
            self.owe_ack_in_order(now);
        }
        delivered
    }

    /// Segment by segment, and behind the last one the FIN. Returns how many bytes became readable.
    fn take_any_text(&mut self, now: Time, arriving: &mut Arriving<'_>) -> u64 {
        let (parts, many) = (arriving.parts(), arriving.train.count() > 1);
        let mut text = std::mem::take(&mut arriving.train.payload);
        let has_fin = std::mem::take(&mut arriving.fin);
        let mut delivered = 0;
        for (seq, bytes) in parts {
            let part = text.split_to(bytes);
            // What waits behind a gap would hold all of what it came in.
            let part = if many { part.to_vec().into() } else { part.into_bytes() };
            let Some(receiver) = &mut self.receiver else { break };
            let arrived = receiver.arrive(seq, part, has_fin && text.is_empty());
            arriving.fin |= arrived.finished;
            delivered += arrived.delivered;
            self.acknowledge_arrival(now, seq, bytes, arrived);
        }
        delivered
    }

    /// When the peer hears of it (RFC 5681 section 4.2, MAY-13, X-11).
    fn acknowledge_arrival(&mut self, now: Time, seq: Position, bytes: usize, arrived: Arrived) {
        let cause = match arrived.arrival {
            Arrival::InOrder => Cause::DataArrived,
            Arrival::FilledGap => Cause::GapFilled,
            Arrival::OutOfOrder | Arrival::NoRoom => Cause::OutOfOrderData,
            Arrival::Duplicate => Cause::DuplicateData,
        };
        self.tell_part_arrived(now, seq, bytes, arrived.arrival, cause);
        match arrived.arrival {
            // A FIN's ACK never waits: `check_fin` sees to it.
            Arrival::InOrder if arrived.finished => {}
            Arrival::InOrder => self.owe_ack_in_order(now),
            Arrival::FilledGap => self.acks.now(cause),
            Arrival::OutOfOrder | Arrival::NoRoom => {
                self.counts.out_of_order_received += 1;
                self.acks.hurry();
                self.acks.alone(cause);
            }
            Arrival::Duplicate => {
                self.counts.duplicates_received += 1;
                self.acks.alone(cause);
            }
        }
    }

    /// RFC 9293 3.8.6.3 (SHLD-18): the ACK may wait for a second segment, or for the timer. While a gap is open, it doesn't
    /// (RFC 5681 4.2).
    fn owe_ack_in_order(&mut self, now: Time) {
        let delay = self.origin.config.ack_delay.min(MAX_ACK_DELAY);
        let gap = self.receiver.as_ref().is_some_and(|receiver| receiver.waiting() > 0);
        let waits = self.acks.on_in_order(!delay.is_zero() && !gap);
        if waits && self.timers.due(Timer::DelayedAck).is_none() {
            let until = now + delay;
            self.timers.set(Timer::DelayedAck, until);
            self.tell(now, Cause::AckMayWait, |_| What::AckDelayed { until });
        }
    }

    pub(super) fn tell_arrived(
        &mut self,
        now: Time,
        arriving: &Arriving<'_>,
        arrival: Arrival,
        cause: Cause,
    ) {
        for (seq, bytes) in arriving.parts() {
            self.tell_part_arrived(now, seq, bytes, arrival, cause);
        }
    }

    fn tell_part_arrived(&mut self, now: Time, seq: Position, bytes: usize, arrival: Arrival, cause: Cause) {
        self.tell(now, cause, |connection| What::Arrived {
            seq: seq.number().get(),
            bytes,
            arrival,
            next: connection.next_expected(),
            waiting: connection.receiver.as_ref().map_or(0, Receiver::waiting),
        });
    }
}

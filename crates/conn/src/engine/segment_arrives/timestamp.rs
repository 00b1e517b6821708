//! Timestamps of arriving segments: PAWS, and TS.Recent (RFC 7323 sections 4.3 and 5.3).

use lucid_congestion::Time;
use lucid_wire::Flags;

use super::{Arriving, Check};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::receiver::Receiver;

impl Connection {
    /// Before the sequence number is looked at: it may be one of a round of numbers ago.
    ///
    /// A SYN comes from a peer that may know of no connection: the checks to come challenge it.
    pub(super) fn check_timestamp(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        let Some(recent) = self.ts_recent else { return Check::Passed };
        if arriving.train.header.flags.intersects(Flags::RST | Flags::SYN) {
            return Check::Passed;
        }
        let Some(timestamps) = arriving.train.header.options.timestamps else {
            self.discard(now, arriving.train, Cause::NoTimestamp);
            return Check::Done;
        };
        if !recent.rejects(timestamps.value, now) {
            return Check::Passed;
        }
        // RFC 7323 5.3 R1: dropped, and acknowledged as what lies outside the window is. It may be the first copy of
        // what came again in the meantime: then its sender learns that it need not have.
        if arriving.train.sequence_len() > 0 {
            self.discard(now, arriving.train, Cause::TimestampTooOld);
            self.report_duplicate(arriving);
            self.acks.alone(Cause::TimestampTooOld);
        } else {
            self.challenge(now, arriving.train, Cause::TimestampTooOld);
        }
        Check::Done
    }

    /// RFC 7323 4.3 (2), X-3: TS.Recent follows what was not acknowledged before, so that the peer measures our delay,
    /// too.
    pub(super) fn take_timestamp(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        let theirs = arriving.train.header.options.timestamps;
        let acknowledged = self.receiver.as_ref().map(Receiver::acknowledged);
        let in_turn = acknowledged.is_some_and(|last| arriving.seq <= last) && !arriving.has(Flags::RST);
        if let (Some(recent), Some(theirs), true) = (&mut self.ts_recent, theirs, in_turn) {
            recent.update(theirs.value, now);
        }
        Check::Passed
    }

    /// The part of a segment that came before, for the next ACK's D-SACK. A SYN is no data.
    pub(super) fn report_duplicate(&mut self, arriving: &Arriving<'_>) {
        let end = arriving.seq + u64::from(arriving.train.sequence_len());
        if let Some(receiver) = self.receiver.as_mut().filter(|_| !arriving.has(Flags::SYN)) {
            receiver.note_duplicate(arriving.seq..end);
        }
    }
}

//! Section 3.10.7.4, second: the RST bit, with the checks of RFC 5961 section 3.

use lucid_congestion::Time;
use lucid_wire::Flags;

use super::{Arriving, Check};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::error::CloseReason;
use crate::engine::state::State;

impl Connection {
    pub(super) fn check_reset(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        if !arriving.has(Flags::RST) {
            return Check::Passed;
        }
        // SHLD-2: whatever else it carries.
        let exact = self.receiver.as_ref().is_some_and(|receiver| receiver.nxt() == arriving.seq);
        if self.state == State::TimeWait {
            // RFC 1337: otherwise an old reset would end the wait that protects the next connection.
            self.discard(now, arriving.train, Cause::TimeWaitIgnoresReset);
        } else if !exact {
            self.challenge(now, arriving.train, Cause::ResetNotExact);
        } else if self.state == State::SynReceived {
            // MUST-11: after a passive OPEN the listener goes on as before; after an active one it is a refusal.
            self.end(now, CloseReason::Refused, Cause::ResetArrived);
        } else {
            self.end(now, CloseReason::Reset, Cause::ResetArrived);
        }
        Check::Done
    }
}

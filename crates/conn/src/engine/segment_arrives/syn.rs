//! Section 3.10.7.4, fourth: the SYN bit, with RFC 5961 section 4. (Third is security: UDP has none.)

use lucid_congestion::Time;
use lucid_wire::Flags;

use super::{Arriving, Check};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::error::CloseReason;
use crate::engine::state::State;

impl Connection {
    pub(super) fn check_syn(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        if !arriving.has(Flags::SYN) {
            return Check::Passed;
        }
        if self.state == State::SynReceived && self.passive {
            // "Return to LISTEN": the half-open record goes, the listener stays.
            self.end(now, CloseReason::Refused, Cause::SynInConnection);
        } else {
            self.challenge(now, arriving.train, Cause::SynInConnection);
        }
        Check::Done
    }
}

//! Section 3.10.7.4, eighth: the FIN bit.

use lucid_congestion::Time;

use super::{Arriving, Check};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::event::Arrival;
use crate::engine::state::State;
use crate::engine::timers::Timer;

impl Connection {
    /// The peer's FIN has its turn: everything before it is here. Its ACK never waits.
    pub(super) fn check_fin(&mut self, now: Time, arriving: &mut Arriving<'_>) -> Check {
        if !arriving.fin {
            return Check::Done;
        }
        self.acks.now(Cause::FinArrived);
        match self.state {
            State::SynReceived | State::Established => self.enter(now, State::CloseWait, Cause::FinArrived),
            // Our own FIN is not acknowledged yet, or the ACK check would have moved to FIN-WAIT-2.
            State::FinWait1 => self.enter(now, State::Closing, Cause::FinArrived),
            State::FinWait2 => self.enter_time_wait(now, Cause::BothFinished),
            _ => {}
        }
        Check::Done
    }

    /// TIME-WAIT: the peer's FIN again says that our last ACK was lost. It goes again, and 2 MSL begin anew.
    pub(super) fn repeated_fin_in_time_wait(&mut self, now: Time, arriving: &Arriving<'_>) {
        self.counts.duplicates_received += arriving.train.count() as u64;
        self.tell_arrived(now, arriving, Arrival::Duplicate, Cause::DuplicateData);
        self.acks.now(Cause::DuplicateData);
        self.timers.set(Timer::Linger, now + self.origin.config.time_wait);
    }
}

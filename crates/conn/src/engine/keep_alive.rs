//! Keep-alive (RFC 9293 section 3.8.4, MAY-5): asking an idle peer whether it is still there.

use core::time::Duration;

use lucid_congestion::Time;

use super::cause::Cause;
use super::config::KeepAlive;
use super::connection::Connection;
use super::error::CloseReason;
use super::event::What;
use super::state::State;
use super::timers::Timer;

/// MUST-29: one unanswered probe proves nothing.
const MIN_PROBES: u32 = 2;
/// No shorter time counts: an answer to the last probe has to be able to come (Linux counts whole seconds).
const LEAST: Duration = Duration::from_secs(1);

impl Connection {
    /// MUST-24: on, off or otherwise, for this connection alone.
    pub(super) fn set_keep_alive(&mut self, keep_alive: Option<KeepAlive>) {
        self.keep_alive = keep_alive;
        self.timers.stop(Timer::KeepAlive);
    }

    /// MUST-26: only what is idle is probed. While something is outstanding, the retransmission timer finds out.
    pub(super) fn arm_keep_alive(&mut self, now: Time) {
        match self.keep_alive {
            Some(keep_alive) if self.is_idle() => {
                if self.timers.due(Timer::KeepAlive).is_none() {
                    self.timers.set(Timer::KeepAlive, self.probe_due(keep_alive).max(now));
                }
            }
            _ => self.timers.stop(Timer::KeepAlive),
        }
    }

    fn is_idle(&self) -> bool {
        let is_open = self.state.is_synchronized() && self.state != State::TimeWait;
        is_open && self.ended.is_none() && !self.sender.has_work()
    }

    fn probe_due(&self, keep_alive: KeepAlive) -> Time {
        // RFC 5482 4.2: keep-alive doesn't end what the user timeout lets live.
        let least = if self.user_timeouts.is_adopted() { self.user_timeout() } else { LEAST };
        self.last_heard + keep_alive.idle.max(least).max(LEAST)
    }

    /// The timer is left alone while segments come, and set anew (by `arm`) when it fires too early.
    pub(super) fn keep_alive_timeout(&mut self, now: Time) {
        let Some(keep_alive) = self.keep_alive else { return };
        if self.unanswered_probes == 0 && now < self.probe_due(keep_alive) {
            return;
        }
        let enough = keep_alive.probes.max(MIN_PROBES);
        if self.unanswered_probes >= enough {
            return self.give_up_idle(now);
        }
        self.unanswered_probes += 1;
        self.counts.keep_alive_probes += 1;
        let (count, next_in) = (self.unanswered_probes, keep_alive.interval.max(LEAST));
        self.timers.set(Timer::KeepAlive, now + next_in);
        self.tell(now, Cause::Idle, |_| What::KeepAliveProbe { count, of: enough, next_in });
        self.send_keep_alive(now);
    }

    fn give_up_idle(&mut self, now: Time) {
        let reason = CloseReason::NotAlive {
            silent_for: now.saturating_since(self.last_heard),
            probes: self.unanswered_probes,
        };
        self.send_reset(now, Cause::NotAlive);
        self.end(now, reason, Cause::NotAlive);
    }

    /// The peer answered: the next probe is due when it has been silent for the whole time again.
    pub(super) fn probes_answered(&mut self) {
        if self.unanswered_probes > 0 {
            self.unanswered_probes = 0;
            self.timers.stop(Timer::KeepAlive);
        }
    }
}

//! RFC 9293 section 3.10.8: what time alone makes happen.

use core::time::Duration;

use lucid_congestion::Time;

use super::cause::Cause;
use super::connection::Connection;
use super::error::CloseReason;
use super::event::{Change, Late, What};
use super::message::Notice;
use super::state::State;
use super::timers::Timer;

/// At most this many segments are named on the late list.
const MAX_LATE: usize = 16;

/// A small segment waits no longer than this for a larger window (RFC 9293 section 3.8.6.2.1: 0.1 to 1.0 s).
const MAX_OVERRIDE: Duration = Duration::from_secs(1);

impl Connection {
    /// Fires every timer that is due by now.
    pub(crate) fn expire(&mut self, now: Time) {
        while let Some(timer) = self.timers.expire(now) {
            match timer {
                Timer::TailProbe => self.tail_probe_timeout(now),
                Timer::Reordering => self.reordering_timeout(now),
                Timer::Retransmit => self.retransmission_timeout(now),
                // The pacer has credit again: `output` finds out.
                Timer::Pace => {}
                Timer::Cork => self.cork_timeout(now),
                Timer::Persist => self.persist_timeout(now),
                Timer::DelayedAck => {
                    self.acks.on_timer();
                    self.tell(now, Cause::AckDelayTimer, |_| What::AckDelayExpired);
                }
                Timer::Linger => self.linger_timeout(now),
                Timer::KeepAlive => self.keep_alive_timeout(now),
            }
        }
        self.arm(now);
    }

    /// RFC 6298 section 5.4 to 5.7, RFC 5681 section 3.1.
    fn retransmission_timeout(&mut self, now: Time) {
        if self.is_given_up(now) {
            return;
        }
        let rto = self.rtt.rto();
        // A round trip measured since the timer was set may have made the timeout longer: the front has as long as that.
        let front = self.sender.in_flight().iter().next().map(|front| front.last_at + rto);
        if let Some(later) = front.filter(|&at| at > now) {
            return self.timers.set(Timer::Retransmit, later);
        }
        self.rtt.back_off();
        let change = Change { before: rto, after: self.rtt.rto() };
        let first = self.timeouts == 0;
        self.timeouts += 1;
        self.counts.timeouts += 1;
        let count = self.timeouts;
        self.tell(now, Cause::RetransmissionTimeout, |connection| What::Timeout {
            late: connection.late_list(now, change.before),
            seq: connection.sender.una().number().get(),
            ack: connection.next_expected(),
            rto: change,
            count,
        });
        self.resend_cause = Cause::RetransmissionTimeout;
        match self.state.is_synchronized() {
            true if self.has_scoreboard() => self.scoreboard_times_out(now, first),
            true => self.inflating_times_out(now, first),
            false => self.sender.on_timeout(),
        }
        self.tell_resending(now, Cause::RetransmissionTimeout);
        // R1 (MUST-20, SHLD-9): below us there is no one to advise, so the application hears of it (MUST-47).
        if self.timeouts == self.origin.config.r1 {
            let retransmissions = self.timeouts;
            self.notify(Notice::Stalled { retransmissions });
        }
        self.set_retransmit(now);
    }

    /// One RTO from now, or when R2 is over: whoever asks for an end after 20 s gets it after 20 s.
    pub(super) fn set_retransmit(&mut self, now: Time) {
        self.timers.set(Timer::Retransmit, self.given_up_at(now).min(now + self.rtt.rto()));
    }

    /// When R2 is over, if nothing is acknowledged before.
    pub(super) fn given_up_at(&self, now: Time) -> Time {
        (self.stuck_since + self.r2()).max(now)
    }

    /// A SYN has one of its own (MUST-22, MUST-23).
    fn r2(&self) -> Duration {
        if self.state.is_synchronized() { self.user_timeout() } else { self.origin.config.r2_syn }
    }

    /// R2 (RFC 9293 section 3.8.3, MUST-20 and MUST-23).
    fn is_given_up(&mut self, now: Time) -> bool {
        if now.saturating_since(self.stuck_since) < self.r2() {
            return false;
        }
        let explicit = self.user_timeouts.is_explicit() && self.state.is_synchronized();
        let cause = if explicit { Cause::UserTimeoutExpired } else { Cause::R2Expired };
        let reason = self.why_given_up(now);
        if self.state.is_synchronized() {
            self.send_reset(now, cause);
        }
        self.end(now, reason, cause);
        true
    }

    fn why_given_up(&self, now: Time) -> CloseReason {
        if self.sender.is_window_closed() && self.last_heard > self.stuck_since {
            return CloseReason::WindowClosed { stuck_for: now.saturating_since(self.stuck_since) };
        }
        CloseReason::TimedOut {
            state: self.state,
            silent_for: now.saturating_since(self.last_heard),
            retransmissions: self.timeouts.max(self.probes),
        }
    }

    fn late_list(&self, now: Time, rto: Duration) -> Vec<Late> {
        let in_flight = self.sender.in_flight();
        in_flight
            .iter()
            .map(|sent| Late { age: now - sent.last_at, seq: sent.start.number().get() })
            .filter(|late| late.age >= rto)
            .take(MAX_LATE)
            .collect()
    }

    /// The window is closed, or too small to be worth a segment, for long enough: send something all the same
    /// (RFC 9293 section 3.8.6.1, MUST-35, MUST-36).
    fn persist_timeout(&mut self, now: Time) {
        let closed = self.sender.is_window_closed();
        if closed {
            // MUST-37, SHLD-17: a peer that answers probes keeps the connection; one that is silent does not. Probes
            // are so rare in the end that R2 alone would have a single lost one end it. Once no application holds the
            // connection, its memory is ours to reclaim: then R2 counts from the last progress (RFC 6429 section 3).
            // So does a user timeout: the application meant data that isn't taken, for whatever reason (RFC 5482; X-19).
            let patient = !self.released && !self.user_timeouts.is_explicit();
            if patient {
                self.stuck_since = self.stuck_since.max(self.last_heard);
            }
            let enough_probes = !patient || self.unanswered_probes >= self.origin.config.r1;
            if enough_probes && self.is_given_up(now) {
                return;
            }
        }
        self.sender.probe();
        self.probes = self.probes.saturating_add(1);
        self.unanswered_probes = self.unanswered_probes.saturating_add(1);
        self.counts.window_probes += 1;
        let (count, next_in) = (self.probes, self.probe_interval());
        let cause = if closed { Cause::ZeroWindow } else { Cause::SillyWindowOverride };
        self.tell(now, cause, |_| What::WindowProbe { count, next_in });
    }

    /// What begins to wait now has waited for no time yet. An explicit user timeout ends the wait for a window on time.
    pub(super) fn set_persist(&mut self, now: Time) {
        if self.sender.in_flight().is_empty() && self.probes == 0 {
            self.stuck_since = now;
        }
        let next = now + self.probe_interval();
        let limit = self.user_timeouts.is_explicit().then(|| self.given_up_at(now));
        self.timers.set(Timer::Persist, limit.map_or(next, |limit| limit.min(next)));
    }

    /// RFC 9293 3.8.6.1 (SHLD-29, SHLD-30): one RTO at first, then twice as long each time. A window that is only
    /// silly is overridden within a second (3.8.6.2.1).
    pub(super) fn probe_interval(&self) -> Duration {
        if !self.sender.is_window_closed() {
            return self.rtt.rto().min(MAX_OVERRIDE);
        }
        let doubled = self.rtt.rto().saturating_mul(2_u32.saturating_pow(self.probes));
        doubled.min(self.origin.config.rto.max.max(self.rtt.rto()))
    }

    fn linger_timeout(&mut self, now: Time) {
        if self.state == State::TimeWait {
            self.end(now, CloseReason::Finished, Cause::TimeWaitOver);
        } else {
            self.end(now, CloseReason::HalfClosedTooLong, Cause::FinWait2Over);
        }
    }
}

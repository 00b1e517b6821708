//! A connection's timers: a table of names, each with its time or none.

use lucid_congestion::Time;
use serde::{Deserialize, Serialize};

/// What can be due. When it is, `timeouts` does what the name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// Probe the end of the flight (RFC 8985 section 7).
    TailProbe,
    /// What was given time because segments may overtake each other is lost (RFC 8985 section 6.2 step 5).
    Reordering,
    /// Send the front segment again (RFC 6298 section 5).
    Retransmit,
    /// Probe a window that is closed, or too small for what waits (RFC 9293 sections 3.8.6.1, 3.8.6.2.1).
    Persist,
    /// Send the acknowledgment that waited for company (RFC 9293 section 3.8.6.3).
    DelayedAck,
    /// The next segment may leave: they are spread out.
    Pace,
    /// What the cork holds back has waited long enough.
    Cork,
    /// Leave TIME-WAIT, or FIN-WAIT-2 when no one reads (RFC 9293 sections 3.6.1, 3.10.8).
    Linger,
    /// Ask an idle peer whether it is still there (RFC 9293 section 3.8.4).
    KeepAlive,
}

impl Timer {
    const ALL: [Self; 9] = [
        Self::TailProbe,
        Self::Reordering,
        Self::Retransmit,
        Self::Persist,
        Self::DelayedAck,
        Self::Pace,
        Self::Cork,
        Self::Linger,
        Self::KeepAlive,
    ];
}

/// When each timer is due.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Timers([Option<Time>; Timer::ALL.len()]);

impl Timers {
    /// Sets a timer, in place of what it was set to.
    pub(crate) fn set(&mut self, timer: Timer, at: Time) {
        self.0[timer as usize] = Some(at);
    }

    /// Stops a timer.
    pub(crate) fn stop(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    /// When it is due, if it runs.
    pub(crate) fn due(&self, timer: Timer) -> Option<Time> {
        self.0[timer as usize]
    }

    /// The earliest time that any is due.
    pub(crate) fn next(&self) -> Option<Time> {
        self.0.iter().flatten().min().copied()
    }

    /// Stops and returns one that is due by now, the earliest first.
    pub(crate) fn expire(&mut self, now: Time) -> Option<Timer> {
        let due = |timer: &Timer| self.due(*timer).is_some_and(|at| at <= now);
        let timer = Timer::ALL.into_iter().filter(due).min_by_key(|timer| self.due(*timer))?;
        self.stop(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_first_fires_first_and_once() {
        let mut timers = Timers::default();
        timers.set(Timer::DelayedAck, Time::from_millis(3));
        timers.set(Timer::Retransmit, Time::from_millis(5));
        timers.set(Timer::Persist, Time::from_millis(1));
        assert_eq!(timers.next(), Some(Time::from_millis(1)));
        let fired: Vec<_> = std::iter::from_fn(|| timers.expire(Time::from_millis(4))).collect();
        assert_eq!(fired, [Timer::Persist, Timer::DelayedAck]);
        assert_eq!(timers.next(), Some(Time::from_millis(5)));
    }
}

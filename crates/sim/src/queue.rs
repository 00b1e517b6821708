//! The line: sends one packet after the other at a rate known ahead, before it a queue of bounded size.

use core::time::Duration;
use std::collections::VecDeque;

use crate::faults::RateChange;
use crate::quantity::Rate;

/// A line and its queue, as a backlog that drains at the rate. No list of packets is needed, and no
/// rounding adds up: the backlog is counted in bits x 10^9, and a nanosecond drains exactly `rate` of them.
#[derive(Debug, Clone)]
pub(crate) struct RateQueue {
    rate: Rate,
    /// What becomes of the rate later.
    changes: VecDeque<RateChange>,
    /// Tail drop beyond this many bytes.
    bound: usize,
    /// Beyond this many bytes it counts as long.
    mark: Option<usize>,
    backlog: u128,
    /// When `backlog` was last brought up to date.
    updated: Duration,
}

const UNITS_PER_BYTE: u128 = 8 * 1_000_000_000;

impl RateQueue {
    pub(crate) fn new(rate: Rate, bound: usize) -> Self {
        Self { rate, changes: VecDeque::new(), bound, mark: None, backlog: 0, updated: Duration::ZERO }
    }

    /// With these later rates.
    pub(crate) fn changing(self, changes: &[RateChange]) -> Self {
        let mut changes = changes.to_vec();
        changes.sort_by_key(|change| change.at);
        Self { changes: changes.into(), ..self }
    }

    /// Whose queue counts as long beyond this many bytes.
    pub(crate) fn marking(self, mark: Option<usize>) -> Self {
        Self { mark, ..self }
    }

    /// Takes a packet of `len` bytes and says when its last bit is sent; `None` if it doesn't fit.
    ///
    /// What is left of the packet being sent counts as waiting. An idle line takes a packet of any size.
    pub(crate) fn accept(&mut self, now: Duration, len: usize) -> Option<Duration> {
        self.drain(now);
        let with_packet = self.backlog + len as u128 * UNITS_PER_BYTE;
        if self.backlog > 0 && with_packet > self.bound as u128 * UNITS_PER_BYTE {
            return None;
        }
        self.backlog = with_packet;
        Some(self.end_of_backlog())
    }

    /// Whether more waits than is good.
    pub(crate) fn is_long(&mut self, now: Duration) -> bool {
        self.drain(now);
        self.mark.is_some_and(|mark| self.backlog > mark as u128 * UNITS_PER_BYTE)
    }

    /// When the line has sent all that waits now.
    pub(crate) fn free_at(&mut self, now: Duration) -> Duration {
        self.drain(now);
        self.end_of_backlog()
    }

    /// The changes to come are known, so no later one makes this wrong.
    fn end_of_backlog(&self) -> Duration {
        let (mut left, mut from, mut rate) = (self.backlog, self.updated, self.rate);
        for change in &self.changes {
            let sent = units(rate, change.at.saturating_sub(from));
            if sent >= left {
                break;
            }
            (left, from, rate) = (left - sent, from.max(change.at), change.rate);
        }
        // Rounded up to the nanosecond: the line is never faster than its rate.
        let nanos = left.div_ceil(u128::from(rate.bits_per_second()));
        from.saturating_add(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }

    fn drain(&mut self, now: Duration) {
        while let Some(&RateChange { at, rate }) = self.changes.front().filter(|change| change.at <= now) {
            self.drain_at_this_rate(at);
            self.rate = rate;
            self.changes.pop_front();
        }
        self.drain_at_this_rate(now);
    }

    fn drain_at_this_rate(&mut self, until: Duration) {
        self.backlog = self.backlog.saturating_sub(units(self.rate, until.saturating_sub(self.updated)));
        self.updated = self.updated.max(until);
    }
}

/// What a line of this rate sends in this time, in units of the backlog.
fn units(rate: Rate, time: Duration) -> u128 {
    time.as_nanos().saturating_mul(u128::from(rate.bits_per_second()))
}

#[cfg(test)]
mod tests;

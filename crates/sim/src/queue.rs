//! The line: sends one packet after the other at a fixed rate, before it a queue of bounded size.

use core::time::Duration;

use crate::quantity::Rate;

/// A line and its queue, as a backlog that drains at the rate. No list of packets is needed, and no
/// rounding adds up: the backlog is counted in bits x 10^9, and a nanosecond drains exactly `rate` of them.
#[derive(Debug, Clone)]
pub(crate) struct RateQueue {
    rate: Rate,
    /// Tail drop beyond this many bytes.
    bound: usize,
    backlog: u128,
    /// When `backlog` was last brought up to date.
    updated: Duration,
}

const UNITS_PER_BYTE: u128 = 8 * 1_000_000_000;

impl RateQueue {
    pub(crate) fn new(rate: Rate, bound: usize) -> Self {
        Self { rate, bound, backlog: 0, updated: Duration::ZERO }
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
        // Rounded up to the nanosecond: the line is never faster than its rate.
        let nanos = with_packet.div_ceil(u128::from(self.rate.bits_per_second()));
        Some(self.updated.saturating_add(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))))
    }

    fn drain(&mut self, now: Duration) {
        let elapsed = now.saturating_sub(self.updated).as_nanos();
        let sent = elapsed.saturating_mul(u128::from(self.rate.bits_per_second()));
        self.backlog = self.backlog.saturating_sub(sent);
        self.updated = self.updated.max(now);
    }
}

#[cfg(test)]
mod tests;

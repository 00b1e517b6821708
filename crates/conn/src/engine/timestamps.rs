//! Timestamps: our clock, and TS.Recent of the peer's (RFC 7323 sections 4 and 5).

use core::time::Duration;

use lucid_congestion::Time;
use serde::{Deserialize, Serialize};

/// RFC 7323 5.5: a peer that was silent for longer may have a clock that went half-way round.
const OUTDATED: Duration = Duration::from_secs(24 * 24 * 3600);

/// A clock of one tick each millisecond (RFC 7323 section 5.4), with an offset of the connection's own, which no one else
/// knows (section 7.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimestampClock {
    offset: u32,
}

impl TimestampClock {
    /// A clock that shows `offset` when the run begins.
    pub(crate) fn new(offset: u32) -> Self {
        Self { offset }
    }

    /// TSval at that time.
    pub(crate) fn at(self, time: Time) -> u32 {
        self.offset.wrapping_add((time.as_nanos() / 1_000_000) as u32)
    }

    /// Whether `value` was shown before that time, by a tick at least.
    pub(crate) fn is_before(self, value: u32, time: Time) -> bool {
        is_before(value, self.at(time))
    }

    /// How long ago `value` was shown, to a tick; at least one, since a clock can't tell less. None for an echo from the
    /// future, or from before the connection was opened.
    pub(crate) fn since(self, value: u32, opened: Time, now: Time) -> Option<Duration> {
        let age = Duration::from_millis(self.at(now).wrapping_sub(value).into());
        let tick = Duration::from_millis(1);
        (age <= now.saturating_since(opened) + tick).then_some(age.max(tick))
    }
}

/// TS.Recent: the peer's clock, as it is echoed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Recent {
    value: u32,
    heard_at: Time,
}

impl Recent {
    /// From the peer's SYN.
    pub(crate) fn new(value: u32, now: Time) -> Self {
        Self { value, heard_at: now }
    }

    /// What our segments echo: TSecr.
    pub(crate) fn echo(&self) -> u32 {
        self.value
    }

    /// RFC 7323 5.3 R1: it was sent before something that came already, perhaps a whole round of sequence numbers
    /// ago.
    pub(crate) fn rejects(&self, value: u32, now: Time) -> bool {
        is_before(value, self.value) && !self.is_outdated(now)
    }

    /// RFC 7323 4.3 (2), of a segment at or before Last.ACK.sent.
    pub(crate) fn update(&mut self, value: u32, now: Time) {
        if !is_before(value, self.value) || self.is_outdated(now) {
            *self = Self::new(value, now);
        }
    }

    fn is_outdated(&self, now: Time) -> bool {
        now.saturating_since(self.heard_at) > OUTDATED
    }
}

/// On a clock that wraps.
fn is_before(value: u32, other: u32) -> bool {
    value.wrapping_sub(other).cast_signed() < 0
}

#[cfg(test)]
mod tests;

//! When the next segment may leave, so that a window is spread over its round trip.

use core::time::Duration;

use crate::{Phase, Time};

#[cfg(test)]
mod tests;

/// Spreads segments out: a bucket that fills with credit at the pacing rate, and that each segment drains.
///
/// **The burst bound:** at most [`BURST`](Self::BURST) worth of the rate leaves at once, or two full segments if
/// that is more. A wake-up is worth [`QUANTUM`](Self::QUANTUM) of the rate, so that a fast path costs a
/// thousand wake-ups a second rather than one for each segment; a timer that fires late loses no credit
/// unless it is later than the bound, so that the average is held.
///
/// Rates are bytes per second. One that is no positive, finite number holds nothing back.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Pacer {
    smss: f64,
    /// Bytes that may leave as of `at`; what left unasked may take it below zero.
    credit: f64,
    at: Time,
}

impl Pacer {
    /// How much of the rate may leave at once.
    pub const BURST: Duration = Duration::from_millis(2);

    /// How much of the rate to wait for when there is no credit: the resolution of the usual timers.
    pub const QUANTUM: Duration = Duration::from_millis(1);

    /// A pacer with full credit, for full segments of `smss` bytes.
    pub fn new(smss: u32) -> Self {
        // However much: a bucket holds no more than its capacity, and that depends on the rate.
        Self { smss: f64::from(smss), credit: f64::INFINITY, at: Time::ZERO }
    }

    /// From now on a full segment has `smss` bytes.
    pub fn on_mss_change(&mut self, smss: u32) {
        self.smss = f64::from(smss);
    }

    /// `bytes` leave now, whether there is credit or not. Debt is bounded as credit is: a segment that may not
    /// wait (a probe, the answer to a timeout) delays those after it a little, and no more.
    pub fn on_sent(&mut self, now: Time, bytes: f64, rate: f64) {
        if paced(rate) {
            let capacity = self.capacity(rate);
            self.credit = (self.credit_at(now, rate) - bytes).max(-capacity);
            self.at = now;
        }
    }

    /// When `next` bytes may leave: `now`, or when there will be credit for them and a wake-up is worth it.
    pub fn ready_at(&self, now: Time, rate: f64, next: f64) -> Time {
        let credit = self.credit_at(now, rate);
        // No segment may be too large for the bucket.
        let next = next.min(self.capacity(rate));
        if !paced(rate) || credit >= next {
            return now;
        }
        let worth_waking = next.max(rate * Self::QUANTUM.as_secs_f64());
        now + nanos_up((worth_waking - credit) / rate)
    }

    /// The burst bound in bytes.
    pub fn capacity(&self, rate: f64) -> f64 {
        (rate * Self::BURST.as_secs_f64()).max(2.0 * self.smss)
    }

    fn credit_at(&self, now: Time, rate: f64) -> f64 {
        let earned = rate * now.saturating_since(self.at).as_secs_f64();
        (self.credit + earned).min(self.capacity(rate))
    }
}

/// The pacing rate of an algorithm that names none: a multiple of its window for each round trip. Twice in slow
/// start, where the window doubles meanwhile; 1.2 times after it, so that pacing never keeps a window from
/// being used (practice: Linux's `tcp_pacing_ss_ratio` and `tcp_pacing_ca_ratio`).
pub fn default_pacing_rate(window: f64, smoothed_rtt: Duration, phase: Phase) -> f64 {
    let gain = if phase == Phase::SlowStart { 2.0 } else { 1.2 };
    gain * window / smoothed_rtt.as_secs_f64()
}

fn paced(rate: f64) -> bool {
    rate > 0.0 && rate.is_finite()
}

/// `seconds` rounded up to a nanosecond, so that the credit is there when they are over.
fn nanos_up(seconds: f64) -> Duration {
    Duration::from_nanos((seconds * 1e9) as u64).saturating_add(Duration::from_nanos(1))
}

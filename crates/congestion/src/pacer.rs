//! When the next segment may leave, so that a window is spread over its round trip.

use core::time::Duration;

use crate::{Phase, Time};

#[cfg(test)]
mod tests;

/// How fast segments may leave, and how many of them together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Bytes per second. A rate that is no positive, finite number holds nothing back.
    pub rate: f64,
    /// So many full segments may leave at once, however slow the rate is.
    pub burst: u32,
    /// So many are worth a wake-up; the next one alone, if none.
    pub together: u32,
}

impl Pace {
    /// Of an algorithm that names a rate, and counts on it ([`Controller::pacing_rate`](crate::Controller::pacing_rate)).
    pub fn named(rate: f64) -> Self {
        Self { rate, burst: 2, together: 0 }
    }

    /// Of an algorithm that has a window alone, at [`default_pacing_rate`]. After slow start the peer's acknowledgments let
    /// segments go a few at a time, and a few more do as little harm; in slow start, which goes on until a
    /// queue is full, these are what gets lost.
    pub fn of_window(window: f64, smoothed_rtt: Duration, phase: Phase) -> Self {
        let (burst, together) = if phase == Phase::SlowStart { (2, 0) } else { (6, 3) };
        Self { rate: default_pacing_rate(window, smoothed_rtt, phase), burst, together }
    }

    fn holds_back(self) -> bool {
        self.rate > 0.0 && self.rate.is_finite()
    }
}

/// Spreads segments out: a bucket that fills with credit at the pacing rate, and that each segment drains.
///
/// **The burst bound:** at most [`BURST`](Self::BURST) worth of the rate leaves at once, or as many segments as the
/// [`Pace`] lets go together if that is more. A wake-up is worth half of the former, so that a fast path costs a thousand wake-ups
/// a second rather than one for each segment, or what the pace says; a timer that fires late loses no credit unless it is later than the
/// bound, so that the average is held.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Pacer {
    smss: f64,
    /// Bytes that may leave as of `at`; what left unasked may take it below zero.
    credit: f64,
    at: Time,
}

impl Pacer {
    /// How much of the rate may leave at once. Half of it is the resolution of the usual timers.
    pub const BURST: Duration = Duration::from_millis(2);

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
    pub fn on_sent(&mut self, now: Time, bytes: f64, pace: Pace) {
        if pace.holds_back() {
            let capacity = self.capacity(pace);
            self.credit = (self.credit_at(now, pace) - bytes).max(-capacity);
            self.at = now;
        }
    }

    /// When `next` bytes may leave: `now`, or when there will be credit for them and a wake-up is worth it.
    pub fn ready_at(&self, now: Time, pace: Pace, next: f64) -> Time {
        let credit = self.credit_at(now, pace);
        // No segment may be too large for the bucket.
        let next = next.min(self.capacity(pace));
        if !pace.holds_back() || credit >= next {
            return now;
        }
        let together = f64::from(pace.together) * self.smss;
        let worth_waking = next.max(together).max(pace.rate * Self::BURST.as_secs_f64() / 2.0);
        now + nanos_up((worth_waking - credit) / pace.rate)
    }

    /// The burst bound in bytes.
    pub fn capacity(&self, pace: Pace) -> f64 {
        (pace.rate * Self::BURST.as_secs_f64()).max(f64::from(pace.burst) * self.smss)
    }

    fn credit_at(&self, now: Time, pace: Pace) -> f64 {
        let earned = pace.rate * now.saturating_since(self.at).as_secs_f64();
        (self.credit + earned).min(self.capacity(pace))
    }
}

/// The pacing rate of an algorithm that names none: a multiple of its window for each round trip. Twice in slow
/// start, where the window doubles meanwhile; 1.2 times after it, so that pacing never keeps a window from
/// being used (practice: Linux's `tcp_pacing_ss_ratio` and `tcp_pacing_ca_ratio`).
pub fn default_pacing_rate(window: f64, smoothed_rtt: Duration, phase: Phase) -> f64 {
    let gain = if phase == Phase::SlowStart { 2.0 } else { 1.2 };
    gain * window / smoothed_rtt.as_secs_f64()
}

/// `seconds` rounded up to a nanosecond, so that the credit is there when they are over.
fn nanos_up(seconds: f64) -> Duration {
    Duration::from_nanos((seconds * 1e9) as u64).saturating_add(Duration::from_nanos(1))
}

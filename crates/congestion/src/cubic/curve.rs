//! CUBIC's window as a function of time.

use crate::{Ack, Time};

#[cfg(test)]
mod tests;

/// RFC 9438 section 4.6.
pub(crate) const BETA: f64 = 0.7;
/// RFC 9438 section 5.1: segments per second cubed.
const C: f64 = 0.4;
/// RFC 9438 section 4.3: with this increase and `BETA` the average is Reno's.
const ALPHA: f64 = 3.0 * (1.0 - BETA) / (1.0 + BETA);

/// W(t) = C (t - K)^3 + W_max (RFC 9438 section 4.2), and what Reno would have by then (section 4.3).
///
/// Windows are bytes here, so that C comes times the segment size.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Curve {
    /// W_max: the window at the last loss. Zero: unknown, and the curve starts flat from wherever it begins.
    w_max: f64,
    /// cwnd_prior: the window before the last loss.
    cwnd_prior: f64,
    epoch: Option<Epoch>,
}

/// One stage of congestion avoidance.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Epoch {
    /// t = 0, put off by the time during which the application was the limit.
    began: Time,
    /// Up to here time has been counted or left out.
    counted: Time,
    /// K: seconds to the plateau.
    k: f64,
    w_max: f64,
    /// W_est: Reno's window.
    w_est: f64,
}

impl Curve {
    pub(crate) fn new() -> Self {
        Self { w_max: 0.0, cwnd_prior: 0.0, epoch: None }
    }

    /// The window was `cwnd`, and that was too much.
    pub(crate) fn on_congestion(&mut self, cwnd: f64) {
        // RFC 9438 4.7, fast convergence: who lost before reaching the last plateau has a new competitor, and
        // makes room.
        self.w_max = if cwnd < self.w_max { cwnd * (1.0 + BETA) / 2.0 } else { cwnd };
        self.cwnd_prior = cwnd;
        self.epoch = None;
    }

    /// RFC 9438 4.8: after a timeout the plateau is where slow start will end.
    pub(crate) fn on_timeout(&mut self, cwnd: f64) {
        *self = Self { cwnd_prior: cwnd, ..Self::new() };
    }

    /// Congestion avoidance is interrupted: the next step begins a new stage.
    pub(crate) fn interrupt(&mut self) {
        self.epoch = None;
    }

    /// By how many bytes a window of `cwnd` grows for this acknowledgement, in congestion avoidance.
    pub(crate) fn step(&mut self, ack: &Ack, cwnd: f64, smss: f64) -> f64 {
        let epoch = self.epoch.get_or_insert_with(|| Epoch::begin(self.w_max, ack.now, cwnd, smss));
        if !ack.window_limited {
            epoch.leave_out(ack.now);
            return 0.0;
        }
        epoch.counted = ack.now;
        let acked = ack.delivered.max(0.0).min(cwnd);
        // RFC 9438 4.3: slower than Reno only until what was lost is regained.
        let alpha = if epoch.w_est < self.cwnd_prior { ALPHA } else { 1.0 };
        epoch.w_est += alpha * smss * acked / cwnd;

        let t = ack.now.saturating_since(epoch.began).as_secs_f64();
        if epoch.w_cubic(t, smss) < epoch.w_est {
            return (epoch.w_est - cwnd).max(0.0).min(acked);
        }
        let rtt = ack.smoothed_rtt.unwrap_or_default().as_secs_f64();
        // RFC 9438 4.2: where the curve is a round trip from now, but not below the window nor far above it.
        let target = epoch.w_cubic(t + rtt, smss).max(cwnd).min(1.5 * cwnd);
        (target - cwnd) * acked / cwnd
    }
}

impl Epoch {
    fn begin(w_max: f64, now: Time, cwnd: f64, smss: f64) -> Self {
        let w_max = w_max.max(cwnd);
        let k = cube_root((w_max - cwnd) / (C * smss));
        Self { began: now, counted: now, k, w_max, w_est: cwnd }
    }

    /// RFC 9438 5.8: the application was the limit, so this time tells nothing of the path.
    fn leave_out(&mut self, now: Time) {
        self.began += now.saturating_since(self.counted);
        self.counted = now;
    }

    fn w_cubic(&self, t: f64, smss: f64) -> f64 {
        let from_plateau = t - self.k;
        C * smss * from_plateau * from_plateau * from_plateau + self.w_max
    }
}

/// Zero for what isn't positive. Only exactly rounded operations: the same on every machine.
fn cube_root(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return 0.0;
    }
    // A third of the exponent, and a mantissa near enough: within 6 %. Each of Newton's steps doubles the digits.
    let mut root = f64::from_bits(x.to_bits() / 3 + 0x2A9F_7893_0000_0000);
    for _ in 0..5 {
        root -= (root * root * root - x) / (3.0 * root * root);
    }
    root
}

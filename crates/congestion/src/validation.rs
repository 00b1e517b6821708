//! What the network has carried lately: whether a window is more than a number from better days.

use core::time::Duration;

use crate::{Ack, Time};

#[cfg(test)]
mod tests;

/// For so long a window that isn't used is kept (RFC 7661 section 4.4: the non-validated period).
const NON_VALIDATED_PERIOD: Duration = Duration::from_secs(300);

/// The sampling period is three times this, or three round trips if they are longer: max(3 RTT, 1 s).
const SHORTEST_BIN: Duration = Duration::from_nanos(333_333_334);

/// Congestion window validation (RFC 7661).
///
/// The application may send less than the window allows. Then nobody knows whether the path still carries
/// that much: the window is not validated, does not grow, and a loss is judged by what was really used.
///
/// We take a window that held sending back for validated without looking at pipeACK: it is being used in
/// full, and pipeACK says so only a round trip later.
#[derive(Debug, Clone, Copy, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Validation {
    /// The largest volume of a round trip in each third of the sampling period; none yet in the first.
    bins: [Option<f64>; 3],
    bin_began: Time,
    /// The present round trip, and what was acknowledged in it so far.
    round_began: Option<Time>,
    volume: f64,
    /// Since when the window has not been validated.
    since: Option<Time>,
}

impl Validation {
    /// An acknowledgement came, with a window of `window` bytes. True if that has not been validated for five
    /// minutes (and the next five begin).
    pub(crate) fn on_ack(&mut self, ack: &Ack, window: f64) -> bool {
        self.measure(ack);
        let enough = |pipe_ack: f64| pipe_ack >= window / 2.0;
        if ack.window_limited || self.pipe_ack().map_or(self.since.is_none(), enough) {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(ack.now);
        let expired = ack.now.saturating_since(since) >= NON_VALIDATED_PERIOD;
        if expired {
            self.since = Some(ack.now);
        }
        expired
    }

    /// pipeACK, if the window is not validated: what the network did carry in a round trip lately.
    pub(crate) fn used(&self) -> Option<f64> {
        self.since.and(self.pipe_ack())
    }

    /// pipeACK: the largest volume acknowledged in a round trip of the sampling period. Undefined until there
    /// was one; then a window is what it was before, valid or not.
    fn pipe_ack(&self) -> Option<f64> {
        self.bins.into_iter().flatten().reduce(f64::max)
    }

    fn measure(&mut self, ack: &Ack) {
        let Some(rtt) = ack.smoothed_rtt else { return };
        let began = *self.round_began.get_or_insert(ack.now);
        if ack.now.saturating_since(began) >= rtt {
            self.enter(ack.now, rtt);
            self.round_began = Some(ack.now);
            self.volume = 0.0;
        }
        self.volume += ack.delivered.max(0.0);
    }

    /// A round trip is over: its volume goes into the newest bin.
    fn enter(&mut self, now: Time, rtt: Duration) {
        let bin = rtt.max(SHORTEST_BIN);
        let age = now.saturating_since(self.bin_began);
        if age >= bin * 3 {
            // A pause longer than the period: this volume, too, is from before it.
            self.bins = [None; 3];
            self.bin_began = now;
            return;
        }
        if age >= bin {
            self.bins = [None, self.bins[0], self.bins[1]];
            self.bin_began = now;
        }
        self.bins[0] = Some(self.bins[0].map_or(self.volume, |largest| largest.max(self.volume)));
    }
}

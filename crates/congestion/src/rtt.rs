//! Round-trip times in, retransmission timeout out: RFC 6298.

use core::time::Duration;

#[cfg(test)]
mod tests;

/// Where the retransmission timeout starts, and between which values it stays (RFC 6298 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RtoBounds {
    /// The timeout before the first round trip was measured (2.1).
    pub initial: Duration,
    /// The timeout is never shorter (2.4).
    pub min: Duration,
    /// The timeout is never longer, backed off or not (2.5).
    pub max: Duration,
    /// G, how finely the clock ticks: the least that variance adds to the smoothed round trip.
    pub granularity: Duration,
}

impl RtoBounds {
    /// RFC 6298 2.1: wait a second until a round trip was measured.
    pub const RFC_INITIAL: Duration = Duration::from_secs(1);
    /// RFC 6298 2.4: a timeout below a second is rounded up to it.
    pub const RFC_MIN: Duration = Duration::from_secs(1);
    /// RFC 6298 2.5: an upper bound must not be lower than this.
    pub const RFC_MAX: Duration = Duration::from_secs(60);
    /// RFC 6298 section 4 asks for 100 ms or finer; our clocks tick at least this finely.
    pub const GRANULARITY: Duration = Duration::from_millis(1);
    /// RFC 6298 5.7: the timeout to begin data with, when the SYN itself had timed out.
    pub const AFTER_SYN_TIMEOUT: Duration = Duration::from_secs(3);

    /// No clock is taken to be finer than this, so no timeout is shorter: a timeout of zero would resend
    /// without end in a single instant.
    const FINEST: Duration = Duration::from_micros(1);

    /// The same bounds with an order among them: `FINEST <= granularity <= min <= max`.
    fn ordered(self) -> Self {
        let granularity = self.granularity.max(Self::FINEST);
        let min = self.min.max(granularity);
        Self { granularity, min, max: self.max.max(min), ..self }
    }

    fn clamp(&self, rto: Duration) -> Duration {
        rto.clamp(self.min, self.max)
    }
}

impl Default for RtoBounds {
    /// RFC 6298's values: initial 1 s, min 1 s, max 60 s, granularity 1 ms.
    fn default() -> Self {
        Self {
            initial: Self::RFC_INITIAL,
            min: Self::RFC_MIN,
            max: Self::RFC_MAX,
            granularity: Self::GRANULARITY,
        }
    }
}

/// Smoothed round-trip time, its variance, and the retransmission timeout from both (RFC 6298).
///
/// Which round trips may be sampled is the caller's to say: by Karn's rule (section 3) never that of a
/// segment sent twice, unless timestamps tell its transmissions apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RttEstimator {
    bounds: RtoBounds,
    measured: Option<Measured>,
    back_offs: u32,
}

/// What exists once a round trip was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Measured {
    latest: Duration,
    smoothed: Duration,
    variance: Duration,
    min: Duration,
}

impl Measured {
    /// RFC 6298 2.2.
    fn first(rtt: Duration) -> Self {
        Self { latest: rtt, smoothed: rtt, variance: rtt / 2, min: rtt }
    }

    /// RFC 6298 2.3, with alpha = 1/8 and beta = 1/4.
    fn and_then(self, rtt: Duration) -> Self {
        Self {
            latest: rtt,
            // The variance is taken from the smoothed value *before* this sample moves it.
            variance: self.variance - self.variance / 4 + self.smoothed.abs_diff(rtt) / 4,
            smoothed: self.smoothed - self.smoothed / 8 + rtt / 8,
            min: self.min.min(rtt),
        }
    }
}

impl RttEstimator {
    /// Nothing measured yet: the timeout is `bounds.initial`.
    ///
    /// Bounds out of order are put in order: `max` is raised to `min`, `min` to `granularity`, and
    /// `granularity` to a microsecond.
    pub fn new(bounds: RtoBounds) -> Self {
        Self { bounds: bounds.ordered(), measured: None, back_offs: 0 }
    }

    /// A round trip was measured. The timeout is computed anew, so its back-off ends here (RFC 6298
    /// section 5, closing note) (MUST-18).
    pub fn on_sample(&mut self, rtt: Duration) {
        self.measured = Some(match self.measured {
            None => Measured::first(rtt),
            Some(before) => before.and_then(rtt),
        });
        self.back_offs = 0;
    }

    /// The last round trip measured.
    pub fn latest(&self) -> Option<Duration> {
        self.measured.map(|measured| measured.latest)
    }

    /// SRTT.
    pub fn smoothed(&self) -> Option<Duration> {
        self.measured.map(|measured| measured.smoothed)
    }

    /// RTTVAR.
    pub fn variance(&self) -> Option<Duration> {
        self.measured.map(|measured| measured.variance)
    }

    /// The shortest round trip measured.
    pub fn min(&self) -> Option<Duration> {
        self.measured.map(|measured| measured.min)
    }

    /// The retransmission timeout as it stands: within its bounds, backed off.
    pub fn rto(&self) -> Duration {
        let doubled = 2_u32.saturating_pow(self.back_offs);
        // RFC 6298 2.4 bounds what was computed, 5.5 then doubles that; so the lower bound comes first.
        self.bounds.clamp(self.bounds.clamp(self.computed()).saturating_mul(doubled))
    }

    /// RFC 6298 2.1 to 2.3, before bounds and back-off.
    fn computed(&self) -> Duration {
        let Some(Measured { smoothed, variance, .. }) = self.measured else {
            return self.bounds.initial;
        };
        smoothed.saturating_add(variance.saturating_mul(4).max(self.bounds.granularity))
    }

    /// The timer expired: wait twice as long next time, up to the maximum (RFC 6298 5.5, MUST-19, X-7).
    pub fn back_off(&mut self) {
        self.back_offs = self.back_offs.saturating_add(1);
    }

    /// How often the timeout was doubled since it was last computed anew.
    pub fn back_off_count(&self) -> u32 {
        self.back_offs
    }

    /// New data was acknowledged: the path works again, so stop waiting for so long, even though Karn's
    /// rule may have left nothing to measure.
    pub fn reset_back_off(&mut self) {
        self.back_offs = 0;
    }

    /// The handshake is done, but its SYN had timed out: begin data with at least
    /// [`RtoBounds::AFTER_SYN_TIMEOUT`], not backed off (RFC 6298 5.7). The first sample replaces it.
    pub fn restart_after_syn_timeout(&mut self) {
        self.bounds.initial = self.bounds.initial.max(RtoBounds::AFTER_SYN_TIMEOUT);
        self.back_offs = 0;
    }
}

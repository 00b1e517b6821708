//! How fast the path delivers: draft-ietf-ccwg-bbr, section "Delivery Rate Samples".

use core::time::Duration;

use crate::Time;

#[cfg(test)]
mod tests;

/// The connection's state when a segment was sent, kept with that segment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Stamp {
    /// When the segment was sent.
    pub sent_at: Time,
    /// Bytes delivered on the connection by then: C.delivered.
    pub delivered: f64,
    /// When the last of them was: C.delivered_time.
    pub delivered_at: Time,
    /// When the segment that began the interval was sent: C.first_send_time.
    pub first_sent_at: Time,
    /// The application, not the window, was the limit.
    pub app_limited: bool,
    /// Bytes found lost on the connection by then: C.lost.
    pub lost: f64,
    /// Bytes in the network, this segment's with them: tx_in_flight.
    pub in_flight: f64,
}

/// What one acknowledgement says about the path's delivery rate.
///
/// The segment that it speaks of is the one sent last among those that the acknowledgement delivers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RateSample {
    /// Bytes delivered since that segment was sent.
    pub delivered: f64,
    /// How long that took: the longer of sending and acknowledging it. `None` if that is shorter than any round
    /// trip, or no time at all: the acknowledgements were compressed, or spoke of an earlier transmission.
    /// All else in the sample holds nevertheless.
    pub interval: Option<Duration>,
    /// The connection's count of delivered bytes when the segment was sent.
    pub prior_delivered: f64,
    /// Bytes found lost since the segment was sent.
    pub lost: f64,
    /// Bytes in the network when the segment was sent, itself with them.
    pub in_flight: f64,
    /// The application was the limit then: the path may be faster.
    pub app_limited: bool,
}

impl RateSample {
    /// Bytes per second, if the interval can be trusted.
    pub fn rate(&self) -> Option<f64> {
        self.interval.map(|interval| self.delivered / interval.as_secs_f64())
    }
}

/// Counts what a connection delivers, and how fast.
///
/// For each segment sent: [`on_sent`](Self::on_sent), and keep the stamp beside it. For each segment that an
/// acknowledgement delivers: [`on_delivered`](Self::on_delivered). Then once for the acknowledgement:
/// [`sample`](Self::sample).
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DeliveryRate {
    delivered: f64,
    delivered_at: Time,
    first_sent_at: Time,
    lost: f64,
    /// Delivered count at which the application is no longer the limit; 0: it isn't.
    app_limited_until: f64,
    /// The newest segment that the present acknowledgement delivers.
    newest: Option<Stamp>,
}

impl DeliveryRate {
    /// A segment of `bytes` is being sent, with `in_flight` bytes in the network before it.
    pub fn on_sent(&mut self, now: Time, bytes: f64, in_flight: f64) -> Stamp {
        if in_flight <= 0.0 {
            self.first_sent_at = now;
            self.delivered_at = now;
        }
        Stamp {
            sent_at: now,
            delivered: self.delivered,
            delivered_at: self.delivered_at,
            first_sent_at: self.first_sent_at,
            app_limited: self.app_limited_until > 0.0,
            lost: self.lost,
            in_flight: in_flight + bytes,
        }
    }

    /// A segment of `bytes` with this stamp was acknowledged, cumulatively or selectively, for the first time.
    /// Of several sent at the same time, the one told last counts as the newest.
    pub fn on_delivered(&mut self, now: Time, bytes: f64, stamp: &Stamp) {
        self.delivered += bytes;
        self.delivered_at = now;
        if self.newest.as_ref().is_none_or(|newest| stamp.sent_at >= newest.sent_at) {
            // The next interval of sending begins where this one ends, even if what has arrived is an old,
            // overtaken segment.
            self.first_sent_at = stamp.sent_at;
            self.newest = Some(*stamp);
        }
    }

    /// The acknowledgement has been taken in whole. `None` if it delivered nothing.
    pub fn sample(&mut self, min_rtt: Option<Duration>) -> Option<RateSample> {
        if self.delivered > self.app_limited_until {
            self.app_limited_until = 0.0; // the bubble has left the pipe
        }
        let stamp = self.newest.take()?;
        // Acknowledgements may come bunched, and sending may have been bunched; neither is faster than the path.
        let sending = stamp.sent_at.saturating_since(stamp.first_sent_at);
        let acknowledging = self.delivered_at.saturating_since(stamp.delivered_at);
        let interval = sending.max(acknowledging);
        let least = min_rtt.unwrap_or_default();
        Some(RateSample {
            delivered: self.delivered - stamp.delivered,
            interval: (!interval.is_zero() && interval >= least).then_some(interval),
            prior_delivered: stamp.delivered,
            lost: self.lost - stamp.lost,
            in_flight: stamp.in_flight,
            app_limited: stamp.app_limited,
        })
    }

    /// `bytes` were found lost.
    pub fn on_lost(&mut self, bytes: f64) {
        self.lost += bytes;
    }

    /// The application is the limit: everything written is sent, everything lost is sent again, the window has
    /// room, and `in_flight` bytes are in the network. Until they are delivered, what is sent tells how fast the
    /// application is. To be asked before each write, acknowledgement and timeout is treated.
    pub fn app_limited(&mut self, in_flight: f64) {
        self.app_limited_until = (self.delivered + in_flight).max(f64::MIN_POSITIVE);
    }

    /// All bytes delivered so far.
    pub fn delivered(&self) -> f64 {
        self.delivered
    }

    /// All bytes found lost so far.
    pub fn lost(&self) -> f64 {
        self.lost
    }
}

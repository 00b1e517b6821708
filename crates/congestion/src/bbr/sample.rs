//! An acknowledgement as BBR takes it.

use core::time::Duration;

use crate::{Ack, Time};

/// RS of the draft, and the connection's state beside it. No number here is a NaN, negative or endless.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) now: Time,
    /// RS.rtt.
    pub(super) rtt: Option<Duration>,
    /// RS.delivery_rate, bytes per second; 0: none could be measured.
    pub(super) rate: f64,
    /// RS.delivered.
    pub(super) delivered: f64,
    /// RS.prior_delivered.
    pub(super) prior_delivered: f64,
    /// RS.lost.
    pub(super) lost: f64,
    /// RS.tx_in_flight.
    pub(super) sent_in_flight: f64,
    /// RS.is_app_limited.
    pub(super) app_limited: bool,
    /// RS.newly_acked.
    pub(super) newly_acked: f64,
    /// RS.newly_lost.
    pub(super) newly_lost: f64,
    /// C.inflight.
    pub(super) in_flight: f64,
    /// C.delivered.
    pub(super) total_delivered: f64,
    /// C.is_cwnd_limited.
    pub(super) window_limited: bool,
}

impl Sample {
    pub(super) fn of(ack: &Ack) -> Self {
        let rate = ack.rate.unwrap_or_default();
        Self {
            now: ack.now,
            rtt: ack.rtt,
            rate: amount(rate.rate().unwrap_or(0.0)),
            delivered: amount(rate.delivered),
            prior_delivered: amount(rate.prior_delivered),
            lost: amount(rate.lost),
            sent_in_flight: amount(rate.in_flight),
            app_limited: rate.app_limited,
            newly_acked: amount(ack.delivered),
            newly_lost: amount(ack.lost),
            in_flight: amount(ack.in_flight),
            total_delivered: amount(ack.total_delivered),
            window_limited: ack.window_limited,
        }
    }
}

/// `bytes` as something to reckon with: 0 for a NaN, and never so many that products overflow.
pub(super) fn amount(bytes: f64) -> f64 {
    between(bytes, 0.0, 1e18)
}

/// `value` between `least` and `most`; `least` for a NaN.
pub(super) fn between(value: f64, least: f64, most: f64) -> f64 {
    value.max(least).min(most)
}

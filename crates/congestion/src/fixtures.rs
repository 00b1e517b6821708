//! What the tests of the algorithms start from.

use core::time::Duration;

use crate::{Ack, Growth, Halve, Loss, Parameters, Time};

/// The classic profile: headers counted, one segment to begin with, growth per acknowledgement.
pub(crate) fn classic() -> Parameters {
    Parameters {
        smss: 1024,
        initial_window: 1024.0,
        initial_slow_start_threshold: 65_536.0,
        growth: Growth::PerAck,
        halve: Halve::Window,
        proportional: false,
        seed: 0,
    }
}

/// `bytes` newly acknowledged, much still outstanding.
pub(crate) fn ack(bytes: f64) -> Ack {
    let now = Time::from_millis(20);
    let rtt = Some(Duration::from_millis(20));
    Ack {
        now,
        bytes,
        delivered: bytes,
        flight_size: 1e6,
        in_flight: 1e6,
        rtt,
        window_limited: true,
        ..Ack::default()
    }
}

/// The same, with `flight_size` bytes still outstanding.
pub(crate) fn ack_leaving(flight_size: f64, bytes: f64) -> Ack {
    Ack { flight_size, ..ack(bytes) }
}

/// A loss found with `flight_size` bytes outstanding.
pub(crate) fn loss(flight_size: f64) -> Loss {
    Loss { now: Time::from_millis(40), flight_size }
}

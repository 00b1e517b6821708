//! What the tests of the algorithms start from.

use core::time::Duration;

use crate::{Ack, Controller, Growth, Halve, Loss, Parameters, Time};

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

/// What a careful engineer would start from: segments of 1000 bytes, and ten of them.
pub(crate) fn modern() -> Parameters {
    Parameters { initial_window: 10_000.0, proportional: true, ..Parameters::rfc_5681(1000) }
}

/// In congestion avoidance with a window of this many segments.
pub(crate) fn avoiding(segments: u32) -> Parameters {
    let initial_window = f64::from(segments) * 1000.0;
    Parameters { initial_window, initial_slow_start_threshold: 2000.0, ..modern() }
}

/// One round trip of a bulk flow with segments of 1000 bytes: the whole window is acknowledged, a segment at a
/// time, and refilled. When it ends.
pub(crate) fn round(controller: &mut dyn Controller, now: Time, rtt: Duration) -> Time {
    let segments = (controller.window() / 1000.0) as u32;
    for segment in 1..=segments {
        controller.on_ack(&Ack {
            now: now + rtt * segment / segments,
            rtt: Some(rtt),
            smoothed_rtt: Some(rtt),
            ..ack_leaving(controller.window() - 1000.0, 1000.0)
        });
    }
    now + rtt
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

//! Numbers as the seed's program prints them. Python and Rust agree on the digits of a float, the fewest that
//! read back as the same number; they differ in whether a whole float shows a point.

use std::time::Duration;

/// A congestion window: an integer while it counts whole segments, a float from the first division on.
pub(super) fn window(bytes: f64, smss: u32) -> String {
    if bytes % f64::from(smss) == 0.0 { format!("{bytes}") } else { format!("{bytes:?}") }
}

/// A slow start threshold in KiB: `64`, `32.02343178074648`.
pub(super) fn threshold(bytes: f64) -> String {
    format!("{}", bytes / 1024.0)
}

/// A time in seconds, with as many digits as it has: `1`, `1.076167821`.
pub(super) fn seconds(time: Duration) -> String {
    format!("{}", time.as_secs_f64())
}

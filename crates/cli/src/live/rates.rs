//! How fast a connection moves data, from two looks at it.

use super::protocol::Connection;

/// In bytes per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rates {
    /// What arrived at the peer: the delivery rate.
    pub(crate) out: f64,
    /// What arrived here, in order.
    pub(crate) into: f64,
}

impl Rates {
    /// Between two looks at one connection; none if no time has passed.
    pub(crate) fn between(before: &Connection, after: &Connection) -> Option<Self> {
        let micros = after.at_us.checked_sub(before.at_us).filter(|&micros| micros > 0)?;
        let rate = |before: u64, after: u64| after.saturating_sub(before) as f64 * 1e6 / micros as f64;
        Some(Self {
            out: rate(before.delivered, after.delivered),
            into: rate(before.counts.bytes_received, after.counts.bytes_received),
        })
    }
}

#[cfg(test)]
mod tests;

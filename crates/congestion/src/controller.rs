//! What a congestion control algorithm is told, and what it is asked.

use core::fmt;
use core::time::Duration;

use crate::Time;

#[cfg(test)]
mod tests;

/// Which rule moves the window just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Phase {
    /// Below the slow start threshold: doubling each round trip (RFC 5681 section 3.1).
    SlowStart,
    /// At or above it: one segment more each round trip (RFC 5681 section 3.1).
    CongestionAvoidance,
    /// Between a fast retransmit and the acknowledgement that ends it (RFC 5681 section 3.2).
    FastRecovery,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SlowStart => "slow start",
            Self::CongestionAvoidance => "congestion avoidance",
            Self::FastRecovery => "fast recovery",
        })
    }
}

/// How the loss detector treats the time after a fast retransmit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Recovery {
    /// There is no recovery: the next acknowledgement is an ordinary one (Tahoe).
    None,
    /// Recovery lasts until any new data is acknowledged (Reno, RFC 5681 section 3.2).
    UntilNewAck,
    /// Recovery lasts until everything sent before it is acknowledged; an acknowledgement of less is a
    /// partial one, and means another loss (NewReno, RFC 6582).
    UntilRecoveryPoint,
}

/// New data was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ack {
    /// When the acknowledgement arrived.
    pub now: Time,
    /// Bytes newly acknowledged, counted as the window counts them (with headers, if it counts those).
    pub bytes: f64,
    /// Bytes still outstanding after it.
    pub flight_size: f64,
    /// The round trip measured from it, unless Karn's rule forbids (RFC 6298 section 3).
    pub rtt: Option<Duration>,
}

/// Something was lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// When the loss was found.
    pub now: Time,
    /// Bytes outstanding when the loss was found: FlightSize of RFC 5681 section 2.
    pub flight_size: f64,
}

/// A congestion control algorithm: told what happened, asked how large the window is.
///
/// The sender keeps at most [`window`](Self::window) bytes outstanding. Which of the methods are called
/// after a fast retransmit follows from [`recovery`](Self::recovery):
///
/// | `recovery()` | third duplicate ACK | further ones | new data acknowledged after that |
/// | --- | --- | --- | --- |
/// | [`None`](Recovery::None) | `on_loss` | nothing | `on_ack` |
/// | [`UntilNewAck`](Recovery::UntilNewAck) | `on_loss` | `on_duplicate_ack` | `on_recovered` |
/// | [`UntilRecoveryPoint`](Recovery::UntilRecoveryPoint) | `on_loss` | `on_duplicate_ack` | `on_partial_ack`; `on_recovered` once the recovery point is reached |
///
/// An acknowledgement goes to exactly one of these methods: the one that ends recovery to `on_recovered`
/// only, those after it to `on_ack`. A timeout ends recovery by itself: `on_timeout` is called,
/// `on_recovered` is not.
///
/// Everything an algorithm hears comes through these calls, so it needs no clock and no thread of its
/// own. Whatever is told beyond today's needs will come as a method with an empty default body or as a
/// field of [`Ack`] or [`Loss`]: neither breaks an algorithm already written.
pub trait Controller: fmt::Debug + Send + Sync {
    /// What a user calls it, e.g. `"reno"`.
    fn name(&self) -> &'static str;

    /// cwnd in bytes: finite, and at least one segment.
    fn window(&self) -> f64;

    /// ssthresh in bytes. An algorithm without slow start says 0.
    fn slow_start_threshold(&self) -> f64;

    /// Which rule moves the window just now.
    fn phase(&self) -> Phase;

    /// How the time after a fast retransmit is treated; the same answer throughout a connection.
    fn recovery(&self) -> Recovery {
        Recovery::None
    }

    /// New data was acknowledged, outside recovery.
    fn on_ack(&mut self, ack: &Ack);

    /// The third duplicate ACK arrived: a segment is lost, and is being resent. Recovery begins, unless
    /// [`recovery`](Self::recovery) is [`Recovery::None`].
    fn on_loss(&mut self, loss: &Loss);

    /// A further duplicate ACK arrived in recovery: one more segment has left the network.
    fn on_duplicate_ack(&mut self) {}

    /// New data was acknowledged in recovery, but not up to the recovery point.
    fn on_partial_ack(&mut self, _ack: &Ack) {}

    /// Recovery ends with this acknowledgement.
    fn on_recovered(&mut self, _ack: &Ack) {}

    /// The retransmission timer expired. `first` says that the timer had not resent this segment before
    /// (a fast retransmit doesn't count): only then is the slow start threshold lowered (RFC 5681 3.1).
    fn on_timeout(&mut self, loss: &Loss, first: bool);

    /// From now on a full segment has `smss` bytes, counted as the window counts them.
    fn on_mss_change(&mut self, smss: u32);

    /// Bytes per second at which to spread segments out; `None` sends as soon as the window allows.
    fn pacing_rate(&self) -> Option<f64> {
        None
    }
}

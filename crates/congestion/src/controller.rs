//! What a congestion control algorithm is told, and what it is asked.

use core::any::Any;
use core::fmt;
use core::time::Duration;

use crate::{RateSample, Stamp, Time};

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

/// How the time after a loss is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Recovery {
    /// There is no recovery: the next acknowledgement is an ordinary one (Tahoe).
    None,
    /// Recovery lasts until any new data is acknowledged; duplicate ACKs inflate the window (Reno, RFC 5681
    /// section 3.2).
    UntilNewAck,
    /// Recovery lasts until everything sent before it is acknowledged; an acknowledgement of less is a
    /// partial one, and means another loss; duplicate ACKs inflate the window (NewReno, RFC 6582).
    UntilRecoveryPoint,
    /// Recovery lasts until everything sent before it is acknowledged. The sender knows what has left the
    /// network (SACK), and comes down to the slow start threshold in proportion (PRR, RFC 6937): the
    /// controller's window is not asked for meanwhile, and must be the threshold when recovery ends.
    Proportional,
    /// As [`Proportional`](Self::Proportional), but the controller's own window holds throughout (BBR).
    Own,
}

/// An acknowledgement came that delivers something.
///
/// All amounts are bytes, counted as the window counts them (with headers, if it counts those).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ack {
    /// When the acknowledgement arrived.
    pub now: Time,
    /// Bytes newly acknowledged, cumulatively: how far SND.UNA went.
    pub bytes: f64,
    /// Bytes outstanding after it: FlightSize of RFC 5681 section 2.
    pub flight_size: f64,
    /// The round trip measured from it, unless Karn's rule forbids (RFC 6298 section 3).
    pub rtt: Option<Duration>,
    /// Bytes newly delivered: acknowledged or selectively acknowledged for the first time.
    pub delivered: f64,
    /// Bytes found lost by it.
    pub lost: f64,
    /// Bytes thought to be in the network after it: FlightSize without what has arrived or is lost.
    pub in_flight: f64,
    /// SRTT, once measured.
    pub smoothed_rtt: Option<Duration>,
    /// The smallest round trip measured so far.
    pub min_rtt: Option<Duration>,
    /// The congestion window has held sending back since the acknowledgement before the last round trip:
    /// only then has it been tested (RFC 7661).
    pub window_limited: bool,
    /// It came in recovery, and did not end it.
    pub recovering: bool,
    /// What it says about the path's delivery rate.
    pub rate: Option<RateSample>,
    /// All bytes delivered on this connection so far, this acknowledgement's with them.
    pub total_delivered: f64,
}

/// Something was lost, or a congestion mark came.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Loss {
    /// When the loss was found.
    pub now: Time,
    /// Bytes outstanding when the loss was found: FlightSize of RFC 5681 section 2.
    pub flight_size: f64,
}

/// New data, or lost data again, is being sent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sent {
    /// When.
    pub now: Time,
    /// How many bytes.
    pub bytes: f64,
    /// Bytes in the network before it.
    pub in_flight: f64,
    /// Before it the application was the limit: the [`Stamp`] of this segment says so.
    pub app_limited: bool,
}

/// One segment was found lost. It comes before the [`Controller::on_loss`] or [`Controller::on_ack`] of the
/// acknowledgement that showed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LostSegment {
    /// When the loss was found.
    pub now: Time,
    /// Its bytes.
    pub bytes: f64,
    /// The connection's state when it was sent.
    pub stamp: Stamp,
    /// All bytes found lost on this connection so far, these with them.
    pub total_lost: f64,
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
/// | [`Proportional`](Recovery::Proportional) | `on_loss`, once, when a loss is found | nothing | `on_recovered` once the recovery point is reached |
/// | [`Own`](Recovery::Own) | the same | `on_ack`, for each that delivers anything | `on_ack`; `on_recovered` once the recovery point is reached |
///
/// An acknowledgement goes to exactly one of these methods: the one that ends recovery to `on_recovered`
/// only (and [`Own`](Recovery::Own) hears `on_ack` after it), those after it to `on_ack`. A timeout ends recovery by
/// itself: `on_timeout` is called, `on_recovered` is not.
///
/// Everything an algorithm hears comes through these calls, so it needs no clock and no thread of its
/// own. Whatever is told beyond today's needs will come as a method with an empty default body or as a
/// field of [`Ack`] or [`Loss`]: neither breaks an algorithm already written.
pub trait Controller: fmt::Debug + Send + Sync + Any {
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

    /// A segment is being sent.
    fn on_sent(&mut self, _sent: &Sent) {}

    /// A segment was found lost: for algorithms that count losses. It may have been counted wrongly:
    /// see [`on_spurious`](Self::on_spurious).
    fn on_segment_lost(&mut self, _lost: &LostSegment) {}

    /// The peer echoes a mark that the network set instead of dropping (ECN, RFC 3168 section 6.1.2): at
    /// most once for each window of data. A recovery without retransmissions begins, unless one is under way.
    fn on_congestion_experienced(&mut self, loss: &Loss) {
        self.on_loss(loss);
    }

    /// The last [`on_loss`](Self::on_loss) or [`on_timeout`](Self::on_timeout) was wrong: everything that
    /// was thought lost has arrived. Take back what it changed. Recovery, if any, is over.
    fn on_spurious(&mut self, _now: Time) {}

    /// Nothing was outstanding for longer than the retransmission timeout, and sending begins again
    /// (RFC 5681 section 4.1).
    fn on_restart(&mut self, _now: Time) {}

    /// Bytes per second at which to spread segments out; `None` leaves it to the sender, which paces at a
    /// multiple of the window for each round trip.
    fn pacing_rate(&self) -> Option<f64> {
        None
    }
}

//! What the algorithms of RFC 5681's family leave to be chosen.

#[cfg(test)]
mod tests;

/// What an [`Algorithm`](crate::Algorithm) starts from.
///
/// Values out of range are brought into it when the controller is built:
/// [`smss`](Self::smss) into `1..=MAX_SMSS`, [`initial_window`](Self::initial_window) into one segment up
/// to [`MAX_WINDOW`](Self::MAX_WINDOW), [`initial_slow_start_threshold`](Self::initial_slow_start_threshold)
/// into two segments up to the same.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Parameters {
    /// SMSS: bytes of a full segment, counted as the window shall count them.
    pub smss: u32,
    /// cwnd to begin with, in bytes.
    pub initial_window: f64,
    /// ssthresh to begin with, in bytes.
    pub initial_slow_start_threshold: f64,
    /// How an acknowledgement lets the window grow.
    pub growth: Growth,
    /// What is halved at a loss.
    pub halve: Halve,
    /// Whether Reno and NewReno do as today's stacks rather than as RFC 5681: recovery is the sender's
    /// ([`Recovery::Proportional`](crate::Recovery)), bytes delivered make the window grow (RFC 3465), and only where
    /// it is used (RFC 7661), the first slow start ends before it overflows (RFC 9406), and after an idle time
    /// it begins anew (RFC 5681 section 4.1). Tahoe never does, CUBIC always; BBR has rules of its own.
    pub proportional: bool,
    /// Dice for algorithms that throw some: another one for each connection.
    pub seed: u64,
}

/// How an acknowledgement lets the window grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Growth {
    /// By a whole step for every acknowledgement of new data, as the textbooks draw it.
    PerAck,
    /// By no more than was acknowledged, so that a receiver gains nothing by acknowledging each segment
    /// in many pieces (RFC 5681 3.1 (2)).
    PerByte,
}

/// What is halved at a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Halve {
    /// The congestion window, as the textbooks describe Reno.
    Window,
    /// What was outstanding: a window never filled says nothing about the path (RFC 5681 3.1 (4)).
    FlightSize,
}

impl Parameters {
    /// No window that TCP can announce is larger (RFC 7323 section 2.3), so no congestion window need be.
    pub const MAX_WINDOW: f64 = (1_u32 << 30) as f64;

    /// No IP datagram holds a larger segment.
    pub const MAX_SMSS: u32 = 65_535;

    /// Everything as RFC 5681 has it, for segments of `smss` bytes: the largest initial window it allows,
    /// a threshold as high as can be, growth per byte, half of what was outstanding.
    pub fn rfc_5681(smss: u32) -> Self {
        Self {
            smss,
            initial_window: Self::rfc_5681_initial_window(smss),
            initial_slow_start_threshold: Self::MAX_WINDOW,
            growth: Growth::PerByte,
            halve: Halve::FlightSize,
            proportional: false,
            seed: 0,
        }
    }

    /// Two to four segments, the fewer the larger they are (RFC 5681 section 3.1, "IW"), in bytes.
    pub fn rfc_5681_initial_window(smss: u32) -> f64 {
        let segments = match smss {
            0..=1095 => 4.0,
            1096..=2190 => 3.0,
            2191.. => 2.0,
        };
        segments * f64::from(smss)
    }
}

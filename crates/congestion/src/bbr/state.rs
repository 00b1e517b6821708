//! The state machine's states, and what each asks of pacing and window.

/// ```text
///            Startup ---> Drain
///                           |
///              .------------'        any state <---> ProbeRtt
///              v
///            Down --> Cruise --> Refill --> Up
///              ^ `-----------------^         |
///              `-----------------------------'
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Doubling each round, to find the bandwidth.
    Startup,
    /// Emptying the queue that Startup made.
    Drain,
    /// ProbeBW_DOWN: a little slower than the path, to empty the queue and leave room for others.
    Down,
    /// ProbeBW_CRUISE: as fast as the path.
    Cruise,
    /// ProbeBW_REFILL: as fast as the path, with the short-term bounds forgotten, to fill it once more.
    Refill,
    /// ProbeBW_UP: faster than the path is known to be.
    Up,
    /// Less in flight than the path holds, to see its round trip without a queue.
    ProbeRtt,
}

impl State {
    /// IsInAProbeBWState.
    pub(super) fn is_probe_bw(self) -> bool {
        matches!(self, Self::Down | Self::Cruise | Self::Refill | Self::Up)
    }

    /// IsProbingBW: losses are to be expected, and are no reason to lower the short-term bounds.
    pub(super) fn is_accelerating(self) -> bool {
        matches!(self, Self::Startup | Self::Refill | Self::Up)
    }

    /// BBR.pacing_gain.
    pub(super) fn pacing_gain(self) -> f64 {
        match self {
            Self::Startup => 2.77, // 4 ln 2: the least that doubles the rate each round
            Self::Drain => 0.5,
            Self::Down => 0.9,
            Self::Cruise | Self::Refill | Self::ProbeRtt => 1.0,
            Self::Up => 1.25,
        }
    }

    /// BBR.cwnd_gain.
    pub(super) fn window_gain(self) -> f64 {
        match self {
            Self::Startup | Self::Drain | Self::Down | Self::Cruise | Self::Refill => 2.0,
            Self::Up => 2.25,
            Self::ProbeRtt => 0.5,
        }
    }
}

//! What a sender waits for.

use lucid_conn::engine::{Info, RecoveryState, State};
use serde::{Deserialize, Serialize};

/// What keeps a sender from sending more at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitedBy {
    /// The congestion window; in a recovery, what stands in its place (PRR, RFC 6937).
    CongestionWindow,
    /// The peer's receive window.
    Receiver,
    /// The application: nothing waits to be sent.
    Application,
    /// The send buffer: all that is in it is under way, and the application can't put more in.
    SendBuffer,
    /// Pacing: the next segment's time has not come.
    Pacing,
    /// A small segment waits to become a larger one, until an acknowledgment or a timer lets it go (Nagle, a cork, or a
    /// silly window; RFC 9293 section 3.7.4). Where the application ends the wait with more data, it was the limit.
    SmallSegment,
}

impl LimitedBy {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::CongestionWindow,
        Self::Receiver,
        Self::Application,
        Self::SendBuffer,
        Self::Pacing,
        Self::SmallSegment,
    ];

    /// What limits a sender that is seen like this between two inputs, when its send buffer has `room` bytes of room.
    /// `counted_header` is what the controller counts for a header ([`Config::counted_header`]).
    ///
    /// The rules are those by which the engine chooses what goes next: first whether anything waits, then the peer's
    /// window, then the congestion window, and what is held back although both have room waits for its time.
    ///
    /// [`Config::counted_header`]: lucid_conn::engine::Config::counted_header
    #[must_use]
    pub fn of(info: &Info, room: usize, counted_header: u16) -> Self {
        if info.unsent == 0 && info.lost == 0 {
            let may_write = matches!(info.state, State::Established | State::CloseWait);
            return if room == 0 && may_write { Self::SendBuffer } else { Self::Application };
        }
        let mss = u64::from(info.mss);
        let next = if info.lost > 0 { mss } else { mss.min(info.unsent) };
        let in_window = info.send_window.saturating_sub(info.flight_size);
        let pipe = info.flight_size.saturating_sub(info.lost + info.arrived);
        let in_cwnd = (cwnd_in_sequence_space(info, counted_header) as u64).saturating_sub(pipe);
        if info.lost == 0 && in_window < next && in_window <= in_cwnd {
            Self::Receiver
        } else if in_cwnd < next || info.recovery != RecoveryState::Open {
            Self::CongestionWindow
        } else if in_window < next {
            Self::Receiver
        } else if info.unsent < mss && info.lost == 0 && info.flight_size > 0 {
            Self::SmallSegment
        } else if info.pacing_rate.is_some() {
            Self::Pacing
        } else {
            Self::SmallSegment
        }
    }

    /// It in words that fit behind "limited by".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CongestionWindow => "congestion window",
            Self::Receiver => "receiver",
            Self::Application => "application",
            Self::SendBuffer => "send buffer",
            Self::Pacing => "pacing",
            Self::SmallSegment => "small segments",
        }
    }
}

/// cwnd without the headers that the controller may count.
#[must_use]
pub fn cwnd_in_sequence_space(info: &Info, counted_header: u16) -> f64 {
    let mss = f64::from(info.mss);
    info.cwnd * mss / (mss + f64::from(counted_header))
}

#[cfg(test)]
mod tests;

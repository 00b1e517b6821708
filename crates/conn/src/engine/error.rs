//! Why a connection ended, and what an application's call may be told.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::state::State;

/// Why a connection is no longer there (MUST-12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum CloseReason {
    /// Both sides finished, and all was acknowledged.
    #[error("closed by both sides")]
    Finished,
    /// The peer answered our SYN with a reset: no one listens on that TCP port, or it wants no more.
    #[error("refused by the peer: it answered the SYN with a reset")]
    Refused,
    /// The peer reset the connection.
    #[error("reset by the peer")]
    Reset,
    /// The application aborted it.
    #[error("aborted by this side")]
    Aborted,
    /// The network said that nothing is at the peer's UDP address, before any answer came.
    #[error("nothing answers at that UDP address: the network reports the port unreachable")]
    Unreachable,
    /// R2: a segment was retransmitted for too long without an answer (RFC 9293 section 3.8.3).
    #[error("{}", timed_out(*state, *silent_for, *retransmissions))]
    TimedOut {
        /// The state that the connection was in.
        state: State,
        /// How long the peer has been silent.
        silent_for: Duration,
        /// How many times the segment at the front was retransmitted.
        retransmissions: u32,
    },
    /// The peer answered, and kept its window closed for longer than the user timeout, or for longer than R2 after the
    /// application had let go of the connection (RFC 6429 section 3).
    #[error("the peer is there, and took nothing for {:.1} s: its window stayed closed", stuck_for.as_secs_f64())]
    WindowClosed {
        /// How long nothing was acknowledged.
        stuck_for: Duration,
    },
    /// The peer was silent while nothing was sent, and answered no keep-alive probe (RFC 9293 section 3.8.4).
    #[error("the peer was silent for {:.1} s: none of {probes} keep-alive probes was answered", silent_for.as_secs_f64())]
    NotAlive {
        /// How long the peer has been silent.
        silent_for: Duration,
        /// How many probes it left unanswered.
        probes: u32,
    },
    /// No one read any more, and the peer's FIN did not come (see `Config::fin_wait_2`).
    #[error("the peer acknowledged our close, and did not close its own side")]
    HalfClosedTooLong,
}

fn timed_out(state: State, silent_for: Duration, retransmissions: u32) -> String {
    let what = if matches!(state, State::SynSent | State::SynReceived) { "SYN" } else { "segment" };
    format!(
        "the peer was silent for {:.1} s: the same {what} was sent {} times without an answer",
        silent_for.as_secs_f64(),
        retransmissions + 1
    )
}

/// Why an application's call was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connection does not exist: it never did, or it ended. Its [`CloseReason`] was told in a notice.
    #[error("connection does not exist")]
    NoConnection,
    /// SEND after CLOSE (RFC 9293 section 3.10.2).
    #[error("connection closing: its sending side was shut down")]
    Closing,
    /// The connection ended, for this reason.
    #[error("{0}")]
    Closed(CloseReason),
    /// A listener is on that port already (RFC 9293 section 3.10.1).
    #[error("a listener is on TCP port {0} already")]
    PortInUse(u16),
    /// The endpoint holds as many connections as it may.
    #[error("insufficient resources: too many connections")]
    TooManyConnections,
    /// Every local port towards that peer is taken, and no connection in TIME-WAIT can make way yet: what it left in the
    /// network might pass for the new one's (RFC 9293 section 3.6.1, RFC 7323 appendix B.2).
    #[error(
        "insufficient resources: every local port towards {0} is taken, by open connections or by TIME-WAIT; it ends sooner where the other side closes first"
    )]
    NoPortLeft(std::net::SocketAddr),
    /// An address that no connection can be opened to: unspecified, multicast, broadcast, or port 0 (MUST-46).
    #[error("no connection can be opened to {0}")]
    InvalidAddress(std::net::SocketAddr),
}

//! The eleven states of a connection (RFC 9293 section 3.3.2).
//!
//! ```text
//!                             CLOSED
//!              passive OPEN  /      \  active OPEN: send SYN
//!                        LISTEN      \
//!    receive SYN: send SYN,ACK |      |
//!                         SYN-RECEIVED <-- receive SYN: send SYN,ACK -- SYN-SENT
//!               receive ACK of SYN \                                /  receive SYN,ACK: send ACK
//!                                   ------->  ESTABLISHED  <--------
//!                     CLOSE: send FIN  /                  \  receive FIN: send ACK
//!                            FIN-WAIT-1                    CLOSE-WAIT
//!  receive ACK of FIN  /        |      \ receive FIN          |  CLOSE: send FIN
//!             FIN-WAIT-2        |       CLOSING            LAST-ACK
//!         receive FIN  \        | both  / ACK of FIN          |  receive ACK of FIN
//!                       -->  TIME-WAIT  -- 2 MSL later --> CLOSED
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

/// A connection's state (RFC 9293 section 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// No connection.
    Closed,
    /// A listener: waits for a SYN.
    Listen,
    /// We sent a SYN, and wait for the peer's.
    SynSent,
    /// Both SYNs are under way; ours is not yet acknowledged.
    SynReceived,
    /// Data flows both ways.
    Established,
    /// We sent a FIN; it is not yet acknowledged, and the peer has not finished.
    FinWait1,
    /// Our FIN is acknowledged; the peer has not finished.
    FinWait2,
    /// The peer has finished; we have not.
    CloseWait,
    /// Both sent a FIN at once; ours is not yet acknowledged.
    Closing,
    /// The peer had finished, then we did; our FIN is not yet acknowledged.
    LastAck,
    /// Both have finished; stays for 2 MSL, so that our last ACK can be repeated and old segments die out.
    TimeWait,
}

impl State {
    /// All of them, in the RFC's order.
    pub const ALL: [Self; 11] = [
        Self::Closed,
        Self::Listen,
        Self::SynSent,
        Self::SynReceived,
        Self::Established,
        Self::FinWait1,
        Self::FinWait2,
        Self::CloseWait,
        Self::Closing,
        Self::LastAck,
        Self::TimeWait,
    ];

    /// Whether both SYNs have been exchanged and acknowledged (RFC 9293 section 3.5.1).
    #[must_use]
    pub const fn is_synchronized(self) -> bool {
        !matches!(self, Self::Closed | Self::Listen | Self::SynSent | Self::SynReceived)
    }

    /// Whether the peer may still send data: its FIN has not been taken in.
    #[must_use]
    pub const fn may_receive(self) -> bool {
        matches!(
            self,
            Self::SynSent | Self::SynReceived | Self::Established | Self::FinWait1 | Self::FinWait2
        )
    }

    /// Whether the RFC's diagram (section 3.3.2) has an arrow from here to there. Every state may also fall to
    /// CLOSED, by ABORT, a reset or a timeout.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use State::{
            CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
            SynSent, TimeWait,
        };
        matches!(
            (self, next),
            (_, Closed)
                | (Closed, Listen | SynSent)
                | (Listen, SynReceived | SynSent)
                | (SynSent, SynReceived | Established)
                | (SynReceived, Listen | Established | FinWait1 | CloseWait)
                | (Established, FinWait1 | CloseWait)
                | (FinWait1, FinWait2 | Closing | TimeWait)
                | (FinWait2 | Closing, TimeWait)
                | (CloseWait, LastAck)
        )
    }
}

impl fmt::Display for State {
    /// The seed's spelling: `SYN_RCVD`, `FIN_WAIT_1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Closed => "CLOSED",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN_SENT",
            Self::SynReceived => "SYN_RCVD",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN_WAIT_1",
            Self::FinWait2 => "FIN_WAIT_2",
            Self::CloseWait => "CLOSE_WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST_ACK",
            Self::TimeWait => "TIME_WAIT",
        })
    }
}

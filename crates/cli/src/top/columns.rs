//! The columns of the list: what stands in them, and how they sort.

use std::cmp::Ordering;

use lucid_conn::engine::{RecoveryState, State};

use super::model::Row;
use crate::quantity::{address, bytes, micros};

/// What a connection can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Conn,
    Peer,
    State,
    Out,
    In,
    Cwnd,
    Threshold,
    InFlight,
    Unsent,
    Unread,
    Rtt,
    MinRtt,
    Rto,
    Again,
    Mss,
    Controller,
    Limit,
}

impl Column {
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Conn => "CONN",
            Self::Peer => "PEER",
            Self::State => "STATE",
            Self::Out => "OUT/s",
            Self::In => "IN/s",
            Self::Cwnd => "CWND",
            Self::Threshold => "SSTHR",
            Self::InFlight => "FLIGHT",
            Self::Unsent => "UNSENT",
            Self::Unread => "UNREAD",
            Self::Rtt => "RTT",
            Self::MinRtt => "MINRTT",
            Self::Rto => "RTO",
            Self::Again => "AGAIN",
            Self::Mss => "MSS",
            Self::Controller => "CC",
            Self::Limit => "LIMITED BY",
        }
    }

    /// What it says, for the page of keys.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Conn => "the connection's number",
            Self::Peer => "the peer's UDP address, and /TCP port where that is another",
            Self::State => "the state; * while a loss is being repaired",
            Self::Out => "bytes per second that arrive at the peer",
            Self::In => "bytes per second that arrive here",
            Self::Cwnd => "the congestion window, in bytes",
            Self::Threshold => "the slow start threshold, in bytes",
            Self::InFlight => "bytes sent and not acknowledged",
            Self::Unsent => "bytes written and not sent",
            Self::Unread => "bytes received and not read",
            Self::Rtt => "the smoothed round-trip time",
            Self::MinRtt => "the shortest round trip seen",
            Self::Rto => "the retransmission timeout",
            Self::Again => "segments sent again",
            Self::Mss => "payload of a full segment, in bytes",
            Self::Controller => "the congestion controller",
            Self::Limit => "what keeps it from sending more",
        }
    }

    /// Text stands on the left and begins with A; of numbers the large ones are of interest.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Peer | Self::State | Self::Controller | Self::Limit)
    }

    /// How wide it is; none: as wide as what is in it.
    pub(super) const fn width(self) -> Option<usize> {
        match self {
            Self::Peer | Self::State => None,
            Self::Limit => Some(17),
            Self::Out | Self::In | Self::InFlight | Self::Unsent | Self::Unread | Self::MinRtt => Some(6),
            Self::Controller => Some(7),
            _ => Some(5),
        }
    }

    pub(super) fn cell(self, row: &Row) -> String {
        let c = &row.connection;
        match self {
            Self::Conn => c.conn.to_string(),
            Self::Peer => address(c.peer, c.remote_port),
            Self::State => state(row),
            Self::Out => some(row.rates.out),
            Self::In => some(row.rates.into),
            Self::Cwnd => bytes(c.cwnd as f64),
            Self::Threshold => c.ssthresh.map_or_else(none, |threshold| bytes(threshold as f64)),
            Self::InFlight => some(c.in_flight as f64),
            Self::Unsent => some(c.unsent as f64),
            Self::Unread => some(c.unread as f64),
            Self::Rtt => c.rtt_us.map_or_else(none, micros),
            Self::MinRtt => c.min_rtt_us.map_or_else(none, micros),
            Self::Rto => micros(c.rto_us),
            Self::Again => some(c.counts.retransmissions as f64),
            Self::Mss => c.mss.to_string(),
            Self::Controller => c.congestion_control.clone(),
            Self::Limit => c.limited_by.name().to_owned(),
        }
    }

    /// In its usual order: text by the alphabet, numbers from the largest down. Equals stand in the order of their numbers.
    pub(super) fn compare(self, one: &Row, other: &Row) -> Ordering {
        let (a, b) = (&one.connection, &other.connection);
        let ordering = match self {
            // Its numbers say which came first.
            Self::Conn => b.conn.cmp(&a.conn),
            Self::Peer => (a.peer, a.remote_port).cmp(&(b.peer, b.remote_port)),
            Self::State => place(a.state).cmp(&place(b.state)),
            Self::Out => largest((one.rates.out, one.rates.into), (other.rates.out, other.rates.into)),
            Self::In => largest((one.rates.into, one.rates.out), (other.rates.into, other.rates.out)),
            Self::Cwnd => b.cwnd.cmp(&a.cwnd),
            Self::Threshold => b.ssthresh.cmp(&a.ssthresh),
            Self::InFlight => b.in_flight.cmp(&a.in_flight),
            Self::Unsent => b.unsent.cmp(&a.unsent),
            Self::Unread => b.unread.cmp(&a.unread),
            Self::Rtt => b.rtt_us.cmp(&a.rtt_us),
            Self::MinRtt => b.min_rtt_us.cmp(&a.min_rtt_us),
            Self::Rto => b.rto_us.cmp(&a.rto_us),
            Self::Again => b.counts.retransmissions.cmp(&a.counts.retransmissions),
            Self::Mss => b.mss.cmp(&a.mss),
            Self::Controller => a.congestion_control.cmp(&b.congestion_control),
            Self::Limit => a.limited_by.name().cmp(b.limited_by.name()),
        };
        ordering.then_with(|| a.conn.cmp(&b.conn))
    }
}

fn largest(one: (f64, f64), other: (f64, f64)) -> Ordering {
    other.0.total_cmp(&one.0).then_with(|| other.1.total_cmp(&one.1))
}

/// In the RFC's order, from the opening to the end.
fn place(state: State) -> Option<usize> {
    State::ALL.iter().position(|&other| other == state)
}

/// As `ss` spells it, where that is shorter.
fn state(row: &Row) -> String {
    let state = match row.connection.state {
        State::Established => "ESTAB".to_owned(),
        other => other.to_string(),
    };
    if row.connection.recovery == RecoveryState::Open { state } else { state + "*" }
}

/// Nothing is quieter than a zero.
fn some(amount: f64) -> String {
    if amount < 0.5 { none() } else { bytes(amount) }
}

fn none() -> String {
    "-".to_owned()
}

#[cfg(test)]
mod tests;

//! What goes over the socket, each a line of JSON.
//!
//! ```text
//! asks     {"version":1,"ask":"snapshot"}
//! answers  {"type":"process","version":1,"pid":4711,"command":"serve", ...}
//!          {"type":"connection","conn":3,"state":"ESTABLISHED", ...}     one for each, in the order of their numbers
//!          {"type":"end","connections":1}
//! ```
//!
//! or `{"type":"error","message":"..."}`, and the socket closes. It may be asked as often as one likes.

use std::net::SocketAddr;

use lucid_conn::Seen;
use lucid_conn::engine::{Agreed, ConnId, Counts, Info, RecoveryState, State};
use lucid_views::limits::LimitedBy;
use lucid_views::words::is_arbitrary;
use serde::{Deserialize, Serialize};

/// Of all of this. What is added to answers needs no new version: who doesn't know it passes over it.
pub(crate) const VERSION: u32 = 1;

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) version: u32,
    pub(crate) ask: Question,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Question {
    /// How everything is just now.
    Snapshot,
}

/// A line of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Who answers. Always the first.
    Process(Process),
    Connection(Box<Connection>),
    /// All connections have been told of, and there were so many.
    End {
        connections: usize,
    },
    /// There is no answer.
    Error {
        message: String,
    },
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    /// Of the protocol.
    pub(crate) version: u32,
    pub(crate) pid: u32,
    /// What it does: `serve`, `get`, ...
    pub(crate) command: String,
    /// The UDP address of its endpoint.
    pub(crate) local: SocketAddr,
    /// How long it can be looked at already: what all times below count from.
    pub(crate) up_us: u64,
    /// What happened on all its connections, also on those that are over.
    pub(crate) totals: Counts,
}

/// A connection. Times are microseconds, sizes are bytes of sequence space, rates are bytes per second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) conn: u32,
    /// When it was like this, counted as [`Process::up_us`].
    pub(crate) at_us: u64,
    pub(crate) state: State,
    /// The peer's UDP address.
    pub(crate) peer: SocketAddr,
    /// The TCP ports within the two UDP sockets.
    pub(crate) local_port: u16,
    pub(crate) remote_port: u16,
    pub(crate) congestion_control: String,
    /// slow start, congestion avoidance or fast recovery, as the controller has it.
    pub(crate) phase: String,
    pub(crate) recovery: RecoveryState,
    pub(crate) limited_by: LimitedBy,
    pub(crate) mss: u16,
    pub(crate) ecn: bool,
    pub(crate) options: Agreed,
    pub(crate) cwnd: u64,
    /// None before the first loss, unless it is configured.
    pub(crate) ssthresh: Option<u64>,
    pub(crate) in_flight: u64,
    /// Of what is in flight: found lost, and not sent again yet.
    pub(crate) lost: u64,
    /// Of what is in flight: arrived behind a gap, as the peer says.
    pub(crate) sacked: u64,
    pub(crate) send_window: u64,
    pub(crate) receive_window: u64,
    pub(crate) receive_buffer: u64,
    /// Written, and not sent yet.
    pub(crate) unsent: u64,
    /// Received in order, and not read yet.
    pub(crate) unread: u64,
    /// Received behind a gap.
    pub(crate) waiting: u64,
    pub(crate) rtt_us: Option<u64>,
    pub(crate) rttvar_us: Option<u64>,
    pub(crate) min_rtt_us: Option<u64>,
    pub(crate) rto_us: u64,
    pub(crate) pacing_rate: Option<u64>,
    /// What has arrived at the peer, as the controller counts it: with headers, if that does.
    pub(crate) delivered: u64,
    pub(crate) bytes_acked: u64,
    pub(crate) counts: Counts,
}

impl Connection {
    /// As it was seen `at_us`. `counted_header` is [`lucid_conn::Config::counted_header`].
    pub(crate) fn new(seen: &Seen, at_us: u64, counted_header: u16) -> Self {
        let Seen { conn: ConnId(conn), info, is_send_buffer_full } = seen;
        let micros = |time: core::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let room = usize::from(!is_send_buffer_full);
        Self {
            conn: *conn,
            at_us,
            state: info.state,
            peer: info.peer,
            local_port: info.local_port,
            remote_port: info.remote_port,
            congestion_control: info.congestion_control.to_owned(),
            phase: info.phase.to_string(),
            recovery: info.recovery,
            limited_by: LimitedBy::of(info, room, counted_header),
            mss: info.mss,
            ecn: info.ecn,
            options: info.options,
            cwnd: info.cwnd as u64,
            ssthresh: (!is_arbitrary(info.ssthresh)).then_some(info.ssthresh as u64),
            in_flight: info.flight_size,
            lost: info.lost,
            sacked: info.arrived,
            send_window: info.send_window,
            receive_window: info.receive_window,
            receive_buffer: info.receive_buffer,
            unsent: info.unsent,
            unread: info.unread,
            waiting: info.waiting,
            rtt_us: info.smoothed_rtt.map(micros),
            rttvar_us: info.rtt_variance.map(micros),
            min_rtt_us: info.min_rtt.map(micros),
            rto_us: micros(info.rto),
            pacing_rate: info.pacing_rate.map(|rate| rate as u64),
            delivered: info.delivered as u64,
            bytes_acked: info.counts.bytes_sent.saturating_sub(data_in_flight(info)),
            counts: info.counts,
        }
    }

    /// What was written and is not acknowledged: `Send-Q`.
    pub(crate) fn send_queue(&self) -> u64 {
        self.unsent + self.counts.bytes_sent.saturating_sub(self.bytes_acked)
    }
}

/// What is in flight takes sequence space for a SYN or a FIN, too.
fn data_in_flight(info: &Info) -> u64 {
    let has_fin = matches!(info.state, State::FinWait1 | State::Closing | State::LastAck) && info.unsent == 0;
    let has_syn = matches!(info.state, State::SynSent | State::SynReceived);
    info.flight_size.saturating_sub(u64::from(has_fin || has_syn))
}

#[cfg(test)]
mod tests;

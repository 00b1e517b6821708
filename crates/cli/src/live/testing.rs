//! Processes and connections that tests look at.

use lucid_conn::engine::{Agreed, Counts, RecoveryState, Scale, State};
use lucid_views::limits::LimitedBy;

use super::attach::Snapshot;
use super::protocol::{Connection, Process, VERSION};

/// A connection that has sent 100 kB, with 20 kB more in flight.
pub(crate) fn connection(conn: u32) -> Connection {
    let counts =
        Counts { segments_sent: 90, segments_received: 60, bytes_sent: 120_000, ..Counts::default() };
    Connection {
        conn,
        at_us: 1_000_000,
        state: State::Established,
        peer: ([127, 0, 0, 1], 40_000).into(),
        local_port: 12345,
        remote_port: 50_000 + conn as u16,
        congestion_control: "cubic".to_owned(),
        phase: "slow start".to_owned(),
        recovery: RecoveryState::Open,
        limited_by: LimitedBy::CongestionWindow,
        mss: 1448,
        ecn: false,
        options: Agreed { sack: true, timestamps: true, scale: Some(Scale { send: 7, receive: 8 }) },
        cwnd: 20_000,
        ssthresh: None,
        in_flight: 20_000,
        lost: 0,
        sacked: 0,
        send_window: 131_072,
        receive_window: 131_072,
        receive_buffer: 131_072,
        unsent: 5000,
        unread: 0,
        waiting: 0,
        rtt_us: Some(20_500),
        rttvar_us: Some(1250),
        min_rtt_us: Some(19_875),
        rto_us: 220_500,
        pacing_rate: None,
        delivered: 100_000,
        bytes_acked: 100_000,
        counts,
    }
}

/// A server with connections.
pub(crate) fn snapshot(connections: Vec<Connection>) -> Snapshot {
    let totals = Counts { segments_sent: 1000, retransmissions: 5, ..Counts::default() };
    let process = Process {
        version: VERSION,
        pid: 4711,
        command: "serve".to_owned(),
        local: ([127, 0, 0, 1], 12345).into(),
        up_us: 187_000_000,
        totals,
    };
    Snapshot { process, connections }
}

//! What can be seen of a connection at any time: what `ss -ti` would show.

use core::time::Duration;
use std::net::SocketAddr;

use lucid_congestion::{Controller, Phase};
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::negotiated::Agreed;
use super::receiver::Receiver;
use super::recovery::Kind;
use super::state::State;

/// Counts since the connection was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Segments sent, all kinds.
    pub segments_sent: u64,
    /// Segments received that were this connection's, all kinds.
    pub segments_received: u64,
    /// Payload bytes sent, without repetitions.
    pub bytes_sent: u64,
    /// Payload bytes delivered in order.
    pub bytes_received: u64,
    /// Segments sent again, for any reason.
    pub retransmissions: u64,
    /// Times the retransmission timer fired.
    pub timeouts: u64,
    /// Fast retransmits: times that a loss was found before the timer.
    pub fast_retransmits: u64,
    /// Tail loss probes sent (RFC 8985 section 7).
    pub tail_probes: u64,
    /// Cuts of the window taken back, since they proved wrong.
    pub undone: u64,
    /// Segments that arrived with a congestion mark.
    pub marks_received: u64,
    /// Times the peer echoed congestion marks, and the window was lowered for it.
    pub congestion_echoes: u64,
    /// Segments that carried nothing new.
    pub duplicates_received: u64,
    /// Segments that came before their turn.
    pub out_of_order_received: u64,
    /// Segments that were dropped for a reason.
    pub discarded: u64,
    /// Zero-window probes sent.
    pub window_probes: u64,
    /// Keep-alive probes sent.
    pub keep_alive_probes: u64,
    /// Challenge ACKs sent.
    pub challenge_acks: u64,
}

impl Counts {
    /// Takes what happened on another connection along.
    pub(crate) fn add(&mut self, other: &Self) {
        macro_rules! add {
            ($($count:ident,)*) => {
                let Self { $($count,)* } = other;
                $(self.$count += $count;)*
            };
        }
        add! {
            segments_sent,
            segments_received,
            bytes_sent,
            bytes_received,
            retransmissions,
            timeouts,
            fast_retransmits,
            tail_probes,
            undone,
            marks_received,
            congestion_echoes,
            duplicates_received,
            out_of_order_received,
            discarded,
            window_probes,
            keep_alive_probes,
            challenge_acks,
        }
    }
}

/// What a UDP socket can do, and what the system granted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SocketInfo {
    /// So many datagrams leave with one call (segmentation offload); 1: the system can't, or refused at run time.
    pub sent_at_once: usize,
    /// So many are received as one (receive offload); 1: the system can't.
    pub received_at_once: usize,
    /// How many bytes may wait in the kernel to be sent.
    pub send_buffer: usize,
    /// How many may wait there to be received: more are lost.
    pub receive_buffer: usize,
    /// How many were asked for, of each.
    pub wanted_buffer: usize,
}

/// Whether the congestion window is reduced just now, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryState {
    /// It isn't.
    #[default]
    Open,
    /// A segment was found lost, and what was sent before is not all acknowledged yet.
    Recovery,
    /// The network marked a segment rather than drop it.
    Reduced,
    /// The retransmission timer expired.
    Timeout,
}

/// A connection, seen from outside at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Info {
    /// The state.
    pub state: State,
    /// The peer's UDP address.
    pub peer: SocketAddr,
    /// The local TCP port.
    pub local_port: u16,
    /// The peer's TCP port.
    pub remote_port: u16,
    /// The congestion controller's name.
    pub congestion_control: &'static str,
    /// The controller's phase.
    pub phase: Phase,
    /// cwnd, in bytes as the controller counts them.
    pub cwnd: f64,
    /// ssthresh, likewise.
    pub ssthresh: f64,
    /// The payload of a full segment we send, in bytes.
    pub mss: u16,
    /// Whether both sides use explicit congestion notification (RFC 3168).
    pub ecn: bool,
    /// The options in use.
    pub options: Agreed,
    /// SND.WND, in bytes.
    pub send_window: u64,
    /// RCV.WND as last offered, in bytes.
    pub receive_window: u64,
    /// How many received bytes may wait for the application now; it grows with how fast that reads.
    pub receive_buffer: u64,
    /// Bytes of sequence space sent and not acknowledged.
    pub flight_size: u64,
    /// Bytes written and not yet sent.
    pub unsent: u64,
    /// Bytes received and not yet read.
    pub unread: u64,
    /// Bytes received that wait behind a gap.
    pub waiting: u64,
    /// Bytes left to read up to the end of the peer's urgent data (RFC 9293 section 3.8.5, MUST-33).
    pub urgent_left: u64,
    /// SRTT, once measured.
    pub smoothed_rtt: Option<Duration>,
    /// RTTVAR, once measured.
    pub rtt_variance: Option<Duration>,
    /// The smallest round-trip time seen.
    pub min_rtt: Option<Duration>,
    /// RTO, with its back-off.
    pub rto: Duration,
    /// Bytes of sequence space that were found lost and have yet to go again.
    pub lost: u64,
    /// Bytes of sequence space that have arrived beyond a gap, as the peer reports (SACK).
    pub arrived: u64,
    /// Both sides know SACK.
    pub sack: bool,
    /// Whether a loss is being repaired.
    pub recovery: RecoveryState,
    /// Bytes per second at which segments are spread out, if they are.
    pub pacing_rate: Option<f64>,
    /// Bytes delivered so far, as the controller counts them.
    pub delivered: f64,
    /// What happened so far.
    pub counts: Counts,
    /// The UDP socket, where there is one: the driver knows.
    pub socket: Option<SocketInfo>,
}

impl Connection {
    fn recovery_state(&self) -> RecoveryState {
        match self.episode.as_ref().map(|episode| episode.kind) {
            None if self.loss.in_recovery() => RecoveryState::Recovery,
            None => RecoveryState::Open,
            Some(Kind::Loss) => RecoveryState::Recovery,
            Some(Kind::Mark) => RecoveryState::Reduced,
            Some(Kind::Timeout) => RecoveryState::Timeout,
        }
    }

    /// What happened on it.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// The connection seen from outside.
    pub(crate) fn info(&self) -> Info {
        self.info_with(self.congestion.as_ref())
    }

    /// The same, with a controller that is kept elsewhere.
    pub(super) fn info_with(&self, congestion: &dyn Controller) -> Info {
        Info {
            state: self.state,
            peer: self.origin.peer,
            local_port: self.origin.local_port,
            remote_port: self.origin.remote_port,
            congestion_control: congestion.name(),
            phase: congestion.phase(),
            cwnd: congestion.window(),
            ssthresh: congestion.slow_start_threshold(),
            mss: self.sender.mss(),
            ecn: self.ecn.may_send_ect(),
            options: self.agreed,
            send_window: self.sender.window(),
            receive_buffer: self.receiver.as_ref().map_or(0, Receiver::capacity),
            receive_window: self.receiver.as_ref().map_or(0, Receiver::window),
            flight_size: self.sender.in_flight().flight_size(),
            unsent: self.sender.unsent(),
            unread: self.receiver.as_ref().map_or(0, Receiver::unread),
            waiting: self.receiver.as_ref().map_or(0, |receiver| receiver.waiting() as u64),
            urgent_left: self.receiver.as_ref().map_or(0, Receiver::urgent_left),
            smoothed_rtt: self.rtt.smoothed(),
            rtt_variance: self.rtt.variance(),
            min_rtt: self.rtt.min(),
            rto: self.rtt.rto(),
            lost: self.sender.in_flight().lost(),
            arrived: self.sender.in_flight().arrived(),
            sack: self.agreed.sack,
            recovery: self.recovery_state(),
            pacing_rate: self.pace_of(congestion).map(|pace| pace.rate),
            delivered: self.rate.delivered(),
            counts: self.counts,
            socket: None,
        }
    }
}

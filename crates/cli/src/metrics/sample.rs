//! What metrics are made of: an endpoint's counts, and sums over its connections.

use std::collections::BTreeMap;

use lucid_conn::engine::{Counts, State};
use lucid_views::limits::LimitedBy;

use crate::live::gather::Watched;
use crate::live::protocol::Connection;

/// An endpoint at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// What happened on all its connections, also on those that are over.
    pub(super) totals: Counts,
    /// How many connections are in each state.
    pub(super) states: BTreeMap<&'static str, u64>,
    /// What keeps those from sending that could send.
    pub(super) limits: BTreeMap<&'static str, u64>,
    pub(super) in_flight: u64,
    pub(super) unsent: u64,
    pub(super) unread: u64,
    /// Those that were measured, in order, in microseconds.
    pub(super) rtts: Vec<u64>,
}

impl Sample {
    /// Looks at one connection after another. Counts come from the endpoint, so that those of connections that end
    /// meanwhile aren't missed.
    pub(super) async fn take(watched: &Watched) -> Self {
        let mut sample = Self::new(watched.totals());
        for slice in watched.connections() {
            slice.iter().for_each(|connection| sample.add(connection));
            tokio::task::yield_now().await;
        }
        sample.rtts.sort_unstable();
        sample
    }

    /// Every state and every limit has its line, also where it is none.
    pub(super) fn new(totals: Counts) -> Self {
        let states = State::ALL.iter().filter(|state| !matches!(state, State::Closed | State::Listen));
        Self {
            totals,
            states: states.map(|&state| (name(state), 0)).collect(),
            limits: LimitedBy::ALL.iter().map(|&limit| (limit_name(limit), 0)).collect(),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, connection: &Connection) {
        *self.states.entry(name(connection.state)).or_default() += 1;
        if matches!(connection.state, State::Established | State::CloseWait) {
            *self.limits.entry(limit_name(connection.limited_by)).or_default() += 1;
        }
        self.in_flight += connection.in_flight;
        self.unsent += connection.unsent;
        self.unread += connection.unread;
        self.rtts.extend(connection.rtt_us);
    }

    /// The round-trip time that this share of the measured connections stays within, in seconds.
    pub(super) fn rtt(&self, share: f64) -> Option<f64> {
        let last = self.rtts.len().checked_sub(1)?;
        // The nearest rank.
        let rank = (self.rtts.len() as f64 * share).ceil() as usize;
        self.rtts.get(rank.saturating_sub(1).min(last)).map(|&micros| micros as f64 / 1e6)
    }
}

/// As Prometheus's users write labels.
fn name(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Listen => "listen",
        State::SynSent => "syn_sent",
        State::SynReceived => "syn_received",
        State::Established => "established",
        State::FinWait1 => "fin_wait_1",
        State::FinWait2 => "fin_wait_2",
        State::CloseWait => "close_wait",
        State::Closing => "closing",
        State::LastAck => "last_ack",
        State::TimeWait => "time_wait",
    }
}

fn limit_name(limit: LimitedBy) -> &'static str {
    match limit {
        LimitedBy::CongestionWindow => "congestion_window",
        LimitedBy::Receiver => "receiver",
        LimitedBy::Application => "application",
        LimitedBy::SendBuffer => "send_buffer",
        LimitedBy::Pacing => "pacing",
        LimitedBy::SmallSegment => "small_segments",
    }
}

//! What came of a run: measures per flow and for the whole.

use core::time::Duration;

use lucid_conn::engine::Counts;

use crate::bottleneck::Passage;
use crate::path::Path;
use crate::scenario::Scenario;
use crate::statistics::{jain, percentile};

/// A flow at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, since the run began.
    pub at: Duration,
    /// cwnd, in bytes.
    pub cwnd: f64,
    /// Sent and not acknowledged, in bytes.
    pub in_flight: f64,
    /// Read by the client so far, in bytes.
    pub delivered: u64,
}

/// What came of one flow.
#[derive(Clone, Debug)]
pub struct FlowReport {
    /// Which of the scenario's groups it belongs to.
    pub group: usize,
    /// How many bytes it had to bring, if not endless.
    pub bytes: Option<u64>,
    /// When its client opened the connection.
    pub began: Duration,
    /// How long after that its client was connected; none if it never was.
    pub handshake: Option<Duration>,
    /// How long after it began its client had read all; none if it never had.
    pub completion: Option<Duration>,
    /// Bytes its client read after the warm-up.
    pub delivered: u64,
    /// The payload of its full segments.
    pub mss: u16,
    /// What its server counted.
    pub sent: Counts,
    /// What its client counted.
    pub received: Counts,
    /// Its course, if samples were taken.
    pub curve: Vec<Point>,
}

impl FlowReport {
    /// How long it took after the handshake until all was read: as a request and its reply would.
    #[must_use]
    pub fn reply(&self) -> Option<Duration> {
        Some(self.completion?.saturating_sub(self.handshake?))
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it ended.
    pub ended: Duration,
    /// Each flow, in the order of the scenario's groups.
    pub flows: Vec<FlowReport>,
    /// How long a datagram would wait before the line, over time, if samples were taken.
    pub queue: Vec<(Duration, Duration)>,
    warm_up: Duration,
    path: Path,
    passage: Passage,
}

impl Report {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            ended: Duration::ZERO,
            flows: Vec::new(),
            queue: Vec::new(),
            warm_up: scenario.warm_up,
            path: scenario.path.clone(),
            passage: Passage::default(),
        }
    }

    pub(crate) fn take(&mut self, mut passage: Passage) {
        passage.waits.sort_unstable();
        self.passage = passage;
    }

    /// The most payload that the line could have carried between these times, in bytes.
    #[must_use]
    pub fn capacity(&self, from: Duration, until: Duration) -> f64 {
        self.path.capacity(until) - self.path.capacity(from)
    }

    /// Payload delivered after the warm-up, as a part of the most that the line carries in that time.
    #[must_use]
    pub fn utilisation(&self) -> f64 {
        self.delivered() / self.capacity(self.warm_up, self.ended)
    }

    /// Of what all flows delivered after the warm-up, the part of one group.
    #[must_use]
    pub fn share(&self, group: usize) -> f64 {
        let own = self.flows.iter().filter(|flow| flow.group == group).map(|flow| flow.delivered as f64);
        own.sum::<f64>() / self.delivered().max(1.0)
    }

    fn delivered(&self) -> f64 {
        self.flows.iter().map(|flow| flow.delivered as f64).sum()
    }

    /// Jain's index of what the flows delivered after the warm-up: 1 if all the same, 1/n if one had all.
    #[must_use]
    pub fn jain(&self) -> f64 {
        jain(self.flows.iter().map(|flow| flow.delivered as f64))
    }

    /// Datagrams lost at the bottleneck after the warm-up, for whatever reason, as a part of those that came.
    #[must_use]
    pub fn loss(&self) -> f64 {
        let lost = self.passage.lost + self.passage.overflowed;
        lost as f64 / (self.passage.offered as f64).max(1.0)
    }

    /// Of those, the ones for which the queue had no room.
    #[must_use]
    pub fn overflowed(&self) -> u64 {
        self.passage.overflowed
    }

    /// Datagrams marked at the bottleneck after the warm-up.
    #[must_use]
    pub fn marked(&self) -> u64 {
        self.passage.marked
    }

    /// How long datagrams waited before the line after the warm-up: this percentile of them at most so long.
    #[must_use]
    pub fn queueing_delay(&self, percent: f64) -> Duration {
        Duration::from_nanos(percentile(&self.passage.waits, percent).unwrap_or(0))
    }

    /// Segments that servers sent again.
    #[must_use]
    pub fn retransmissions(&self) -> u64 {
        self.flows.iter().map(|flow| flow.sent.retransmissions).sum()
    }

    /// Segments that brought clients nothing new: retransmissions that were not needed.
    #[must_use]
    pub fn spurious(&self) -> u64 {
        self.flows.iter().map(|flow| flow.received.duplicates_received).sum()
    }

    /// Retransmission timeouts of servers.
    #[must_use]
    pub fn timeouts(&self) -> u64 {
        self.flows.iter().map(|flow| flow.sent.timeouts).sum()
    }

    /// How long the complete flows of a group took, shortest first.
    #[must_use]
    pub fn completions(&self, group: usize) -> Vec<Duration> {
        let mut all: Vec<_> =
            self.flows.iter().filter(|flow| flow.group == group).filter_map(|flow| flow.completion).collect();
        all.sort_unstable();
        all
    }

    /// After how long the flows together had delivered this part of what the line could have carried until then,
    /// if ever. As fine as the samples are.
    #[must_use]
    pub fn length_for(&self, utilisation: f64) -> Option<Duration> {
        (0..self.queue.len()).find_map(|nth| {
            let at = self.queue[nth].0;
            let delivered: u64 =
                self.flows.iter().filter_map(|flow| flow.curve.get(nth)).map(|point| point.delivered).sum();
            let enough = delivered as f64 >= utilisation * self.capacity(Duration::ZERO, at);
            enough.then_some(at)
        })
    }
}

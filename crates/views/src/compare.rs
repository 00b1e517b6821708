//! Runs beside each other: what they came to, where they part, and their curves together.

mod link;
mod page;
mod simulate;

use core::time::Duration;

use lucid_conn::engine::Time;
use serde::Serialize;

use crate::explain::origin;
use crate::run::Story;
use crate::summary::Summary;
use crate::words::sentence;

pub use link::{LinkError, parse_link};
pub use lucid_congestion::{Algorithm, UnknownAlgorithm};
pub use page::page;
pub use simulate::{Simulation, SimulationError};

/// A connection, and what to call it beside others.
#[derive(Debug)]
pub struct Named {
    /// Its name: a congestion controller's, or a recording's.
    pub name: String,
    /// What happened.
    pub story: Story,
}

/// What one of them came to: a row of the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Payload bytes delivered in the direction that carried more.
    pub bytes: u64,
    /// From the open until the last of them was acknowledged, or was in order.
    pub duration: Duration,
    /// Segments lost, or taken for lost.
    pub lost: u64,
    /// Segments that went again.
    pub retransmissions: u64,
    /// Times that the retransmission timer fired.
    pub timeouts: u64,
    /// For how long something was being repaired.
    pub time_in_recovery: Duration,
    /// The middle of the round trips measured.
    pub round_trip: Option<Duration>,
    /// cwnd, on average over the time of sending, in bytes.
    pub window: f64,
}

impl Row {
    /// Sums one up.
    #[must_use]
    pub fn of(named: &Named) -> Self {
        let summary = Summary::of(&named.story);
        Self {
            name: named.name.clone(),
            bytes: summary.bytes_sent.max(summary.bytes_received),
            duration: summary.duration,
            lost: summary.losses.segments,
            retransmissions: summary.retransmissions,
            timeouts: summary.timeouts,
            time_in_recovery: summary.time_in_recovery,
            round_trip: summary.round_trip.map(|[_, middle, _]| middle),
            window: mean_window(&named.story),
        }
    }

    /// Bytes per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        if self.duration.is_zero() { 0.0 } else { self.bytes as f64 / self.duration.as_secs_f64() }
    }
}

/// The mean of cwnd, weighed by time.
fn mean_window(story: &Story) -> f64 {
    let Some(sending) = story.sending_time() else { return 0.0 };
    let (mut sum, mut time) = (0.0, 0.0);
    for span in story.cwnd.spans(story.ended_at) {
        let its = span.within(sending.from, sending.to).as_secs_f64();
        sum += span.what * its;
        time += its;
    }
    if time > 0.0 { sum / time } else { 0.0 }
}

/// Where runs part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parting {
    /// So many events are the same in all of them.
    pub shared: usize,
    /// The first event of each that isn't: its name, when, and what happened; none if it has no further one.
    pub then: Vec<(String, Option<(Time, String)>)>,
}

/// The first event in which they differ; none if there is none. Sequence numbers are compared relative to each one's own, and
/// times count from each one's opening.
#[must_use]
pub fn parting(runs: &[Named]) -> Option<Parting> {
    let told = |named: &Named, number: usize| {
        let event = named.story.events.get(number)?;
        let at = Time::ZERO + event.at.saturating_since(named.story.opened_at);
        Some((at, sentence(event, origin(&named.story))))
    };
    let (first, others) = runs.split_first()?;
    let longest = runs.iter().map(|named| named.story.events.len()).max()?;
    let differs = |number: &usize| {
        let its = told(first, *number);
        others.iter().any(|other| told(other, *number) != its)
    };
    let shared = (0..longest).find(differs)?;
    let then = runs.iter().map(|named| (named.name.clone(), told(named, shared))).collect();
    Some(Parting { shared, then })
}

#[cfg(test)]
mod tests;

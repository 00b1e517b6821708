//! Runs beside each other: what they came to, and where they part. [`crate::report::together`] lays their curves over each other.

mod link;
mod simulate;

use core::time::Duration;

use lucid_conn::engine::Time;
use serde::Serialize;

use crate::explain::origin;
use crate::run::Story;
use crate::summary::Summary;
use crate::words::{amount, sentence, time};

pub use link::{LinkError, parse_link};
pub use lucid_congestion::{Algorithm, UnknownAlgorithm};
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

    /// What stands above [`Row::cells`].
    pub const HEADINGS: [&'static str; 9] =
        ["", "time", "rate", "lost", "again", "timeouts", "in recovery", "round trip", "mean cwnd"];

    /// The row in words: its name, and eight values.
    #[must_use]
    pub fn cells(&self) -> [String; 9] {
        [
            self.name.clone(),
            time(self.duration),
            format!("{}/s", amount(self.rate() as u64)),
            self.lost.to_string(),
            self.retransmissions.to_string(),
            self.timeouts.to_string(),
            time(self.time_in_recovery),
            self.round_trip.map_or_else(|| "-".to_owned(), time),
            amount(self.window as u64),
        ]
    }

    /// Bytes per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        if self.duration.is_zero() { 0.0 } else { self.bytes as f64 / self.duration.as_secs_f64() }
    }
}

/// What the rows come to, in sentences: who was the fastest, and what the others took.
#[must_use]
pub fn sentences(rows: &[Row]) -> Vec<String> {
    let mut by_rate: Vec<&Row> = rows.iter().collect();
    by_rate.sort_by(|one, other| other.rate().total_cmp(&one.rate()));
    let Some((first, others)) = by_rate.split_first() else { return Vec::new() };
    let mut said = vec![format!(
        "{} was the fastest: {} in {}, {}/s.",
        first.name,
        amount(first.bytes),
        time(first.duration),
        amount(first.rate() as u64)
    )];
    said.extend(others.iter().map(|row| {
        let slower = 100.0 * (1.0 - row.rate() / first.rate().max(1.0));
        let rate = if slower < 0.5 { "as fast".to_owned() } else { format!("{slower:.0} % slower") };
        format!("{} was {rate}, with {}.", row.name, losses(row))
    }));
    said.insert(1, format!("It had {}.", losses(first)));
    said
}

fn losses(row: &Row) -> String {
    let lost = match row.lost {
        0 => "no loss".to_owned(),
        1 => "one segment lost".to_owned(),
        lost => format!("{lost} segments lost"),
    };
    match row.timeouts {
        0 => format!("{lost} and no timeout"),
        1 => format!("{lost} and one timeout"),
        timeouts => format!("{lost} and {timeouts} timeouts"),
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

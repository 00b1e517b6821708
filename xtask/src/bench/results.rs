//! What was measured of one work, and what it comes to.

use super::pair::Measured;
use super::plan::{Against, Figure, Work};
use crate::error::Outcome;

/// Every peer's rounds of one work.
pub(super) struct Results {
    pub(super) work: &'static Work,
    peers: Vec<Rounds>,
}

#[derive(Clone, Default)]
struct Rounds {
    measured: Vec<Measured>,
    /// Why there is no more.
    failure: Option<String>,
}

/// What a figure of a peer comes to.
#[derive(Debug, PartialEq)]
pub(super) enum Cell {
    /// The median, and the median of the ratios to what the figure is compared with in the same round.
    Value {
        median: f64,
        ratio: Option<f64>,
    },
    Failed,
    /// The peer doesn't do this.
    None,
}

impl Results {
    pub(super) fn new(work: &'static Work, peers: usize) -> Self {
        Self { work, peers: vec![Rounds::default(); peers] }
    }

    pub(super) fn add(&mut self, peer: usize, round: Outcome<Measured>) {
        match round {
            Ok(measured) => self.peers[peer].measured.push(measured),
            Err(failure) => self.peers[peer].failure = Some(failure.to_string()),
        }
    }

    pub(super) fn has_failed(&self, peer: usize) -> bool {
        self.failure(peer).is_some()
    }

    pub(super) fn failure(&self, peer: usize) -> Option<&str> {
        self.peers[peer].failure.as_deref()
    }

    /// The first figure of the last round, in short.
    pub(super) fn last(&self, peer: usize) -> String {
        let figure = self.work.figures.first();
        let value =
            figure.and_then(|figure| Some(short(*self.peers[peer].measured.last()?.get(figure.key)?)));
        value.filter(|_| !self.has_failed(peer)).unwrap_or_else(|| "failed".to_owned())
    }

    pub(super) fn cell(&self, peer: usize, figure: &Figure) -> Cell {
        if self.has_failed(peer) {
            return Cell::Failed;
        }
        let ratio = match figure.against {
            Against::FirstPeer if peer > 0 => self.ratio((peer, figure.key), (0, figure.key)),
            Against::Key(key) => self.ratio((peer, figure.key), (peer, key)),
            Against::FirstPeer | Against::Nothing => None,
        };
        let median = median(self.rounds(peer, figure.key).collect());
        median.map_or(Cell::None, |median| Cell::Value { median, ratio })
    }

    /// What a peer measured by this name, in each round.
    pub(super) fn rounds(&self, peer: usize, key: &str) -> impl Iterator<Item = f64> {
        self.peers[peer].measured.iter().filter_map(move |round| round.get(key).copied())
    }

    fn ratio(&self, (ours, our_key): (usize, &str), (first, first_key): (usize, &str)) -> Option<f64> {
        let both = self.rounds(ours, our_key).zip(self.rounds(first, first_key));
        median(both.map(|(ours, first)| ours / first).collect())
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some((low + high) / 2.0)
}

/// Three digits or more, and thousands apart.
pub(super) fn short(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    let plain = format!("{value:.digits$}");
    if value.abs() < 1000.0 {
        return plain;
    }
    let split = plain.len() - 3;
    format!("{},{}", &plain[..split], &plain[split..])
}

#[cfg(test)]
mod tests;

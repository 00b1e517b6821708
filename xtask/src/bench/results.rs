//! What was measured of one work, and what it comes to.

use super::pair::Measured;
use super::plan::{Figure, Work};
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
    /// The median, and the median of the ratios to the first peer of the same round.
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
        let of =
            |peer: usize| self.peers[peer].measured.iter().filter_map(|round| round.get(figure.key).copied());
        let ratios = of(peer).zip(of(0)).map(|(ours, first)| ours / first);
        let ratio = median(ratios.collect()).filter(|_| figure.is_compared && peer > 0);
        median(of(peer).collect()).map_or(Cell::None, |median| Cell::Value { median, ratio })
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

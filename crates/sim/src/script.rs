//! Scripted loss: which packets to drop, by number.

use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::quantity::ParseError;

/// Packets to drop by number, counted from 1 in the order in which they enter the link.
///
/// Reads `data:7,12` (the 7th and the 12th packet that carries data), `data:7-9`, `any:3` or just `3`
/// (the third packet of any kind). Retransmissions and packets lost for another reason count too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drop {
    /// Among the packets that carry data ([`Packet::is_data`](crate::Packet::is_data)).
    Data(Positions),
    /// Among all packets.
    Any(Positions),
}

impl FromStr for Drop {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        match input.trim().split_once(':') {
            Some(("data", list)) => list.parse().map(Self::Data),
            Some(("any", list)) => list.parse().map(Self::Any),
            Some(_) => Err(ParseError::new(input, "packets are counted as `data` or `any`", DROP)),
            None => input.parse().map(Self::Any),
        }
    }
}

impl fmt::Display for Drop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(positions) => write!(f, "data:{positions}"),
            Self::Any(positions) => write!(f, "any:{positions}"),
        }
    }
}

const DROP: &str = "data:7,12 or any:3-5";

/// A set of positions counted from 1: sorted ranges that neither overlap nor touch.
///
/// Reads `7,12-14`; prints the same, sorted and joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub struct Positions(Vec<RangeInclusive<u64>>);

impl Positions {
    /// The union of some ranges. `None` if one of them is empty or contains 0: the first packet is number 1.
    pub fn new(ranges: impl IntoIterator<Item = RangeInclusive<u64>>) -> Option<Self> {
        let mut ranges: Vec<_> = ranges.into_iter().collect();
        if ranges.iter().any(|range| range.is_empty() || *range.start() == 0) {
            return None;
        }
        ranges.sort_by_key(|range| *range.start());
        let mut joined: Vec<RangeInclusive<u64>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match joined.last_mut() {
                Some(last) if *range.start() <= last.end().saturating_add(1) => {
                    *last = *last.start()..=*last.end().max(range.end());
                }
                _ => joined.push(range),
            }
        }
        Some(Self(joined))
    }

    /// Whether the `k`-th is meant.
    pub fn contains(&self, k: u64) -> bool {
        let candidate = self.0.partition_point(|range| *range.end() < k);
        self.0.get(candidate).is_some_and(|range| range.contains(&k))
    }
}

impl FromStr for Positions {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        let ranges: Option<Vec<_>> = input.split(',').map(parse_range).collect();
        let ranges = ranges.ok_or_else(|| ParseError::new(input, "not a list of packet numbers", DROP))?;
        Self::new(ranges)
            .ok_or_else(|| ParseError::new(input, "packets count from 1 and ranges run upwards", DROP))
    }
}

/// `7` or `7-9`.
fn parse_range(word: &str) -> Option<RangeInclusive<u64>> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}

impl TryFrom<Vec<(u64, u64)>> for Positions {
    type Error = ParseError;

    fn try_from(pairs: Vec<(u64, u64)>) -> Result<Self, ParseError> {
        Self::new(pairs.into_iter().map(|(first, last)| first..=last)).ok_or_else(|| {
            ParseError::new("positions", "packets count from 1 and ranges run upwards", "[[7, 9]]")
        })
    }
}

impl From<Positions> for Vec<(u64, u64)> {
    fn from(positions: Positions) -> Self {
        positions.0.into_iter().map(RangeInclusive::into_inner).collect()
    }
}

impl fmt::Display for Positions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, range) in self.0.iter().enumerate() {
            let comma = if nth > 0 { "," } else { "" };
            match range.clone().into_inner() {
                (only, last) if only == last => write!(f, "{comma}{only}")?,
                (first, last) => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

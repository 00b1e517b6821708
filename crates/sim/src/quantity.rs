//! Quantities as people write them: `5%`, `10mbit`, `50ms`.

use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;
use core::time::Duration;

use serde::{Deserialize, Serialize};

/// A word that could not be read: says what was wrong with it and shows one that can be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{input}`: {problem}; write for example {example}")]
pub struct ParseError {
    input: String,
    problem: &'static str,
    example: &'static str,
}

impl ParseError {
    pub(crate) fn new(input: impl fmt::Display, problem: &'static str, example: &'static str) -> Self {
        Self { input: input.to_string(), problem, example }
    }
}

/// How likely something is: 0 (never) to 1 (always), by construction.
///
/// Reads `5%`, `0.05` or `1e-3`; prints percent where that reads back as the same number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Probability(f64);

impl Probability {
    /// It never happens.
    pub const NEVER: Self = Self(0.0);
    /// It always happens.
    pub const ALWAYS: Self = Self(1.0);

    /// `None` if the value isn't within 0 to 1.
    pub fn new(value: f64) -> Option<Self> {
        // Adding zero turns -0.0, which lies in the range, into 0.0.
        (0.0..=1.0).contains(&value).then_some(Self(value + 0.0))
    }

    /// The number, 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Whether this is [`NEVER`](Self::NEVER).
    pub fn is_never(self) -> bool {
        self.0 == 0.0
    }
}

const PROBABILITY: &str = "5% or 0.05";

impl FromStr for Probability {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        let (number, whole) = match input.trim().strip_suffix('%') {
            Some(percent) => (percent.trim(), 100.0),
            None => (input.trim(), 1.0),
        };
        let number: f64 =
            number.parse().map_err(|_| ParseError::new(input, "not a probability", PROBABILITY))?;
        Self::new(number / whole)
            .ok_or_else(|| ParseError::new(input, "a probability lies between 0% and 100%", PROBABILITY))
    }
}

impl TryFrom<f64> for Probability {
    type Error = ParseError;

    fn try_from(value: f64) -> Result<Self, ParseError> {
        Self::new(value).ok_or_else(|| ParseError::new(value, "a probability lies between 0 and 1", "0.05"))
    }
}

impl From<Probability> for f64 {
    fn from(probability: Probability) -> Self {
        probability.0
    }
}

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 0.07 x 100 is 7.000000000000001: round that away, unless it says something.
        let percent = (self.0 * 100.0 * 1e9).round() / 1e9;
        if percent / 100.0 == self.0 { write!(f, "{percent}%") } else { write!(f, "{}", self.0) }
    }
}

/// How fast a line sends: bits per second, never zero (for a dead line there is [`Blackout`]).
///
/// Reads `10mbit`, `1.5gbit`, `500kbit` or `8000bit`, in powers of 1000; prints the largest unit that is exact.
///
/// [`Blackout`]: crate::Blackout
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(NonZeroU64);

impl Rate {
    /// `None` if zero.
    pub fn from_bits_per_second(bits: u64) -> Option<Self> {
        NonZeroU64::new(bits).map(Self)
    }

    /// Bits per second.
    pub fn bits_per_second(self) -> u64 {
        self.0.get()
    }
}

const RATE: &str = "10mbit or 500kbit";
const RATE_UNITS: [(&str, u64); 4] =
    [("gbit", 1_000_000_000), ("mbit", 1_000_000), ("kbit", 1000), ("bit", 1)];

impl FromStr for Rate {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        let word = input.trim().to_ascii_lowercase();
        let (number, unit) = split_unit(&word, &RATE_UNITS)
            .ok_or_else(|| ParseError::new(input, "a rate needs a unit (bit, kbit, mbit, gbit)", RATE))?;
        let bits = scale(number, unit)
            .ok_or_else(|| ParseError::new(input, "not a number of bits per second", RATE))?;
        Self::from_bits_per_second(bits)
            .ok_or_else(|| ParseError::new(input, "nothing gets through a line of no bits per second", RATE))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.bits_per_second();
        let exact = RATE_UNITS.iter().find(|(_, unit)| bits.is_multiple_of(*unit));
        let (name, unit) = exact.copied().unwrap_or(("bit", 1));
        write!(f, "{}{name}", bits / unit)
    }
}

const DURATION: &str = "50ms or 1.5s";
/// Longer suffixes before those they end in.
const DURATION_UNITS: [(&str, u64); 6] =
    [("min", 60_000_000_000), ("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000)];

/// Reads a time such as `50ms`, `1.5s`, `200us`, `2min`; `0` needs no unit. Rounds to the nanosecond.
///
/// # Errors
/// No unit, not a number, negative, or longer than a `u64` of nanoseconds holds (584 years).
pub fn parse_duration(input: &str) -> Result<Duration, ParseError> {
    let word = input.trim();
    if word == "0" {
        return Ok(Duration::ZERO);
    }
    let (number, unit) = split_unit(word, &DURATION_UNITS)
        .ok_or_else(|| ParseError::new(input, "a time needs a unit (us, ms, s, min)", DURATION))?;
    let nanos =
        scale(number, unit).ok_or_else(|| ParseError::new(input, "not a length of time", DURATION))?;
    Ok(Duration::from_nanos(nanos))
}

/// Splits `10mbit` into `10` and what an mbit is worth.
fn split_unit<'a>(word: &'a str, units: &[(&str, u64)]) -> Option<(&'a str, u64)> {
    units.iter().find_map(|&(name, worth)| Some((word.strip_suffix(name)?.trim_end(), worth)))
}

/// `number` times `unit`, rounded; `None` if it isn't a number, is negative, or doesn't fit.
fn scale(number: &str, unit: u64) -> Option<u64> {
    // Whole numbers are exact however large; only fractions go through a float.
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(unit);
    }
    let scaled = (number.parse::<f64>().ok()? * unit as f64).round();
    (0.0..u64::MAX as f64).contains(&scaled).then_some(scaled as u64)
}

#[cfg(test)]
mod tests;

//! What can go wrong on a link. Every field is a promise already kept; nothing is left to validate.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::quantity::{ParseError, Probability, Rate, parse_duration};
use crate::script::Drop;

/// What is wrong with one direction of a link. The default is a perfect link: nothing lost, no delay.
///
/// A packet meets them in this order: blackout, size, script, burst, random loss; then corruption and
/// duplication; then the line (rate and queue); then the way (delay, jitter, reordering).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Each packet is lost with this probability, independently.
    pub loss: Probability,
    /// Loss in bursts, in addition to `loss`.
    pub burst: Option<Burst>,
    /// Packets dropped by number.
    pub drop: Vec<Drop>,
    /// Every packet takes at least this long from the line's end to its delivery.
    pub delay: Duration,
    /// Up to this much more, uniformly. Jitter alone keeps the order, like a queue of varying length: a
    /// packet that drew a shorter time waits for the one before it. Out of order is `reorder`'s business.
    pub jitter: Duration,
    /// Packets held back so that later ones overtake them.
    pub reorder: Reorder,
    /// A packet is delivered twice with this probability. The copy follows its original: the same bits, the
    /// same time on the way. It takes its own room on the line, and is the one left out if that is full.
    pub duplicate: Probability,
    /// One random bit of a packet is flipped with this probability.
    pub corrupt: Probability,
    /// The line sends one packet after the other at this rate; without it, any number at once.
    pub rate: Option<Rate>,
    /// Later rates of the line, in the order of their times. They mean nothing without `rate`.
    pub rate_changes: Vec<RateChange>,
    /// How many bytes may wait for the line; a packet that doesn't fit is dropped (tail drop). It means
    /// nothing without `rate`. By default, see [`queue_bytes`](Self::queue_bytes).
    pub queue: Option<usize>,
    /// A packet that finds more than this many bytes waiting for the line is marked, if it can be (see
    /// [`Packet::mark`](crate::Packet::mark)): an early sign of a queue that would overflow. It means nothing
    /// without `rate`. By default, none is.
    pub mark: Option<usize>,
    /// Packets of more bytes than this are lost without a word: a black hole for large ones.
    pub mtu: Option<usize>,
    /// Times in which whatever enters the link is lost. What is already under way arrives.
    pub blackout: Vec<Blackout>,
}

impl Faults {
    /// The least a default queue holds, however slow the line: 64 KiB.
    pub const MIN_DEFAULT_QUEUE: usize = 64 * 1024;
    /// The least a packet is held back by default: 5 ms.
    pub const MIN_DEFAULT_HOLD: Duration = Duration::from_millis(5);

    /// Whether nothing at all happens to a packet: it comes out as it went in, at once.
    pub fn is_perfect(&self) -> bool {
        let Self {
            loss, burst, drop, delay, jitter, reorder, duplicate, corrupt, rate, mtu, blackout, ..
        } = self;
        let chances = [*loss, reorder.probability, *duplicate, *corrupt];
        chances.into_iter().all(Probability::is_never)
            && delay.is_zero()
            && jitter.is_zero()
            && burst.is_none()
            && rate.is_none()
            && mtu.is_none()
            && drop.is_empty()
            && blackout.is_empty()
    }

    /// How long a reordered packet is held back: as `reorder` says, else twice the delay and at least
    /// [5 ms](Self::MIN_DEFAULT_HOLD).
    pub fn hold(&self) -> Duration {
        let default = self.delay.saturating_mul(2).max(Self::MIN_DEFAULT_HOLD);
        self.reorder.extra.unwrap_or(default)
    }

    /// How many bytes may wait for a line of this rate: as `queue` says, else what the line sends in 100 ms
    /// and at least [64 KiB](Self::MIN_DEFAULT_QUEUE).
    pub fn queue_bytes(&self, rate: Rate) -> usize {
        const BITS_PER_BYTE: u64 = 8;
        const PER_SECOND: u64 = 10; // 100 ms
        let default = usize::try_from(rate.bits_per_second() / BITS_PER_BYTE / PER_SECOND);
        self.queue.unwrap_or(default.unwrap_or(usize::MAX).max(Self::MIN_DEFAULT_QUEUE))
    }
}

/// From a time on the line has another rate. What waits then leaves at the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateChange {
    /// Since the run began.
    pub at: Duration,
    /// The rate from then on.
    pub rate: Rate,
}

/// Loss in bursts: the Gilbert-Elliott model. The link is good or bad; with each packet it may change first,
/// then, if bad, the packet may be lost. It begins good. A bad spell lasts `1/leave` packets on average.
///
/// Reads `1%,25%` (enter, leave; everything is lost while bad) or `1%,25%,50%` (enter, leave, loss).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    /// From good to bad, per packet.
    pub enter: Probability,
    /// From bad to good, per packet.
    pub leave: Probability,
    /// Loss while bad.
    pub loss: Probability,
}

impl FromStr for Burst {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        let words: Vec<_> = input.split(',').collect();
        let (enter, leave, loss) = match words[..] {
            [enter, leave] => (enter, leave, "100%"),
            [enter, leave, loss] => (enter, leave, loss),
            _ => return Err(ParseError::new(input, "a burst is enter,leave or enter,leave,loss", "1%,25%")),
        };
        Ok(Self { enter: enter.parse()?, leave: leave.parse()?, loss: loss.parse()? })
    }
}

impl fmt::Display for Burst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.enter, self.leave, self.loss)
    }
}

/// Reordering: with some probability a packet is held back, so that later ones overtake it.
///
/// Reads `10%` or `10%,30ms`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reorder {
    /// How likely a packet is held back.
    pub probability: Probability,
    /// For how long; by default, see [`Faults::hold`].
    pub extra: Option<Duration>,
}

impl FromStr for Reorder {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        match input.split_once(',') {
            None => Ok(Self { probability: input.parse()?, extra: None }),
            Some((probability, extra)) => {
                Ok(Self { probability: probability.parse()?, extra: Some(parse_duration(extra)?) })
            }
        }
    }
}

impl fmt::Display for Reorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.extra {
            None => write!(f, "{}", self.probability),
            Some(extra) => write!(f, "{},{extra:?}", self.probability),
        }
    }
}

/// A time in which the link is dead: from its start up to, and without, its end. Never empty.
///
/// Reads `2s..5s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Duration, Duration)", into = "(Duration, Duration)")]
pub struct Blackout {
    from: Duration,
    until: Duration,
}

const BLACKOUT: &str = "2s..5s";

impl Blackout {
    /// Times since the run began. `None` if it ends before it has begun.
    pub fn new(from: Duration, until: Duration) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// Whether the link is dead at this time.
    pub fn contains(&self, now: Duration) -> bool {
        (self.from..self.until).contains(&now)
    }
}

impl FromStr for Blackout {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        let (from, until) = input
            .split_once("..")
            .ok_or_else(|| ParseError::new(input, "a blackout is a start and an end", BLACKOUT))?;
        Self::new(parse_duration(from)?, parse_duration(until)?)
            .ok_or_else(|| ParseError::new(input, "a blackout ends after it began", BLACKOUT))
    }
}

impl TryFrom<(Duration, Duration)> for Blackout {
    type Error = ParseError;

    fn try_from((from, until): (Duration, Duration)) -> Result<Self, ParseError> {
        let shown = format_args!("{from:?}..{until:?}").to_string();
        Self::new(from, until)
            .ok_or_else(|| ParseError::new(shown, "a blackout ends after it began", BLACKOUT))
    }
}

impl From<Blackout> for (Duration, Duration) {
    fn from(blackout: Blackout) -> Self {
        (blackout.from, blackout.until)
    }
}

impl fmt::Display for Blackout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}..{:?}", self.from, self.until)
    }
}

#[cfg(test)]
mod tests;

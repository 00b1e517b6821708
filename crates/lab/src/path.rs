//! The path that all flows share: one line with a queue before it, and a clean way back.

use core::fmt;
use core::time::Duration;

use lucid_sim::{Blackout, Burst, Drop, Faults, Probability, Rate, RateChange, Reorder};

/// Bytes that IPv4 and UDP add to a segment: the line carries them, too.
pub const DATAGRAM_OVERHEAD: usize = 28;
/// Bytes of a segment's header without options.
const HEADER: u64 = 20;

/// How much may wait before the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Queue {
    /// So many bandwidth-delay products, and always at least four full datagrams.
    Bdp(f64),
    /// So many bytes.
    Bytes(usize),
}

/// The path that all flows share: a line of some rate with a queue before it, a delay behind it, and what goes wrong
/// there. The way back is as long, and clean.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The line's rate.
    pub rate: Rate,
    /// The round trip of a small packet that waits nowhere.
    pub rtt: Duration,
    /// The queue before the line.
    pub queue: Queue,
    /// What meets more than so many bandwidth-delay products in the queue is marked, if its sender speaks ECN.
    pub mark: Option<f64>,
    /// The payload of a full segment, in bytes.
    pub mss: u16,
    /// Each datagram is lost with this probability.
    pub loss: Probability,
    /// Datagrams lost in bursts.
    pub burst: Option<Burst>,
    /// Datagrams lost by number.
    pub drop: Vec<Drop>,
    /// Datagrams held back so that others overtake them.
    pub reorder: Reorder,
    /// What becomes of the rate later.
    pub rate_changes: Vec<RateChange>,
    /// Times in which all that enters is lost.
    pub blackout: Vec<Blackout>,
}

impl Path {
    /// What fits into Ethernet's 1500 bytes.
    const MSS: u16 = 1452;
    /// What fits into 9000 bytes: from 1 Gbit/s on, so that a cell costs seconds, not minutes.
    const JUMBO_MSS: u16 = 8952;

    /// A path without faults, with a queue of one bandwidth-delay product.
    #[must_use]
    pub fn new(rate: Rate, rtt: Duration) -> Self {
        let jumbo = rate.bits_per_second() >= 1_000_000_000;
        Self {
            rate,
            rtt,
            queue: Queue::Bdp(1.0),
            mark: None,
            mss: if jumbo { Self::JUMBO_MSS } else { Self::MSS },
            loss: Probability::NEVER,
            burst: None,
            drop: Vec::new(),
            reorder: Reorder::default(),
            rate_changes: Vec::new(),
            blackout: Vec::new(),
        }
    }

    /// A path as people write it, for the tables in this crate: megabits per second and milliseconds. A rate below
    /// 1 bit/s counts as that.
    #[must_use]
    pub fn of(mbit: f64, rtt_ms: u64) -> Self {
        let rate = Rate::from_bits_per_second((mbit * 1e6) as u64).or(Rate::from_bits_per_second(1));
        let rate = rate.unwrap_or_else(|| unreachable!("one is not zero"));
        Self::new(rate, Duration::from_millis(rtt_ms))
    }

    /// With a queue of so many bandwidth-delay products.
    #[must_use]
    pub fn queue(self, bdp: f64) -> Self {
        Self { queue: Queue::Bdp(bdp), ..self }
    }

    /// With random loss, in percent; what is no percentage counts as none.
    #[must_use]
    pub fn loss(self, percent: f64) -> Self {
        Self { loss: Probability::new(percent / 100.0).unwrap_or_default(), ..self }
    }

    /// Rate times round trip, in bytes on the line.
    #[must_use]
    pub fn bdp(&self) -> f64 {
        self.rate.bits_per_second() as f64 / 8.0 * self.rtt.as_secs_f64()
    }

    /// How many bytes may wait before the line.
    #[must_use]
    pub fn queue_bytes(&self) -> usize {
        match self.queue {
            Queue::Bytes(bytes) => bytes,
            Queue::Bdp(bdps) => ((self.bdp() * bdps) as usize).max(4 * self.datagram()),
        }
    }

    /// A full datagram, in bytes on the line.
    pub(crate) fn datagram(&self) -> usize {
        usize::from(self.mss) + HEADER as usize + DATAGRAM_OVERHEAD
    }

    /// The most payload that the line carries from the start until `until`, in bytes: full segments without
    /// options, one after the other.
    #[must_use]
    pub fn capacity(&self, until: Duration) -> f64 {
        let (mut from, mut rate, mut bits) = (Duration::ZERO, self.rate, 0.0);
        for change in self.rate_changes.iter().filter(|change| change.at < until) {
            bits += rate.bits_per_second() as f64 * (change.at - from).as_secs_f64();
            (from, rate) = (change.at, change.rate);
        }
        bits += rate.bits_per_second() as f64 * until.saturating_sub(from).as_secs_f64();
        bits / 8.0 * f64::from(self.mss) / self.datagram() as f64
    }

    /// The way there: everything that is wrong with the path.
    pub(crate) fn forward(&self) -> Faults {
        Faults {
            loss: self.loss,
            burst: self.burst,
            drop: self.drop.clone(),
            delay: self.rtt / 2,
            reorder: self.reorder,
            rate: Some(self.rate),
            rate_changes: self.rate_changes.clone(),
            queue: Some(self.queue_bytes()),
            mark: self.mark.map(|bdps| (self.bdp() * bdps) as usize),
            blackout: self.blackout.clone(),
            ..Faults::default()
        }
    }

    /// The way back: nothing but the delay.
    pub(crate) fn back(&self) -> Faults {
        Faults { delay: self.rtt - self.rtt / 2, ..Faults::default() }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.rate, self.rtt)
    }
}

#[cfg(test)]
mod tests;

//! What a story is made of: segments, lines that hold their value until the next point, and spans of time.
//!
//! Places in a sequence are relative: a direction's SYN is at 0, its first byte at 1.

use core::time::Duration;

use lucid_conn::engine::{Arrival, Cause, Time};
use lucid_wire::{Flags, SackBlocks};

/// A value that changes now and then: points in time at which it changed, the first of them its first value.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<T> {
    points: Vec<(Time, T)>,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { points: Vec::new() }
    }
}

impl<T: Copy + PartialEq> Line<T> {
    /// From `at` on it is `value`. Of several values at one time the last stays.
    pub fn set(&mut self, at: Time, value: T) {
        match self.points.last_mut() {
            Some((_, last)) if *last == value => {}
            Some((last_at, last)) if *last_at == at => *last = value,
            _ => self.points.push((at, value)),
        }
    }

    /// Since its last point it was in truth this.
    pub fn amend(&mut self, value: T) {
        let Some((at, _)) = self.points.pop() else { return };
        self.set(at, value);
    }

    /// The points.
    #[must_use]
    pub fn points(&self) -> &[(Time, T)] {
        &self.points
    }

    /// The value at a time; none before its first point.
    #[must_use]
    pub fn at(&self, time: Time) -> Option<T> {
        let behind = self.points.partition_point(|(at, _)| *at <= time);
        Some(self.points[behind.checked_sub(1)?].1)
    }

    /// The last value.
    #[must_use]
    pub fn last(&self) -> Option<T> {
        self.points.last().map(|(_, value)| *value)
    }

    /// The spans in which it holds one value; the last of them ends at `end`.
    pub fn spans(&self, end: Time) -> impl Iterator<Item = Span<T>> + '_ {
        let ends = self.points.iter().skip(1).map(|(at, _)| *at).chain([end]);
        self.points.iter().zip(ends).map(|(&(from, what), to)| Span { from, to: to.max(from), what })
    }
}

/// A stretch of time in which something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<T> {
    /// From.
    pub from: Time,
    /// To.
    pub to: Time,
    /// What holds.
    pub what: T,
}

impl<T> Span<T> {
    /// How much of it lies between two times.
    #[must_use]
    pub fn within(&self, from: Time, to: Time) -> Duration {
        self.to.min(to).saturating_since(self.from.max(from))
    }
}

/// What became of a segment that was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// Nobody knows.
    #[default]
    Unknown,
    /// It arrived, at this time by the clock of this story's endpoint: the peer's recording has it.
    Arrived(Time),
    /// It never arrived: the peer's recording doesn't have it.
    Lost,
    /// An acknowledgment, cumulative or selective, covered it at this time.
    Acknowledged(Time),
    /// What it carried was taken for lost, and sent again.
    TakenForLost,
}

impl Fate {
    /// Whether it was lost, as far as is known.
    #[must_use]
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Lost | Self::TakenForLost)
    }
}

/// What became of a segment that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reception {
    /// It had no text, or none that was looked at.
    Plain,
    /// Where its text stood in the sequence.
    Text(Arrival),
    /// It was dropped, for this reason.
    Discarded(Cause),
}

/// A segment of one direction, as the story's endpoint sent it or received it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// When.
    pub at: Time,
    /// The place of its first sequence number.
    pub start: u64,
    /// Payload bytes.
    pub bytes: u32,
    /// The control bits.
    pub flags: Flags,
    /// What it acknowledges: a place in the other direction. Meaningless without the ACK bit.
    pub ack: u64,
    /// SEG.WND, not scaled.
    pub window: u16,
    /// The blocks it reports, as on the wire.
    pub sack: SackBlocks,
    /// How many times its first byte had been sent before; zero in the direction that came in.
    pub retransmission: u32,
    /// Why it was sent; or, of one that came, [`Cause::SegmentArrived`].
    pub cause: Cause,
    /// Of one that was sent: what became of it.
    pub fate: Fate,
    /// Of one that came: what became of it.
    pub reception: Reception,
    /// What tells it from all others on its way, as far as anything in it can: both ends compute the same.
    pub identity: u64,
    /// Its event's place in the story's list, if that kept it.
    pub event: Option<u32>,
}

impl Segment {
    /// The place behind its last sequence number.
    #[must_use]
    pub fn end(&self) -> u64 {
        let takes_one = |flag| u64::from(self.flags.contains(flag));
        self.start + u64::from(self.bytes) + takes_one(Flags::SYN) + takes_one(Flags::FIN)
    }

    /// Whether it takes sequence space: it is sent again if it is lost.
    #[must_use]
    pub fn takes_space(&self) -> bool {
        self.end() > self.start
    }
}

/// A block that a receiver reported (SACK, RFC 2018).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sacked {
    /// When this endpoint told or heard it.
    pub at: Time,
    /// From this place.
    pub start: u64,
    /// To before this one.
    pub end: u64,
    /// It had arrived before (D-SACK, RFC 2883).
    pub twice: bool,
}

/// One direction of a connection: what goes, and what its receiver says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Direction {
    /// All segments, in their order.
    pub segments: Vec<Segment>,
    /// The place up to which all is acknowledged.
    pub acknowledged: Line<u64>,
    /// The right edge of the receiver's window.
    pub edge: Line<u64>,
    /// Blocks reported beyond a gap, or twice.
    pub sacked: Vec<Sacked>,
}

/// A measured round trip (RFC 6298).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTrip {
    /// When its acknowledgment came.
    pub at: Time,
    /// How long it took.
    pub sample: Duration,
    /// Its event's place in the story's list, if that kept it.
    pub event: Option<u32>,
}

/// What one end's buffers hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    /// Bytes written and not yet sent.
    pub unsent: u64,
    /// Bytes of sequence space sent and not acknowledged: FlightSize.
    pub in_flight: u64,
    /// Bytes received that wait behind a gap.
    pub waiting: u64,
    /// Bytes received and not yet read.
    pub unread: u64,
}

/// Which rule moves the congestion window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Slow start (RFC 5681 section 3.1).
    SlowStart,
    /// Congestion avoidance (RFC 5681 section 3.1).
    Avoidance,
    /// A loss is repaired that was found before the timer (RFC 5681 section 3.2, RFC 6675).
    FastRecovery,
    /// The retransmission timer expired, and what was out then is not acknowledged (RFC 6298 section 5).
    AfterTimeout,
    /// The window is lowered for a congestion mark (RFC 3168 section 6.1.2).
    Reduced,
}

impl Rule {
    /// It in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SlowStart => "slow start",
            Self::Avoidance => "avoidance",
            Self::FastRecovery => "fast recovery",
            Self::AfterTimeout => "after a timeout",
            Self::Reduced => "reduced for a mark",
        }
    }

    /// Whether something is repaired meanwhile.
    #[must_use]
    pub const fn is_recovery(self) -> bool {
        matches!(self, Self::FastRecovery | Self::AfterTimeout)
    }
}

#[cfg(test)]
mod tests;

//! Sequence numbers: 32 bits that wrap around (RFC 9293 section 3.4).

use core::fmt;
use core::ops::{Add, Sub};

/// A sequence number: a place on a circle of 2^32.
///
/// On a circle nothing is first, so this type has neither `Ord` nor `PartialOrd`: `<` would be right for hours
/// and wrong at the wrap. Ask [`is_before`](Self::is_before), [`is_after`](Self::is_after) or
/// [`distance_from`](Self::distance_from) instead, and only of numbers that lie within one window of each
/// other.
///
/// ```
/// # use lucid_wire::SeqNum;
/// let last = SeqNum::new(u32::MAX);
/// assert_eq!(last + 1, SeqNum::new(0));
/// assert!(last.is_before(last + 1));
/// ```
///
/// ```compile_fail,E0369
/// # use lucid_wire::SeqNum;
/// let _ = SeqNum::new(1) < SeqNum::new(2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct SeqNum(u32);

impl SeqNum {
    /// The sequence number with this value on the wire.
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The value on the wire.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// How many octets `self` lies behind `earlier`; negative if it lies ahead of it.
    ///
    /// This is the comparison modulo 2^32 of RFC 9293 section 3.4: the shorter way around the circle. Exactly
    /// half-way (2^31) both ways are equally long, and the answer is `i32::MIN`, whichever is asked.
    pub const fn distance_from(self, earlier: SeqNum) -> i32 {
        self.0.wrapping_sub(earlier.0).cast_signed()
    }

    /// Whether `self` comes before `other` on the shorter way around.
    ///
    /// Two numbers exactly 2^31 apart are each before *and* after the other. No window is that large
    /// (RFC 7323 section 2.3), so a connection never has to ask.
    pub const fn is_before(self, other: SeqNum) -> bool {
        self.distance_from(other) < 0
    }

    /// Whether `self` comes after `other`: the same as `other.is_before(self)`, half-way case included.
    pub const fn is_after(self, other: SeqNum) -> bool {
        other.is_before(self)
    }
}

impl Add<u32> for SeqNum {
    type Output = Self;

    fn add(self, octets: u32) -> Self {
        Self(self.0.wrapping_add(octets))
    }
}

impl Sub<u32> for SeqNum {
    type Output = Self;

    fn sub(self, octets: u32) -> Self {
        Self(self.0.wrapping_sub(octets))
    }
}

impl fmt::Display for SeqNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The sequence numbers from `start` up to, not including, `end`; the range may run across the wrap.
///
/// If both are equal the range is empty: a range of all 2^32 numbers can't be said, and never occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeqRange {
    /// The first number inside.
    pub start: SeqNum,
    /// The first number behind.
    pub end: SeqNum,
}

impl SeqRange {
    /// How many sequence numbers lie inside.
    pub const fn len(self) -> u32 {
        self.end.0.wrapping_sub(self.start.0)
    }

    /// Whether no sequence number lies inside.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `number` lies inside.
    pub const fn contains(self, number: SeqNum) -> bool {
        number.0.wrapping_sub(self.start.0) < self.len()
    }

    /// Whether some number lies inside both; an empty range meets nothing.
    pub const fn intersects(self, other: SeqRange) -> bool {
        let share_a_start = self.contains(other.start) || other.contains(self.start);
        share_a_start && !self.is_empty() && !other.is_empty()
    }
}

#[cfg(test)]
mod tests;

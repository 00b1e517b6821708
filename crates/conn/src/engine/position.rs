//! Sequence numbers inside the engine: 64 bits, so that they have an order.

use std::ops::{Add, AddAssign, Sub};

use lucid_wire::SeqNum;
use serde::{Deserialize, Serialize};

/// A place in one direction's sequence space: the low 32 bits are the number on the wire.
///
/// Numbers on the wire wrap and have no order; they are unwrapped once, at the door, against a place that we
/// know ([`Position::nearest`]). Inside, `<` means what it says. Counting begins at 2^32 + ISN, so that the
/// numbers before a connection's first have a place, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Position(u64);

impl Position {
    /// The place of a connection's first sequence number.
    pub(crate) const fn first(isn: SeqNum) -> Self {
        Self((1 << 32) + isn.get() as u64)
    }

    /// The place nearest to this one that has that number on the wire (RFC 9293 section 3.4).
    pub(crate) const fn nearest(self, number: SeqNum) -> Self {
        let distance = number.distance_from(self.number());
        Self(self.0.wrapping_add_signed(distance as i64))
    }

    /// The number on the wire.
    pub(crate) const fn number(self) -> SeqNum {
        SeqNum::new(self.0 as u32)
    }

    /// How far it is from an earlier place; 0 if that one is not earlier.
    pub(crate) const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Position {
    type Output = Self;

    fn add(self, distance: u64) -> Self {
        Self(self.0 + distance)
    }
}

impl AddAssign<u64> for Position {
    fn add_assign(&mut self, distance: u64) {
        self.0 += distance;
    }
}

impl Sub<u64> for Position {
    type Output = Self;

    /// Stops at the beginning of all numbers, far before any connection's first.
    fn sub(self, distance: u64) -> Self {
        Self(self.0.saturating_sub(distance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_unwrapped_to_the_nearest_place_on_either_side() {
        let last = Position::first(SeqNum::new(u32::MAX));
        let next = last + 1;
        assert_eq!(next.number(), SeqNum::new(0));
        assert_eq!(last.nearest(SeqNum::new(0)), next);
        assert_eq!(next.nearest(SeqNum::new(u32::MAX)), last);
        assert!(last < next);
    }

    #[test]
    fn numbers_before_the_first_have_a_place() {
        let first = Position::first(SeqNum::new(0));
        let before = first.nearest(SeqNum::new(u32::MAX));
        assert!(before < first);
        assert_eq!(first.since(before), 1);
        assert_eq!(before.since(first), 0);
    }
}

//! The clock behind our timestamps (RFC 7323 section 5.4).

use core::time::Duration;

use lucid_congestion::Time;

/// A clock of one tick each millisecond, with an offset of the connection's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimestampClock {
    offset: u32,
}

impl TimestampClock {
    /// A clock that shows `offset` when the run begins.
    pub(crate) fn new(offset: u32) -> Self {
        Self { offset }
    }

    /// TSval at that time.
    pub(crate) fn at(self, time: Time) -> u32 {
        self.offset.wrapping_add((time.as_nanos() / 1_000_000) as u32)
    }

    /// Whether `value` was shown before that time, by a tick at least.
    pub(crate) fn is_before(self, value: u32, time: Time) -> bool {
        (value.wrapping_sub(self.at(time)) as i32) < 0
    }

    /// How long ago `value` was shown, to a tick; at least one, since a clock can't tell less.
    pub(crate) fn since(self, now: Time, value: u32) -> Duration {
        let ticks = self.at(now).wrapping_sub(value) as i32;
        Duration::from_millis(u64::try_from(ticks).unwrap_or(0).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_wraps_and_keeps_its_order() {
        let clock = TimestampClock::new(u32::MAX - 4);
        let (early, late) = (Time::from_millis(3), Time::from_millis(10));
        assert!(clock.at(late) < clock.at(early), "it has wrapped");
        assert!(clock.is_before(clock.at(early), late));
        assert!(!clock.is_before(clock.at(late), late));
        assert_eq!(clock.since(late, clock.at(early)), Duration::from_millis(7));
        assert_eq!(clock.since(late, clock.at(late)), Duration::from_millis(1), "no clock can tell less");
    }
}

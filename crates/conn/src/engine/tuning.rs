//! How large the receive buffer is to be: so large that its window is never what limits a fast path.
//!
//! Dynamic right-sizing (Fisk and Feng, 2001): what the application reads in a round trip is what the path and the
//! application together can do; the window is to hold several times that, so that a sender may double its rate, and a
//! loss be repaired meanwhile.

use core::time::Duration;

use lucid_congestion::Time;

/// The buffer holds what is read in so many round trips: one is on its way, the next may bring twice as much (slow
/// start), and one goes by while a loss is repaired.
const ROUND_TRIPS: u64 = 4;

/// The measure of an application that reads.
#[derive(Debug)]
pub(crate) struct Tuning {
    /// The buffer never becomes larger.
    max: u64,
    /// Since when `read` counts.
    since: Time,
    read: u64,
    /// The round trip that the peer's timestamps showed in the last turn.
    round_trip: Option<Duration>,
    /// The shortest in this turn.
    shortest: Option<Duration>,
}

impl Tuning {
    /// Up to `max` bytes.
    pub(crate) fn new(max: u64, now: Time) -> Self {
        Self { max, since: now, read: 0, round_trip: None, shortest: None }
    }

    /// A segment with data echoes an ACK of ours that is so old.
    pub(crate) fn on_echo(&mut self, age: Duration) {
        self.shortest = Some(self.shortest.map_or(age, |shortest| shortest.min(age)));
    }

    /// The application has read so many bytes. Returns how large the buffer should be, once for each round trip;
    /// `measured` is the round trip of our own segments, for a peer without timestamps.
    pub(crate) fn on_read(&mut self, now: Time, bytes: u64, measured: Option<Duration>) -> Option<u64> {
        self.read += bytes;
        let round_trip = self.round_trip.or(self.shortest).or(measured)?;
        if now.saturating_since(self.since) < round_trip {
            return None;
        }
        let wanted = self.read.saturating_mul(ROUND_TRIPS).min(self.max);
        let round_trip = self.shortest.or(self.round_trip);
        *self = Self { round_trip, ..Self::new(self.max, now) };
        Some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    const fn at(millis: u64) -> Time {
        Time::from_millis(millis)
    }

    #[test]
    fn what_is_read_in_a_round_trip_counts_four_times() {
        let mut tuning = Tuning::new(1_000_000, at(0));
        assert_eq!(tuning.on_read(at(1), 1000, None), None, "of what length is not known");
        assert_eq!(tuning.on_read(at(9), 1000, Some(ms(10))), None);
        assert_eq!(tuning.on_read(at(10), 500, Some(ms(10))), Some(10_000));
        assert_eq!(tuning.on_read(at(19), 500, Some(ms(10))), None, "the next turn");
        assert_eq!(tuning.on_read(at(20), 1 << 40, Some(ms(10))), Some(1_000_000), "at most");
    }

    /// Our own segments may have gone long ago, on a path that was shorter.
    #[test]
    fn what_the_peer_echoes_is_believed_first() {
        let mut tuning = Tuning::new(1_000_000, at(0));
        tuning.on_echo(ms(80));
        tuning.on_echo(ms(50));
        assert_eq!(tuning.on_read(at(40), 1000, Some(ms(10))), None);
        assert_eq!(tuning.on_read(at(50), 1000, Some(ms(10))), Some(8000));
        tuning.on_echo(ms(90));
        assert_eq!(tuning.on_read(at(100), 1000, Some(ms(10))), Some(4000), "that of the turn before");
        assert_eq!(tuning.on_read(at(150), 1000, Some(ms(10))), None);
    }
}

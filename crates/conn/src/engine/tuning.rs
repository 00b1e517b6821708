//! How large the receive buffer is to be: so large that its window is never what limits a fast path.
//!
//! Dynamic right-sizing (Fisk and Feng, 2001), by what arrives in a round trip while the application keeps up: the window
//! is to hold several times that, so that a sender may double its rate, and a loss be repaired meanwhile. What waits behind
//! a gap counts as it comes: a repair takes a round trip or two, in which nothing can be read, and slow start goes on.

use core::time::Duration;

use lucid_congestion::Time;
use serde::{Deserialize, Serialize};

/// The buffer holds what arrives in so many round trips: one is on its way, the next may bring twice as much (slow
/// start), and one goes by while a loss is repaired.
const ROUND_TRIPS: u64 = 4;

/// Timestamps tell no time shorter than this.
const TICK: Duration = Duration::from_millis(1);

/// The measure of what arrives, and of an application that reads it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tuning {
    /// The buffer never becomes larger.
    max: u64,
    turn: Turn,
    /// The round trip that the peer's timestamps showed in the last turn.
    round_trip: Option<Duration>,
}

/// A round trip.
#[derive(Debug, Serialize, Deserialize)]
struct Turn {
    since: Time,
    arrived: u64,
    /// The application has read all that there was, once.
    read_all: bool,
    /// The shortest round trip that the peer's timestamps showed.
    shortest: Option<Duration>,
}

impl Turn {
    fn new(since: Time) -> Self {
        Self { since, arrived: 0, read_all: false, shortest: None }
    }
}

impl Tuning {
    /// Up to `max` bytes.
    pub(crate) fn new(max: u64, now: Time) -> Self {
        Self { max, turn: Turn::new(now), round_trip: None }
    }

    /// A segment with data echoes an ACK of ours that is so old.
    pub(crate) fn on_echo(&mut self, age: Duration) {
        let shortest = &mut self.turn.shortest;
        *shortest = Some(shortest.map_or(age, |shortest| shortest.min(age)));
    }

    /// So many bytes arrived that had not before, and are kept.
    pub(crate) fn on_arrived(&mut self, bytes: u64) {
        self.turn.arrived += bytes;
    }

    /// Nothing is left to read.
    pub(crate) fn on_all_read(&mut self) {
        self.turn.read_all = true;
    }

    /// Returns how large the buffer should be, once for each round trip in which the application kept up. `measured` is
    /// the shortest round trip of our own segments, for a peer without timestamps, or one that is so near that they can't
    /// tell.
    pub(crate) fn wanted(&mut self, now: Time, unread: u64, measured: Option<Duration>) -> Option<u64> {
        let turn = &self.turn;
        let round_trip = match (self.round_trip.or(turn.shortest), measured) {
            // So near a peer is not made to fill queues by what its own queue took.
            (_, Some(measured)) if measured < TICK => measured,
            (Some(echoed), _) => echoed,
            (None, measured) => measured?,
        };
        // What comes from a peer that is nearer than a tick comes in bursts: they even out over a tick.
        let passed = now.saturating_since(turn.since);
        if passed < round_trip.max(TICK) {
            return None;
        }
        let share = if round_trip < TICK { round_trip.as_secs_f64() / passed.as_secs_f64() } else { 1.0 };
        let wanted = ((turn.arrived.saturating_mul(ROUND_TRIPS) as f64 * share) as u64).min(self.max);
        // Behind a gap there may be nothing to read for the whole of it.
        let kept_up = turn.read_all || unread == 0;
        self.round_trip = turn.shortest.or(self.round_trip);
        self.turn = Turn::new(now);
        kept_up.then_some(wanted)
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
    fn what_arrives_in_a_round_trip_counts_four_times() {
        let mut tuning = Tuning::new(1_000_000, at(0));
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(1), 0, None), None, "of what length is not known");
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(9), 0, Some(ms(10))), None);
        tuning.on_arrived(500);
        assert_eq!(tuning.wanted(at(10), 0, Some(ms(10))), Some(10_000));
        tuning.on_arrived(500);
        assert_eq!(tuning.wanted(at(19), 0, Some(ms(10))), None, "the next turn");
        tuning.on_arrived(1 << 40);
        assert_eq!(tuning.wanted(at(20), 0, Some(ms(10))), Some(1_000_000), "at most");
    }

    /// A larger buffer would only fill, too.
    #[test]
    fn an_application_that_always_leaves_something_gets_no_more_room() {
        let mut tuning = Tuning::new(1_000_000, at(0));
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(10), 500, Some(ms(10))), None);
        tuning.on_arrived(1000);
        tuning.on_all_read();
        assert_eq!(tuning.wanted(at(20), 500, Some(ms(10))), Some(4000), "it had caught up meanwhile");
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(30), 0, Some(ms(10))), Some(4000), "all of it waits behind a gap");
    }

    /// A millisecond on loopback is twenty round trips.
    #[test]
    fn where_timestamps_tell_too_little_our_own_measure_counts() {
        let us = Duration::from_micros;
        let mut tuning = Tuning::new(1_000_000, at(0));
        tuning.on_echo(TICK);
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(0) + us(999), 0, Some(us(50))), None, "bursts even out");
        tuning.on_arrived(19_000);
        assert_eq!(tuning.wanted(at(1), 0, Some(us(50))), Some(4000));
    }

    /// Our own segments may have gone long ago, on a path that was shorter.
    #[test]
    fn what_the_peer_echoes_is_believed_first() {
        let mut tuning = Tuning::new(1_000_000, at(0));
        tuning.on_echo(ms(80));
        tuning.on_echo(ms(50));
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(40), 0, Some(ms(10))), None);
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(50), 0, Some(ms(10))), Some(8000));
        tuning.on_echo(ms(90));
        tuning.on_arrived(1000);
        assert_eq!(tuning.wanted(at(100), 0, Some(ms(10))), Some(4000), "that of the turn before");
        assert_eq!(tuning.wanted(at(150), 0, Some(ms(10))), None);
    }
}

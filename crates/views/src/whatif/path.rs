//! The path between two ends, as far as recordings show it.

use core::time::Duration;

use lucid_conn::engine::Time;

use crate::run::Story;
use crate::series::{Fate, Segment};

/// What UDP and IPv4 add to a segment, and what a header with timestamps takes.
const OVERHEAD: u64 = 28 + 32;
/// The highest rate is looked for among so many segments in a row.
const IN_A_ROW: usize = 16;

/// Where only acknowledgments tell, it is what was delivered in so many round trips.
const ROUND_TRIPS: u32 = 4;

/// One direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Way {
    /// How long a segment takes at least.
    pub(super) delay: Duration,
    /// Bytes a second, if a queue was seen.
    pub(super) rate: Option<f64>,
    /// When the line is free, and when the last segment arrives: none overtakes another.
    free_at: Time,
    last_arrival: Time,
}

impl Way {
    pub(super) fn new(delay: Duration) -> Self {
        Self { delay, rate: None, free_at: Time::ZERO, last_arrival: Time::ZERO }
    }

    /// What segments show of it that went, of which the recording of the other end says when they arrived.
    pub(super) fn measured(segments: &[Segment]) -> Option<Self> {
        let mut seen: Vec<_> = segments
            .iter()
            .filter_map(|segment| match segment.fate {
                Fate::Arrived(at) => {
                    Some((at, at.saturating_since(segment.at), u64::from(segment.bytes) + OVERHEAD))
                }
                _ => None,
            })
            .collect();
        let delay = seen.iter().map(|(_, took, _)| *took).min()?;
        seen.sort_by_key(|(at, ..)| *at);
        // Whatever took longer stood in a queue, or the path was slow just then.
        let longer = delay + delay / 16 + Duration::from_micros(100);
        let queued = seen.chunk_by(|_, next| next.1 > longer);
        let rates = queued.flat_map(|run| run.windows(IN_A_ROW)).map(|run| {
            let bytes: u64 = run[1..].iter().map(|(.., bytes)| bytes).sum();
            bytes as f64 / run[IN_A_ROW - 1].0.saturating_since(run[0].0).as_secs_f64()
        });
        let rate = rates.max_by(f64::total_cmp).filter(|rate| rate.is_finite());
        Some(Self { rate, ..Self::new(delay) })
    }

    /// A segment that went before arrives at this time.
    pub(super) fn is_busy_until(&mut self, arrival: Time) {
        self.last_arrival = self.last_arrival.max(arrival);
        let leaves = Time::ZERO + arrival.saturating_since(Time::ZERO + self.delay);
        self.free_at = self.free_at.max(leaves);
    }

    /// When segments arrive that went, as far as is known: those of which no one else says it.
    pub(super) fn arrivals(&mut self, segments: &[Segment]) -> Vec<Time> {
        let size = |segment: &Segment| segment.bytes as usize + OVERHEAD as usize;
        segments.iter().map(|segment| self.take(segment.at, size(segment))).collect()
    }

    /// When a segment of so many bytes arrives that goes now.
    pub(super) fn take(&mut self, now: Time, bytes: usize) -> Time {
        let takes = self.rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(bytes as f64 / rate));
        self.free_at = self.free_at.max(now) + takes;
        self.last_arrival = self.last_arrival.max(self.free_at + self.delay);
        self.last_arrival
    }
}

/// Half a round trip, where only one end is known: the shortest that was measured. If most took much longer (some do
/// because an acknowledgment was held back), there was a queue, and the most that was delivered is the rate.
pub(super) fn of_round_trips(story: &Story) -> Option<Way> {
    let mut trips: Vec<_> = story.round_trips.iter().map(|trip| trip.sample).collect();
    trips.sort_unstable();
    let (shortest, middle) = (*trips.first()?, trips[trips.len() / 2]);
    let mut way = Way::new(shortest / 2);
    if middle > shortest + shortest / 4 + Duration::from_millis(1) {
        let points = story.delivered.points();
        let rates = points.iter().filter_map(|&(at, all)| {
            let round_trip = story.smoothed_rtt.at(at)?;
            let since = Time::ZERO + at.saturating_since(Time::ZERO + ROUND_TRIPS * round_trip);
            // From one acknowledgment to another: what the first of them says came before.
            let (begin, before) = points[points.partition_point(|(when, _)| *when < since)];
            let took = at.saturating_since(begin);
            (took > round_trip).then(|| (all - before.min(all)) as f64 / took.as_secs_f64())
        });
        // Headers went over the line, too.
        let largest = story.outgoing.segments.iter().map(|segment| segment.bytes).max().unwrap_or(0).max(1);
        let whole = 1.0 + OVERHEAD as f64 / f64::from(largest);
        way.rate = rates.max_by(f64::total_cmp).filter(|rate| *rate > 0.0).map(|rate| rate * whole);
    }
    Some(way)
}

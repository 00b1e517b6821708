use lucid_congestion::{Stamp, Time};
use lucid_wire::SeqNum;
use proptest::prelude::*;

use super::*;
use crate::engine::in_flight::InFlight;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(u32::MAX - 50)) + at
}

/// Segments of these lengths.
fn queue(lens: &[u64]) -> VecDeque<Sent> {
    let mut in_flight = InFlight::default();
    let mut end = place(0);
    for &len in lens {
        let start = end;
        end += len;
        in_flight.push(start, end, Time::ZERO, Stamp::default());
    }
    in_flight.queue
}

proptest! {
    /// However unequal the segments are, and wherever the place is.
    #[test]
    fn what_is_found_is_what_any_search_finds(
        lens in proptest::collection::vec(prop_oneof![9 => Just(1000_u64), 1 => 1_u64..1000, 1 => 1_u64..5], 0..60),
        at in 0_u64..60_000,
    ) {
        let queue = queue(&lens);
        let at = place(at);
        let found = partition_near(&queue, at, |sent| sent.end <= at);
        prop_assert_eq!(found, queue.partition_point(|sent| sent.end <= at));
        let found = partition_near(&queue, at, |sent| sent.start < at);
        prop_assert_eq!(found, queue.partition_point(|sent| sent.start < at));
    }
}

/// What a look-up costs doesn't grow with the queue.
#[test]
fn equal_segments_are_found_at_once() {
    let queue = queue(&[1448; 10_000]);
    for segment in [0, 1, 2, 5_000, 9_998, 9_999] {
        let mut looks = std::cell::Cell::new(0);
        let place = place(1448 * segment);
        let found = partition_near(&queue, place, |sent| {
            looks.set(looks.get() + 1);
            sent.start < place
        });
        assert_eq!(found as u64, segment);
        assert!(*looks.get_mut() <= 2, "{looks:?} looks for segment {segment}");
    }
}

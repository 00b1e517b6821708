//! Where a place lies among segments side by side.

use std::collections::VecDeque;

use super::Sent;
use crate::engine::position::Position;

/// How many segments at the front of the queue are before something that lies around `place`.
///
/// The search begins where the place would be if all segments were equally long, which they nearly are, and widens from
/// there: what it costs follows from how far off that is, not from how long the queue is.
pub(super) fn partition_near(
    queue: &VecDeque<Sent>,
    place: Position,
    is_before: impl Fn(&Sent) -> bool,
) -> usize {
    let (Some(front), Some(back)) = (queue.front(), queue.back()) else { return 0 };
    // All before `low` are before it, and none from `high` on is.
    let (mut low, mut high) = (0, queue.len());
    let places = back.end.since(front.start).max(1);
    let offset = place.since(front.start).min(places);
    let guess = usize::try_from(offset * queue.len() as u64 / places).unwrap_or(high);
    let mut probe = guess.min(high - 1);
    let mut step = 1;
    while low < high {
        if is_before(&queue[probe]) {
            low = probe + 1;
        } else {
            high = probe;
        }
        probe = if high == queue.len() {
            (low + step).min(high) - 1
        } else if low == 0 {
            high.saturating_sub(step)
        } else {
            low + (high - low) / 2
        };
        step *= 2;
    }
    low
}

#[cfg(test)]
mod tests;

//! Two recordings of one run: their clocks brought together, and each segment found again at the other end.

use std::collections::HashMap;

use lucid_conn::engine::Time;

use crate::run::{Run, Story};
use crate::series::Fate;

/// A connection that both recordings have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Its story in the first run.
    pub one: usize,
    /// Its story in the second.
    pub other: usize,
    /// How far the second endpoint's clock is ahead of the first's, in nanoseconds.
    ///
    /// From the segments alone: the shortest way there and the shortest way back are taken to be equally long, as NTP does.
    pub ahead: i64,
}

/// Finds the connections that both runs have, and tells what became of each segment: [`Fate::Arrived`], or [`Fate::Lost`].
pub fn meet(one: &mut Run, other: &mut Run) -> Vec<Meeting> {
    let mut meetings = Vec::new();
    for (first, story) in one.stories.iter_mut().enumerate() {
        let its = other.stories.iter_mut().enumerate().find(|(_, peer)| is_other_end(story, peer));
        let Some((second, peer)) = its else { continue };
        let Some(ahead) = clocks(story, peer) else { continue };
        find_again(story, peer, ahead, other.ended_at);
        find_again(peer, story, -ahead, one.ended_at);
        meetings.push(Meeting { one: first, other: second, ahead });
    }
    meetings
}

/// By ports and first sequence numbers. UDP addresses may differ: a NAT may stand between.
fn is_other_end(one: &Story, other: &Story) -> bool {
    let ports = (one.local_port, one.remote_port) == (other.remote_port, other.local_port);
    ports && one.isns.0.is_some() && one.isns == (other.isns.1, other.isns.0)
}

/// How far the other's clock is ahead; none if no segment of either is with the other.
fn clocks(one: &Story, other: &Story) -> Option<i64> {
    match (shortest(one, other), shortest(other, one)) {
        (Some(there), Some(back)) => Some((there - back) / 2),
        (Some(only), None) => Some(only),
        (None, Some(only)) => Some(-only),
        (None, None) => None,
    }
}

/// The shortest difference between when a segment arrived and when it left, each by its end's clock. Only segments that
/// can't be confused with another count.
fn shortest(from: &Story, to: &Story) -> Option<i64> {
    let mut left: HashMap<u64, Option<Time>> = HashMap::new();
    for segment in &from.outgoing.segments {
        left.entry(segment.identity).and_modify(|at| *at = None).or_insert(Some(segment.at));
    }
    let arrived = to.arrivals.iter();
    arrived.filter_map(|(at, identity)| Some(nanos(*at) - nanos((*left.get(identity)?)?))).min()
}

/// Gives each arrival at `to` to the segment of `from` that it must have been: of those that are alike, the last that had
/// left by then. What remains is lost, if the other endpoint was there to receive it.
fn find_again(from: &mut Story, to: &Story, ahead: i64, to_ended_at: Time) {
    let mut alike: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, segment) in from.outgoing.segments.iter().enumerate() {
        alike.entry(segment.identity).or_default().push(index);
    }
    for (at, identity) in &to.arrivals {
        let Some(candidates) = alike.get_mut(identity) else { continue };
        let by_then = nanos(*at) - ahead;
        let last = candidates.iter().rposition(|index| nanos(from.outgoing.segments[*index].at) <= by_then);
        if let Some(last) = last {
            let index = candidates.remove(last);
            from.outgoing.segments[index].fate = Fate::Arrived(moved(*at, -ahead));
        }
    }
    let missing = alike.into_values().flatten();
    for index in missing {
        let segment = &mut from.outgoing.segments[index];
        let was_there = nanos(segment.at) + ahead < nanos(to_ended_at);
        segment.fate = if was_there { Fate::Lost } else { Fate::Unknown };
    }
}

fn nanos(time: Time) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

/// A time by a clock that is so far ahead.
fn moved(time: Time, by: i64) -> Time {
    Time::from_nanos(time.as_nanos().saturating_add_signed(by))
}

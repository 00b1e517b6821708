//! What was sent and is not acknowledged: the retransmission queue and scoreboard, without the bytes.

mod search;

use core::time::Duration;
use std::collections::{BTreeSet, VecDeque};

use lucid_congestion::{Stamp, Time};

use super::position::Position;
use search::partition_near;
use serde::{Deserialize, Serialize};

/// What is known of a segment that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing: it may be in the network.
    Unknown,
    /// It was found lost, and not sent again since.
    Lost,
    /// The peer has it, and says so with SACK. It may still let go of it (RFC 2018 section 8).
    Arrived,
}

/// One segment that was sent and is not (wholly) acknowledged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sent {
    /// Its first place. A SYN or FIN takes one place of its own.
    pub(crate) start: Position,
    /// The place behind its last.
    pub(crate) end: Position,
    /// When it was first sent.
    pub(crate) first_at: Time,
    /// When it was last sent.
    pub(crate) last_at: Time,
    /// The how-manieth sending of all that was: later sendings have larger numbers, within an instant, too.
    pub(crate) order: u64,
    /// How many times it was sent again.
    pub(crate) retransmissions: u32,
    /// What is known of it.
    pub(crate) fate: Fate,
    /// The connection's state when it was last sent.
    pub(crate) stamp: Stamp,
    /// If it has arrived: up to here all that follows has, too. What the peer reports again is passed over by it.
    pub(crate) arrived_until: Position,
}

impl Sent {
    pub(crate) fn len(&self) -> u64 {
        self.end.since(self.start)
    }
}

/// What an acknowledgment of new data took off the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Acked {
    /// Places newly acknowledged.
    pub(crate) places: u64,
    /// Those of them that SACK had not reported before.
    pub(crate) delivered: u64,
    /// The round trip of the last segment that it covers and that had not arrived before, unless one of them was sent
    /// twice: then no one knows which copy is meant (Karn's rule, RFC 6298 section 3; MUST-18).
    pub(crate) rtt: Option<Duration>,
    /// It covers a segment that was sent only once: the back-off has done its work (RFC 8961 section 4 (4)).
    pub(crate) fresh: bool,
}

/// All segments between SND.UNA and SND.NXT, in order, side by side.
///
/// What an acknowledgment costs follows from what it reports, not from how much is outstanding.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct InFlight {
    #[serde(skip)]
    queue: VecDeque<Sent>,
    /// The ends of those that are lost.
    #[serde(skip)]
    lost_ends: BTreeSet<Position>,
    /// Places that are lost.
    lost: u64,
    /// Places that have arrived, and how many segments they are.
    arrived: u64,
    arrived_segments: usize,
    /// Places that have arrived as duplicate ACKs count them, from a peer that can't name them.
    assumed: u64,
    /// All sendings in their order: the segment's end and the sending's number. An entry holds only as long as its
    /// segment was not sent again and nothing is known of it.
    #[serde(skip)]
    by_time: VecDeque<(Position, u64)>,
    /// How many sendings there were.
    sendings: u64,
}

impl InFlight {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many segments.
    pub(crate) fn segments(&self) -> usize {
        self.queue.len()
    }

    /// How many of them have arrived.
    pub(crate) fn arrived_segments(&self) -> usize {
        self.arrived_segments
    }

    /// Places that have arrived.
    pub(crate) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Places that are lost.
    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    /// FlightSize: all that is outstanding, lost or not (RFC 5681 section 2).
    pub(crate) fn flight_size(&self) -> u64 {
        match (self.queue.front(), self.queue.back()) {
            (Some(front), Some(back)) => back.end.since(front.start),
            _ => 0,
        }
    }

    /// What is still thought to be in the network: FlightSize without what is lost and what has arrived (RFC 6675
    /// section 4, with a segment sent again counted once).
    pub(crate) fn pipe(&self) -> u64 {
        let unknown = self.flight_size() - self.lost - self.arrived;
        unknown - self.assumed.min(unknown)
    }

    /// A duplicate ACK says that so many places have arrived.
    pub(crate) fn assume_arrived(&mut self, places: u64) {
        self.assumed = self.flight_size().min(self.assumed + places);
    }

    /// What duplicate ACKs said no longer counts: everything sent before them is acknowledged.
    pub(crate) fn forget_assumed(&mut self) {
        self.assumed = 0;
    }

    /// The segments, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Sent> {
        self.queue.iter()
    }

    /// A segment with new places was sent.
    pub(crate) fn push(&mut self, start: Position, end: Position, now: Time, stamp: Stamp) {
        debug_assert!(self.queue.back().is_none_or(|back| back.end == start), "segments lie side by side");
        let order = self.next_sending(end);
        self.queue.push_back(Sent {
            start,
            end,
            first_at: now,
            last_at: now,
            order,
            retransmissions: 0,
            fate: Fate::Unknown,
            stamp,
            arrived_until: end,
        });
    }

    /// The segment that ends here is being sent: the number of this sending.
    fn next_sending(&mut self, end: Position) -> u64 {
        self.sendings += 1;
        self.by_time.push_back((end, self.sendings));
        self.sendings
    }

    /// Everything before `una` was acknowledged. `arrive` sees each segment that had not arrived before (MUST-18).
    pub(crate) fn acknowledge(&mut self, una: Position, now: Time, mut arrive: impl FnMut(&Sent)) -> Acked {
        let before = self.flight_size();
        let first_len = self.queue.front().map_or(0, Sent::len);
        let arrived_before = self.arrived;
        let mut last_rtt = None;
        let mut ambiguous = false;
        let mut fresh = false;
        while let Some(front) = self.queue.front().copied() {
            if front.start >= una {
                break;
            }
            ambiguous |= front.retransmissions > 0;
            if front.end > una {
                self.shorten_front(una);
                break;
            }
            self.queue.pop_front();
            self.forget_fate(&front);
            if front.fate != Fate::Arrived {
                fresh |= front.retransmissions == 0;
                last_rtt = Some(now - front.last_at);
                arrive(&front);
            }
        }
        self.drop_stale_times();
        let places = before - self.flight_size();
        // What is acknowledged now had arrived, but for the segment that filled the gap.
        let filled = places.min(first_len);
        self.assumed = self.assumed.saturating_sub(places - filled).min(self.flight_size());
        let delivered = places - (arrived_before - self.arrived);
        Acked { places, delivered, rtt: last_rtt.filter(|_| !ambiguous), fresh }
    }

    /// The first segment begins at `una` now.
    fn shorten_front(&mut self, una: Position) {
        let Some(front) = self.queue.front_mut() else { return };
        let gone = una.since(front.start);
        front.start = una;
        match front.fate {
            Fate::Unknown => {}
            Fate::Lost => self.lost -= gone,
            Fate::Arrived => self.arrived -= gone,
        }
    }

    /// A segment's fate no longer counts.
    fn forget_fate(&mut self, sent: &Sent) {
        match sent.fate {
            Fate::Unknown => {}
            Fate::Lost => {
                self.lost -= sent.len();
                self.lost_ends.remove(&sent.end);
            }
            Fate::Arrived => {
                self.arrived -= sent.len();
                self.arrived_segments -= 1;
            }
        }
    }

    /// The peer reports that it has `start..end` (RFC 2018). Only whole segments count, so that what is kept is bounded by
    /// how many there are. `arrive` sees each that had not arrived before. Returns how many places are news.
    pub(crate) fn selectively_acknowledge(
        &mut self,
        start: Position,
        end: Position,
        mut arrive: impl FnMut(&Sent),
    ) -> u64 {
        let mut index = partition_near(&self.queue, start, |sent| sent.start < start);
        let behind = partition_near(&self.queue, end, |sent| sent.end <= end);
        let Some(end) = behind.checked_sub(1).and_then(|last| self.queue.get(last)).map(|last| last.end)
        else {
            return 0;
        };
        let before = self.arrived;
        while let Some(sent) = self.queue.get_mut(index).filter(|_| index < behind) {
            if sent.fate == Fate::Arrived {
                let known = sent.arrived_until;
                sent.arrived_until = known.max(end);
                index = partition_near(&self.queue, known, |sent| sent.end <= known);
                continue;
            }
            sent.arrived_until = end;
            arrive(sent);
            self.set_fate(index, Fate::Arrived);
            index += 1;
        }
        self.drop_stale_times();
        self.arrived - before
    }

    fn set_fate(&mut self, index: usize, fate: Fate) {
        let Some(sent) = self.queue.get(index).copied().filter(|sent| sent.fate != fate) else { return };
        self.forget_fate(&sent);
        match fate {
            Fate::Unknown => {}
            Fate::Lost => {
                self.lost += sent.len();
                self.lost_ends.insert(sent.end);
            }
            Fate::Arrived => {
                self.arrived += sent.len();
                self.arrived_segments += 1;
            }
        }
        self.queue[index].fate = fate;
    }

    /// The oldest segment is lost, unless it has arrived.
    pub(crate) fn mark_front_lost(&mut self) {
        if self.queue.front().is_some_and(|front| front.fate == Fate::Unknown) {
            self.set_fate(0, Fate::Lost);
            self.drop_stale_times();
        }
    }

    /// The newest is: it is to be sent again.
    pub(crate) fn mark_back_lost(&mut self) {
        if self.queue.back().is_some_and(|back| back.fate == Fate::Unknown) {
            self.set_fate(self.queue.len() - 1, Fate::Lost);
            self.drop_stale_times();
        }
    }

    /// The segment that ends here never left, if it was sent only once and nothing is known of it. Returns what it was.
    pub(crate) fn mark_lost(&mut self, end: Position) -> Option<Sent> {
        let index = self.index_of(end)?;
        let sent = self.queue.get(index).copied()?;
        if sent.fate != Fate::Unknown || sent.retransmissions > 0 {
            return None;
        }
        self.set_fate(index, Fate::Lost);
        self.drop_stale_times();
        Some(sent)
    }

    /// What ends here may have been sent more than once: it was, or it is no longer known.
    pub(crate) fn may_have_gone_twice(&self, end: Position) -> bool {
        self.index_of(end).and_then(|index| self.queue.get(index)).is_none_or(|sent| sent.retransmissions > 0)
    }

    /// The segment sent longest ago of which nothing is known.
    pub(crate) fn oldest_sending(&self) -> Option<&Sent> {
        let &(end, order) = self.by_time.front()?;
        self.sending(end, order)
    }

    /// It is lost. Returns what it was.
    pub(crate) fn mark_oldest_sending_lost(&mut self) -> Option<Sent> {
        let &(end, _) = self.by_time.front()?;
        let index = self.index_of(end)?;
        self.set_fate(index, Fate::Lost);
        self.drop_stale_times();
        self.queue.get(index).copied()
    }

    /// The segment of an entry in `by_time`, if the entry still holds.
    fn sending(&self, end: Position, order: u64) -> Option<&Sent> {
        let sent = self.queue.get(self.index_of(end)?)?;
        (sent.order == order && sent.fate == Fate::Unknown).then_some(sent)
    }

    fn index_of(&self, end: Position) -> Option<usize> {
        let index = partition_near(&self.queue, end - 1, |sent| sent.end < end);
        self.queue.get(index).is_some_and(|sent| sent.end == end).then_some(index)
    }

    fn drop_stale_times(&mut self) {
        while let Some(&(end, order)) = self.by_time.front() {
            // Mostly it was acknowledged, and needs no looking for.
            let is_behind = self.queue.front().is_none_or(|front| end <= front.start);
            if !is_behind && self.sending(end, order).is_some() {
                break;
            }
            self.by_time.pop_front();
        }
    }

    /// All that has not arrived is lost: what a retransmission timeout concludes without SACK (RFC 5681 section 3.1).
    /// Neighbours that fit into `full` places become one: otherwise a peer whose window opened byte by byte could have
    /// all of it sent again in segments of a byte.
    pub(crate) fn mark_all_lost(&mut self, full: u64) {
        let mut merged: VecDeque<Sent> = VecDeque::with_capacity(self.queue.len());
        for sent in self.queue.drain(..) {
            match merged.back_mut() {
                Some(last)
                    if sent.end.since(last.start) <= full
                        && sent.fate != Fate::Arrived
                        && last.fate != Fate::Arrived =>
                {
                    last.end = sent.end;
                    last.last_at = last.last_at.max(sent.last_at);
                    last.order = last.order.max(sent.order);
                    last.retransmissions = last.retransmissions.max(sent.retransmissions);
                }
                _ => {
                    let fate = if sent.fate == Fate::Arrived { Fate::Arrived } else { Fate::Lost };
                    merged.push_back(Sent { fate, ..sent });
                }
            }
        }
        self.queue = merged;
        self.lost = self.flight_size() - self.arrived;
        self.lost_ends =
            self.queue.iter().filter(|sent| sent.fate == Fate::Lost).map(|sent| sent.end).collect();
        self.by_time.clear();
    }

    /// What was found lost was not: it may still arrive.
    pub(crate) fn unmark_lost(&mut self) {
        for index in 0..self.queue.len() {
            if self.queue[index].fate == Fate::Lost {
                self.set_fate(index, Fate::Unknown);
            }
        }
        let known = self.queue.iter().filter(|sent| sent.fate == Fate::Unknown);
        let mut by_time: Vec<_> = known.map(|sent| (sent.end, sent.order)).collect();
        by_time.sort_unstable_by_key(|&(_, order)| order);
        self.by_time = by_time.into();
    }

    /// The peer reports the front as arrived and doesn't acknowledge it: it has let go of it (RFC 2018 section 8). Nothing
    /// that it reported counts any more.
    pub(crate) fn forget_reports_if_reneged(&mut self) -> bool {
        if self.queue.front().is_none_or(|front| front.fate != Fate::Arrived) {
            return false;
        }
        for index in 0..self.queue.len() {
            if self.queue[index].fate == Fate::Arrived {
                self.set_fate(index, Fate::Lost);
            }
        }
        true
    }

    /// The oldest lost segment.
    pub(crate) fn first_lost(&self) -> Option<&Sent> {
        self.queue.get(self.index_of(*self.lost_ends.first()?)?)
    }

    /// The first lost segment is sent again, or as much of it as ends at `end`; the rest stays lost.
    /// Returns how many times it had been sent before.
    pub(crate) fn resend_first_lost(&mut self, end: Position, now: Time, stamp: Stamp) -> u32 {
        let Some(index) = self.lost_ends.first().and_then(|&end| self.index_of(end)) else { return 0 };
        let sent = self.queue[index];
        if end < sent.end {
            self.queue.insert(index + 1, Sent { start: end, ..sent });
            self.queue[index].end = end;
            self.lost_ends.insert(end);
        }
        self.set_fate(index, Fate::Unknown);
        let order = self.next_sending(self.queue[index].end);
        let sent = &mut self.queue[index];
        sent.last_at = now;
        sent.order = order;
        sent.retransmissions += 1;
        sent.stamp = stamp;
        sent.retransmissions
    }
}

#[cfg(test)]
mod tests;

//! What was sent and is not acknowledged: the retransmission queue, without the bytes.

use core::time::Duration;
use std::collections::VecDeque;

use lucid_congestion::Time;

use super::position::Position;

/// One segment that was sent and is not (wholly) acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Its first place. A SYN or FIN takes one place of its own.
    pub(crate) start: Position,
    /// The place behind its last.
    pub(crate) end: Position,
    /// When it was first sent.
    pub(crate) first_at: Time,
    /// When it was last sent.
    pub(crate) last_at: Time,
    /// How many times it was sent again.
    pub(crate) retransmissions: u32,
    /// It was found lost, and not sent again since.
    pub(crate) lost: bool,
}

impl Sent {
    fn len(&self) -> u64 {
        self.end.since(self.start)
    }
}

/// What an acknowledgment of new data took off the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Acked {
    /// Places newly acknowledged.
    pub(crate) places: u64,
    /// The round trip of the last segment that it covers, unless one of them was sent twice: then no one
    /// knows which copy is meant (Karn's rule, RFC 6298 section 3).
    pub(crate) rtt: Option<Duration>,
    /// It covers a segment that was sent only once: the back-off has done its work (RFC 8961 section 4 (4)).
    pub(crate) fresh: bool,
}

/// All segments between SND.UNA and SND.NXT, in order, side by side.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    queue: VecDeque<Sent>,
    /// Places in the queue that are marked lost.
    lost: u64,
}

impl InFlight {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many segments.
    pub(crate) fn segments(&self) -> usize {
        self.queue.len()
    }

    /// FlightSize: all that is outstanding, lost or not (RFC 5681 section 2).
    pub(crate) fn flight_size(&self) -> u64 {
        match (self.queue.front(), self.queue.back()) {
            (Some(front), Some(back)) => back.end.since(front.start),
            _ => 0,
        }
    }

    /// What is still thought to be in the network: FlightSize without what is lost.
    pub(crate) fn pipe(&self) -> u64 {
        self.flight_size() - self.lost
    }

    /// The segments, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Sent> {
        self.queue.iter()
    }

    /// A segment with new places was sent.
    pub(crate) fn push(&mut self, start: Position, end: Position, now: Time) {
        debug_assert!(self.queue.back().is_none_or(|back| back.end == start), "segments lie side by side");
        self.queue.push_back(Sent {
            start,
            end,
            first_at: now,
            last_at: now,
            retransmissions: 0,
            lost: false,
        });
    }

    /// Everything before `una` was acknowledged.
    pub(crate) fn acknowledge(&mut self, una: Position, now: Time) -> Acked {
        let before = self.flight_size();
        let mut last_rtt = None;
        let mut ambiguous = false;
        let mut fresh = false;
        while let Some(front) = self.queue.front_mut() {
            if front.start >= una {
                break;
            }
            ambiguous |= front.retransmissions > 0;
            if front.end > una {
                if front.lost {
                    self.lost -= una.since(front.start);
                }
                front.start = una;
                break;
            }
            fresh |= front.retransmissions == 0;
            last_rtt = Some(now - front.last_at);
            self.lost -= if front.lost { front.len() } else { 0 };
            self.queue.pop_front();
        }
        Acked { places: before - self.flight_size(), rtt: last_rtt.filter(|_| !ambiguous), fresh }
    }

    /// The oldest segment is lost.
    pub(crate) fn mark_front_lost(&mut self) {
        if let Some(front) = self.queue.front_mut().filter(|front| !front.lost) {
            front.lost = true;
            self.lost += front.len();
        }
    }

    /// All of them are: what a retransmission timeout concludes without SACK (RFC 5681 section 3.1). Neighbours
    /// that fit into `full` places become one: otherwise a peer whose window opened byte by byte could have all
    /// of it sent again in segments of a byte.
    pub(crate) fn mark_all_lost(&mut self, full: u64) {
        let mut merged: VecDeque<Sent> = VecDeque::with_capacity(self.queue.len());
        for sent in self.queue.drain(..) {
            match merged.back_mut() {
                Some(last) if sent.end.since(last.start) <= full => {
                    last.end = sent.end;
                    last.last_at = last.last_at.max(sent.last_at);
                    last.retransmissions = last.retransmissions.max(sent.retransmissions);
                }
                _ => merged.push_back(Sent { lost: true, ..sent }),
            }
        }
        self.queue = merged;
        self.lost = self.flight_size();
    }

    /// The oldest lost segment.
    pub(crate) fn first_lost(&self) -> Option<&Sent> {
        if self.lost == 0 { None } else { self.queue.iter().find(|sent| sent.lost) }
    }

    /// The first lost segment is sent again, or as much of it as ends at `end`; the rest stays lost.
    /// Returns how many times it had been sent before.
    pub(crate) fn resend_first_lost(&mut self, end: Position, now: Time) -> u32 {
        let Some(index) = self.queue.iter().position(|sent| sent.lost) else { return 0 };
        let sent = &mut self.queue[index];
        let rest = Sent { start: end, ..*sent };
        sent.end = sent.end.min(end);
        sent.lost = false;
        sent.last_at = now;
        sent.retransmissions += 1;
        self.lost -= sent.len();
        let count = sent.retransmissions;
        if rest.end > rest.start {
            self.queue.insert(index + 1, rest);
        }
        count
    }
}

#[cfg(test)]
mod tests;

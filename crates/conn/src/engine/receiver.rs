//! The receiving half: RCV.NXT, RCV.WND, and what waits for the application.
//!
//! ```text
//!                        RCV.NXT             RCV.NXT + RCV.WND
//!   -----------|------------|-----------------------|-----------
//!      read       ready       reassembler (gaps)        refused
//! ```

use std::collections::VecDeque;

use bytes::Bytes;
use lucid_wire::SeqNum;

use super::event::Arrival;
use super::position::Position;
use super::reassembler::Reassembler;

/// The largest window that the header's 16 bits can offer.
const MAX_WINDOW: u64 = 65535;

/// The receiving half of a connection.
#[derive(Debug)]
pub(crate) struct Receiver {
    nxt: Position,
    /// The right edge offered so far: it never moves to the left (SHLD-14).
    edge: Position,
    capacity: u64,
    /// What a full segment of the peer's carries, for silly-window avoidance.
    mss: u64,
    ready: VecDeque<Bytes>,
    ready_bytes: u64,
    reassembler: Reassembler,
    /// The place of the peer's FIN, once a segment has brought it.
    fin: Option<Position>,
    /// The place behind the peer's urgent data: RCV.UP.
    urgent: Option<Position>,
}

/// What an arrived segment's text and FIN turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) arrival: Arrival,
    /// Bytes that became readable by it.
    pub(crate) delivered: u64,
    /// The peer's FIN has its turn now.
    pub(crate) finished: bool,
}

impl Receiver {
    /// The peer's SYN had this number.
    pub(crate) fn new(irs: SeqNum, capacity: usize, mss: u16) -> Self {
        let nxt = Position::first(irs) + 1;
        let capacity = (capacity as u64).max(1);
        Self {
            nxt,
            edge: nxt + capacity.min(MAX_WINDOW),
            capacity,
            mss: u64::from(mss),
            ready: VecDeque::new(),
            ready_bytes: 0,
            reassembler: Reassembler::default(),
            fin: None,
            urgent: None,
        }
    }

    pub(crate) fn nxt(&self) -> Position {
        self.nxt
    }

    /// RCV.WND as offered.
    pub(crate) fn window(&self) -> u64 {
        self.edge.since(self.nxt)
    }

    /// Bytes that wait behind a gap.
    pub(crate) fn waiting(&self) -> usize {
        self.reassembler.bytes()
    }

    /// Bytes that the application can read.
    pub(crate) fn unread(&self) -> u64 {
        self.ready_bytes
    }

    /// The peer's FIN was reached: nothing more will come.
    pub(crate) fn is_finished(&self) -> bool {
        self.fin.is_some_and(|fin| self.nxt > fin)
    }

    /// The four cases of RFC 9293 section 3.10.7.4: does any part of this stretch lie in the window?
    pub(crate) fn accepts(&self, seq: Position, len: u64) -> bool {
        let inside = |at: Position| self.nxt <= at && at < self.edge;
        match (len, self.window()) {
            (0, 0) => seq == self.nxt,
            (0, _) => inside(seq),
            (_, 0) => false,
            _ => inside(seq) || inside(seq + (len - 1)),
        }
    }

    /// Takes a segment's text and FIN in: what lies in the window, in order or not.
    pub(crate) fn arrive(&mut self, seq: Position, mut data: Bytes, fin: bool) -> Arrived {
        let arrived = data.len();
        let end = seq + arrived as u64;
        // Bytes that came already can't lie behind the end of the stream.
        let last = self.reassembler.end().unwrap_or(self.nxt);
        if fin && end < self.edge && end >= last && self.fin.is_none() {
            self.fin = Some(end);
        }
        // What lies beyond the window, or behind the FIN, is cut off.
        let limit = self.fin.map_or(self.edge, |fin| fin.min(self.edge));
        data.truncate(length(limit.since(seq)).min(data.len()));
        let start = seq.max(self.nxt);
        let _ = data.split_to(length(start.since(seq)).min(data.len()));
        let data = owned(data, arrived);
        if start == self.nxt { self.in_order(data) } else { self.out_of_order(start, &data) }
    }

    fn in_order(&mut self, data: Bytes) -> Arrived {
        let before = self.nxt;
        let waited = self.reassembler.bytes() > 0;
        self.deliver(data);
        let direct = self.nxt;
        while let Some(next) = self.reassembler.take(self.nxt) {
            self.deliver(next);
        }
        let delivered = self.nxt.since(before);
        let finished = self.fin == Some(self.nxt);
        if finished {
            self.nxt += 1;
        }
        let arrival = if waited && self.nxt > before && (self.nxt > direct + u64::from(finished)) {
            Arrival::FilledGap
        } else if self.nxt > before {
            Arrival::InOrder
        } else {
            Arrival::Duplicate
        };
        Arrived { arrival, delivered, finished }
    }

    fn out_of_order(&mut self, start: Position, data: &Bytes) -> Arrived {
        let kept = self.reassembler.insert(start, data);
        let arrival = if kept > 0 || self.fin == Some(start + data.len() as u64) {
            Arrival::OutOfOrder
        } else if data.is_empty() || self.reassembler.holds(start, data.len() as u64) {
            Arrival::Duplicate
        } else {
            Arrival::NoRoom
        };
        Arrived { arrival, delivered: 0, finished: false }
    }

    fn deliver(&mut self, data: Bytes) {
        if !data.is_empty() {
            self.nxt += data.len() as u64;
            self.ready_bytes += data.len() as u64;
            self.ready.push_back(data);
        }
    }

    /// The application takes at most `max` bytes.
    pub(crate) fn read(&mut self, max: usize) -> Bytes {
        let Some(first) = self.ready.front_mut() else { return Bytes::new() };
        let taken =
            if first.len() > max { first.split_to(max) } else { self.ready.pop_front().unwrap_or_default() };
        self.ready_bytes -= taken.len() as u64;
        taken
    }

    /// How far the right edge could be now.
    fn possible_edge(&self) -> Position {
        self.nxt + self.capacity.saturating_sub(self.ready_bytes).min(MAX_WINDOW)
    }

    /// Moves the edge as far as silly-window avoidance lets it (RFC 9293 section 3.8.6.2.2).
    pub(crate) fn open_window(&mut self) {
        let possible = self.possible_edge();
        if possible.since(self.edge) >= self.mss.min(self.capacity / 2) {
            self.edge = self.edge.max(possible);
        }
    }

    /// RCV.WND for the header.
    pub(crate) fn window_field(&self) -> u16 {
        u16::try_from(self.window()).unwrap_or(u16::MAX)
    }

    /// Whether the peer should hear at once that the window opened: it grew by half of the buffer; or it was
    /// too small for two full segments, and one fits again.
    pub(crate) fn owes_update(&self) -> bool {
        let growth = self.possible_edge().since(self.edge);
        let worth = self.mss.min(self.capacity / 2).max(1);
        2 * growth >= self.capacity.min(MAX_WINDOW) || (self.window() < 2 * self.mss && growth >= worth)
    }

    /// RCV.UP <- max(RCV.UP, SEG.UP). Returns whether the urgent pointer moved ahead of what is read (MUST-32).
    pub(crate) fn urge(&mut self, up_to: Position) -> bool {
        let news = self.urgent.is_none_or(|urgent| urgent < up_to) && up_to > self.nxt - self.ready_bytes;
        if news {
            self.urgent = Some(up_to);
        }
        news
    }

    /// How many bytes are left to read up to the end of urgent data (MUST-33).
    pub(crate) fn urgent_left(&self) -> u64 {
        self.urgent.map_or(0, |urgent| urgent.since(self.nxt - self.ready_bytes))
    }
}

/// What is kept of `arrived` bytes: kept as a slice, it holds all of them in memory. Where that is mostly waste, a
/// copy is kept, lest a peer that sends long segments with one new byte each fill gigabytes behind a small window.
pub(super) fn owned(kept: Bytes, arrived: usize) -> Bytes {
    if kept.len() < arrived / 2 { Bytes::copy_from_slice(&kept) } else { kept }
}

fn length(places: u64) -> usize {
    usize::try_from(places).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

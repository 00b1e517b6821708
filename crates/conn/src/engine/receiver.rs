//! The receiving half: RCV.NXT, RCV.WND, and what waits for the application.
//!
//! ```text
//!                        RCV.NXT             RCV.NXT + RCV.WND
//!   -----------|------------|-----------------------|-----------
//!      read       ready       reassembler (gaps)        refused
//! ```

use core::time::Duration;
use std::ops::Range;

use bytes::Bytes;
use lucid_congestion::Time;
use lucid_wire::{Pieces, SackBlocks, SeqNum};
use serde::{Deserialize, Serialize};

use super::chunks::Chunks;
use super::event::Arrival;
use super::negotiated::Agreed;
use super::position::Position;
use super::reassembler::Reassembler;
use super::sack_report::SackReport;
use super::tuning::Tuning;

/// The largest number that the header's 16 bits can offer.
const MAX_FIELD: u64 = 65535;
/// Pieces to read are hardly shorter than this: for so many, room is made.
const MIN_PIECE: usize = 1024;
/// What a full segment of the peer's carries, before one has come.
const FIRST_GUESS: u16 = 1200;

/// The receiving half of a connection.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Receiver {
    nxt: Position,
    /// The right edge offered so far: it never moves to the left (SHLD-14).
    edge: Position,
    /// How many bits of the window the header leaves out (RFC 7323 section 2.2).
    shift: u8,
    /// Last.ACK.sent: RCV.NXT as the peer last heard it.
    acknowledged: Position,
    capacity: u64,
    /// What a full segment of the peer's carries, for silly-window avoidance: the longest that has come, and at first what
    /// nearly every path carries. What we would take may be much more.
    full_segment: u64,
    #[serde(skip)]
    ready: Chunks,
    #[serde(skip)]
    reassembler: Reassembler,
    /// There is one if both sides speak of selective acknowledgments.
    report: Option<SackReport>,
    /// There is one if the buffer may grow.
    tuning: Option<Tuning>,
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
    pub(crate) fn new(irs: SeqNum, capacity: usize, mss: u16, agreed: &Agreed) -> Self {
        let nxt = Position::first(irs) + 1;
        let capacity = (capacity as u64).max(1);
        Self {
            nxt,
            // RFC 7323 2.2: the window in a SYN is not scaled.
            edge: nxt + capacity.min(MAX_FIELD),
            shift: agreed.scale.map_or(0, |scale| scale.receive),
            acknowledged: nxt,
            capacity,
            full_segment: u64::from(mss.min(FIRST_GUESS)),
            ready: Chunks::default(),
            reassembler: Reassembler::default(),
            report: agreed.sack.then(SackReport::default),
            tuning: None,
            fin: None,
            urgent: None,
        }
    }

    /// A receiver that has taken all before `nxt` in, the last place being that of the peer's FIN.
    pub(crate) fn finished(nxt: SeqNum, window: u32, agreed: &Agreed) -> Self {
        let mut receiver = Self::new(nxt - 1, 1, 1, agreed);
        receiver.capacity = window.into();
        receiver.edge = receiver.nxt + u64::from(window);
        receiver.fin = Some(receiver.nxt - 1);
        receiver
    }

    /// The peer has heard of all that came, and nothing that could still come changes what the window is.
    pub(crate) fn is_settled(&self) -> bool {
        let reports = self.report.as_ref().is_some_and(|report| !report.is_empty());
        let is_open = self.growth() < self.full_segment.min(self.capacity / 2);
        self.is_empty() && !reports && is_open && self.is_finished() && self.acknowledged == self.nxt
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
        self.ready.len() as u64
    }

    /// Nothing is kept: all that came was read, and no gap is to be reported.
    pub(crate) fn is_empty(&self) -> bool {
        let reports = self.report.as_ref().is_some_and(SackReport::has_runs);
        self.unread() == 0 && self.reassembler.runs() == 0 && !reports
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

    /// Whether so many bytes from `seq` on are just what comes next, with nothing waiting behind them and room for all.
    pub(crate) fn expects(&self, seq: Position, len: usize) -> bool {
        let is_calm = self.fin.is_none() && self.reassembler.bytes() == 0;
        is_calm && seq == self.nxt && seq + len as u64 <= self.edge
    }

    /// Takes in the text of segments that is expected, the longest of them of `longest` bytes. Returns how many bytes
    /// became readable.
    pub(crate) fn deliver(&mut self, mut text: Pieces, longest: usize) -> u64 {
        let len = text.len();
        self.count_arrived(len);
        self.nxt += len as u64;
        self.full_segment = self.full_segment.max(longest as u64);
        while let Some(piece) = text.pop() {
            self.ready.push(piece);
        }
        if let Some(report) = &mut self.report {
            report.on_delivered(self.nxt);
        }
        len as u64
    }

    /// Takes a segment's text and FIN in: what lies in the window, in order or not.
    pub(crate) fn arrive(&mut self, seq: Position, mut data: Bytes, fin: bool) -> Arrived {
        let arrived = data.len();
        self.full_segment = self.full_segment.max(arrived as u64);
        let end = seq + arrived as u64;
        self.note_duplicate(seq..end + u64::from(fin));
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
        let waited = self.reassembler.bytes();
        self.count_arrived(data.len());
        self.nxt += data.len() as u64;
        self.ready.push(data);
        if let Some(next) = self.reassembler.take(self.nxt) {
            self.nxt += next.len() as u64;
            self.ready.append(next);
        }
        let delivered = self.nxt.since(before);
        let finished = self.fin == Some(self.nxt);
        if finished {
            self.nxt += 1;
        }
        if let Some(report) = &mut self.report {
            report.on_delivered(self.nxt);
        }
        // What waited may be in the segment itself, and the gap is filled all the same (RFC 5681 4.2).
        let arrival = if self.reassembler.bytes() < waited {
            Arrival::FilledGap
        } else if self.nxt > before {
            Arrival::InOrder
        } else {
            Arrival::Duplicate
        };
        Arrived { arrival, delivered, finished }
    }

    /// It waits for what is before it (SHLD-31).
    fn out_of_order(&mut self, start: Position, data: &Bytes) -> Arrived {
        let runs = self.reassembler.runs();
        let kept = self.reassembler.insert(start, data, self.capacity);
        self.count_arrived(kept);
        let joined = self.reassembler.runs() < runs || self.fin.is_some();
        if let (Some(run), Some(report)) = (self.held_at(start), &mut self.report) {
            report.on_kept(&run, joined);
        }
        let arrival = if kept > 0 || self.fin == Some(start + data.len() as u64) {
            Arrival::OutOfOrder
        } else if data.is_empty() || self.reassembler.holds(start, data.len() as u64) {
            Arrival::Duplicate
        } else {
            Arrival::NoRoom
        };
        Arrived { arrival, delivered: 0, finished: false }
    }

    /// What is here of the stream beyond a gap, around this place: the FIN behind a run, too.
    fn held_at(&self, place: Position) -> Option<Range<Position>> {
        let fin = self.fin.filter(|&fin| fin >= self.nxt);
        let mut run = match fin {
            Some(fin) if fin == place => self.reassembler.run_at(fin - 1).unwrap_or(fin..fin),
            _ => self.reassembler.run_at(place)?,
        };
        if fin == Some(run.end) {
            run.end += 1;
        }
        Some(run)
    }

    /// A segment with this stretch arrived: the first part that came before is reported (RFC 2883 section 4, X-6).
    pub(crate) fn note_duplicate(&mut self, stretch: Range<Position>) {
        let Some(report) = &mut self.report else { return };
        let held = if stretch.start < self.nxt {
            Some(stretch.start..stretch.end.min(self.nxt))
        } else {
            self.reassembler.first_held(&stretch)
        };
        if let Some(held) = held.filter(|held| held.start < held.end) {
            report.on_duplicate(held);
        }
    }

    /// The SACK option of the ACK that goes now, of at most `max` blocks.
    pub(crate) fn sack_blocks(&mut self, max: usize) -> SackBlocks {
        let Some(mut report) = self.report.take() else { return SackBlocks::new() };
        let blocks = report.take(max, |place| self.held_at(place));
        self.report = Some(report);
        blocks
    }

    /// A segment with our acknowledgment leaves.
    pub(crate) fn on_ack_sent(&mut self) {
        self.acknowledged = self.nxt;
    }

    /// Last.ACK.sent.
    pub(crate) fn acknowledged(&self) -> Position {
        self.acknowledged
    }

    /// The buffer may grow up to so many bytes.
    pub(crate) fn tune_up_to(&mut self, max: usize, now: Time) {
        self.tuning = (max as u64 > self.capacity).then(|| Tuning::new(max as u64, now));
    }

    /// A segment with data echoes an ACK of ours that is so old.
    pub(crate) fn on_echo(&mut self, age: Duration) {
        if let Some(tuning) = &mut self.tuning {
            tuning.on_echo(age);
        }
    }

    fn count_arrived(&mut self, bytes: usize) {
        if let Some(tuning) = &mut self.tuning {
            tuning.on_arrived(bytes as u64);
        }
    }

    /// Lets the buffer grow if it is time: whether it did, and from what size.
    pub(crate) fn tune(&mut self, now: Time, round_trip: Option<Duration>) -> Option<u64> {
        let unread = self.unread();
        let wanted = self.tuning.as_mut()?.wanted(now, unread, round_trip)?;
        let before = self.capacity;
        self.capacity = before.max(wanted);
        (self.capacity > before).then_some(before)
    }

    /// How many bytes may wait for the application.
    pub(crate) fn capacity(&self) -> u64 {
        self.capacity
    }

    /// The application takes at most `max` bytes.
    pub(crate) fn read(&mut self, max: usize) -> Pieces {
        let mut data = Pieces::new();
        data.reserve(self.ready.pieces().min(max / MIN_PIECE));
        while data.len() < max && self.ready.len() > 0 {
            data.push(self.ready.take(max - data.len()));
        }
        if let Some(tuning) = &mut self.tuning
            && self.ready.len() == 0
        {
            tuning.on_all_read();
        }
        data
    }

    /// How far the right edge could be now (MAY-8).
    fn possible_edge(&self) -> Position {
        self.nxt + self.capacity.saturating_sub(self.unread()).min(self.max_window())
    }

    /// By how much more than now the header could then offer.
    fn growth(&self) -> u64 {
        let offered = |edge: Position| edge.since(self.nxt) >> self.shift << self.shift;
        offered(self.possible_edge()).saturating_sub(offered(self.edge))
    }

    /// The largest window that can be offered: below 2^30 (RFC 7323 section 2.3).
    fn max_window(&self) -> u64 {
        MAX_FIELD << self.shift
    }

    /// Moves the edge as far as silly-window avoidance lets it (RFC 9293 section 3.8.6.2.2, MUST-39).
    pub(crate) fn open_window(&mut self) {
        if self.growth() >= self.full_segment.min(self.capacity / 2) {
            self.edge = self.edge.max(self.possible_edge());
        }
    }

    /// RCV.WND for the header. RFC 7323 2.4: what the shift cuts off, the peer may not know of, but all that it was
    /// ever told is taken: the edge itself stays.
    pub(crate) fn window_field(&self) -> u16 {
        u16::try_from(self.window() >> self.shift).unwrap_or(u16::MAX)
    }

    /// RCV.WND for a SYN's header, which is not scaled (RFC 7323 section 2.2, X-4).
    pub(crate) fn syn_window_field(&self) -> u16 {
        u16::try_from(self.window()).unwrap_or(u16::MAX)
    }

    /// Whether the peer should hear at once that the window opened: it grew by half of the buffer; or it was
    /// too small for two full segments, and one fits again.
    pub(crate) fn owes_update(&self) -> bool {
        let growth = self.growth();
        let worth = self.full_segment.min(self.capacity / 2).max(1);
        2 * growth >= self.capacity.min(self.max_window())
            || (self.window() < 2 * self.full_segment && growth >= worth)
    }

    /// RCV.UP <- max(RCV.UP, SEG.UP). Returns whether the urgent pointer moved ahead of what is read (MUST-32).
    pub(crate) fn urge(&mut self, up_to: Position) -> bool {
        let news = self.urgent.is_none_or(|urgent| urgent < up_to) && up_to > self.nxt - self.unread();
        if news {
            self.urgent = Some(up_to);
        }
        news
    }

    /// How many bytes are left to read up to the end of urgent data (MUST-33).
    pub(crate) fn urgent_left(&self) -> u64 {
        self.urgent.map_or(0, |urgent| urgent.since(self.nxt - self.unread()))
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

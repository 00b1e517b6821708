//! The sending half: SND.UNA, SND.NXT, SND.WND, and what goes next.
//!
//! ```text
//!            SND.UNA                SND.NXT        SND.UNA + SND.WND
//!   -----------|-----------------------|------------------|-----------
//!   acknowledged   in flight (in_flight)   may be sent        not yet
//!                 ^-------------- send_buffer --------------------^
//! ```

mod larger;
mod next;

use bytes::Bytes;
use lucid_congestion::{Stamp, Time};
use lucid_wire::{Pieces, SeqNum};
use serde::{Deserialize, Serialize};

use super::cork::Cork;
use super::in_flight::{Acked, InFlight, Sent};
use super::position::Position;
use super::send_buffer::SendBuffer;
pub(crate) use next::Next;

/// The sending half of a connection.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sender {
    iss: Position,
    nxt: Position,
    una: Position,
    /// SND.WND. Windows are reckoned with 64 bits, where REC-1 asks for 32.
    window: u64,
    /// The largest window the peer ever offered: MAX.SND.WND.
    max_window: u64,
    /// By how much less than its window the peer's header may say (RFC 7323 section 2.4).
    rounding: u64,
    /// SND.WL1 and SND.WL2: the segment that last set the window.
    window_set_by: Option<(Position, Position)>,
    fin_queued: bool,
    /// The place behind urgent data: SND.UP (MUST-62).
    urgent: Option<Position>,
    mss: u16,
    /// The next new segment may be a probe of this size.
    larger: Option<u16>,
    nagle: bool,
    cork: Cork,
    buffer: SendBuffer,
    in_flight: InFlight,
    /// The front was found lost by duplicate ACKs: it goes at once, whatever the windows say.
    resend_now: bool,
    /// The persist timer fired: something must go, however small.
    probe_now: bool,
    /// The tail is probed with new data: one segment may go beyond cwnd.
    tail_probe_now: bool,
    /// New data goes before lost segments do: F-RTO wants to see what it draws (RFC 5682).
    defer_lost: bool,
}

/// What a segment of this stretch carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cargo {
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) payload: Pieces,
    /// The last byte written so far is in it (MUST-61).
    pub(crate) push: bool,
    /// The offset of the urgent pointer from the segment's first place, if urgent data is pending.
    pub(crate) urgent: Option<u16>,
}

impl Sender {
    pub(crate) fn new(iss: SeqNum, mss: u16, nagle: bool, capacity: usize) -> Self {
        let iss = Position::first(iss);
        Self {
            iss,
            nxt: iss,
            una: iss,
            window: 0,
            max_window: 0,
            rounding: 0,
            window_set_by: None,
            fin_queued: false,
            urgent: None,
            mss,
            larger: None,
            nagle,
            cork: Cork::Out,
            buffer: SendBuffer::new(iss + 1, capacity),
            in_flight: InFlight::default(),
            resend_now: false,
            probe_now: false,
            tail_probe_now: false,
            defer_lost: false,
        }
    }

    /// A sender all of whose places before `nxt` are acknowledged, the last one being its FIN's.
    pub(crate) fn finished(nxt: SeqNum, max_window: u32) -> Self {
        let mut sender = Self::new(nxt - 2, 1, false, 0);
        sender.finish();
        sender.nxt = sender.iss + 2;
        sender.una = sender.nxt;
        sender.max_window = max_window.into();
        sender
    }

    pub(crate) fn iss(&self) -> Position {
        self.iss
    }

    pub(crate) fn una(&self) -> Position {
        self.una
    }

    pub(crate) fn nxt(&self) -> Position {
        self.nxt
    }

    pub(crate) fn mss(&self) -> u16 {
        self.mss
    }

    pub(crate) fn set_mss(&mut self, mss: u16) {
        self.mss = mss;
    }

    pub(crate) fn cork(&self) -> Cork {
        self.cork
    }

    pub(crate) fn is_corked(&self) -> bool {
        matches!(self.cork, Cork::In | Cork::More)
    }

    pub(crate) fn set_cork(&mut self, cork: Cork) {
        self.cork = cork;
    }

    pub(crate) fn set_rounding(&mut self, rounding: u64) {
        self.rounding = rounding;
    }

    pub(crate) fn set_nagle(&mut self, on: bool) {
        self.nagle = on;
    }

    pub(crate) fn window(&self) -> u64 {
        self.window
    }

    pub(crate) fn max_window(&self) -> u64 {
        self.max_window
    }

    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    pub(crate) fn room(&self) -> usize {
        self.buffer.room()
    }

    /// How many bytes may wait for their acknowledgment now.
    pub(crate) fn buffer_limit(&self) -> usize {
        self.buffer.limit()
    }

    /// The buffer holds what the windows let out, and as much again.
    pub(crate) fn tune_buffer(&mut self, cwnd: u64) {
        self.buffer.tune(cwnd.min(self.window));
    }

    /// Bytes written and not yet sent.
    pub(crate) fn unsent(&self) -> u64 {
        self.buffer.end().since(self.nxt.max(self.iss + 1))
    }

    /// Our SYN was sent, long ago, by no one who remembers: nothing measures its round trip, or sends it again.
    pub(crate) fn syn_was_sent(&mut self) {
        self.nxt = self.iss + 1;
    }

    /// The application's bytes, as many as fit (MUST-30).
    pub(crate) fn write(&mut self, bytes: Bytes, urgent: bool) -> usize {
        let taken = self.buffer.write(bytes);
        if urgent && taken > 0 {
            self.urgent = Some(self.buffer.end());
        }
        taken
    }

    /// Nothing more will be written: a FIN follows what is queued.
    pub(crate) fn finish(&mut self) {
        self.fin_queued = true;
    }

    pub(crate) fn is_finishing(&self) -> bool {
        self.fin_queued
    }

    /// The place behind the last byte written.
    pub(crate) fn end_of_data(&self) -> Position {
        self.buffer.end()
    }

    /// The place of our FIN, behind the last byte.
    fn fin_place(&self) -> Position {
        self.end_of_data()
    }

    pub(crate) fn fin_acknowledged(&self) -> bool {
        self.fin_queued && self.una > self.fin_place()
    }

    pub(crate) fn syn_acknowledged(&self) -> bool {
        self.una > self.iss
    }

    /// Something is not yet acknowledged, or not even sent.
    pub(crate) fn has_work(&self) -> bool {
        !self.in_flight.is_empty() || self.end() > self.nxt
    }

    /// Nothing is kept: all that was written is acknowledged, a FIN, too.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && !self.has_work()
    }

    /// The place behind everything that there is to send now.
    fn end(&self) -> Position {
        self.fin_place() + u64::from(self.fin_queued)
    }

    /// The peer's window is closed, and something waits for it.
    pub(crate) fn is_window_closed(&self) -> bool {
        self.window == 0 && self.syn_acknowledged() && self.has_work()
    }

    /// What [`Next::Send`] announced is being sent. Returns how many times its first place was sent before.
    pub(crate) fn send(&mut self, start: Position, end: Position, now: Time, stamp: Stamp) -> u32 {
        self.probe_now = false;
        self.tail_probe_now = false;
        if start < self.nxt {
            self.resend_now = false;
            return self.in_flight.resend_first_lost(end, now, stamp);
        }
        if self.cork == Cork::Leaking {
            self.cork = Cork::In;
        }
        self.larger = None;
        self.in_flight.push(start, end, now, stamp);
        self.nxt = end;
        0
    }

    /// What a segment of this stretch carries.
    pub(crate) fn cargo(&mut self, start: Position, end: Position) -> Cargo {
        let syn = start == self.iss;
        let fin = self.fin_queued && end > self.fin_place();
        let first = if syn { start + 1 } else { start };
        let last = if fin { end - 1 } else { end };
        let payload = match usize::try_from(last.since(first)) {
            Ok(len) if len > 0 => self.buffer.pieces(first, len),
            _ => Pieces::new(),
        };
        // RFC 9293 3.9.1.2 (MUST-61): several writes that leave together have one mark (SHLD-27).
        let push = !payload.is_empty() && last == self.buffer.end();
        // MUST-31: what lies beyond the field's reach is announced as far as it goes.
        let urgent = self.urgent.filter(|&urgent| urgent > start);
        let urgent = urgent.map(|urgent| u16::try_from(urgent.since(start)).unwrap_or(u16::MAX));
        Cargo { syn, fin, payload, push, urgent }
    }

    /// New data was acknowledged: everything before `una`. `arrive` sees each segment that had not arrived before.
    pub(crate) fn acknowledge(&mut self, una: Position, now: Time, arrive: impl FnMut(&Sent)) -> Acked {
        self.una = una;
        self.buffer.acknowledge(una);
        self.urgent = self.urgent.filter(|&urgent| urgent > una);
        self.in_flight.acknowledge(una, now, arrive)
    }

    /// The peer reports that it has this stretch. Returns how many places are news (X-5).
    pub(crate) fn selectively_acknowledge(
        &mut self,
        start: Position,
        end: Position,
        arrive: impl FnMut(&Sent),
    ) -> u64 {
        self.in_flight.selectively_acknowledge(start, end, arrive)
    }

    /// RFC 9293 3.10.7.4: only a segment newer than the one that last set the window may set it. Returns the
    /// window before, if it changed.
    pub(crate) fn update_window(&mut self, seq: Position, ack: Position, window: u64) -> Option<u64> {
        let newer = self.window_set_by.is_none_or(|(wl1, wl2)| wl1 < seq || (wl1 == seq && wl2 <= ack));
        if !newer {
            return None;
        }
        self.window_set_by = Some((seq, ack));
        self.max_window = self.max_window.max(window);
        let before = std::mem::replace(&mut self.window, window);
        (before != window).then_some(before)
    }

    /// The front is lost, and goes again at once.
    pub(crate) fn resend_front(&mut self) {
        self.in_flight.mark_front_lost();
        self.resend_now = !self.in_flight.is_empty();
    }

    /// The retransmission timer fired: all that is in flight counts as lost.
    pub(crate) fn on_timeout(&mut self) {
        self.in_flight.mark_all_lost(u64::from(self.mss));
        self.resend_now = false;
    }

    /// The segments that are in flight, to mark them.
    pub(crate) fn in_flight_mut(&mut self) -> &mut InFlight {
        &mut self.in_flight
    }

    /// The first lost segment goes at once, whatever the windows say.
    pub(crate) fn resend_at_once(&mut self) {
        self.resend_now = self.in_flight.lost() > 0;
    }

    /// Something goes at once, paced or not.
    pub(crate) fn is_urged(&self) -> bool {
        self.resend_now || self.probe_now || self.tail_probe_now
    }

    /// Whether new data goes before lost segments do.
    pub(crate) fn defer_lost(&mut self, on: bool) {
        self.defer_lost = on;
    }

    /// A duplicate ACK says that a full segment has arrived, without naming it.
    pub(crate) fn assume_arrived(&mut self) {
        self.in_flight.assume_arrived(u64::from(self.mss));
    }

    /// Probes the tail: with new data, if there is some that the peer's window takes, or else with the last segment again
    /// (RFC 8985 section 7.3). Says whether it goes again.
    pub(crate) fn probe_tail(&mut self) -> bool {
        let edge = self.una + self.window;
        let full = self.full_segment_with_fin(self.nxt);
        if self.end() > self.nxt && edge >= self.nxt + full.min(self.end().since(self.nxt)) {
            self.tail_probe_now = true;
            return false;
        }
        self.in_flight.mark_back_lost();
        self.resend_at_once();
        true
    }

    /// The persist timer fired: send something, at least one byte (RFC 9293 section 3.8.6.1).
    pub(crate) fn probe(&mut self) {
        self.in_flight.mark_front_lost();
        self.probe_now = self.has_work();
    }

    /// The window opened: what was sent into the closed one is sent again.
    pub(crate) fn window_opened(&mut self) {
        self.probe_now = false;
        self.in_flight.mark_all_lost(u64::from(self.mss));
    }
}

#[cfg(test)]
mod tests;

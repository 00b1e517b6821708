//! What goes next, and what holds it back.

use super::Sender;
use super::larger::Larger;
use crate::engine::cork::Cork;
use crate::engine::event::Limit;
use crate::engine::position::Position;

/// What goes next, if anything may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// This stretch of sequence space, sent for the first time or again.
    Send { start: Position, end: Position, again: bool, probe: bool },
    /// There is more to send, and this window has no room for it.
    Full(Limit),
    /// There is more to send, and it waits to become a larger segment (Nagle, or the peer's window is silly).
    Gathering,
    /// Nothing waits.
    Nothing,
}

impl Sender {
    /// What goes next, with `cwnd` places of congestion window.
    pub(crate) fn next(&self, cwnd: u64) -> Next {
        if let Some(lost) = self.in_flight.first_lost() {
            if self.defer_lost && !self.resend_now && self.end() > self.nxt {
                let new = self.next_new(cwnd);
                if matches!(new, Next::Send { .. }) {
                    return new;
                }
            }
            return self.next_lost(lost.start, lost.end, cwnd);
        }
        if self.nxt == self.iss {
            return Next::Send { start: self.iss, end: self.iss + 1, again: false, probe: false };
        }
        if !self.syn_acknowledged() || self.end() <= self.nxt {
            return Next::Nothing;
        }
        self.next_new(cwnd)
    }

    /// How many full segments of new data may go one after another, a FIN left aside: as often as [`Sender::next`] would
    /// say so.
    pub(crate) fn full_segments(&self, cwnd: u64) -> u64 {
        if self.larger.is_some() || self.in_flight.lost() > 0 || self.is_urged() || self.nxt == self.iss {
            return 0;
        }
        // The last full one may have a FIN behind it.
        let waiting = self.end_of_data().since(self.nxt).saturating_sub(u64::from(self.fin_queued));
        let in_window = (self.una + self.window).since(self.nxt);
        let in_cwnd = cwnd.saturating_sub(self.in_flight.pipe());
        waiting.min(in_window).min(in_cwnd) / u64::from(self.mss)
    }

    /// RFC 9293 3.8.6 (SHLD-16): what lies inside the peer's window is sent again as usual.
    fn next_lost(&self, start: Position, end: Position, cwnd: u64) -> Next {
        let send = |end, probe| Next::Send { start, end, again: true, probe };
        if start == self.iss {
            return send(start + 1, false);
        }
        if self.probe_now {
            return send(start + 1, true);
        }
        let mut end = end.min(start + self.full_segment_with_fin(start));
        // RFC 7323 2.4: what was in the window when it was first sent may lie beyond what the peer's scale rounds
        // down to now.
        let rounding = if self.window > 0 { self.rounding } else { 0 };
        let edge = self.una + self.window + rounding;
        if start >= edge {
            return Next::Full(Limit::Receiver);
        }
        end = end.min(edge);
        let pipe = self.in_flight.pipe();
        let allowed = self.resend_now || pipe == 0 || pipe + end.since(start) <= cwnd;
        if allowed { send(end, false) } else { Next::Full(Limit::Congestion) }
    }

    /// A full segment's places from `start` on: a FIN may ride behind its bytes.
    pub(super) fn full_segment_with_fin(&self, start: Position) -> u64 {
        let mss = u64::from(self.mss);
        let reaches_fin = self.fin_queued && start + mss == self.fin_place();
        mss + u64::from(reaches_fin)
    }

    fn next_new(&self, cwnd: u64) -> Next {
        let waiting = self.end().since(self.nxt);
        // Zero if the peer has moved its right edge back (RFC 9293 3.8.6: MUST-34, SHLD-15).
        let in_window = (self.una + self.window).since(self.nxt);
        let in_cwnd = cwnd.saturating_sub(self.in_flight.pipe());
        let full = match self.larger(waiting, in_window.min(in_cwnd), cwnd) {
            Larger::None => self.full_segment_with_fin(self.nxt),
            Larger::Send(size) => size,
            Larger::Gather => return Next::Full(limit(in_window, in_cwnd)),
        };
        let in_cwnd = if self.tail_probe_now { in_cwnd.max(full) } else { in_cwnd };
        // RFC 9293 3.9.1.2 (SHLD-28): as long as may be.
        let len = waiting.min(full).min(in_window).min(in_cwnd);
        let send = |len, probe| Next::Send { start: self.nxt, end: self.nxt + len, again: false, probe };
        if self.probe_now {
            return send(len.max(1), true);
        }
        if len > 0 && (self.tail_probe_now || self.is_worth_sending(len, waiting)) {
            return send(len, false);
        }
        if len == waiting.min(full) { Next::Gathering } else { Next::Full(limit(in_window, in_cwnd)) }
    }

    /// Silly-window avoidance and Nagle (RFC 9293 sections 3.8.6.2.1, MUST-38, and 3.7.4, SHLD-7): a full
    /// segment; or all there is, if nothing is in flight or nothing more will come; or half of the largest window ever
    /// seen. A cork holds back all there is although nothing is in flight.
    fn is_worth_sending(&self, len: u64, waiting: u64) -> bool {
        let held = match self.cork {
            Cork::Out => self.nagle && !self.in_flight.is_empty(),
            Cork::In | Cork::More => true,
            Cork::Leaking => false,
        };
        let all = len == waiting && (!held || self.fin_queued);
        len >= u64::from(self.mss) || all || (self.window_limits(len) && 2 * len >= self.max_window)
    }

    fn window_limits(&self, len: u64) -> bool {
        self.nxt + len == self.una + self.window
    }
}

/// What limits a sender with so much room in the peer's window and in cwnd.
fn limit(in_window: u64, in_cwnd: u64) -> Limit {
    if in_window <= in_cwnd { Limit::Receiver } else { Limit::Congestion }
}

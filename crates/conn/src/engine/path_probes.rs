//! What a connection does with its search for the path's size: the probes among its segments, and the size of the others.

use lucid_congestion::Time;

use super::cause::Cause;
use super::config::PathMtu as Choice;
use super::connection::Connection;
use super::event::{Change, What};
use super::in_flight::Sent;
use super::path_mtu::{Overhead, PathMtu, Verdict};
use super::position::Position;

/// IP (RFC 791, RFC 8200) and UDP headers.
const BELOW_V4: u16 = 20 + 8;
const BELOW_V6: u16 = 40 + 8;
/// Our own, without the options of every segment.
const HEADER: u16 = 20;
/// Where the congestion window is what limits, a probe takes no larger part of it beyond an ordinary segment than this: if
/// the path swallows it, that part is idle for a round trip, and doesn't grow.
const PROBE_SHARE: u64 = 8;

/// What an acknowledgment says of the path's size.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arrivals {
    /// The largest segment that has arrived, as far as we did not know.
    largest: u64,
    /// The probe was among them, as it was sent.
    probe: bool,
}

impl Arrivals {
    pub(super) fn note(&mut self, search: &PathMtu, sent: &Sent) {
        self.largest = self.largest.max(sent.len());
        self.probe |= sent.retransmissions == 0 && search.is_probe(sent.start, sent.end);
    }
}

impl Connection {
    /// Data may flow, in segments of at most this many bytes: what both sides take. The search needs SACK, to tell a
    /// lost probe from congestion. Without, segments stay as small as nearly every path carries: nothing would notice
    /// that larger ones vanish.
    pub(super) fn begin_path_search(&mut self) {
        let most = self.sender.mss();
        let below = if self.origin.peer.is_ipv6() { BELOW_V6 } else { BELOW_V4 };
        let overhead = Overhead { below, header: HEADER + self.agreed.constant_len() };
        let can_search = self.agreed.sack && self.has_scoreboard();
        self.path_mtu = match self.origin.config.path_mtu {
            Choice::Fixed => PathMtu::fixed(most),
            Choice::Discover if can_search => PathMtu::discover(most, overhead),
            Choice::Discover => PathMtu::fixed(PathMtu::base_of(most, overhead)),
        };
        self.sender.set_mss(self.path_mtu.size());
    }

    /// Lets the next new segment be a probe, if there is one to send, and a loss of it would be found and repaired, and
    /// hold up little: not in recovery, and with windows that hold more than the probe (RFC 4821 section 7.4).
    pub(super) fn plan_probe(&mut self) {
        let candidate = self.path_mtu.candidate(self.sender.una()).filter(|&size| {
            let (window, places) = (self.congestion_window(), 2 * u64::from(size));
            let more = u64::from(size.saturating_sub(self.sender.mss()));
            let fits = places <= window.min(self.sender.max_window());
            let is_dear = self.is_window_limited() && more > window / PROBE_SHARE;
            fits && !is_dear && self.episode.is_none()
        });
        self.sender.plan_probe(candidate);
    }

    /// Why this stretch of new data goes: it may be larger than the others.
    pub(super) fn note_probe(&mut self, start: Position, end: Position, cause: Cause) -> Cause {
        // A FIN may ride behind a full segment.
        if start < self.sender.nxt() || end.since(start) <= u64::from(self.sender.mss()) + 1 {
            return cause;
        }
        self.path_mtu.on_probe_sent(start, end);
        Cause::PathProbe
    }

    /// A segment was found lost: whether it was the probe. That is no sign of congestion (RFC 8899 section 3, item 6): it
    /// goes again, at the size of the others, and nothing else follows.
    pub(super) fn is_lost_probe(&mut self, now: Time, lost: &Sent) -> bool {
        let is_probe = lost.retransmissions == 0 && self.path_mtu.is_probe(lost.start, lost.end);
        if is_probe {
            self.path_mtu.on_probe_lost(now, self.sender.nxt());
            self.resend_cause = Cause::ProbeLost;
            let (seq, bytes) = (lost.start.number().get(), lost.len());
            self.tell(now, Cause::ProbeLost, |_| What::FoundLost { bytes, seq });
        }
        is_probe
    }

    /// A datagram could not leave. If it was the probe, no time is lost over it: its data goes again, at the size of the
    /// others.
    pub(crate) fn datagram_too_large(&mut self, now: Time, bytes: usize) {
        let Some(end) = self.path_mtu.on_too_large(now, bytes) else { return };
        let Some(lost) = self.sender.in_flight_mut().mark_lost(end) else { return };
        self.resend_cause = Cause::ProbeTooLarge;
        let (seq, bytes) = (lost.start.number().get(), lost.len());
        self.tell(now, Cause::ProbeTooLarge, |_| What::FoundLost { bytes, seq });
        self.plan_probe();
        self.arm(now);
    }

    /// Segments have arrived.
    pub(super) fn path_carried(&mut self, now: Time, arrivals: Arrivals) {
        if arrivals.probe {
            let verdict = self.path_mtu.on_probe_arrived();
            self.resize(now, verdict);
        }
        let verdict = self.path_mtu.on_arrived(now, self.sender.una(), arrivals.largest);
        self.resize(now, verdict);
    }

    /// The retransmission timer expired.
    pub(super) fn path_timed_out(&mut self, now: Time) {
        let front = self.sender.in_flight().iter().next().map_or(0, Sent::len);
        let verdict = self.path_mtu.on_timeout(now, front);
        self.resize(now, verdict);
    }

    fn resize(&mut self, now: Time, verdict: Verdict) {
        match verdict {
            Verdict::Keep => {}
            Verdict::TrySmall(size) | Verdict::Resume(size) => self.sender.set_mss(size),
            Verdict::Raised(size) => self.change_segment_size(now, size, Cause::ProbeArrived),
            Verdict::FellBack(size) => self.change_segment_size(now, size, Cause::BlackHole),
        }
    }

    /// Segments have another size from now on. The window's bytes stay (RFC 8899 section 3, item 7): the controller sees
    /// to that.
    fn change_segment_size(&mut self, now: Time, size: u16, cause: Cause) {
        let before = self.sender.mss();
        self.sender.set_mss(size);
        let counted = u32::from(size) + u32::from(self.origin.config.counted_header);
        self.congestion.on_mss_change(counted);
        self.pacer.on_mss_change(counted);
        self.tell(now, cause, |_| What::SegmentSize { bytes: Change { before, after: size } });
    }
}

//! Recent acknowledgment: what was sent before something that has arrived, and long enough ago, is lost (RFC 8985).

use core::time::Duration;

use lucid_congestion::Time;
use serde::{Deserialize, Serialize};

use super::in_flight::Sent;
use super::position::Position;

/// Without reordering seen, so many arrived segments leave no time to wait (RFC 8985 section 6.2 step 4).
const DUPLICATE_THRESHOLD: usize = 3;

/// A wider reordering window lasts for so many recoveries (RFC 8985 section 6.2 step 4).
const PERSIST: u32 = 16;

/// The segment sent last among those that have arrived.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Latest {
    /// The number of its sending.
    order: u64,
    rtt: Duration,
}

/// What bounds the reordering window.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Path {
    /// SRTT, once measured.
    pub(crate) smoothed_rtt: Option<Duration>,
    /// The smallest round trip.
    pub(crate) min_rtt: Option<Duration>,
    /// A loss is being repaired.
    pub(crate) recovering: bool,
    /// How many segments have arrived beyond a gap.
    pub(crate) arrived_segments: usize,
}

/// The detector's memory.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rack {
    latest: Option<Latest>,
    /// RACK.fack: the place behind all that has ever arrived.
    forward: Position,
    reordering_seen: bool,
    /// RACK.reo_wnd_mult, in quarters of the smallest round trip.
    quarters: u32,
    persist: u32,
    /// A duplicate was reported: no further one counts before this place is acknowledged.
    widened_until: Option<Position>,
}

impl Rack {
    pub(crate) fn new(iss: Position) -> Self {
        Self {
            latest: None,
            forward: iss,
            reordering_seen: false,
            quarters: 1,
            persist: 0,
            widened_until: None,
        }
    }

    /// Steps 2 and 3: a segment has arrived. `was_original` says that the acknowledgment is known to be older than the
    /// segment's last sending.
    pub(crate) fn on_arrived(
        &mut self,
        now: Time,
        sent: &Sent,
        was_original: bool,
        min_rtt: Option<Duration>,
    ) {
        if sent.end > self.forward {
            self.forward = sent.end;
        } else if sent.retransmissions == 0 && sent.end < self.forward {
            self.reordering_seen = true;
        }
        let rtt = now - sent.last_at;
        let too_soon = min_rtt.is_some_and(|min| rtt < min);
        if sent.retransmissions > 0 && (was_original || too_soon) {
            return;
        }
        if self.latest.is_none_or(|latest| sent.order > latest.order) {
            self.latest = Some(Latest { order: sent.order, rtt });
        }
    }

    /// A recovery was for nothing: what it took for lost came late, overtaken by what was sent after it. Step 3 sees that
    /// only of segments sent once, so never where everything overtaken is sent again before it arrives.
    pub(crate) fn on_needless_recovery(&mut self) {
        self.reordering_seen = true;
    }

    /// Step 4: the peer received something twice (D-SACK), with `una` acknowledged and everything before `nxt` sent.
    pub(crate) fn on_duplicate_report(&mut self, una: Position, nxt: Position) {
        if self.widened_until.is_none_or(|until| una >= until) {
            self.widened_until = Some(nxt);
            self.quarters = self.quarters.saturating_add(1);
            self.persist = PERSIST;
        }
    }

    /// A recovery is over.
    pub(crate) fn on_recovered(&mut self) {
        self.persist = self.persist.saturating_sub(1);
        if self.persist == 0 {
            self.quarters = 1;
        }
    }

    /// Step 4: how much longer than a round trip a segment may take.
    pub(crate) fn reordering_window(&self, path: &Path) -> Duration {
        let hurried = path.recovering || path.arrived_segments >= DUPLICATE_THRESHOLD;
        if !self.reordering_seen && hurried {
            return Duration::ZERO;
        }
        let (Some(min), Some(smoothed)) = (path.min_rtt, path.smoothed_rtt) else { return Duration::ZERO };
        (min / 4).saturating_mul(self.quarters).min(smoothed)
    }

    /// Step 5: when this segment counts as lost, if it was sent before one that has arrived.
    pub(crate) fn lost_at(&self, sent: &Sent, path: &Path) -> Option<Time> {
        let latest = self.latest?;
        (sent.order < latest.order).then(|| sent.last_at + latest.rtt + self.reordering_window(path))
    }

    /// Section 6.3: when this segment counts as lost, the retransmission timer having expired.
    pub(crate) fn timed_out_at(&self, sent: &Sent, path: &Path) -> Time {
        // RACK.rtt is zero before anything has arrived: then all of it is.
        let rtt = self.latest.map_or(Duration::ZERO, |latest| latest.rtt);
        sent.last_at + rtt + self.reordering_window(path)
    }
}

#[cfg(test)]
mod tests;

//! How much may be sent now, and when: the congestion window in sequence space, and pacing.

use lucid_congestion::{Controller, Pace, Time};

use super::connection::Connection;

impl Connection {
    /// cwnd in sequence space. The controller may count headers; sequence space has none. In a recovery that comes down
    /// in proportion, it follows from what has arrived.
    pub(super) fn congestion_window(&self) -> u64 {
        let mss = f64::from(self.sender.mss());
        let counted = mss + f64::from(self.origin.config.counted_header);
        let in_proportion = self.episode.as_ref().and_then(|episode| episode.prr.as_ref());
        let window = match in_proportion {
            Some(prr) => prr.window(self.counted(self.sender.in_flight().pipe())),
            None => self.congestion.window(),
        };
        ((window * mss / counted) as u64).saturating_add(self.limited_transmit())
    }

    /// How segments are spread out, in bytes as the controller counts them; none: they aren't.
    pub(super) fn pace(&self) -> Option<Pace> {
        self.pace_of(self.congestion.as_ref())
    }

    pub(super) fn pace_of(&self, congestion: &dyn Controller) -> Option<Pace> {
        if !self.origin.config.pacing {
            return None;
        }
        let own = congestion.pacing_rate().map(Pace::named);
        let (window, phase) = (congestion.window(), congestion.phase());
        let smoothed = self.rtt.smoothed().filter(|_| window > self.initial_window());
        own.or_else(|| smoothed.map(|rtt| Pace::of_window(window, rtt, phase)))
    }

    /// No larger a burst than the first one is worth spreading out: any path takes it (RFC 6928 section 2), and to wait for
    /// the last of a few segments costs a small window more than it saves.
    fn initial_window(&self) -> f64 {
        self.counted(u64::from(self.origin.config.initial_window) * u64::from(self.sender.mss()))
    }

    /// The congestion window has held sending back since what this acknowledges was sent: it was tested (RFC 7661). In
    /// slow start half of it is enough, since it doubles meanwhile.
    pub(super) fn is_window_limited(&self) -> bool {
        self.limited_until.is_some_and(|until| self.sender.una() < until)
    }

    /// Sequence space as the controller counts it.
    pub(super) fn counted(&self, places: u64) -> f64 {
        if self.origin.config.counted_header == 0 {
            return places as f64;
        }
        let mss = f64::from(self.sender.mss());
        places as f64 * (mss + f64::from(self.origin.config.counted_header)) / mss
    }

    /// RFC 3042 2: one segment beyond cwnd for each of the first two duplicate ACKs.
    fn limited_transmit(&self) -> u64 {
        match self.loss.duplicates() {
            few @ 1..=2 if self.origin.config.limited_transmit && !self.in_recovery() => {
                u64::from(few) * u64::from(self.sender.mss())
            }
            _ => 0,
        }
    }

    fn in_recovery(&self) -> bool {
        self.loss.in_recovery() || self.episode.is_some()
    }

    /// When a segment of so many places may leave, if not now.
    pub(super) fn held_back_until(&self, now: Time, places: u64) -> Option<Time> {
        self.held_back_at(now, places, self.pace())
    }

    /// The same, at this pace.
    pub(super) fn held_back_at(&self, now: Time, places: u64, pace: Option<Pace>) -> Option<Time> {
        // The first flight goes at once: ten segments are a burst that any path takes (RFC 6928 section 2).
        if self.sender.is_urged() || self.rate.delivered() == 0.0 {
            return None;
        }
        let at = self.pacer.ready_at(now, pace?, self.counted(places));
        (at > now).then_some(at)
    }
}

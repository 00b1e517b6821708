//! A segment larger than the others, that probes the path (RFC 8899, RFC 4821).

use super::Sender;

/// So many full segments behind a probe show at once whether it was lost (RFC 4821 section 7.4).
const FOLLOW: u64 = 4;

/// What to do about a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Larger {
    /// There is none to send.
    None,
    /// It goes now, with so many places.
    Send(u64),
    /// The windows hold it, but they are used up by segments, and open by a few at a time: it goes once there is room.
    Gather,
}

impl Sender {
    /// Lets the next new segment have this size, if the windows take it and enough follows it.
    pub(crate) fn plan_probe(&mut self, size: Option<u16>) {
        self.larger = size;
    }

    /// What to do about the probe, with so many places waiting, and with this room in the windows.
    pub(super) fn larger(&self, waiting: u64, room: u64, cwnd: u64) -> Larger {
        let Some(size) = self.larger.map(u64::from) else { return Larger::None };
        if waiting < size + FOLLOW * u64::from(self.mss) {
            Larger::None
        } else if room >= size {
            Larger::Send(size)
        } else if self.in_flight.is_empty() || size > cwnd.min(self.window) || self.is_urged() {
            Larger::None
        } else {
            Larger::Gather
        }
    }
}

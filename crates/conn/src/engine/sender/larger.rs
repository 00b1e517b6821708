//! A segment larger than the others, that probes the path (RFC 8899, RFC 4821).

use super::Sender;

/// So many full segments behind a probe show at once whether it was lost (RFC 4821 section 7.4).
const FOLLOW: u64 = 4;

impl Sender {
    /// Lets the next new segment have this size, if the windows take it and enough follows it.
    pub(crate) fn plan_probe(&mut self, size: Option<u16>) {
        self.larger = size;
    }

    /// The places of a probe, with so many waiting, and with this room in the windows.
    pub(super) fn probe_size(&self, waiting: u64, room: u64) -> Option<u64> {
        let size = self.larger.map(u64::from)?;
        (room >= size && waiting >= size + FOLLOW * u64::from(self.mss)).then_some(size)
    }
}

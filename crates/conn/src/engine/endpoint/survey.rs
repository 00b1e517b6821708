//! All connections, seen from outside.

use super::Endpoint;
use crate::engine::info::Counts;
use crate::engine::message::ConnId;

impl Endpoint {
    /// The numbers of all connections that [`Endpoint::connections`] counts, in their order. To look at many of them without
    /// keeping others waiting, ask for this once, and then for [`Endpoint::info`] of some at a time.
    #[must_use]
    pub fn ids(&self) -> Vec<ConnId> {
        let mut ids = self.slots.ids(|slot| !slot.is_gone);
        ids.extend(self.remnants.ids());
        ids.sort_unstable();
        ids
    }

    /// What happened on all connections that there ever were. No count is ever lower than before.
    #[must_use]
    pub fn totals(&self) -> Counts {
        let mut totals = self.departed;
        for slot in self.slots.ids(|_| true).into_iter().filter_map(|id| self.slots.get(id)) {
            totals.add(&slot.counts());
        }
        totals
    }

    /// A connection goes, or all but a remnant of it, which counts anew: what it has counted stays.
    pub(super) fn forget(&mut self, id: ConnId) {
        if let Some(slot) = self.slots.remove(id) {
            self.departed.add(&slot.counts());
        }
    }
}

//! What BBR's response to loss is tuned by.

use super::sample::between;

/// How much loss BBR takes for congestion, and how far it goes down for it.
///
/// Values out of range are brought into `0..=1` when the controller is built; a NaN counts as 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BbrParameters {
    /// BBR.LossThresh: the share of what is in flight that may be lost while probing for bandwidth, before the
    /// probe is taken to have gone too far.
    pub loss_threshold: f64,
    /// The share of a round that may be lost while not probing, before the short-term bounds go down.
    pub loss_tolerance: f64,
    /// BBR.Beta: what a lossy round leaves of the bounds, at least.
    pub beta: f64,
}

impl BbrParameters {
    /// As the draft has it: probing bears 2 %, and a single lost segment makes a round lossy.
    pub const DRAFT: Self = Self { loss_threshold: 0.02, loss_tolerance: 0.0, beta: 0.7 };

    pub(super) fn in_range(self) -> Self {
        let share = |value| between(value, 0.0, 1.0);
        Self {
            loss_threshold: share(self.loss_threshold),
            loss_tolerance: share(self.loss_tolerance),
            beta: share(self.beta),
        }
    }
}

impl Default for BbrParameters {
    fn default() -> Self {
        Self { loss_threshold: 0.1, loss_tolerance: 0.1, beta: 0.7 }
    }
}

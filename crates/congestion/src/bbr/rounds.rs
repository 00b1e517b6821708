//! Round trips counted by packets: from the sending of one to its acknowledgement.

use super::sample::Sample;

/// Section "BBR.round_count".
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rounds {
    /// BBR.round_count.
    pub(super) count: u64,
    /// BBR.round_start: the present acknowledgement began a round.
    pub(super) started: bool,
    /// C.delivered, as last heard.
    pub(super) delivered: f64,
    /// BBR.next_round_delivered.
    ends_at: f64,
}

impl Rounds {
    /// UpdateRound. Returns whether a round began.
    pub(super) fn update(&mut self, sample: &Sample) -> bool {
        self.delivered = sample.total_delivered;
        self.started = sample.prior_delivered >= self.ends_at;
        if self.started {
            self.begin();
            self.count += 1;
        }
        self.started
    }

    /// StartRound: the round ends when something sent from now on arrives.
    pub(super) fn begin(&mut self) {
        self.ends_at = self.delivered;
    }
}

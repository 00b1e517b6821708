//! How much more than expected is acknowledged at once.

use super::Bbr;
use super::filters::MaxOverRounds;
use super::sample::Sample;
use crate::Time;

/// Section "BBR.extra_acked".
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Aggregation {
    /// BBR.extra_acked_interval_start.
    pub(super) since: Time,
    /// BBR.extra_acked_delivered.
    delivered: f64,
    filter: MaxOverRounds,
}

impl Bbr {
    /// UpdateACKAggregation.
    pub(super) fn update_aggregation(&mut self, sample: &Sample) {
        let elapsed = sample.now.saturating_since(self.aggregation.since).as_secs_f64();
        let mut expected = self.bandwidth * elapsed;
        let aggregation = &mut self.aggregation;
        if aggregation.delivered <= expected {
            // Slower than expected: what was bunched up has been let go.
            aggregation.delivered = 0.0;
            aggregation.since = sample.now;
            expected = 0.0;
        }
        aggregation.delivered += sample.newly_acked;
        let extra = (aggregation.delivered - expected).min(self.window);
        aggregation.filter.update(self.rounds.count, extra);
    }

    /// BBR.extra_acked: the most of the last ten rounds; in Startup, where everything grows, of the last one.
    pub(super) fn extra_acked(&self) -> f64 {
        self.aggregation.filter.over(if self.full_pipe.reached { 10 } else { 1 })
    }
}

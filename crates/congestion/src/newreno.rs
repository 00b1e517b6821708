//! NewReno: fast recovery, until all that was outstanding is acknowledged.

use crate::window::CongestionWindow;
use crate::{Ack, Controller, Loss, LostSegment, Parameters, Phase, Recovery, Time};

#[cfg(test)]
mod tests;

/// RFC 6582: Reno that stays in recovery over partial acknowledgements, so that several losses in one
/// window halve it once.
#[derive(Debug, Clone)]
pub struct NewReno(CongestionWindow);

impl NewReno {
    /// The name under which it is chosen.
    pub const NAME: &'static str = "newreno";

    /// A connection begins. See [`Parameters`] for how values out of range are treated.
    pub fn new(parameters: Parameters) -> Self {
        Self(CongestionWindow::new(parameters))
    }
}

impl Controller for NewReno {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn window(&self) -> f64 {
        self.0.window()
    }

    fn slow_start_threshold(&self) -> f64 {
        self.0.threshold()
    }

    fn phase(&self) -> Phase {
        self.0.phase()
    }

    fn recovery(&self) -> Recovery {
        self.0.recovery(Recovery::UntilRecoveryPoint)
    }

    fn on_ack(&mut self, ack: &Ack) {
        self.0.grow(ack);
    }

    fn on_loss(&mut self, loss: &Loss) {
        self.0.enter_recovery(loss);
    }

    fn on_duplicate_ack(&mut self) {
        self.0.inflate();
    }

    fn on_partial_ack(&mut self, ack: &Ack) {
        self.0.deflate_partly(ack);
    }

    fn on_recovered(&mut self, ack: &Ack) {
        self.0.leave_recovery_without_burst(ack);
    }

    fn on_timeout(&mut self, loss: &Loss, first: bool) {
        self.0.start_over(loss, first);
    }

    fn on_mss_change(&mut self, smss: u32) {
        self.0.change_segment_size(smss);
    }

    fn on_segment_lost(&mut self, lost: &LostSegment) {
        self.0.lose(lost);
    }

    fn on_congestion_experienced(&mut self, loss: &Loss) {
        self.0.heed_mark(loss);
    }

    fn on_spurious(&mut self, _now: Time) {
        self.0.restore();
    }

    fn on_restart(&mut self, _now: Time) {
        self.0.restart();
    }
}

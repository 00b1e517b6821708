//! Tahoe: fast retransmit, then slow start from one segment.

use crate::window::CongestionWindow;
use crate::{Ack, Controller, Loss, Parameters, Phase, Time};

#[cfg(test)]
mod tests;

/// Slow start, congestion avoidance, and the same answer to every loss: start over from one segment
/// (Jacobson 1988; RFC 5681 without its section 3.2 fast recovery).
#[derive(Debug, Clone)]
pub struct Tahoe(CongestionWindow);

impl Tahoe {
    /// The name under which it is chosen.
    pub const NAME: &'static str = "tahoe";

    /// A connection begins. See [`Parameters`] for how values out of range are treated.
    pub fn new(parameters: Parameters) -> Self {
        Self(CongestionWindow::classic(parameters))
    }
}

impl Controller for Tahoe {
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

    fn on_ack(&mut self, ack: &Ack) {
        self.0.grow(ack);
    }

    fn on_loss(&mut self, loss: &Loss) {
        self.0.start_over(loss, true);
    }

    fn on_timeout(&mut self, loss: &Loss, first: bool) {
        self.0.start_over(loss, first);
    }

    fn on_mss_change(&mut self, smss: u32) {
        self.0.change_segment_size(smss);
    }

    fn on_spurious(&mut self, _now: Time) {
        self.0.restore();
    }
}

//! CUBIC: the window follows a curve in time rather than in round trips.

use alloc::boxed::Box;

use crate::window::{CongestionWindow, Decrease};
use crate::{Ack, Controller, Loss, LostSegment, Parameters, Phase, Recovery, Time};
use curve::Curve;

mod curve;
#[cfg(test)]
mod tests;

/// RFC 9438: after a loss the window soon comes near where the loss was, stays about there, and then looks for
/// more, ever faster; where Reno would be faster, as fast as Reno. Slow start is left early by HyStart++ (RFC 9406).
///
/// Of [`Parameters`] it has no use for `growth` and `proportional`: it counts bytes, and recovery is the sender's.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cubic {
    window: CongestionWindow,
    curve: Curve,
    /// The curve before the last loss, for when that proves wrong (RFC 9438 section 4.9).
    saved: Option<Box<Curve>>,
}

impl Cubic {
    /// The name under which it is chosen.
    pub const NAME: &'static str = "cubic";

    /// RFC 9438 section 4.6; RFC 8511 section 4 for marks: a queue that marks is shorter than one that drops.
    const DECREASE: Decrease = Decrease { loss: curve::BETA, mark: 0.85 };

    /// A connection begins. See [`Parameters`] for how values out of range are treated.
    pub fn new(parameters: Parameters) -> Self {
        let window = CongestionWindow::modern(parameters, Self::DECREASE);
        Self { window, curve: Curve::new(), saved: None }
    }

    fn congestion(&mut self, loss: &Loss) {
        self.saved = Some(Box::new(self.curve));
        self.curve.on_congestion(self.window.used(loss));
    }
}

impl Controller for Cubic {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn window(&self) -> f64 {
        self.window.window()
    }

    fn slow_start_threshold(&self) -> f64 {
        self.window.threshold()
    }

    fn phase(&self) -> Phase {
        self.window.phase()
    }

    fn recovery(&self) -> Recovery {
        Recovery::Proportional
    }

    fn on_ack(&mut self, ack: &Ack) {
        self.window.validate(ack);
        match self.window.phase() {
            Phase::SlowStart => {
                self.curve.interrupt();
                self.window.slow_start(ack);
            }
            Phase::CongestionAvoidance => {
                let step = self.curve.step(ack, self.window.window(), self.window.segment_size());
                self.window.widen(step);
            }
            Phase::FastRecovery => {}
        }
    }

    fn on_loss(&mut self, loss: &Loss) {
        self.congestion(loss);
        self.window.enter_recovery(loss);
    }

    fn on_recovered(&mut self, _ack: &Ack) {
        self.window.leave_recovery();
    }

    fn on_timeout(&mut self, loss: &Loss, first: bool) {
        if first || self.saved.is_none() {
            self.saved = Some(Box::new(self.curve));
        }
        if first {
            self.curve.on_timeout(self.window.used(loss));
        }
        self.window.start_over(loss, first);
    }

    fn on_mss_change(&mut self, smss: u32) {
        self.window.change_segment_size(smss);
        self.curve.interrupt();
    }

    fn on_segment_lost(&mut self, lost: &LostSegment) {
        self.window.lose(lost);
    }

    fn on_congestion_experienced(&mut self, loss: &Loss) {
        self.congestion(loss);
        self.window.heed_mark(loss);
    }

    fn on_spurious(&mut self, _now: Time) {
        self.window.restore();
        if let Some(curve) = self.saved.take() {
            self.curve = *curve;
        }
    }

    fn on_restart(&mut self, _now: Time) {
        self.window.restart();
        self.curve.interrupt();
    }
}

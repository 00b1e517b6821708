//! A controller whose window stays as it is: the same is outstanding whichever algorithm does its work inside.

use lucid_congestion::{
    Ack, Algorithm, Controller, Loss, LostSegment, Parameters, Phase, Recovery, Sent, Time,
};

/// An algorithm that is told everything, and not obeyed.
#[derive(Debug)]
pub(crate) struct Held {
    inner: Box<dyn Controller>,
    window: f64,
}

impl Held {
    /// So many segments of window.
    pub(crate) fn new(algorithm: Algorithm, segments: u64, parameters: Parameters) -> Self {
        let window = segments as f64 * f64::from(parameters.smss);
        Self { inner: algorithm.build(parameters), window }
    }
}

impl Controller for Held {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn window(&self) -> f64 {
        self.window
    }

    fn slow_start_threshold(&self) -> f64 {
        self.window
    }

    fn phase(&self) -> Phase {
        self.inner.phase()
    }

    fn recovery(&self) -> Recovery {
        self.inner.recovery()
    }

    fn on_ack(&mut self, ack: &Ack) {
        self.inner.on_ack(ack);
    }

    fn on_loss(&mut self, loss: &Loss) {
        self.inner.on_loss(loss);
    }

    fn on_recovered(&mut self, ack: &Ack) {
        self.inner.on_recovered(ack);
    }

    fn on_timeout(&mut self, loss: &Loss, first: bool) {
        self.inner.on_timeout(loss, first);
    }

    fn on_mss_change(&mut self, smss: u32) {
        self.inner.on_mss_change(smss);
    }

    fn on_sent(&mut self, sent: &Sent) {
        self.inner.on_sent(sent);
    }

    fn on_segment_lost(&mut self, lost: &LostSegment) {
        self.inner.on_segment_lost(lost);
    }

    fn on_spurious(&mut self, now: Time) {
        self.inner.on_spurious(now);
    }

    fn on_restart(&mut self, now: Time) {
        self.inner.on_restart(now);
    }
}

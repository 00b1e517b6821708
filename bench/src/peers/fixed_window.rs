//! A congestion window that stays as it is, so that what a window of some size costs can be measured.

use std::sync::Arc;

use lucid_congestion::{Ack, Controller, Loss, Parameters, Phase, Recovery};
use lucid_conn::engine::MakeController;

/// Bytes a second at which segments are spread out, whatever the window. A path whose round trip is the window
/// divided by this is full and has no queue: the same rate costs the same wake-ups at each window.
const RATE: f64 = (64 << 20) as f64;

/// Each connection has so many bytes of window.
pub(super) fn make(window: u64) -> MakeController {
    Arc::new(move |_: Parameters| Box::new(FixedWindow(window as f64)))
}

#[derive(Debug)]
struct FixedWindow(f64);

impl Controller for FixedWindow {
    fn name(&self) -> &'static str {
        "fixed"
    }

    fn window(&self) -> f64 {
        self.0
    }

    fn slow_start_threshold(&self) -> f64 {
        0.0
    }

    fn phase(&self) -> Phase {
        Phase::CongestionAvoidance
    }

    fn recovery(&self) -> Recovery {
        Recovery::Own
    }

    fn on_ack(&mut self, _: &Ack) {}

    fn on_loss(&mut self, _: &Loss) {}

    fn on_timeout(&mut self, _: &Loss, _: bool) {}

    fn on_mss_change(&mut self, _: u32) {}

    fn pacing_rate(&self) -> Option<f64> {
        Some(RATE)
    }
}

//! A congestion control algorithm of your own, and a verdict on it.
//!
//! ```text
//! cargo run --release -p lucid-lab --example gentle
//! ```
//!
//! This one is Reno's idea with a lighter hand: it doubles each round trip until the first loss, then adds half a
//! segment for each; at a loss it gives back a fifth rather than half. Change it, run it, and compare.

use lucid_congestion::{Ack, Controller, Loss, Parameters, Phase, Recovery};
use lucid_lab::{Contender, verdict};

#[derive(Debug)]
struct Gentle {
    segment: f64,
    window: f64,
    threshold: f64,
}

impl Controller for Gentle {
    fn name(&self) -> &'static str {
        "gentle"
    }

    /// How many bytes may be outstanding.
    fn window(&self) -> f64 {
        self.window
    }

    fn slow_start_threshold(&self) -> f64 {
        self.threshold
    }

    fn phase(&self) -> Phase {
        if self.window < self.threshold { Phase::SlowStart } else { Phase::CongestionAvoidance }
    }

    /// After a loss the sender comes down to the threshold by itself, in proportion.
    fn recovery(&self) -> Recovery {
        Recovery::Proportional
    }

    /// Data arrived: a little more may go.
    fn on_ack(&mut self, ack: &Ack) {
        self.window += match self.phase() {
            Phase::SlowStart => ack.bytes,
            _ => 0.5 * self.segment * ack.bytes / self.window,
        };
    }

    /// Something was lost: a fifth less.
    fn on_loss(&mut self, _: &Loss) {
        self.threshold = (0.8 * self.window).max(2.0 * self.segment);
        self.window = self.threshold;
    }

    /// Nothing came back at all: begin again, up to half of where it was.
    fn on_timeout(&mut self, _: &Loss, first: bool) {
        if first {
            self.threshold = (0.5 * self.window).max(2.0 * self.segment);
        }
        self.window = self.segment;
    }

    fn on_mss_change(&mut self, smss: u32) {
        self.segment = f64::from(smss);
        self.window = self.window.max(self.segment);
    }
}

fn new(parameters: Parameters) -> Gentle {
    let Parameters { smss, initial_window, initial_slow_start_threshold, .. } = parameters;
    Gentle { segment: f64::from(smss), window: initial_window, threshold: initial_slow_start_threshold }
}

fn main() {
    let gentle = Contender::outside("gentle", |parameters| Box::new(new(parameters)));
    println!("{}", verdict(&gentle));
}

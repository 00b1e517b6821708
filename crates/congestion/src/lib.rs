#![no_std]
#![deny(missing_docs)]
//! How large the window is, and how long to wait.
//!
//! * [`Controller`]: a congestion control algorithm, told what happened and asked for its window.
//!   [`Algorithm`] builds the ones that live here: Tahoe and Reno (RFC 5681), NewReno (RFC 6582),
//!   CUBIC (RFC 9438), BBR version 3 (draft-ietf-ccwg-bbr).
//! * [`DeliveryRate`]: how fast the path delivers, sampled with each acknowledgement.
//! * [`RttEstimator`]: round-trip times in, retransmission timeout out (RFC 6298).
//! * [`Prr`]: how much may leave while losses are repaired (RFC 9937); [`Pacer`]: when, so that it doesn't burst.
//! * [`Time`]: a point in a run. It is handed in; nothing here reads a clock.
//!
//! Whoever detects losses decides *that* something is lost; a controller only decides *how large* the
//! window becomes. Windows are bytes as `f64`, since congestion avoidance adds fractions of a byte. Only
//! IEEE 754's exactly rounded operations are used, so a run gives the same figures on every machine.
//!
//! # An algorithm of your own
//!
//! It needs nothing from this crate but the trait. This one adds one segment per round trip from the
//! start and gives back a third of its window at a loss:
//!
//! ```
//! use lucid_congestion::{Ack, Controller, Loss, Phase, Time};
//!
//! #[derive(Debug)]
//! struct Gentle { smss: f64, window: f64 }
//!
//! impl Controller for Gentle {
//!     fn name(&self) -> &'static str { "gentle" }
//!     fn window(&self) -> f64 { self.window }
//!     fn slow_start_threshold(&self) -> f64 { 0.0 }
//!     fn phase(&self) -> Phase { Phase::CongestionAvoidance }
//!     fn on_ack(&mut self, ack: &Ack) { self.window += self.smss * ack.bytes / self.window; }
//!     fn on_loss(&mut self, _: &Loss) { self.window = (self.window * 2.0 / 3.0).max(self.smss); }
//!     fn on_timeout(&mut self, _: &Loss, _first: bool) { self.window = self.smss; }
//!     fn on_mss_change(&mut self, smss: u32) {
//!         self.smss = f64::from(smss);
//!         self.window = self.window.max(self.smss);
//!     }
//! }
//!
//! let mut gentle: Box<dyn Controller> = Box::new(Gentle { smss: 1000.0, window: 8000.0 });
//! let now = Time::from_millis(20);
//! gentle.on_ack(&Ack { now, bytes: 8000.0, ..Ack::default() });
//! assert_eq!(gentle.window(), 9000.0);
//! gentle.on_loss(&Loss { now, flight_size: 9000.0 });
//! assert_eq!(gentle.window(), 6000.0);
//! ```

extern crate alloc;
#[cfg(test)]
extern crate std;

mod algorithm;
mod bbr;
mod controller;
mod cubic;
mod dice;
#[cfg(test)]
mod fixtures;
mod hystart;
mod newreno;
mod pacer;
mod parameters;
mod prr;
mod rate;
mod reno;
mod rtt;
mod tahoe;
mod time;
mod validation;
mod window;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use bbr::{Bbr, BbrParameters};
pub use controller::{Ack, Controller, Loss, LostSegment, Phase, Recovery, Sent};
pub use cubic::Cubic;
pub use newreno::NewReno;
pub use pacer::{Pace, Pacer, default_pacing_rate};
pub use parameters::{Growth, Halve, Parameters};
pub use prr::Prr;
pub use rate::{DeliveryRate, RateSample, Stamp};
pub use reno::Reno;
pub use rtt::{RtoBounds, RttEstimator};
pub use tahoe::Tahoe;
pub use time::Time;

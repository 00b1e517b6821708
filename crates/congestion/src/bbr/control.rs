//! From the model to what the sender heeds: pacing rate and window.

use super::Bbr;
use super::sample::{Sample, between};
use super::state::State;
use crate::Parameters;

impl Bbr {
    /// BBR.PacingMarginPercent: 1 % below the estimate, so that a queue shrinks rather than grows. Where there is none
    /// ([`Queue::drained`](super::queue::Queue::drained)), nothing has to shrink.
    const MARGIN: f64 = 0.99;

    /// BBR.bdp: what fits the path without a queue; the initial window, until a round trip is known.
    pub(super) fn bdp(&self) -> f64 {
        self.bdp_at(self.bandwidth)
    }

    fn bdp_at(&self, bandwidth: f64) -> f64 {
        match self.min_rtt.rtt {
            Some(rtt) => bandwidth * rtt.as_secs_f64(),
            None => self.initial_window,
        }
    }

    /// Inflight: so many times the path's product of `bandwidth` and round trip, in whole quanta.
    pub(super) fn inflight(&self, bandwidth: f64, gain: f64) -> f64 {
        self.with_budget(gain * self.bdp_at(bandwidth))
    }

    /// QuantizationBudget. The offload budget is TCP's, three quanta: one waits at the sender, one is being cut
    /// up or sent, one is held by a receiver that acknowledges late.
    fn with_budget(&self, inflight: f64) -> f64 {
        let inflight = inflight.max(3.0 * self.send_quantum()).max(self.least_window());
        if self.state == State::Up { inflight + 2.0 * self.smss } else { inflight }
    }

    /// C.send_quantum: what leaves in a millisecond.
    fn send_quantum(&self) -> f64 {
        (self.pacing_rate / 1000.0).min(65_536.0).max(2.0 * self.smss)
    }

    /// BBR.MinPipeCwnd: enough that a receiver that acknowledges every second segment keeps both ends busy.
    pub(super) fn least_window(&self) -> f64 {
        4.0 * self.smss
    }

    /// TargetInflight.
    pub(super) fn target_inflight(&self) -> f64 {
        self.bdp().min(self.window)
    }

    /// ProbeRTTCwnd.
    pub(super) fn probe_rtt_window(&self) -> f64 {
        (State::ProbeRtt.window_gain() * self.bdp()).max(self.least_window())
    }

    /// InitPacingRate: the initial window, in the time of a round trip.
    pub(super) fn initial_pacing_rate(&self, round_trip_secs: f64) -> f64 {
        State::Startup.pacing_gain() * self.initial_window / round_trip_secs
    }

    /// SetPacingRateWithGain. Until the pipe was full once, the rate only rises: an application that sends little
    /// says nothing against it.
    pub(super) fn set_pacing_rate(&mut self, gain: f64) {
        let drained = self.parameters.heed_queue && self.queue.drained;
        let margin = if drained { 1.0 } else { Self::MARGIN };
        let rate = gain * self.bandwidth * margin;
        if self.bandwidth > 0.0 && (self.full_pipe.reached || rate > self.pacing_rate) {
            // One segment a second: less than any bandwidth of interest, but never nothing.
            self.pacing_rate = rate.max(self.smss);
        }
    }

    /// SetCwnd: up with what was delivered, down at once.
    pub(super) fn update_window(&mut self, sample: &Sample) {
        let most = self.with_budget(self.state.window_gain() * self.bdp() + self.extra_acked());
        let grown = self.window + sample.newly_acked;
        let window = if self.full_pipe.reached {
            grown.min(most)
        } else if self.window < most || sample.total_delivered < self.initial_window {
            grown
        } else {
            self.window
        };
        self.set_window(window.max(self.least_window()).min(self.cap()));
    }

    /// BoundCwndForProbeRTT and BoundCwndForModel.
    fn cap(&self) -> f64 {
        let cap = match self.state {
            State::Startup | State::Drain => f64::INFINITY,
            State::Down | State::Refill | State::Up => self.bounds.longterm,
            State::Cruise => self.inflight_with_headroom(),
            State::ProbeRtt => self.inflight_with_headroom().min(self.probe_rtt_window()),
        };
        cap.min(self.bounds.shortterm).max(self.least_window())
    }

    /// The only place where the window changes: `smss <= window <= MAX_WINDOW`.
    pub(super) fn set_window(&mut self, window: f64) {
        self.window = between(window, self.smss, Parameters::MAX_WINDOW);
    }
}

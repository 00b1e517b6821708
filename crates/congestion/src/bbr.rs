//! BBR, version 3: a model of the path instead of a response to loss.

use crate::{Ack, Controller, Loss, LostSegment, Parameters, Phase, Recovery, Sent, Time};

mod aggregation;
mod bounds;
mod control;
mod filters;
mod parameters;
mod probe_bw;
mod probe_rtt;
mod queue;
mod rounds;
mod sample;
mod startup;
mod state;
#[cfg(test)]
mod tests;
mod undo;

use aggregation::Aggregation;
use bounds::{Bounds, Signals};
use filters::MaxBandwidth;
pub use parameters::BbrParameters;
use probe_bw::Probe;
use probe_rtt::{MinRtt, ProbeRtt};
use queue::Queue;
use rounds::Rounds;
use sample::{Sample, amount, between};
use startup::FullPipe;
use state::State;
use undo::Undo;

/// BBRv3 (draft-ietf-ccwg-bbr): it measures how fast the path delivers and how long an empty path takes, sends at
/// that rate, and keeps little more in flight than both come to. Every few seconds it sends a little faster, to
/// see whether the path has more to give, and a little less, to see the round trip without its own queue.
///
/// Loss alone doesn't slow it down, too much of it does: see [`BbrParameters`], also for where the default departs
/// from the draft.
///
/// It needs selective acknowledgements. Where only cumulative ones tell what has arrived, a hole that closes looks
/// like many segments delivered at once, and the bandwidth is overestimated (section "TCP Connections without SACK").
///
/// The sections of the draft are spread over this module's files; a comment such as "SetCwnd" names the draft's
/// function that a method stands for.
#[derive(Debug, Clone, Copy)]
pub struct Bbr {
    parameters: BbrParameters,
    smss: f64,
    initial_window: f64,

    state: State,
    rounds: Rounds,
    full_pipe: FullPipe,
    drain_began_in: u64,
    probe: Probe,
    probe_rtt: ProbeRtt,
    /// BBR.idle_restart: sending began again after silence, and nothing of it has arrived yet.
    idle_restart: bool,

    max_bandwidth: MaxBandwidth,
    min_rtt: MinRtt,
    aggregation: Aggregation,
    queue: Queue,
    signals: Signals,
    bounds: Bounds,
    /// BBR.bw: the lower of what the path can do and what losses let us do, bytes per second.
    bandwidth: f64,

    /// In fast recovery, or in the like after a mark.
    recovering: bool,
    /// C.delivered at a timeout whose losses aren't repaired yet.
    timed_out_at: Option<f64>,
    /// A timeout was just told, and its answer hasn't left yet.
    answering_timeout: bool,
    undo: Undo,

    /// C.inflight, as last heard.
    in_flight: f64,
    window: f64,
    /// Bytes per second.
    pacing_rate: f64,
    round_trip_known: bool,
}

impl Bbr {
    /// The name under which it is chosen.
    pub const NAME: &'static str = "bbr";

    /// A connection begins. Of the parameters, segment size, initial window and seed count.
    pub fn new(parameters: Parameters) -> Self {
        Self::with(parameters, BbrParameters::default())
    }

    /// The same, with another response to loss.
    pub fn with(parameters: Parameters, tuning: BbrParameters) -> Self {
        let smss = f64::from(parameters.smss.clamp(1, Parameters::MAX_SMSS));
        let window = between(parameters.initial_window, smss, Parameters::MAX_WINDOW);
        let mut bbr = Self {
            parameters: tuning.in_range(),
            smss,
            initial_window: window,
            state: State::Startup,
            rounds: Rounds::default(),
            full_pipe: FullPipe::default(),
            drain_began_in: 0,
            probe: Probe::new(parameters.seed),
            probe_rtt: ProbeRtt::default(),
            idle_restart: false,
            max_bandwidth: MaxBandwidth::default(),
            min_rtt: MinRtt::default(),
            aggregation: Aggregation::default(),
            queue: Queue::default(),
            signals: Signals::default(),
            bounds: Bounds::NONE,
            bandwidth: 0.0,
            recovering: false,
            timed_out_at: None,
            answering_timeout: false,
            undo: Undo { saved: false, state: None, bounds: Bounds::NONE, window: 0.0 },
            in_flight: 0.0,
            window,
            pacing_rate: 0.0,
            round_trip_known: false,
        };
        // As good as not at all: nothing is known yet of how long the path takes.
        bbr.pacing_rate = bbr.initial_pacing_rate(0.001);
        bbr
    }

    /// InLossRecovery.
    fn in_recovery(&self) -> bool {
        self.recovering || self.timed_out_at.is_some()
    }

    /// UpdateModelAndState, in the draft's order.
    fn update_model(&mut self, sample: &Sample) {
        self.update_congestion_signals(sample);
        self.watch_queue(sample);
        self.update_aggregation(sample);
        self.check_full_pipe(sample);
        self.check_startup_done(sample);
        self.check_drain_done(sample);
        self.update_cycle(sample);
        self.check_probe_rtt(sample);
        self.signals.advance(sample);
        self.bandwidth = self.max_bandwidth.get().min(self.bounds.rate_shortterm);
    }

    /// The first round trip gives the initial window a rate: section "Pacing Rate".
    fn learn_round_trip(&mut self, ack: &Ack) {
        let Some(round_trip) = ack.smoothed_rtt.or(ack.rtt) else { return };
        if !self.round_trip_known && !round_trip.is_zero() {
            self.round_trip_known = true;
            self.pacing_rate = self.initial_pacing_rate(round_trip.as_secs_f64());
        }
    }

    /// Something sent after the answer to a timeout has arrived: the worst is over.
    fn check_timeout_repaired(&mut self, sample: &Sample, recovering: bool) {
        if self.timed_out_at.is_some_and(|delivered| sample.prior_delivered > delivered) && !recovering {
            self.timed_out_at = None;
            self.undo.saved = false;
            self.restore_window();
        }
    }
}

impl Controller for Bbr {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn window(&self) -> f64 {
        self.window
    }

    /// There is none; in Startup, as high as can be.
    fn slow_start_threshold(&self) -> f64 {
        if self.state == State::Startup { Parameters::MAX_WINDOW } else { 0.0 }
    }

    fn phase(&self) -> Phase {
        if self.recovering {
            Phase::FastRecovery
        } else if self.window < self.slow_start_threshold() {
            Phase::SlowStart
        } else {
            Phase::CongestionAvoidance
        }
    }

    fn recovery(&self) -> Recovery {
        Recovery::Own
    }

    /// UpdateOnACK.
    fn on_ack(&mut self, ack: &Ack) {
        let mut sample = Sample::of(ack);
        sample.app_limited |= self.probe_rtt.held_back(&sample);
        self.in_flight = sample.in_flight;
        self.learn_round_trip(ack);
        self.check_timeout_repaired(&sample, ack.recovering);
        self.update_model(&sample);
        self.set_pacing_rate(self.state.pacing_gain());
        self.update_window(&sample);
    }

    /// OnEnterFastRecovery. What was lost has been told; the window answers at the end of the round.
    fn on_loss(&mut self, _loss: &Loss) {
        self.save_state();
        self.recovering = true;
    }

    /// Back to the last known good window; [`on_ack`](Self::on_ack), which follows, bounds it by the model.
    fn on_recovered(&mut self, _ack: &Ack) {
        self.recovering = false;
        self.undo.saved = false;
        self.restore_window();
    }

    /// OnEnterRTO: room for one segment.
    fn on_timeout(&mut self, _loss: &Loss, _first: bool) {
        self.save_state();
        self.recovering = false;
        self.timed_out_at = Some(self.rounds.delivered);
        self.answering_timeout = true;
        self.set_window(self.in_flight + self.smss);
    }

    /// The draft wants marks treated as congestion and leaves open how. Here one makes its round lossy, however
    /// little was lost, and ends a probe.
    fn on_congestion_experienced(&mut self, loss: &Loss) {
        self.handle_mark(loss.now);
        self.recovering = true;
    }

    fn on_segment_lost(&mut self, lost: &LostSegment) {
        self.handle_lost(lost);
    }

    fn on_spurious(&mut self, _now: Time) {
        self.handle_spurious();
        self.answering_timeout = false;
        self.recovering = false;
        self.timed_out_at = None;
    }

    /// HandleRestartFromIdle: go on where we were, at the rate of the path; silence has drained every queue.
    fn on_sent(&mut self, sent: &Sent) {
        let in_flight = amount(sent.in_flight);
        if core::mem::take(&mut self.answering_timeout) {
            // A sender may take all for lost at a timeout without telling it segment by segment.
            self.set_window(self.window.min(in_flight + self.smss));
        }
        if in_flight == 0.0 && sent.app_limited {
            self.idle_restart = true;
            self.aggregation.since = sent.now;
            if self.state.is_probe_bw() {
                self.set_pacing_rate(1.0);
            } else if self.state == State::ProbeRtt {
                self.check_probe_rtt_done(sent.now);
            }
        }
        self.in_flight = in_flight + amount(sent.bytes);
    }

    fn on_mss_change(&mut self, smss: u32) {
        self.smss = f64::from(smss.clamp(1, Parameters::MAX_SMSS));
        self.set_window(self.window);
    }

    fn pacing_rate(&self) -> Option<f64> {
        Some(self.pacing_rate)
    }
}

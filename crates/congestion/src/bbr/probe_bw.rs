//! The cycle of Down, Cruise, Refill and Up: how the estimate of the bandwidth is kept true.

use core::time::Duration;

use super::Bbr;
use super::sample::Sample;
use super::state::State;
use crate::Time;
use crate::dice::Dice;

/// BBR.ack_phase: what the acknowledgements coming in just now tell about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feedback {
    /// ACKS_INIT: nothing of a probe.
    None,
    /// ACKS_REFILLING: the path is being filled.
    Refilling,
    /// ACKS_PROBE_STARTING: a probe has begun, what arrives was sent before it.
    Starting,
    /// ACKS_PROBE_FEEDBACK: what arrives was sent in the probe.
    Probing,
    /// ACKS_PROBE_STOPPING: the probe is over, but what arrives was still sent in it.
    Stopping,
}

/// Section "ProbeBW State".
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe {
    pub(super) feedback: Feedback,
    /// BBR.is_bw_probe_sample: a loss just now says that the probe went too far.
    pub(super) sampling: bool,
    /// BBR.prev_probe_too_high.
    pub(super) too_high: bool,
    /// BBR.prev_probe_precautionary.
    pub(super) precautionary: bool,
    /// BBR.cycle_stamp.
    since: Time,
    /// BBR.bw_probe_wait.
    wait: Duration,
    /// BBR.rounds_since_probe_up.
    pub(super) rounds: u64,
    /// BBR.bw_probe_up_rounds.
    up_rounds: u32,
    /// BBR.bw_probe_up_acked.
    up_acked: f64,
    /// BBR.probe_up_acked_per_inc.
    acked_per_step: f64,
    dice: Dice,
}

impl Probe {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            feedback: Feedback::None,
            sampling: false,
            too_high: false,
            precautionary: false,
            since: Time::ZERO,
            wait: Duration::ZERO,
            rounds: 0,
            up_rounds: 0,
            up_acked: 0.0,
            acked_per_step: f64::INFINITY,
            dice: Dice::new(seed),
        }
    }

    /// PickProbeWait: by clock and by rounds, at random, so that flows don't probe in step.
    fn pick_wait(&mut self) {
        self.rounds = self.dice.throw() % 2;
        self.wait = Duration::from_secs(2) + Duration::from_nanos(self.dice.throw() % 1_000_000_000);
    }
}

impl Bbr {
    /// StartProbeBW_DOWN.
    pub(super) fn start_down(&mut self, now: Time) {
        self.signals.reset();
        self.probe.acked_per_step = f64::INFINITY;
        self.probe.pick_wait();
        self.probe.since = now;
        self.probe.feedback = Feedback::Stopping;
        self.rounds.begin();
        self.state = State::Down;
    }

    /// StartProbeBW_CRUISE.
    pub(super) fn start_cruise(&mut self) {
        self.state = State::Cruise;
    }

    /// StartProbeBW_REFILL.
    pub(super) fn start_refill(&mut self) {
        self.bounds.reset_shortterm();
        self.probe.up_rounds = 0;
        self.probe.up_acked = 0.0;
        self.probe.precautionary = false;
        self.probe.feedback = Feedback::Refilling;
        self.rounds.begin();
        self.state = State::Refill;
    }

    /// StartProbeBW_UP.
    fn start_up(&mut self, sample: &Sample) {
        self.probe.feedback = Feedback::Starting;
        self.probe.sampling = true;
        self.queue.begin_probe();
        self.rounds.begin();
        self.full_pipe.look_again(sample.rate);
        self.state = State::Up;
        self.raise_slope();
    }

    /// UpdateProbeBWCyclePhase.
    pub(super) fn update_cycle(&mut self, sample: &Sample) {
        if !self.full_pipe.reached || self.adapt_longterm(sample) {
            return;
        }
        match self.state {
            State::Down if self.is_time_to_probe(sample.now) => {
                self.queue.standing = self.queue.in_last_round; // sending less hasn't emptied it
                self.start_refill();
            }
            State::Down if self.is_time_to_cruise(sample) => self.start_cruise(),
            State::Cruise if self.is_time_to_probe(sample.now) => self.start_refill(),
            State::Refill if self.rounds.started => self.start_up(sample),
            State::Up => self.go_down_in_time(sample),
            _ => {}
        }
    }

    /// IsTimeToProbeBW: two or three seconds have gone by, or as many rounds as Reno would take to grow by what
    /// is in flight, so that a Reno beside us is disturbed no more often than by another Reno.
    fn is_time_to_probe(&self, now: Time) -> bool {
        const MOST_ROUNDS: f64 = 63.0;
        let reno_rounds = (self.target_inflight() / self.smss).min(MOST_ROUNDS);
        now > self.probe.since + self.probe.wait || self.probe.rounds as f64 >= reno_rounds
    }

    /// IsTimeToCruise: the queue is gone, and there is headroom for others.
    fn is_time_to_cruise(&self, sample: &Sample) -> bool {
        sample.in_flight <= self.inflight_with_headroom()
            && sample.in_flight <= self.inflight(self.max_bandwidth.get(), 1.0)
    }

    fn go_down_in_time(&mut self, sample: &Sample) {
        if self.is_time_to_go_down(sample) {
            self.probe.too_high = false; // no high loss, so far
            self.start_down(sample.now);
        }
    }

    /// IsTimeToGoDown.
    fn is_time_to_go_down(&mut self, sample: &Sample) -> bool {
        // Before this acknowledgement; and one more whole segment counts as having been there, since the window
        // would not have let it go.
        let was_in_flight = sample.in_flight + sample.newly_acked + sample.newly_lost;
        if self.probe.too_high && was_in_flight + self.smss > self.bounds.longterm {
            // The last probe went too far here; this one turns back before it is seen to.
            self.probe.precautionary = true;
            return true;
        }
        if sample.window_limited && self.window >= self.bounds.longterm {
            // The bound holds the rate back, so a plateau says nothing of the path.
            self.full_pipe.look_again(sample.rate);
            return false;
        }
        self.full_pipe.now || self.probe_makes_queue(sample)
    }

    /// AdaptLongTermModel. Returns whether it decided on the next state.
    fn adapt_longterm(&mut self, sample: &Sample) -> bool {
        if self.rounds.started && self.probe.feedback == Feedback::Starting {
            self.probe.feedback = Feedback::Probing;
        }
        if self.rounds.started && self.probe.feedback == Feedback::Stopping && self.end_feedback(sample) {
            return true;
        }
        if !self.is_inflight_too_high(sample) && self.bounds.longterm.is_finite() {
            self.bounds.longterm = self.bounds.longterm.max(sample.sent_in_flight);
            if self.state == State::Up {
                self.probe_longterm_upward(sample);
            }
        }
        false
    }

    /// The last of what was sent in a probe has arrived. Returns whether the next probe follows at once.
    fn end_feedback(&mut self, sample: &Sample) -> bool {
        self.probe.sampling = false;
        self.probe.feedback = Feedback::None;
        if !self.state.is_probe_bw() {
            return false;
        }
        if !sample.app_limited {
            self.max_bandwidth.advance();
        }
        let again = self.probe.precautionary && !self.probe.too_high;
        if again {
            self.start_refill();
        }
        again
    }

    /// ProbeInflightLongtermUpward: one segment more, then 2, 4, 8 in each round, spread over the round.
    fn probe_longterm_upward(&mut self, sample: &Sample) {
        if !sample.window_limited || self.window < self.bounds.longterm {
            return;
        }
        self.probe.up_acked += sample.newly_acked;
        if self.probe.up_acked >= self.probe.acked_per_step {
            let steps = (self.probe.up_acked / self.probe.acked_per_step) as u64 as f64;
            self.probe.up_acked -= steps * self.probe.acked_per_step;
            self.bounds.longterm += steps * self.smss;
        }
        if self.rounds.started {
            self.raise_slope();
        }
    }

    /// RaiseInflightLongtermSlope.
    fn raise_slope(&mut self) {
        let growth = f64::from(1_u32 << self.probe.up_rounds);
        self.probe.up_rounds = (self.probe.up_rounds + 1).min(30);
        self.probe.acked_per_step = (self.window / growth).max(self.smss);
    }
}

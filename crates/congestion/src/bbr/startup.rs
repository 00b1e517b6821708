//! Startup and Drain: how the bandwidth is found, and the queue that made emptied again.

use super::Bbr;
use super::sample::Sample;
use super::state::State;

/// Whether a rising rate has filled the pipe: section "Exiting Acceleration Based on Bandwidth Plateau".
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FullPipe {
    /// BBR.full_bw_reached: ever since the connection began.
    pub(super) reached: bool,
    /// BBR.full_bw_now: since it was last looked for.
    pub(super) now: bool,
    /// BBR.full_bw: the rate to compare with.
    rate: f64,
    /// BBR.full_bw_count: rounds without much growth.
    rounds: u32,
}

impl FullPipe {
    /// Rounds that grow by less count as a plateau.
    const GROWTH: f64 = 1.25;
    /// So many of them: fewer may be a receiver's window that is just opening.
    const ROUNDS: u32 = 3;

    /// ResetFullBW, then compare with `rate`.
    pub(super) fn look_again(&mut self, rate: f64) {
        *self = Self { reached: self.reached, now: false, rate, rounds: 0 };
    }

    /// CheckFullBWReached, at the start of a round whose rate is the path's and not the application's.
    fn check(&mut self, rate: f64) {
        if rate >= self.rate * Self::GROWTH {
            return self.look_again(rate);
        }
        self.rounds += 1;
        self.now = self.rounds >= Self::ROUNDS;
        self.reached |= self.now;
    }
}

impl Bbr {
    /// BBRStartupFullLossCnt: so many losses in a round end Startup, if they are enough in bytes, too. Counted
    /// are acknowledgements that show losses: several segments lost side by side come to one or two.
    const FULL_LOSSES: u32 = 6;

    pub(super) fn enter_startup(&mut self) {
        self.state = State::Startup;
    }

    pub(super) fn check_full_pipe(&mut self, sample: &Sample) {
        if !self.full_pipe.now && self.rounds.started && !sample.app_limited && sample.rate > 0.0 {
            self.full_pipe.check(sample.rate);
        }
    }

    /// CheckStartupDone.
    pub(super) fn check_startup_done(&mut self, sample: &Sample) {
        self.check_startup_high_loss(sample);
        if self.state == State::Startup && self.full_pipe.reached {
            self.state = State::Drain;
            self.drain_began_in = self.rounds.count;
        }
    }

    /// CheckStartupHighLoss: a whole round of recovery, in which too much was lost, and not all at once.
    fn check_startup_high_loss(&mut self, sample: &Sample) {
        let losses = self.signals.count_losses(sample);
        if self.state != State::Startup || self.full_pipe.reached || !self.recovering {
            return;
        }
        if self.signals.round_started && losses >= Self::FULL_LOSSES && self.is_inflight_too_high(sample) {
            self.undo.state = Some(State::Startup);
            self.full_pipe.reached = true;
            self.full_pipe.now = true;
            self.bounds.longterm = self.bdp().max(self.signals.inflight_latest);
        }
    }

    /// CheckDrainDone: what is in flight fits the path, or it has taken too long, since the bandwidth was
    /// overestimated.
    pub(super) fn check_drain_done(&mut self, sample: &Sample) {
        const ROUNDS: u64 = 3;
        if self.state == State::Drain
            && (sample.in_flight <= self.inflight(self.bandwidth, 1.0)
                || self.rounds.count > self.drain_began_in + ROUNDS)
        {
            self.start_down(sample.now);
        }
    }
}

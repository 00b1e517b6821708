//! What losses say: how much may be in flight, and how fast, for now and in the long term.

use super::Bbr;
use super::sample::{Sample, amount};
use super::state::State;
use crate::{LostSegment, Time};

/// The bounds that losses have set; infinite where there are none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// BBR.bw_shortterm, bytes per second.
    pub(super) rate_shortterm: f64,
    /// BBR.inflight_shortterm.
    pub(super) shortterm: f64,
    /// BBR.inflight_longterm.
    pub(super) longterm: f64,
}

impl Bounds {
    pub(super) const NONE: Self =
        Self { rate_shortterm: f64::INFINITY, shortterm: f64::INFINITY, longterm: f64::INFINITY };

    /// ResetShortTermModel.
    pub(super) fn reset_shortterm(&mut self) {
        *self = Self { longterm: self.longterm, ..Self::NONE };
    }
}

/// What the path delivered and lost in the last round: section "State for Responding to Congestion".
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signals {
    /// BBR.bw_latest.
    rate_latest: f64,
    /// BBR.inflight_latest.
    pub(super) inflight_latest: f64,
    /// BBR.loss_round_start.
    pub(super) round_started: bool,
    /// BBR.loss_round_delivered.
    round_ends_at: f64,
    /// BBR.is_loss_in_round.
    pub(super) loss_in_round: bool,
    /// C.delivered when the round's first loss was found.
    delivered_before: f64,
    /// Bytes lost in this round.
    lost: f64,
    /// A congestion mark came in this round.
    marked: bool,
    /// The round before lost more than noise.
    noisy_before: bool,
    /// Acknowledgements in this round that showed losses.
    losses: u32,
}

impl Signals {
    /// ResetCongestionSignals.
    pub(super) fn reset(&mut self) {
        let Self { round_ends_at, round_started, noisy_before, .. } = *self;
        *self = Self { round_ends_at, round_started, noisy_before, ..Self::default() };
    }

    /// UpdateLatestDeliverySignals.
    fn update(&mut self, sample: &Sample) {
        self.rate_latest = self.rate_latest.max(sample.rate);
        self.inflight_latest = self.inflight_latest.max(sample.delivered);
        self.round_started = sample.prior_delivered >= self.round_ends_at;
        if self.round_started {
            self.round_ends_at = sample.total_delivered;
        }
    }

    /// AdvanceLatestDeliverySignals.
    pub(super) fn advance(&mut self, sample: &Sample) {
        if self.round_started {
            self.rate_latest = sample.rate;
            self.inflight_latest = sample.delivered;
        }
    }

    /// How many acknowledgements of this round showed losses, the present one with them.
    pub(super) fn count_losses(&mut self, sample: &Sample) -> u32 {
        let losses = self.losses.saturating_add(u32::from(sample.newly_lost > 0.0));
        self.losses = if self.round_started { 0 } else { losses };
        losses
    }
}

impl Bbr {
    /// NoteLoss: the round in which losses are counted begins with the first.
    fn note_loss(&mut self, bytes: f64) {
        if !self.signals.loss_in_round {
            self.signals.round_ends_at = self.rounds.delivered;
            self.signals.delivered_before = self.rounds.delivered;
            self.signals.lost = 0.0;
            self.signals.marked = false;
            self.save_state();
        }
        self.signals.loss_in_round = true;
        self.signals.lost += bytes;
    }

    /// HandleLostPacket.
    pub(super) fn handle_lost(&mut self, lost: &LostSegment) {
        let bytes = amount(lost.bytes);
        self.in_flight = (self.in_flight - bytes).max(0.0);
        self.note_loss(bytes);
        if !self.probe.sampling {
            return;
        }
        let in_flight = amount(lost.stamp.in_flight);
        let since_sent = amount(lost.total_lost) - amount(lost.stamp.lost);
        if since_sent > in_flight * self.loss_threshold() {
            let level = self.inflight_at_loss(in_flight - bytes, since_sent - bytes);
            self.handle_inflight_too_high(lost.now, level, lost.stamp.app_limited);
        }
    }

    /// InflightAtLoss: what was in flight when the losses crossed the threshold, given what was in flight and
    /// lost before this segment, which may be a burst of many.
    fn inflight_at_loss(&self, in_flight: f64, lost: f64) -> f64 {
        let threshold = self.loss_threshold();
        if threshold >= 1.0 {
            return in_flight;
        }
        amount(in_flight + (threshold * in_flight - lost) / (1.0 - threshold))
    }

    /// A congestion mark: as good as a lossy round, and if we were probing, the probe has gone too far.
    pub(super) fn handle_mark(&mut self, now: Time) {
        self.note_loss(0.0);
        self.signals.marked = true;
        if self.probe.sampling {
            self.handle_inflight_too_high(now, self.in_flight, false);
        }
    }

    /// IsInflightTooHigh. Losses are taken to be told one by one (C.has_selective_acks).
    pub(super) fn is_inflight_too_high(&self, sample: &Sample) -> bool {
        sample.lost > sample.sent_in_flight * self.loss_threshold()
    }

    /// HandleInflightTooHigh: once for each probe.
    fn handle_inflight_too_high(&mut self, now: Time, level: f64, app_limited: bool) {
        self.probe.too_high = true;
        self.probe.sampling = false;
        if !app_limited {
            self.bounds.longterm = level.max(self.target_inflight() * self.parameters.beta);
        }
        if self.state == State::Up {
            self.undo.state = Some(State::Up);
            self.start_down(now);
        }
    }

    /// UpdateLatestDeliverySignals and UpdateCongestionSignals.
    pub(super) fn update_congestion_signals(&mut self, sample: &Sample) {
        self.signals.update(sample);
        if self.rounds.update(sample) {
            self.probe.rounds += 1;
        }
        if sample.rate > 0.0 {
            self.max_bandwidth.update(sample.rate, sample.app_limited);
        }
        if self.signals.round_started {
            let lossy = self.was_lossy();
            if lossy && !self.state.is_accelerating() {
                self.lower_shortterm();
            }
            self.signals.loss_in_round = false;
            self.undo.saved &= self.in_recovery();
        }
    }

    /// Whether the round that ends was lossy. Where no queue stands, it takes two in a row: a burst of losses on a bad
    /// link is over after one, while a path that is too narrow goes on losing.
    fn was_lossy(&mut self) -> bool {
        if !self.signals.loss_in_round {
            self.signals.noisy_before = false;
            return false;
        }
        let delivered = (self.rounds.delivered - self.signals.delivered_before).max(0.0);
        let lost = self.signals.lost;
        let noise = self.noise(self.parameters.noise_in_round);
        let noisy = lost > (lost + delivered) * noise;
        let before = core::mem::replace(&mut self.signals.noisy_before, noisy);
        self.signals.marked || noisy && (before || noise <= 0.0)
    }

    /// The `share` of losses that needs no other reason than a bad link, if no queue stands: see [`BbrParameters`](super::BbrParameters).
    fn noise(&self, share: f64) -> f64 {
        if self.queue.standing { 0.0 } else { share }
    }

    pub(super) fn loss_threshold(&self) -> f64 {
        self.parameters.loss_threshold.max(self.noise(self.parameters.noise_in_probe))
    }

    /// InitLowerBounds and LossLowerBounds: towards what the path delivered last, by no more than Beta a round.
    fn lower_shortterm(&mut self) {
        let beta = self.parameters.beta;
        let bounds = &mut self.bounds;
        if bounds.rate_shortterm.is_infinite() {
            bounds.rate_shortterm = self.max_bandwidth.get();
        }
        if bounds.shortterm.is_infinite() {
            bounds.shortterm = self.window;
        }
        bounds.rate_shortterm = self.signals.rate_latest.max(beta * bounds.rate_shortterm);
        bounds.shortterm = self.signals.inflight_latest.max(beta * bounds.shortterm);
    }

    /// InflightWithHeadroom: less than the long-term bound, for others to find room.
    pub(super) fn inflight_with_headroom(&self) -> f64 {
        const HEADROOM: f64 = 0.15;
        if self.bounds.longterm.is_infinite() {
            return f64::INFINITY;
        }
        let headroom = (HEADROOM * self.bounds.longterm).max(self.smss);
        (self.bounds.longterm - headroom).max(self.least_window())
    }
}

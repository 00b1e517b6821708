//! The arithmetic that the window-based algorithms share.

use alloc::boxed::Box;

use crate::hystart::{HyStart, Pace};
use crate::parameters::{Growth, Halve, Parameters};
use crate::validation::Validation;
use crate::{Ack, Loss, LostSegment, Phase, Recovery};

#[cfg(test)]
mod tests;

/// cwnd and ssthresh, and the only code that writes them.
///
/// Whatever it is told, in whatever order: `smss <= window <= MAX_WINDOW` and
/// `2 * smss <= threshold <= MAX_WINDOW`. A NaN counts as zero: `f64::max` discards it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct CongestionWindow {
    smss: f64,
    window: f64,
    threshold: f64,
    recovering: bool,
    growth: Growth,
    halve: Halve,
    decrease: Decrease,
    /// None: as RFC 5681 and the textbooks have it.
    modern: Option<Modern>,
    /// What the last loss took away, in case it was none.
    saved: Option<Box<Saved>>,
}

/// What is left of a window that was too large.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Decrease {
    /// After a loss.
    pub(crate) loss: f64,
    /// After a congestion mark.
    pub(crate) mark: f64,
}

impl Decrease {
    /// RFC 5681 3.1 (4); RFC 8511 section 4 (ABE): a queue that marks is shorter than one that drops.
    pub(crate) const RENO: Self = Self { loss: 0.5, mark: 0.8 };
}

/// What RFC 5681 didn't know yet. With it recovery is the sender's (RFC 9937), and the bytes that count are
/// those delivered.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Modern {
    initial_window: f64,
    hystart: HyStart,
    validation: Validation,
    /// Bytes found lost since the last recovery: resent, if there is one.
    lost: f64,
    /// Recovery began with a window that was not validated: what was really used, and what is left of that.
    unvalidated: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Saved {
    window: f64,
    threshold: f64,
    hystart: Option<HyStart>,
}

impl CongestionWindow {
    pub(crate) fn new(parameters: Parameters) -> Self {
        if parameters.proportional {
            Self::modern(parameters, Decrease::RENO)
        } else {
            Self::classic(parameters)
        }
    }

    /// As in RFC 5681, and nothing that came later.
    pub(crate) fn classic(parameters: Parameters) -> Self {
        let smss = segment_size(parameters.smss);
        Self {
            smss,
            window: bounded(parameters.initial_window, smss),
            threshold: bounded(parameters.initial_slow_start_threshold, 2.0 * smss),
            recovering: false,
            growth: parameters.growth,
            halve: parameters.halve,
            decrease: Decrease::RENO,
            modern: None,
            saved: None,
        }
    }

    pub(crate) fn modern(parameters: Parameters, decrease: Decrease) -> Self {
        let classic = Self::classic(parameters);
        let modern = Modern {
            initial_window: classic.window,
            hystart: HyStart::new(),
            validation: Validation::default(),
            lost: 0.0,
            unvalidated: None,
        };
        Self { decrease, modern: Some(modern), ..classic }
    }

    pub(crate) fn window(&self) -> f64 {
        self.window
    }

    pub(crate) fn threshold(&self) -> f64 {
        self.threshold
    }

    pub(crate) fn segment_size(&self) -> f64 {
        self.smss
    }

    pub(crate) fn phase(&self) -> Phase {
        if self.recovering {
            Phase::FastRecovery
        } else if self.window < self.threshold {
            Phase::SlowStart
        } else {
            // RFC 5681 3.1 leaves equality open; we avoid from there on.
            Phase::CongestionAvoidance
        }
    }

    /// How recovery is treated, by an algorithm that otherwise does it by `inflating`.
    pub(crate) fn recovery(&self, inflating: Recovery) -> Recovery {
        if self.modern.is_some() { Recovery::Proportional } else { inflating }
    }

    /// New data was acknowledged outside recovery.
    pub(crate) fn grow(&mut self, ack: &Ack) {
        self.validate(ack);
        match self.phase() {
            Phase::SlowStart => self.slow_start(ack),
            Phase::CongestionAvoidance => self.widen(self.avoidance_step(ack)),
            Phase::FastRecovery => {}
        }
    }

    /// RFC 5681 3.1 (2, MUST-19, X-10).
    pub(crate) fn slow_start(&mut self, ack: &Ack) {
        let pace = self.modern.as_mut().map_or(Pace::Grow(1.0), |modern| modern.hystart.on_ack(ack));
        match pace {
            Pace::Leave => self.threshold = bounded(self.window, 2.0 * self.smss),
            Pace::Grow(share) => {
                let step = match (self.growth, self.modern) {
                    (Growth::PerAck, _) => self.smss,
                    (Growth::PerByte, None) => self.smss.min(acknowledged(ack)),
                    // An ACK may stand for many segments (RFC 9406 4.3: no limit L, if paced). What is more than
                    // the window isn't from this round trip, but from before a timeout.
                    (Growth::PerByte, Some(_)) => ack.delivered.max(0.0).min(self.window),
                };
                if self.tested(ack) {
                    self.widen(share * step);
                }
            }
        }
    }

    /// RFC 5681 3.1 (3, MUST-19).
    fn avoidance_step(&self, ack: &Ack) -> f64 {
        let per_ack = self.smss * self.smss / self.window;
        match (self.growth, self.modern) {
            _ if !self.tested(ack) => 0.0,
            (Growth::PerAck, _) => per_ack,
            (Growth::PerByte, None) => per_ack.min(acknowledged(ack)),
            // A segment for each window delivered, however many ACKs say so (RFC 3465 section 2.1).
            (Growth::PerByte, Some(_)) => self.smss * ack.delivered.max(0.0).min(self.window) / self.window,
        }
    }

    pub(crate) fn widen(&mut self, bytes: f64) {
        self.set_window(self.window + bytes);
    }

    /// Whether the window may grow: one that doesn't hold sending back isn't known to be too small (RFC 7661
    /// section 4.4).
    fn tested(&self, ack: &Ack) -> bool {
        self.modern.is_none() || ack.window_limited
    }

    /// RFC 7661: keeps an account of what is used of the window.
    pub(crate) fn validate(&mut self, ack: &Ack) {
        let Some(modern) = self.modern.as_mut().filter(|_| !self.recovering) else { return };
        modern.lost = 0.0;
        if modern.validation.on_ack(ack, self.window) {
            // RFC 7661 4.4.3.
            let halved = (self.window / 2.0).max(modern.initial_window.min(self.window));
            self.remember_in_threshold();
            self.set_window(halved);
        }
    }

    /// What a loss is judged by: the window, or if that wasn't validated what was used of it.
    pub(crate) fn used(&self, loss: &Loss) -> f64 {
        self.unvalidated(loss).unwrap_or(self.deflated()).min(self.deflated())
    }

    fn unvalidated(&self, loss: &Loss) -> Option<f64> {
        self.modern?.validation.used().map(|pipe_ack| pipe_ack.max(loss.flight_size))
    }

    /// The window without what duplicate ACKs added in recovery. That stands for segments that have arrived;
    /// the network was never given that much.
    fn deflated(&self) -> f64 {
        if self.recovering { self.threshold } else { self.window }
    }

    /// RFC 5681 3.1 (4): a part of what was too much, but two segments at least.
    fn lower_threshold(&mut self, loss: &Loss, part: f64) {
        let too_much = match self.halve {
            Halve::FlightSize => loss.flight_size,
            Halve::Window => self.deflated(),
        };
        // RFC 7661 4.4.1.
        let too_much = self.unvalidated(loss).unwrap_or(too_much);
        self.threshold = bounded(too_much * part, 2.0 * self.smss);
    }

    /// RFC 5681 3.1: back to one segment, the loss window; recovery, if any, is over. The threshold is
    /// lowered for the `first` loss of a segment only: the next ones find little outstanding, which says
    /// nothing about the path.
    pub(crate) fn start_over(&mut self, loss: &Loss, first: bool) {
        // A timeout that repeats adds nothing to what the first one took, unless that was given back.
        if first || self.saved.is_none() {
            self.save();
        }
        if first {
            self.lower_threshold(loss, self.decrease.loss);
        }
        self.recovering = false;
        self.set_window(self.smss);
        self.forget_use();
    }

    /// RFC 5681 3.2 (2) and (3): halve, and let out the three segments that the duplicate ACKs reported. In
    /// proportion, the sender sees to what goes out (RFC 9937).
    pub(crate) fn enter_recovery(&mut self, loss: &Loss) {
        self.reduce(loss, self.decrease.loss);
        if self.modern.is_none() {
            self.widen(3.0 * self.smss);
        }
    }

    /// RFC 3168 6.1.2: as for a loss, but nothing is to be resent.
    pub(crate) fn heed_mark(&mut self, loss: &Loss) {
        self.reduce(loss, self.decrease.mark);
    }

    fn reduce(&mut self, loss: &Loss, part: f64) {
        self.save();
        let unvalidated = self.unvalidated(loss).map(|used| (used, part));
        if let Some(modern) = &mut self.modern {
            modern.unvalidated = unvalidated;
        }
        self.lower_threshold(loss, part);
        self.recovering = true;
        self.set_window(self.threshold);
    }

    /// RFC 5681 3.2 (4): a segment has left the network, another may enter it.
    pub(crate) fn inflate(&mut self) {
        if self.recovering {
            self.widen(self.smss);
        }
    }

    /// RFC 6582 3.2 (3), partial acknowledgement: take out what was acknowledged; the segment resent for
    /// it goes back in.
    pub(crate) fn deflate_partly(&mut self, ack: &Ack) {
        if self.recovering {
            let acknowledged = acknowledged(ack);
            let resent = if acknowledged >= self.smss { self.smss } else { 0.0 };
            self.set_window(self.window - acknowledged + resent);
        }
    }

    /// A segment is lost, and is being sent again.
    pub(crate) fn lose(&mut self, lost: &LostSegment) {
        if let Some(modern) = &mut self.modern {
            modern.lost += lost.bytes.max(0.0);
        }
    }

    /// Recovery ends: RFC 5681 3.2 (6), and the second choice of RFC 6582 3.2 (3).
    pub(crate) fn leave_recovery(&mut self) {
        if self.recovering {
            if let Some(Modern { unvalidated: Some((used, part)), lost, .. }) = self.modern {
                // RFC 7661 4.4.1: what was lost of it the path did not carry either.
                self.threshold = bounded((used - lost) * part, 2.0 * self.smss);
            }
            self.recovering = false;
            self.set_window(self.threshold);
            self.forget_use();
        }
    }

    /// The first choice of RFC 6582 3.2 (3), full acknowledgement: when little is outstanding by now, a
    /// whole window would leave in one burst. (In proportion, it wouldn't.)
    pub(crate) fn leave_recovery_without_burst(&mut self, ack: &Ack) {
        let inflated = self.recovering && self.modern.is_none();
        self.leave_recovery();
        if inflated {
            self.set_window(self.threshold.min(ack.flight_size.max(self.smss) + self.smss));
        }
    }

    /// RFC 5681 4.1: after a silence the window is stale, but the threshold remembers what it was.
    pub(crate) fn restart(&mut self) {
        if let Some(modern) = self.modern {
            self.remember_in_threshold();
            self.set_window(self.window.min(modern.initial_window));
            self.forget_use();
        }
    }

    /// RFC 7661 4.4.3: so that slow start finds the way back, but for the last quarter.
    fn remember_in_threshold(&mut self) {
        self.threshold = bounded(self.threshold.max(0.75 * self.window), 2.0 * self.smss);
    }

    /// The window is another one now: what was used of it says nothing of this one.
    fn forget_use(&mut self) {
        if let Some(modern) = &mut self.modern {
            modern.validation = Validation::default();
            modern.unvalidated = None;
            modern.lost = 0.0;
        }
    }

    /// The window is about to be cut.
    fn save(&mut self) {
        let hystart = self.modern.as_mut().map(|modern| {
            let before = modern.hystart;
            modern.hystart.end();
            before
        });
        let saved = Saved { window: self.deflated(), threshold: self.threshold, hystart };
        self.saved = Some(Box::new(saved));
    }

    /// The last cut was wrong. What the window has gained since then stays.
    pub(crate) fn restore(&mut self) {
        let Some(saved) = self.saved.take() else { return };
        self.recovering = false;
        self.threshold = bounded(self.threshold.max(saved.threshold), 2.0 * self.smss);
        self.set_window(self.window.max(saved.window));
        if let (Some(modern), Some(hystart)) = (&mut self.modern, saved.hystart) {
            modern.hystart = hystart;
        }
        self.forget_use();
    }

    /// RFC 5681 3.1: smaller segments make a smaller window, lest their number burst. Larger ones leave
    /// it as it is, but for the least that it must be (RFC 8899 section 3 (7)).
    pub(crate) fn change_segment_size(&mut self, smss: u32) {
        let before = self.smss;
        self.smss = segment_size(smss);
        self.set_window(self.window * (self.smss / before).min(1.0));
        self.threshold = bounded(self.threshold, 2.0 * self.smss);
    }

    fn set_window(&mut self, window: f64) {
        self.window = bounded(window, self.smss);
    }
}

fn acknowledged(ack: &Ack) -> f64 {
    ack.bytes.max(0.0)
}

fn segment_size(smss: u32) -> f64 {
    f64::from(smss.clamp(1, Parameters::MAX_SMSS))
}

/// `bytes` between `least` and the largest window there is; `least` for a NaN.
fn bounded(bytes: f64, least: f64) -> f64 {
    bytes.max(least).min(Parameters::MAX_WINDOW)
}

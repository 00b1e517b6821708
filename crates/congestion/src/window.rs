//! The arithmetic that Tahoe, Reno and NewReno share.

use crate::parameters::{Growth, Halve, Parameters};
use crate::{Ack, Loss, Phase, Recovery};

#[cfg(test)]
mod tests;

/// cwnd and ssthresh, and the only code that writes them.
///
/// Whatever it is told, in whatever order: `smss <= window <= MAX_WINDOW` and
/// `2 * smss <= threshold <= MAX_WINDOW`. A NaN counts as zero: `f64::max` discards it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CongestionWindow {
    smss: f64,
    window: f64,
    threshold: f64,
    recovering: bool,
    growth: Growth,
    halve: Halve,
    proportional: bool,
}

impl CongestionWindow {
    pub(crate) fn new(parameters: Parameters) -> Self {
        let smss = segment_size(parameters.smss);
        Self {
            smss,
            window: bounded(parameters.initial_window, smss),
            threshold: bounded(parameters.initial_slow_start_threshold, 2.0 * smss),
            recovering: false,
            growth: parameters.growth,
            halve: parameters.halve,
            proportional: parameters.proportional,
        }
    }

    pub(crate) fn window(&self) -> f64 {
        self.window
    }

    pub(crate) fn threshold(&self) -> f64 {
        self.threshold
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

    /// New data was acknowledged outside recovery.
    pub(crate) fn grow(&mut self, ack: &Ack) {
        let step = match self.phase() {
            Phase::SlowStart => self.smss, // RFC 5681 3.1 (2)
            Phase::CongestionAvoidance => self.smss * self.smss / self.window, // RFC 5681 3.1 (3)
            Phase::FastRecovery => return,
        };
        let step = match self.growth {
            Growth::PerAck => step,
            Growth::PerByte => step.min(ack.bytes.max(0.0)),
        };
        self.set_window(self.window + step);
    }

    /// RFC 5681 3.1 (4): half of what was too much, but two segments at least.
    fn lower_threshold(&mut self, loss: &Loss) {
        let too_much = match self.halve {
            Halve::FlightSize => loss.flight_size,
            // What duplicate ACKs added in recovery stands for segments that have arrived. The network
            // was never given that much, so it isn't part of what is halved.
            Halve::Window if self.recovering => self.threshold,
            Halve::Window => self.window,
        };
        self.threshold = bounded(too_much / 2.0, 2.0 * self.smss);
    }

    /// RFC 5681 3.1: back to one segment, the loss window; recovery, if any, is over. The threshold is
    /// lowered for the `first` loss of a segment only: the next ones find little outstanding, which says
    /// nothing about the path.
    pub(crate) fn start_over(&mut self, loss: &Loss, first: bool) {
        if first {
            self.lower_threshold(loss);
        }
        self.recovering = false;
        self.set_window(self.smss);
    }

    /// RFC 5681 3.2 (2) and (3): halve, and let out the three segments that the duplicate ACKs reported. In
    /// proportion, the sender sees to what goes out (RFC 6937).
    pub(crate) fn enter_recovery(&mut self, loss: &Loss) {
        self.lower_threshold(loss);
        self.recovering = true;
        let reported = if self.proportional { 0.0 } else { 3.0 * self.smss };
        self.set_window(self.threshold + reported);
    }

    /// How recovery is treated, by an algorithm that otherwise does it by `inflating`.
    pub(crate) fn recovery(&self, inflating: Recovery) -> Recovery {
        if self.proportional { Recovery::Proportional } else { inflating }
    }

    /// RFC 5681 3.2 (4): a segment has left the network, another may enter it.
    pub(crate) fn inflate(&mut self) {
        if self.recovering {
            self.set_window(self.window + self.smss);
        }
    }

    /// RFC 6582 3.2 (3), partial acknowledgement: take out what was acknowledged; the segment resent for
    /// it goes back in.
    pub(crate) fn deflate_partly(&mut self, ack: &Ack) {
        if self.recovering {
            let acknowledged = ack.bytes.max(0.0);
            let resent = if acknowledged >= self.smss { self.smss } else { 0.0 };
            self.set_window(self.window - acknowledged + resent);
        }
    }

    /// Recovery ends: RFC 5681 3.2 (6), and the second choice of RFC 6582 3.2 (3).
    pub(crate) fn leave_recovery(&mut self) {
        if self.recovering {
            self.recovering = false;
            self.set_window(self.threshold);
        }
    }

    /// The first choice of RFC 6582 3.2 (3), full acknowledgement: when little is outstanding by now, a
    /// whole window would leave in one burst.
    pub(crate) fn leave_recovery_without_burst(&mut self, ack: &Ack) {
        if self.recovering {
            if self.proportional {
                return self.leave_recovery();
            }
            self.recovering = false;
            self.set_window(self.threshold.min(ack.flight_size.max(self.smss) + self.smss));
        }
    }

    /// RFC 5681 3.1: smaller segments make a smaller window, lest their number burst. Larger ones leave
    /// it as it is, but for the least that it must be.
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

fn segment_size(smss: u32) -> f64 {
    f64::from(smss.clamp(1, Parameters::MAX_SMSS))
}

/// `bytes` between `least` and the largest window there is; `least` for a NaN.
fn bounded(bytes: f64, least: f64) -> f64 {
    bytes.max(least).min(Parameters::MAX_WINDOW)
}

//! When to leave the first slow start: before it overflows the path's queue, rather than after.

use core::time::Duration;

use crate::Ack;

#[cfg(test)]
mod tests;

const MIN_RTT_THRESH: Duration = Duration::from_millis(4);
const MAX_RTT_THRESH: Duration = Duration::from_millis(16);
const MIN_RTT_DIVISOR: u32 = 8;
const N_RTT_SAMPLE: u32 = 8;
const CSS_GROWTH_DIVISOR: f64 = 4.0;
const CSS_ROUNDS: u32 = 5;

/// HyStart++ (RFC 9406 section 4.2; the constants are those of section 4.3).
///
/// A round trip that is longer than the one before shows a queue: then the window grows at a quarter of the
/// pace, for five rounds at most. If round trips become shorter again meanwhile, it was jitter, and slow
/// start goes on. It is for the first slow start only: a later one has a threshold from experience.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct HyStart {
    stage: Stage,
    /// Bytes acknowledged so far, and where the present round ends in that count.
    acknowledged: f64,
    window_end: f64,
    last_round: Option<Duration>,
    this_round: Option<Duration>,
    samples: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Stage {
    SlowStart,
    /// Conservative slow start, since the smallest round trip rose to the baseline.
    Conservative {
        baseline: Duration,
        rounds: u32,
    },
    Over,
}

/// What slow start does with an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pace {
    /// Grow by this share of what was delivered.
    Grow(f64),
    /// Grow no more: the threshold is where the window is.
    Leave,
}

impl HyStart {
    pub(crate) fn new() -> Self {
        Self {
            stage: Stage::SlowStart,
            acknowledged: 0.0,
            window_end: 0.0,
            last_round: None,
            this_round: None,
            samples: 0,
        }
    }

    /// A loss or a mark ends the first slow start (RFC 9406 section 4.2).
    pub(crate) fn end(&mut self) {
        self.stage = Stage::Over;
    }

    /// An acknowledgement came in slow start.
    pub(crate) fn on_ack(&mut self, ack: &Ack) -> Pace {
        if self.stage == Stage::Over {
            return Pace::Grow(1.0);
        }
        self.count_rounds(ack);
        if let Some(rtt) = ack.rtt {
            self.this_round = Some(self.this_round.map_or(rtt, |least| least.min(rtt)));
            self.samples = self.samples.saturating_add(1);
        }
        self.judge();
        match self.stage {
            Stage::Conservative { rounds, .. } if rounds >= CSS_ROUNDS => {
                self.end();
                Pace::Leave
            }
            Stage::Conservative { .. } => Pace::Grow(1.0 / CSS_GROWTH_DIVISOR),
            Stage::SlowStart | Stage::Over => Pace::Grow(1.0),
        }
    }

    /// A round ends when what was outstanding at its start is acknowledged.
    fn count_rounds(&mut self, ack: &Ack) {
        self.acknowledged += ack.bytes.max(0.0);
        if self.acknowledged < self.window_end {
            return;
        }
        self.window_end = self.acknowledged + ack.flight_size.max(0.0);
        self.last_round = self.this_round.take();
        self.samples = 0;
        if let Stage::Conservative { rounds, .. } = &mut self.stage {
            // The round in which it began counts, too, however little was left of it.
            *rounds += 1;
        }
    }

    fn judge(&mut self) {
        let (Some(this), Some(last), N_RTT_SAMPLE..) = (self.this_round, self.last_round, self.samples)
        else {
            return;
        };
        match self.stage {
            Stage::SlowStart => {
                let thresh = (last / MIN_RTT_DIVISOR).clamp(MIN_RTT_THRESH, MAX_RTT_THRESH);
                if this >= last.saturating_add(thresh) {
                    self.stage = Stage::Conservative { baseline: this, rounds: 0 };
                }
            }
            Stage::Conservative { baseline, .. } if this < baseline => self.stage = Stage::SlowStart,
            Stage::Conservative { .. } | Stage::Over => {}
        }
    }
}

//! How long a packet is under way: delay, jitter, reordering.

use core::time::Duration;

use crate::dice::Dice;
use crate::faults::Faults;
use crate::quantity::Probability;

/// The way from the line's end to the receiver: delay, jitter, reordering.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    delay: Duration,
    jitter: Duration,
    held: Probability,
    hold: Duration,
    jitter_dice: Dice,
    reorder_dice: Dice,
    /// When the last packet that was not held back arrives: none of its kind arrives before it.
    last_in_order: Duration,
}

/// What one packet drew for its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Journey {
    jitter: Duration,
    pub(crate) held: bool,
}

impl Way {
    pub(crate) fn new(faults: &Faults, seed: u64) -> Self {
        Self {
            delay: faults.delay,
            jitter: faults.jitter,
            held: faults.reorder.probability,
            hold: faults.hold(),
            jitter_dice: Dice::new(seed, "jitter"),
            reorder_dice: Dice::new(seed, "reorder"),
            last_in_order: Duration::ZERO,
        }
    }

    pub(crate) fn decide(&mut self) -> Journey {
        let jitter = u64::try_from(self.jitter.as_nanos()).unwrap_or(u64::MAX);
        Journey {
            jitter: Duration::from_nanos(self.jitter_dice.below(jitter)),
            held: self.reorder_dice.chance(self.held),
        }
    }

    pub(crate) fn arrival(&mut self, departure: Duration, Journey { jitter, held }: Journey) -> Duration {
        let on_time = departure.saturating_add(self.delay).saturating_add(jitter);
        let in_order = on_time.max(self.last_in_order);
        if held {
            return in_order.saturating_add(self.hold);
        }
        self.last_in_order = in_order;
        in_order
    }
}

//! Which packets are lost on the way in: blackout, size, script, bursts, chance.

use core::time::Duration;

use crate::dice::Dice;
use crate::faults::{Blackout, Burst, Faults};
use crate::link::DropReason;
use crate::quantity::Probability;
use crate::script::Drop;

/// Judges each packet as it enters. Every judge sees every packet, whatever the others say: so counts stay
/// true, and one fault's dice don't depend on another's verdict.
#[derive(Debug, Clone)]
pub(crate) struct Loss {
    blackouts: Vec<Blackout>,
    mtu: Option<usize>,
    script: Script,
    burst: Option<BurstState>,
    random: Probability,
    random_dice: Dice,
}

impl Loss {
    pub(crate) fn new(faults: &Faults, seed: u64) -> Self {
        Self {
            blackouts: faults.blackout.clone(),
            mtu: faults.mtu,
            script: Script { drops: faults.drop.clone(), packets: 0, data_packets: 0 },
            burst: faults.burst.map(|model| BurstState::new(model, seed)),
            random: faults.loss,
            random_dice: Dice::new(seed, "random loss"),
        }
    }

    /// Why the next packet is lost, if it is; the most deliberate reason if there are several.
    pub(crate) fn judge(&mut self, now: Duration, len: usize, is_data: bool) -> Option<DropReason> {
        let Self { blackouts, mtu, script, burst, random, random_dice } = self;
        let blackout = blackouts.iter().any(|blackout| blackout.contains(now));
        let too_large = mtu.is_some_and(|mtu| len > mtu);
        let scripted = script.drops_next(is_data);
        let in_burst = burst.as_mut().is_some_and(BurstState::drops_next);
        let unlucky = random_dice.chance(*random);
        [
            (blackout, DropReason::Blackout),
            (too_large, DropReason::TooLarge),
            (scripted, DropReason::Scripted),
            (in_burst, DropReason::Burst),
            (unlucky, DropReason::Random),
        ]
        .into_iter()
        .find_map(|(lost, reason)| lost.then_some(reason))
    }
}

/// Scripted drops, and how far the count is.
#[derive(Debug, Clone)]
struct Script {
    drops: Vec<Drop>,
    packets: u64,
    data_packets: u64,
}

impl Script {
    fn drops_next(&mut self, is_data: bool) -> bool {
        self.packets += 1;
        self.data_packets += u64::from(is_data);
        self.drops.iter().any(|drop| match drop {
            Drop::Data(positions) => is_data && positions.contains(self.data_packets),
            Drop::Any(positions) => positions.contains(self.packets),
        })
    }
}

/// The Gilbert-Elliott model at work.
#[derive(Debug, Clone)]
struct BurstState {
    model: Burst,
    bad: bool,
    weather: Dice,
    loss: Dice,
}

impl BurstState {
    fn new(model: Burst, seed: u64) -> Self {
        Self {
            model,
            bad: false,
            weather: Dice::new(seed, "burst state"),
            loss: Dice::new(seed, "burst loss"),
        }
    }

    fn drops_next(&mut self) -> bool {
        let change = if self.bad { self.model.leave } else { self.model.enter };
        self.bad ^= self.weather.chance(change);
        // Thrown in good weather too: a packet's throw doesn't depend on how many bad ones came before.
        self.loss.chance(self.model.loss) && self.bad
    }
}

#[cfg(test)]
mod tests;

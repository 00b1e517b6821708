//! What happens to a packet itself: corruption and duplication.

use crate::dice::Dice;
use crate::faults::Faults;
use crate::quantity::Probability;

/// Corruption and duplication.
#[derive(Debug, Clone)]
pub(crate) struct Touch {
    corrupt: Probability,
    duplicate: Probability,
    corrupt_dice: Dice,
    bit_dice: Dice,
    duplicate_dice: Dice,
}

/// What is to be done to one packet.
pub(crate) struct Touched {
    pub(crate) flip: Option<usize>,
    pub(crate) duplicate: bool,
}

impl Touch {
    pub(crate) fn new(faults: &Faults, seed: u64) -> Self {
        Self {
            corrupt: faults.corrupt,
            duplicate: faults.duplicate,
            corrupt_dice: Dice::new(seed, "corrupt"),
            bit_dice: Dice::new(seed, "corrupt bit"),
            duplicate_dice: Dice::new(seed, "duplicate"),
        }
    }

    pub(crate) fn decide(&mut self, len: usize) -> Touched {
        let corrupt = self.corrupt_dice.chance(self.corrupt);
        let bit = self.bit_dice.below(len as u64 * 8) as usize;
        // A packet without a byte has no bit to flip.
        let flip = (corrupt && len > 0).then_some(bit);
        Touched { flip, duplicate: self.duplicate_dice.chance(self.duplicate) }
    }
}

//! Where chance comes from: one generator per fault, all derived from one seed.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;

use crate::quantity::Probability;

/// Derives an independent seed for one use of a seed: `split_seed(seed, "client")`.
///
/// Different labels, and different seeds, give seeds that have nothing visible in common. The value is
/// stable across versions and platforms: FNV-1a over the label, joined with the seed by SplitMix64's mixer.
pub fn split_seed(seed: u64, label: &str) -> u64 {
    mix(mix(seed.wrapping_add(GOLDEN_GAMMA)) ^ fnv1a(label.as_bytes()))
}

/// SplitMix64's increment: it keeps a seed of zero from staying zero.
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): every bit in reaches every bit out.
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The 64-bit FNV-1a hash.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// One fault's dice. Each throw takes exactly one number from the generator, whatever is asked of it.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Pcg64);

impl Dice {
    /// The stream PCG's reference implementation uses by default; our streams differ by their state.
    const STREAM: u128 = 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96;

    pub(crate) fn new(seed: u64, label: &str) -> Self {
        let low = split_seed(seed, label);
        let high = split_seed(low, label);
        Self(Pcg64::new(u128::from(high) << 64 | u128::from(low), Self::STREAM))
    }

    /// Whether something of this probability happens. With the same dice, what happens at a low
    /// probability also happens at any higher one.
    pub(crate) fn chance(&mut self, probability: Probability) -> bool {
        // 53 bits make a float in 0..1 exactly, so never is never and always is always.
        let roll = (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        roll < probability.get()
    }

    /// A number below `end`, all equally likely (to within 2^-64 x `end`); zero if `end` is zero.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        let scaled = u128::from(self.0.next_u64()) * u128::from(end);
        (scaled >> 64) as u64
    }
}

#[cfg(test)]
mod tests;

//! A packet to test with.

use lucid_sim::Packet;

/// A number to know it by, and bytes to damage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) number: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Numbered {
    /// All bytes zero, so that a flipped bit shows.
    pub(crate) fn new(number: usize, len: usize) -> Self {
        Self { number, bytes: vec![0; len] }
    }

    pub(crate) fn flipped_bits(&self) -> u32 {
        self.bytes.iter().map(|byte| byte.count_ones()).sum()
    }
}

impl Packet for Numbered {
    fn len(&self) -> usize {
        self.bytes.len()
    }

    fn is_data(&self) -> bool {
        !self.bytes.is_empty()
    }

    fn corrupt(&mut self, bit: usize) {
        self.bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

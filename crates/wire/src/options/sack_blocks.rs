//! Up to four ranges, kept in place.

use core::fmt;

use crate::seq::{SeqNum, SeqRange};

/// The blocks of a SACK option, in the order in which they are sent: up to four, kept in place, since no more
/// fit into a header (RFC 2018 section 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "alloc::vec::Vec<SeqRange>", try_from = "alloc::vec::Vec<SeqRange>")
)]
pub struct SackBlocks {
    /// Those from `len` on are [`UNUSED`], so that equal lists are equal values.
    blocks: [SeqRange; Self::CAPACITY],
    len: u8,
}

const UNUSED: SeqRange = SeqRange { start: SeqNum::new(0), end: SeqNum::new(0) };

impl SackBlocks {
    /// How many blocks there is room for.
    pub const CAPACITY: usize = 4;

    /// No blocks.
    pub const fn new() -> Self {
        Self { blocks: [UNUSED; Self::CAPACITY], len: 0 }
    }

    /// Puts a block behind the others. Says whether there was room; if not, nothing has changed.
    #[must_use = "a block for which there is no room is not kept"]
    pub fn push(&mut self, block: SeqRange) -> bool {
        let Some(free) = self.blocks.get_mut(usize::from(self.len)) else { return false };
        *free = block;
        self.len += 1;
        true
    }

    /// The blocks.
    pub fn as_slice(&self) -> &[SeqRange] {
        &self.blocks[..self.len()]
    }

    /// How many blocks there are.
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none: no SACK option is written then.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for SackBlocks {
    fn default() -> Self {
        Self::new()
    }
}

impl FromIterator<SeqRange> for SackBlocks {
    /// Keeps the first four.
    fn from_iter<I: IntoIterator<Item = SeqRange>>(blocks: I) -> Self {
        let mut kept = Self::new();
        let _all_kept = blocks.into_iter().all(|block| kept.push(block));
        kept
    }
}

impl fmt::Debug for SackBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

#[cfg(feature = "serde")]
mod as_list {
    use alloc::vec::Vec;

    use super::{SackBlocks, SeqRange};

    impl From<SackBlocks> for Vec<SeqRange> {
        fn from(blocks: SackBlocks) -> Self {
            blocks.as_slice().to_vec()
        }
    }

    impl TryFrom<Vec<SeqRange>> for SackBlocks {
        type Error = &'static str;

        fn try_from(blocks: Vec<SeqRange>) -> Result<Self, Self::Error> {
            if blocks.len() > Self::CAPACITY {
                return Err("more than four SACK blocks");
            }
            Ok(blocks.into_iter().collect())
        }
    }
}

//! The Internet checksum (RFC 1071) over a segment and what carries it.

use crate::error::DecodeError;

/// What the checksum covers besides the segment: the addresses of the layer below (RFC 9293 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum PseudoHeader {
    /// Nothing: UDP carries the segment. NATs rewrite addresses on the way, and UDP's own checksum covers them.
    ///
    /// As in UDP (RFC 768), a checksum field of zero says here that none was computed: it is accepted when
    /// received. So a checksum that comes out as zero is sent as `0xffff`, its equal in ones' complement.
    None,
    /// IPv4 addresses.
    V4 {
        /// Where the segment comes from.
        source: [u8; 4],
        /// Where it goes to.
        destination: [u8; 4],
    },
    /// IPv6 addresses (RFC 8200 section 8.1).
    V6 {
        /// Where the segment comes from.
        source: [u8; 16],
        /// Where it goes to.
        destination: [u8; 16],
    },
}

/// TCP's number among the protocols over IP, as a word of the pseudo-header.
const PROTOCOL_TCP: [u8; 4] = [0, 0, 0, 6];

impl PseudoHeader {
    /// Its part of the sum, for a segment of `segment_len` bytes.
    fn sum(&self, segment_len: usize) -> u64 {
        // IPv4 has 8 bits of protocol and 16 of length where IPv6 has 32 each: the words' sum is the same.
        let protocol_and_len = || add(sum(&PROTOCOL_TCP), sum(&(segment_len as u32).to_be_bytes()));
        match self {
            Self::None => 0,
            Self::V4 { source, destination } => add(add(sum(source), sum(destination)), protocol_and_len()),
            Self::V6 { source, destination } => add(add(sum(source), sum(destination)), protocol_and_len()),
        }
    }
}

/// The checksum over pseudo-header and segment, the checksum field taken as it stands in `segment`.
///
/// With zero in the field, the answer is what belongs there. With a received segment the answer is zero if it
/// arrived undamaged.
pub fn checksum(segment: &[u8], pseudo: &PseudoHeader) -> u16 {
    !fold(add(pseudo.sum(segment.len()), sum(segment)))
}

/// The value for the checksum field of `segment`, in which that field is still zero.
pub(crate) fn to_send(segment: &[u8], pseudo: &PseudoHeader) -> u16 {
    let mut sum = Sum::of(pseudo, segment.len());
    sum.add(segment);
    sum.to_send(pseudo)
}

/// The sum over a segment whose bytes lie in several places.
pub(crate) struct Sum {
    sum: u64,
    /// So many bytes that the next one is the second of a word.
    is_odd: bool,
}

impl Sum {
    /// Of none of the `segment_len` bytes yet.
    pub(crate) fn of(pseudo: &PseudoHeader, segment_len: usize) -> Self {
        Self { sum: pseudo.sum(segment_len), is_odd: false }
    }

    /// The segment's next bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let words = folded(sum(bytes));
        // RFC 1071 section 2 (B): what is one byte off has its bytes swapped, and nothing else.
        let words = if self.is_odd { words.swap_bytes() } else { words };
        self.sum = add(self.sum, u64::from(words));
        self.is_odd ^= bytes.len() % 2 == 1;
    }

    /// The value for the checksum field, in which zero was counted.
    pub(crate) fn to_send(&self, pseudo: &PseudoHeader) -> u16 {
        match (!fold(self.sum), pseudo) {
            // Zero would say "not computed", see [`PseudoHeader::None`].
            (0, PseudoHeader::None) => 0xffff,
            (computed, _) => computed,
        }
    }
}

/// Checks that `segment`, with `found` in its checksum field, is as it was sent.
pub(crate) fn verify(segment: &[u8], pseudo: &PseudoHeader, found: u16) -> Result<(), DecodeError> {
    if found == 0 && *pseudo == PseudoHeader::None {
        return Ok(());
    }
    match checksum(segment, pseudo) {
        0 => Ok(()),
        // The sum without what the field put into it; to subtract is to add the complement.
        nonzero => {
            let computed = !end_around_add(!nonzero, !found);
            Err(DecodeError::BadChecksum { found, computed })
        }
    }
}

fn end_around_add(a: u16, b: u16) -> u16 {
    let (sum, carry) = a.overflowing_add(b);
    sum + u16::from(carry)
}

/// Adds `bytes` up as 32-bit words, a last one filled with zeros; in the machine's byte order, which
/// [`fold`] puts right once at the end instead of here for each word (RFC 1071 section 2 (B)).
///
/// 64 bits hold all the carries of a segment, so there is nothing to do but to add, several sums side by side: compilers
/// make vectors of that.
fn sum(bytes: &[u8]) -> u64 {
    const LANES: usize = 8;
    let (words, rest) = bytes.as_chunks::<4>();
    let (blocks, words) = words.as_chunks::<LANES>();
    let mut lanes = [0; LANES];
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block) {
            *lane += u64::from(u32::from_ne_bytes(*word));
        }
    }
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().chain([&last]).map(|word| u64::from(u32::from_ne_bytes(*word)));
    lanes.into_iter().chain(words).sum()
}

/// Adds, and brings the carry around: words of any width may be added so (RFC 1071 section 2 (C)).
fn add(a: u64, b: u64) -> u64 {
    let (sum, carry) = a.overflowing_add(b);
    sum + u64::from(carry)
}

/// Folds the carries of [`sum`] back in until 16 bits are left.
fn folded(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// As [`folded`], in the network's byte order.
fn fold(sum: u64) -> u16 {
    u16::from_be(folded(sum))
}

#[cfg(test)]
mod tests;

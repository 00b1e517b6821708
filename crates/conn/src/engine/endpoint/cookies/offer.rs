//! What a peer's SYN offered, kept where it comes back: in our timestamp, which the ACK of our SYN echoes.
//!
//! ```text
//!   31                                     6   5      4   3       0
//!  +-----------------------------------------+-----+------+---------+
//!  |  our clock, as long ago as it takes     | ECN | SACK |  shift  |
//!  +-----------------------------------------+-----+------+---------+
//! ```
//! The value is never ahead of the clock, and at most 63 ms behind it: all that the connection says later is later,
//! as the peer's PAWS demands (RFC 7323 section 5.3).

use lucid_wire::{Header, Options};

use crate::engine::ecn;

/// The bits that are not the clock's.
const MASK: u32 = 0b11_1111;
const SHIFT: u32 = 0b1111;
const SACK: u32 = 1 << 4;
const ECN: u32 = 1 << 5;
/// No window scale: a shift is 14 at most (RFC 7323 section 2.3).
const NO_SHIFT: u32 = 15;
const MAX_SHIFT: u8 = 14;

/// The options of a peer's SYN, but for its MSS and the timestamps, without which there is no such thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    bits: u32,
}

impl Offer {
    /// What this SYN offers. None without timestamps: then nothing would bring it back.
    pub(super) fn of(syn: &Header) -> Option<Self> {
        let Options { window_scale, sack_permitted, timestamps, .. } = syn.options;
        let shift = window_scale.map_or(NO_SHIFT, |shift| shift.min(MAX_SHIFT).into());
        let sack = if sack_permitted { SACK } else { 0 };
        let ecn = if syn.flags.contains(ecn::SETUP) { ECN } else { 0 };
        timestamps.map(|_| Self { bits: shift | sack | ecn })
    }

    /// What an ACK brings back. Any bits are an offer that a SYN could have made.
    pub(super) fn echoed(ack: &Header) -> Option<Self> {
        ack.options.timestamps.map(|timestamps| Self { bits: timestamps.echo & MASK })
    }

    /// It as a number, for the cookie's hash.
    pub(super) fn bits(self) -> u8 {
        self.bits as u8
    }

    /// The last value that our clock has shown which says this.
    pub(super) fn stamp(self, clock: u32) -> u32 {
        clock.wrapping_sub(clock.wrapping_sub(self.bits) & MASK)
    }

    /// A SYN's flags and options, with the offer in them.
    pub(super) fn write(self, syn: &mut Header) {
        let shift = self.bits & SHIFT;
        syn.options.window_scale = (shift != NO_SHIFT).then_some(shift as u8);
        syn.options.sack_permitted = self.bits & SACK != 0;
        if self.bits & ECN != 0 {
            syn.flags |= ecn::SETUP;
        }
    }
}

#[cfg(test)]
mod tests;

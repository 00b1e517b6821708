//! What the two SYNs agreed on: an option is in use if both of them had it.

use std::fmt;

use lucid_wire::Options;
use serde::{Deserialize, Serialize};

use super::config::Config;

/// A shift above it counts as it (RFC 7323 section 2.3, X-4).
const MAX_SHIFT: u8 = 14;
/// What the timestamps option takes of every segment, on word boundaries.
pub(crate) const TIMESTAMPS_LEN: u16 = 12;

/// The options that are in use on a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Selective acknowledgments (RFC 2018).
    pub sack: bool,
    /// Timestamps on every segment (RFC 7323 section 3).
    pub timestamps: bool,
    /// Window scaling (RFC 7323 section 2).
    pub scale: Option<Scale>,
}

/// How many bits the header leaves out of the windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// Of those the peer offers: Snd.Wind.Shift.
    pub send: u8,
    /// Of those we offer: Rcv.Wind.Shift.
    pub receive: u8,
}

impl Agreed {
    /// What a SYN of ours offers, as if the peer took it all.
    pub(crate) fn offered(config: &Config) -> Self {
        // With larger units than the buffer, the header could only ever say zero.
        let largest = config.receive_buffer.max(1).ilog2().min(MAX_SHIFT.into()) as u8;
        let shift = config.window_scale.map(|shift| shift.min(largest));
        Self {
            sack: config.sack,
            timestamps: config.timestamps,
            scale: shift.map(|shift| Scale { send: 0, receive: shift }),
        }
    }

    /// What is left of that beside the peer's SYN.
    pub(crate) fn with_peer(config: &Config, syn: &Options) -> Self {
        let offered = Self::offered(config);
        let peer_shift = syn.window_scale.map(|shift| shift.min(MAX_SHIFT));
        Self {
            sack: offered.sack && syn.sack_permitted,
            timestamps: offered.timestamps && syn.timestamps.is_some(),
            scale: offered
                .scale
                .zip(peer_shift)
                .map(|(scale, peer_shift)| Scale { send: peer_shift, receive: scale.receive }),
        }
    }

    /// How many bytes of every segment go to options that it always has.
    pub(crate) fn constant_len(&self) -> u16 {
        if self.timestamps { TIMESTAMPS_LEN } else { 0 }
    }

    /// How many SACK blocks a header has room for (RFC 2018 section 3, X-5).
    pub(crate) fn max_sack_blocks(&self) -> usize {
        match (self.sack, self.timestamps) {
            (false, _) => 0,
            (true, true) => 3,
            (true, false) => 4,
        }
    }

    /// By how much less than the peer's window its header may say.
    pub(crate) fn send_rounding(&self) -> u64 {
        (1 << self.scale.map_or(0, |scale| scale.send)) - 1
    }

    /// SND.WND, from the header of a segment that is no SYN.
    pub(crate) fn send_window(&self, field: u16) -> u64 {
        u64::from(field) << self.scale.map_or(0, |scale| scale.send)
    }
}

impl fmt::Display for Agreed {
    /// `SACK, timestamps, windows << 7, ours << 8`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.scale.map(|Scale { send, receive }| format!("windows << {send}, ours << {receive}"));
        let named = [self.sack.then_some("SACK"), self.timestamps.then_some("timestamps"), scale.as_deref()];
        let named: Vec<_> = named.into_iter().flatten().collect();
        if named.is_empty() { f.write_str("none") } else { f.write_str(&named.join(", ")) }
    }
}

#[cfg(test)]
mod tests;

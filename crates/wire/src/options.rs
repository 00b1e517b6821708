//! TCP options: those a connection understands, as one value (RFC 9293 section 3.2).

mod decode;
mod encode;
mod sack_blocks;
mod user_timeout;

pub use sack_blocks::SackBlocks;
pub use user_timeout::UserTimeout;

/// Option kinds, as registered with IANA.
mod kind {
    pub(super) const END_OF_LIST: u8 = 0;
    pub(super) const NO_OPERATION: u8 = 1;
    pub(super) const MSS: u8 = 2;
    pub(super) const WINDOW_SCALE: u8 = 3;
    pub(super) const SACK_PERMITTED: u8 = 4;
    pub(super) const SACK: u8 = 5;
    pub(super) const TIMESTAMPS: u8 = 8;
    pub(super) const USER_TIMEOUT: u8 = 28;
}

/// The options of a segment.
///
/// What is absent is not written. Whether an option belongs into a segment (MSS and window scale only beside
/// SYN, say) is the connection's business: here each may stand in any segment (RFC 9293 section 3.2, MUST-5).
///
/// They have 40 bytes together. Without SACK blocks they need 24 at most; of the SACK blocks, the first that
/// fit are written: four, or three beside timestamps (RFC 2018 section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Options {
    /// Maximum segment size, in bytes of payload, that the sender of this option can receive.
    pub mss: Option<u16>,
    /// Window scale: how many bits to shift the sender's windows to the left (RFC 7323 section 2.2). As it
    /// was sent: values above 14 are for the connection to clamp.
    pub window_scale: Option<u8>,
    /// The sender understands SACK blocks (RFC 2018 section 2).
    pub sack_permitted: bool,
    /// Timestamps (RFC 7323 section 3.2).
    pub timestamps: Option<Timestamps>,
    /// How long the sender lets its data stay unacknowledged (RFC 5482 section 3).
    pub user_timeout: Option<UserTimeout>,
    /// What arrived beyond a gap (RFC 2018 section 3).
    pub sack: SackBlocks,
    /// How they are to be written. Of options that were read, or recorded, it says nothing: it is
    /// [`OptionLayout::Aligned`] then.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub layout: OptionLayout,
}

/// How options stand in a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum OptionLayout {
    /// On word boundaries, with no-operations before them, as Linux does it: readers have a fast path for that. Only
    /// where that would cost a SACK block they stand side by side.
    #[default]
    Aligned,
    /// Side by side.
    Packed,
}

/// The two clocks' values of the timestamps option, in ticks of their owner's choice (RFC 7323 section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Timestamps {
    /// The sender's clock (TSval).
    pub value: u32,
    /// What the sender last heard of its peer's clock (TSecr); counts only beside ACK.
    pub echo: u32,
}

#[cfg(test)]
mod tests;

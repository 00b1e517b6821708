//! Why a datagram is not a segment.

/// Why a datagram is not a segment. The checks are made in this order, the first that fails is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum DecodeError {
    /// Not even a header without options fits.
    #[error("{len} bytes are too few for a TCP header, which has at least 20")]
    TooShort {
        /// The datagram's length in bytes.
        len: usize,
    },
    /// The bytes are not those that were sent (RFC 9293 section 3.1, MUST-3), or came from or went to another
    /// address than the pseudo-header says.
    #[error("checksum {found:#06x} where {computed:#06x} was computed: the segment was damaged on its way")]
    BadChecksum {
        /// The value in the segment.
        found: u16,
        /// The value that would have been right.
        computed: u16,
    },
    /// The data offset says that the header is shorter than 20 bytes, or longer than the datagram.
    #[error("the data offset says {header_len} bytes of header, in a datagram of {datagram_len}")]
    BadDataOffset {
        /// What the data offset says, in bytes.
        header_len: usize,
        /// The datagram's length in bytes.
        datagram_len: usize,
    },
    /// An option's length is none it can have: 0 or 1, past the end of the header, or wrong for a kind we know
    /// (RFC 9293 section 3.1, MUST-7).
    #[error("option of kind {kind} with length {len}, which it can't have here")]
    BadOptionLength {
        /// The option's kind.
        kind: u8,
        /// The option's length byte.
        len: u8,
    },
    /// The header ends right behind an option's kind, where its length should be.
    #[error("the header ends before the length of an option of kind {kind}")]
    MissingOptionLength {
        /// The option's kind.
        kind: u8,
    },
}

//! A segment: header and payload, into bytes and from bytes.

use alloc::vec::Vec;

use bytes::{Buf, Bytes};

use crate::checksum::{self, PseudoHeader};
use crate::error::DecodeError;
use crate::flags::Flags;
use crate::header::{self, CHECKSUM_AT, Fixed, Header};

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Segment {
    /// The header.
    pub header: Header,
    /// The octets of the stream that this segment brings; on a clone they are shared, not copied.
    pub payload: Bytes,
}

impl Segment {
    /// How many sequence numbers the segment takes up (SEG.LEN, RFC 9293 section 3.4): one for each octet of
    /// payload, one for SYN, one for FIN. A pure acknowledgment takes up none.
    pub fn sequence_len(&self) -> u32 {
        let takes_one = |flag| u32::from(self.header.flags.contains(flag));
        self.payload.len() as u32 + takes_one(Flags::SYN) + takes_one(Flags::FIN)
    }

    /// The bytes this segment takes on the wire.
    pub fn encoded_len(&self) -> usize {
        self.header.len() + self.payload.len()
    }

    /// Appends the segment's [`encoded_len`](Self::encoded_len) bytes to `out`, its checksum computed.
    ///
    /// Reserved bits are sent as zero. See [`Options`](crate::Options) for how these are laid out.
    pub fn encode(&self, pseudo: &PseudoHeader, out: &mut Vec<u8>) {
        let start = out.len();
        out.reserve(header::MAX_LEN + self.payload.len());
        self.header.encode(out);
        out.extend_from_slice(&self.payload);

        let segment = &mut out[start..];
        // RFC 9293 3.1, MUST-2: there is no way to send without.
        let checksum = checksum::to_send(segment, pseudo);
        segment[CHECKSUM_AT..CHECKSUM_AT + 2].copy_from_slice(&checksum.to_be_bytes());
    }

    /// Reads a datagram that holds one segment. The payload is a part of the datagram, not a copy.
    ///
    /// The checksum is verified, save for one of zero with [`PseudoHeader::None`]. Reserved bits are ignored,
    /// unknown options passed over.
    ///
    /// # Errors
    /// If the datagram is no segment: [`DecodeError`] has the reasons, in the order in which they are checked.
    pub fn decode(datagram: Bytes, pseudo: &PseudoHeader) -> Result<Segment, DecodeError> {
        let fixed = Fixed::decode(&datagram)?;
        // MUST-3, before anything is believed: a damaged segment should be told as such, not by what became of it.
        checksum::verify(&datagram, pseudo, fixed.checksum)?;
        let (header, header_len) = fixed.with_options(&datagram)?;
        let mut payload = datagram;
        payload.advance(header_len);
        Ok(Segment { header, payload })
    }
}

#[cfg(test)]
mod tests;

//! The header of a segment (RFC 9293 section 3.1).

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::flags::Flags;
use crate::options::Options;
use crate::seq::SeqNum;

/// The bytes of a header without options.
const FIXED_LEN: usize = 20;

/// The bytes of the longest header.
pub(crate) const MAX_LEN: usize = 60;

/// Where the checksum stands in a header.
pub(crate) const CHECKSUM_AT: usize = 16;

/// A segment's header, but for data offset and checksum: those follow from the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Header {
    /// The sender's port; over UDP a port within the pair of UDP sockets.
    pub source_port: u16,
    /// The receiver's port; over UDP a port within the pair of UDP sockets.
    pub destination_port: u16,
    /// The sequence number of the first octet of payload, or of SYN if that is set.
    pub sequence: SeqNum,
    /// The next sequence number that the sender expects; counts only if ACK is set.
    pub acknowledgment: SeqNum,
    /// The control bits.
    pub flags: Flags,
    /// How much the sender will take, as on the wire: unsigned (RFC 9293 section 3.1, MUST-1), and not yet
    /// scaled (RFC 7323 section 2.2).
    pub window: u16,
    /// How far the urgent data reaches behind `sequence`, in octets; counts only if URG is set.
    pub urgent_pointer: u16,
    /// The options.
    pub options: Options,
}

impl Header {
    /// The bytes this header takes on the wire: 20 and the options, 60 at most.
    #[expect(clippy::len_without_is_empty, reason = "no header is empty")]
    pub fn len(&self) -> usize {
        FIXED_LEN + self.options.encoded_len()
    }

    /// Appends the header, with zero for its checksum.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let options = self.options.encode();
        let options = options.as_slice();
        let data_offset = ((FIXED_LEN + options.len()) / 4) as u8;
        let [s0, s1] = self.source_port.to_be_bytes();
        let [d0, d1] = self.destination_port.to_be_bytes();
        let [q0, q1, q2, q3] = self.sequence.get().to_be_bytes();
        let [a0, a1, a2, a3] = self.acknowledgment.get().to_be_bytes();
        let [w0, w1] = self.window.to_be_bytes();
        let [u0, u1] = self.urgent_pointer.to_be_bytes();
        #[rustfmt::skip]
        let fixed: [u8; FIXED_LEN] = [
            s0, s1, d0, d1,
            q0, q1, q2, q3,
            a0, a1, a2, a3,
            data_offset << 4, self.flags.bits(), w0, w1,
            0, 0, u0, u1,
        ];
        out.extend_from_slice(&fixed);
        out.extend_from_slice(options);
    }
}

/// The first 20 bytes of a segment, taken apart.
pub(crate) struct Fixed {
    /// The header without its options.
    header: Header,
    /// What the data offset says, in bytes.
    header_len: usize,
    pub(crate) checksum: u16,
}

impl Fixed {
    pub(crate) fn decode(datagram: &[u8]) -> Result<Self, DecodeError> {
        let too_short = DecodeError::TooShort { len: datagram.len() };
        #[rustfmt::skip]
        let &[
            s0, s1, d0, d1,
            q0, q1, q2, q3,
            a0, a1, a2, a3,
            // The low half of the data offset's byte is reserved: not looked at (RFC 9293 section 3.1).
            offset, flags, w0, w1,
            c0, c1, u0, u1,
        ] = datagram.first_chunk::<FIXED_LEN>().ok_or(too_short)?;
        Ok(Self {
            header: Header {
                source_port: u16::from_be_bytes([s0, s1]),
                destination_port: u16::from_be_bytes([d0, d1]),
                sequence: SeqNum::new(u32::from_be_bytes([q0, q1, q2, q3])),
                acknowledgment: SeqNum::new(u32::from_be_bytes([a0, a1, a2, a3])),
                flags: Flags::from_bits(flags),
                window: u16::from_be_bytes([w0, w1]),
                urgent_pointer: u16::from_be_bytes([u0, u1]),
                options: Options::default(),
            },
            header_len: usize::from(offset >> 4) * 4,
            checksum: u16::from_be_bytes([c0, c1]),
        })
    }

    /// The whole header and its length in `datagram`, which is the one it was taken from.
    pub(crate) fn with_options(self, datagram: &[u8]) -> Result<(Header, usize), DecodeError> {
        let Self { header, header_len, checksum: _ } = self;
        let bad_offset = DecodeError::BadDataOffset { header_len, datagram_len: datagram.len() };
        let options = datagram.get(FIXED_LEN..header_len).ok_or(bad_offset)?;
        Ok((Header { options: Options::decode(options)?, ..header }, header_len))
    }
}

//! A segment's control bits, as in the header's fourteenth byte (RFC 9293 section 3.1).

use lucid_conn::engine::SegmentSummary;

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 1 << 1;

/// Whether this bit is set.
pub(crate) fn has(segment: &SegmentSummary, bit: u8) -> bool {
    segment.flags.bits() & bit != 0
}

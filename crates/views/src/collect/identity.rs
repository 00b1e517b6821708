//! What tells a segment from all others on its way.

use std::hash::{DefaultHasher, Hash, Hasher};

use lucid_wire::Header;

/// A hash of all that both ends see of a segment but its payload. Two segments are alike only if the same was sent twice
/// within one tick of the timestamps' clock (or, without timestamps, with nothing acknowledged in between).
pub(super) fn of(header: &Header, bytes: usize) -> u64 {
    // Its keys are fixed: the same on both ends, and for every run.
    let mut hasher = DefaultHasher::new();
    let stamps = header.options.timestamps.map(|stamps| (stamps.value, stamps.echo));
    (header.sequence, header.acknowledgment, header.flags, header.window, bytes).hash(&mut hasher);
    (stamps, header.options.sack, header.options.mss).hash(&mut hasher);
    hasher.finish()
}

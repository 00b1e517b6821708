//! The one place of the command line that looks at a clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970, by which the traces of several processes are put into one order.
#[expect(clippy::disallowed_methods, reason = "a trace says when its run began")]
pub(crate) fn unix_nanos() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

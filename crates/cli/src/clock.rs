//! The one place of the command line that looks at a clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970, by which the traces of several processes are put into one order.
#[expect(clippy::disallowed_methods, reason = "a trace says when its run began")]
pub(crate) fn unix_nanos() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// How long something lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "what is looked at while it runs says when it was as it says"
    )]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Since its start.
    pub(crate) fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}

//! The one place where the driver looks at a clock.

use std::time::{Duration, Instant};

use crate::engine::Time;

/// The time since an endpoint was made.
pub(super) struct Clock {
    start: Instant,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the driver's clock begins here")]
    pub(super) fn start() -> Self {
        Self { start: Instant::now() }
    }

    pub(super) fn now(&self) -> Time {
        Time::ZERO + self.start.elapsed()
    }

    /// The clock's reading at `time`; none if this platform's clock can't go that far.
    pub(super) fn instant(&self, time: Time) -> Option<tokio::time::Instant> {
        self.start.checked_add(since_start(time)).map(tokio::time::Instant::from_std)
    }
}

/// How long after the endpoint was made `time` is.
pub(super) fn since_start(time: Time) -> Duration {
    time - Time::ZERO
}

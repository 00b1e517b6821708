//! The user timeout option's value.

use core::time::Duration;

/// How long the sender of this option lets its data stay unacknowledged before it gives the connection up
/// (RFC 5482 section 3): 1 to 32767 seconds, or as many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "u16", into = "u16")
)]
pub struct UserTimeout(u16);

/// The granularity bit: the value counts minutes.
const MINUTES: u16 = 1 << 15;
/// The largest value.
const MAX: u16 = MINUTES - 1;

impl UserTimeout {
    /// The value nearest to this time that is not below it: in seconds, or in minutes above 32767 s, which end at
    /// 32767 minutes. No time at all counts as a second, since zero is no valid value.
    #[must_use]
    pub fn new(time: Duration) -> Self {
        let whole_seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
        let (unit, value) = if whole_seconds <= u64::from(MAX) {
            (0, whole_seconds)
        } else {
            (MINUTES, whole_seconds.div_ceil(60))
        };
        Self(unit | u16::try_from(value.clamp(1, u64::from(MAX))).unwrap_or(MAX))
    }

    /// The time that it says.
    #[must_use]
    pub fn duration(self) -> Duration {
        let unit = if self.0 & MINUTES == 0 { 1 } else { 60 };
        Duration::from_secs(unit * u64::from(self.0 & MAX))
    }
}

impl TryFrom<u16> for UserTimeout {
    type Error = &'static str;

    /// From the 16 bits of the option.
    fn try_from(bits: u16) -> Result<Self, Self::Error> {
        if bits & MAX == 0 { Err("a user timeout of zero is reserved") } else { Ok(Self(bits)) }
    }
}

impl From<UserTimeout> for u16 {
    /// The 16 bits of the option.
    fn from(timeout: UserTimeout) -> Self {
        timeout.0
    }
}

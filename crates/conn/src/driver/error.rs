//! The engine's reasons as `io::Error`s, whose inner error is the reason itself.

use std::io::{self, ErrorKind};

use crate::engine::{CallError, CloseReason};

impl From<CloseReason> for io::Error {
    /// The kind that kernel TCP would give. [`io::Error::get_ref`] leads back to the [`CloseReason`].
    fn from(reason: CloseReason) -> Self {
        Self::new(kind_of(&reason), reason)
    }
}

impl From<CallError> for io::Error {
    /// The inner error is the [`CallError`], or the [`CloseReason`] if it holds one.
    fn from(error: CallError) -> Self {
        let kind = match error {
            CallError::Closed(reason) => return reason.into(),
            CallError::NoConnection => ErrorKind::NotConnected,
            CallError::Closing => ErrorKind::BrokenPipe,
            CallError::PortInUse(_) => ErrorKind::AddrInUse,
            CallError::TooManyConnections | CallError::NoPortLeft(_) => ErrorKind::QuotaExceeded,
            CallError::InvalidAddress(_) => ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}

fn kind_of(reason: &CloseReason) -> ErrorKind {
    match reason {
        CloseReason::Finished => ErrorKind::BrokenPipe,
        // Kernel TCP says ECONNREFUSED to an ICMP port unreachable, too: every program knows that answer.
        CloseReason::Refused | CloseReason::Unreachable => ErrorKind::ConnectionRefused,
        CloseReason::Reset => ErrorKind::ConnectionReset,
        CloseReason::Aborted => ErrorKind::ConnectionAborted,
        CloseReason::TimedOut { .. }
        | CloseReason::WindowClosed { .. }
        | CloseReason::NotAlive { .. }
        | CloseReason::HalfClosedTooLong => ErrorKind::TimedOut,
    }
}

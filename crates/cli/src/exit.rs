//! Exit codes, and failures that say what to do next.

use std::fmt;
use std::process::{ExitCode, Termination};

use serde::Serialize;

/// What the process ends with. Scripts rely on these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "u8")]
pub(crate) enum Exit {
    Ok,
    Other,
    Usage,
    /// A name could not be resolved, or a socket not be bound.
    Unreachable,
    NoAnswer,
    /// Refused or reset by the peer.
    Refused,
    /// Broke off in the middle of a transfer.
    BrokeOff,
    /// What arrived is not what was sent; or a recording does not replay to the same outputs.
    Mismatch,
    /// A local file could not be read or written, or was not to be overwritten.
    LocalFile,
    /// SIGINT: Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Ok => 0,
            Exit::Other => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::NoAnswer => 4,
            Exit::Refused => 5,
            Exit::BrokeOff => 6,
            Exit::Mismatch => 7,
            Exit::LocalFile => 8,
            // As a shell reports a process that a signal ended: 128 and the signal's number.
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(u8::from(self))
    }
}

/// Why a run did not do what it was asked to: what failed, the likely cause, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) what: String,
    pub(crate) cause: Option<String>,
    #[serde(rename = "next")]
    pub(crate) advice: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), cause: None, advice: None }
    }

    #[must_use]
    pub(crate) fn because(self, cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    #[must_use]
    pub(crate) fn try_this(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(cause) = &self.cause {
            write!(f, "\n  cause: {cause}")?;
        }
        if let Some(advice) = &self.advice {
            write!(f, "\n  next:  {advice}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests;

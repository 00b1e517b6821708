//! Why a command did not do what it should.

use std::fmt;
use std::process::ExitCode;

/// What went wrong, in words for whoever typed the command.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    is_usage: bool,
}

/// What a command comes to.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self { what: what.to_string(), is_usage: false }
    }

    /// The command line was not understood.
    pub(crate) fn usage(what: impl fmt::Display) -> Self {
        Self { what: format!("{what}\n  next:  cargo xtask help"), is_usage: true }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.is_usage { 2 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Says what was being done when something failed.
pub(crate) trait While<T> {
    fn while_doing(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn while_doing(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure::new(format_args!("cannot {what}: {error}")))
    }
}

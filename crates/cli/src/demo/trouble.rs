//! What keeps a demo from being shown.

use std::fmt;

use crate::exit::{Exit, Failure};

/// What a part of the demo comes to.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

pub(crate) fn failure(what: impl fmt::Display) -> Failure {
    Failure::new(Exit::Other, what.to_string())
}

/// Says what was being done when something failed.
pub(crate) trait While<T> {
    fn while_doing(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn while_doing(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| failure(format_args!("cannot {what}")).because(error))
    }
}

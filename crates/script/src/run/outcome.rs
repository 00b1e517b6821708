//! How a script ended.

use std::fmt;

use super::host::Host;
use crate::syntax::Place;

/// What was not as the script says.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// Where; line 0 is behind the last event.
    pub(crate) place: Place,
    pub(crate) what: String,
}

/// How a script ended. Displayed, it is a failure with all that led to it, or one line.
#[derive(Debug)]
pub struct Outcome {
    name: String,
    exchange: Vec<String>,
    failure: Option<Failure>,
}

impl Outcome {
    pub(crate) fn new(name: &str, mut host: Host, failure: Option<Failure>) -> Self {
        let lines = std::mem::take(&mut host.exchange);
        let exchange = lines.iter().map(|line| line.text(&mut host.network)).collect();
        Self { name: name.to_owned(), exchange, failure }
    }

    /// Whether all was as the script says.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failure.is_none()
    }

    /// Everything that was said, with its times, and why.
    #[must_use]
    pub fn exchange(&self) -> &[String] {
        &self.exchange
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Failure { place, what }) = &self.failure else { return write!(f, "ok      {}", self.name) };
        writeln!(f, "FAILED  {}", self.name)?;
        match place.line {
            0 => writeln!(f, "{}: {what}", self.name)?,
            line => writeln!(f, "{}:{line}: {what}", self.name)?,
        }
        write!(f, "the exchange so far:")?;
        self.exchange.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

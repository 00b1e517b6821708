//! What a step had to show, and what was found.

use std::fmt::Display;

use super::console::{BAD, GOOD, painted, say};

/// The checks of one run.
#[derive(Debug, Default)]
pub(crate) struct Checklist(Vec<Check>);

#[derive(Debug)]
struct Check {
    what: String,
    found: String,
    ok: bool,
}

impl Checklist {
    /// Notes whether something happened, and the figure that shows it.
    pub(crate) fn expect(&mut self, what: impl Display, ok: bool, found: impl Display) {
        self.0.push(Check { what: what.to_string(), found: found.to_string(), ok });
    }

    /// Notes whether two values are the same.
    pub(crate) fn equal<T: PartialEq + Display + Copy>(&mut self, what: impl Display, found: T, expected: T) {
        let is_equal = found == expected;
        let found = if is_equal { found.to_string() } else { format!("{found} (and not {expected})") };
        self.expect(what, is_equal, found);
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.0.iter().all(|check| check.ok)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many did not happen.
    pub(crate) fn missing(&self) -> usize {
        self.0.iter().filter(|check| !check.ok).count()
    }

    pub(crate) fn show(&self) {
        for Check { what, found, ok } in &self.0 {
            let verdict = if *ok { painted(GOOD, "ok     ") } else { painted(BAD, "MISSING") };
            say(format_args!("  {verdict}  {what}: {found}"));
        }
    }

    /// What is missing, for tests.
    #[cfg(test)]
    pub(crate) fn missed(&self) -> Vec<&str> {
        self.0.iter().filter(|check| !check.ok).map(|check| check.what.as_str()).collect()
    }
}

//! What is said on the terminal, with colour where that is one.

use std::fmt::Display;
use std::io::Write;

use anstyle::{AnsiColor, Style};

pub(crate) const TITLE: Style = Style::new().bold().underline();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// A line on standard output. Nobody is left to tell if it can't be written.
pub(crate) fn say(line: impl Display) {
    let _nobody_to_tell = writeln!(anstream::stdout().lock(), "{line}");
}

pub(crate) fn complain(what: impl Display) {
    let _nobody_to_tell = writeln!(anstream::stderr().lock(), "{BAD}error:{BAD:#} {what}");
}

/// `text` in a style.
pub(crate) fn painted(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Leaves all colour out, whatever the terminal can do.
pub(crate) fn without_color() {
    anstream::ColorChoice::Never.write_global();
}

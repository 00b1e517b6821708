//! What the demo says, on standard output, with colour where that is a terminal.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

pub(crate) const TITLE: Style = Style::new().bold().underline();
pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const STATE: Style = AnsiColor::Cyan.on_default();
pub(crate) const WINDOW: Style = AnsiColor::Green.on_default();
pub(crate) const LOSS: Style = AnsiColor::Red.on_default();
pub(crate) const TASK: Style = AnsiColor::Yellow.on_default();

/// A line on standard output. Nobody is left to tell if it can't be written.
pub(crate) fn say(line: impl Display) {
    let _nobody_to_tell = writeln!(anstream::stdout().lock(), "{line}");
}

/// The same without its end: the cursor stays, for an answer.
pub(crate) fn ask(text: impl Display) {
    let mut out = anstream::stdout().lock();
    let _nobody_to_tell = write!(out, "{text}").and_then(|()| out.flush());
}

/// `text` in a style.
pub(crate) fn painted(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Leaves all colour out, whatever the terminal can do.
pub(crate) fn without_color() {
    anstream::ColorChoice::Never.write_global();
}

/// How wide the terminal is; none if standard output isn't one.
pub(crate) fn width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal())?;
    Some(usize::from(width.0))
}

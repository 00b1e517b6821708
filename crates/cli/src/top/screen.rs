//! The terminal: taken over, and given back as it was, whatever happens.

use std::io::{self, IsTerminal, Stdout, stdin, stdout};
use std::panic;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::layout::{Position, Rect};

/// The terminal, until this is dropped.
pub(super) struct Screen {
    pub(super) terminal: Terminal<CrosstermBackend<Stdout>>,
}

/// Whether there is a terminal to draw on, and to hear keys from.
pub(super) fn is_there() -> bool {
    stdin().is_terminal() && stdout().is_terminal()
}

impl Screen {
    /// Takes the terminal over. A panic gives it back before it says anything.
    ///
    /// # Errors
    /// The terminal doesn't let itself be set up.
    pub(super) fn enter() -> io::Result<Self> {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            leave();
            hook(panic);
        }));
        enable_raw_mode()?;
        // From here on it is given back.
        let screen = Self { terminal: Terminal::new(CrosstermBackend::new(stdout()))? };
        execute!(stdout(), EnterAlternateScreen)?;
        Ok(screen)
    }

    /// Takes nothing for granted that stands on the screen. (`Terminal::clear` would ask the terminal where its cursor is, and
    /// the answer would go to the thread that reads keys.)
    pub(super) fn forget(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

/// As far as the terminal still listens.
fn leave() {
    let _it_is_gone = disable_raw_mode();
    let _it_is_gone = execute!(stdout(), LeaveAlternateScreen, Show);
}

//! What keys mean.

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::model::Wish;

/// What something that the terminal told leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Quit,
    Wish(Wish),
    /// Something has written over the picture.
    Redraw,
    Nothing,
}

/// For the page of keys: what each does.
pub(super) const KEYS: [(&str, &str); 8] = [
    ("↑ ↓  j k", "one connection up or down"),
    ("PgUp PgDn", "a page up or down; space, too"),
    ("Home End", "the first or the last; g G"),
    ("Enter", "show this connection alone, with its graphs"),
    ("Esc", "back to the list"),
    ("← →  < >", "sort by another column"),
    ("r", "turn the order"),
    ("q", "quit"),
];

pub(super) fn act(event: &Event) -> Act {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => of_key(*key),
        // A picture of the new size follows by itself.
        _ => Act::Nothing,
    }
}

fn of_key(key: KeyEvent) -> Act {
    let wish = match key.code {
        // In raw mode Ctrl-C is a key.
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Act::Quit,
        KeyCode::Char('q') => return Act::Quit,
        KeyCode::Char('l') if key.modifiers.contains(KeyModifiers::CONTROL) => return Act::Redraw,
        KeyCode::Up | KeyCode::Char('k') => Wish::Up(1),
        KeyCode::Down | KeyCode::Char('j') => Wish::Down(1),
        KeyCode::PageUp => Wish::PageUp,
        KeyCode::PageDown | KeyCode::Char(' ') => Wish::PageDown,
        KeyCode::Home | KeyCode::Char('g') => Wish::First,
        KeyCode::End | KeyCode::Char('G') => Wish::Last,
        KeyCode::Enter => Wish::Enter,
        KeyCode::Esc | KeyCode::Backspace => Wish::Back,
        KeyCode::Right | KeyCode::Char('>') => Wish::NextColumn,
        KeyCode::Left | KeyCode::Char('<') => Wish::PreviousColumn,
        KeyCode::Char('r') => Wish::Reverse,
        KeyCode::Char('?' | 'h') => Wish::Help,
        _ => return Act::Nothing,
    };
    Act::Wish(wish)
}

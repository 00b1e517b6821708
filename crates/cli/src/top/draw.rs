//! The picture: the list of connections, or one of them, or the keys.

mod choice;
mod detail;
mod help;
mod list;

use std::time::Duration;

use lucid_views::words::grouped;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::model::Model;
use crate::quantity::span;

pub(super) use choice::choice;

/// With colours or without. All of them are of the terminal's own sixteen, on its own background, and such as can be read on a
/// light one and on a dark one; none says what letters don't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    coloured: bool,
}

impl Look {
    /// As <https://no-color.org> has it: any value turns colours off.
    pub(super) fn of_environment() -> Self {
        Self::new(std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }

    pub(super) const fn new(coloured: bool) -> Self {
        Self { coloured }
    }

    fn colour(self, colour: Color) -> Style {
        if self.coloured { Style::new().fg(colour) } else { Style::new() }
    }

    const fn strong() -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    const fn quiet() -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What is selected, and bars across the screen.
    const fn reversed() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    const fn underlined() -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    fn rate(self) -> Style {
        self.colour(Color::Green)
    }

    fn window(self) -> Style {
        self.colour(Color::Magenta)
    }

    fn loss(self) -> Style {
        self.colour(Color::Red).add_modifier(Modifier::BOLD)
    }
}

/// Draws everything, and tells the model how much of the list it has shown.
pub(super) fn draw(model: &mut Model, look: Look, frame: &mut Frame<'_>) {
    let layout = Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)]);
    let [head, middle, foot] = layout.areas(frame.area());
    frame.render_widget(title(model, head.width), head);
    if model.shows_help {
        help::draw(model, frame, middle);
    } else if model.detail.is_some() {
        detail::draw(model, look, frame, middle);
    } else {
        list::draw(model, look, frame, middle);
    }
    frame.render_widget(footer(model, look, foot), foot);
}

/// What is watched.
fn title(model: &Model, width: u16) -> Paragraph<'static> {
    let process = &model.process;
    let left = [
        Span::styled(format!(" lucid {}", process.command), Look::strong()),
        Span::raw(format!("  pid {}  {}", process.pid, process.local)),
    ];
    let right = format!("up {} ", span(Duration::from_micros(process.up_us)));
    Paragraph::new(both_ends(left.to_vec(), vec![Span::styled(right, Look::quiet())], width))
}

/// What can be done; or that there is nothing more to come.
fn footer(model: &Model, look: Look, area: Rect) -> Paragraph<'static> {
    if let Some(why) = &model.ended {
        let text = format!(" pid {} {why}. This is how it was last; q quits.", model.process.pid);
        let style = look.loss().patch(Look::reversed());
        return Paragraph::new(format!("{text:<width$}", width = area.width.into())).style(style);
    }
    let mut keys = if model.shows_help {
        vec![("any key", "back"), ("q", "quit")]
    } else if model.detail.is_some() {
        vec![("Esc", "back"), ("↑↓", "next one"), ("?", "keys"), ("q", "quit")]
    } else {
        vec![
            ("↑↓", "select"),
            ("Enter", "details"),
            ("←→", "sort"),
            ("r", "reverse"),
            ("?", "keys"),
            ("q", "quit"),
        ]
    };
    let mut left = named(&keys);
    // On a narrow screen the last two are there: the way to the others, and the way out.
    while left.iter().map(Span::width).sum::<usize>() > area.width.into() && keys.len() > 2 {
        keys.remove(keys.len() - 3);
        left = named(&keys);
    }
    let at = if model.rows.is_empty() { 0 } else { model.selected + 1 };
    let [at, all] = [at, model.rows.len()].map(|number| grouped(number as u64));
    let place = format!("{at} of {all} ");
    Paragraph::new(both_ends(left, vec![Span::raw(place)], area.width))
}

fn named(keys: &[(&str, &str)]) -> Vec<Span<'static>> {
    let each = keys.iter().flat_map(|(key, what)| {
        [Span::styled(format!(" {key}"), Look::strong()), Span::styled(format!(" {what} "), Look::quiet())]
    });
    each.collect()
}

/// Something on the left and something on the right, if there is room for both; else what is left.
fn both_ends(mut left: Vec<Span<'static>>, right: Vec<Span<'static>>, width: u16) -> Line<'static> {
    let length = |spans: &[Span<'_>]| spans.iter().map(Span::width).sum::<usize>();
    let taken = length(&left) + length(&right);
    if let Some(gap) = usize::from(width).checked_sub(taken).filter(|&gap| gap > 0) {
        left.push(Span::raw(" ".repeat(gap)));
        left.extend(right);
    }
    Line::from(left)
}

#[cfg(test)]
mod tests;

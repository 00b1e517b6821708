//! The page of keys, and what the columns say.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Look;
use crate::top::keys::KEYS;
use crate::top::model::Model;

/// How wide keys and titles are.
const WIDTH: usize = 12;

pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let keys = KEYS.iter().map(|(keys, what)| entry(keys, what));
    let columns = model.columns.iter().map(|column| entry(column.title(), column.meaning()));
    // Without empty lines, where they cost what is to be read.
    let is_roomy = usize::from(area.height) > KEYS.len() + model.columns.len() + 4;
    let gap = || is_roomy.then(Line::default);
    let lines: Vec<_> = gap()
        .into_iter()
        .chain([Line::styled("Keys", Look::strong())])
        .chain(keys)
        .chain(gap())
        .chain([Line::styled("Columns", Look::strong())])
        .chain(columns)
        .collect();
    frame.render_widget(Paragraph::new(lines), area.inner(Margin::new(1, 0)));
}

fn entry(name: &str, what: &str) -> Line<'static> {
    Line::from(vec![Span::raw(format!("  {name:<WIDTH$}")), Span::styled(what.to_owned(), Look::quiet())])
}

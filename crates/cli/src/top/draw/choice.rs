//! The list of those that run, to choose from.

use std::time::Duration;

use lucid_views::words::grouped;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Look, both_ends, named};
use crate::quantity::{counted, span};
use crate::top::choice::{Choice, Running};

/// A row's cells, and how wide each is: the address takes what IPv6 needs where there is one.
fn cells(one: &Running) -> [String; 5] {
    let Some((process, connections)) = &one.told else {
        return [
            one.pid.to_string(),
            "doesn't answer".to_owned(),
            String::new(),
            String::new(),
            String::new(),
        ];
    };
    [
        one.pid.to_string(),
        format!("lucid {}", process.command),
        process.local.to_string(),
        counted(*connections, "connection"),
        format!("up {}", span(Duration::from_micros(process.up_us))),
    ]
}

pub(in crate::top) fn choice(choice: &mut Choice, look: Look, frame: &mut Frame<'_>) {
    let layout = Layout::vertical([Constraint::Length(2), Constraint::Fill(1), Constraint::Length(1)]);
    let [head, middle, foot] = layout.areas(frame.area());
    choice.height = middle.height.into();
    frame.render_widget(title(choice), head);
    frame.render_widget(rows(choice, middle), middle);
    frame.render_widget(footer(choice, look, foot), foot);
}

fn title(choice: &Choice) -> Line<'static> {
    let text = match choice.running.len() {
        0 => " no lucid of yours is running: one that starts appears here".to_owned(),
        1 => " 1 lucid of yours is running".to_owned(),
        several => format!(" {} lucids of yours are running: which one?", grouped(several as u64)),
    };
    Line::styled(text, Look::strong())
}

fn rows(choice: &Choice, area: Rect) -> Paragraph<'static> {
    let rows: Vec<_> = choice.running.iter().map(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 5] = std::array::from_fn(width);
    let first = (choice.selected + 1).saturating_sub(area.height.into());
    let shown = rows.iter().enumerate().skip(first).take(area.height.into());
    let lines = shown.map(|(index, row)| {
        let is_selected = index == choice.selected;
        let mut text = if is_selected { "▸" } else { " " }.to_owned();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Numbers stand above each other.
            let is_number = column == 0 || column == 3;
            text += &if is_number { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
        }
        if is_selected { Line::styled(text, Look::reversed()) } else { Line::raw(text) }
    });
    Paragraph::new(lines.collect::<Vec<_>>())
}

fn footer(choice: &Choice, look: Look, area: Rect) -> Paragraph<'static> {
    if let Some(why) = &choice.refused {
        return Paragraph::new(format!(" {why}")).style(look.loss());
    }
    let at = if choice.running.is_empty() { 0 } else { choice.selected + 1 };
    let place = Span::raw(format!("{at} of {} ", choice.running.len()));
    let keys = named(&[("↑↓", "select"), ("Enter", "watch"), ("q", "quit")]);
    Paragraph::new(both_ends(keys, vec![place], area.width))
}

//! The list: a line for each connection.

use lucid_conn::engine::{RecoveryState, State};
use lucid_views::words::grouped;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Look;
use crate::quantity::{counted, rate};
use crate::top::columns::Column;
use crate::top::history::Point;
use crate::top::model::{Model, Row, Sort};

/// What stands side by side in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Column(Column),
    /// How the rate was.
    Rates,
    /// How the window was.
    Windows,
}

/// On every screen.
const ALWAYS: [Part; 9] = [
    Part::Column(Column::Peer),
    Part::Column(Column::State),
    Part::Column(Column::Out),
    Part::Column(Column::In),
    Part::Rates,
    Part::Column(Column::Cwnd),
    Part::Windows,
    Part::Column(Column::Rtt),
    Part::Column(Column::Again),
];

/// What a wider screen has besides, the most telling first, each with the part that it stands behind.
const BESIDES: [(Column, Part); 10] = [
    (Column::Limit, Part::Column(Column::Again)),
    (Column::InFlight, Part::Windows),
    (Column::Unsent, Part::Column(Column::Rtt)),
    (Column::Conn, Part::Column(Column::Peer)),
    (Column::Controller, Part::Column(Column::Limit)),
    (Column::Threshold, Part::Windows),
    (Column::Unread, Part::Column(Column::Unsent)),
    (Column::MinRtt, Part::Column(Column::Rtt)),
    (Column::Rto, Part::Column(Column::MinRtt)),
    (Column::Mss, Part::Column(Column::Limit)),
];

/// Sparklines are at least so wide, or not there; and no wider than that.
const SPARKLINE: (usize, usize) = (4, 32);
/// So wide they should be before another column takes room.
const COMFORTABLE: usize = 12;

/// The parts of a line, and how wide each is.
pub(super) fn parts(width: usize, rows: &[Row]) -> Vec<(Part, usize)> {
    let natural = |part: &Part| match part {
        Part::Column(column) => column.width().unwrap_or_else(|| widest(*column, rows)),
        Part::Rates | Part::Windows => 0,
    };
    let taken = |parts: &[Part]| parts.iter().map(|part| natural(part) + 1).sum::<usize>() + 1;
    let mut parts = ALWAYS.to_vec();
    for (column, behind) in BESIDES {
        let needs = column.width().unwrap_or_default() + 1 + 2 * COMFORTABLE;
        let at = parts.iter().position(|part| *part == behind);
        let Some(at) = at.filter(|_| taken(&parts) + needs <= width) else { break };
        // Its number comes before who it is.
        parts.insert(if column == Column::Conn { at } else { at + 1 }, Part::Column(column));
    }
    // On a narrow screen some are left out: the least telling first.
    for least in [Part::Windows, Part::Rates, Part::Column(Column::Again), Part::Column(Column::Cwnd)] {
        let sparklines = parts.iter().filter(|part| natural(part) == 0).count();
        if taken(&parts) + sparklines * SPARKLINE.0 > width {
            parts.retain(|part| *part != least);
        }
    }
    let sparklines = parts.iter().filter(|part| natural(part) == 0).count();
    let room = width.saturating_sub(taken(&parts)) / sparklines.max(1);
    let sparkline = room.clamp(SPARKLINE.0, SPARKLINE.1);
    parts.iter().map(|part| (*part, if natural(part) == 0 { sparkline } else { natural(part) })).collect()
}

/// As wide as what is in it, over all rows, so that nothing moves while one scrolls.
fn widest(column: Column, rows: &[Row]) -> usize {
    let cells = rows.iter().map(|row| column.cell(row).len());
    cells.chain([column.title().len() + 1]).max().unwrap_or_default().min(47)
}

pub(super) fn draw(model: &mut Model, look: Look, frame: &mut Frame<'_>, area: Rect) {
    let layout = Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]);
    let [summary_area, titles_area, rows_area] = layout.areas(area);
    let parts = parts(area.width.into(), &model.rows);
    model.columns = parts.iter().filter_map(|(part, _)| as_column(*part)).collect();
    model.fit(rows_area.height.into());
    frame.render_widget(summary(model, look), summary_area);
    frame.render_widget(titles(&parts, model.sort), titles_area);
    let shown = model.rows.iter().enumerate().skip(model.top).take(rows_area.height.into());
    let lines: Vec<_> =
        shown.map(|(index, row)| line(model, &parts, look, row, index == model.selected)).collect();
    if lines.is_empty() {
        let text = Line::styled(" no connections: they appear here as they open", Look::quiet());
        return frame.render_widget(text, rows_area);
    }
    frame.render_widget(Paragraph::new(lines), rows_area);
}

fn as_column(part: Part) -> Option<Column> {
    match part {
        Part::Column(column) => Some(column),
        Part::Rates | Part::Windows => None,
    }
}

/// All connections together.
fn summary(model: &Model, look: Look) -> Line<'static> {
    let (out, into) =
        model.rows.iter().fold((0.0, 0.0), |(out, into), row| (out + row.rates.out, into + row.rates.into));
    let totals = &model.process.totals;
    let again = totals.retransmissions;
    let share = again as f64 * 100.0 / totals.segments_sent.max(1) as f64;
    let again = format!("{} of {} sent again ({share:.2} %)", grouped(again), grouped(totals.segments_sent));
    Line::from(vec![
        Span::raw(format!(" {}{}   ", counted(model.rows.len(), "connection"), others(&model.rows))),
        Span::styled(format!("out {}  in {}", rate(out), rate(into)), look.rate()),
        Span::raw(format!("   {again}")),
    ])
}

/// How many of them are not established, if any.
fn others(rows: &[Row]) -> String {
    let in_time_wait = rows.iter().filter(|row| row.connection.state == State::TimeWait).count();
    let established = rows.iter().filter(|row| row.connection.state == State::Established).count();
    let between = rows.len() - in_time_wait - established;
    let told = [(between, "opening or closing"), (in_time_wait, "in TIME-WAIT")];
    let told: Vec<_> = told
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count as u64)))
        .collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

/// The column that is sorted by has an arrow: down, if the usual order is kept.
fn titles(parts: &[(Part, usize)], sort: Sort) -> Paragraph<'static> {
    let mut spans = vec![Span::raw(" ")];
    for &(part, width) in parts {
        let title = match part {
            Part::Column(column) => column.title(),
            Part::Rates => "RATE",
            Part::Windows => "WINDOW",
        };
        let is_sorted_by = part == Part::Column(sort.column);
        let arrow = match (is_sorted_by, sort.reversed) {
            (false, _) => "",
            (true, false) => "▼",
            (true, true) => "▲",
        };
        let title: String = title.chars().take(width.saturating_sub(arrow.chars().count())).collect();
        let text = format!("{title}{arrow}");
        let is_left = as_column(part).is_none_or(Column::is_text);
        let text = if is_left { format!("{text:<width$}") } else { format!("{text:>width$}") };
        spans.push(Span::styled(text, if is_sorted_by { Look::strong() } else { Look::quiet() }));
        spans.push(Span::raw(" "));
    }
    Paragraph::new(Line::from(spans)).style(Look::underlined())
}

fn line(model: &Model, parts: &[(Part, usize)], look: Look, row: &Row, is_selected: bool) -> Line<'static> {
    let history = model.histories.get(&row.connection.conn);
    let sparkline = |width, of: fn(&Point) -> f32| {
        history.map(|history| history.sparkline(width, of)).unwrap_or_default()
    };
    let mut spans = vec![Span::raw(if is_selected { "▸" } else { " " })];
    for &(part, width) in parts {
        let text = match part {
            Part::Column(column) => column.cell(row),
            Part::Rates => sparkline(width, Point::rate),
            Part::Windows => sparkline(width, |point| point.cwnd),
        };
        let text: String = text.chars().take(width).collect();
        let is_right = as_column(part).is_some_and(|column| !column.is_text());
        let text = if is_right { format!("{text:>width$}") } else { format!("{text:<width$}") };
        let style = if is_selected { Style::new() } else { style(part, look, row) };
        spans.push(Span::styled(text + " ", style));
    }
    let line = Line::from(spans);
    if is_selected { line.style(Look::reversed()) } else { line }
}

fn style(part: Part, look: Look, row: &Row) -> Style {
    let c = &row.connection;
    match part {
        Part::Rates => look.rate(),
        Part::Column(Column::Out) if row.rates.out >= 0.5 => look.rate(),
        Part::Column(Column::In) if row.rates.into >= 0.5 => look.rate(),
        Part::Windows | Part::Column(Column::Cwnd) => look.window(),
        Part::Column(Column::State) if c.recovery != RecoveryState::Open => look.loss(),
        Part::Column(Column::State) if c.state != State::Established => Look::quiet(),
        Part::Column(_) => Style::new(),
    }
}

#[cfg(test)]
mod tests;

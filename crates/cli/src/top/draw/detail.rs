//! One connection: its graphs over one time axis, and all its numbers.

use std::time::Duration;

use lucid_conn::engine::RecoveryState;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart, Dataset, GraphType};

use super::{Look, both_ends};
use crate::quantity::{address, bytes, micros, rate, span};
use crate::top::history::{History, Point};
use crate::top::model::{Detail, Model};

mod numbers;

/// From this width on numbers stand beside the graphs, and take so much.
const WIDE: u16 = 120;
const NUMBERS_BESIDE: u16 = 54;
/// How many lines they take below.
const NUMBERS_BELOW: u16 = 7;

pub(super) fn draw(model: &Model, look: Look, frame: &mut Frame<'_>, area: Rect) {
    let Some(detail) = &model.detail else { return };
    let layout = Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]);
    let [who, state, rest] = layout.areas(area);
    frame.render_widget(names(model, detail, who.width), who);
    frame.render_widget(standing(detail, look), state);
    let (graphs, numbers) = if area.width >= WIDE {
        let beside = Layout::horizontal([Constraint::Fill(1), Constraint::Length(NUMBERS_BESIDE)]);
        let [graphs, numbers] = beside.areas(rest);
        (graphs, numbers)
    } else {
        let [graphs, numbers] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(NUMBERS_BELOW)]).areas(rest);
        (graphs, numbers)
    };
    draw_graphs(&detail.history, look, frame, graphs);
    numbers::draw(detail, frame, numbers);
}

/// Between whom it is.
fn names(model: &Model, detail: &Detail, width: u16) -> Line<'static> {
    let c = &detail.row.connection;
    let (local, peer) = (address(model.process.local, c.local_port), address(c.peer, c.remote_port));
    let left = Span::styled(format!(" {local} to {peer}"), Look::strong());
    both_ends(vec![left], vec![Span::styled(format!("connection {} ", c.conn), Look::quiet())], width)
}

/// How it stands, in words.
fn standing(detail: &Detail, look: Look) -> Line<'static> {
    let c = &detail.row.connection;
    let recovery = match c.recovery {
        RecoveryState::Open => "",
        RecoveryState::Recovery => ", repairing a loss",
        RecoveryState::Reduced => ", slowed down by a mark",
        RecoveryState::Timeout => ", after a timeout",
    };
    let mut spans = vec![
        Span::raw(format!(" {}   {}: {}", c.state, c.congestion_control, c.phase)),
        Span::styled(recovery, look.loss()),
        Span::raw(format!("   limited by: {}", c.limited_by.name())),
    ];
    if detail.is_over {
        spans = vec![Span::styled(" It is over: this is how it was last.", look.loss())];
    }
    Line::from(spans)
}

/// Three that can be told apart without colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drawn {
    Line,
    Dots,
    Area,
}

impl Drawn {
    const fn sign(self) -> &'static str {
        match self {
            Self::Line => "⠤⠤",
            Self::Dots => "••",
            Self::Area => "⣿⣿",
        }
    }

    const fn graph(self) -> (Marker, GraphType) {
        match self {
            Self::Line => (Marker::Braille, GraphType::Line),
            Self::Dots => (Marker::Dot, GraphType::Scatter),
            Self::Area => (Marker::Braille, GraphType::Bar),
        }
    }
}

/// A line in a graph: how it is drawn, what it is called and how it is now.
struct Curve {
    name: &'static str,
    now: String,
    style: Style,
    look: Drawn,
    points: Vec<(f64, f64)>,
}

fn draw_graphs(history: &History, look: Look, frame: &mut Frame<'_>, area: Rect) {
    let layout = Layout::vertical([
        Constraint::Fill(3),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Length(1),
    ]);
    let [windows, rates, trips, axis] = layout.areas(area);
    let Some((from, to)) = history.span() else { return };
    let curve = |name, style, look, of: fn(&Point) -> Option<f32>, say: fn(f64) -> String| {
        let points = history.points().filter_map(|point| Some((point.at_us as f64, f64::from(of(point)?))));
        let points: Vec<_> = points.collect();
        let now = points
            .last()
            .filter(|(at, _)| *at >= to as f64)
            .map_or_else(|| "none".to_owned(), |(_, now)| say(*now));
        Curve { name, now, style, look, points }
    };
    let dots = 2 * usize::from(windows.width);
    let filled = |name, style, of: fn(&Point) -> Option<f32>, say: fn(f64) -> String| {
        let Curve { now, points, .. } = curve(name, style, Drawn::Area, of, say);
        Curve { name, now, style, look: Drawn::Area, points: held(&points, (from as f64, to as f64), dots) }
    };
    let (plain, quiet) = (Style::new(), Look::quiet());
    let shown = [
        (
            windows,
            "Windows, bytes",
            bytes as fn(f64) -> String,
            vec![
                filled("in flight", quiet, |point| Some(point.in_flight), bytes),
                curve("ssthresh", look.loss(), Drawn::Dots, |point| point.ssthresh, bytes),
                curve("cwnd", look.window(), Drawn::Line, |point| Some(point.cwnd), bytes),
            ],
        ),
        (
            rates,
            "Rates",
            rate,
            vec![
                filled("in", quiet, |point| Some(point.into), rate),
                curve("out", look.rate(), Drawn::Line, |point| Some(point.out), rate),
            ],
        ),
        (trips, "Round trips", time, vec![curve("smoothed", plain, Drawn::Line, |point| point.rtt, time)]),
    ];
    for (area, name, say, curves) in shown {
        draw_graph(name, &curves, (from as f64, to as f64), say, frame, area);
    }
    let ago = format!("{LEFT}{} ago", span(Duration::from_micros(to - from)));
    frame.render_widget(
        both_ends(vec![Span::styled(ago, quiet)], vec![Span::styled("now", quiet)], axis.width),
        axis,
    );
}

/// A value for each of so many dots: it holds until the next point.
fn held(points: &[(f64, f64)], (from, to): (f64, f64), dots: usize) -> Vec<(f64, f64)> {
    let mut points = points.iter().peekable();
    let mut value = 0.0;
    let at = |dot: usize| from + (to - from) * dot as f64 / dots.max(2).saturating_sub(1) as f64;
    let each = (0..dots).map(|dot| {
        while let Some(&(_, next)) = points.next_if(|(time, _)| *time <= at(dot)) {
            value = next;
        }
        (at(dot), value)
    });
    each.collect()
}

/// What stands left of the graphs: room for numbers.
const LEFT: &str = "          ";

fn time(value: f64) -> String {
    micros(value as u64)
}

/// A line that says what is what, and below it the curves.
fn draw_graph(
    name: &str,
    curves: &[Curve],
    (from, to): (f64, f64),
    say: fn(f64) -> String,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let [legend, plot] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let mut spans = vec![Span::styled(format!(" {name}"), Look::strong())];
    for curve in curves.iter().rev() {
        spans.push(Span::styled(format!("   {} ", curve.look.sign()), curve.style));
        spans.push(Span::raw(format!("{} {}", curve.name, curve.now)));
    }
    frame.render_widget(Line::from(spans), legend);
    let highest = curves.iter().flat_map(|curve| &curve.points).map(|(_, y)| *y).fold(0.0, f64::max);
    let top = if highest > 0.0 { highest * 1.05 } else { 1.0 };
    let labels =
        [String::from("0"), say(highest)].map(|label| format!("{label:>width$}", width = LEFT.len() - 1));
    let datasets = curves.iter().map(|curve| {
        let (marker, graph) = curve.look.graph();
        Dataset::default().marker(marker).graph_type(graph).style(curve.style).data(&curve.points)
    });
    let chart = Chart::new(datasets.collect())
        .x_axis(Axis::default().bounds([from, to.max(from + 1.0)]).style(Look::quiet()))
        .y_axis(Axis::default().bounds([0.0, top]).labels(labels).style(Look::quiet()));
    frame.render_widget(chart, plot);
}

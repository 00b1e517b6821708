//! What a picture shows, before it is drawn.

use std::time::Duration;

/// A picture: panels above each other, over the same time.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) subtitle: String,
    /// How long the time axis is.
    pub(super) seconds: f64,
    pub(super) panels: Vec<Panel>,
}

/// Lines on one scale, from zero.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) unit: &'static str,
    pub(super) lines: Vec<Line>,
}

/// A line: seconds and values.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) label: String,
    pub(super) stroke: Stroke,
    pub(super) points: Vec<(f64, f64)>,
}

/// How a line is drawn; flows differ by their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stroke {
    /// The n-th flow's main line.
    Strong(usize),
    /// The n-th flow's other line.
    Faint(usize),
    /// A line above a filled area.
    Area,
    /// A bound, dashed.
    Limit,
}

impl Line {
    /// A bound that never changes.
    pub(super) fn across(label: &str, value: f64, length: Duration) -> Self {
        let points = vec![(0.0, value), (length.as_secs_f64(), value)];
        Self { label: label.to_owned(), stroke: Stroke::Limit, points }
    }
}

impl Panel {
    /// The largest value. A bound far above everything else doesn't count: the curves would lie on the floor.
    pub(super) fn top(&self) -> f64 {
        let top = |is_limit: bool| {
            let lines = self.lines.iter().filter(|line| (line.stroke == Stroke::Limit) == is_limit);
            lines.flat_map(|line| &line.points).map(|point| point.1).fold(0.0, f64::max)
        };
        let (curves, limits) = (top(false), top(true));
        if limits <= 3.0 * curves { curves.max(limits) } else { curves }
    }
}

//! A chart drawn as SVG: no scripts, no fonts of its own, colours for light and dark.

use std::fmt::Write;

use super::axis::Axis;
use super::chart::{Chart, Line, Panel, Stroke};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
/// Above the first panel, for the title.
const HEAD: f64 = 74.0;
/// A panel's own height, and what its title takes above it.
const PANEL: f64 = 150.0;
const CAPTION: f64 = 26.0;
/// Between panels.
const GAP: f64 = 26.0;
/// Below the last, for the time axis.
const FOOT: f64 = 48.0;
/// Lines in the legend begin so far apart, their text's width aside.
const SWATCH: f64 = 22.0;
const STYLE: &str = "
  svg { background: #ffffff }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #57606a }
  .paper { fill: #ffffff }
  .title { font-size: 18px; font-weight: 600; fill: #1f2328 }
  .caption { font-size: 13px; font-weight: 600; fill: #1f2328 }
  .grid { stroke: #d8dee4; stroke-width: 1 }
  .base { stroke: #8c959f; stroke-width: 1 }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .faint { fill: none; stroke-width: 1.1; stroke-linejoin: round; opacity: .45 }
  .limit { fill: none; stroke: #57606a; stroke-width: 1.2; stroke-dasharray: 5 4 }
  .c0 { stroke: #0b61d1 } .c1 { stroke: #c2500a } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
  .area { fill: #1b7c83; fill-opacity: .2 } .edge { stroke: #1b7c83 }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117 }
    text { fill: #9198a1 }
    .paper { fill: #0d1117 }
    .title, .caption { fill: #f0f6fc }
    .grid { stroke: #2a313c }
    .base { stroke: #656c76 }
    .limit { stroke: #9198a1 }
    .c0 { stroke: #58a6ff } .c1 { stroke: #f0883e } .c2 { stroke: #56d364 } .c3 { stroke: #bc8cff }
    .area { fill: #39c5cf } .edge { stroke: #39c5cf }
  }
";

/// Where things stand: from values to places.
struct Frame {
    top: f64,
    time: f64,
    values: Axis,
}

impl Frame {
    fn x(&self, seconds: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * seconds / self.time
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom() - PANEL * (value / self.values.end()).min(1.02)
    }

    fn bottom(&self) -> f64 {
        self.top + PANEL
    }
}

/// The whole picture.
pub(super) fn draw(chart: &Chart) -> String {
    let panels = chart.panels.len() as f64;
    let height = HEAD + panels * (CAPTION + PANEL) + (panels - 1.0) * GAP + FOOT;
    let mut svg = Svg::default();
    svg.line(format_args!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">"#
    ));
    svg.line(format_args!("<title>{}</title>", escaped(&chart.title)));
    svg.line(format_args!("<style>{STYLE}</style>"));
    svg.line(format_args!(r#"<rect class="paper" width="{WIDTH}" height="{height}"/>"#));
    svg.text("title", LEFT, 32.0, "start", &chart.title);
    svg.text("", LEFT, 52.0, "start", &chart.subtitle);
    for (nth, panel) in chart.panels.iter().enumerate() {
        let top = HEAD + CAPTION + nth as f64 * (CAPTION + PANEL + GAP);
        let frame = Frame { top, time: chart.seconds, values: Axis::new(panel.top(), 4.0) };
        svg.panel(panel, &frame, nth + 1 == chart.panels.len());
    }
    svg.line(format_args!("</svg>"));
    svg.0
}

#[derive(Default)]
struct Svg(String);

impl Svg {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // A string takes all that is written to it.
        let _ = self.0.write_fmt(line);
        self.0.push('\n');
    }

    fn text(&mut self, class: &str, x: f64, y: f64, anchor: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        let text = escaped(text);
        self.line(format_args!(r#"<text{class} x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#));
    }

    fn rule(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.line(format_args!(
            r#"<path class="{class}" d="M{:.1} {:.1}L{:.1} {:.1}"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    fn panel(&mut self, panel: &Panel, frame: &Frame, is_last: bool) {
        self.caption(panel, frame);
        for tick in frame.values.ticks() {
            let y = frame.y(tick);
            let class = if tick == 0.0 { "base" } else { "grid" };
            self.rule(class, (LEFT, y), (WIDTH - RIGHT, y));
            self.text("", LEFT - 8.0, y + 4.0, "end", &frame.values.label(tick));
        }
        self.time(frame, is_last);
        for line in &panel.lines {
            self.curve(line, frame);
        }
    }

    /// The time axis; its labels only below the last panel.
    fn time(&mut self, frame: &Frame, is_last: bool) {
        let axis = Axis::new(frame.time, 6.0);
        for tick in axis.ticks().filter(|&tick| tick <= frame.time) {
            let x = frame.x(tick);
            self.rule("base", (x, frame.bottom()), (x, frame.bottom() + 4.0));
            if is_last {
                self.text("", x, frame.bottom() + 19.0, "middle", &axis.label(tick));
            }
        }
        if is_last {
            let middle = (LEFT + WIDTH - RIGHT) / 2.0;
            self.text("", middle, frame.bottom() + 38.0, "middle", "time, s");
        }
    }

    /// The panel's title with its unit, and which line is which.
    fn caption(&mut self, panel: &Panel, frame: &Frame) {
        let y = frame.top - 11.0;
        let title = format!("{}, {}", panel.title, panel.unit);
        self.text("caption", LEFT, y, "start", &title);
        let mut x = WIDTH - RIGHT;
        for line in panel.lines.iter().rev() {
            x -= width(&line.label);
            self.text("", x, y, "start", &line.label);
            x -= SWATCH;
            let class = class(line.stroke);
            self.rule(&class, (x, y - 4.0), (x + SWATCH - 6.0, y - 4.0));
            x -= 14.0;
        }
    }

    fn curve(&mut self, line: &Line, frame: &Frame) {
        // A bound beyond the scale is left out: see `Panel::top`.
        let Some(first) = line.points.first() else { return };
        if line.stroke == Stroke::Limit && first.1 > frame.values.end() {
            return;
        }
        let mut d = String::new();
        for (nth, &(at, value)) in line.points.iter().enumerate() {
            let command = if nth == 0 { 'M' } else { 'L' };
            let _ = write!(d, "{command}{:.1} {:.1}", frame.x(at), frame.y(value));
        }
        if line.stroke == Stroke::Area {
            let bottom = frame.bottom();
            self.line(format_args!(r#"<path class="area" d="{d}V{bottom:.1}H{:.1}Z"/>"#, frame.x(first.0)));
        }
        self.line(format_args!(r#"<path class="{}" d="{d}"/>"#, class(line.stroke)));
    }
}

/// About how wide a text is: fonts differ, and nobody measures here.
fn width(text: &str) -> f64 {
    text.chars().map(|letter| if "fijlrt'. 1".contains(letter) { 4.3 } else { 7.3 }).sum()
}

fn class(stroke: Stroke) -> String {
    const COLOURS: usize = 4;
    match stroke {
        Stroke::Strong(flow) => format!("line c{}", flow % COLOURS),
        Stroke::Faint(flow) => format!("faint c{}", flow % COLOURS),
        Stroke::Area => "line edge".to_owned(),
        Stroke::Limit => "limit".to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

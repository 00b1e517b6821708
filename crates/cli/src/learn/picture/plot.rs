//! Values over time: panels below each other, on one time axis.

use std::fmt::Write;

use lucid_views::Story;
use lucid_views::series::{Line, Segment};

use super::axis::Axis;
use super::svg::{Svg, WIDTH, width};

const LEFT: f64 = 58.0;
const RIGHT: f64 = 18.0;
/// For the title and for notes.
const HEAD: f64 = 54.0;
const NOTE: f64 = 15.0;
const CAPTION: f64 = 24.0;
const PANEL: f64 = 170.0;
const GAP: f64 = 18.0;
const FOOT: f64 = 42.0;
const KILO: f64 = 1000.0;

/// A picture of this kind.
pub(in crate::learn) struct Plot {
    pub(in crate::learn) title: String,
    pub(in crate::learn) subtitle: String,
    /// From and to, in seconds.
    pub(in crate::learn) time: (f64, f64),
    pub(in crate::learn) panels: Vec<Panel>,
    pub(in crate::learn) notes: Vec<Note>,
}

/// Something that is said of one time.
pub(in crate::learn) struct Note {
    pub(in crate::learn) at: f64,
    pub(in crate::learn) text: String,
}

pub(in crate::learn) struct Panel {
    caption: String,
    series: Vec<Series>,
}

/// Values that belong together.
struct Series {
    label: String,
    stroke: Stroke,
    points: Vec<(f64, f64)>,
}

/// How they are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stroke {
    /// Each holds until the next: a line of steps, of this class.
    Steps(&'static str),
    /// Dots of this class.
    Dots(&'static str),
    /// Rings: what went again.
    Rings,
    /// Crosses: what was lost.
    Crosses,
}

impl Panel {
    /// What a sender sent and what of it was acknowledged: a time-sequence graph.
    pub(in crate::learn) fn sequence(caption: &str, stories: &[&Story]) -> Self {
        let mut series = Vec::new();
        for (story, (class, number)) in stories.iter().zip([("one", 1), ("two", 2)]) {
            let segments = || story.outgoing.segments.iter().filter(|segment| segment.bytes > 0);
            let at = |segment: &Segment| (segment.at.as_secs_f64(), segment.start as f64 / KILO);
            let which = if stories.len() > 1 { format!(" ({number})") } else { String::new() };
            let mut add =
                |label: String, stroke, points: Vec<_>| series.push(Series { label, stroke, points });
            add(format!("sent{which}"), Stroke::Dots(class), segments().map(at).collect());
            add(
                "sent again".into(),
                Stroke::Rings,
                segments().filter(|s| s.retransmission > 0).map(at).collect(),
            );
            add("lost".into(), Stroke::Crosses, segments().filter(|s| s.fate.is_lost()).map(at).collect());
            let acknowledged = steps(&story.outgoing.acknowledged, |place| place as f64 / KILO);
            add(format!("acknowledged{which}"), Stroke::Steps("ack"), acknowledged);
        }
        Self { caption: caption.to_owned(), series }
    }

    /// How much may be under way, and how much is.
    pub(in crate::learn) fn window(story: &Story) -> Self {
        let kilo = |bytes: f64| bytes / KILO;
        let cwnd = steps(&story.cwnd, kilo);
        // One that the window never comes near would make all the rest flat.
        let near = 2.0 * cwnd.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        let threshold = steps(&story.ssthresh, kilo).into_iter().filter(|(_, value)| *value < near).collect();
        let series = vec![
            Series { label: "cwnd".into(), stroke: Stroke::Steps("one"), points: cwnd },
            Series {
                label: "in flight".into(),
                stroke: Stroke::Steps("two"),
                points: steps(&story.flight_size, |bytes| bytes as f64 / KILO),
            },
            Series { label: "ssthresh".into(), stroke: Stroke::Steps("limit"), points: threshold },
        ];
        Self { caption: "congestion window, kB".to_owned(), series }
    }
}

fn steps<T: Copy + PartialEq>(line: &Line<T>, value: impl Fn(T) -> f64) -> Vec<(f64, f64)> {
    line.points().iter().map(|(at, what)| (at.as_secs_f64(), value(*what))).collect()
}

impl Series {
    /// What of it is seen between two times: of steps also the one that holds at the beginning.
    fn seen(&self, (from, to): (f64, f64)) -> Vec<(f64, f64)> {
        let within = |(at, _): &&(f64, f64)| (from..=to).contains(at);
        let mut seen: Vec<_> = self.points.iter().filter(within).copied().collect();
        if let (Stroke::Steps(_), Some((_, held))) =
            (self.stroke, self.points.iter().rev().find(|(at, _)| *at < from))
        {
            seen.insert(0, (from, *held));
        }
        seen
    }
}

struct Frame {
    top: f64,
    time: Axis,
    values: Axis,
}

impl Frame {
    fn x(&self, at: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * self.time.share(at)
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom() - PANEL * self.values.share(value)
    }

    fn bottom(&self) -> f64 {
        self.top + PANEL
    }
}

impl Plot {
    pub(in crate::learn) fn draw(&self) -> String {
        let rows = self.note_rows();
        let head = HEAD + NOTE * rows.iter().map(|row| row + 1.0).fold(0.0, f64::max);
        let panels = self.panels.len() as f64;
        let height = head + panels * (CAPTION + PANEL) + (panels - 1.0) * GAP + FOOT;
        let mut svg = Svg::new(&self.title, height);
        svg.text("title", (LEFT, 26.0), "start", &self.title);
        svg.text("", (LEFT, 44.0), "start", &self.subtitle);
        self.note(&mut svg, &rows, height);
        for (nth, panel) in self.panels.iter().enumerate() {
            let top = head + CAPTION + nth as f64 * (CAPTION + PANEL + GAP);
            let is_last = nth + 1 == self.panels.len();
            self.panel(&mut svg, panel, top, is_last);
        }
        svg.end()
    }

    /// What is said of some times: a line through all panels, and words above.
    fn note(&self, svg: &mut Svg, rows: &[f64], height: f64) {
        let time = Axis::new(self.time.0, self.time.1, 7.0);
        for (note, row) in self.notes.iter().zip(rows) {
            let x = LEFT + (WIDTH - LEFT - RIGHT) * time.share(note.at);
            let y = HEAD + NOTE * row + 10.0;
            svg.rule("note", (x, y - 9.0), (x, height - FOOT));
            let (anchor, aside) = if is_at_the_right(x, &note.text) { ("end", -4.0) } else { ("start", 4.0) };
            svg.text("", (x + aside, y), anchor, &note.text);
        }
    }

    /// In which row each note stands, so that none lies over another.
    fn note_rows(&self) -> Vec<f64> {
        let time = Axis::new(self.time.0, self.time.1, 7.0);
        let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut rows = Vec::new();
        for note in &self.notes {
            let x = LEFT + (WIDTH - LEFT - RIGHT) * time.share(note.at);
            let long = width(&note.text) + 14.0;
            let span = if is_at_the_right(x, &note.text) { (x - long, x) } else { (x, x + long) };
            let is_free = |row: &Vec<(f64, f64)>| row.iter().all(|(from, to)| span.1 < *from || *to < span.0);
            let row = taken.iter().position(is_free).unwrap_or(taken.len());
            if row == taken.len() {
                taken.push(Vec::new());
            }
            taken[row].push(span);
            rows.push(row as f64);
        }
        rows
    }

    fn panel(&self, svg: &mut Svg, panel: &Panel, top: f64, is_last: bool) {
        let all: Vec<_> =
            panel.series.iter().flat_map(|series| series.seen(self.time)).map(|(_, value)| value).collect();
        let least = all.iter().copied().fold(f64::INFINITY, f64::min);
        let most = all.iter().copied().fold(0.0, f64::max);
        // From zero, unless all lies far above it.
        let from = if least > most / 3.0 { least } else { 0.0 };
        let room = (most - from).max(1.0) * 0.04;
        let values = Axis::new(from - room, most + room, 4.0);
        let frame = Frame { top, time: Axis::new(self.time.0, self.time.1, 7.0), values };
        caption(svg, panel, &frame);
        for mark in values.marks() {
            let y = frame.y(mark);
            svg.rule("grid", (LEFT, y), (WIDTH - RIGHT, y));
            svg.text("", (LEFT - 7.0, y + 4.0), "end", &values.label(mark));
        }
        svg.rule("base", (LEFT, frame.bottom()), (WIDTH - RIGHT, frame.bottom()));
        for mark in frame.time.marks() {
            let x = frame.x(mark);
            svg.rule("base", (x, frame.bottom()), (x, frame.bottom() + 4.0));
            if is_last {
                svg.text("", (x, frame.bottom() + 18.0), "middle", &frame.time.label(mark));
            }
        }
        if is_last {
            svg.text("", ((LEFT + WIDTH - RIGHT) / 2.0, frame.bottom() + 35.0), "middle", "time, s");
        }
        // What is rare lies above what is frequent.
        let rank = |series: &&Series| match series.stroke {
            Stroke::Steps(_) => 0,
            Stroke::Dots(_) => 1,
            Stroke::Rings | Stroke::Crosses => 2,
        };
        let mut ordered: Vec<_> = panel.series.iter().collect();
        ordered.sort_by_key(rank);
        for series in ordered {
            self.series(svg, series, &frame);
        }
    }

    fn series(&self, svg: &mut Svg, series: &Series, frame: &Frame) {
        let mut d = String::new();
        let seen = series.seen(self.time);
        for (nth, &(at, value)) in seen.iter().enumerate() {
            let (x, y) = (frame.x(at), frame.y(value));
            let _a_string_takes_all = match series.stroke {
                Stroke::Steps(_) if nth == 0 => write!(d, "M{x:.1} {y:.1}"),
                Stroke::Steps(_) => write!(d, "H{x:.1}V{y:.1}"),
                Stroke::Dots(_) => write!(d, "M{x:.1} {y:.1}h0"),
                Stroke::Rings => write!(d, "M{:.1} {y:.1}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", x - 5.0),
                Stroke::Crosses => write!(d, "M{:.1} {:.1}l8 8m0 -8l-8 8", x - 4.0, y - 4.0),
            };
        }
        if let (Stroke::Steps(_), false) = (series.stroke, seen.is_empty()) {
            let _a_string_takes_all = write!(d, "H{:.1}", frame.x(self.time.1));
        }
        svg.path(&class(series.stroke), &d);
    }
}

fn is_at_the_right(x: f64, text: &str) -> bool {
    x + width(text) + 8.0 > WIDTH - RIGHT
}

fn class(stroke: Stroke) -> String {
    match stroke {
        Stroke::Steps(class) => format!("line {class}"),
        Stroke::Dots(class) => format!("dots {class}"),
        Stroke::Rings => "again".to_owned(),
        Stroke::Crosses => "lost".to_owned(),
    }
}

/// The panel's title, and which mark is which: each kind once.
fn caption(svg: &mut Svg, panel: &Panel, frame: &Frame) {
    let y = frame.top - 9.0;
    svg.text("caption", (LEFT, y), "start", &panel.caption);
    let mut x = WIDTH - RIGHT;
    let mut named: Vec<&str> = Vec::new();
    for series in panel.series.iter().rev().filter(|series| !series.points.is_empty()) {
        if named.contains(&series.label.as_str()) {
            continue;
        }
        named.push(&series.label);
        x -= width(&series.label);
        svg.text("", (x, y), "start", &series.label);
        x -= 24.0;
        let (middle, class) = (y - 4.0, class(series.stroke));
        let d = match series.stroke {
            Stroke::Steps(_) => format!("M{x:.1} {middle:.1}h18"),
            Stroke::Dots(_) => format!("M{:.1} {middle:.1}h0", x + 12.0),
            Stroke::Rings => format!("M{:.1} {middle:.1}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", x + 7.0),
            Stroke::Crosses => format!("M{:.1} {:.1}l8 8m0 -8l-8 8", x + 8.0, middle - 4.0),
        };
        svg.path(&class, &d);
        x -= 10.0;
    }
}

#[cfg(test)]
mod tests;

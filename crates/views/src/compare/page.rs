//! The curves of several runs on one page: SVG, no script, one file.

use std::fmt::Write;

use lucid_conn::engine::Time;

use super::{Named, Parting, Row};
use crate::words::{amount, time};

/// No curve has more points: about as many as a page has pixels.
const POINTS: usize = 1200;
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 260.0;
/// Room for the numbers.
const LEFT: f64 = 76.0;
const BOTTOM: f64 = 24.0;

/// Colours that colour-blind readers tell apart (Okabe and Ito), and dashes for those who print in grey.
const STROKES: [(&str, &str); 6] = [
    ("#0072b2", "none"),
    ("#d55e00", "7 3"),
    ("#009e73", "2 3"),
    ("#cc79a7", "9 3 2 3"),
    ("#e69f00", "4 2"),
    ("#56b4e9", "12 4"),
];

const STYLE: &str = "\
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; --faint: #59636e; --grid: #e3e8ed }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --grid: #262d36 } }
body { font: 15px/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink); max-width: 1100px; margin: 0 auto; padding: 20px }
h1 { font-size: 20px } h2 { font-size: 15px; margin: 22px 0 4px } p { max-width: 80em }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto }
th, td { text-align: right; padding: 3px 14px 3px 0; white-space: nowrap } th { color: var(--faint); font-weight: 400 }
th:first-child, td:first-child { text-align: left }
svg { width: 100%; height: auto; display: block } svg text { font: 12px system-ui, sans-serif; fill: var(--faint) }
.grid { stroke: var(--grid) } .curve { fill: none; stroke-width: 1.6; vector-effect: non-scaling-stroke }
.key { display: inline-block; width: 34px; height: 10px; vertical-align: middle; margin-right: 8px }";

/// A curve's points: seconds since its opening, and a value.
type Curve = Vec<(f64, f64)>;

/// One page with the table, where they part, and the curves: bytes acknowledged, cwnd, and round trips over time.
#[must_use]
pub fn page(title: &str, runs: &[Named], rows: &[Row], parting: Option<&Parting>) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title>\n<style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n",
        title = escape(title)
    );
    table(&mut page, rows);
    if let Some(parting) = parting {
        page += &format!("<p>The first {} events are the same in all. Then:</p>\n<ul>\n", parting.shared);
        for (name, then) in &parting.then {
            let then =
                then.as_ref().map_or_else(|| "nothing more".to_owned(), |(at, what)| format!("{at}: {what}"));
            page += &format!("<li><b>{}</b> {}</li>\n", escape(name), escape(&then));
        }
        page += "</ul>\n";
    }
    let acknowledged =
        |named: &Named| curve(named, named.story.outgoing.acknowledged.points(), |bytes| bytes as f64);
    plot(&mut page, "Bytes acknowledged", runs, acknowledged, |bytes| amount(bytes as u64));
    plot(
        &mut page,
        "Congestion window",
        runs,
        |named| curve(named, named.story.cwnd.points(), |cwnd| cwnd),
        |bytes| amount(bytes as u64),
    );
    let round_trips = |named: &Named| {
        let samples: Vec<_> =
            named.story.round_trips.iter().map(|sample| (sample.at, sample.sample)).collect();
        curve(named, &samples, |sample| sample.as_secs_f64())
    };
    plot(&mut page, "Round trip", runs, round_trips, |seconds| {
        time(std::time::Duration::from_secs_f64(seconds.max(0.0)))
    });
    page + "</body></html>\n"
}

fn table(page: &mut String, rows: &[Row]) {
    *page += "<table><tr><th></th><th>time</th><th>rate</th><th>lost</th><th>sent again</th><th>timeouts</th><th>in recovery</th>\
              <th>round trip</th><th>mean cwnd</th></tr>\n";
    for (index, row) in rows.iter().enumerate() {
        let (colour, dash) = STROKES[index % STROKES.len()];
        let key = format!(
            "<svg class=\"key\" viewBox=\"0 0 34 10\"><path class=\"curve\" d=\"M0 5H34\" stroke=\"{colour}\" stroke-dasharray=\"{dash}\"/></svg>"
        );
        let _memory_takes_it = writeln!(
            page,
            "<tr><td>{key}{}</td><td>{}</td><td>{}/s</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&row.name),
            time(row.duration),
            amount(row.rate() as u64),
            row.lost,
            row.retransmissions,
            row.timeouts,
            time(row.time_in_recovery),
            row.round_trip.map_or_else(|| "-".to_owned(), time),
            amount(row.window as u64),
        );
    }
    *page += "</table>\n";
}

/// A line's points, as few as can be told apart; of those left out, none is far from its neighbours in time.
fn curve<T: Copy>(named: &Named, points: &[(Time, T)], value: impl Fn(T) -> f64) -> Curve {
    let step = points.len().div_ceil(POINTS).max(1);
    let seconds = |at: Time| at.saturating_since(named.story.opened_at).as_secs_f64();
    points.iter().step_by(step).chain(points.last()).map(|&(at, its)| (seconds(at), value(its))).collect()
}

fn plot(
    page: &mut String,
    title: &str,
    runs: &[Named],
    curve: impl Fn(&Named) -> Curve,
    label: impl Fn(f64) -> String,
) {
    let curves: Vec<Curve> = runs.iter().map(curve).collect();
    let largest = |of: fn(&(f64, f64)) -> f64| curves.iter().flatten().map(of).fold(0.0, f64::max);
    let (end, top) = (largest(|point| point.0).max(1e-6), largest(|point| point.1).max(1e-9));
    let x = |seconds: f64| LEFT + (WIDTH - LEFT) * seconds / end;
    let y = |value: f64| (HEIGHT - BOTTOM) * (1.0 - value / top) + 8.0;
    *page += &format!(
        "<h2>{title}</h2>\n<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"{title}\">\n",
        HEIGHT + 12.0
    );
    for part in 0..=4 {
        let share = f64::from(part) / 4.0;
        let (down, across) = (y(top * share), x(end * share));
        *page += &format!(
            "<path class=\"grid\" d=\"M{LEFT} {down:.1}H{WIDTH}\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
            LEFT - 8.0,
            down + 4.0,
            label(top * share)
        );
        let anchor = if part == 4 { "end" } else { "middle" };
        *page += &format!(
            "<text x=\"{across:.0}\" y=\"{:.0}\" text-anchor=\"{anchor}\">{:.2} s</text>\n",
            HEIGHT + 6.0,
            end * share
        );
    }
    for (index, curve) in curves.iter().enumerate() {
        let (colour, dash) = STROKES[index % STROKES.len()];
        let mut path = String::new();
        for (number, &(seconds, value)) in curve.iter().enumerate() {
            let step = if number == 0 { 'M' } else { 'L' };
            let _memory_takes_it = write!(path, "{step}{:.1} {:.1}", x(seconds), y(value));
        }
        *page += &format!(
            "<path class=\"curve\" d=\"{path}\" stroke=\"{colour}\" stroke-dasharray=\"{dash}\"/>\n"
        );
    }
    *page += "</svg>\n";
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

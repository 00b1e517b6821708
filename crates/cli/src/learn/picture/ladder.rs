//! Two ends, and what goes between them, in the order in which it happens: a row for each thing, not for each millisecond.

use lucid_conn::engine::{SegmentSummary, What};

use super::svg::Svg;
use crate::demo::{Beat, FIN, SYN, has};

const CLIENT: f64 = 250.0;
const SERVER: f64 = 510.0;
const HEAD: f64 = 86.0;
const ROW: f64 = 17.0;
const FOOT: f64 = 20.0;

/// What happens in one row.
enum Row<'a> {
    Sent(&'a SegmentSummary),
    Received(&'a SegmentSummary),
    State(String),
    Lost(&'a SegmentSummary),
}

/// The ladder of one connection, from the events of both its ends. Numbers are relative to each end's SYN.
pub(in crate::learn) fn ladder(title: &str, subtitle: &str, beats: &[&Beat]) -> String {
    let rows: Vec<(bool, Row<'_>)> =
        beats.iter().filter_map(|beat| Some((beat.is_server(), row(beat)?))).collect();
    let first = |server: bool| {
        rows.iter().find_map(|(is_server, row)| match row {
            Row::Sent(segment) if *is_server == server => Some(segment.seq),
            _ => None,
        })
    };
    let isns = (first(false).unwrap_or(0), first(true).unwrap_or(0));
    let y = |row: usize| HEAD + ROW * row as f64;
    let mut svg = Svg::new(title, y(rows.len()) + FOOT);
    svg.text("title", (24.0, 26.0), "start", title);
    svg.text("", (24.0, 44.0), "start", subtitle);
    for (x, name) in [(CLIENT, "client"), (SERVER, "server")] {
        svg.text("caption", (x, HEAD - 18.0), "middle", name);
        svg.rule("base", (x, HEAD - 10.0), (x, y(rows.len())));
    }
    for (place, (is_server, row)) in rows.iter().enumerate() {
        let (x, aside, anchor) = if *is_server { (SERVER, 10.0, "start") } else { (CLIENT, -10.0, "end") };
        match row {
            Row::State(state) => svg.text("state", (x + aside, y(place) + 4.0), anchor, state),
            Row::Sent(segment) => {
                let (from, to) = if *is_server { (isns.1, isns.0) } else { (isns.0, isns.1) };
                svg.text("", (x + aside, y(place) + 4.0), anchor, &told(segment, from, to));
                let other = if *is_server { CLIENT } else { SERVER };
                let end = rows[place..].iter().position(|(at, row)| match row {
                    Row::Received(its) => at != is_server && its == segment,
                    Row::Lost(its) => at == is_server && its == segment,
                    _ => false,
                });
                let Some(end) = end else { continue };
                let is_lost = matches!(rows[place + end].1, Row::Lost(_));
                arrow(&mut svg, (x, y(place)), (other, y(place + end.max(1))), is_lost);
            }
            Row::Received(_) | Row::Lost(_) => {}
        }
    }
    svg.end()
}

fn row(beat: &Beat) -> Option<Row<'_>> {
    match &beat.event.what {
        What::Sent { segment, .. } => Some(Row::Sent(segment)),
        What::Received { segment } => Some(Row::Received(segment)),
        What::State { to, .. } => Some(Row::State(to.to_string())),
        What::Faulted { .. } => beat.lost().map(Row::Lost),
        _ => None,
    }
}

/// A segment from one end to the other; one that is lost comes halfway.
fn arrow(svg: &mut Svg, from: (f64, f64), to: (f64, f64), is_lost: bool) {
    let to_the_right = to.0 > from.0;
    if is_lost {
        let half = ((from.0 + to.0) / 2.0, from.1 + ROW / 2.0);
        svg.rule("lost", from, half);
        svg.path("lost", &format!("M{:.1} {:.1}l8 8m0 -8l-8 8", half.0 - 4.0, half.1 - 4.0));
        return;
    }
    let (line, head) = if to_the_right { ("arrow", "head") } else { ("back", "backhead") };
    svg.rule(line, from, to);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    let (ux, uy) = (dx / length, dy / length);
    let (bx, by) = (to.0 - 9.0 * ux, to.1 - 9.0 * uy);
    svg.path(
        head,
        &format!(
            "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
            to.0,
            to.1,
            bx - 3.5 * uy,
            by + 3.5 * ux,
            bx + 3.5 * uy,
            by - 3.5 * ux
        ),
    );
}

fn told(segment: &SegmentSummary, from: u32, to: u32) -> String {
    let seq = segment.seq.wrapping_sub(from);
    let name = match (has(segment, SYN), has(segment, FIN)) {
        (true, _) => "SYN, ",
        (_, true) => "FIN, ",
        _ => "",
    };
    let bytes = if segment.bytes > 0 { format!("{} bytes, ", segment.bytes) } else { String::new() };
    let ack = if segment.flags.to_string().contains("ACK") {
        format!(", ACK {}", segment.ack.wrapping_sub(to))
    } else {
        String::new()
    };
    format!("{name}{bytes}SEQ {seq}{ack}")
}

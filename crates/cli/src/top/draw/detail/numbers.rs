//! The numbers of one connection, in columns.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Look;
use crate::quantity::{bytes, micros, rate};
use crate::top::model::Detail;

/// A name and a number, or a heading.
type Number = (&'static str, String);

/// How wide a column is.
const WIDTH: u16 = 26;

pub(super) fn draw(detail: &Detail, frame: &mut Frame<'_>, area: Rect) {
    let count = usize::from((area.width / WIDTH).max(1));
    let height = usize::from(area.height);
    let groups = groups(detail);
    let columns = if height >= 20 { arrange(groups, count) } else { squeeze(groups, count, height) };
    let areas = Layout::horizontal(vec![Constraint::Length(WIDTH); count]).split(area);
    for (column, area) in columns.into_iter().zip(areas.iter()) {
        let lines: Vec<_> = column.into_iter().map(line).collect();
        frame.render_widget(Paragraph::new(lines), *area);
    }
}

fn line((name, number): Number) -> Line<'static> {
    if number.is_empty() {
        return Line::styled(format!(" {name}"), Look::strong());
    }
    let width = usize::from(WIDTH) - 3 - name.len();
    Line::from(vec![Span::styled(format!("  {name}"), Look::quiet()), Span::raw(format!("{number:>width$}"))])
}

/// With headings, whole groups, as evenly as they go.
fn arrange(groups: Vec<(&'static str, Vec<Number>)>, count: usize) -> Vec<Vec<Number>> {
    let mut columns = vec![Vec::new(); count];
    for (heading, numbers) in groups {
        let shortest = columns.iter_mut().min_by_key(|column: &&mut Vec<Number>| column.len());
        let Some(column) = shortest else { continue };
        if !column.is_empty() {
            column.push(("", String::new()));
        }
        column.push((heading, String::new()));
        column.extend(numbers);
    }
    columns
}

/// As many as there is room for: the first of each group, a column for each group.
fn squeeze(groups: Vec<(&'static str, Vec<Number>)>, count: usize, height: usize) -> Vec<Vec<Number>> {
    let columns = groups.into_iter().take(count).map(|(heading, numbers)| {
        let heading = std::iter::once((heading, String::new()));
        heading.chain(numbers).take(height).collect()
    });
    columns.collect()
}

/// The most telling first.
fn groups(detail: &Detail) -> Vec<(&'static str, Vec<Number>)> {
    let (c, rates) = (&detail.row.connection, &detail.row.rates);
    let size = |amount: u64| bytes(amount as f64);
    let time = |time: Option<u64>| time.map_or_else(|| "none".to_owned(), micros);
    let number = |count: u64| lucid_views::words::grouped(count);
    let counts = &c.counts;
    let sending = vec![
        ("rate", rate(rates.out)),
        ("sent", size(counts.bytes_sent)),
        ("acknowledged", size(c.bytes_acked)),
        ("in flight", size(c.in_flight)),
        ("unsent", size(c.unsent)),
        ("peer's window", size(c.send_window)),
        ("cwnd", size(c.cwnd)),
        ("ssthresh", c.ssthresh.map_or_else(|| "none yet".to_owned(), size)),
        ("found lost", size(c.lost)),
        ("sacked", size(c.sacked)),
        ("pacing", c.pacing_rate.map_or_else(|| "none".to_owned(), |pacing| rate(pacing as f64))),
        ("segment", size(c.mss.into())),
    ];
    let times = vec![
        ("smoothed RTT", time(c.rtt_us)),
        ("variance", time(c.rttvar_us)),
        ("shortest RTT", time(c.min_rtt_us)),
        ("RTO", micros(c.rto_us)),
        ("sent again", number(counts.retransmissions)),
        ("timeouts", number(counts.timeouts)),
        ("fast retransmits", number(counts.fast_retransmits)),
        ("tail probes", number(counts.tail_probes)),
        ("cuts undone", number(counts.undone)),
        ("ECN echoes", number(counts.congestion_echoes)),
    ];
    let receiving = vec![
        ("rate", rate(rates.into)),
        ("received", size(counts.bytes_received)),
        ("unread", size(c.unread)),
        ("behind a gap", size(c.waiting)),
        ("window", size(c.receive_window)),
        ("buffer", size(c.receive_buffer)),
        ("out of order", number(counts.out_of_order_received)),
        ("nothing new", number(counts.duplicates_received)),
        ("discarded", number(counts.discarded)),
        ("ECN marks", number(counts.marks_received)),
    ];
    let segments = vec![
        ("out", number(counts.segments_sent)),
        ("in", number(counts.segments_received)),
        ("window probes", number(counts.window_probes)),
        ("keep-alives", number(counts.keep_alive_probes)),
        ("challenge ACKs", number(counts.challenge_acks)),
    ];
    let options = vec![
        ("SACK", yes(c.options.sack)),
        ("timestamps", yes(c.options.timestamps)),
        ("ECN", yes(c.ecn)),
        (
            "window scale",
            c.options
                .scale
                .map_or_else(|| "no".to_owned(), |scale| format!("{}, {}", scale.send, scale.receive)),
        ),
    ];
    vec![
        ("Sending", sending),
        ("Times and losses", times),
        ("Receiving", receiving),
        ("Segments", segments),
        ("Options", options),
    ]
}

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

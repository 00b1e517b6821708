//! Both transcripts in one time order: side by side where there is room, else one under the other.

use std::collections::HashSet;
use std::time::Duration;

use anstyle::Style;

use super::console::{FAINT, LOSS, STATE, TASK, WINDOW, painted, say};
use super::process::Said;
use super::run::Run;

/// From this width on there is room for two columns.
const WIDE: usize = 150;
/// What a time takes, with the space behind it.
const TIME: usize = 9;
/// Lines shown at the beginning and at the end of a long transcript.
const EDGE: usize = 24;
/// Lines shown before and after a turning point.
const AROUND: usize = 9;

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    /// With a letter if several ran at once.
    Client(Option<char>),
}

/// A line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Since the first line.
    pub(crate) at: Duration,
    pub(crate) side: Side,
    pub(crate) text: String,
}

/// Shows a run's transcripts: all, or only the lines around the turning points, if there are any.
pub(crate) fn show(run: &Run, turning_points: &[&str], all: bool, width: Option<usize>) {
    let server = (Side::Server, &*run.server_said);
    let clients = run.clients.iter().zip('A'..);
    let clients =
        clients.map(|(client, letter)| (Side::Client(client.has_company.then_some(letter)), &*client.said));
    let lines = merged(&[server].into_iter().chain(clients).collect::<Vec<_>>());
    let kept = if all || turning_points.is_empty() {
        vec![true; lines.len()]
    } else {
        excerpt(&lines, turning_points)
    };
    let width = two(width);
    heading(width);
    for (stretch, shown) in stretches(&kept) {
        if shown {
            lines[stretch].iter().for_each(|line| say(laid_out(line, width)));
        } else {
            let left_out = format!("{:TIME$}... {} lines left out; --full shows them ...", "", stretch.len());
            say(painted(FAINT, left_out));
        }
    }
}

/// A terminal's width, if it has room for two columns.
pub(crate) fn two(width: Option<usize>) -> Option<usize> {
    width.filter(|width| *width >= WIDE)
}

/// What stands above two columns.
pub(crate) fn heading(width: Option<usize>) {
    if let Some(width) = width {
        let column = (width - TIME) / 2;
        say(painted(FAINT, format_args!("{:TIME$}{:column$}client", "seconds", "server")));
    }
}

/// All lines in the order in which they were said.
///
/// They are known by when they came to us, through pipes, and on loopback a segment is often faster: so no
/// `receive` line comes before the `sent` line of the same segment.
pub(crate) fn merged(sides: &[(Side, &[Said])]) -> Vec<Line> {
    let mut queues: Vec<_> = sides.iter().map(|(side, said)| (*side, said.iter().peekable())).collect();
    let start = sides.iter().filter_map(|(_, said)| Some(said.first()?.at)).min();
    let mut to_be_sent: HashSet<String> =
        sides.iter().flat_map(|(_, said)| *said).filter_map(|said| segment(&said.line, "sent: ")).collect();
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let heads =
            queues.iter_mut().enumerate().filter_map(|(queue, (_, said))| Some((queue, *said.peek()?)));
        let next = heads.min_by_key(|(_, said)| {
            let waits = segment(&said.line, "receive: ").is_some_and(|segment| to_be_sent.contains(&segment));
            (waits, said.at)
        });
        let Some((queue, Said { at, line })) = next else { return lines };
        if let Some(sent) = segment(line, "sent: ") {
            to_be_sent.remove(&sent);
        }
        let (side, said) = &mut queues[queue];
        said.next();
        let since = start.map_or(Duration::ZERO, |start| *at - start);
        let at = lines.last().map_or(since, |last| since.max(last.at));
        lines.push(Line { at, side: *side, text: line.clone() });
    }
}

/// The segment that a line tells of, without the number that one side's connection has.
fn segment(line: &str, way: &str) -> Option<String> {
    let (flags, numbers) = line.split_once(way)?.1.split_once(" : (")?;
    Some(format!("{flags} {}", numbers.split_once(") ")?.1))
}

/// Which lines of a long transcript are shown: its edges, and what is around the first of each turning point.
fn excerpt(lines: &[Line], turning_points: &[&str]) -> Vec<bool> {
    let mut kept = vec![false; lines.len()];
    let end = lines.len();
    let turns =
        turning_points.iter().filter_map(|point| lines.iter().position(|line| line.text.contains(point)));
    let around = turns.map(|turn| turn.saturating_sub(AROUND)..(turn + AROUND + 1).min(end));
    for stretch in around.chain([0..EDGE.min(end), end.saturating_sub(EDGE)..end]) {
        kept[stretch].fill(true);
    }
    kept
}

/// Neighbours of the same kind, joined.
fn stretches(kept: &[bool]) -> Vec<(std::ops::Range<usize>, bool)> {
    let mut start = 0;
    let runs = kept.chunk_by(|one, next| one == next).map(|run| {
        let stretch = start..start + run.len();
        start = stretch.end;
        (stretch, run[0])
    });
    runs.collect()
}

/// A line as it is shown: in its column, or behind the name of its side.
pub(crate) fn laid_out(Line { at, side, text }: &Line, width: Option<usize>) -> String {
    let time = painted(FAINT, format_args!("{:<TIME$.4}", at.as_secs_f64()));
    let text = match side {
        Side::Client(Some(letter)) => format!("{letter} {text}"),
        Side::Client(None) | Side::Server => text.clone(),
    };
    let style = style(&text);
    match width {
        Some(width) => {
            let column = (width - TIME) / 2;
            let text = fitted(&text, column - 1);
            let before = if *side == Side::Server { 0 } else { column };
            format!("{time}{:before$}{}", "", painted(style, text))
        }
        None => {
            let (name, before) = if *side == Side::Server { ("server", 0) } else { ("client", 4) };
            format!("{time}{} {:before$}{}", painted(FAINT, name), "", painted(style, text))
        }
    }
}

/// As much of a text as fits.
fn fitted(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// What a line is about decides its colour.
fn style(text: &str) -> Style {
    let about = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if about(&[
        "loss",
        "LATE LIST",
        "RTO",
        "Timeout",
        "Resending",
        "Duplicate",
        "duplicate",
        "out of order",
        "|Lost",
    ]) {
        LOSS
    } else if about(&[" mode<<<", "(cwnd:", "(Undone)"]) {
        WINDOW
    } else if about(&["(task", "Request for"]) {
        TASK
    } else if about(&["     |", "     ("]) {
        FAINT
    } else if about(&["sent:", "receive:"]) {
        Style::new()
    } else {
        STATE
    }
}

#[cfg(test)]
mod tests;

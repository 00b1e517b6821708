//! A run as one HTML page: everything in one file, which opens without a network and asks for nothing.
//!
//! The page is `report/page/`: HTML, a style sheet and a few plain scripts, put together here around the data. The scripts
//! know nothing of TCP's rules: what is drawn, said and counted is computed in this crate and tested there.

use std::fmt::Write;

use serde::Serialize;

use crate::meet::{Meeting, meet};
use crate::run::Run;
use crate::summary::Summary;
use data::{Made, StoryData};
use together::Together;

pub use together::together;

mod data;
mod rates;
mod thin;
mod together;

const PAGE: &str = include_str!("report/page/page.html");
const STYLE: &str = include_str!("report/page/style.css");
/// In the order in which they build on each other.
const SCRIPTS: [&str; 10] = [
    include_str!("report/page/data.js"),
    include_str!("report/page/axis.js"),
    include_str!("report/page/panel.js"),
    include_str!("report/page/sequence.js"),
    include_str!("report/page/plots.js"),
    include_str!("report/page/together.js"),
    include_str!("report/page/ladder.js"),
    include_str!("report/page/events.js"),
    include_str!("report/page/buffers.js"),
    include_str!("report/page/main.js"),
];

/// A recording that has been read, and what to call it.
#[derive(Debug)]
pub struct Source {
    /// Its name for readers: a file's name, say.
    pub name: String,
    /// What it tells.
    pub run: Run,
}

/// What a page may hold: beyond it there are samples, and the page says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections with plots of their own: those that carried most.
    pub stories: usize,
    /// Segments in all: runs of ordinary ones are drawn as one.
    pub segments: usize,
    /// Points of all lines together.
    pub points: usize,
    /// Events in all: of more, routine is left out.
    pub events: usize,
}

impl Default for Limits {
    /// About 20 MB for a transfer of any size.
    fn default() -> Self {
        Self { stories: 64, segments: 240_000, points: 400_000, events: 80_000 }
    }
}

/// What the page's scripts are given. Times are nanoseconds by the first recording's clock.
#[derive(Serialize)]
struct Report {
    title: String,
    /// The names of the recordings.
    sources: Vec<String>,
    /// The first paragraph, in sentences.
    summary: Vec<String>,
    /// What is not whole, in sentences.
    notes: Vec<String>,
    /// Sentence and clause of every cause.
    causes: Vec<(&'static str, &'static str)>,
    kinds: Vec<&'static str>,
    stories: Vec<StoryData>,
    /// Pairs of stories that are two ends of one connection, by their places in `stories`.
    pairs: Vec<(usize, usize)>,
    /// Where the stories are runs to compare, laid over each other: how they compare.
    together: Option<Together>,
}

/// A page that was made.
#[derive(Clone, Debug)]
pub struct Page {
    /// All of it.
    pub html: String,
    /// What it says first.
    pub summary: String,
}

/// Makes the page from one recording, or from both ends'.
///
/// # Errors
/// None that values here lead to: what serde_json says.
pub fn report(sources: Vec<Source>, limits: Limits) -> Result<Page, serde_json::Error> {
    page(&gather(sources, limits))
}

fn page(report: &Report) -> Result<Page, serde_json::Error> {
    // Nothing in it may end the script that holds it.
    let data = serde_json::to_string(report)?.replace('<', "\\u003c");
    let mut scripts = String::from("\"use strict\";\n");
    for script in SCRIPTS {
        scripts += script;
    }
    let title = report.title.replace('&', "&amp;").replace('<', "&lt;");
    let mut page = String::with_capacity(data.len() + (1 << 17));
    let mut rest = PAGE;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (name, after) = behind.split_once("}}").unwrap_or((behind, ""));
        page += before;
        match name {
            "title" => page += &title,
            "style" => page += STYLE,
            "data" => page += &data,
            "scripts" => page += &scripts,
            // A name that there isn't stays as it is: tests look for it.
            other => {
                let _never = write!(page, "{{{{{other}}}}}");
            }
        }
        rest = after;
    }
    page += rest;
    Ok(Page { html: page, summary: report.summary.join(" ") })
}

fn gather(mut sources: Vec<Source>, limits: Limits) -> Report {
    let meetings = match &mut sources[..] {
        [one, other] => meet(&mut one.run, &mut other.run),
        _ => Vec::new(),
    };
    let mut made = Made::new(limits);
    let chosen = choose(&sources, &meetings, limits.stories);
    let all: usize = sources.iter().map(|source| source.run.stories.len()).sum();
    let share = made.share(chosen.len());
    let mut stories = Vec::new();
    let mut notes = Vec::new();
    for &(source, index) in &chosen {
        let its = meetings.iter().find(|meeting| [meeting.one, meeting.other][source] == index);
        // The second's clock is ahead by so much; where the two have no connection in common, by as much as elsewhere.
        let ahead = if source == 0 { 0 } else { its.or(meetings.first()).map_or(0, |meeting| meeting.ahead) };
        let Source { name, run } = &sources[source];
        stories.push(made.story(name, &run.stories[index], ahead, share));
    }
    notes.extend(sources.iter().filter_map(|Source { name, run }| {
        let why = run.broken_off.as_ref()?;
        Some(format!("The recording {name} is not whole: {why}. What it has is here."))
    }));
    if chosen.len() < all {
        notes.push(format!("{} of {all} connections are here: those that carried most.", chosen.len()));
    }
    if sources.len() == 2 && meetings.is_empty() {
        notes.push("The two recordings have no connection in common.".to_owned());
    }
    notes.extend(made.notes());
    let place = |source: usize, index: usize| chosen.iter().position(|it| *it == (source, index));
    let pairs = meetings.iter().filter_map(|meeting| place(0, meeting.one).zip(place(1, meeting.other)));
    let summary =
        chosen.first().map(|&(source, index)| Summary::of(&sources[source].run.stories[index]).sentences());
    let mut summary = summary.unwrap_or_else(|| vec!["No connection was opened.".to_owned()]);
    let connections = all - meetings.len();
    if connections > 1 {
        summary.insert(0, format!("Of {connections} connections, the one that carried most:"));
    }
    Report {
        title: title(&sources),
        summary,
        notes,
        causes: data::causes(),
        pairs: pairs.collect(),
        sources: sources.iter().map(|source| source.name.clone()).collect(),
        kinds: made.into_kinds(),
        stories,
        together: None,
    }
}

/// Which stories are told, by source and place: those that both ends tell first, and among them those that carried most; of
/// two ends the sender comes first.
fn choose(sources: &[Source], meetings: &[Meeting], most: usize) -> Vec<(usize, usize)> {
    let each = sources
        .iter()
        .enumerate()
        .flat_map(|(source, Source { run, .. })| (0..run.stories.len()).map(move |index| (source, index)));
    let carried = |&(source, index): &(usize, usize)| {
        let counts = &sources[source].run.stories[index].counts;
        let has_peer = meetings.iter().any(|meeting| [meeting.one, meeting.other][source] == index);
        let (sent, received) = (counts.bytes_sent, counts.bytes_received);
        std::cmp::Reverse((has_peer, sent.max(received), sent))
    };
    let mut chosen: Vec<_> = each.collect();
    chosen.sort_by_key(carried);
    chosen.truncate(most.max(1));
    chosen
}

fn title(sources: &[Source]) -> String {
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    format!("lucid: {}", names.join(" and "))
}

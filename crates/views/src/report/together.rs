//! Several runs on one page, laid over each other: each begins at zero.

use serde::Serialize;

use super::data::{self, Made};
use super::{Limits, Page, Report, page};
use crate::compare::{Named, Parting, Row, sentences};

/// How runs compare.
#[derive(Serialize)]
pub(super) struct Together {
    headings: [&'static str; 9],
    rows: Vec<[String; 9]>,
    /// In a sentence, how long they are alike.
    alike: String,
    /// Where they part, by run: when, since its opening, and the event's sentence; none if it has no further event.
    parting: Vec<Option<(i64, String)>>,
}

/// Makes one page of several runs: the table, where they part, and their curves together, with the events of each.
///
/// # Errors
/// None that values here lead to: what serde_json says.
pub fn together(
    title: &str,
    runs: &[Named],
    rows: &[Row],
    parting: Option<&Parting>,
    limits: Limits,
) -> Result<Page, serde_json::Error> {
    // What lies behind a curve's pixels is none of its business: all segments in a row are one, and then none.
    let mut made = Made::new(Limits { segments: usize::MAX, ..limits });
    let share = made.share(runs.len());
    let stories = runs.iter().map(|Named { name, story }| {
        let opened = i64::try_from(story.opened_at.as_nanos()).unwrap_or(i64::MAX);
        made.story(name, story, opened, share).in_lines(name)
    });
    let stories = stories.collect();
    let alike = match parting {
        None => "They don't part: every event is the same.".to_owned(),
        Some(Parting { shared: 0, .. }) => "They part with the first event.".to_owned(),
        Some(Parting { shared, .. }) => format!("The first {shared} events are the same in all. Then:"),
    };
    let then = parting.map_or(&[][..], |parting| parting.then.as_slice()).iter().map(|(_, then)| {
        then.as_ref().map(|(at, what)| (i64::try_from(at.as_nanos()).unwrap_or(i64::MAX), what.clone()))
    });
    page(&Report {
        title: title.to_owned(),
        summary: sentences(rows),
        notes: made.notes(),
        causes: data::causes(),
        pairs: Vec::new(),
        sources: runs.iter().map(|run| run.name.clone()).collect(),
        together: Some(Together {
            headings: Row::HEADINGS,
            rows: rows.iter().map(Row::cells).collect(),
            alike,
            parting: then.collect(),
        }),
        kinds: made.into_kinds(),
        stories,
    })
}

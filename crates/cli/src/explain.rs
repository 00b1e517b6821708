//! A recorded run, explained in words.

use std::fmt::Write as _;
use std::path::Path;

use lucid_conn::engine::Time;
use lucid_views::explain::{Explanation, Moment, Topic, explain, explain_event, moment};
use lucid_views::words::{grouped, time};
use lucid_views::{Run, Story, Summary};

use crate::args::About;
use crate::exit::{Exit, Failure};
use crate::page;
use crate::report::Report;
use crate::said::Said;

/// How wide a line of prose is.
const WIDTH: usize = 100;

/// What is to be explained.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    pub(crate) about: About,
    /// Of this connection alone.
    pub(crate) connection: Option<u32>,
}

/// Answers a question about a recording.
///
/// # Errors
/// It can't be read; or, with [`Exit::Mismatch`], it is damaged; or, with [`Exit::Usage`], it has no such connection or event.
pub(crate) fn run(recording: &Path, question: &Question, report: &Report) -> Result<(), Failure> {
    let run = page::read(recording, |recording| format!("{} can't be explained", recording.display()))?;
    let stories = chosen(&run, question)?;
    let mut text = String::new();
    for story in stories {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!("{}\n", title(story));
        match question.about {
            About::All => overview(&mut text, story, recording, report),
            About::Event(number) => one(&mut text, story, number, report)?,
            About::At(at) => at_a_time(&mut text, story, Time::ZERO + at, report),
            About::Lost => list(
                &mut text,
                story,
                report,
                "Nothing was sent again.",
                &[Topic::Retransmission, Topic::Timeout, Topic::Probe],
            ),
            About::Slow => slow(&mut text, story, report),
        }
    }
    if let Some(cut) = &run.broken_off {
        let _memory_takes_it = writeln!(text, "\nThe recording breaks off: {cut}. What came before is told.");
    }
    report.text(&text)
}

/// The stories that are asked about.
fn chosen<'a>(run: &'a Run, question: &Question) -> Result<Vec<&'a Story>, Failure> {
    let usage = |what: String| Failure::new(Exit::Usage, what);
    let names = || run.stories.iter().map(|story| story.conn.to_string()).collect::<Vec<_>>().join(", ");
    let wanted = |story: &&Story| question.connection.is_none_or(|wanted| wanted == story.conn.0);
    let stories: Vec<_> = run.stories.iter().filter(wanted).collect();
    match (stories.len(), question.about) {
        (0, _) if run.stories.is_empty() => Err(usage("the recording has no connection".to_owned())),
        (0, _) => {
            Err(usage("the recording has no such connection".to_owned())
                .try_this(format!("it has: {}", names())))
        }
        (2.., About::Event(_)) => Err(usage("each connection counts its own events".to_owned())
            .try_this(format!("say which with --connection: {}", names()))),
        _ => Ok(stories),
    }
}

fn title(story: &Story) -> String {
    let Story { conn, local_port, peer, remote_port, congestion_control, .. } = story;
    let way = if story.active { "to" } else { "from" };
    format!("Connection {conn}: port {local_port}, {way} {peer} port {remote_port}, {congestion_control}")
}

/// What came of it, and a line for each turn.
fn overview(text: &mut String, story: &Story, recording: &Path, report: &Report) {
    prose(text, "  ", &Summary::of(story).sentences().join(" "));
    let turns = explain(story);
    text.push('\n');
    for turn in &turns {
        report.line(&Said::Explained { conn: story.conn, explanation: turn });
        let number = turn.event.map_or_else(String::new, |number| format!("#{number}"));
        *text += &format!("{number:>8}  {}  {}\n", turn.at, turn.what);
    }
    if turns.is_empty() {
        prose(text, "  ", nothing_turned(&Summary::of(story)));
    } else {
        *text += &format!(
            "\n  next:  lucid explain {} --event N   why that happened (--lost, --slow: all of their kind)\n",
            recording.display()
        );
    }
}

fn nothing_turned(summary: &Summary) -> &'static str {
    if summary.out_of_order > 0 {
        "This end sent nothing again. What was lost on its way here was the peer's to repair: its recording tells how."
    } else {
        "Nothing went wrong: no segment went again, no window was cut, and nothing stood still."
    }
}

fn one(text: &mut String, story: &Story, number: usize, report: &Report) -> Result<(), Failure> {
    let events = story.events.len();
    if number >= events {
        let what = format!(
            "there is no event {number}: they go from 0 to {}",
            grouped(events.saturating_sub(1) as u64)
        );
        return Err(Failure::new(Exit::Usage, what));
    }
    let explanation = explain_event(story, number);
    report.line(&Said::Explained { conn: story.conn, explanation: &explanation });
    whole(text, &explanation);
    Ok(())
}

fn at_a_time(text: &mut String, story: &Story, at: Time, report: &Report) {
    let moment = moment(story, at);
    report.line(&Said::Moment { conn: story.conn, moment: &moment });
    let Moment { at, stood, before, why, after } = &moment;
    prose(text, "  ", &format!("At {at}: {}", stood.join(" ")));
    if let Some((number, what)) = before {
        prose(text, "  ", &format!("Last, #{number}: {what}. {}", why.as_deref().unwrap_or_default()));
    }
    if let Some((number, what)) = after {
        prose(text, "  ", &format!("Next, #{number} at {}: {what}.", story.events[*number].at));
    }
}

fn slow(text: &mut String, story: &Story, report: &Report) {
    let summary = Summary::of(story);
    let shares: Vec<_> = summary
        .limited_by
        .iter()
        .filter(|(limit, _)| summary.share(*limit) >= 0.005)
        .map(|(limit, _)| format!("{} {:.0} %", limit.name(), 100.0 * summary.share(*limit)))
        .collect();
    if !shares.is_empty() {
        prose(
            text,
            "  ",
            &format!("Sending took {}, limited by: {}.", time(summary.sending), shares.join(", ")),
        );
    }
    list(text, story, report, "Nothing stood still for longer than a round trip.", &[Topic::Stall]);
}

/// All of these topics, whole.
fn list(text: &mut String, story: &Story, report: &Report, none: &str, topics: &[Topic]) {
    let explanations: Vec<_> = explain(story).into_iter().filter(|its| topics.contains(&its.topic)).collect();
    for explanation in &explanations {
        report.line(&Said::Explained { conn: story.conn, explanation });
        text.push('\n');
        whole(text, explanation);
    }
    if explanations.is_empty() {
        prose(text, "  ", none);
    }
}

fn whole(text: &mut String, explanation: &Explanation) {
    let Explanation { at, event, what, why, rule, otherwise, .. } = explanation;
    let number = event.map_or_else(String::new, |number| format!("  #{number}"));
    *text += &format!("{at}{number}  {what}.\n");
    prose(text, "  why        ", why);
    prose(text, "  rule       ", rule);
    if !otherwise.is_empty() {
        prose(text, "  otherwise  ", otherwise);
    }
}

/// Text in lines of [`WIDTH`], the first behind `label`, the others below its text.
pub(crate) fn prose(text: &mut String, label: &str, words: &str) {
    let indent = " ".repeat(label.len());
    let mut line = label.to_owned();
    for word in words.split_whitespace() {
        if line.len() > indent.len() && line.len() + word.len() > WIDTH {
            *text += line.trim_end();
            text.push('\n');
            line.clone_from(&indent);
        }
        line += word;
        line.push(' ');
    }
    *text += line.trim_end();
    text.push('\n');
}

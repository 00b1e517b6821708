//! A recorded run, explained in words.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lucid_conn::engine::Time;
use lucid_views::explain::{Explanation, Moment, Topic, explain, explain_event, moment};
use lucid_views::meet::{Meeting, meet};
use lucid_views::whatif::Recorded;
use lucid_views::words::{grouped, time};
use lucid_views::{Run, Story, Summary, WhatIf};

use crate::args::About;
use crate::blame;
use crate::exit::{Exit, Failure};
use crate::page;
use crate::report::Report;
use crate::said::Said;

/// A list goes on with so many runs: each is as long as the recorded one.
const MOST_RUNS: usize = 50;
/// How wide a line of prose is.
const WIDTH: usize = 100;

/// What is to be explained.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    pub(crate) about: About,
    /// Of this connection alone.
    pub(crate) connection: Option<u32>,
}

/// Recordings that were read, and their bytes, to run them again.
struct Read {
    bytes: Vec<u8>,
    run: Run,
}

impl Read {
    fn of(recording: &Path) -> Result<Self, Failure> {
        let run = page::read(recording, |recording| format!("{} can't be explained", recording.display()))?;
        let bytes = fs::read(recording).map_err(|error| {
            blame::local(format!("cannot read the recording {}", recording.display()), &error)
        })?;
        Ok(Self { bytes, run })
    }

    fn recorded(&self) -> Recorded<'_> {
        Recorded { recording: &self.bytes, run: &self.run }
    }
}

/// Answers a question about a recording; `other` is the other end's.
///
/// # Errors
/// One can't be read; or, with [`Exit::Mismatch`], it is damaged; or, with [`Exit::Usage`], it has no such connection or event, or
/// the two have none in common.
pub(crate) fn run(
    recording: &Path,
    other: Option<&Path>,
    question: &Question,
    report: &Report,
) -> Result<(), Failure> {
    let mut read = Read::of(recording)?;
    let mut other = other.map(Read::of).transpose()?;
    let meetings = other.as_mut().map(|other| meet(&mut read.run, &mut other.run)).unwrap_or_default();
    if other.is_some() && meetings.is_empty() {
        let what = "the two recordings have no connection in common";
        return Err(Failure::new(Exit::Usage, what).try_this("give both ends' recordings of one run"));
    }
    let run = &read.run;
    let stories = chosen(run, question)?;
    let mut text = String::new();
    for story in stories {
        // The other answers don't ask for it, and it costs another look at the whole run.
        let asks = matches!(question.about, About::Event(_) | About::Lost | About::Slow);
        let what_if = if asks { what_if(&read, other.as_ref(), &meetings, story) } else { None };
        let mut told = Telling { story, report, what_if };
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!("{}\n", title(story));
        match question.about {
            About::All => overview(&mut text, story, recording, report),
            About::Event(number) => told.one(&mut text, number)?,
            About::At(at) => at_a_time(&mut text, story, Time::ZERO + at, report),
            About::Lost => told.list(
                &mut text,
                "Nothing was sent again.",
                &[Topic::Retransmission, Topic::Timeout, Topic::Probe],
            ),
            About::Slow => told.slow(&mut text),
        }
    }
    if let Some(cut) = &run.broken_off {
        let _memory_takes_it = writeln!(text, "\nThe recording breaks off: {cut}. What came before is told.");
    }
    report.text(&text)
}

/// What can say what would have been otherwise, if the recordings replay.
fn what_if<'a>(
    read: &'a Read,
    other: Option<&'a Read>,
    meetings: &[Meeting],
    story: &Story,
) -> Option<WhatIf<'a>> {
    let index = read.run.stories.iter().position(|its| its.conn == story.conn)?;
    let meeting = meetings.iter().find(|meeting| meeting.one == index);
    let both = meeting.zip(other);
    both.map_or_else(
        || WhatIf::alone(read.recorded(), index),
        |(meeting, other)| WhatIf::between(read.recorded(), other.recorded(), *meeting),
    )
    .ok()
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

/// A story, told turn by turn.
struct Telling<'a> {
    story: &'a Story,
    report: &'a Report,
    what_if: Option<WhatIf<'a>>,
}

impl Telling<'_> {
    fn one(&mut self, text: &mut String, number: usize) -> Result<(), Failure> {
        let events = self.story.events.len();
        if number >= events {
            let what = format!(
                "there is no event {number}: they go from 0 to {}",
                grouped(events.saturating_sub(1) as u64)
            );
            return Err(Failure::new(Exit::Usage, what));
        }
        self.whole(text, explain_event(self.story, number));
        Ok(())
    }

    fn slow(&mut self, text: &mut String) {
        let summary = Summary::of(self.story);
        let shares: Vec<_> = summary
            .limited_by
            .iter()
            .filter(|(limit, _)| summary.share(*limit) >= 0.005)
            .map(|(limit, _)| format!("{} {:.0} %", limit.name(), 100.0 * summary.share(*limit)))
            .collect();
        if !shares.is_empty() {
            let sending = time(summary.sending);
            prose(text, "  ", &format!("Sending took {sending}, limited by: {}.", shares.join(", ")));
        }
        self.list(text, "Nothing stood still for longer than a round trip.", &[Topic::Stall]);
    }

    /// All of these topics, whole.
    fn list(&mut self, text: &mut String, none: &str, topics: &[Topic]) {
        let all = explain(self.story).into_iter().filter(|its| topics.contains(&its.topic));
        let all: Vec<_> = all.collect();
        if all.is_empty() {
            prose(text, "  ", none);
        }
        for explanation in all {
            text.push('\n');
            self.whole(text, explanation);
        }
        if self.what_if.as_ref().is_some_and(|what_if| what_if.runs() >= MOST_RUNS) {
            let note = format!(
                "What would have been otherwise was run on for the first {MOST_RUNS}; --event N does it for any."
            );
            text.push('\n');
            prose(text, "  ", &note);
        }
    }

    /// An explanation, with what would have been otherwise run on where that can be done.
    fn whole(&mut self, text: &mut String, mut explanation: Explanation) {
        let affordable = self.what_if.as_mut().filter(|what_if| what_if.runs() < MOST_RUNS);
        let otherwise = affordable.and_then(|what_if| what_if.tell(&explanation));
        explanation.otherwise = otherwise.unwrap_or(explanation.otherwise);
        self.report.line(&Said::Explained { conn: self.story.conn, explanation: &explanation });
        whole(text, &explanation);
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

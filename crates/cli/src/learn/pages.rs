//! What the program writes of the pages in `docs/learn`: pictures, excerpts, exercises. All of it follows from runs in virtual time, so
//! that it is the same wherever it is written.

use std::fs;
use std::path::Path;

use lucid_views::Story;

use super::lessons::{LESSONS, Lesson};
use super::picture::{Note, Panel, Plot, ladder};
use crate::demo::{Changes, Outcome, Play, Turn, While, failure, say, turns_of};

/// What stands before and behind a block that the program writes.
const END: &str = "<!-- end -->";

/// A file, and what it should hold.
pub(super) struct Written {
    pub(super) name: String,
    pub(super) text: String,
}

/// Writes the pictures, and the blocks of the pages.
///
/// # Errors
/// A page is missing, lacks a block, or can't be written.
pub(super) fn write(pages: &Path) -> Outcome {
    for Written { name, text } in
        LESSONS.iter().map(|lesson| files(lesson, pages)).collect::<Outcome<Vec<_>>>()?.into_iter().flatten()
    {
        let path = pages.join(&name);
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(&path, text).while_doing(format_args!("write {}", path.display()))?;
            say(path.display());
        }
    }
    Ok(())
}

/// A lesson's picture and its page, as they should be.
///
/// # Errors
/// The page is missing, or lacks a block.
pub(super) fn files(lesson: &Lesson, pages: &Path) -> Outcome<[Written; 2]> {
    let play = lesson.play()?;
    let name = format!("{}.md", lesson.step);
    let path = pages.join(&name);
    let page = fs::read_to_string(&path).while_doing(format_args!("read {}", path.display()))?;
    let excerpt = format!("```text\n{}\n```", lesson.excerpt.of(lesson.step()?, &play)?);
    let page = filled(&page, "excerpt", &excerpt)?;
    let page = filled(&page, "exercises", &exercises(lesson))?;
    let picture = Written { name: format!("{}.svg", lesson.step), text: picture(lesson, &play)? };
    Ok([picture, Written { name, text: page }])
}

/// A page with one of its blocks written anew.
pub(super) fn filled(page: &str, block: &str, text: &str) -> Outcome<String> {
    let begin = format!("<!-- {block}, written by lucid learn --write -->");
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, behind) =
        parts.ok_or_else(|| failure(format_args!("a page lacks its block {begin} ... {END}")))?;
    Ok(format!("{before}{begin}\n{text}\n{END}{behind}"))
}

fn exercises(lesson: &Lesson) -> String {
    let one = |(exercise, number): (&super::Exercise, usize)| {
        let (see, check) =
            (exercise.command(lesson.step), format!("lucid learn {}.{number} ANSWER", lesson.step));
        let width = see.len().max(check.len());
        format!(
            "{number}. {}\n\n   ```sh\n   {see:<width$}   # see it happen\n   {check:<width$}   # is that right?\n   ```",
            exercise.question
        )
    };
    lesson.exercises.iter().zip(1..).map(one).collect::<Vec<_>>().join("\n")
}

/// What the second panel of most pictures shows.
const SEQUENCE: &str = "sequence numbers, kB";

/// The picture of a lesson.
fn picture(lesson: &Lesson, play: &Play) -> Outcome<String> {
    let (turns, _) = turns_of(lesson.step()?, play);
    let time = |name: &str| -> Outcome<f64> {
        let turn = turns.iter().find(|(its, _)| *its == name).map(|(_, turn): &(_, Turn)| turn.shown);
        let shown = turn.ok_or_else(|| failure(format_args!("{} has no {name}", lesson.step)))?;
        Ok(play.beats[shown].at.as_secs_f64())
    };
    let notes = |wanted: &[(&str, &str)]| -> Outcome<Vec<Note>> {
        wanted.iter().map(|(name, text)| Ok(Note { at: time(name)?, text: (*text).to_owned() })).collect()
    };
    let served = play.served().ok_or_else(|| failure("nobody was served"))?;
    let end = served.sending_time().map_or(1.0, |span| span.to.as_secs_f64());
    let title = |what: &str| format!("{}: {what}", lesson.step);
    let usual = Plot {
        title: String::new(),
        subtitle: "What the server sends. Run in virtual time, 10 ms each way.".to_owned(),
        time: (0.0, end),
        panels: vec![Panel::window(served), Panel::sequence(SEQUENCE, &[served])],
        notes: Vec::new(),
    };
    let plot = match lesson.step {
        "step1" => {
            let calculator: Vec<_> =
                play.beats.iter().filter(|beat| Play::is_of(beat, &[(0, 1), (2, 0)])).collect();
            let subtitle = "A client asks for 1+1. Each row is a thing that happens; numbers count from each side's SYN.";
            return Ok(ladder(&title("open, ask, answer, close"), subtitle, &calculator));
        }
        "step2" => {
            let stories: Vec<_> = play.runs.iter().take(1).flat_map(|run| &run.stories).collect();
            let panels = vec![Panel::sequence(SEQUENCE, &stories)];
            Plot { title: title("two connections at once"), panels, ..usual }
        }
        "step3" => Plot {
            title: title("losses, and waits that double"),
            panels: vec![Panel::sequence(SEQUENCE, &[served])],
            notes: notes(&[("timeout", "timeout"), ("back-off", "after twice as long")])?,
            ..usual
        },
        "step4" => Plot {
            title: title("each ACK lets one segment more in"),
            subtitle: "What the server sends: a file, twice. Run in virtual time, 10 ms each way.".to_owned(),
            notes: notes(&[("the delay's end", "a lone segment's ACK has waited 0.2 s")])?,
            ..usual
        },
        "step5" => Plot {
            title: title("slow start, then congestion avoidance"),
            notes: notes(&[("crossing ssthresh", "cwnd reaches ssthresh")])?,
            ..usual
        },
        "step6" => Plot {
            title: title("fast retransmit, and Tahoe's new beginning"),
            notes: notes(&[("back to one segment", "third duplicate ACK")])?,
            ..usual
        },
        "step7" => Plot {
            title: title("fast recovery"),
            time: (time("crossing ssthresh")? - 0.25, time("leaving recovery")? + 0.2),
            notes: notes(&[
                ("crossing ssthresh", "cwnd reaches ssthresh"),
                ("window halved", "third duplicate ACK"),
                ("leaving recovery", "repaired"),
            ])?,
            ..usual
        },
        _ => return then_and_now(lesson, served, end, title("the same losses, then and now")),
    };
    Ok(plot.draw())
}

/// What was sent, in the textbook's TCP and in today's, which had finished at `end`.
fn then_and_now(lesson: &Lesson, served: &Story, end: f64, title: String) -> Outcome<String> {
    let classic = lesson.step()?.beside().ok_or_else(|| failure("nothing stands beside it"))?;
    let classic = classic.rehearse(&Changes::default())?;
    let before = classic.served().ok_or_else(|| failure("nobody was served"))?;
    let classic_end = before.sending_time().map_or(end, |span| span.to.as_secs_f64());
    let plot = Plot {
        title,
        subtitle: "What the server sends, in classic and in modern. Run in virtual time, 10 ms each way."
            .to_owned(),
        time: (0.0, classic_end.max(end)),
        panels: vec![
            Panel::sequence("classic: sequence numbers, kB", &[before]),
            Panel::sequence("modern: sequence numbers, kB", &[served]),
        ],
        notes: vec![Note { at: end, text: "modern has finished".to_owned() }],
    };
    Ok(plot.draw())
}

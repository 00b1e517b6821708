//! `lucid learn`: what each step of the demo teaches, and exercises whose answers the engine gives.
//!
//! No answer is stored. An exercise is a step that is changed, and a question about its run; the changed step is run in virtual
//! time, and its events have the answer.

use std::path::PathBuf;

use clap::Parser;

use crate::args::{self, Command, CommandLine};
use crate::demo::{Changes, Outcome, Play, Step, failure, find_step, say};
use crate::exit::{Exit, Failure};
use crate::explain::prose;

mod excerpt;
mod exercises;
mod lessons;
mod pages;
mod picture;

use exercises::{Exercise, Solved};
use lessons::{LESSONS, Lesson};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Learn {
    /// What there is.
    Overview,
    /// A lesson's exercises.
    Lesson(String),
    /// One exercise: shown, or with an answer to it.
    Exercise { lesson: String, number: usize, answer: Option<String>, show: bool },
    /// The pages are written anew.
    Write(PathBuf),
}

impl Learn {
    /// What it asks for.
    ///
    /// # Errors
    /// An answer to no exercise.
    pub(crate) fn new(wishes: args::Learn) -> Result<Self, Failure> {
        let args::Learn { exercise, answer, show, write } = wishes;
        if let Some(pages) = write {
            return Ok(Self::Write(pages));
        }
        let Some(name) = exercise else { return Ok(Self::Overview) };
        match name.split_once('.') {
            Some((lesson, number)) => {
                let number = number.parse().map_err(|_| unknown(&name))?;
                Ok(Self::Exercise { lesson: lesson.to_owned(), number, answer, show })
            }
            None if answer.is_some() || show => {
                Err(Failure::new(Exit::Usage, format!("{name} has several exercises"))
                    .try_this(format!("say which: {name}.1, {name}.2 or {name}.3")))
            }
            None => Ok(Self::Lesson(name)),
        }
    }
}

fn unknown(name: &str) -> Failure {
    Failure::new(Exit::Usage, format!("there is no exercise {name}"))
        .try_this("lucid learn lists the lessons; each has three: step7.1, step7.2, step7.3")
}

/// Does what is asked.
///
/// # Errors
/// There is no such lesson or exercise; an answer isn't right; or the pages can't be written.
pub(crate) fn run(learn: &Learn) -> Outcome {
    match learn {
        Learn::Overview => {
            overview();
            Ok(())
        }
        Learn::Lesson(name) => {
            let lesson = lesson(name)?;
            say(format_args!("{}: {}\n\n{}", lesson.step, lesson.idea, lesson.exercises_as_text()));
            Ok(())
        }
        Learn::Exercise { lesson: name, number, answer, show } => {
            let lesson = lesson(name)?;
            let place = number.checked_sub(1).and_then(|place| lesson.exercises.get(place));
            let exercise = place.ok_or_else(|| unknown(&format!("{name}.{number}")))?;
            match answer {
                Some(answer) => check(lesson, exercise, answer),
                None if *show => {
                    let solved = exercise.solve()?;
                    say(told(&solved, "It is"));
                    Ok(())
                }
                None => {
                    say(lesson.exercise_as_text(exercise, *number));
                    Ok(())
                }
            }
        }
        Learn::Write(pages) => pages::write(pages),
    }
}

fn lesson(name: &str) -> Result<&'static Lesson, Failure> {
    LESSONS.iter().find(|lesson| lesson.step == name).ok_or_else(|| unknown(name))
}

fn overview() {
    say("TCP in eight lessons. Each has a step to watch, and three exercises.\n");
    for lesson in &LESSONS {
        let mut text = String::new();
        prose(&mut text, &format!("  {:<8}", lesson.step), lesson.idea);
        say(text.trim_end());
    }
    say(
        "\n  lucid demo step1 --pause     watch a step: it stops, and asks what happens next\n  lucid learn step1            its exercises\n  \
         lucid learn step1.1 ANSWER   is that right?",
    );
}

/// Is it right?
fn check(lesson: &Lesson, exercise: &Exercise, answer: &str) -> Outcome {
    let solved = exercise.solve()?;
    match solved.answer.judge(answer) {
        Some(true) => {
            say(told(&solved, "Yes:"));
            Ok(())
        }
        Some(false) => Err(failure(format_args!("{answer} isn't it"))
            .because("the engine ran it just now, and came to something else")
            .try_this(format!("see it happen: {}", exercise.command(lesson.step)))),
        None => Err(Failure::new(Exit::Usage, format!("{answer:?} is no answer to that"))
            .try_this(solved.answer.wanted())),
    }
}

fn told(solved: &Solved, yes: &str) -> String {
    let mut text = format!("{yes} {}.\n", solved.answer.told());
    prose(&mut text, "  ", &solved.because);
    text.trim_end().to_owned()
}

impl Lesson {
    fn exercises_as_text(&self) -> String {
        let each = self.exercises.iter().zip(1..);
        each.map(|(exercise, number)| self.exercise_as_text(exercise, number))
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    fn exercise_as_text(&self, exercise: &Exercise, number: usize) -> String {
        let mut text = String::new();
        prose(&mut text, &format!("  {}.{number}  ", self.step), exercise.question);
        text += &format!("           $ {}\n", exercise.command(self.step));
        text += &format!("           $ lucid learn {}.{number} ANSWER", self.step);
        text
    }

    fn step(&self) -> Outcome<&'static Step> {
        find_step(self.step).ok_or_else(|| failure(format_args!("there is no step {}", self.step)))
    }

    /// Its run, as it is.
    fn play(&self) -> Outcome<Play> {
        self.step()?.rehearse(&Changes::default())
    }
}

/// What a command line of `lucid demo` changes of its step.
///
/// # Errors
/// It is none.
fn changes(command: &str) -> Outcome<Changes> {
    let line = CommandLine::try_parse_from(command.split_whitespace());
    match line.map(|line| line.command) {
        Ok(Command::Demo(demo)) => Ok(demo.changes),
        _ => Err(failure(format_args!("{command} is no demo"))),
    }
}

/// Where the pages lie, for whoever works on them.
#[cfg(test)]
fn pages_in_source() -> PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/learn")
}

#[cfg(test)]
mod tests;

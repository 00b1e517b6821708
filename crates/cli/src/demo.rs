//! `lucid demo`: the seven steps and `modern`, run over real UDP, shown, and checked against their traces; or played back from
//! their recordings, with questions.

use std::io::IsTerminal;
use std::path::Path;

use crate::args;
use crate::exit::{Exit, Failure};
use console::{BAD, FAINT, GOOD, TITLE, painted};

mod changes;
mod checklist;
mod columns;
mod console;
mod names;
mod play;
mod process;
mod rehearse;
mod run;
mod samples;
mod segment;
mod stage;
mod steps;
mod trace;
mod trouble;
mod turns;

pub(crate) use changes::Changes;
use checklist::Checklist;
pub(crate) use columns::Side;
pub(crate) use console::say;
pub(crate) use play::{Beat, Play};
use run::Run;
pub(crate) use segment::{FIN, SYN, has};
use stage::{Manner, Score};
use steps::STEPS;
pub(crate) use steps::{Step, find as find_step};
pub(crate) use trouble::{Outcome, While, failure};
pub(crate) use turns::{Answer, Turn, number, of as turns_of};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Demo {
    steps: Vec<&'static Step>,
    manner: Manner,
    changes: Changes,
}

impl Demo {
    /// What it asks for, once it is known that there is such a thing.
    ///
    /// # Errors
    /// A step is unknown.
    pub(crate) fn new(wishes: args::Demo) -> Result<Self, Failure> {
        let args::Demo { steps, full, pause, speed, no_color, changes, files: _ } = wishes;
        if no_color {
            console::without_color();
        }
        let manner =
            Manner { pause, speed, full, width: console::width(), echo: !std::io::stdin().is_terminal() };
        Ok(Self { steps: chosen(&steps)?, manner, changes })
    }
}

/// The steps of these names; all, if none is named.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>, Failure> {
    if names.is_empty() {
        return Ok(STEPS.iter().collect());
    }
    let step = |name: &String| {
        steps::find(name).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("there is no step {name:?}"))
                .try_this("choose of step1 to step7, and modern")
        })
    };
    names.iter().map(step).collect()
}

/// Writes the files that the steps' servers offer.
///
/// # Errors
/// They can't be written.
pub(crate) fn write_files(steps: &[String], into: &Path) -> Outcome {
    let large = chosen(steps)?.iter().filter_map(|step| step.large).max();
    samples::write(into, large)?;
    say(format_args!(
        "{} has what the server offers: 2048.txt, 8192.txt{}",
        into.display(),
        large.map_or("", |_| ", large.txt")
    ));
    Ok(())
}

/// Runs the steps and shows them.
///
/// # Errors
/// A step could not be run, or did not show what it had to.
pub(crate) fn run(demo: &Demo) -> Outcome {
    let mut shown = Vec::new();
    let mut score = Score::default();
    for step in &demo.steps {
        let (checks, its) = perform(step, demo)?;
        shown.push((*step, checks));
        score = score.and(its);
        if score.has_quit {
            break;
        }
    }
    if demo.manner.pause && demo.steps.len() > 1 {
        say(format_args!("\nAll in all: {}", score.told("lucid demo --pause")));
    }
    if demo.changes.is_empty() { summary(&shown, demo.manner.pause) } else { Ok(()) }
}

/// Runs a step, shows it, and checks it.
fn perform(step: &Step, demo: &Demo) -> Outcome<(Checklist, Score)> {
    let Demo { manner, changes, .. } = demo;
    say(format_args!("\n{}", painted(TITLE, format_args!("{}: {}", step.name, step.title))));
    say(step.how);
    let beside = step.beside();
    let commands = beside.iter().chain([step]).flat_map(|step| step.commands(changes));
    commands.for_each(|command| say(painted(FAINT, format_args!("  $ {command}"))));
    let before = beside.map(|beside| Run::new(&beside, None, changes)).transpose()?;
    let (run, mut checks) = undisturbed(step, changes)?;
    if let Some((beside, before)) = step.beside.zip(before) {
        (beside.check)(&before, &run, &mut checks);
    }
    say("");
    let mut score = Score::default();
    if manner.pause || manner.speed.is_some() {
        score = play_back(step, &run, *manner)?;
    } else {
        columns::show(&run, step.turning_points, manner.full, manner.width);
    }
    if !changes.is_empty() {
        say(painted(FAINT, format_args!("\n{} was changed, and is not checked.", step.name)));
    } else if !manner.pause || !checks.is_ok() {
        say(format_args!("\n{} had to show, and showed:", step.name));
        checks.show();
    }
    Ok((checks, score))
}

/// Plays a run from its recordings: TCP's own clock can't be stopped.
fn play_back(step: &Step, run: &Run, manner: Manner) -> Outcome<Score> {
    let clients = run.clients.iter().map(|client| &*client.recording).zip(step.sides());
    let play = Play::read(&run.recording, &clients.collect::<Vec<_>>())?;
    let (turns, _) = turns_of(step, &play);
    let took = play
        .beats
        .last()
        .map_or_else(String::new, |last| format!(" in {}", lucid_views::words::time(last.at)));
    say(painted(
        FAINT,
        format_args!(
            "This was run just now{took}, and is played from its recording: TCP's clock can't be stopped.\nThe transcript has the numbers on the wire; sentences count from \
             each side's SYN, so that the first byte is byte 1."
        ),
    ));
    let score = stage::perform(&play, &turns, manner, &mut std::io::stdin().lock());
    if manner.pause {
        say(format_args!("\n{}", score.told(&format!("lucid demo {} --pause", step.name))));
    }
    Ok(score)
}

/// Runs a step; once more, slower, if it did not show all and the machine is seen to have stalled.
fn undisturbed(step: &Step, changes: &Changes) -> Outcome<(Run, Checklist)> {
    let mut paces = step.paces().into_iter().peekable();
    loop {
        let run = Run::new(step, paces.next().flatten(), changes)?;
        let mut checks = Checklist::default();
        steps::common(&run, &mut checks);
        (step.check)(&run, &mut checks);
        let (false, Some(stall), Some(slower)) = (checks.is_ok(), steps::stretched_ack(&run), paces.peek())
        else {
            return Ok((run, checks));
        };
        let slower = slower.unwrap_or_default();
        say(painted(
            BAD,
            format_args!("The machine stalled during this run ({stall}): once more, with --rate {slower}."),
        ));
    }
}

/// What came of it; after questions only what went wrong.
fn summary(shown: &[(&Step, Checklist)], asked: bool) -> Outcome {
    if !asked {
        say(format_args!("\n{}", painted(TITLE, "Summary")));
    }
    for (step, checks) in shown.iter().filter(|(_, checks)| !asked || !checks.is_ok()) {
        let verdict = if checks.is_ok() {
            painted(GOOD, format_args!("ok       {} checks", checks.len()))
        } else {
            painted(BAD, format_args!("MISSING  {} of {} checks", checks.missing(), checks.len()))
        };
        say(format_args!("  {:6}  {verdict}  {}", step.name, step.title));
    }
    let failed: Vec<&str> =
        shown.iter().filter(|(_, checks)| !checks.is_ok()).map(|(step, _)| step.name).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(failure("not all was shown").try_this(format!("lucid demo {} --full", failed.join(" "))))
}

//! `cargo xtask demo`: the seven steps and `modern`, run over real UDP, shown, and checked against their traces.

use crate::console::{self, BAD, FAINT, GOOD, TITLE, painted, say};
use crate::error::{Failure, Outcome};

mod checklist;
mod process;
mod programs;
mod run;
mod steps;
mod trace;
mod transcript;

use checklist::Checklist;
use programs::Programs;
pub(crate) use programs::executable;
use run::Run;
use steps::{STEPS, Step};

/// What the command line asks for.
struct Wishes {
    steps: Vec<&'static Step>,
    full: bool,
}

/// `cargo xtask demo [STEP...] [--full] [--no-color]`
pub(crate) fn run(words: &[&str]) -> Outcome {
    let Wishes { steps, full } = Wishes::parse(words)?;
    say("Building the server and the client ...");
    let programs = Programs::build()?;
    let shown = steps.iter().map(|step| Ok((*step, perform(step, &programs, full)?)));
    let shown: Vec<(&Step, Checklist)> = shown.collect::<Outcome<_>>()?;
    summary(&shown)
}

impl Wishes {
    fn parse(words: &[&str]) -> Outcome<Self> {
        let mut wishes = Self { steps: Vec::new(), full: false };
        for word in words {
            match *word {
                "--full" => wishes.full = true,
                "--no-color" => console::without_color(),
                name => wishes.steps.push(steps::find(name).ok_or_else(|| {
                    Failure::usage(format_args!(
                        "the demo knows step1 to step7, modern, --full and --no-color, not {name}"
                    ))
                })?),
            }
        }
        if wishes.steps.is_empty() {
            wishes.steps.extend(&STEPS);
        }
        Ok(wishes)
    }
}

/// Runs a step, shows it, and checks it.
fn perform(step: &Step, programs: &Programs, full: bool) -> Outcome<Checklist> {
    say(format_args!("\n{}", painted(TITLE, format_args!("{}: {}", step.name, step.title))));
    say(step.how);
    let beside = step.beside();
    let commands = beside.iter().chain([step]).flat_map(Step::commands);
    commands.for_each(|command| say(painted(FAINT, format_args!("  $ {command}"))));
    let before = beside.map(|beside| Run::new(&beside, None, programs)).transpose()?;
    let (run, mut checks) = undisturbed(step, programs)?;
    if let Some((beside, before)) = step.beside.zip(before) {
        (beside.check)(&before, &run, &mut checks);
    }
    say("");
    transcript::show(&run, step.turning_points, full, console::width());
    say(format_args!("\n{} had to show, and showed:", step.name));
    checks.show();
    Ok(checks)
}

/// Runs a step; once more, slower, if it did not show all and the machine is seen to have stalled.
fn undisturbed(step: &Step, programs: &Programs) -> Outcome<(Run, Checklist)> {
    let mut paces = step.paces().into_iter().peekable();
    loop {
        let run = Run::new(step, paces.next().flatten(), programs)?;
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

fn summary(shown: &[(&Step, Checklist)]) -> Outcome {
    say(format_args!("\n{}", painted(TITLE, "Summary")));
    for (step, checks) in shown {
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
    Err(Failure::new(format_args!(
        "not all was shown\n  next:  cargo xtask demo {} --full",
        failed.join(" ")
    )))
}

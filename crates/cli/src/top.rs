//! `lucid top`: the connections of a running lucid, watched.
//!
//! ```text
//!  terminal --keys-->  Act --> Model --> draw --> terminal
//!  socket --snapshots----------^
//! ```

mod choice;
mod choose;
mod columns;
mod console;
mod draw;
mod history;
mod keys;
mod model;
mod screen;

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::sleep;

use crate::clock::Stopwatch;
use crate::exit::{Exit, Failure};
use crate::live::attach::{self, Attached, PATIENCE, Snapshot};
use crate::report::Report;
use console::{Console, Happening, Signals};
use keys::Act;
use model::Model;

/// Looking takes at most this part of the time, of both processes: with very many connections it looks less often.
const SHARE: u32 = 5;

/// Watches a process until its user has seen enough.
///
/// # Errors
/// There is no terminal, or nothing to watch.
pub(crate) async fn run(pid: Option<u32>, every: Duration, report: &Report) -> Result<(), Failure> {
    if !screen::is_there() {
        return Err(no_terminal(pid).await);
    }
    let found = match pid {
        Some(pid) => Some(attach::to(pid).await?),
        None => attach::the_only_one().await?,
    };
    let found = match found {
        Some(mut attached) => {
            let first = attached.within(PATIENCE).await;
            let first = first.map_err(|error| attach::silent(attached.pid, &error))?;
            Some((attached, first))
        }
        None => None,
    };
    let unheard = |error| Failure::new(Exit::Other, "cannot listen for signals").because(error);
    let signals = Signals::listen().map_err(unheard)?;
    match show(found, every, signals).await {
        Ok(None) => Ok(()),
        Ok(Some(signal)) => {
            report.stopping(signal, "no longer watching");
            Ok(())
        }
        Err(error) => Err(Failure::new(Exit::Other, "cannot draw on this terminal").because(error)),
    }
}

/// Says what can be asked without one.
async fn no_terminal(pid: Option<u32>) -> Failure {
    let failure = Failure::new(Exit::Usage, "lucid top needs a terminal");
    let running = if pid.is_none() { attach::all(PATIENCE).await } else { Vec::new() };
    if running.len() < 2 {
        return failure.try_this("lucid ss tells the same once, as text or JSON");
    }
    let each = running.iter().map(|(pid, snapshot)| {
        let what = snapshot.as_ref().map_or_else(|_| "doesn't answer".to_owned(), attach::title);
        format!("\n    lucid ss {pid:<8}{what}")
    });
    failure.try_this(format!(
        "lucid ss tells the same once, as text or JSON; these run:{}",
        each.collect::<String>()
    ))
}

/// Takes the terminal over until the user quits, or a signal ends it. Where several run, one is chosen first.
async fn show(
    found: Option<(Attached, Snapshot)>,
    every: Duration,
    signals: Signals,
) -> io::Result<Option<Exit>> {
    let mut console = Console::enter(signals)?;
    let (attached, first) = match found {
        Some(found) => found,
        None => match choose::choose(&mut console).await? {
            ControlFlow::Continue(chosen) => chosen,
            ControlFlow::Break(exit) => return Ok(exit),
        },
    };
    tokio::spawn(look_again(attached, every, console.sender()));
    watch(&mut console, Model::new(first)).await
}

/// Draws, and takes in what happens. One picture is enough for all that has happened by now.
async fn watch(console: &mut Console, mut model: Model) -> io::Result<Option<Exit>> {
    loop {
        let look = console.look;
        console.screen.terminal.draw(|frame| draw::draw(&mut model, look, frame))?;
        let mut next = Some(console.next().await);
        while let Some(happening) = next {
            match happening {
                Happening::Snapshot(snapshot) => model.update(*snapshot),
                Happening::Ended(why) => model.end(why),
                Happening::Terminal(event) => match keys::act(&event) {
                    Act::Quit => return Ok(None),
                    Act::Wish(wish) => model.fulfil(wish),
                    Act::Redraw => console.screen.forget()?,
                    Act::Nothing => {}
                },
                // The choice is made.
                Happening::Running(_) => {}
                Happening::Signal(exit) => return Ok(Some(exit)),
                Happening::Gone => return Ok(None),
            }
            next = console.at_once();
        }
    }
}

/// Looks again and again, until the process ends or nobody wants to know.
async fn look_again(mut attached: Attached, every: Duration, to: Sender<Happening>) {
    let mut pause = every;
    loop {
        sleep(pause).await;
        let taken = Stopwatch::start();
        let happening = match attached.snapshot().await {
            Ok(snapshot) => Happening::Snapshot(snapshot.into()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Happening::Ended(format!("can't be understood: {error}"))
            }
            Err(_) => Happening::Ended("has ended".to_owned()),
        };
        let is_over = matches!(happening, Happening::Ended(_));
        if to.send(happening).await.is_err() || is_over {
            return;
        }
        let taken = taken.elapsed();
        pause = every.saturating_sub(taken).max(taken * (SHARE - 1));
    }
}

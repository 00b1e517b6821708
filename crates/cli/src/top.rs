//! `lucid top`: the connections of a running lucid, watched.
//!
//! ```text
//!  terminal --keys-->  Act --> Model --> draw --> terminal
//!  socket --snapshots----------^
//! ```

mod columns;
mod draw;
mod history;
mod keys;
mod model;
mod screen;

use std::io;
use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{sleep, timeout};

use crate::clock::Stopwatch;
use crate::exit::{Exit, Failure};
use crate::live::attach::{self, Attached, PATIENCE, Snapshot};
use crate::report::Report;
use draw::Look;
use keys::Act;
use model::Model;
use screen::Screen;

/// Looking takes at most this part of the time, of both processes: with very many connections it looks less often.
const SHARE: u32 = 5;

/// What the picture follows.
enum Happening {
    Terminal(Event),
    Snapshot(Box<Snapshot>),
    /// No more snapshots come.
    Ended(String),
}

/// Watches a process until its user has seen enough.
///
/// # Errors
/// There is no terminal, or nothing to watch, or several to choose from.
pub(crate) async fn run(pid: Option<u32>, every: Duration, report: &Report) -> Result<(), Failure> {
    screen::check()?;
    let mut attached = match pid {
        Some(pid) => attach::to(pid).await?,
        None => attach::the_only_one().await?,
    };
    let first =
        timeout(PATIENCE, attached.snapshot()).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    let first = first.map_err(|error| attach::silent(attached.pid, &error))?;
    let unheard = |error| Failure::new(Exit::Other, "cannot listen for signals").because(error);
    let mut signals = Signals::listen().map_err(unheard)?;
    let ended = watch(Model::new(first), attached, every, &mut signals).await;
    match ended {
        Ok(None) => Ok(()),
        Ok(Some(signal)) => {
            report.stopping(signal, "no longer watching");
            Ok(())
        }
        Err(error) => Err(Failure::new(Exit::Other, "cannot draw on this terminal").because(error)),
    }
}

/// Draws until the user quits, or a signal ends it.
async fn watch(
    mut model: Model,
    attached: Attached,
    every: Duration,
    signals: &mut Signals,
) -> io::Result<Option<Exit>> {
    let look = Look::of_environment();
    let mut screen = Screen::enter()?;
    let (sender, mut happenings) = channel(64);
    tokio::spawn(look_again(attached, every, sender.clone()));
    thread::spawn(move || listen(&sender));
    loop {
        screen.terminal.draw(|frame| draw::draw(&mut model, look, frame))?;
        tokio::select! {
            signal = signals.next() => return Ok(Some(signal)),
            happening = happenings.recv() => {
                let Some(happening) = happening else { return Ok(None) };
                if !take_in(&mut model, happening, &mut happenings, &mut screen)? {
                    return Ok(None);
                }
            }
        }
    }
}

/// What happened, and what else has happened by now: one picture is enough for all. False: the user quits.
fn take_in(
    model: &mut Model,
    first: Happening,
    others: &mut Receiver<Happening>,
    screen: &mut Screen,
) -> io::Result<bool> {
    let mut next = Some(first);
    while let Some(happening) = next {
        match happening {
            Happening::Snapshot(snapshot) => model.update(*snapshot),
            Happening::Ended(why) => model.end(why),
            Happening::Terminal(event) => match keys::act(&event) {
                Act::Quit => return Ok(false),
                Act::Wish(wish) => model.fulfil(wish),
                Act::Redraw => screen.forget()?,
                Act::Nothing => {}
            },
        }
        next = others.try_recv().ok();
    }
    Ok(true)
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

/// Hands on what the terminal tells, until it is gone. Reading can't be interrupted, so it has a thread, which ends with the
/// process.
fn listen(to: &Sender<Happening>) {
    while let Ok(event) = event::read() {
        if to.blocking_send(Happening::Terminal(event)).is_err() {
            return;
        }
    }
}

/// The signals that end it: also that the terminal is gone.
struct Signals([Signal; 3]);

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    /// The next one, as the exit it asks for. Cancel-safe.
    async fn next(&mut self) -> Exit {
        let [interrupt, terminate, hang_up] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
            _ = hang_up.recv() => Exit::Terminated,
        }
    }
}

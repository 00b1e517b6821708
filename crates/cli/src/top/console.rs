//! The terminal, and all that can happen while it is ours.

use std::io;
use std::thread;

use ratatui::crossterm::event::{self, Event};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::choice::Running;
use super::draw::Look;
use super::screen::Screen;
use crate::exit::Exit;
use crate::live::attach::Snapshot;

/// What the picture follows.
pub(super) enum Happening {
    Terminal(Event),
    /// Nothing comes from the terminal any more.
    Gone,
    /// These run just now.
    Running(Vec<Running>),
    Snapshot(Box<Snapshot>),
    /// No more snapshots come.
    Ended(String),
    /// A signal asks for this.
    Signal(Exit),
}

pub(super) struct Console {
    pub(super) screen: Screen,
    pub(super) look: Look,
    signals: Signals,
    sender: Sender<Happening>,
    happenings: Receiver<Happening>,
}

impl Console {
    /// Takes the terminal over, until it is dropped.
    ///
    /// # Errors
    /// The terminal doesn't let itself be set up.
    pub(super) fn enter(signals: Signals) -> io::Result<Self> {
        let look = Look::of_environment();
        let screen = Screen::enter()?;
        let (sender, happenings) = channel(64);
        let heard = sender.clone();
        thread::spawn(move || listen(&heard));
        Ok(Self { screen, look, signals, sender, happenings })
    }

    /// For what else may happen.
    pub(super) fn sender(&self) -> Sender<Happening> {
        self.sender.clone()
    }

    /// Waits for what happens next.
    pub(super) async fn next(&mut self) -> Happening {
        tokio::select! {
            exit = self.signals.next() => Happening::Signal(exit),
            happening = self.happenings.recv() => happening.unwrap_or(Happening::Gone),
        }
    }

    /// What else has happened by now.
    pub(super) fn at_once(&mut self) -> Option<Happening> {
        self.happenings.try_recv().ok()
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
    let _nobody_is_left = to.blocking_send(Happening::Gone);
}

/// The signals that end it: also that the terminal is gone.
pub(super) struct Signals([Signal; 3]);

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
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

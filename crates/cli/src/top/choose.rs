//! Where several lucids run, one of them is chosen.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::sleep;

use super::choice::{Choice, Running};
use super::console::{Console, Happening};
use super::keys::{self, Act};
use super::model::Wish;
use super::{SHARE, draw};
use crate::clock::Stopwatch;
use crate::exit::Exit;
use crate::live::attach::{self, Attached, PATIENCE, Snapshot};

/// So often the list is made anew.
const EVERY: Duration = Duration::from_secs(1);

/// The one that the user wants to watch, and how it is; or that they want none, or that a signal ends it.
pub(super) async fn choose(
    console: &mut Console,
) -> io::Result<ControlFlow<Option<Exit>, (Attached, Snapshot)>> {
    let mut choice = Choice::new(running().await);
    let listing = tokio::spawn(list_again(console.sender()));
    let chosen = loop {
        let look = console.look;
        console.screen.terminal.draw(|frame| draw::choice(&mut choice, look, frame))?;
        match console.next().await {
            Happening::Running(running) => choice.update(running),
            Happening::Signal(exit) => break ControlFlow::Break(Some(exit)),
            Happening::Gone => break ControlFlow::Break(None),
            // Nobody is watched yet.
            Happening::Snapshot(_) | Happening::Ended(_) => {}
            Happening::Terminal(event) => match keys::act(&event) {
                Act::Quit | Act::Wish(Wish::Back) => break ControlFlow::Break(None),
                Act::Wish(Wish::Enter) => {
                    let Some(pid) = choice.chosen() else { continue };
                    match open(pid).await {
                        Ok(chosen) => break ControlFlow::Continue(chosen),
                        Err(why) => choice.refused = Some(why),
                    }
                }
                Act::Wish(wish) => choice.go(wish),
                Act::Redraw => console.screen.forget()?,
                Act::Nothing => {}
            },
        }
    };
    listing.abort();
    Ok(chosen)
}

/// Or why it can't be watched.
async fn open(pid: u32) -> Result<(Attached, Snapshot), String> {
    let mut attached = attach::to(pid).await.map_err(|_| format!("process {pid} has ended"))?;
    let snapshot = attached.within(PATIENCE).await.map_err(|_| format!("process {pid} doesn't answer"))?;
    Ok((attached, snapshot))
}

async fn running() -> Vec<Running> {
    attach::all(EVERY).await.into_iter().map(|(pid, snapshot)| Running::new(pid, snapshot.ok())).collect()
}

/// Looks again and again who runs, until nobody wants to know.
async fn list_again(to: Sender<Happening>) {
    let mut pause = EVERY;
    loop {
        sleep(pause).await;
        let taken = Stopwatch::start();
        if to.send(Happening::Running(running().await)).await.is_err() {
            return;
        }
        pause = EVERY.max(taken.elapsed() * (SHARE - 1));
    }
}

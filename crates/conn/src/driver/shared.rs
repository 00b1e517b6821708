//! What an endpoint's handles and its task have in common.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;

use super::clock::Clock;
use super::core::Core;
use super::inbox::Inbox;
use super::socket::Socket;
use crate::engine::{ConnId, Time};

/// A task that waits looks so often at the socket before it leaves that to the endpoint's own: others want their turn.
const ROUNDS: usize = 8;

pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) socket: Arc<Socket>,
    /// Never held across an await.
    pub(super) core: Mutex<Core>,
    /// Held while something is received; nobody waits for it.
    pub(super) inbox: Mutex<Inbox>,
    /// Wakes the task: what it waits for has changed.
    pub(super) stir: Notify,
    /// The last connection is gone.
    pub(super) idle: Notify,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever is polled drives the engine: one change, then everything that follows from it.
    pub(super) fn drive<T>(&self, change: impl FnOnce(&mut Core, Time) -> T) -> T {
        let mut core = self.lock();
        // Read under the lock, so that the engine's time never runs backwards.
        let now = self.clock.now();
        let result = change(&mut core, now);
        core.drain(now);
        let gathers = core.gathers;
        self.settle(core, gathers);
        result
    }

    /// Takes in what the socket has, and what is due, once `before` is done. Says whether something came; not if someone else is at it.
    pub(super) fn turn(&self, before: impl FnOnce(&mut Core)) -> bool {
        // Whoever receives feeds the engine before anyone else does: what came first goes in first.
        let mut inbox = self.inbox.try_lock().ok();
        if let Some(inbox) = &mut inbox {
            inbox.receive(&self.socket);
        }
        let mut core = self.lock();
        let now = self.clock.now();
        before(&mut core);
        core.begin_turn();
        let some_came = inbox.is_some_and(|mut inbox| {
            let some_came = !inbox.is_empty();
            core.take_in(now, &mut inbox);
            some_came
        });
        core.expire(now);
        core.flush(now);
        core.drain(now);
        let gathers = core.told_several();
        self.settle(core, gathers);
        some_came
    }

    /// As [`Shared::drive`], for a task that waits until the attempt succeeds. It looks after the socket itself: what has
    /// come is taken in, and what comes next wakes it, so that no other task stands between the two. (The endpoint's own
    /// is woken, too, in case this one turns to something else.)
    ///
    /// `looks_first` where that is likely to be needed; `awake` says that nobody has to be woken for it.
    pub(super) fn attend<T>(
        &self,
        cx: &mut Context<'_>,
        mut looks_first: bool,
        awake: impl Fn(&mut Core),
        mut attempt: impl FnMut(&mut Core, Time, &Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        for _ in 0..ROUNDS {
            if looks_first && self.socket.poll_readable(cx).is_ready() {
                self.turn(&awake);
            }
            let outcome = self.drive(|core, now| attempt(core, now, cx));
            if outcome.is_ready() || self.socket.poll_readable(cx).is_pending() {
                return outcome;
            }
            looks_first = true;
        }
        Poll::Pending
    }

    /// What follows a change, without the lock: tasks are woken, and segments sent. From then on they are gathered, or not.
    fn settle<'a>(&'a self, mut core: MutexGuard<'a, Core>, gathers: bool) {
        loop {
            let to_wake = mem::take(&mut core.to_wake);
            let batch = core.take_batch();
            core.gathers = gathers;
            let needs_the_task = batch.is_none() && core.needs_the_task();
            let is_idle = core.is_idle();
            drop(core);
            to_wake.into_iter().for_each(Waker::wake);
            if is_idle {
                self.idle.notify_waiters();
            }
            let Some(mut batch) = batch else {
                if needs_the_task {
                    self.stir.notify_one();
                }
                return;
            };
            let flushed = batch.flush(&self.socket);
            core = self.lock();
            let now = self.clock.now();
            if !core.sent(now, batch, &flushed) {
                // The task waits until the socket takes more.
                let to_wake = mem::take(&mut core.to_wake);
                drop(core);
                to_wake.into_iter().for_each(Waker::wake);
                return self.stir.notify_one();
            }
        }
    }

    /// Tries again with each change to a connection or listener, until there is something. Cancel safe if
    /// `attempt` changes nothing unless it succeeds.
    pub(super) async fn wait_for<T>(
        &self,
        id: ConnId,
        mut attempt: impl FnMut(&mut Core, Time) -> Option<T>,
    ) -> T {
        let changed = self.lock().slot(id).changed();
        loop {
            // Before the attempt: what changes after it is not missed.
            let notified = changed.notified();
            if let Some(found) = self.drive(&mut attempt) {
                return found;
            }
            notified.await;
        }
    }

    /// Waits until there is no connection and nothing to send.
    pub(super) async fn until_idle(&self) {
        loop {
            let notified = self.idle.notified();
            if self.lock().is_idle() {
                return;
            }
            notified.await;
        }
    }
}

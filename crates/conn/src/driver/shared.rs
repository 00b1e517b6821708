//! What an endpoint's handles and its task have in common.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::clock::Clock;
use super::core::Core;
use super::inbox::Inbox;
use super::socket::Socket;
use crate::engine::{ConnId, Time};

pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) socket: Arc<Socket>,
    /// Never held across an await.
    pub(super) core: Mutex<Core>,
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
        let result = self.settle(&mut core, change);
        if core.needs_the_task() {
            self.stir.notify_one();
        }
        result
    }

    /// The task's turn: take in, expire, drain.
    pub(super) fn turn(&self, inbox: &mut Inbox) {
        self.settle(&mut self.lock(), |core, now| {
            core.take_in(now, inbox);
            core.expire(now);
        });
    }

    /// The clock is read under the lock, so that the engine's time never runs backwards.
    fn settle<T>(&self, core: &mut Core, change: impl FnOnce(&mut Core, Time) -> T) -> T {
        let now = self.clock.now();
        let result = change(core, now);
        core.drain(now);
        if core.is_idle() {
            self.idle.notify_waiters();
        }
        result
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

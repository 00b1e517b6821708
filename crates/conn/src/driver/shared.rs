//! What an endpoint's handles and its task have in common.

use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;

use super::busy_poll::{self, BusyPoll, Vigil, Wait};
use super::clock::Clock;
use super::core::{Core, Ends};
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
    pub(super) duty: Duty,
    pub(super) busy_poll: BusyPoll,
    /// Wakes the task: what it waits for has changed.
    pub(super) stir: Notify,
    /// The last connection is gone.
    pub(super) idle: Notify,
    /// Wakes one of those who wait for what happens once: it takes over the duty. Should it be gone by then, the endpoint's
    /// task finds the duty at its end.
    pub(super) relief: Notify,
    /// How many they are.
    pub(super) watchers: AtomicUsize,
}

/// One of those who wait for what happens once, as long as it does.
struct Watcher<'a>(&'a AtomicUsize);

impl<'a> Watcher<'a> {
    fn among(watchers: &'a AtomicUsize) -> Self {
        watchers.fetch_add(1, Ordering::Relaxed);
        Self(watchers)
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a stream's task looks after the socket, so that the endpoint's own need not be woken along with it.
///
/// Nobody says when such a task turns to something else and reads no more. So its duty lasts for a short time, and begins
/// anew whenever it waits: what comes meanwhile and finds nobody waits no longer than that. For each look at whether it is
/// still there a thread wakes up, so whoever comes back soon, time and again, is trusted for longer.
#[derive(Default)]
pub(super) struct Duty {
    /// In nanoseconds of the endpoint's clock, as all of them.
    until: AtomicU64,
    /// Since when it has been kept up.
    since: AtomicU64,
    /// When whoever took in what had come turned to that; zero while they wait.
    away_since: AtomicU64,
}

impl Duty {
    /// How long it lasts at first, and how long someone may be away who keeps it up.
    const LASTS: Duration = Duration::from_millis(4);

    /// And at most: half of the time for which it has been kept up.
    pub(super) const LASTS_AT_MOST: Duration = Duration::from_millis(16);

    /// Someone waits from now on.
    fn begin(&self, now: Time) {
        let away_since = Time::from_nanos(self.away_since.swap(0, Ordering::Relaxed));
        let was_away = away_since > Time::ZERO && now.saturating_since(away_since) > Self::LASTS;
        if was_away || self.until(now).is_none() {
            self.since.store(now.as_nanos(), Ordering::Relaxed);
        }
        let since = Time::from_nanos(self.since.load(Ordering::Relaxed));
        let lasts = (now.saturating_since(since) / 2).clamp(Self::LASTS, Self::LASTS_AT_MOST);
        self.until.store((now + lasts).as_nanos(), Ordering::Relaxed);
    }

    /// Who waited has what it waited for.
    fn pause(&self, now: Time) {
        self.away_since.store(now.as_nanos(), Ordering::Relaxed);
    }

    /// From now on nobody is on duty, until someone waits again. Says whether anybody was.
    fn end(&self, now: Time) -> bool {
        let was_on_duty = self.until(now).is_some();
        self.until.store(0, Ordering::Relaxed);
        was_on_duty
    }

    /// When it ends, if someone is on duty at that time.
    pub(super) fn until(&self, now: Time) -> Option<Time> {
        let until = Time::from_nanos(self.until.load(Ordering::Relaxed));
        (until > now).then_some(until)
    }
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever is polled drives the engine: one change, then everything that follows from it.
    pub(super) fn drive<T>(&self, change: impl FnOnce(&mut Core, Time) -> T) -> T {
        self.change(change, |_| Ends::Sending)
    }

    /// As [`Shared::drive`], for a call of an application that is likely to speak next: an acknowledgment alone may wait for
    /// its words.
    pub(super) fn adjust<T>(&self, change: impl FnOnce(&mut Core, Time) -> T) -> T {
        self.change(change, |_| Ends::Listening)
    }

    /// As [`Shared::drive`], for what an application waits for: once it has that, it is likely to speak.
    pub(super) fn attempt<T>(&self, attempt: impl FnOnce(&mut Core, Time) -> Poll<T>) -> Poll<T> {
        self.change(attempt, Ends::of)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Core, Time) -> T, ends: impl FnOnce(&T) -> Ends) -> T {
        let mut core = self.lock();
        // Read under the lock, so that the engine's time never runs backwards.
        let now = self.clock.now();
        let result = change(&mut core, now);
        core.end(now, ends(&result));
        let gathers = core.gathers;
        self.settle(core, gathers);
        result
    }

    /// Others want their turn: the endpoint's own task looks after the socket.
    fn leave_duty(&self) {
        if self.duty.end(self.clock.now()) {
            self.stir.notify_one();
        }
    }

    /// A stream is gone whose task may have looked after the socket: another that waits does, or the endpoint's own.
    pub(super) fn hand_over_duty(&self) {
        if self.duty.end(self.clock.now()) {
            let somebody_waits = self.watchers.load(Ordering::Relaxed) > 0;
            let successor = if somebody_waits { &self.relief } else { &self.stir };
            successor.notify_one();
        }
    }

    /// As [`Shared::attempt`], behind what the socket has, if nobody else is at it, and what is due; `before` comes first.
    pub(super) fn turn<T>(
        &self,
        before: impl FnOnce(&mut Core),
        attempt: impl FnOnce(&mut Core, Time) -> Poll<T>,
    ) -> Poll<T> {
        // Whoever receives feeds the engine before anyone else does: what came first goes in first.
        let mut inbox = self.inbox.try_lock().ok();
        if let Some(inbox) = inbox.as_deref_mut()
            && inbox.is_empty()
        {
            inbox.receive(&self.socket);
        }
        let mut core = self.lock();
        let now = self.clock.now();
        before(&mut core);
        core.begin_turn();
        if let Some(inbox) = &mut inbox {
            core.take_in(now, inbox);
        }
        drop(inbox);
        core.expire(now);
        if core.waits_for_company() {
            core.hear(now);
        }
        let outcome = attempt(&mut core, now);
        core.end(now, Ends::of(&outcome));
        let gathers = core.told_several();
        self.settle(core, gathers);
        outcome
    }

    /// As [`Shared::attempt`], for a task that waits until it succeeds. It looks after the socket itself: what has
    /// come is taken in, and what comes next wakes it, so that no other task stands between the two: it is on duty.
    ///
    /// `looks_first` where that is likely to be needed; `awake` says that nobody has to be woken for it.
    pub(super) fn attend<T>(
        &self,
        cx: &mut Context<'_>,
        looks_first: bool,
        vigil: Option<&Vigil>,
        awake: impl Fn(&mut Core),
        mut attempt: impl FnMut(&mut Core, Time, &Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let mut came = looks_first && self.socket.poll_readable(cx).is_ready();
        for _ in 0..ROUNDS {
            let mut at = Time::ZERO;
            let change = |core: &mut Core, now| {
                at = now;
                attempt(core, now, cx)
            };
            let outcome = if came { self.turn(&awake, change) } else { self.attempt(change) };
            if outcome.is_ready() {
                if came {
                    self.duty.pause(at);
                }
                return outcome;
            }
            if let Some(vigil) = vigil.filter(|_| came) {
                vigil.wake();
            }
            came = self.comes(cx, vigil);
            if !came {
                self.duty.begin(at);
                return outcome;
            }
        }
        self.leave_duty();
        Poll::Pending
    }

    /// Whether the socket has something for a task that waits; if not, the task may return, and is woken by what comes.
    fn comes(&self, cx: &mut Context<'_>, vigil: Option<&Vigil>) -> bool {
        if self.socket.poll_readable(cx).is_ready() {
            return true;
        }
        let Some(vigil) = vigil else {
            busy_poll::another_waits();
            return false;
        };
        match self.busy_poll.wait(vigil, self.clock.now()) {
            Wait::Asleep => false,
            Wait::Behind => {
                busy_poll::poll_behind(cx);
                false
            }
            Wait::Awake => {
                let came = self.look(vigil);
                self.busy_poll.learn(vigil, came);
                came
            }
        }
    }

    /// Looks at the socket until something comes, for as long as that may take.
    fn look(&self, vigil: &Vigil) -> bool {
        let until = self.clock.now() + self.busy_poll.lasts(vigil);
        while let Ok(mut inbox) = self.inbox.try_lock() {
            inbox.look(&self.socket);
            if !inbox.is_empty() {
                return true;
            }
            if self.clock.now() > until {
                return false;
            }
            drop(inbox);
            // The peer may be waiting for this very core.
            std::thread::yield_now();
        }
        // Another task is at the socket.
        false
    }

    /// What follows a change, without the lock: tasks are woken, and segments sent. From then on they are gathered, or not.
    fn settle<'a>(&'a self, mut core: MutexGuard<'a, Core>, gathers: bool) {
        loop {
            let to_wake = mem::take(&mut core.to_wake);
            let batch = core.take_batch();
            core.gathers = gathers;
            let needs_the_task = batch.is_none() && (core.needs_the_task() || self.is_forgotten(&core));
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
            if !core.sent(&self.clock, batch, &flushed) {
                // The task waits until the socket takes more.
                let to_wake = mem::take(&mut core.to_wake);
                drop(core);
                to_wake.into_iter().for_each(Waker::wake);
                return self.stir.notify_one();
            }
        }
    }

    /// Something waits for company, and nobody will look after it if that doesn't come.
    fn is_forgotten(&self, core: &Core) -> bool {
        core.waits && self.duty.until(self.clock.now()).is_none()
    }

    /// Tries again with each change to a connection or listener, until there is something. Cancel safe if
    /// `attempt` changes nothing unless it succeeds; if it doesn't at once, this is how that ends.
    pub(super) async fn wait_for<T>(
        &self,
        id: ConnId,
        ends: Ends,
        mut attempt: impl FnMut(&mut Core, Time) -> Poll<T>,
    ) -> T {
        let changed = self.lock().slot(id).changed();
        loop {
            // Before the attempt: what changes after it is not missed.
            let mut notified = pin!(changed.notified());
            let outcome =
                self.change(&mut attempt, |outcome| if outcome.is_ready() { Ends::Listening } else { ends });
            if let Poll::Ready(found) = outcome {
                return found;
            }
            let vigil = Vigil::for_change(id);
            let mut relieves = pin!(self.relief.notified());
            let watcher = Watcher::among(&self.watchers);
            let watch = poll_fn(|cx| {
                let is_told = notified.as_mut().poll(cx).is_ready() || relieves.as_mut().poll(cx).is_ready();
                if is_told { Poll::Ready(None) } else { self.watch(cx, &vigil, &mut attempt) }
            });
            if let Some(found) = watch.await {
                return found;
            }
            drop(watcher);
        }
    }

    /// Waits until the attempt succeeds, and looks after the socket meanwhile.
    fn watch<T>(
        &self,
        cx: &mut Context<'_>,
        vigil: &Vigil,
        mut attempt: impl FnMut(&mut Core, Time) -> Poll<T>,
    ) -> Poll<Option<T>> {
        for _ in 0..ROUNDS {
            if !self.comes(cx, Some(vigil)) {
                self.duty.begin(self.clock.now());
                return Poll::Pending;
            }
            let attempt = |core: &mut Core, now| {
                core.flush(now);
                attempt(core, now)
            };
            if let Poll::Ready(found) = self.turn(|_| (), attempt) {
                return Poll::Ready(Some(found));
            }
            vigil.wake();
        }
        self.leave_duty();
        Poll::Pending
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

#[cfg(test)]
mod tests;

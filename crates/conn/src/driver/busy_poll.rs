//! Looking at the socket for a moment, before a task sleeps until something comes.
//!
//! To put a thread to sleep and to wake it again costs more than a near peer needs to answer, and what then runs is cold: the
//! kernel's scheduler has been through the processor's caches meanwhile. So a task that waits gives all others their turn,
//! and if none of them waits as well, it asks the socket again and again for a moment: busy polling, as Linux's
//! `net.core.busy_read` has it. Where nothing comes that soon it is tried ever more rarely, so that what it
//! costs where it is of no use can't be measured.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::task::Context;
use std::time::Duration;

use crate::engine::{ConnId, Time};

/// How an endpoint's tasks wait.
pub(super) struct BusyPoll {
    /// How long a task looks at the socket for an answer before it sleeps.
    lasts: Duration,
    /// How that went, for answers and for more of the same.
    for_answers: Luck,
    for_more: Luck,
}

/// Whether it was worth it to look.
#[derive(Default)]
struct Luck {
    /// How often in a row it was in vain.
    failures: AtomicU32,
    /// How many waits go by before the next try.
    passes: AtomicU32,
}

impl Luck {
    /// At most so many waits go by between two tries.
    const MAX_PASSES: u32 = 256;

    fn is_worth_a_try(&self) -> bool {
        let passes = self.passes.load(Ordering::Relaxed);
        self.passes.store(passes.saturating_sub(1), Ordering::Relaxed);
        passes == 0
    }

    fn came(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    fn failed(&self) {
        let failures = self.failures.load(Ordering::Relaxed).saturating_add(1);
        self.failures.store(failures, Ordering::Relaxed);
        let passes = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
        self.passes.store(passes.min(Self::MAX_PASSES), Ordering::Relaxed);
    }
}

/// What a task does that has nothing to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wait {
    /// It lets others have their turn, and is polled again behind them.
    Behind,
    /// It looks at the socket.
    Awake,
    /// It sleeps until it is woken.
    Asleep,
}

/// One task's waits for one connection or listener, one after another.
#[derive(Debug)]
pub(super) struct Vigil {
    id: ConnId,
    /// What it did last since this wait began; a [`Wait`] as a number, or nothing.
    did: AtomicU8,
    /// It has spoken since the last wait ended, so that it waits for an answer, and not for more of the same.
    has_spoken: AtomicBool,
    /// It waits for what happens once: to be connected, accepted, closed. That, too, is an answer.
    once: bool,
}

impl Vigil {
    const NOTHING: u8 = u8::MAX;

    /// Of a reader.
    pub(super) fn for_data(id: ConnId) -> Self {
        Self { id, did: AtomicU8::new(Self::NOTHING), has_spoken: AtomicBool::new(false), once: false }
    }

    /// Of one who waits to be connected, for the next connection, or for the end of one.
    pub(super) fn for_change(id: ConnId) -> Self {
        Self { once: true, ..Self::for_data(id) }
    }

    /// Whether it waited when it last returned.
    pub(super) fn waits(&self) -> bool {
        self.did.load(Ordering::Relaxed) != Self::NOTHING
    }

    /// It speaks.
    pub(super) fn speaks(&self) {
        self.has_spoken.store(true, Ordering::Relaxed);
    }

    fn expects_an_answer(&self) -> bool {
        self.once || self.has_spoken.load(Ordering::Relaxed)
    }

    /// It has what it waited for.
    pub(super) fn end(&self) {
        self.did.store(Self::NOTHING, Ordering::Relaxed);
        self.has_spoken.store(false, Ordering::Relaxed);
    }

    /// Something came: if it slept until then, it begins to wait anew, for what follows may come soon.
    pub(super) fn wake(&self) {
        if self.has(Wait::Asleep) {
            self.did.store(Self::NOTHING, Ordering::Relaxed);
        }
    }

    fn has(&self, done: Wait) -> bool {
        self.did.load(Ordering::Relaxed) == done as u8
    }

    fn does(&self, what: Wait) -> Wait {
        self.did.store(what as u8, Ordering::Relaxed);
        what
    }
}

/// Who waits on this thread.
#[derive(Clone, Copy)]
struct Waiter {
    /// For which connection or listener, of which endpoint.
    who: (*const BusyPoll, ConnId),
    /// Since when others had their turn, and none of them waited for a socket of ours.
    alone_since: Option<Time>,
}

thread_local! {
    /// Who began to wait last, if it is one that looks.
    static LAST: Cell<Option<Waiter>> = const { Cell::new(None) };
}

impl BusyPoll {
    /// Unless told otherwise: some round trips between two processes of one machine, and less than a task may keep a
    /// runtime's thread to itself.
    pub(super) const LASTS: Duration = Duration::from_micros(50);

    /// How long a task may go on in this way before others have their turn.
    const TURN: Duration = Duration::from_micros(500);

    /// Who waits for more of the same looks for at most as long as it costs to put a task to sleep and to wake it again: what
    /// comes while it sleeps comes together.
    const WAKING: Duration = Duration::from_micros(10);

    pub(super) fn new(lasts: Duration) -> Self {
        Self { lasts, for_answers: Luck::default(), for_more: Luck::default() }
    }

    /// What the task does that waits, and found nothing.
    pub(super) fn wait(&self, vigil: &Vigil, now: Time) -> Wait {
        let who = (ptr::from_ref(self), vigil.id);
        let me = LAST.get().filter(|last| last.who == who);
        let behind = || {
            LAST.set(Some(Waiter { who, alone_since: None }));
            vigil.does(Wait::Behind)
        };
        if vigil.has(Wait::Awake) {
            // What it found may be another's, whose turn it is.
            return behind();
        }
        let alone_since = match me {
            Some(_) if vigil.has(Wait::Behind) => Some(now),
            // What it has just been given and didn't answer may have woken others.
            Some(me) if vigil.has_spoken.load(Ordering::Relaxed) => me.alone_since,
            _ => None,
        };
        if alone_since.is_some_and(|since| now - since < Self::TURN) {
            LAST.set(Some(Waiter { who, alone_since }));
            return vigil.does(Wait::Awake);
        }
        if !vigil.waits() {
            if !self.lasts.is_zero() && self.luck(vigil).is_worth_a_try() {
                return behind();
            }
            another_waits();
        }
        vigil.does(Wait::Asleep)
    }

    /// How long its look at the socket lasts.
    pub(super) fn lasts(&self, vigil: &Vigil) -> Duration {
        if vigil.expects_an_answer() { self.lasts } else { self.lasts.min(Self::WAKING) }
    }

    /// Whether something came while a task looked.
    pub(super) fn learn(&self, vigil: &Vigil, came: bool) {
        if came {
            return self.luck(vigil).came();
        }
        another_waits();
        vigil.does(Wait::Asleep);
        self.luck(vigil).failed();
    }

    fn luck(&self, vigil: &Vigil) -> &Luck {
        if vigil.expects_an_answer() { &self.for_answers } else { &self.for_more }
    }
}

/// A task begins to wait that doesn't look: who looks has company.
pub(super) fn another_waits() {
    LAST.set(None);
}

/// Has this task polled again, once all others that are ready had their turn and the runtime has looked for what came.
pub(super) fn poll_behind(cx: &mut Context<'_>) {
    let _pending = pin!(tokio::task::yield_now()).poll(cx);
}

#[cfg(test)]
mod tests;

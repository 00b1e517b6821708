//! What the driver keeps for each connection or listener that the application holds.

use std::sync::Arc;
use std::task::Waker;

use tokio::sync::Notify;

use crate::engine::{CloseReason, Notice, Numbered};

/// One for each handle the application holds, and no others.
pub(super) type Slots = Numbered<Slot>;

/// Who waits for a connection or a listener, and what they have to be told.
#[derive(Default)]
pub(super) struct Slot {
    /// The task that reads; as in tokio, the last one that polled.
    pub(super) reader: Option<Waker>,
    /// The task that writes, likewise.
    pub(super) writer: Option<Waker>,
    /// For what happens once in a life, and may have several waiters: connected, ended, acceptable. There is one once anyone
    /// waits.
    changed: Option<Arc<Notify>>,
    /// The three-way handshake is done.
    pub(super) is_connected: bool,
    /// How it ended. Read before TIME-WAIT is over, it says [`CloseReason::Finished`] already.
    pub(super) ended: Option<CloseReason>,
}

impl Slot {
    /// Takes a notice in. Whom it concerns is to be woken, once nobody holds the lock that they will want.
    pub(super) fn tell(&mut self, notice: Notice, to_wake: &mut Vec<Waker>) {
        match notice {
            Notice::Readable => to_wake.extend(self.reader.take()),
            Notice::Writable => to_wake.extend(self.writer.take()),
            Notice::Acceptable => self.notify(),
            Notice::Connected => {
                self.is_connected = true;
                self.notify();
            }
            Notice::Finished => self.end(CloseReason::Finished, to_wake),
            Notice::Closed(reason) => self.end(reason, to_wake),
            // Seen by those who observe events; no call of a stream answers to them.
            Notice::Stalled { .. } | Notice::Urgent => {}
        }
    }

    /// By this those are told who wait for what happens once.
    pub(super) fn changed(&mut self) -> Arc<Notify> {
        Arc::clone(self.changed.get_or_insert_default())
    }

    fn notify(&self) {
        if let Some(changed) = &self.changed {
            changed.notify_waiters();
        }
    }

    /// The first reason stays: once both sides have finished, nothing can go wrong any more.
    fn end(&mut self, reason: CloseReason, to_wake: &mut Vec<Waker>) {
        self.ended.get_or_insert(reason);
        to_wake.extend(self.reader.take());
        to_wake.extend(self.writer.take());
        self.notify();
    }
}

//! The task of an endpoint: what nobody polls for.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use tokio::select;
use tokio::time::{Instant, Sleep, sleep_until};

use super::core::Next;
use super::inbox::Inbox;
use super::shared::Shared;

/// Receives datagrams, keeps the timers, and waits for the socket when it was full. It ends, and with it the
/// socket, when no handle is left and every connection has closed; or with the runtime.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut inbox = Inbox::new();
    let mut alarm = Alarm::default();
    loop {
        let next = shared.lock().next();
        let awake = match next {
            Next::End => return,
            Next::Write => shared.socket.writable().await,
            Next::Sleep(until) => {
                let until = until.and_then(|time| shared.clock.instant(time));
                select! {
                    readable = shared.socket.readable() => readable,
                    () = alarm.rings_at(until) => Ok(()),
                    () = shared.stir.notified() => Ok(()),
                }
            }
        };
        // The runtime is going down, and the socket with it.
        if awake.is_err() {
            return;
        }
        inbox.receive(&shared.socket);
        shared.turn(&mut inbox);
    }
}

/// A timer that is touched only when its time changes.
#[derive(Default)]
struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    set_to: Option<Instant>,
}

impl Alarm {
    /// Ends at this time; without one, never. Cancel safe.
    async fn rings_at(&mut self, time: Option<Instant>) {
        let Some(time) = time else { return pending().await };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(time)));
        if self.set_to != Some(time) {
            sleep.as_mut().reset(time);
            self.set_to = Some(time);
        }
        sleep.await;
    }
}

//! The task of an endpoint: what nobody polls for.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

use super::core::{Core, Next};
use super::shared::Shared;

/// Receives datagrams, keeps the timers, and waits for the socket when it was full. It ends, and with it the
/// socket, when no handle is left and every connection has closed; or with the runtime.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut alarm = Alarm::default();
    loop {
        let next = shared.lock().next();
        let awake = match next {
            Next::End => return,
            Next::Write => shared.socket.writable().await,
            Next::Sleep(due) => {
                let on_duty = || shared.duty.until(shared.clock.now());
                let duty = on_duty();
                let until = [due, duty].into_iter().flatten().min();
                let until = until.and_then(|time| shared.clock.instant(time));
                let mut readable = pin!(shared.socket.readable());
                let mut stirred = pin!(shared.stir.notified());
                poll_fn(|cx| {
                    // Whoever is on duty takes in what comes.
                    if duty.is_none() {
                        if let Poll::Ready(readable) = readable.as_mut().poll(cx) {
                            return Poll::Ready(readable);
                        }
                        if on_duty().is_some() {
                            return Poll::Ready(Ok(()));
                        }
                    }
                    let is_over =
                        stirred.as_mut().poll(cx).is_ready() || alarm.poll_ring(until, cx).is_ready();
                    if is_over { Poll::Ready(Ok(())) } else { Poll::Pending }
                })
                .await
            }
        };
        // The runtime is going down, and the socket with it.
        if awake.is_err() {
            return;
        }
        let _nobody_waits = shared.turn(Core::task_awakes, |core, now| -> Poll<()> {
            core.flush(now);
            Poll::Pending
        });
    }
}

/// A timer that is touched only when its time changes.
#[derive(Default)]
struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    set_to: Option<Instant>,
}

impl Alarm {
    /// Whether it is this time; without one, it never is.
    fn poll_ring(&mut self, time: Option<Instant>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(time) = time else { return Poll::Pending };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(time)));
        if self.set_to != Some(time) {
            sleep.as_mut().reset(time);
            self.set_to = Some(time);
        }
        sleep.as_mut().poll(cx)
    }
}

//! The cork: an application that writes in pieces wants them to leave as full segments.

use core::time::Duration;

use lucid_congestion::Time;
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::connection::Connection;
use super::event::What;
use super::sender::Next;
use super::timers::Timer;

/// A forgotten cork delays a piece by no more than this (as Linux does, see `TCP_CORK` in tcp(7)).
const LONGEST: Duration = Duration::from_millis(200);

/// Whether small segments are held back, besides what Nagle's algorithm holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cork {
    /// They are not.
    #[default]
    Out,
    /// Only full ones leave, and the last one with a FIN.
    In,
    /// As `In`, but for a moment: the application is about to write more.
    More,
    /// As `In`, and what waits now has waited long enough.
    Leaking,
}

impl Connection {
    /// RFC 9293 3.9.1.2 (MAY-16): what no one pushes may be gathered.
    pub(super) fn set_cork(&mut self, on: bool) {
        self.sender.set_cork(if on { Cork::In } else { Cork::Out });
    }

    /// The application is about to write more, and says so each time.
    pub(super) fn expect_more(&mut self, on: bool) {
        match (self.sender.cork(), on) {
            (Cork::Out, true) => self.sender.set_cork(Cork::More),
            (Cork::More, false) => self.sender.set_cork(Cork::Out),
            _ => {}
        }
    }

    /// Whether the cork is all that holds back what goes `next`; then not for ever.
    pub(super) fn arm_cork(&mut self, now: Time, next: Next) -> bool {
        let holds = next == Next::Gathering && self.sender.is_corked() && self.ended.is_none();
        if !holds {
            self.timers.stop(Timer::Cork);
        } else if self.timers.due(Timer::Cork).is_none() {
            self.timers.set(Timer::Cork, now + LONGEST);
        }
        holds
    }

    pub(super) fn cork_timeout(&mut self, now: Time) {
        let is_momentary = self.sender.cork() == Cork::More;
        self.sender.set_cork(if is_momentary { Cork::Out } else { Cork::Leaking });
        self.tell(now, Cause::CorkTimer, |connection| What::CorkExpired {
            waiting: connection.sender.unsent(),
        });
    }
}

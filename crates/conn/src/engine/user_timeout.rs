//! The user timeout (RFC 5482): how long data may stay unacknowledged, and what the peers tell each other of it.

use core::time::Duration;

use lucid_congestion::Time;
use lucid_wire::{Flags, Options, Train, UserTimeout as Advertised};
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::connection::Connection;
use super::event::{Change, What};
use super::timers::Timer;

/// L_LIMIT and U_LIMIT: a peer may not ask for less, nor have us hold its data for longer (RFC 5482 section 3.1).
const LIMITS: (Duration, Duration) = (Duration::from_secs(100), Duration::from_secs(3600));

/// What a connection knows of user timeouts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct UserTimeout {
    /// What the application set: what the peer says changes nothing then.
    own: Option<Duration>,
    /// What the peer advertised last: REMOTE_UTO.
    remote: Option<Duration>,
    /// The peer has yet to hear of ours.
    owed: bool,
}

impl UserTimeout {
    pub(super) fn new(own: Option<Duration>) -> Self {
        Self { own, remote: None, owed: own.is_some() }
    }

    /// An application asked for it: then it holds against a peer that is alive, too.
    pub(super) fn is_explicit(&self) -> bool {
        self.own.is_some()
    }

    /// The peer has yet to hear of ours.
    pub(super) fn is_owed(&self) -> bool {
        self.owed
    }

    /// Either side has one.
    pub(super) fn is_adopted(&self) -> bool {
        self.own.is_some() || self.remote.is_some()
    }

    /// What a SYN says of it.
    pub(super) fn for_syn(&self) -> Option<Advertised> {
        self.own.map(Advertised::new)
    }
}

impl Connection {
    /// USER TIMEOUT in the synchronized states: what the application set; or R2, or longer where the peer asks for it,
    /// min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)) (RFC 5482 section 3.1, X-20).
    pub(super) fn user_timeout(&self) -> Duration {
        let r2 = self.origin.config.r2;
        let (lower, upper) = LIMITS;
        match (self.user_timeouts.own, self.user_timeouts.remote) {
            (Some(own), _) => own,
            // An R2 below what RFC 9293 asks for (SHLD-11) was chosen on purpose, and is left alone.
            (None, Some(remote)) if r2 >= lower => r2.max(remote.max(lower).max(self.rtt.rto()).min(upper)),
            (None, _) => r2,
        }
    }

    /// The application's word (MUST-21), or none: then R2 and the peer decide again.
    pub(super) fn set_user_timeout(&mut self, now: Time, own: Option<Duration>) {
        let before = self.user_timeout();
        self.user_timeouts.owed |= own.is_some() && own != self.user_timeouts.own;
        self.user_timeouts.own = own;
        self.user_timeout_changed(now, before, Cause::UserTimeoutCall);
        if self.user_timeouts.owed && self.state.is_synchronized() {
            self.acks.now(Cause::UserTimeoutCall);
        }
    }

    /// The peer's word counts in any segment that is believed.
    pub(super) fn hear_user_timeout(&mut self, now: Time, train: &Train) {
        if let Some(advertised) = train.header.options.user_timeout {
            let before = self.user_timeout();
            self.user_timeouts.remote = Some(advertised.duration());
            self.user_timeout_changed(now, before, Cause::PeerUserTimeout);
        }
    }

    /// Who asks for an end after 20 s gets it after 20 s, whatever the timers were set to.
    fn user_timeout_changed(&mut self, now: Time, before: Duration, cause: Cause) {
        let after = self.user_timeout();
        if after == before {
            return;
        }
        self.tell(now, cause, |_| What::UserTimeout { timeout: Change { before, after } });
        for timer in [Timer::Retransmit, Timer::Persist] {
            if let Some(due) = self.timers.due(timer) {
                self.timers.set(timer, due.min(self.given_up_at(now)));
            }
        }
        self.timers.stop(Timer::KeepAlive);
    }

    /// The first segment behind the SYN says it, and the first one after a change: if there is room for it.
    pub(super) fn advertise_user_timeout(&mut self, train: &mut Train) {
        let header = &mut train.header;
        let unproven = self.unproven.is_some() || header.flags.intersects(Flags::SYN | Flags::RST);
        if unproven || !self.user_timeouts.owed {
            return;
        }
        let options = Options { user_timeout: self.user_timeouts.for_syn(), ..header.options };
        let longer = options.encoded_len() - header.options.encoded_len();
        let has_room = train.payload.len() + longer <= usize::from(self.sender.mss());
        if has_room && header.options.sack.is_empty() {
            header.options = options;
            self.user_timeouts.owed = false;
        }
    }
}

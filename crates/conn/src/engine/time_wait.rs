//! What is left of a connection in TIME-WAIT that no application holds: as much as an answer to the peer's last segments
//! takes, and whether another connection may have its ports.
//!
//! When a segment arrives, a connection is made from it again: what TIME-WAIT does is said once, in `segment_arrives`.

use lucid_congestion::Time;
use lucid_wire::SeqNum;

use super::ack_policy::Owed;
use super::connection::{Connection, Origin};
use super::negotiated::{Agreed, Scale};
use super::receiver::Receiver;
use super::reopening;
use super::sender::Sender;
use super::state::State;
use super::timers::Timer;
use super::timestamps::Recent;
use super::user_timeout::UserTimeout;

/// What is left of a connection in TIME-WAIT.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remnant {
    /// When TIME-WAIT is over.
    pub(crate) due: Time,
    last_heard: Time,
    last_challenge: Time,
    /// SND.NXT, RCV.NXT, and RCV.WND as offered last.
    snd_nxt: SeqNum,
    rcv_nxt: SeqNum,
    window: u32,
    /// MAX.SND.WND.
    max_window: u32,
    /// TS.Recent. When it was heard is not kept: only after 24 days of silence would it matter.
    ts_recent: u32,
    /// Snd.Wind.Shift and Rcv.Wind.Shift.
    shifts: [u8; 2],
    has: Has,
    /// How the endpoint finds that it is due.
    pub(crate) in_line: bool,
}

/// Whether it has this or that, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
struct Has(u8);

impl Has {
    const SACK: Self = Self(1);
    const TIMESTAMPS: Self = Self(1 << 1);
    const SCALE: Self = Self(1 << 2);
    const CHALLENGED: Self = Self(1 << 3);
    /// Its ACKs answer to congestion marks, and do just now.
    const ECN: Self = Self(1 << 4);
    const ECHO: Self = Self(1 << 5);

    fn of(bits: [(bool, Self); 6]) -> Self {
        Self(bits.into_iter().filter(|(set, _)| *set).fold(0, |all, (_, bit)| all | bit.0))
    }

    fn contains(self, bit: Self) -> bool {
        self.0 & bit.0 != 0
    }
}

impl Connection {
    /// What is left of it, if that is enough for all that may still happen: nothing waits to be sent or read, and no one
    /// holds it, or watches it to the end of its counts.
    pub(crate) fn remnant(&self) -> Option<Remnant> {
        if self.state != State::TimeWait {
            return None;
        }
        let is_alone = self.released && !self.origin.observed;
        let owes = self.acks.owed() != Owed::Nothing || self.user_timeouts.is_owed();
        let is_silent = self.outbox.is_empty() && !owes;
        let receiver = self.receiver.as_ref().filter(|_| is_alone && is_silent)?;
        if !receiver.is_settled() {
            return None;
        }
        let scale = self.agreed.scale;
        let has = Has::of([
            (self.agreed.sack, Has::SACK),
            (self.ts_recent.is_some(), Has::TIMESTAMPS),
            (scale.is_some(), Has::SCALE),
            (self.last_challenge.is_some(), Has::CHALLENGED),
            (self.ecn.must_echo(), Has::ECN),
            (self.ecn.is_echoing(), Has::ECHO),
        ]);
        Some(Remnant {
            due: self.timers.due(Timer::Linger)?,
            last_heard: self.last_heard,
            last_challenge: self.last_challenge.unwrap_or(Time::ZERO),
            snd_nxt: self.sender.nxt().number(),
            rcv_nxt: receiver.nxt().number(),
            window: receiver.window().try_into().ok()?,
            max_window: self.sender.max_window().try_into().ok()?,
            ts_recent: self.ts_recent.map_or(0, |recent| recent.echo()),
            shifts: scale.map_or([0; 2], |scale| [scale.send, scale.receive]),
            has,
            in_line: false,
        })
    }

    /// A connection that does in TIME-WAIT what the one would have done that this was left of.
    pub(crate) fn from_remnant(origin: Origin, remnant: &Remnant) -> Self {
        let has = |bit| remnant.has.contains(bit);
        let mut connection = Self::new(origin, State::TimeWait, false, remnant.last_heard);
        connection.agreed = remnant.agreed();
        connection.sender = Sender::finished(remnant.snd_nxt, remnant.max_window);
        connection.receiver = Some(Receiver::finished(remnant.rcv_nxt, remnant.window, &connection.agreed));
        connection.ts_recent =
            has(Has::TIMESTAMPS).then(|| Recent::new(remnant.ts_recent, remnant.last_heard));
        connection.ecn.restore(has(Has::ECN), has(Has::ECHO));
        connection.last_challenge = has(Has::CHALLENGED).then_some(remnant.last_challenge);
        connection.user_timeouts = UserTimeout::default();
        connection.timers.set(Timer::Linger, remnant.due);
        connection.released = true;
        connection
    }
}

impl Remnant {
    fn agreed(&self) -> Agreed {
        let [send, receive] = self.shifts;
        Agreed {
            sack: self.has.contains(Has::SACK),
            timestamps: self.has.contains(Has::TIMESTAMPS),
            scale: self.has.contains(Has::SCALE).then_some(Scale { send, receive }),
        }
    }

    /// As [`Connection::may_be_taken_over`].
    pub(crate) fn may_be_taken_over(&self, now: Time, iss: SeqNum) -> Option<SeqNum> {
        let clock_heard = self.has.contains(Has::TIMESTAMPS).then_some(self.last_heard);
        reopening::may_follow(self.snd_nxt, clock_heard, now, iss).then_some(self.snd_nxt)
    }
}

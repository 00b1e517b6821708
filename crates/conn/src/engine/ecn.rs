//! Explicit congestion notification (RFC 3168): the network marks what it would rather have dropped, the receiver
//! echoes the mark, the sender slows down.
//!
//! ```text
//!   sender                      network                   receiver
//!   data, ECT(0)  ------------> queue too long: CE -----> notes it
//!   once per window: cwnd down <------------------- ECE   on every ACK from then on
//!   CWR on the next new data  --------------------------> until this arrives
//! ```

use std::fmt;

use lucid_congestion::{Ack, Loss as LossEvent, Time};
use lucid_wire::{Flags, Train};
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::connection::Connection;
use super::event::What;
use super::position::Position;
use super::recovery::Kind;

/// The ECN field of a datagram's IP header (RFC 3168 section 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codepoint {
    /// Not ECN-capable: the network can only drop it.
    #[default]
    NotEct,
    /// ECN-capable transport, ECT(1): not ours to use (RFC 8311 section 2).
    Ect1,
    /// ECN-capable transport, ECT(0).
    Ect0,
    /// Congestion experienced: a router marked it.
    Ce,
}

impl Codepoint {
    /// What a router makes of it that would otherwise drop it; none if it can only be dropped.
    #[must_use]
    pub fn marked(self) -> Option<Self> {
        (self != Self::NotEct).then_some(Self::Ce)
    }
}

impl fmt::Display for Codepoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotEct => "not ECT",
            Self::Ect1 => "ECT(1)",
            Self::Ect0 => "ECT(0)",
            Self::Ce => "CE",
        })
    }
}

/// What makes a SYN one that offers ECN (RFC 3168 section 6.1.1).
pub(crate) const SETUP: Flags = Flags::from_bits(Flags::ECE.bits() | Flags::CWR.bits());

/// One connection's part in it, as sender and as receiver.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ecn {
    /// We want it.
    willing: bool,
    /// The SYNs that were sent and heard, with the offer and without.
    ours: Offers,
    theirs: Offers,
    /// As receiver: a mark came, and the peer has not said that it slowed down.
    echoing: bool,
    /// As sender: the next new data tells the peer that we slowed down.
    reduced: bool,
    /// SND.NXT when we last slowed down: echoes of what was sent before it are about the same congestion.
    reacted_at: Option<Position>,
}

/// Which kinds of SYN went one way.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Offers {
    with: bool,
    without: bool,
}

impl Offers {
    fn note(&mut self, is_setup: bool) {
        self.with |= is_setup;
        self.without |= !is_setup;
    }
}

impl Ecn {
    pub(crate) fn new(willing: bool) -> Self {
        Self {
            willing,
            ours: Offers::default(),
            theirs: Offers::default(),
            echoing: false,
            reduced: false,
            reacted_at: None,
        }
    }

    /// The next new data is to say that the window was reduced.
    pub(super) fn owes_cwr(&self) -> bool {
        self.reduced
    }

    /// RFC 3168 6.1.1: ECT only if both have offered it, and neither has taken it back by a SYN without: one of the
    /// two may have been lost, and no one knows which counts (SHLD-8).
    pub(crate) fn may_send_ect(&self) -> bool {
        self.ours.with && self.theirs.with && !self.ours.without && !self.theirs.without
    }

    /// RFC 3168 6.1.1: who ever offered it answers to marks, unless the peer declined.
    pub(super) fn must_echo(&self) -> bool {
        self.ours.with && !self.theirs.without
    }

    pub(super) fn is_echoing(&self) -> bool {
        self.echoing
    }

    /// As receiver, it is again what it was.
    pub(super) fn restore(&mut self, must_echo: bool, echoing: bool) {
        self.ours.with = must_echo;
        self.echoing = echoing;
    }

    /// The peer's SYN or SYN-ACK, where it opens the connection.
    pub(super) fn hear_syn(&mut self, flags: Flags) {
        let is_setup = if flags.contains(Flags::ACK) {
            flags.contains(Flags::ECE) && !flags.contains(Flags::CWR)
        } else {
            flags.contains(SETUP)
        };
        self.theirs.note(is_setup);
    }

    /// The bits of our own SYN or SYN-ACK.
    ///
    /// RFC 3168 6.1.1.1: a SYN that went unanswered goes again without the offer: some middlebox may have taken
    /// offence. A SYN-ACK stays as it was: the first may have arrived (X-15).
    fn offer(&mut self, answers: bool, again: bool) -> Flags {
        let (offers, bits) = if answers {
            (self.willing && self.theirs.with && !self.theirs.without, Flags::ECE)
        } else {
            (self.willing && !again, SETUP)
        };
        if self.willing {
            self.ours.note(offers);
        }
        if offers { bits } else { Flags::EMPTY }
    }

    /// Our SYN-ACK was sent by no one who remembers: as it would be now.
    pub(super) fn syn_ack_was_sent(&mut self) {
        self.offer(true, false);
    }

    /// A segment with data from the peer, within the window. Returns whether its mark is news.
    fn receive(&mut self, flags: Flags, codepoint: Codepoint) -> bool {
        // RFC 3168 6.1.3: CWR ends the echo; a mark on the same segment begins another.
        if flags.contains(Flags::CWR) {
            self.echoing = false;
        }
        let marked = self.must_echo() && codepoint == Codepoint::Ce;
        self.echoing |= marked;
        marked
    }

    /// An echo with an acknowledgment up to `una`. Returns whether it is one to slow down for: at most once for each
    /// window of data (RFC 3168 section 6.1.2, X-15).
    fn hear_echo(&mut self, una: Position, nxt: Position) -> bool {
        let news = self.may_send_ect() && self.reacted_at.is_none_or(|point| una > point);
        if news {
            self.reduced = true;
            self.reacted_at = Some(nxt);
        }
        news
    }
}

impl Connection {
    /// Sets the ECN bits of a segment about to leave, and says which codepoint it leaves with.
    ///
    /// RFC 3168 6.1.1, 6.1.4 to 6.1.6: never ECT on a SYN, a pure ACK, a retransmission or a window probe. A mark on
    /// these would be lost with them, or could be forged (X-15).
    pub(super) fn stamp_ecn(&mut self, train: &mut Train, retransmission: u32) -> Codepoint {
        let flags = &mut train.header.flags;
        if flags.contains(Flags::SYN) {
            *flags |= self.ecn.offer(flags.contains(Flags::ACK), retransmission > 0);
            return Codepoint::NotEct;
        }
        if self.ecn.echoing && flags.contains(Flags::ACK) && !flags.contains(Flags::RST) {
            *flags |= Flags::ECE;
        }
        let is_new_data = !train.payload.is_empty() && retransmission == 0 && self.sender.window() > 0;
        if !is_new_data || !self.ecn.may_send_ect() {
            return Codepoint::NotEct;
        }
        if std::mem::take(&mut self.ecn.reduced) {
            *flags |= Flags::CWR;
        }
        Codepoint::Ect0
    }

    /// Data within the window arrived with this codepoint. (RFC 3168 6.1.5: a mark outside the window is ignored.)
    /// X-15.
    pub(super) fn hear_mark(&mut self, now: Time, train: &Train, codepoint: Codepoint) {
        if !train.payload.is_empty() && self.ecn.receive(train.header.flags, codepoint) {
            self.counts.marks_received += 1;
            let seq = train.header.sequence.get();
            self.tell(now, Cause::CongestionExperienced, |_| What::Marked { seq });
        }
    }

    /// An acceptable ACK came, perhaps with the echo of a mark.
    pub(super) fn hear_echo(&mut self, now: Time, train: &Train) {
        let (una, nxt) = (self.sender.una(), self.sender.nxt());
        if !train.header.flags.contains(Flags::ECE) || !self.ecn.hear_echo(una, nxt) {
            return;
        }
        // What loss has halved is not halved again (RFC 3168 6.1.2); that we slowed down is told all the same.
        if self.episode.is_some() || self.loss.in_recovery() {
            return;
        }
        self.counts.congestion_echoes += 1;
        if self.has_scoreboard() {
            return self.begin_episode(now, Kind::Mark, Cause::CongestionEcho);
        }
        let flight_size = self.counted(self.sender.in_flight().flight_size());
        self.congest(now, Cause::CongestionEcho, |congestion| {
            congestion.on_congestion_experienced(&LossEvent { now, flight_size });
            // Nothing is missing: a recovery that waits for what is sent again is over as it begins.
            congestion.on_recovered(&Ack { now, flight_size, ..Ack::default() });
        });
    }
}

#[cfg(test)]
mod tests;

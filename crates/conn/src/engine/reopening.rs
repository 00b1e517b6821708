//! Opens that aren't as others are: from a cookie that came back, or in place of TIME-WAIT, from either side.

use core::time::Duration;

use lucid_congestion::Time;
use lucid_wire::{Flags, SeqNum, Train};

use super::cause::Cause;
use super::connection::{Connection, Origin};
use super::state::State;

/// A clock of timestamps may tick as slowly as this (RFC 7323 section 5.4).
const SLOWEST_TICK: Duration = Duration::from_secs(1);

impl Connection {
    /// The peer has brought a cookie back: this was its SYN, and ours went without a trace. The ACK itself comes next.
    pub(crate) fn from_cookie(origin: Origin, syn: &Train, now: Time) -> Self {
        let mut connection = Self::new(origin, State::Listen, true, now);
        connection.tell(now, Cause::CookieReturned, Self::opened);
        connection.take_syn(now, syn, Cause::CookieReturned);
        connection.sender.syn_was_sent();
        connection.ecn.syn_ack_was_sent();
        connection.enter(now, State::SynReceived, Cause::CookieReturned);
        connection
    }

    /// Whether a SYN that arrives in TIME-WAIT may begin a new connection, and then the sequence number that this one
    /// has come to. RFC 9293 3.6.1 (MAY-2): the SYN is later than all that came. RFC 6191 2 (SHLD-4): the peer's clock
    /// says so, if it showed itself on both connections; where there is none, or it stands still, the number does.
    pub(crate) fn gives_way_to(&self, now: Time, syn: &Train) -> Option<SeqNum> {
        let flags = syn.header.flags;
        let receiver = self.receiver.as_ref().filter(|_| self.state == State::TimeWait)?;
        let is_syn = flags.contains(Flags::SYN) && !flags.intersects(Flags::ACK | Flags::RST);
        let is_later = match (self.ts_recent, syn.header.options.timestamps) {
            (Some(recent), Some(theirs)) if theirs.value != recent.echo() => {
                !recent.rejects(theirs.value, now)
            }
            _ => receiver.nxt().nearest(syn.header.sequence) >= receiver.nxt(),
        };
        (is_syn && is_later).then(|| self.sender.nxt().number())
    }

    /// Whether an open of ours may take the ports of this connection over while it is in TIME-WAIT, and then the sequence
    /// number that it has come to. RFC 7323 B.2: whatever it left in the network has older timestamps, if both clocks
    /// have moved on since. Without them the numbers have to (RFC 9293 3.4.1): ours, if the clock that initial ones
    /// follow, which shows `iss`, is past all that was sent.
    pub(crate) fn may_be_taken_over(&self, now: Time, iss: SeqNum) -> Option<SeqNum> {
        let used = self.sender.nxt().number();
        let clock_heard = self.ts_recent.map(|_| self.last_heard);
        (self.state == State::TimeWait && may_follow(used, clock_heard, now, iss)).then_some(used)
    }
}

/// Whether what begins now with `iss` can't be taken for what ended at `used`, or the other way round. If the peer's clock
/// is heard, `clock_heard` says when.
pub(super) fn may_follow(used: SeqNum, clock_heard: Option<Time>, now: Time, iss: SeqNum) -> bool {
    let clocks_moved = clock_heard.is_some_and(|heard| now.saturating_since(heard) > SLOWEST_TICK);
    clocks_moved || iss.distance_from(used) > 0
}

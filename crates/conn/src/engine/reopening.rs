//! Passive opens without a listener's half-open record: from a cookie that came back, or in place of TIME-WAIT.

use lucid_congestion::Time;
use lucid_wire::{Flags, Segment, SeqNum};

use super::cause::Cause;
use super::connection::{Connection, Origin};
use super::state::State;

impl Connection {
    /// The peer has brought a cookie back: this was its SYN, and ours went without a trace. The ACK itself comes next.
    pub(crate) fn from_cookie(origin: Origin, syn: &Segment, now: Time) -> Self {
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
    pub(crate) fn gives_way_to(&self, now: Time, syn: &Segment) -> Option<SeqNum> {
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
}

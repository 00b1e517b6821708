//! SYN cookies (RFC 4987 section 3.6): a listener whose backlog is full answers SYNs all the same, and keeps nothing of
//! them. What it needs to know comes back with the ACK of its SYN, whose sequence number is
//!
//! ```text
//!   31    27 26  24 23                                0
//!  +--------+------+-----------------------------------+
//!  |  when  | MSS  |  keyed hash of who, when and what |
//!  +--------+------+-----------------------------------+
//! ```
//!
//! and, if it uses timestamps, with the echo of ours, which says what else its SYN offered ([`Offer`]).
//!
//! A SYN-ACK that is lost isn't sent again: the peer's own SYN, sent again, draws the next.

mod offer;
mod redeemed;

use core::time::Duration;

use lucid_congestion::Time;
use lucid_wire::{Flags, Header, Options, Pieces, SeqNum, Train};

use super::{Endpoint, Key, Slot};
use crate::engine::cause::Cause;
use crate::engine::connection::{Connection, Origin, Out};
use crate::engine::ecn::Codepoint;
use crate::engine::error::CloseReason;
use crate::engine::event::{SegmentSummary, What};
use crate::engine::isn::Secret;
use crate::engine::message::{ConnId, Output};
use crate::engine::options::default_mss;
use crate::engine::state::State;
use offer::Offer;
pub(super) use redeemed::Redeemed;

/// Cookies count time in these.
const PERIOD: Duration = Duration::from_secs(64);
/// Those of this period are believed, and of so many before it.
const OLDER_PERIODS: u64 = 1;
/// After the last cookie none is believed for longer: then an ACK out of nowhere is that and no more.
pub(super) const IN_USE: Duration = Duration::from_secs(128);

/// What the peer may have offered, rounded down: the least there is, the defaults, classic's, IPv6 over a tunnel and over
/// Ethernet, modern's, a jumbo frame, loopback.
const MSS: [u16; 8] = [48, 536, 1004, 1220, 1432, 1452, 8952, 65_000];

/// What makes a cookie this peer's, and this one's alone.
struct Mark<'a> {
    secret: &'a Secret,
    key: Key,
    /// The sequence number of the peer's SYN.
    irs: SeqNum,
}

impl Mark<'_> {
    /// What is said elsewhere, in our timestamp, is in the hash: it has to come back as it was.
    fn cookie(&self, period: u64, mss: u8, offer: Option<Offer>) -> SeqNum {
        let Key { peer, local_port, remote_port } = self.key;
        let elsewhere = offer.map_or(0, |offer| 1 << 63 | u64::from(offer.bits()) << 48);
        let said = elsewhere | (period << 3) | u64::from(mss);
        let hash = self.secret.cookie(peer, local_port, remote_port, self.irs, said);
        SeqNum::new((said as u32) << 24 | (hash & 0x00ff_ffff))
    }

    /// The cookie for an MSS, beside an offer.
    fn make(&self, now: Time, mss: u16, offer: Option<Offer>) -> SeqNum {
        let index = MSS.iter().rposition(|&entry| entry <= mss).unwrap_or(0);
        self.cookie(period(now), index as u8, offer)
    }

    /// The MSS that a cookie was made for, if we made it beside this offer, and not too long ago.
    fn read(&self, now: Time, cookie: SeqNum, offer: Option<Offer>) -> Option<u16> {
        let index = (cookie.get() >> 24) as u8 & 0b111;
        let newest = period(now);
        let mut believed = newest.saturating_sub(OLDER_PERIODS)..=newest;
        believed.any(|period| self.cookie(period, index, offer) == cookie).then(|| MSS[usize::from(index)])
    }
}

/// Whether this may be a cookie of ours, of a time for which we believe them: so much shows without the peer's ISN.
fn may_be_cookie(now: Time, cookie: SeqNum) -> bool {
    let newest = period(now);
    let mut believed = newest.saturating_sub(OLDER_PERIODS)..=newest;
    believed.any(|period| cookie.get() >> 27 == period as u32 & 0b1_1111)
}

fn period(now: Time) -> u64 {
    now.as_nanos() / PERIOD.as_nanos() as u64
}

impl Endpoint {
    /// Answers a SYN for which there is no room: one SYN-ACK, no longer than the SYN, and nothing is kept (X-17).
    pub(super) fn answer_with_cookie(&mut self, now: Time, key: Key, syn: &Train) {
        let mark = Mark { secret: &self.secret, key, irs: syn.header.sequence };
        let mss = syn.header.options.mss;
        let offer = Offer::of(&syn.header).filter(|_| self.config.timestamps);
        let origin = Origin {
            iss: mark.make(now, mss.unwrap_or(default_mss(key.peer)), offer),
            make_controller: None,
            observed: false,
            ..self.origin_of(ConnId(self.next_id), key, now)
        };
        // The SYN-ACK is that of a connection that lives for one segment, and agrees to what the cookie remembers.
        let remembered = remembered(&syn.header, syn.header.sequence, mss, offer);
        let mut fleeting = Connection::passive(origin, &remembered, now);
        let Some(Out::Train(mut train, ecn)) = fleeting.poll(now) else { return };
        if let (Some(offer), Some(ours)) = (offer, &mut train.header.options.timestamps) {
            ours.value = offer.stamp(ours.value);
        }
        if let Some(listener) = self.listeners.get_mut(&key.local_port) {
            listener.cookies_until = Some(now + IN_USE);
        }
        for syn in SegmentSummary::each(syn) {
            self.tell(now, None, Cause::BacklogFull, What::CookieSent { peer: key.peer, syn });
        }
        self.outbox.push_back(Output::Transmit { conn: None, to: key.peer, train, ecn });
    }

    /// An ACK without a connection: one that brings a cookie back makes its connection now.
    ///
    /// # Errors
    /// Why it brings none: it is to be reset.
    pub(super) fn cookie_returns(
        &mut self,
        now: Time,
        key: Key,
        train: &mut Train,
        ecn: Codepoint,
    ) -> Result<(), Cause> {
        if train.header.flags.contains(Flags::SYN) || !self.uses_cookies(now, key.local_port) {
            return Err(Cause::NoConnection);
        }
        let (irs, cookie) = (train.header.sequence - 1, train.header.acknowledgment - 1);
        let Some((mss, offer)) = self.believed(now, key, train) else {
            if !may_be_cookie(now, cookie) {
                return Err(Cause::BadCookie);
            }
            // Only the first segment behind the SYN tells the peer's ISN. Where that is lost or overtaken, a reset would
            // end what its retransmission will open.
            self.discard(now, key.peer, Some(train), Cause::CookieUnproven);
            return Ok(());
        };
        if self.redeemed.contains(key, cookie) {
            return Err(Cause::CookieSpent);
        }
        if let Err(cause) = self.make_room_for_proven(now, key.local_port) {
            self.discard(now, key.peer, Some(train), cause);
            return Ok(());
        }
        self.redeemed.insert(now, key, cookie);
        let id = self.new_id();
        let origin = Origin { iss: cookie, ..self.origin_of(id, key, now) };
        let syn = remembered(&train.header, irs, Some(mss), offer);
        self.enter_listener(now, key, Connection::from_cookie(origin, &syn, now));
        if let Some(slot) = self.slots.get_mut(id) {
            slot.awake().segment_arrives(now, train, ecn);
        }
        self.wake(id);
        Ok(())
    }

    fn uses_cookies(&self, now: Time, port: u16) -> bool {
        self.listeners
            .get(&port)
            .and_then(|listener| listener.cookies_until)
            .is_some_and(|until| until >= now)
    }

    /// What the cookie says that a segment brings back, if it is one of ours.
    fn believed(&self, now: Time, key: Key, train: &Train) -> Option<(u16, Option<Offer>)> {
        let mark = Mark { secret: &self.secret, key, irs: train.header.sequence - 1 };
        // RFC 7323 3.2: timestamps that were not agreed on mean nothing, so a cookie may be one without an offer.
        let offers = [Offer::echoed(&train.header), None];
        let read = |offer| mark.read(now, train.header.acknowledgment - 1, offer).map(|mss| (mss, offer));
        offers.into_iter().find_map(read)
    }

    /// A SYN that was sent again found room although its first sending drew a cookie: if that is what the peer took, the
    /// half-open connection goes in silence. Says whether the segment was one of those.
    pub(super) fn took_the_cookie(
        &mut self,
        now: Time,
        id: ConnId,
        key: Key,
        train: &mut Train,
        ecn: Codepoint,
    ) -> bool {
        let Header { acknowledgment, flags, .. } = train.header;
        let has_other_iss = |connection: &Connection| {
            connection.state() == State::SynReceived && connection.origin().iss + 1 != acknowledgment
        };
        let is_other = |slot: &Slot| slot.place.is_some() && slot.whole().is_some_and(has_other_iss);
        let candidate = flags.contains(Flags::ACK)
            && !flags.intersects(Flags::SYN | Flags::RST)
            && self.slots.get(id).is_some_and(is_other)
            && self.uses_cookies(now, key.local_port)
            && may_be_cookie(now, acknowledgment - 1);
        if !candidate {
            return false;
        }
        let is_spent = self.redeemed.contains(key, acknowledgment - 1);
        if !is_spent && self.believed(now, key, train).is_some() {
            if let Some(slot) = self.slots.get_mut(id) {
                slot.awake().end(now, CloseReason::Aborted, Cause::CookieReturned);
            }
            self.wake(id);
        }
        self.cookie_returns(now, key, train, ecn).is_ok()
    }
}

/// The peer's SYN, as far as a cookie and an offer remember it, from itself or from the ACK that brings these back.
fn remembered(header: &Header, irs: SeqNum, mss: Option<u16>, offer: Option<Offer>) -> Train {
    let timestamps = header.options.timestamps.filter(|_| offer.is_some());
    let options = Options { mss, timestamps, ..Options::default() };
    let mut header = Header { sequence: irs, flags: Flags::SYN, options, ..*header };
    if let Some(offer) = offer {
        offer.write(&mut header);
    }
    Train::new(header, Pieces::new(), 0)
}

//! Options: what the peer's SYN says, and those of the segments we send.

use std::net::SocketAddr;
use std::sync::Arc;

use lucid_congestion::Time;
use lucid_wire::{Flags, Options, SackBlocks, Timestamps, Train};

use super::cause::Cause;
use super::config::Config;
use super::connection::Connection;
use super::event::{Change, What};
use super::negotiated::Agreed;
use super::position::Position;
use super::receiver::Receiver;
use super::timestamps::{self, TimestampClock};

/// The send MSS if the peer's SYN brings no MSS option (RFC 9293 section 3.7.1, MUST-15).
const DEFAULT_MSS: u16 = 536;
/// The same over IPv6.
const DEFAULT_MSS_V6: u16 = 1220;
/// A header without options.
const BARE: usize = 20;
/// What the SACK option takes besides its blocks, on word boundaries.
const SACK_HEAD: u64 = 4;
const SACK_BLOCK: u64 = 8;

/// The least MSS that is believed: a peer that asks for less would make us send headers only.
const MIN_MSS: u16 = 48;
/// The largest UDP datagram over IPv4, less our header.
pub(super) const MAX_MSS: u16 = 65_487;

/// The most that a segment of a connection carries either way. RFC 9293 3.7.1 (MUST-67): no more is asked for than a
/// datagram can bring.
pub(super) fn own_mss(config: &Config) -> u16 {
    config.mss.clamp(MIN_MSS, MAX_MSS)
}

/// What a peer takes whose SYN has no MSS option.
pub(crate) fn default_mss(peer: SocketAddr) -> u16 {
    if peer.is_ipv6() { DEFAULT_MSS_V6 } else { DEFAULT_MSS }
}

impl Connection {
    /// The peer's SYN: where its sequence begins, and what its options say.
    pub(super) fn take_syn(&mut self, now: Time, syn: &Train, cause: Cause) {
        self.ecn.hear_syn(syn.header.flags);
        let config = Arc::clone(&self.origin.config);
        let options = &syn.header.options;
        let agreed = Agreed::with_peer(&config, options);
        self.agreed = agreed;
        self.ts_recent = options
            .timestamps
            .filter(|_| agreed.timestamps)
            .map(|theirs| timestamps::Recent::new(theirs.value, now));
        let mss = own_mss(&config);
        let mut receiver = Receiver::new(syn.header.sequence, config.receive_buffer, mss, &agreed);
        receiver.tune_up_to(config.receive_buffer_max, now);
        self.receiver = Some(receiver);
        let offered = options.mss.unwrap_or(default_mss(self.origin.peer));
        // RFC 9293 3.7.1 (MUST-14, MUST-16): the smaller of what the peer takes and what we can send, less the options
        // that every segment has (RFC 6691).
        self.sender.set_mss(offered.min(mss).max(MIN_MSS) - agreed.constant_len());
        self.sender.set_rounding(agreed.send_rounding());
        if agreed != Agreed::default() {
            self.tell(now, cause, |_| What::Options { agreed });
        }
    }

    /// Data in order echoes an ACK of ours: a round trip, as the receiving half sees it.
    pub(super) fn measure_by_data(&mut self, now: Time, train: &Train) {
        let age = self.echo(train).and_then(|echo| self.timestamp_clock().since(echo, self.opened_at, now));
        if let (Some(receiver), Some(age)) = (&mut self.receiver, age) {
            receiver.on_echo(age);
        }
    }

    /// The more arrives in a round trip, and is read, the larger the receive buffer.
    pub(super) fn tune_receive_buffer(&mut self, now: Time) {
        let round_trip = self.rtt.min();
        let Some(receiver) = &mut self.receiver else { return };
        if let Some(before) = receiver.tune(now, round_trip) {
            let after = receiver.capacity();
            self.tell(now, Cause::ReaderKeepsUp, |_| What::ReceiveBuffer { bytes: Change { before, after } });
        }
    }

    /// Our timestamps' clock.
    pub(super) fn timestamp_clock(&self) -> TimestampClock {
        TimestampClock::new(self.origin.timestamp_offset)
    }

    /// TSecr of a segment, if it counts: beside an ACK, and if timestamps were agreed on (RFC 7323 section 3.2).
    pub(super) fn echo(&self, train: &Train) -> Option<u32> {
        let counts = self.agreed.timestamps && train.header.flags.contains(Flags::ACK);
        train.header.options.timestamps.filter(|_| counts).map(|timestamps| timestamps.echo)
    }

    /// What goes with every segment. RFC 7323 3.2: timestamps, once they are agreed on, resets included.
    pub(super) fn constant_options(&self, now: Time) -> Options {
        Options { timestamps: self.timestamps(now).filter(|_| self.agreed.timestamps), ..Options::default() }
    }

    fn timestamps(&self, now: Time) -> Option<Timestamps> {
        let echo = self.ts_recent.map_or(0, |recent| recent.echo());
        Some(Timestamps { value: self.timestamp_clock().at(now), echo })
    }

    /// MSS in every SYN, whatever it is (MUST-14, SHLD-5, MAY-3). The first SYN offers what is configured; one that
    /// answers has what was agreed on, and no more (RFC 7323 section 2.2, RFC 2018 section 2).
    ///
    /// To an unproven address a SYN-ACK is never larger than the SYN was. What answers the SYN's own options is as
    /// long as they are at most, so only what we add of our own may have to stay away: the user timeout, then the MSS.
    pub(super) fn syn_options(&self, now: Time) -> Options {
        let agreed = match self.receiver {
            Some(_) => self.agreed,
            None => Agreed::offered(&self.origin.config),
        };
        let with_mss = Options {
            mss: Some(own_mss(&self.origin.config)),
            window_scale: agreed.scale.map(|scale| scale.receive),
            sack_permitted: agreed.sack,
            timestamps: self.timestamps(now).filter(|_| agreed.timestamps),
            ..Options::default()
        };
        let with_user_timeout = Options { user_timeout: self.user_timeouts.for_syn(), ..with_mss };
        let agreed = Options { mss: None, ..with_mss };
        let room = self.unproven.map_or(usize::MAX, |unproven| unproven.syn_len);
        let fits = |options: &Options| BARE + options.encoded_len() <= room;
        [with_user_timeout, with_mss].into_iter().find(fits).unwrap_or(agreed)
    }

    /// The SACK option of a pure ACK.
    pub(super) fn sack_blocks(&mut self) -> SackBlocks {
        let max = self.agreed.max_sack_blocks();
        self.receiver.as_mut().map_or_else(SackBlocks::new, |receiver| receiver.sack_blocks(max))
    }

    /// The SACK option of a segment that carries this stretch, and where the stretch then ends: new data makes room
    /// for it (RFC 6691). What goes again keeps its size, so that a retransmission stays one segment, and has the
    /// blocks that fit beside it.
    pub(super) fn sack_beside(&mut self, start: Position, end: Position) -> (SackBlocks, Position) {
        let mss = u64::from(self.sender.mss());
        let max = self.agreed.max_sack_blocks();
        let Some(receiver) = self.receiver.as_mut().filter(|_| start > self.sender.iss()) else {
            return (SackBlocks::new(), end);
        };
        if start < self.sender.nxt() {
            let room = mss.saturating_sub(end.since(start));
            let fitting = usize::try_from(room.saturating_sub(SACK_HEAD) / SACK_BLOCK).unwrap_or(max);
            return (receiver.sack_blocks(max.min(fitting)), end);
        }
        let blocks = receiver.sack_blocks(max);
        let taken = if blocks.is_empty() { 0 } else { SACK_HEAD + SACK_BLOCK * blocks.len() as u64 };
        // A FIN takes a place, but no room.
        if taken == 0 { (blocks, end) } else { (blocks, end.min(start + mss.saturating_sub(taken).max(1))) }
    }
}

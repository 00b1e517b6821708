//! Opening: listeners, their queues and limits, and active opens.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use lucid_congestion::Time;
use lucid_wire::{SeqNum, Train};

use super::{Endpoint, Key};
use crate::engine::cause::Cause;
use crate::engine::connection::{Connection, Origin};
use crate::engine::error::{CallError, CloseReason};
use crate::engine::event::What;
use crate::engine::isn::Secret;
use crate::engine::message::{Call, ConnId};
use crate::engine::state::State;

/// A half-open connection that is at least this old has had its chance: it makes room for a newer one when the
/// backlog is full (RFC 4987 section 3: the oldest goes).
const HALF_OPEN_GRACE: core::time::Duration = core::time::Duration::from_secs(1);

/// A passive OPEN: in LISTEN for as long as it exists.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) id: ConnId,
    /// Bounds all connections that no application holds yet, half open or established.
    backlog: usize,
    /// The last ticket that was given out.
    ticket: u64,
    /// Half-open connections by their tickets, oldest first, and since when.
    half_open: BTreeMap<u64, (ConnId, Time)>,
    /// Established ones, in the order in which they became that.
    queue: BTreeMap<u64, ConnId>,
    /// Cookies are in use, and believed until then.
    pub(super) cookies_until: Option<Time>,
}

/// Where a connection stands in its listener's queues.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) port: u16,
    ticket: u64,
}

impl Listener {
    fn new(id: ConnId, backlog: usize) -> Self {
        Self {
            id,
            backlog: backlog.max(1),
            ticket: 0,
            half_open: BTreeMap::new(),
            queue: BTreeMap::new(),
            cookies_until: None,
        }
    }

    /// A half-open connection takes a place.
    fn enter(&mut self, now: Time, id: ConnId, port: u16) -> Place {
        self.ticket += 1;
        self.half_open.insert(self.ticket, (id, now));
        Place { port, ticket: self.ticket }
    }

    /// It is established, and goes to the end of the other queue.
    pub(super) fn establish(&mut self, id: ConnId, place: &mut Place) {
        self.ticket += 1;
        self.half_open.remove(&place.ticket);
        self.queue.insert(self.ticket, id);
        place.ticket = self.ticket;
    }

    fn leave(&mut self, place: Place) {
        self.half_open.remove(&place.ticket);
        self.queue.remove(&place.ticket);
    }

    fn is_full(&self) -> bool {
        self.half_open.len() + self.queue.len() >= self.backlog
    }

    /// No application takes what is established already.
    fn is_neglected(&self) -> bool {
        self.queue.len() >= self.backlog
    }

    fn oldest_half_open(&self) -> Option<(ConnId, Time)> {
        self.half_open.first_key_value().map(|(_, &oldest)| oldest)
    }
}

impl Endpoint {
    /// A passive OPEN (RFC 9293 section 3.10.1). It never changes an existing connection (MUST-41).
    pub(super) fn listen(&mut self, now: Time, port: u16, backlog: usize) -> Result<ConnId, CallError> {
        if self.listeners.contains_key(&port) {
            return Err(CallError::PortInUse(port));
        }
        let id = self.new_id();
        self.listeners.insert(port, Listener::new(id, backlog));
        let state = What::State { from: State::Closed, to: State::Listen };
        self.tell(now, Some(id), Cause::OpenCall, What::Listening { port });
        self.tell(now, Some(id), Cause::OpenCall, state);
        Ok(id)
    }

    /// The next established connection.
    pub(super) fn accept(&mut self, listener: ConnId) -> Result<Option<ConnId>, CallError> {
        let listener = self
            .listeners
            .values()
            .find(|candidate| candidate.id == listener)
            .ok_or(CallError::NoConnection)?;
        let next = listener.queue.first_key_value().map(|(_, &id)| id);
        if let Some(id) = next {
            self.leave_queue(id);
        }
        Ok(next)
    }

    /// A connection no longer stands in its listener's queues.
    pub(super) fn leave_queue(&mut self, id: ConnId) {
        let place = self.slots.get_mut(id).and_then(|slot| slot.place.take());
        if let Some(place) = place
            && let Some(listener) = self.listeners.get_mut(&place.port)
        {
            listener.leave(place);
        }
    }

    pub(super) fn close_listener(&mut self, now: Time, port: u16) {
        let Some(listener) = self.listeners.remove(&port) else { return };
        let half_open = listener.half_open.into_values().map(|(id, _)| id);
        for id in half_open.chain(listener.queue.into_values()) {
            self.let_go(now, id);
        }
        let state = What::State { from: State::Listen, to: State::Closed };
        self.tell(now, Some(listener.id), Cause::CloseCall, state);
    }

    /// Ends a connection that no application holds.
    fn let_go(&mut self, now: Time, id: ConnId) {
        if let Some(slot) = self.slots.get_mut(id) {
            slot.place = None;
            for call in [Call::Abort, Call::Release] {
                // An abort and a release of an existing connection can't fail.
                let _ = slot.awake().call(now, call);
            }
        }
        self.wake(id);
    }

    /// A SYN for a listener: a connection in SYN-RECEIVED, if there is room for one; else a cookie, if that helps.
    pub(super) fn syn_arrives(&mut self, now: Time, key: Key, syn: &Train) {
        match self.make_room(now, key.local_port) {
            Ok(()) => {
                let origin = self.origin(key, now);
                self.enter_listener(now, key, Connection::passive(origin, syn, now));
            }
            Err(Cause::BacklogFull) if self.config.syn_cookies => self.answer_with_cookie(now, key, syn),
            Err(cause) => self.discard(now, key.peer, Some(syn), cause),
        }
    }

    /// A connection takes its place in a listener's queue.
    pub(super) fn enter_listener(&mut self, now: Time, key: Key, connection: Connection) {
        let id = connection.origin().id;
        let listener = self.listeners.get_mut(&key.local_port);
        let place = listener.map(|listener| listener.enter(now, id, key.local_port));
        self.insert(key, place, connection);
    }

    /// A SYN for a connection in TIME-WAIT begins the next one with the same ports, if it is surely no old one and
    /// there is room. Says whether it did.
    pub(super) fn reopen(&mut self, now: Time, id: ConnId, key: Key, syn: &Train) -> bool {
        let old = self.slots.get(id).and_then(|slot| slot.whole());
        let Some(used) = old.and_then(|old| old.gives_way_to(now, syn)) else { return false };
        if self.make_room(now, key.local_port).is_err() {
            return false;
        }
        let origin = self.successor(now, id, key, used, Cause::TimeWaitReused);
        self.enter_listener(now, key, Connection::passive(origin, syn, now));
        true
    }

    /// Ends a connection in TIME-WAIT that has come to the sequence number `used`, for another one with its ports.
    fn successor(&mut self, now: Time, id: ConnId, key: Key, used: SeqNum, cause: Cause) -> Origin {
        self.restore(id);
        if let Some(slot) = self.slots.get_mut(id) {
            slot.awake().end(now, CloseReason::Finished, cause);
        }
        self.wake(id);
        let mut origin = self.origin(key, now);
        // RFC 9293 3.6.1: beyond all that the old connection sent, by more than an unscaled window.
        let least = used + (1 << 16);
        if origin.iss.distance_from(least) < 0 {
            origin.iss = least;
        }
        origin
    }

    /// Room for one more that may be anyone, or why there is none.
    fn make_room(&mut self, now: Time, port: u16) -> Result<(), Cause> {
        let listener = self.listeners.get(&port).ok_or(Cause::NoConnection)?;
        if listener.is_neglected() {
            return Err(Cause::AcceptQueueFull);
        }
        if listener.is_full() {
            // Where cookies are sent, no one has to go for a stranger.
            let is_old = |&(_, since): &(ConnId, Time)| now.saturating_since(since) >= HALF_OPEN_GRACE;
            let oldest = listener.oldest_half_open().filter(is_old).filter(|_| !self.config.syn_cookies);
            let (id, _) = oldest.ok_or(Cause::BacklogFull)?;
            self.leave_queue(id);
            self.let_go(now, id);
        }
        if self.connections() >= self.max_connections {
            return Err(Cause::TooManyConnections);
        }
        Ok(())
    }

    /// Room for one that has proven its address: the oldest that has not makes way.
    pub(super) fn make_room_for_proven(&mut self, now: Time, port: u16) -> Result<(), Cause> {
        let listener = self.listeners.get(&port).ok_or(Cause::NoConnection)?;
        if listener.is_neglected() {
            return Err(Cause::AcceptQueueFull);
        }
        let oldest = listener.oldest_half_open().filter(|_| listener.is_full());
        if let Some((id, _)) = oldest {
            self.leave_queue(id);
            self.let_go(now, id);
        }
        if self.connections() >= self.max_connections {
            return Err(Cause::TooManyConnections);
        }
        Ok(())
    }

    /// An active OPEN (RFC 9293 section 3.10.1).
    pub(super) fn connect(&mut self, now: Time, peer: SocketAddr, port: u16) -> Result<ConnId, CallError> {
        if !can_be_talked_to(peer) || port == 0 {
            return Err(CallError::InvalidAddress(peer));
        }
        if self.connections() >= self.max_connections {
            return Err(CallError::TooManyConnections);
        }
        let free = self.keys_towards(peer, port).find(|&key| self.find_key(key).is_none());
        let (key, origin) = match free {
            Some(key) => (key, self.origin(key, now)),
            None => self.take_over(now, peer, port).ok_or(CallError::NoPortLeft(peer))?,
        };
        let id = origin.id;
        self.insert(key, None, Connection::active(origin, now));
        Ok(id)
    }

    /// All that an open to this port of a peer's could use, in the order in which they are tried.
    fn keys_towards(&self, peer: SocketAddr, port: u16) -> impl Iterator<Item = Key> {
        let attempts = (0..Secret::PORTS).map(|attempt| self.next_id.wrapping_add(attempt));
        attempts
            .map(move |attempt| self.secret.local_port(peer, port, attempt))
            .filter(|local_port| !self.listeners.contains_key(local_port))
            .map(move |local_port| Key { peer, remote_port: port, local_port })
    }

    /// The ports of a connection in TIME-WAIT, which ends.
    fn take_over(&mut self, now: Time, peer: SocketAddr, port: u16) -> Option<(Key, Origin)> {
        let (key, id, used) = self.keys_towards(peer, port).find_map(|key| {
            let id = self.find_key(key)?;
            let iss = self.secret.isn(peer, key.local_port, port, now);
            let used = self.may_be_taken_over(now, id, iss)?;
            Some((key, id, used))
        })?;
        Some((key, self.successor(now, id, key, used, Cause::TimeWaitTakenOver)))
    }
}

/// MUST-46, MUST-57 and MUST-63: broadcast, multicast and unspecified addresses talk to no one.
pub(super) fn can_be_talked_to(peer: SocketAddr) -> bool {
    let ip = peer.ip();
    let broadcast = matches!(ip, std::net::IpAddr::V4(v4) if v4.is_broadcast());
    !(ip.is_unspecified() || ip.is_multicast() || broadcast || peer.port() == 0)
}

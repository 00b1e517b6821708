//! Opening: listeners, their queues and limits, and active opens.

use std::collections::VecDeque;
use std::net::SocketAddr;

use lucid_congestion::Time;
use lucid_wire::Segment;

use super::{Endpoint, Key};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::error::CallError;
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
    /// Bounds `waiting`.
    backlog: usize,
    /// All connections of this listener that no application holds yet, oldest first, half open or established.
    waiting: VecDeque<(ConnId, Time)>,
    /// Those of them that are established.
    pub(super) queue: VecDeque<ConnId>,
}

impl Endpoint {
    /// A passive OPEN (RFC 9293 section 3.10.1). It never changes an existing connection (MUST-41).
    pub(super) fn listen(&mut self, now: Time, port: u16, backlog: usize) -> Result<ConnId, CallError> {
        if self.listeners.contains_key(&port) {
            return Err(CallError::PortInUse(port));
        }
        let id = self.new_id();
        let backlog = backlog.max(1);
        let listener = Listener { id, backlog, waiting: VecDeque::new(), queue: VecDeque::new() };
        self.listeners.insert(port, listener);
        let state = What::State { from: State::Closed, to: State::Listen };
        self.tell(now, Some(id), Cause::OpenCall, What::Listening { port });
        self.tell(now, Some(id), Cause::OpenCall, state);
        Ok(id)
    }

    /// The next established connection.
    pub(super) fn accept(&mut self, listener: ConnId) -> Result<Option<ConnId>, CallError> {
        let (&port, listener) = self
            .listeners
            .iter_mut()
            .find(|(_, candidate)| candidate.id == listener)
            .ok_or(CallError::NoConnection)?;
        let next = listener.queue.pop_front();
        if let Some(id) = next {
            self.leave_queue(id, port);
        }
        Ok(next)
    }

    /// A connection no longer stands in its listener's queue.
    pub(super) fn leave_queue(&mut self, id: ConnId, port: u16) {
        if let Some(listener) = self.listeners.get_mut(&port) {
            listener.waiting.retain(|&(waiting, _)| waiting != id);
            listener.queue.retain(|&queued| queued != id);
        }
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.queued_at = None;
        }
    }

    pub(super) fn close_listener(&mut self, now: Time, port: u16) {
        let Some(listener) = self.listeners.remove(&port) else { return };
        for (id, _) in listener.waiting {
            self.let_go(now, id);
        }
        let state = What::State { from: State::Listen, to: State::Closed };
        self.tell(now, Some(listener.id), Cause::CloseCall, state);
    }

    /// Ends a connection that no application holds.
    fn let_go(&mut self, now: Time, id: ConnId) {
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.queued_at = None;
            for call in [Call::Abort, Call::Release] {
                // An abort and a release of an existing connection can't fail.
                let _ = slot.connection.call(now, call);
            }
        }
        self.wake(id);
    }

    /// A SYN for a listener: a connection in SYN-RECEIVED, if there is room for one.
    pub(super) fn syn_arrives(&mut self, now: Time, key: Key, syn: &Segment) {
        if let Err(cause) = self.make_room(now, key.local_port) {
            return self.discard(now, key.peer, Some(syn), cause);
        }
        let origin = self.origin(key, now);
        let id = origin.id;
        self.insert(key, Some(key.local_port), Connection::passive(origin, syn, now));
        if let Some(listener) = self.listeners.get_mut(&key.local_port) {
            listener.waiting.push_back((id, now));
        }
    }

    /// Room in the backlog for one more, or why there is none.
    fn make_room(&mut self, now: Time, port: u16) -> Result<(), Cause> {
        let listener = self.listeners.get(&port).ok_or(Cause::NoConnection)?;
        if listener.waiting.len() >= listener.backlog {
            let slots = &self.slots;
            let half_open =
                |id| slots.get(id).is_some_and(|slot| slot.connection.state() == State::SynReceived);
            let oldest = listener.waiting.iter().find(|(id, _)| half_open(id)).copied();
            match oldest {
                Some((id, since)) if now.saturating_since(since) >= HALF_OPEN_GRACE => {
                    self.leave_queue(id, port);
                    self.let_go(now, id);
                }
                _ => return Err(Cause::BacklogFull),
            }
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
        let is_free = |local: &u16| {
            let key = Key { peer, remote_port: port, local_port: *local };
            !self.by_key.contains_key(&key) && !self.listeners.contains_key(local)
        };
        let local_port = (0..Secret::PORTS)
            .map(|attempt| self.secret.local_port(peer, port, self.next_id.wrapping_add(attempt)))
            .find(is_free)
            .ok_or(CallError::TooManyConnections)?;
        let key = Key { peer, remote_port: port, local_port };
        let origin = self.origin(key, now);
        let id = origin.id;
        self.insert(key, None, Connection::active(origin, now));
        Ok(id)
    }
}

/// MUST-46, MUST-57 and MUST-63: broadcast, multicast and unspecified addresses talk to no one.
pub(super) fn can_be_talked_to(peer: SocketAddr) -> bool {
    let ip = peer.ip();
    let broadcast = matches!(ip, std::net::IpAddr::V4(v4) if v4.is_broadcast());
    !(ip.is_unspecified() || ip.is_multicast() || broadcast || peer.port() == 0)
}

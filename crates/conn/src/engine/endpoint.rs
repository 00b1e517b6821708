//! The endpoint: all connections of one UDP socket, without the socket.

mod cookies;
mod demux;
mod key;
mod listener;
mod remnants;
mod slot;
mod survey;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use lucid_congestion::{Controller, Parameters, Time};
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::config::Config;
use super::connection::{Connection, Origin, Out};
use super::error::{CallError, CloseReason};
use super::event::{Event, What};
use super::info::{Counts, Info};
use super::isn::Secret;
use super::message::{Call, ConnId, Input, Notice, Output, Reply};
use super::numbered::Numbered;
use super::state::State;
use cookies::Redeemed;
use key::Key;
use listener::{Listener, Place};
use remnants::Remnants;
use slot::Slot;

/// What an endpoint is made with. Together with the inputs it decides the whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// How its connections behave.
    pub config: Config,
    /// The secret behind initial sequence numbers and local ports (RFC 6528): random, new for every process.
    pub secret: [u8; 16],
    /// At most this many connections at once, in any state; a SYN beyond it is dropped.
    pub max_connections: usize,
}

/// Makes a connection's congestion controller, for algorithms from outside.
pub type MakeController = Arc<dyn Fn(Parameters) -> Box<dyn Controller> + Send + Sync>;

/// All connections of one UDP socket, without the socket: demultiplexing, listening, limits, resets for
/// strangers.
///
/// * One door in: [`Endpoint::handle`].
/// * One door out: [`Endpoint::poll`], until it says [`Output::Wait`].
/// * To look at: [`Endpoint::info`], [`Endpoint::room`], [`Endpoint::find`], [`Endpoint::connections`],
///   [`Endpoint::ids`], [`Endpoint::totals`].
///
/// Everything it does follows from its [`Setup`] and the inputs with their times; nothing iterates over a hash map.
pub struct Endpoint {
    config: Arc<Config>,
    secret: Secret,
    max_connections: usize,
    make_controller: Option<MakeController>,
    observed: bool,
    next_id: u32,
    slots: Numbered<Slot>,
    /// How many of `slots` are gone but for their last words.
    gone: usize,
    by_key: HashMap<Key, ConnId>,
    /// Those in TIME-WAIT that no application holds: they stand neither in `slots` nor in `by_key`.
    remnants: Remnants,
    listeners: BTreeMap<u16, Listener>,
    redeemed: Redeemed,
    /// What happened on connections that are gone.
    departed: Counts,
    /// Connections that may have something to say, first come first served.
    ready: VecDeque<ConnId>,
    deadlines: BTreeSet<(Time, ConnId)>,
    /// What the endpoint itself has to say.
    outbox: VecDeque<Output>,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("slots", &self.slots).field("listeners", &self.listeners).finish()
    }
}

impl Endpoint {
    /// An endpoint without connections.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            config: Arc::new(setup.config),
            secret: Secret::new(setup.secret),
            max_connections: setup.max_connections,
            make_controller: None,
            observed: false,
            next_id: 0,
            slots: Numbered::default(),
            gone: 0,
            by_key: HashMap::new(),
            remnants: Remnants::default(),
            listeners: BTreeMap::new(),
            redeemed: Redeemed::default(),
            departed: Counts::default(),
            ready: VecDeque::new(),
            deadlines: BTreeSet::new(),
            outbox: VecDeque::new(),
        }
    }

    /// Uses `make` for every new connection's congestion controller instead of `Config::algorithm`.
    #[must_use]
    pub fn with_controller(mut self, make: MakeController) -> Self {
        self.make_controller = Some(make);
        self
    }

    /// Turns events on or off. Without them nothing is spent on them.
    pub fn observe(&mut self, on: bool) {
        self.observed = on;
        if on {
            self.restore_all();
        }
        for id in self.slots.ids(|_| true) {
            if let Some(slot) = self.slots.get_mut(id) {
                slot.awake().observe(on);
                slot.rest();
            }
        }
    }

    /// Takes one input in. Afterwards drain [`Endpoint::poll`] until it says [`Output::Wait`].
    ///
    /// # Errors
    /// An application's call that can't be carried out. Datagrams and time never fail.
    pub fn handle(&mut self, now: Time, input: Input) -> Result<Reply, CallError> {
        match input {
            Input::Datagrams { from, bytes, size, ecn } => {
                let are_segments = self.datagrams(now, from, bytes, size, ecn);
                return Ok(if are_segments { Reply::Done } else { Reply::Damaged });
            }
            Input::Tick => self.tick(now),
            Input::Unreachable { peer } => self.unreachable(now, peer),
            Input::TooLarge { peer, bytes } => self.too_large(now, peer, bytes),
            Input::Listen { port, backlog } => return self.listen(now, port, backlog).map(Reply::Opened),
            Input::Accept { listener } => return self.accept(listener).map(Reply::Accepted),
            Input::Connect { peer, port } => return self.connect(now, peer, port).map(Reply::Opened),
            Input::Call { conn, call } => return self.call(now, conn, call),
        }
        Ok(Reply::Done)
    }

    /// The next output. It changes state only where it hands out a segment, so a caller whose socket is full
    /// may stop at any point and go on later.
    pub fn poll(&mut self, now: Time) -> Output {
        loop {
            if let Some(output) = self.outbox.pop_front() {
                return output;
            }
            let Some(&id) = self.ready.front() else {
                return Output::Wait(self.next_deadline().map(|(at, _)| at));
            };
            let Some(slot) = self.slots.get_mut(id) else {
                self.ready.pop_front();
                continue;
            };
            match slot.awake().poll(now) {
                Some(Out::Train(train, ecn)) => {
                    let to = slot.key.peer;
                    self.note(id);
                    return Output::Transmit { conn: Some(id), to, train, ecn };
                }
                Some(Out::Event(event)) => return Output::Event(event),
                // Before an application holds it, its listener speaks for it.
                Some(Out::Notice(_)) if slot.place.is_some() => {}
                Some(Out::Notice(notice)) => return Output::Notice { conn: id, notice },
                None => self.settle(id),
            }
        }
    }

    /// Whether no more is to be said than an acknowledgment of one connection's, which may wait for the data that its
    /// application is about to send (RFC 9293 section 3.8.6.3): a caller that knows of such an application polls later.
    #[must_use]
    pub fn only_acknowledges(&self) -> bool {
        let only = |&id| self.slots.get(id).is_some_and(Slot::only_acknowledges);
        self.ready.len() <= 1 && self.ready.iter().all(only)
    }

    /// The next output, of those that make no segment.
    pub fn poll_said(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.outbox.pop_front() {
                return Some(output);
            }
            let &id = self.ready.front()?;
            let slot = self.slots.get_mut(id)?;
            match slot.awake().poll_said()? {
                Out::Train(train, ecn) => {
                    return Some(Output::Transmit { conn: Some(id), to: slot.key.peer, train, ecn });
                }
                Out::Event(event) => return Some(Output::Event(event)),
                Out::Notice(_) if slot.place.is_some() => {}
                Out::Notice(notice) => return Some(Output::Notice { conn: id, notice }),
            }
        }
    }

    /// A connection changed: everything here that follows from its state follows at once, so that nothing depends
    /// on how far the caller drains [`Endpoint::poll`].
    fn note(&mut self, id: ConnId) {
        self.follow_up(id, false);
    }

    /// A connection took something in: it may have something to say.
    fn wake(&mut self, id: ConnId) {
        self.follow_up(id, true);
    }

    fn follow_up(&mut self, id: ConnId, may_speak: bool) {
        let Some(slot) = self.slots.get_mut(id) else { return };
        if may_speak && !slot.is_ready {
            slot.is_ready = true;
            self.ready.push_back(id);
        }
        if let Some(next) = slot.other_deadline() {
            if let Some(before) = slot.deadline.replace(next) {
                self.deadlines.remove(&(before, id));
            }
            self.deadlines.insert((next, id));
        }
        let connection = slot.awake();
        let (is_synchronized, is_over) = (connection.state().is_synchronized(), connection.ended().is_some());
        if is_synchronized && !slot.is_known {
            slot.is_known = true;
            self.offer(id);
        } else if is_over {
            self.note_end(id);
        }
    }

    /// A connection of a listener's is established: the next application may have it.
    fn offer(&mut self, id: ConnId) {
        let Some(place) = self.slots.get_mut(id).and_then(|slot| slot.place.as_mut()) else { return };
        if let Some(listener) = self.listeners.get_mut(&place.port) {
            listener.establish(id, place);
            self.outbox.push_back(Output::Notice { conn: listener.id, notice: Notice::Acceptable });
        }
    }

    /// A connection ended: its ports are free, and a listener forgets it.
    fn note_end(&mut self, id: ConnId) {
        let Some(slot) = self.slots.get_mut(id) else { return };
        if let Some(deadline) = slot.deadline.take() {
            self.deadlines.remove(&(deadline, id));
        }
        let key = slot.key;
        if slot.place.is_some() {
            // No application will ever hold it.
            slot.awake().disown();
            self.leave_queue(id);
        }
        if self.by_key.get(&key) == Some(&id) {
            self.forget_key(key);
        }
        if let Some(slot) = self.slots.get_mut(id)
            && !slot.is_gone
            && slot.awake().is_released()
        {
            slot.is_gone = true;
            self.gone += 1;
        }
    }

    /// A connection has nothing more to say; if it is over, it goes. If no tick will come to it, it rests at once.
    fn settle(&mut self, id: ConnId) {
        self.ready.pop_front();
        let Some(slot) = self.slots.get_mut(id) else { return };
        slot.is_ready = false;
        if slot.is_gone {
            self.forget(id);
            self.gone -= 1;
        } else if slot.deadline.is_none() {
            slot.rest();
        } else {
            self.leave_remnant(id);
        }
    }

    fn tick(&mut self, now: Time) {
        while let Some((at, id)) = self.next_deadline() {
            if at > now {
                break;
            }
            self.deadlines.remove(&(at, id));
            self.restore(id);
            let Some(slot) = self.slots.get_mut(id) else { continue };
            slot.deadline = None;
            if slot.awake().next_timeout().is_some_and(|next| next <= now) {
                slot.awake().expire(now);
                self.wake(id);
            } else {
                self.note(id);
                self.rest(id);
            }
        }
    }

    /// A deadline has passed that no longer meant anything. That is seldom where there is much to do, so it costs nothing to
    /// speak of if a connection just between two messages rests, too.
    fn rest(&mut self, id: ConnId) {
        if let Some(slot) = self.slots.get_mut(id).filter(|slot| !slot.is_ready) {
            slot.rest();
        }
    }

    /// RFC 5927: an ICMP message may be forged, so it only ends what was never established (RFC 9293
    /// section 3.9.2.2: MUST-54, MUST-56, SHLD-26; X-16).
    fn unreachable(&mut self, now: Time, peer: SocketAddr) {
        let is_opening = |connection: &Connection| connection.state() == State::SynSent;
        let opening = |slot: &Slot| slot.key.peer == peer && slot.whole().is_some_and(is_opening);
        for id in self.slots.ids(opening) {
            if let Some(slot) = self.slots.get_mut(id) {
                slot.awake().end(now, CloseReason::Unreachable, Cause::PeerUnreachable);
            }
            self.wake(id);
        }
    }

    fn too_large(&mut self, now: Time, peer: SocketAddr, bytes: usize) {
        // One at rest has sent nothing that it could be about.
        let is_theirs = |slot: &Slot| slot.key.peer == peer && slot.whole().is_some();
        for id in self.slots.ids(is_theirs) {
            if let Some(slot) = self.slots.get_mut(id) {
                slot.awake().datagram_too_large(now, bytes);
            }
            self.wake(id);
        }
    }

    fn call(&mut self, now: Time, conn: ConnId, call: Call) -> Result<Reply, CallError> {
        self.restore(conn);
        if let Some(slot) = self.slots.get_mut(conn) {
            let connection = slot.awake();
            let reply = connection.call(now, call);
            let may_speak = connection.may_speak();
            self.follow_up(conn, may_speak);
            return reply;
        }
        let closes = matches!(call, Call::Abort | Call::Release);
        let port = self.listeners.iter().find(|(_, listener)| listener.id == conn).map(|(&port, _)| port);
        match port {
            Some(port) if closes => {
                self.close_listener(now, port);
                Ok(Reply::Done)
            }
            // Letting go of what is gone already is no mistake.
            _ if call == Call::Release => Ok(Reply::Done),
            _ => Err(CallError::NoConnection),
        }
    }

    fn insert(&mut self, key: Key, place: Option<Place>, connection: Connection) {
        let id = connection.origin().id;
        self.by_key.insert(key, id);
        self.slots.insert(id, Slot::new(key, connection, place));
        self.wake(id);
    }

    fn origin(&mut self, key: Key, now: Time) -> Origin {
        let id = self.new_id();
        self.origin_of(id, key, now)
    }

    fn origin_of(&self, id: ConnId, key: Key, now: Time) -> Origin {
        Origin {
            id,
            peer: key.peer,
            local_port: key.local_port,
            remote_port: key.remote_port,
            iss: self.secret.isn(key.peer, key.local_port, key.remote_port, now),
            timestamp_offset: self.secret.timestamp_offset(key.peer, key.local_port, key.remote_port),
            dice: self.secret.dice(key.peer, key.local_port, key.remote_port, now),
            config: Arc::clone(&self.config),
            make_controller: self.make_controller.clone(),
            observed: self.observed,
        }
    }

    fn new_id(&mut self) -> ConnId {
        loop {
            let id = ConnId(self.next_id);
            self.next_id = self.next_id.wrapping_add(1);
            let listens = self.listeners.values().any(|listener| listener.id == id);
            if !listens && !self.slots.contains(id) && self.remnants.get(id).is_none() {
                return id;
            }
        }
    }

    fn tell(&mut self, now: Time, conn: Option<ConnId>, cause: Cause, what: What) {
        if self.observed {
            self.outbox.push_back(Output::Event(Event { at: now, conn, what, cause, rfc: cause.rfc() }));
        }
    }

    /// A connection seen from outside; none if it doesn't exist. Of one in TIME-WAIT that no application holds, not much
    /// more is known than whose it was.
    #[must_use]
    pub fn info(&self, conn: ConnId) -> Option<Info> {
        let slot = self.slots.get(conn);
        slot.map_or_else(|| self.remnant_info(conn), Slot::info)
    }

    /// Whether a [`super::Call::Read`] may have an answer now. If not, a [`Notice::Readable`] or the end will come.
    #[must_use]
    pub fn is_readable(&self, conn: ConnId) -> bool {
        self.slots.get(conn).is_none_or(Slot::is_readable)
    }

    /// How many bytes a [`super::Call::Write`] would take now.
    #[must_use]
    pub fn room(&self, conn: ConnId) -> usize {
        self.slots.get(conn).map_or(0, Slot::room)
    }

    /// The connection with this peer and these ports.
    #[must_use]
    pub fn find(&self, peer: SocketAddr, remote_port: u16, local_port: u16) -> Option<ConnId> {
        self.find_key(Key { peer, remote_port, local_port })
    }

    /// How many connections there are, in any state; listeners don't count. One that ended counts until its
    /// application has let go of it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.slots.len() - self.gone + self.remnants.len()
    }
}

#[cfg(test)]
mod tests;

//! What is shared under the lock: the engine, and what stands between it and the world.

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Poll, Waker};

use lucid_wire::{PseudoHeader, Segment, Train};

use super::batch::{Batch, Flushed};
use super::clock::Clock;
use super::faults::{self, Datagram, Path};
use super::inbox::{Arrived, Inbox};
use super::recording::Recording;
use super::slot::{Slot, Slots};
use super::socket::Socket;
use crate::engine::{
    CallError, Cause, Codepoint, ConnId, Endpoint as Engine, Event, Fault, Input, Output, Reply,
    SegmentSummary, Time, What,
};

/// Who watches the events of an endpoint.
pub(super) type Observer = Box<dyn FnMut(&Event) + Send>;

/// The engine with its surroundings.
///
/// Every input goes through [`Core::handle`], every output comes through [`Core::poll`]; so what these two
/// see is the whole run, and makes its recording.
pub(super) struct Core {
    pub(super) engine: Engine,
    pub(super) socket: Arc<Socket>,
    pub(super) slots: Slots,
    pub(super) path: Path,
    pub(super) observer: Option<Observer>,
    pub(super) recording: Recording,
    /// What is to be sent next.
    pub(super) batch: Batch,
    /// Someone sends what was to be sent before: what is added meanwhile goes with the same hands.
    pub(super) is_sending: bool,
    /// Several connections were told something at once, and are likely to answer: what they say leaves together, when the
    /// task has its turn behind them, or when the batch is full.
    pub(super) gathers: bool,
    /// Who was told something in this turn.
    pub(super) told: Told,
    /// An empty batch, kept for its memory.
    pub(super) spare: Batch,
    /// Who is to be woken, once the lock is free.
    pub(super) to_wake: Vec<Waker>,
    /// Connections whose application wrote much at once, and may go on at once: they are flushed when it doesn't.
    pub(super) unflushed: Vec<ConnId>,
    /// One datagram came in this turn, and nothing beside it.
    pub(super) is_lone: bool,
    /// An acknowledgment is held back, see [`Core::waits_for_company`].
    pub(super) waits: bool,
    /// All that there was to say stands in the batch.
    pub(super) is_drained: bool,
    /// When the engine wants to be told that time has passed.
    pub(super) engine_due: Option<Time>,
    /// Until when the task sleeps, if nothing else wakes it.
    pub(super) asleep_until: Option<Time>,
    /// No handle is left: once there is nothing to do, there is nothing to wait for.
    pub(super) is_abandoned: bool,
}

/// Which connections were told something.
#[derive(Default)]
pub(super) struct Told {
    last: Option<ConnId>,
    several: bool,
}

impl Told {
    fn note(&mut self, conn: ConnId) {
        self.several |= self.last.is_some_and(|last| last != conn);
        self.last = Some(conn);
    }
}

/// What the task does next.
pub(super) enum Next {
    /// Nothing is left to do, and no one is left to ask for more.
    End,
    /// The socket was full: wait until it isn't. The engine isn't polled until then, and nothing is received.
    Write,
    /// Wait for a datagram, and for this time.
    Sleep(Option<Time>),
}

/// How a change ends.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ends {
    /// All that is to be sent leaves.
    Sending,
    /// So it does, unless it may wait for an application that has what it waited for, and is likely to speak.
    Listening,
}

impl Ends {
    pub(super) fn of<T>(outcome: &Poll<T>) -> Self {
        if outcome.is_ready() { Self::Listening } else { Self::Sending }
    }
}

impl Core {
    /// The only way into the engine.
    pub(super) fn handle(&mut self, now: Time, input: Input) -> Result<Reply, CallError> {
        self.recording.note(|recorder| recorder.input(now, &input));
        self.is_drained = false;
        let answer = self.engine.handle(now, input);
        if let Ok(reply) = &answer {
            self.recording.note(|recorder| recorder.answered(reply));
        }
        answer
    }

    /// The only way out of the engine.
    fn poll(&mut self, now: Time) -> Output {
        let output = self.engine.poll(now);
        match &output {
            Output::Transmit { to, train, ecn, .. } => {
                self.recording.note(|recorder| recorder.sent(now, *to, train, *ecn));
            }
            // Which connection speaks next depends on how far it was polled, so a recording says that, too.
            Output::Wait(_) => self.recording.note(|recorder| recorder.drained(now)),
            Output::Notice { .. } | Output::Event(_) => {}
        }
        output
    }

    /// A turn begins: what was gathered leaves with it.
    pub(super) fn begin_turn(&mut self) {
        self.gathers = false;
        self.told = Told::default();
    }

    /// Whether more than one connection was told something in this turn.
    pub(super) fn told_several(&self) -> bool {
        self.told.several
    }

    /// What the socket had.
    pub(super) fn take_in(&mut self, now: Time, inbox: &mut Inbox) {
        self.is_lone = matches!(&inbox.arrived[..], [lone] if lone.bytes.len() <= lone.size);
        for arrived in inbox.arrived.drain(..) {
            self.arrive(now, arrived);
        }
        while let Some(datagram) = faults::pop(&mut self.path.incoming, now) {
            let Datagram { peer, bytes, ecn } = datagram;
            let _never_fails = self.handle(now, Input::datagram(peer, bytes, ecn));
        }
        if mem::take(&mut inbox.is_refused) {
            self.unreachable(now);
        }
    }

    /// What is due by now.
    pub(super) fn expire(&mut self, now: Time) {
        if self.engine_due.is_some_and(|due| due <= now) {
            let _never_fails = self.handle(now, Input::Tick);
        }
    }

    /// Whether all that there is to send is the acknowledgment of a single segment, which an application is about to answer,
    /// or has just been given: it waits for what that says next, and goes along with it (RFC 9293 section 3.8.6.3). If it
    /// says nothing, whatever happens next lets it go, or the endpoint's task does, within
    /// [`super::shared::Duty::LASTS_AT_MOST`].
    pub(super) fn waits_for_company(&mut self) -> bool {
        self.waits = self.is_lone && self.path.outgoing.is_none() && self.engine.only_acknowledges();
        self.waits
    }

    /// What follows a change.
    pub(super) fn end(&mut self, now: Time, ends: Ends) {
        if ends == Ends::Sending || !self.waits_for_company() {
            self.drain(now);
        }
    }

    /// Hands out what the engine has said already, and lets it make no segment.
    pub(super) fn hear(&mut self, now: Time) {
        while let Some(output) = self.engine.poll_said() {
            self.hand_out(now, output);
        }
    }

    /// Hands out everything the engine has to say, as far as the batch takes it: whoever sends that comes back for more.
    pub(super) fn drain(&mut self, now: Time) {
        self.waits = false;
        while !self.batch.is_full() {
            match self.poll(now) {
                Output::Wait(until) => {
                    self.engine_due = until;
                    break;
                }
                output => self.hand_out(now, output),
            }
        }
        while !self.batch.is_full()
            && let Some(due) = faults::pop(&mut self.path.outgoing, now)
        {
            self.batch.add(due.peer, due.ecn, due.bytes.len(), |out| out.extend_from_slice(&due.bytes));
        }
        self.is_drained = !self.batch.is_full();
    }

    fn hand_out(&mut self, now: Time, output: Output) {
        match output {
            Output::Transmit { conn, to, train, ecn } => self.transmit(now, conn, to, train, ecn),
            Output::Notice { conn, notice } => {
                self.told.note(conn);
                if let Some(slot) = self.slots.get_mut(conn) {
                    slot.tell(notice, &mut self.to_wake);
                }
            }
            Output::Event(event) => self.observe(&event),
            Output::Wait(_) => {}
        }
    }

    fn transmit(&mut self, now: Time, conn: Option<ConnId>, to: SocketAddr, train: Train, ecn: Codepoint) {
        if self.path.outgoing.is_none() {
            return self.batch.add_train(to, ecn, train);
        }
        for segment in train.segments() {
            let mut bytes = Vec::new();
            segment.encode(&PseudoHeader::None, &mut bytes);
            let Some(link) = &mut self.path.outgoing else { return };
            let faults = faults::push(link, now, Datagram { peer: to, bytes: bytes.into(), ecn });
            self.observe_faults(now, &faults, conn, &segment, true);
        }
    }

    fn arrive(&mut self, now: Time, Arrived { from, mut bytes, size, ecn }: Arrived) {
        if self.path.incoming.is_none() {
            let _never_fails = self.handle(now, Input::Datagrams { from, bytes, size, ecn });
            return;
        }
        while !bytes.is_empty() {
            let bytes = bytes.split_to(size.clamp(1, bytes.len()));
            self.arrive_with_faults(now, Datagram { peer: from, bytes, ecn });
        }
    }

    fn arrive_with_faults(&mut self, now: Time, datagram: Datagram) {
        let Some(link) = &mut self.path.incoming else { return };
        let Datagram { peer, bytes, .. } = datagram.clone();
        let faults = faults::push(link, now, datagram);
        if !faults.is_empty()
            && let Ok(segment) = Segment::decode(bytes, &PseudoHeader::None)
        {
            let header = &segment.header;
            let conn = self.engine.find(peer, header.source_port, header.destination_port);
            self.observe_faults(now, &faults, conn, &segment, false);
        }
    }

    /// What is to be sent now, unless someone sends already, or more is about to join it.
    pub(super) fn take_batch(&mut self) -> Option<Batch> {
        let waits = self.gathers && !self.batch.is_full();
        if self.is_sending || self.batch.is_empty() || waits {
            return None;
        }
        self.is_sending = true;
        let spare = mem::take(&mut self.spare);
        Some(mem::replace(&mut self.batch, spare))
    }

    /// What became of it. Says whether there may be more to send at once.
    pub(super) fn sent(&mut self, clock: &Clock, mut batch: Batch, flushed: &Flushed) -> bool {
        self.is_sending = false;
        if *flushed == Flushed::Refused {
            self.unreachable(clock.now());
        }
        for (peer, bytes) in batch.too_large() {
            let _never_fails = self.handle(clock.now(), Input::TooLarge { peer, bytes });
        }
        if batch.is_empty() {
            self.spare = batch;
        } else {
            batch.append(mem::take(&mut self.batch));
            self.batch = batch;
        }
        if !self.is_drained {
            self.drain(clock.now());
        }
        *flushed != Flushed::Full
    }

    /// Only a socket with a single peer is ever told so.
    fn unreachable(&mut self, now: Time) {
        if let Some(peer) = self.socket.peer() {
            let _never_fails = self.handle(now, Input::Unreachable { peer });
        }
    }

    fn observe(&mut self, event: &Event) {
        if let Some(observer) = &mut self.observer {
            observer(event);
        }
    }

    fn observe_faults(
        &mut self,
        at: Time,
        faults: &[Fault],
        conn: Option<ConnId>,
        segment: &Segment,
        outgoing: bool,
    ) {
        if faults.is_empty() || self.observer.is_none() {
            return;
        }
        let rto = conn.and_then(|conn| self.engine.info(conn)).map(|info| info.rto);
        let (segment, cause) = (SegmentSummary::from(segment), Cause::OnPurpose);
        for &fault in faults {
            let what = What::Faulted { fault, segment, outgoing, rto };
            self.observe(&Event { at, conn, what, cause, rfc: cause.rfc() });
        }
    }

    /// The task is awake, and will ask what to do next: it needs no one to tell it.
    pub(super) fn task_awakes(&mut self) {
        self.asleep_until = Some(Time::ZERO);
    }

    /// What the task does next. It is then taken to be doing that.
    pub(super) fn next(&mut self) -> Next {
        self.asleep_until = self.due();
        if self.is_abandoned && self.is_idle() {
            Next::End
        } else if self.is_blocked() {
            Next::Write
        } else {
            Next::Sleep(self.asleep_until)
        }
    }

    /// Whether what the task does is no longer what it should do.
    pub(super) fn needs_the_task(&self) -> bool {
        let is_too_late = |due| self.asleep_until.is_none_or(|until| due < until);
        (self.is_abandoned && self.is_idle())
            || self.is_blocked()
            || !self.unflushed.is_empty()
            || self.due().is_some_and(is_too_late)
    }

    /// The socket takes nothing now.
    fn is_blocked(&self) -> bool {
        !self.is_sending && !self.batch.is_empty()
    }

    /// When something is to be done even if nothing happens.
    fn due(&self) -> Option<Time> {
        [self.engine_due, self.path.next_delivery()].into_iter().flatten().min()
    }

    /// Whether there is no connection, and all that was sent has left.
    pub(super) fn is_idle(&self) -> bool {
        self.engine.connections() == 0
            && !self.is_sending
            && self.batch.is_empty()
            && self.path.is_outgoing_empty()
    }

    /// The slot of a connection or listener that the application holds.
    pub(super) fn slot(&mut self, id: ConnId) -> &mut Slot {
        self.slots.or_default(id)
    }
}

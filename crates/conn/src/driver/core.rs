//! What is shared under the lock: the engine, and what stands between it and the world.

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use lucid_wire::{PseudoHeader, Segment};

use super::batch::{Batch, Flushed};
use super::faults::{self, Datagram, Path};
use super::inbox::Inbox;
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
    pub(super) batch: Batch,
    /// When the engine wants to be told that time has passed.
    pub(super) engine_due: Option<Time>,
    /// Until when the task sleeps, if nothing else wakes it.
    pub(super) asleep_until: Option<Time>,
    /// A datagram was refused while it was being sent.
    pub(super) is_refused: bool,
    /// No handle is left: once there is nothing to do, there is nothing to wait for.
    pub(super) is_abandoned: bool,
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

impl Core {
    /// The only way into the engine.
    pub(super) fn handle(&mut self, now: Time, input: Input) -> Result<Reply, CallError> {
        self.recording.note(|recorder| recorder.input(now, &input));
        self.engine.handle(now, input)
    }

    /// The only way out of the engine.
    fn poll(&mut self, now: Time) -> Output {
        let output = self.engine.poll(now);
        match &output {
            Output::Transmit { to, segment, ecn, .. } => {
                self.recording.note(|recorder| recorder.sent(now, *to, segment, *ecn));
            }
            // Which connection speaks next depends on how far it was polled, so a recording says that, too.
            Output::Wait(_) => self.recording.note(|recorder| recorder.drained(now)),
            Output::Notice { .. } | Output::Event(_) => {}
        }
        output
    }

    /// What the socket had.
    pub(super) fn take_in(&mut self, now: Time, inbox: &mut Inbox) {
        for datagram in inbox.datagrams.drain(..) {
            self.arrive(now, datagram);
        }
        while let Some(datagram) = faults::pop(&mut self.path.incoming, now) {
            self.deliver(now, datagram);
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

    /// Hands out everything the engine has to say, as far as the socket takes it.
    pub(super) fn drain(&mut self, now: Time) {
        loop {
            self.drain_once(now);
            let (is_refused, too_large) = (mem::take(&mut self.is_refused), self.batch.too_large());
            if !is_refused && too_large.is_empty() {
                return;
            }
            if is_refused {
                self.unreachable(now);
            }
            for (peer, bytes) in too_large {
                let _never_fails = self.handle(now, Input::TooLarge { peer, bytes });
            }
        }
    }

    fn drain_once(&mut self, now: Time) {
        while !self.batch.is_full() || self.flush(now) {
            match self.poll(now) {
                Output::Transmit { conn, to, segment, ecn } => self.transmit(now, conn, to, &segment, ecn),
                Output::Notice { conn, notice } => {
                    if let Some(slot) = self.slots.get_mut(&conn) {
                        slot.tell(notice);
                    }
                }
                Output::Event(event) => self.observe(&event),
                Output::Wait(until) => {
                    self.engine_due = until;
                    break;
                }
            }
        }
        self.flush(now);
    }

    fn transmit(
        &mut self,
        now: Time,
        conn: Option<ConnId>,
        to: SocketAddr,
        segment: &Segment,
        ecn: Codepoint,
    ) {
        let encode = |out: &mut Vec<u8>| segment.encode(&PseudoHeader::None, out);
        let Some(link) = &mut self.path.outgoing else {
            return self.batch.add(to, ecn, encode);
        };
        let mut bytes = Vec::new();
        encode(&mut bytes);
        let faults = faults::push(link, now, Datagram { peer: to, bytes: bytes.into(), ecn });
        self.observe_faults(now, &faults, conn, segment, true);
    }

    fn arrive(&mut self, now: Time, datagram: Datagram) {
        let Some(link) = &mut self.path.incoming else {
            return self.deliver(now, datagram);
        };
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

    fn deliver(&mut self, now: Time, Datagram { peer: from, bytes, ecn }: Datagram) {
        let _never_fails = self.handle(now, Input::Datagram { from, bytes, ecn });
    }

    /// Only a socket with a single peer is ever told so.
    fn unreachable(&mut self, now: Time) {
        if let Some(peer) = self.socket.peer() {
            let _never_fails = self.handle(now, Input::Unreachable { peer });
        }
    }

    /// Sends what is due, as far as the socket takes it: whether that was all.
    fn flush(&mut self, now: Time) -> bool {
        loop {
            while !self.batch.is_full()
                && let Some(due) = faults::pop(&mut self.path.outgoing, now)
            {
                self.batch.add(due.peer, due.ecn, |out| out.extend_from_slice(&due.bytes));
            }
            if self.batch.is_empty() {
                return true;
            }
            match self.batch.flush(&self.socket) {
                Flushed::All => {}
                Flushed::Full => return false,
                Flushed::Refused => self.is_refused = true,
            }
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

    /// What the task does next. It is then taken to be doing that.
    pub(super) fn next(&mut self) -> Next {
        self.asleep_until = self.due();
        if self.is_abandoned && self.is_idle() {
            Next::End
        } else if !self.batch.is_empty() {
            Next::Write
        } else {
            Next::Sleep(self.asleep_until)
        }
    }

    /// Whether what the task does is no longer what it should do.
    pub(super) fn needs_the_task(&self) -> bool {
        let is_too_late = |due| self.asleep_until.is_none_or(|until| due < until);
        self.is_abandoned || !self.batch.is_empty() || self.due().is_some_and(is_too_late)
    }

    /// When something is to be done even if nothing happens.
    fn due(&self) -> Option<Time> {
        [self.engine_due, self.path.next_delivery()].into_iter().flatten().min()
    }

    /// Whether there is no connection, and all that was sent has left.
    pub(super) fn is_idle(&self) -> bool {
        self.engine.connections() == 0 && self.batch.is_empty() && self.path.is_outgoing_empty()
    }

    /// The slot of a connection or listener that the application holds.
    pub(super) fn slot(&mut self, id: ConnId) -> &mut Slot {
        self.slots.entry(id).or_default()
    }
}

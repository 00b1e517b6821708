//! One connection: the parts joined, one door in and one door out.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use lucid_congestion::{Controller, DeliveryRate, Pacer, RttEstimator, Time};
use lucid_wire::{SeqNum, Train};

use super::ack_policy::AckPolicy;
use super::cause::Cause;
use super::config::{Config, KeepAlive};
use super::ecn::{Codepoint, Ecn};
use super::endpoint::MakeController;
use super::error::CloseReason;
use super::event::{Event, SegmentSummary, What};
use super::info::Counts;
use super::loss::Loss;
use super::message::{ConnId, Notice};
use super::negotiated::Agreed;
use super::options::own_mss;
use super::path_mtu::PathMtu;
use super::position::Position;
use super::rack::Rack;
use super::receiver::Receiver;
use super::recovery::{Episode, TailProbe};
use super::sender::{Next, Sender};
use super::state::State;
use super::timers::{Timer, Timers};
use super::timestamps;
use super::undo::Undo;
use super::user_timeout::UserTimeout;

/// What a connection is made with.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) id: ConnId,
    pub(crate) peer: SocketAddr,
    pub(crate) local_port: u16,
    pub(crate) remote_port: u16,
    pub(crate) iss: SeqNum,
    /// Where its timestamp clock begins.
    pub(crate) timestamp_offset: u32,
    /// For its congestion controller.
    pub(crate) dice: u64,
    pub(crate) config: Arc<Config>,
    pub(crate) make_controller: Option<MakeController>,
    pub(crate) observed: bool,
}

/// What a connection hands out.
#[derive(Debug)]
pub(crate) enum Out {
    Train(Train, Codepoint),
    Notice(Notice),
    Event(Event),
}

/// What comes from an address that has not acknowledged our SYN may be forged: it draws at most this many times
/// its own bytes, and that much only by repeated SYN-ACKs (RFC 4987; the factor is RFC 9000 section 8.1's).
const AMPLIFICATION: usize = 3;

/// A peer's address before it has acknowledged our SYN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unproven {
    /// How many bytes may still be sent to it.
    pub(super) allowance: usize,
    /// How long its SYN was: our SYN-ACK is not longer.
    pub(super) syn_len: usize,
}

/// One connection (RFC 9293's transmission control block).
///
/// * Things go in through `user_calls`, `segment_arrives` and `timeouts`, the three headings of RFC 9293
///   section 3.10; each takes the time.
/// * Then [`Connection::poll`] until it has nothing more; it makes segments (`output`) one at a time.
/// * [`Connection::next_timeout`] says when time alone would change something.
pub(crate) struct Connection {
    pub(super) origin: Origin,
    pub(super) state: State,
    /// SYN-RECEIVED was reached from LISTEN (MUST-11).
    pub(super) passive: bool,
    pub(super) sender: Sender,
    /// There is one once the peer's SYN has come.
    pub(super) receiver: Option<Receiver>,
    /// The options in use, once the peer's SYN has come.
    pub(super) agreed: Agreed,
    /// TS.Recent, if timestamps are in use.
    pub(super) ts_recent: Option<timestamps::Recent>,
    pub(super) acks: AckPolicy,
    pub(super) loss: Loss,
    pub(super) rack: Rack,
    pub(super) rate: DeliveryRate,
    pub(super) pacer: Pacer,
    /// The window is reduced, until everything sent before is acknowledged.
    pub(super) episode: Option<Episode>,
    /// What would show that the last reduction was wrong.
    pub(super) undo: Option<Undo>,
    pub(super) tail_probe: Option<TailProbe>,
    /// SND.NXT when the congestion window last held sending back.
    pub(super) limited_until: Option<Position>,
    /// When a segment with data last left.
    pub(super) last_sent: Time,
    pub(super) ecn: Ecn,
    pub(super) path_mtu: PathMtu,
    pub(super) congestion: Box<dyn Controller>,
    pub(super) rtt: RttEstimator,
    pub(super) timers: Timers,
    /// The peer's address has not proven itself yet.
    pub(super) unproven: Option<Unproven>,
    /// Why what is lost was found to be.
    pub(super) resend_cause: Cause,
    pub(super) last_challenge: Option<Time>,
    pub(super) opened_at: Time,
    pub(super) last_heard: Time,
    /// Since when the front segment has made no progress, for R2.
    pub(super) stuck_since: Time,
    /// Timeouts in a row without progress.
    pub(super) timeouts: u32,
    /// Zero-window probes in a row without progress.
    pub(super) probes: u32,
    /// Probes of the window, or of an idle peer, since the peer was last heard.
    pub(super) unanswered_probes: u32,
    pub(super) keep_alive: Option<KeepAlive>,
    pub(super) user_timeouts: UserTimeout,
    /// The application reads no more, and holds no handle.
    pub(super) released: bool,
    /// Nothing is left to read, and no end: who reads is told of both.
    pub(super) reader_waits: bool,
    pub(super) writer_waits: bool,
    pub(super) ended: Option<CloseReason>,
    pub(super) counts: Counts,
    pub(super) outbox: VecDeque<Out>,
    /// There may be something to send: [`Connection::arm`] looked, or nobody has looked since it changed.
    pub(super) may_send: bool,
    /// SND.NXT when [`What::InflightFull`] was last told, so that it is told once.
    pub(super) full_told_at: Option<Position>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.origin.id)
            .field("state", &self.state)
            .field("sender", &self.sender)
            .field("receiver", &self.receiver)
            .field("timers", &self.timers)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// An active OPEN: the SYN is the first thing it hands out.
    pub(crate) fn active(origin: Origin, now: Time) -> Self {
        let mut connection = Self::new(origin, State::Closed, false, now);
        connection.tell(now, Cause::OpenCall, Self::opened);
        connection.state = State::SynSent;
        connection.arm(now);
        connection
    }

    /// A listener received this SYN, in a datagram from an address that may be anyone's.
    pub(crate) fn passive(origin: Origin, syn: &Train, now: Time) -> Self {
        let mut connection = Self::new(origin, State::Listen, true, now);
        connection.unproven = Some(Unproven { allowance: 0, syn_len: syn.encoded_len() });
        connection.tell(now, Cause::SynArrived, Self::opened);
        connection.heard(now, syn);
        connection.take_syn(now, syn, Cause::SynArrived);
        connection.hear_user_timeout(now, syn);
        connection.state = State::SynReceived;
        connection.arm(now);
        connection
    }

    pub(super) fn new(origin: Origin, state: State, passive: bool, now: Time) -> Self {
        let config = Arc::clone(&origin.config);
        let mss = own_mss(&config);
        let sender = Sender::new(origin.iss, mss, config.nagle, config.send_buffer);
        let congestion = make_controller(&origin, mss, 0);
        Self {
            state,
            passive,
            loss: Loss::new(congestion.recovery(), sender.iss()),
            rack: Rack::new(sender.iss()),
            rate: DeliveryRate::default(),
            pacer: Pacer::new(u32::from(mss) + u32::from(config.counted_header)),
            episode: None,
            undo: None,
            tail_probe: None,
            limited_until: None,
            last_sent: now,
            sender,
            ecn: Ecn::new(config.ecn),
            path_mtu: PathMtu::fixed(mss),
            receiver: None,
            agreed: Agreed::default(),
            ts_recent: None,
            acks: AckPolicy::new(config.ack_every, config.quick_acks),
            congestion,
            rtt: RttEstimator::new(config.rto),
            timers: Timers::default(),
            unproven: None,
            resend_cause: Cause::RetransmissionTimeout,
            last_challenge: None,
            opened_at: now,
            last_heard: now,
            stuck_since: now,
            timeouts: 0,
            probes: 0,
            unanswered_probes: 0,
            keep_alive: config.keep_alive,
            user_timeouts: UserTimeout::new(config.user_timeout),
            released: false,
            reader_waits: true,
            writer_waits: false,
            ended: None,
            counts: Counts::default(),
            outbox: VecDeque::new(),
            may_send: true,
            full_told_at: None,
            origin,
        }
    }

    pub(super) fn opened(&self) -> What {
        What::Opened {
            peer: self.origin.peer,
            local_port: self.origin.local_port,
            remote_port: self.origin.remote_port,
            active: !self.passive,
        }
    }

    /// Our SYN is acknowledged: data may flow, with a window that knows the MSS.
    pub(super) fn begin_data(&mut self) {
        self.begin_path_search();
        self.congestion = make_controller(&self.origin, self.sender.mss(), self.timeouts);
        if self.timeouts > 0 {
            self.rtt.restart_after_syn_timeout();
        }
        self.unproven = None;
        self.timeouts = 0;
    }

    /// The next thing it has to say. State changes only when a segment is made.
    pub(crate) fn poll(&mut self, now: Time) -> Option<Out> {
        if self.outbox.is_empty() && self.may_send {
            self.output(now);
            self.may_send &= !self.outbox.is_empty();
        }
        self.outbox.pop_front()
    }

    /// The next thing it has said: no segment is made.
    pub(crate) fn poll_said(&mut self) -> Option<Out> {
        self.outbox.pop_front()
    }

    /// It has no more to send than an acknowledgment that may wait for company.
    pub(crate) fn only_acknowledges(&self) -> bool {
        let says_more = || self.outbox.iter().any(|out| matches!(out, Out::Train(..)));
        let may_wait = !self.origin.config.ack_delay.is_zero() && self.acks.may_wait();
        self.ended.is_none() && may_wait && self.sender.is_empty() && !says_more()
    }

    /// Whether [`Connection::poll`] may have something to say.
    pub(crate) fn may_speak(&self) -> bool {
        self.may_send || !self.outbox.is_empty()
    }

    /// When time alone would change something.
    pub(crate) fn next_timeout(&self) -> Option<Time> {
        self.timers.next()
    }

    /// Why it ended, if it has.
    pub(crate) fn ended(&self) -> Option<&CloseReason> {
        self.ended.as_ref()
    }

    /// No application holds it.
    pub(crate) fn is_released(&self) -> bool {
        self.released
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// No application holds it, or ever will.
    pub(crate) fn disown(&mut self) {
        self.released = true;
    }

    /// There is something to read, or an end.
    pub(crate) fn is_readable(&self) -> bool {
        self.ended.is_some() || !self.reader_waits
    }

    pub(crate) fn room(&self) -> usize {
        if self.ended.is_some() || self.sender.is_finishing() { 0 } else { self.sender.room() }
    }

    pub(crate) fn observe(&mut self, on: bool) {
        self.origin.observed = on;
    }

    /// Tells who watches; `what` is made only if someone does.
    pub(super) fn tell(&mut self, now: Time, cause: Cause, what: impl FnOnce(&Self) -> What) {
        if self.origin.observed {
            let what = what(self);
            let event = Event { at: now, conn: Some(self.origin.id), what, cause, rfc: cause.rfc() };
            self.outbox.push_back(Out::Event(event));
        }
    }

    /// Tells of each segment of a train.
    fn tell_each(&mut self, now: Time, train: &Train, cause: Cause, what: impl Fn(SegmentSummary) -> What) {
        if self.origin.observed {
            SegmentSummary::each(train).for_each(|segment| self.tell(now, cause, |_| what(segment)));
        }
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.outbox.push_back(Out::Notice(notice));
    }

    /// Moves to another state.
    pub(super) fn enter(&mut self, now: Time, to: State, cause: Cause) {
        let from = std::mem::replace(&mut self.state, to);
        debug_assert!(from.may_become(to), "{from} -> {to} is not in RFC 9293's diagram");
        self.tell(now, cause, |_| What::State { from, to });
    }

    /// Both directions are done: only TIME-WAIT is left (RFC 9293 section 3.6.1, MUST-13).
    pub(super) fn enter_time_wait(&mut self, now: Time, cause: Cause) {
        self.enter(now, State::TimeWait, cause);
        self.timers = Timers::default();
        self.timers.set(Timer::Linger, now + self.origin.config.time_wait);
        self.notify(Notice::Finished);
    }

    /// The connection is gone.
    pub(super) fn end(&mut self, now: Time, reason: CloseReason, cause: Cause) {
        self.enter(now, State::Closed, cause);
        self.timers = Timers::default();
        let counts = self.counts;
        self.tell(now, cause, |_| What::Closed { reason: reason.clone(), counts });
        self.ended = Some(reason.clone());
        self.notify(Notice::Closed(reason));
    }

    /// Segments are dropped, for this reason.
    pub(super) fn discard(&mut self, now: Time, train: &Train, cause: Cause) {
        self.counts.discarded += train.count() as u64;
        let peer = self.origin.peer;
        self.tell_each(now, train, cause, |segment| What::Discarded { peer, segment: Some(segment) });
    }

    /// Segments came from the peer's address with our ports.
    pub(super) fn heard(&mut self, now: Time, train: &Train) {
        self.counts.segments_received += train.count() as u64;
        if let Some(unproven) = &mut self.unproven {
            unproven.allowance += AMPLIFICATION * train.encoded_len();
        }
        self.tell_each(now, train, Cause::SegmentArrived, |segment| What::Received { segment });
    }

    /// Keeps the retransmission and persist timers true to what is outstanding: never both.
    pub(super) fn arm(&mut self, now: Time) {
        let closed = self.sender.is_window_closed();
        if closed || !self.sender.has_work() || self.ended.is_some() {
            self.timers.stop(Timer::Retransmit);
        } else if !self.sender.in_flight().is_empty() && self.timers.due(Timer::Retransmit).is_none() {
            self.set_retransmit(now);
        }
        self.arm_tail_probe(now);
        let next = self.sender.next(self.congestion_window());
        // With nothing in flight no ACK will come by itself: a silly window is overridden by this timer, too.
        // (MUST-60: nor is what no one pushes held back for ever.)
        let stalled = !self.arm_cork(now, next)
            && self.sender.in_flight().is_empty()
            && matches!(next, Next::Full(_) | Next::Gathering);
        if self.ended.is_none() && (closed || stalled) {
            if self.timers.due(Timer::Persist).is_none() {
                self.set_persist(now);
            }
        } else {
            self.timers.stop(Timer::Persist);
        }
        let held_back = match next {
            Next::Send { start, end, .. } => self.held_back_until(now, end.since(start)),
            _ => None,
        };
        match held_back {
            Some(until) => self.timers.set(Timer::Pace, until),
            None => self.timers.stop(Timer::Pace),
        }
        let goes = matches!(next, Next::Send { .. }) && held_back.is_none();
        self.may_send = goes || self.acks.is_due() || self.origin.observed;
        self.arm_keep_alive(now);
    }
}

/// After a lost SYN the initial window is one segment (RFC 5681 3.1); a SYN that timed out just once may have been late
/// rather than lost, and changes nothing (RFC 6928 2).
fn make_controller(origin: &Origin, mss: u16, syn_timeouts: u32) -> Box<dyn Controller> {
    let mut parameters = origin.config.congestion(mss, origin.dice);
    if syn_timeouts > 1 {
        parameters.initial_window = f64::from(parameters.smss);
    }
    match &origin.make_controller {
        Some(make) => make(parameters),
        None => origin.config.algorithm.build(parameters),
    }
}

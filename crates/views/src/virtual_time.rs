//! What runs in virtual time are made of: endpoints, each with its link, and a clock that someone else moves.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lucid_conn::engine::{Codepoint, ConnId, Endpoint, Input, Notice, Output, Recorder, Reply, Setup, Time};
use lucid_sim::{Link, Packet};
use lucid_wire::PseudoHeader;

use crate::compare::SimulationError;

/// A datagram on its way.
#[derive(Clone)]
pub(crate) struct Datagram {
    to: SocketAddr,
    bytes: Vec<u8>,
    ecn: Codepoint,
    has_text: bool,
    /// What the line carries besides.
    overhead: usize,
}

impl Packet for Datagram {
    fn len(&self) -> usize {
        self.bytes.len() + self.overhead
    }

    fn is_data(&self) -> bool {
        self.has_text
    }

    fn corrupt(&mut self, bit: usize) {
        // A bit of what UDP and IP add is as bad as one of the segment's.
        let bit = bit % (8 * self.bytes.len().max(1));
        if let Some(byte) = self.bytes.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
    }

    fn mark(&mut self) -> bool {
        let marked = self.ecn.marked();
        self.ecn = marked.unwrap_or(self.ecn);
        marked.is_some()
    }
}

/// A recording in memory.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Vec<u8>>>);

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An endpoint, and the link that what it sends goes through.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    pub(crate) endpoint: Endpoint,
    link: Link<Datagram>,
    overhead: usize,
    recorder: Option<(Recorder, Tape)>,
    /// What the application has yet to hear.
    pub(crate) notices: VecDeque<(ConnId, Notice)>,
    wait: Option<Time>,
}

impl Host {
    /// An endpoint that sends through `link`, whose line carries `overhead` bytes with each segment.
    pub(crate) fn new(address: SocketAddr, setup: Setup, link: Link<Datagram>, overhead: usize) -> Self {
        let (endpoint, notices) = (Endpoint::new(setup), VecDeque::new());
        Self { address, endpoint, link, overhead, recorder: None, notices, wait: None }
    }

    /// The same, recorded.
    pub(crate) fn recorded(
        address: SocketAddr,
        setup: Setup,
        link: Link<Datagram>,
        overhead: usize,
    ) -> io::Result<Self> {
        let tape = Tape::default();
        let recorder = Recorder::new(Box::new(tape.clone()), &setup)?;
        Ok(Self { recorder: Some((recorder, tape)), ..Self::new(address, setup, link, overhead) })
    }

    /// One input, and all that follows from it.
    pub(crate) fn input(&mut self, now: Time, input: Input) -> Result<Reply, SimulationError> {
        if let Some((recorder, _)) = &mut self.recorder {
            recorder.input(now, &input)?;
        }
        let reply = self.endpoint.handle(now, input).map_err(|_| SimulationError::Stopped);
        self.drain(now)?;
        reply
    }

    fn drain(&mut self, now: Time) -> Result<(), SimulationError> {
        loop {
            match self.endpoint.poll(now) {
                Output::Transmit { to, train, ecn, .. } => {
                    if let Some((recorder, _)) = &mut self.recorder {
                        recorder.sent(now, to, &train, ecn)?;
                    }
                    for segment in train.segments() {
                        let (mut bytes, has_text) = (Vec::new(), !segment.payload.is_empty());
                        segment.encode(&PseudoHeader::None, &mut bytes);
                        let datagram = Datagram { to, bytes, ecn, has_text, overhead: self.overhead };
                        let _what_goes_wrong_shows = self.link.push(since_start(now), datagram);
                    }
                }
                Output::Notice { conn, notice } => self.notices.push_back((conn, notice)),
                Output::Event(_) => {}
                Output::Wait(until) => {
                    if let Some((recorder, _)) = &mut self.recorder {
                        recorder.drained(now)?;
                    }
                    self.wait = until;
                    return Ok(());
                }
            }
        }
    }

    /// What has come through its link by now: for whom, and what goes into that endpoint.
    pub(crate) fn pop(&mut self, now: Time) -> Option<(SocketAddr, Input)> {
        let Datagram { to, bytes, ecn, .. } = self.link.pop(since_start(now))?;
        Some((to, Input::datagram(self.address, bytes.into(), ecn)))
    }

    /// Its timers, as far as they are due.
    pub(crate) fn expire(&mut self, now: Time) -> Result<(), SimulationError> {
        if self.wait.is_some_and(|at| at <= now) {
            self.input(now, Input::Tick)?;
        }
        Ok(())
    }

    /// When something happens by itself.
    pub(crate) fn next(&self) -> Option<Time> {
        let arrival = self.link.next_delivery().map(|at| Time::ZERO + at);
        [self.wait, arrival].into_iter().flatten().min()
    }

    /// What was recorded; nothing, if it wasn't.
    pub(crate) fn recording(self) -> io::Result<Vec<u8>> {
        let Some((recorder, tape)) = self.recorder else { return Ok(Vec::new()) };
        recorder.finish()?;
        let recorded = tape.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(recorded.clone())
    }
}

fn since_start(now: Time) -> Duration {
    Duration::from_nanos(now.as_nanos())
}

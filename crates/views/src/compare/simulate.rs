//! A transfer in virtual time: two endpoints, a link each way, a clock that jumps from one thing that happens to the next.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, CloseReason, Codepoint, Config, ConnId, Endpoint, Input, Notice, Output, Recorder, Reply, Setup,
    Time,
};
use lucid_sim::{Faults, Link, Packet, split_seed};
use lucid_wire::PseudoHeader;
use thiserror::Error;

use crate::follow::FollowError;
use crate::run::{Keep, Run, Story};

const PORT: u16 = 80;
/// What UDP and IPv4 add to each datagram on the line.
const OVERHEAD: usize = 28;
/// The application writes and reads so much at a time.
const CHUNK: usize = 64 << 10;

/// A transfer to be run.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// How both ends behave.
    pub config: Config,
    /// The way there, and the way back.
    pub link: [Faults; 2],
    /// How much is sent.
    pub bytes: usize,
    /// What all that is drawn comes from.
    pub seed: u64,
    /// It is broken off after so long, in virtual time.
    pub limit: Duration,
}

/// Why a simulation told no story.
#[derive(Debug, Error)]
pub enum SimulationError {
    /// It took longer than it may.
    #[error("the transfer had not ended after {0:?} of the run")]
    TooLong(Duration),
    /// The connection ended before all had arrived.
    #[error("the connection ended before all had arrived: {0}")]
    GivenUp(CloseReason),
    /// Nothing more would ever happen.
    #[error("the transfer came to a stop")]
    Stopped,
    /// What was recorded can't be told.
    #[error(transparent)]
    Unreadable(#[from] FollowError),
    /// The recording could not be made.
    #[error(transparent)]
    Io(#[from] io::Error),
}

#[derive(Clone)]
struct Datagram {
    bytes: Vec<u8>,
    ecn: Codepoint,
    has_text: bool,
}

impl Packet for Datagram {
    fn len(&self) -> usize {
        self.bytes.len() + OVERHEAD
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

struct Side {
    address: SocketAddr,
    endpoint: Endpoint,
    link: Link<Datagram>,
    recorder: Option<Recorder>,
    notices: VecDeque<(ConnId, Notice)>,
    wait: Option<Time>,
}

impl Simulation {
    /// Runs it, and tells what the sending end lived through.
    ///
    /// # Errors
    /// If it doesn't come to its end.
    pub fn run(&self) -> Result<Story, SimulationError> {
        let tape = Tape::default();
        let [there, back] = &self.link;
        let mut sender =
            self.side(SocketAddr::from(([10, 0, 0, 1], 1111)), there, "sender", Some(tape.clone()))?;
        let mut receiver = self.side(SocketAddr::from(([10, 0, 0, 2], 2222)), back, "receiver", None)?;
        self.transfer(&mut sender, &mut receiver)?;
        if let Some(recorder) = sender.recorder.take() {
            recorder.finish()?;
        }
        let recording = tape.0.lock().unwrap_or_else(PoisonError::into_inner);
        let run = Run::read(recording.as_slice(), Keep::default())?;
        run.stories.into_iter().next().ok_or(SimulationError::Stopped)
    }

    fn side(
        &self,
        address: SocketAddr,
        faults: &Faults,
        label: &str,
        tape: Option<Tape>,
    ) -> Result<Side, SimulationError> {
        let secret = u128::from(split_seed(self.seed, label)).to_le_bytes();
        let setup = Setup { config: self.config.clone(), secret, max_connections: 1 };
        let recorder = tape.map(|tape| Recorder::new(Box::new(tape), &setup)).transpose()?;
        let link = Link::new(faults.clone(), split_seed(self.seed, label));
        let endpoint = Endpoint::new(setup);
        Ok(Side { address, endpoint, link, recorder, notices: VecDeque::new(), wait: None })
    }

    fn transfer(&self, sender: &mut Side, receiver: &mut Side) -> Result<(), SimulationError> {
        let mut now = Time::ZERO;
        receiver.input(now, Input::Listen { port: PORT, backlog: 1 })?;
        let peer = receiver.address;
        let Reply::Opened(conn) = sender.input(now, Input::Connect { peer, port: PORT })? else {
            return Err(SimulationError::Stopped);
        };
        let mut work = Work { left: self.bytes, sent_all: false, incoming: None };
        loop {
            if work.go_on(now, (sender, conn), receiver)? {
                return Ok(());
            }
            let next = [sender.next(), receiver.next()].into_iter().flatten().min();
            now = now.max(next.ok_or(SimulationError::Stopped)?);
            if now > Time::ZERO + self.limit {
                return Err(SimulationError::TooLong(self.limit));
            }
            deliver(now, sender, receiver)?;
            deliver(now, receiver, sender)?;
            sender.expire(now)?;
            receiver.expire(now)?;
        }
    }
}

/// What both applications have yet to do.
struct Work {
    left: usize,
    sent_all: bool,
    /// The receiver's end of the connection.
    incoming: Option<ConnId>,
}

impl Work {
    /// Both do what they can now. Says whether the sender's connection has ended.
    fn go_on(
        &mut self,
        now: Time,
        (sender, conn): (&mut Side, ConnId),
        receiver: &mut Side,
    ) -> Result<bool, SimulationError> {
        while self.left > 0 {
            let room = sender.endpoint.room(conn).min(self.left).min(CHUNK);
            if room == 0 {
                // Only who is refused something hears when there is room again; and there is a next moment in any case.
                break;
            }
            let write = Call::Write(Bytes::from(vec![0; room]));
            match sender.input(now, Input::Call { conn, call: write })? {
                Reply::Written(0) => break,
                Reply::Written(taken) => self.left -= taken,
                _ => return Err(SimulationError::Stopped),
            }
        }
        if self.left == 0 && !self.sent_all {
            self.sent_all = true;
            sender.input(now, Input::Call { conn, call: Call::Shutdown })?;
        }
        while let Some((id, notice)) = receiver.notices.pop_front() {
            match notice {
                Notice::Acceptable => {
                    if let Reply::Accepted(Some(id)) = receiver.input(now, Input::Accept { listener: id })? {
                        self.incoming = Some(id);
                        read_all(now, receiver, id)?;
                    }
                }
                Notice::Readable => read_all(now, receiver, id)?,
                _ => {}
            }
        }
        let mut has_ended = false;
        while let Some((_, notice)) = sender.notices.pop_front() {
            match notice {
                Notice::Closed(reason) if reason != CloseReason::Finished => {
                    return Err(SimulationError::GivenUp(reason));
                }
                Notice::Closed(_) | Notice::Finished => has_ended = true,
                _ => {}
            }
        }
        Ok(has_ended)
    }
}

fn read_all(now: Time, receiver: &mut Side, conn: ConnId) -> Result<(), SimulationError> {
    loop {
        match receiver.input(now, Input::Call { conn, call: Call::Read { max: CHUNK } }) {
            Ok(Reply::Data(data)) if !data.is_empty() => {}
            Ok(Reply::EndOfStream) => {
                let _already_closed = receiver.input(now, Input::Call { conn, call: Call::Release });
                return Ok(());
            }
            _ => return Ok(()),
        }
    }
}

/// What `from` sent, as far as it has come by now.
fn deliver(now: Time, from: &mut Side, to: &mut Side) -> Result<(), SimulationError> {
    while let Some(datagram) = from.link.pop(Duration::from_nanos(now.as_nanos())) {
        to.input(now, Input::datagram(from.address, datagram.bytes.into(), datagram.ecn))?;
    }
    Ok(())
}

impl Side {
    /// One input, and all that follows from it.
    fn input(&mut self, now: Time, input: Input) -> Result<Reply, SimulationError> {
        if let Some(recorder) = &mut self.recorder {
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
                    if let Some(recorder) = &mut self.recorder {
                        recorder.sent(now, to, &train, ecn)?;
                    }
                    for segment in train.segments() {
                        let (mut bytes, has_text) = (Vec::new(), !segment.payload.is_empty());
                        segment.encode(&PseudoHeader::None, &mut bytes);
                        let datagram = Datagram { bytes, ecn, has_text };
                        let _what_goes_wrong_shows =
                            self.link.push(Duration::from_nanos(now.as_nanos()), datagram);
                    }
                }
                Output::Notice { conn, notice } => self.notices.push_back((conn, notice)),
                Output::Event(_) => {}
                Output::Wait(until) => {
                    if let Some(recorder) = &mut self.recorder {
                        recorder.drained(now)?;
                    }
                    self.wait = until;
                    return Ok(());
                }
            }
        }
    }

    fn expire(&mut self, now: Time) -> Result<(), SimulationError> {
        if self.wait.is_some_and(|at| at <= now) {
            self.input(now, Input::Tick)?;
        }
        Ok(())
    }

    /// When something happens by itself.
    fn next(&self) -> Option<Time> {
        let arrival = self.link.next_delivery().map(|at| Time::ZERO + at);
        [self.wait, arrival].into_iter().flatten().min()
    }
}

//! A transfer in virtual time: two endpoints, a link each way, a clock that jumps from one thing that happens to the next.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{Call, CloseReason, Config, ConnId, Input, Notice, Reply, Setup, Time};
use lucid_sim::{Faults, Link, split_seed};
use thiserror::Error;

use crate::follow::FollowError;
use crate::run::{Keep, Run, Story};
use crate::virtual_time::{Datagram, Host};

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

impl Simulation {
    /// Runs it, and tells what the sending end lived through.
    ///
    /// # Errors
    /// If it doesn't come to its end.
    pub fn run(&self) -> Result<Story, SimulationError> {
        let [there, back] = &self.link;
        let (setup, link) = self.side(there, "sender");
        let mut sender = Host::recorded(SocketAddr::from(([10, 0, 0, 1], 1111)), setup, link, OVERHEAD)?;
        let (setup, link) = self.side(back, "receiver");
        let mut receiver = Host::new(SocketAddr::from(([10, 0, 0, 2], 2222)), setup, link, OVERHEAD);
        self.transfer(&mut sender, &mut receiver)?;
        let recording = sender.recording()?;
        let run = Run::read(recording.as_slice(), Keep::default())?;
        run.stories.into_iter().next().ok_or(SimulationError::Stopped)
    }

    fn side(&self, faults: &Faults, label: &str) -> (Setup, Link<Datagram>) {
        let secret = u128::from(split_seed(self.seed, label)).to_le_bytes();
        let setup = Setup { config: self.config.clone(), secret, max_connections: 1 };
        (setup, Link::new(faults.clone(), split_seed(self.seed, label)))
    }

    fn transfer(&self, sender: &mut Host, receiver: &mut Host) -> Result<(), SimulationError> {
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
        (sender, conn): (&mut Host, ConnId),
        receiver: &mut Host,
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

fn read_all(now: Time, receiver: &mut Host, conn: ConnId) -> Result<(), SimulationError> {
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
fn deliver(now: Time, from: &mut Host, to: &mut Host) -> Result<(), SimulationError> {
    while let Some((_, input)) = from.pop(now) {
        to.input(now, input)?;
    }
    Ok(())
}

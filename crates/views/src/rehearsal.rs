//! Clients that ask, and a server that answers them, in virtual time: both ends recorded.
//!
//! It is a run over real sockets without the sockets: the same engines, the same links with the same seeds, and a clock that
//! jumps from one thing that happens to the next. So it is the same each time, down to the last bit.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{Call, CloseReason, Config, ConnId, Input, Notice, Reply, Setup, Time};
use lucid_sim::{Faults, Link, split_seed};

use crate::compare::SimulationError;
use crate::run::{Keep, Run};
use crate::virtual_time::{Datagram, Host};

/// The server's UDP address.
const SERVER: ([u8; 4], u16) = ([127, 0, 0, 1], 12345);
/// The clients'; the first one's port is the next.
const CLIENT: ([u8; 4], u16) = ([127, 0, 0, 2], 40000);
const BACKLOG: usize = 16;
/// Clients of one round are started one after the other, as a shell starts programs.
const STAGGER: Duration = Duration::from_millis(15);
/// The application writes and reads so much at a time.
const CHUNK: usize = 64 << 10;

/// How one end behaves.
#[derive(Clone, Debug)]
pub struct Party {
    /// Its TCP.
    pub config: Config,
    /// What becomes of what it sends.
    pub faults: Faults,
    /// What that is drawn from.
    pub seed: u64,
}

/// What a client asks for, and what it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The length of the question, in bytes.
    pub question: usize,
    /// The lengths of the answer's parts: what is written and flushed at once, so that the next begins a segment.
    pub answer: Vec<usize>,
}

/// A client: what it asks, one after the other over one connection.
#[derive(Clone, Debug)]
pub struct Guest {
    /// How it behaves.
    pub party: Party,
    /// What it asks.
    pub exchanges: Vec<Exchange>,
}

/// What is to happen.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// How the server behaves.
    pub server: Party,
    /// Its clients: rounds, one after the other, of clients that begin all but at once.
    pub rounds: Vec<Vec<Guest>>,
    /// It is broken off after so long, in virtual time.
    pub limit: Duration,
}

impl Rehearsal {
    /// Runs it; what both ends lived through: the server first, then the clients, in the order of the rounds.
    ///
    /// # Errors
    /// If it doesn't come to its end.
    pub fn run(&self) -> Result<Vec<Run>, SimulationError> {
        let mut server = Server::open(self)?;
        let mut gone = Vec::new();
        let mut now = Time::ZERO;
        for round in &self.rounds {
            let mut visits: Vec<Visit> = Vec::new();
            let mut waiting = round.iter().zip(gone.len()..).peekable();
            let mut starts = now;
            loop {
                if starts <= now
                    && let Some((guest, number)) = waiting.next()
                {
                    visits.push(Visit::begin(now, guest, number, server.host.address)?);
                    starts = now + STAGGER;
                }
                if waiting.peek().is_none() && visits.iter().all(Visit::is_over) {
                    break;
                }
                let hosts = std::iter::once(&server.host).chain(visits.iter().map(|visit| &visit.host));
                let next = hosts.filter_map(Host::next).chain(waiting.peek().map(|_| starts)).min();
                now = now.max(next.ok_or(SimulationError::Stopped)?);
                if now > Time::ZERO + self.limit {
                    return Err(SimulationError::TooLong(self.limit));
                }
                step(now, &mut server, &mut visits)?;
            }
            gone.extend(visits.into_iter().map(|visit| visit.host));
        }
        let hosts = std::iter::once(server.host).chain(gone);
        hosts.map(|host| Ok(Run::read(host.recording()?.as_slice(), Keep::default())?)).collect()
    }
}

/// All that happens at one time.
fn step(now: Time, server: &mut Server, visits: &mut [Visit]) -> Result<(), SimulationError> {
    while let Some((to, input)) = server.host.pop(now) {
        if let Some(visit) = visits.iter_mut().find(|visit| visit.host.address == to) {
            visit.host.input(now, input)?;
            visit.go_on(now)?;
        }
    }
    for visit in &mut *visits {
        while let Some((_, input)) = visit.host.pop(now) {
            server.host.input(now, input)?;
            server.go_on(now)?;
        }
        visit.host.expire(now)?;
        visit.go_on(now)?;
    }
    server.host.expire(now)?;
    server.go_on(now)
}

fn host(address: SocketAddr, party: &Party, label: &str) -> Result<Host, SimulationError> {
    let Party { config, faults, seed } = party;
    let secret = u128::from(split_seed(*seed, label)).to_le_bytes();
    let setup = Setup { config: config.clone(), secret, max_connections: BACKLOG };
    // As the driver's own links are seeded.
    let link: Link<Datagram> = Link::new(faults.clone(), split_seed(*seed, "outgoing"));
    Ok(Host::recorded(address, setup, link, 0)?)
}

/// What an application has yet to write.
#[derive(Default)]
struct Pen {
    left: Vec<usize>,
}

impl Pen {
    /// Writes what there is room for; each part in a call of its own.
    fn write(&mut self, now: Time, host: &mut Host, conn: ConnId) -> Result<(), SimulationError> {
        while let Some(part) = self.left.first_mut() {
            let piece = host.endpoint.room(conn).min(*part).min(CHUNK);
            // Only who is refused something hears when there is room again.
            let call = Call::Write(Bytes::from(vec![b'.'; piece.max(1)]));
            let Reply::Written(taken) = host.input(now, Input::Call { conn, call })? else {
                return Err(SimulationError::Stopped);
            };
            if taken == 0 {
                return Ok(());
            }
            *part = part.saturating_sub(taken);
            if *part == 0 {
                self.left.remove(0);
            }
        }
        Ok(())
    }
}

/// Reads all that has come: how much, and whether the peer has finished.
fn read(now: Time, host: &mut Host, conn: ConnId) -> Result<(usize, bool), SimulationError> {
    let mut bytes = 0;
    loop {
        match host.input(now, Input::Call { conn, call: Call::Read { max: CHUNK } })? {
            Reply::Data(data) if !data.is_empty() => bytes += data.len(),
            Reply::EndOfStream => return Ok((bytes, true)),
            _ => return Ok((bytes, false)),
        }
    }
}

fn let_go(now: Time, host: &mut Host, conn: ConnId) -> Result<(), SimulationError> {
    host.input(now, Input::Call { conn, call: Call::Shutdown })?;
    host.input(now, Input::Call { conn, call: Call::Release })?;
    Ok(())
}

/// A client under way.
struct Visit {
    host: Host,
    conn: ConnId,
    exchanges: std::vec::IntoIter<Exchange>,
    pen: Pen,
    /// How much of the answer is still to come.
    awaited: usize,
    has_begun: bool,
    has_let_go: bool,
}

impl Visit {
    fn begin(now: Time, guest: &Guest, number: usize, server: SocketAddr) -> Result<Self, SimulationError> {
        let (ip, port) = CLIENT;
        let address = SocketAddr::from((ip, port + 1 + u16::try_from(number).unwrap_or(0)));
        let mut host = host(address, &guest.party, &format!("client {number}"))?;
        let connect = Input::Connect { peer: server, port: server.port() };
        let Reply::Opened(conn) = host.input(now, connect)? else { return Err(SimulationError::Stopped) };
        let exchanges = guest.exchanges.clone().into_iter();
        Ok(Self {
            host,
            conn,
            exchanges,
            pen: Pen::default(),
            awaited: 0,
            has_begun: false,
            has_let_go: false,
        })
    }

    fn is_over(&self) -> bool {
        self.has_let_go && self.host.endpoint.connections() == 0
    }

    /// The application does what it can now.
    fn go_on(&mut self, now: Time) -> Result<(), SimulationError> {
        while let Some((conn, notice)) = self.host.notices.pop_front() {
            match notice {
                Notice::Connected => self.ask(now)?,
                Notice::Writable => self.pen.write(now, &mut self.host, conn)?,
                Notice::Readable if !self.has_let_go => {
                    let (bytes, _) = read(now, &mut self.host, conn)?;
                    self.awaited = self.awaited.saturating_sub(bytes);
                    if self.has_begun && self.awaited == 0 {
                        self.ask(now)?;
                    }
                }
                Notice::Closed(reason) if reason != CloseReason::Finished => {
                    return Err(SimulationError::GivenUp(reason));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The next question; after the last, the end.
    fn ask(&mut self, now: Time) -> Result<(), SimulationError> {
        self.has_begun = true;
        let Some(Exchange { question, answer }) = self.exchanges.next() else {
            self.has_let_go = true;
            return let_go(now, &mut self.host, self.conn);
        };
        self.awaited = answer.iter().sum();
        self.pen.left.push(question);
        self.pen.write(now, &mut self.host, self.conn)
    }
}

/// The server, and whom it serves.
struct Server {
    host: Host,
    /// What its clients will ask, in the order in which they come.
    expected: std::vec::IntoIter<Vec<Exchange>>,
    served: Vec<Served>,
}

/// One of its connections.
struct Served {
    conn: ConnId,
    exchanges: std::vec::IntoIter<Exchange>,
    /// The question that is coming in, and how much of it is still to come.
    coming: Option<(usize, Exchange)>,
    pen: Pen,
}

impl Server {
    fn open(rehearsal: &Rehearsal) -> Result<Self, SimulationError> {
        let mut host = host(SocketAddr::from(SERVER), &rehearsal.server, "server")?;
        host.input(Time::ZERO, Input::Listen { port: SERVER.1, backlog: BACKLOG })?;
        let guests = rehearsal.rounds.iter().flatten();
        let expected: Vec<_> = guests.map(|guest| guest.exchanges.clone()).collect();
        Ok(Self { host, expected: expected.into_iter(), served: Vec::new() })
    }

    fn go_on(&mut self, now: Time) -> Result<(), SimulationError> {
        while let Some((conn, notice)) = self.host.notices.pop_front() {
            match notice {
                Notice::Acceptable => {
                    if let Reply::Accepted(Some(conn)) =
                        self.host.input(now, Input::Accept { listener: conn })?
                    {
                        let mut exchanges = self.expected.next().unwrap_or_default().into_iter();
                        let coming = exchanges.next().map(|exchange| (exchange.question, exchange));
                        self.served.push(Served { conn, exchanges, coming, pen: Pen::default() });
                        self.serve(now, conn)?;
                    }
                }
                Notice::Readable => self.serve(now, conn)?,
                Notice::Writable => {
                    if let Some(served) = self.served.iter_mut().find(|served| served.conn == conn) {
                        served.pen.write(now, &mut self.host, conn)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads a question, and answers it once it is whole.
    fn serve(&mut self, now: Time, conn: ConnId) -> Result<(), SimulationError> {
        let Some(place) = self.served.iter().position(|served| served.conn == conn) else { return Ok(()) };
        let (mut bytes, has_ended) = read(now, &mut self.host, conn)?;
        let served = &mut self.served[place];
        while let Some((missing, exchange)) = served.coming.take() {
            let taken = bytes.min(missing);
            bytes -= taken;
            if taken < missing {
                served.coming = Some((missing - taken, exchange));
                break;
            }
            served.coming = served.exchanges.next().map(|exchange| (exchange.question, exchange));
            served.pen.left.extend(exchange.answer);
            served.pen.write(now, &mut self.host, conn)?;
        }
        if has_ended {
            self.served.remove(place);
            let_go(now, &mut self.host, conn)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

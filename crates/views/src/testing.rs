//! A run for tests: a server sends a client some data over a line that loses what it is told to lose, in virtual time.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, Codepoint, Config, ConnId, Endpoint, Event, Input, Notice, Output, Profile, Recorder, Reply, Setup,
    Time, What,
};
use lucid_wire::{Flags, PseudoHeader};

const CLIENT: &str = "10.1.1.1:40000";
const SERVER: &str = "10.2.2.2:80";
const DELAY: Duration = Duration::from_millis(10);
const PATIENCE: Time = Time::from_millis(60_000);

/// What there is of the run.
pub(crate) struct Lived {
    pub(crate) client: Vec<u8>,
    pub(crate) server: Vec<u8>,
    /// The same two, with payload left out.
    pub(crate) without_payload: [Vec<u8>; 2],
    /// What the server's engine told.
    pub(crate) events: Vec<Event>,
}

impl Lived {
    /// How many segments the server sent again.
    pub(crate) fn resent(&self) -> usize {
        let again = |event: &&Event| matches!(event.what, What::Sent { retransmission: 1.., .. });
        self.events.iter().filter(again).count()
    }
}

/// Lets a server send `bytes` bytes; of its segments with data those with these numbers, from 0, are lost.
pub(crate) fn run(bytes: usize, lost: &[usize]) -> Lived {
    let mut client = Host::new(CLIENT, Vec::new(), Duration::from_secs(3));
    let mut server = Host::new(SERVER, vec![7; bytes], Duration::ZERO);
    let mut now = Time::ZERO;
    server.handle(now, Input::Listen { port: 80, backlog: 1 });
    client.handle(now, Input::Connect { peer: server.address, port: 80 });
    let mut data_segments = 0;
    while now < PATIENCE {
        for (to, datagram, is_data) in server.drain(now) {
            assert_eq!(to, client.address);
            data_segments += usize::from(is_data);
            if !is_data || !lost.contains(&(data_segments - 1)) {
                client.coming.push_back((now + DELAY, datagram));
            }
        }
        for (to, datagram, _) in client.drain(now) {
            assert_eq!(to, server.address);
            server.coming.push_back((now + DELAY, datagram));
        }
        let Some(next) = [client.due(), server.due()].into_iter().flatten().min() else { break };
        now = now.max(next);
        client.catch_up(now, server.address);
        server.catch_up(now, client.address);
    }
    let (client, client_without, _) = client.finish();
    let (server, server_without, events) = server.finish();
    Lived { client, server, without_payload: [client_without, server_without], events }
}

struct Host {
    address: SocketAddr,
    /// How much longer its clock has run than others'.
    ahead: Duration,
    engine: Endpoint,
    /// With payload, and without.
    recorders: [Recorder; 2],
    recordings: [Memory; 2],
    coming: VecDeque<(Time, Vec<u8>)>,
    tick: Option<Time>,
    to_send: Vec<u8>,
    events: Vec<Event>,
}

impl Host {
    fn new(address: &str, to_send: Vec<u8>, ahead: Duration) -> Self {
        let time_wait = Duration::from_millis(100);
        let config = Config { time_wait, ..Config::new(Profile::Modern) };
        let setup = Setup { config, secret: *b"sixteen bytes...", max_connections: 10 };
        let recordings = [Memory::default(), Memory::default()];
        let recorders = [
            Recorder::new(Box::new(recordings[0].clone()), &setup).unwrap(),
            Recorder::without_payload(Box::new(recordings[1].clone()), &setup).unwrap(),
        ];
        let mut engine = Endpoint::new(setup);
        engine.observe(true);
        let address = address.parse().unwrap();
        let (coming, events) = (VecDeque::new(), Vec::new());
        Self { address, ahead, engine, recorders, recordings, coming, tick: None, to_send, events }
    }

    fn handle(&mut self, now: Time, input: Input) -> Option<Reply> {
        let now = now + self.ahead;
        self.recorders.iter_mut().for_each(|recorder| recorder.input(now, &input).unwrap());
        self.engine.handle(now, input).ok()
    }

    /// What it sends now: to whom, and whether there is data in it.
    fn drain(&mut self, now: Time) -> Vec<(SocketAddr, Vec<u8>, bool)> {
        let mut sent = Vec::new();
        let own = now + self.ahead;
        loop {
            match self.engine.poll(own) {
                Output::Transmit { to, train, ecn, .. } => {
                    for recorder in &mut self.recorders {
                        recorder.sent(own, to, &train, ecn).unwrap();
                    }
                    for segment in train.segments() {
                        let mut datagram = Vec::new();
                        segment.encode(&PseudoHeader::None, &mut datagram);
                        assert!(!segment.header.flags.contains(Flags::RST));
                        sent.push((to, datagram, !segment.payload.is_empty()));
                    }
                }
                Output::Notice { conn, notice } => self.act(now, conn, &notice),
                Output::Event(event) => self.events.push(event),
                Output::Wait(until) => {
                    self.recorders.iter_mut().for_each(|recorder| recorder.drained(own).unwrap());
                    self.tick = until.map(|until| Time::ZERO + (until - (Time::ZERO + self.ahead)));
                    return sent;
                }
            }
        }
    }

    /// The application: who has something to send writes it and closes; who has nothing reads, and closes then.
    fn act(&mut self, now: Time, conn: ConnId, notice: &Notice) {
        let call = |call| Input::Call { conn, call };
        match notice {
            Notice::Acceptable => {
                let accepted = self.handle(now, Input::Accept { listener: conn });
                let Some(Reply::Accepted(Some(conn))) = accepted else { return };
                self.write(now, conn);
            }
            Notice::Writable => self.write(now, conn),
            Notice::Readable => loop {
                match self.handle(now, call(Call::Read { max: 1 << 20 })) {
                    Some(Reply::Data(data)) if !data.is_empty() => {}
                    Some(Reply::EndOfStream) => {
                        self.handle(now, call(Call::Shutdown));
                        self.handle(now, call(Call::Release));
                        return;
                    }
                    _ => return,
                }
            },
            Notice::Finished => {
                self.handle(now, call(Call::Release));
            }
            _ => {}
        }
    }

    fn write(&mut self, now: Time, conn: ConnId) {
        if self.to_send.is_empty() {
            return;
        }
        let data = Bytes::from(self.to_send.clone());
        let Some(Reply::Written(taken)) = self.handle(now, Input::Call { conn, call: Call::Write(data) })
        else {
            return;
        };
        self.to_send.drain(..taken);
        if self.to_send.is_empty() {
            self.handle(now, Input::Call { conn, call: Call::Shutdown });
        }
    }

    fn due(&self) -> Option<Time> {
        [self.tick, self.coming.front().map(|(at, _)| *at)].into_iter().flatten().min()
    }

    fn catch_up(&mut self, now: Time, from: SocketAddr) {
        while self.coming.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, datagram)) = self.coming.pop_front() else { break };
            self.handle(now, Input::datagram(from, datagram.into(), Codepoint::NotEct));
        }
        if self.tick.is_some_and(|tick| tick <= now) {
            self.handle(now, Input::Tick);
        }
    }

    fn finish(self) -> (Vec<u8>, Vec<u8>, Vec<Event>) {
        self.recorders.into_iter().for_each(|recorder| recorder.finish().unwrap());
        let [with, without] = self.recordings.map(|recording| recording.0.lock().unwrap().clone());
        (with, without, self.events)
    }
}

/// A recording of what `act` tells the recorder.
pub(crate) fn record(setup: &Setup, act: impl FnOnce(&mut Recorder)) -> Vec<u8> {
    let memory = Memory::default();
    let mut recorder = Recorder::new(Box::new(memory.clone()), setup).unwrap();
    act(&mut recorder);
    recorder.finish().unwrap();
    memory.0.lock().unwrap().clone()
}

/// A file in memory that can still be read when its recorder is gone.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

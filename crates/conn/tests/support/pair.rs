//! `Pair`: a client and a server endpoint, a link each way, and a clock that only moves when all is said.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, CallError, Codepoint, Config, ConnId, Endpoint, Event, Input, Notice, Output, Recorder, Reply,
    Setup, Time,
};
use lucid_sim::{Faults, Link, Packet, split_seed};
use lucid_wire::{Flags, PseudoHeader, Segment};

use super::ladder::Ladder;

pub const PORT: u16 = 80;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Client,
    Server,
}

impl Who {
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    pub fn address(self) -> SocketAddr {
        match self {
            Self::Client => SocketAddr::from(([10, 0, 0, 1], 1111)),
            Self::Server => SocketAddr::from(([10, 0, 0, 2], 2222)),
        }
    }
}

/// A datagram on the link.
#[derive(Clone, Debug)]
pub struct Datagram(pub Vec<u8>, pub Codepoint);

impl Packet for Datagram {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_data(&self) -> bool {
        self.0.len() > 4 * usize::from(self.0[12] >> 4)
    }

    fn corrupt(&mut self, bit: usize) {
        self.0[bit / 8] ^= 1 << (bit % 8);
    }

    fn mark(&mut self) -> bool {
        let marked = self.1.marked();
        self.1 = marked.unwrap_or(self.1);
        marked.is_some()
    }
}

/// A recording in memory.
#[derive(Clone, Default)]
pub struct Tape(Arc<Mutex<Vec<u8>>>);

impl Tape {
    pub fn contents(&self) -> Vec<u8> {
        self.0.lock().expect("no one fails while writing").clone()
    }
}

impl std::io::Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no one fails while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One endpoint, the link it sends into, and what it has told.
pub struct Side {
    pub endpoint: Endpoint,
    pub link: Link<Datagram>,
    pub notices: VecDeque<(ConnId, Notice)>,
    pub events: Vec<Event>,
    /// Every segment it sent, with its time.
    pub sent: Vec<(Time, Segment)>,
    /// And its codepoint.
    pub codepoints: Vec<Codepoint>,
    /// What went in and came out, if a test wants it recorded.
    recorder: Option<Recorder>,
    setup: Setup,
    wait: Option<Time>,
}

impl Side {
    /// Records everything from now on; to be called before anything else.
    pub fn record(&mut self, into: Tape) {
        self.recorder = Some(Recorder::new(Box::new(into), &self.setup).expect("memory takes it"));
    }

    /// Ends the recording.
    pub fn finish_recording(&mut self) {
        self.recorder.take().expect("it was recorded").finish().expect("memory takes it");
    }

    /// The only way into the endpoint.
    fn handle(&mut self, now: Time, input: Input) -> Result<Reply, CallError> {
        if let Some(recorder) = &mut self.recorder {
            recorder.input(now, &input).expect("memory takes it");
        }
        self.endpoint.handle(now, input)
    }

    /// The only way out.
    fn poll(&mut self, now: Time) -> Output {
        let output = self.endpoint.poll(now);
        if let Some(recorder) = &mut self.recorder {
            match &output {
                Output::Transmit { to, train, ecn, .. } => recorder.sent(now, *to, train, *ecn),
                Output::Wait(_) => recorder.drained(now),
                _ => Ok(()),
            }
            .expect("memory takes it");
        }
        output
    }

    /// When the endpoint wants to be woken.
    pub fn wait(&self) -> Option<Time> {
        self.wait
    }
}

/// Whether this segment, its sender's n-th, is lost.
pub type Lose = Box<dyn FnMut(Who, usize, &Segment) -> bool>;

pub struct Pair {
    pub now: Time,
    client: Side,
    server: Side,
    pub ladder: Ladder,
    /// Segments that a test wants lost: asked for each one, with its sender and its number among all it sent.
    pub lose: Lose,
}

impl Pair {
    /// Both sides alike, on a perfect link of 10 ms each way.
    pub fn new(config: &Config) -> Self {
        let faults = Faults { delay: Duration::from_millis(10), ..Faults::default() };
        Self::over(config, config, &faults, 1)
    }

    pub fn over(client: &Config, server: &Config, faults: &Faults, seed: u64) -> Self {
        let side = |config: &Config, label: &str| {
            let secret = u128::from(split_seed(seed, label)).to_le_bytes();
            let setup = Setup { config: config.clone(), secret, max_connections: 1000 };
            let mut endpoint = Endpoint::new(setup.clone());
            endpoint.observe(true);
            Side {
                endpoint,
                link: Link::new(faults.clone(), split_seed(seed, label)),
                notices: VecDeque::new(),
                events: Vec::new(),
                sent: Vec::new(),
                codepoints: Vec::new(),
                recorder: None,
                setup,
                wait: None,
            }
        };
        Self {
            now: Time::ZERO,
            client: side(client, "client"),
            server: side(server, "server"),
            ladder: Ladder::default(),
            lose: Box::new(|_, _, _| false),
        }
    }

    pub fn side(&mut self, who: Who) -> &mut Side {
        match who {
            Who::Client => &mut self.client,
            Who::Server => &mut self.server,
        }
    }

    /// An application's call, and what follows from it at once.
    pub fn input(&mut self, who: Who, input: Input) -> Result<Reply, CallError> {
        let now = self.now;
        let reply = self.side(who).handle(now, input);
        self.drain(who);
        reply
    }

    pub fn call(&mut self, who: Who, conn: ConnId, call: Call) -> Result<Reply, CallError> {
        self.input(who, Input::Call { conn, call })
    }

    pub fn listen(&mut self) -> ConnId {
        match self.input(Who::Server, Input::Listen { port: PORT, backlog: 16 }) {
            Ok(Reply::Opened(id)) => id,
            other => panic!("listen: {other:?}"),
        }
    }

    pub fn connect(&mut self) -> ConnId {
        let input = Input::Connect { peer: Who::Server.address(), port: PORT };
        match self.input(Who::Client, input) {
            Ok(Reply::Opened(id)) => id,
            other => panic!("connect: {other:?}"),
        }
    }

    pub fn accept(&mut self, listener: ConnId) -> Option<ConnId> {
        match self.input(Who::Server, Input::Accept { listener }) {
            Ok(Reply::Accepted(id)) => id,
            other => panic!("accept: {other:?}"),
        }
    }

    /// Listens, connects, and drives until both sides hold the connection.
    pub fn established(&mut self) -> (ConnId, ConnId) {
        let listener = self.listen();
        let client = self.connect();
        for _ in 0..100 {
            if let Some(server) = self.accept(listener) {
                return (client, server);
            }
            assert!(self.step(), "nothing more happens, and no connection");
        }
        panic!("no connection after 100 steps");
    }

    pub fn write(&mut self, who: Who, conn: ConnId, bytes: &[u8]) -> usize {
        match self.call(who, conn, Call::Write(Bytes::copy_from_slice(bytes))) {
            Ok(Reply::Written(taken)) => taken,
            other => panic!("write: {other:?}"),
        }
    }

    /// All that can be read now, and whether the stream has ended.
    pub fn read(&mut self, who: Who, conn: ConnId) -> (Vec<u8>, bool) {
        let mut all = Vec::new();
        loop {
            match self.call(who, conn, Call::Read { max: usize::MAX }) {
                Ok(Reply::Data(data)) if data.is_empty() => return (all, false),
                Ok(Reply::Data(data)) => all.extend(data.to_vec()),
                Ok(Reply::EndOfStream) => return (all, true),
                other => panic!("read: {other:?}"),
            }
        }
    }

    /// Takes everything that one side has to say.
    fn drain(&mut self, who: Who) {
        let now = self.now;
        loop {
            let side = match who {
                Who::Client => &mut self.client,
                Who::Server => &mut self.server,
            };
            match side.poll(now) {
                Output::Transmit { train, ecn, .. } => {
                    train.segments().for_each(|segment| self.transmit(who, segment, ecn));
                }
                Output::Notice { conn, notice } => side.notices.push_back((conn, notice)),
                Output::Event(event) => side.events.push(event),
                Output::Wait(at) => {
                    side.wait = at;
                    return;
                }
            }
        }
    }

    /// A segment goes onto its way.
    fn transmit(&mut self, who: Who, segment: Segment, ecn: Codepoint) {
        let now = self.now;
        let side = match who {
            Who::Client => &mut self.client,
            Who::Server => &mut self.server,
        };
        let number = side.sent.len();
        let lost = (self.lose)(who, number, &segment);
        let mut bytes = Vec::new();
        segment.encode(&PseudoHeader::None, &mut bytes);
        let verdict = if lost {
            lucid_sim::Verdict { dropped: Some(lucid_sim::DropReason::Scripted), ..Default::default() }
        } else {
            side.link.push(Duration::from_nanos(now.as_nanos()), Datagram(bytes, ecn))
        };
        self.ladder.sent(now, who, &segment, verdict);
        side.sent.push((now, segment));
        side.codepoints.push(ecn);
    }

    /// When the next thing happens by itself.
    pub fn next(&self) -> Option<Time> {
        let sides = [&self.client, &self.server];
        let link = |side: &&Side| side.link.next_delivery().map(|at| Time::ZERO + at);
        sides.iter().filter_map(|side| side.wait).chain(sides.iter().filter_map(link)).min()
    }

    /// Moves the clock to the next thing that happens by itself, and lets it happen. False: nothing will.
    pub fn step(&mut self) -> bool {
        let Some(next) = self.next() else { return false };
        self.now = self.now.max(next);
        let now = self.now;
        for who in Who::BOTH {
            while let Some(datagram) = self.side(who).link.pop(Duration::from_nanos(now.as_nanos())) {
                let to = who.other();
                self.ladder.arrived(now, to, &datagram.0);
                let Datagram(bytes, ecn) = datagram;
                let input = Input::datagram(who.address(), Bytes::from(bytes), ecn);
                self.side(to).handle(now, input).expect("a datagram never fails");
                self.drain(to);
            }
        }
        for who in Who::BOTH {
            if self.side(who).wait.is_some_and(|at| at <= now) {
                self.side(who).handle(now, Input::Tick).expect("time never fails");
                self.drain(who);
            }
        }
        true
    }

    /// Steps until nothing more happens before `until`.
    pub fn run_until(&mut self, until: Time) {
        while self.next().is_some_and(|next| next <= until) {
            self.step();
        }
        self.now = self.now.max(until);
    }

    pub fn run_for(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    /// The segments that one side sent, as the transcript names them: `ACK 1004`, `SYN, ACK 0`.
    pub fn trace(&mut self, who: Who) -> Vec<String> {
        let sent = &self.side(who).sent;
        sent.iter()
            .map(|(_, segment)| format!("{} {}", segment.header.flags, segment.payload.len()))
            .collect()
    }

    /// The times and lengths of the data segments that one side sent.
    pub fn data_sent(&mut self, who: Who) -> Vec<(Time, usize)> {
        let sent = self.side(who).sent.iter();
        sent.filter(|(_, segment)| !segment.payload.is_empty())
            .map(|(at, segment)| (*at, segment.payload.len()))
            .collect()
    }

    pub fn has_notice(&mut self, who: Who, conn: ConnId, wanted: &Notice) -> bool {
        self.side(who).notices.iter().any(|(id, notice)| *id == conn && notice == wanted)
    }
}

/// A segment from nobody's engine, for table tests.
pub fn crafted(flags: Flags, seq: u32, ack: u32, payload: &[u8]) -> Segment {
    use lucid_wire::{Header, Options, SeqNum};
    Segment {
        header: Header {
            source_port: PORT,
            destination_port: PORT,
            sequence: SeqNum::new(seq),
            acknowledgment: SeqNum::new(ack),
            flags,
            window: 65535,
            urgent_pointer: 0,
            options: Options::default(),
        },
        payload: Bytes::copy_from_slice(payload),
    }
}

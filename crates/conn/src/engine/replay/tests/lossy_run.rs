//! A client and a server in virtual time over a lossy link, the client recorded.

use std::net::SocketAddr;
use std::time::Duration;

use lucid_sim::{Faults, Link, Packet, split_seed};
use lucid_wire::PseudoHeader;

use crate::engine::recording::tests::File;
use crate::engine::*;

const HOUR: Duration = Duration::from_secs(3600);

/// How to run.
pub(super) struct LossyRun {
    pub(super) seed: u64,
    /// How many segments the client's socket takes before it has to wait.
    pub(super) socket_takes: usize,
    /// Whether the client is observed.
    pub(super) observe: bool,
    /// The client's congestion controller, if it is one from outside.
    pub(super) controller: Option<MakeController>,
}

impl Default for LossyRun {
    fn default() -> Self {
        Self { seed: 1, socket_takes: usize::MAX, observe: false, controller: None }
    }
}

/// A run that is over.
pub(super) struct Run {
    pub(super) recording: Vec<u8>,
    /// What the client's observer saw.
    pub(super) events: Vec<Event>,
    /// How many more datagrams with data the client sent than there is data for.
    pub(super) retransmissions: usize,
}

#[derive(Clone)]
struct Datagram(Vec<u8>);

impl Packet for Datagram {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_data(&self) -> bool {
        self.0.len() > 40
    }

    fn corrupt(&mut self, bit: usize) {
        self.0[bit / 8] ^= 1 << (bit % 8);
    }
}

/// One endpoint, with the way out of it.
pub(super) struct Side {
    endpoint: Endpoint,
    address: SocketAddr,
    out: Link<Datagram>,
    recorder: Option<Recorder>,
    socket_takes: usize,
    wake_at: Option<Time>,
    data_sent: usize,
    events: Vec<Event>,
}

impl Side {
    fn new(address: &str, seed: u64) -> Self {
        let faults = Faults {
            loss: "10%".parse().unwrap(),
            delay: Duration::from_millis(20),
            jitter: Duration::from_millis(10),
            reorder: "5%".parse().unwrap(),
            duplicate: "5%".parse().unwrap(),
            corrupt: "5%".parse().unwrap(),
            ..Faults::default()
        };
        Self {
            endpoint: Endpoint::new(setup()),
            address: address.parse().unwrap(),
            out: Link::new(faults, split_seed(seed, address)),
            recorder: None,
            socket_takes: usize::MAX,
            wake_at: None,
            data_sent: 0,
            events: Vec::new(),
        }
    }

    pub(super) fn handle(&mut self, now: Time, input: Input) -> Result<Reply, CallError> {
        if let Some(recorder) = &mut self.recorder {
            recorder.input(now, &input).unwrap();
        }
        self.endpoint.handle(now, input)
    }

    /// Sends what the endpoint has to send, until the socket is full.
    pub(super) fn drain(&mut self, now: Time) {
        self.wake_at = Some(now + Duration::from_millis(1));
        let mut room = self.socket_takes;
        while room > 0 {
            match self.endpoint.poll(now) {
                Output::Transmit { to, train, ecn, .. } => {
                    if let Some(recorder) = &mut self.recorder {
                        recorder.sent(now, to, &train, ecn).unwrap();
                    }
                    for segment in train.segments() {
                        let mut datagram = Vec::new();
                        segment.encode(&PseudoHeader::None, &mut datagram);
                        self.data_sent += usize::from(!segment.payload.is_empty());
                        self.out.push(since_start(now), Datagram(datagram));
                        room = room.saturating_sub(1);
                    }
                }
                Output::Event(event) => self.events.push(event),
                Output::Notice { .. } => {}
                Output::Wait(until) => {
                    if let Some(recorder) = &mut self.recorder {
                        recorder.drained(now).unwrap();
                    }
                    self.wake_at = until;
                    break;
                }
            }
        }
    }

    /// Ends its recording.
    pub(super) fn finish(&mut self) {
        self.recorder.take().unwrap().finish().unwrap();
    }

    /// What arrives by now, and the time itself.
    fn take_in(&mut self, now: Time, from: &mut Side) {
        while let Some(Datagram(bytes)) = from.out.pop(since_start(now)) {
            let input = Input::datagram(from.address, bytes.into(), Codepoint::NotEct);
            self.handle(now, input).unwrap();
            self.drain(now);
        }
        if self.wake_at.is_some_and(|at| at <= now) {
            self.handle(now, Input::Tick).unwrap();
        }
        self.drain(now);
    }

    /// When something happens next: to this side, or to what it sent.
    fn next_at(&self) -> Option<Time> {
        let delivery = self.out.next_delivery().map(|at| Time::ZERO + at);
        delivery.into_iter().chain(self.wake_at).min()
    }
}

fn since_start(now: Time) -> Duration {
    now.saturating_since(Time::ZERO)
}

/// A client, and what is recorded of it.
pub(super) fn recorded_client(seed: u64) -> (Side, File) {
    let file = File::default();
    let mut client = Side::new("10.0.0.1:1000", seed);
    client.recorder = Some(Recorder::new(Box::new(file.clone()), &setup()).unwrap());
    (client, file)
}

fn setup() -> Setup {
    // So patient that no bad luck ends a connection.
    let config = Config { r2: HOUR, ..Config::new(Profile::Classic) };
    Setup { config, secret: [7; 16], max_connections: 10 }
}

impl LossyRun {
    const BYTES: usize = 60_000;

    /// The client writes and closes, the server reads and closes; the run ends with the last connection.
    pub(super) fn run(self) -> Run {
        let (mut client, file) = recorded_client(self.seed);
        let mut server = Side::new("10.0.0.2:2000", self.seed);
        client.socket_takes = self.socket_takes;
        if let Some(make) = self.controller {
            client.endpoint = client.endpoint.with_controller(make);
        }
        client.endpoint.observe(self.observe);
        let retransmissions = converse(&mut client, &mut server) - Self::BYTES.div_ceil(1004);
        client.finish();
        Run { recording: file.contents(), events: client.events, retransmissions }
    }
}

/// How many datagrams with data the client needed.
fn converse(client: &mut Side, server: &mut Side) -> usize {
    let mut now = Time::ZERO;
    let listener = opened(server.handle(now, Input::Listen { port: 80, backlog: 8 }));
    let conn = opened(client.handle(now, Input::Connect { peer: server.address, port: 80 }));
    let mut writer = Writer { conn, left: (0..LossyRun::BYTES).map(|n| n as u8).collect(), closed: false };
    let mut reader = Reader { listener, conn: None, read: Vec::new() };
    loop {
        client.take_in(now, server);
        writer.act(now, client);
        client.drain(now);
        server.take_in(now, client);
        reader.act(now, server);
        server.drain(now);

        let over = client.endpoint.connections() + server.endpoint.connections() == 0;
        if over && client.out.in_transit() + server.out.in_transit() == 0 {
            assert!(reader.read == (0..LossyRun::BYTES).map(|n| n as u8).collect::<Vec<_>>());
            return client.data_sent;
        }
        let next = [client.next_at(), server.next_at()].into_iter().flatten().min();
        now = next.expect("a run that isn't over goes on").max(now);
        assert!(now < Time::ZERO + 24 * HOUR, "a run ends within the day");
    }
}

fn opened(reply: Result<Reply, CallError>) -> ConnId {
    match reply.unwrap() {
        Reply::Opened(id) => id,
        other => panic!("{other:?}"),
    }
}

/// The client's application: writes all, as the buffer has room, then lets go.
struct Writer {
    conn: ConnId,
    left: bytes::Bytes,
    closed: bool,
}

impl Writer {
    fn act(&mut self, now: Time, side: &mut Side) {
        let call = |call| Input::Call { conn: self.conn, call };
        if !self.left.is_empty() {
            let offered = self.left.slice(..self.left.len().min(5000));
            if let Ok(Reply::Written(taken)) = side.handle(now, call(Call::Write(offered))) {
                self.left = self.left.slice(taken..);
            }
        } else if !self.closed {
            self.closed = true;
            side.handle(now, call(Call::Release)).unwrap();
        }
    }
}

/// The server's application: accepts, reads to the end, lets go.
struct Reader {
    listener: ConnId,
    conn: Option<ConnId>,
    read: Vec<u8>,
}

impl Reader {
    fn act(&mut self, now: Time, side: &mut Side) {
        if self.conn.is_none() {
            let accepted = side.handle(now, Input::Accept { listener: self.listener });
            self.conn = accepted.ok().and_then(|reply| match reply {
                Reply::Accepted(conn) => conn,
                other => panic!("{other:?}"),
            });
        }
        let Some(conn) = self.conn else { return };
        while let Ok(reply) = side.handle(now, Input::Call { conn, call: Call::Read { max: 1 << 16 } }) {
            match reply {
                Reply::Data(data) if data.is_empty() => break,
                Reply::Data(data) => self.read.extend(data.to_vec()),
                Reply::EndOfStream => {
                    let _ = side.handle(now, Input::Call { conn, call: Call::Release });
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

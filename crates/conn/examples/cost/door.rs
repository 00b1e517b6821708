//! The doors into the engine, and the connection behind them. None is inlined, so that a tool sees what each costs.

use std::collections::VecDeque;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, Codepoint, Config, ConnId, Endpoint, Input, MakeController, Output, PathMtu, Reply, Setup, Time,
};
use lucid_wire::{Flags, Header, Options, PseudoHeader, Segment, SeqNum, Timestamps, Train};
use serde::Serialize;

const PEER: ([u8; 4], u16) = ([10, 0, 0, 2], 2222);
const PORT: u16 = 80;
/// The peer's first number.
const PEER_ISS: SeqNum = SeqNum::new(1_000_000);
/// What Ethernet carries. The path isn't probed: probes would be counted as data.
const MSS: u16 = 1452;
/// How much a segment holds, beside timestamps.
pub(crate) const SEGMENT: u64 = MSS as u64 - 12;

/// How often the engine was asked.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Counts {
    /// Datagrams taken in.
    pub(crate) arrived: u64,
    /// Segments handed out.
    pub(crate) sent: u64,
    /// Times that a timer fired.
    pub(crate) ticks: u64,
    /// How many segments were outstanding, summed over all that arrived.
    pub(crate) windows: u64,
    /// How many gaps there were among them, likewise.
    pub(crate) holes: u64,
}

impl Counts {
    /// So much is outstanding now.
    pub(crate) fn note(&mut self, window: u64, holes: u64) {
        self.windows += window;
        self.holes += holes;
    }
}

/// An endpoint with one connection, to a peer that is not there.
pub(crate) struct Door {
    endpoint: Endpoint,
    conn: ConnId,
    pub(crate) now: Time,
    local_port: u16,
    /// Where the engine's data begins.
    pub(crate) first: SeqNum,
    /// The engine's clock, as its SYN told it.
    clock: Option<u32>,
    pub(crate) counts: Counts,
    /// Segments that left together, and were not looked at yet.
    train: VecDeque<Segment>,
}

/// What follows counts: a tool that counts instructions forgets those before.
#[inline(never)]
fn begin(counts: &mut Counts) {
    *black_box(counts) = Counts::default();
}

/// A segment becomes a datagram.
#[inline(never)]
fn encode(segment: &Segment, datagram: &mut Vec<u8>) {
    segment.encode(&PseudoHeader::None, datagram);
}

/// And a datagram a segment: the engine does it by itself, and this is how much of that it is.
#[inline(never)]
fn decode(datagram: Bytes) -> bool {
    Segment::decode(datagram, &PseudoHeader::None).is_ok()
}

/// A datagram goes in.
#[inline(never)]
fn arrive(endpoint: &mut Endpoint, now: Time, datagram: Input) {
    let _ = endpoint.handle(now, datagram);
}

/// A segment comes out, or nothing more.
#[inline(never)]
fn leave(endpoint: &mut Endpoint, now: Time) -> Output {
    endpoint.poll(now)
}

/// A timer is due.
#[inline(never)]
fn tick(endpoint: &mut Endpoint, now: Time) {
    let _ = endpoint.handle(now, Input::Tick);
}

impl Door {
    /// Opens a connection to the peer, whose window is scaled by so many bits.
    pub(crate) fn open(mut config: Config, make_controller: Option<MakeController>, scale: u8) -> Self {
        let peer = SocketAddr::from(PEER);
        (config.mss, config.path_mtu) = (MSS, PathMtu::Fixed);
        let mut endpoint = Endpoint::new(Setup { config, secret: [7; 16], max_connections: 1 });
        if let Some(make) = make_controller {
            endpoint = endpoint.with_controller(make);
        }
        let now = Time::from_millis(1);
        let Ok(Reply::Opened(conn)) = endpoint.handle(now, Input::Connect { peer, port: PORT }) else {
            panic!("a connection is opened")
        };
        let Output::Transmit { train: Train { header: syn, .. }, .. } = endpoint.poll(now) else {
            panic!("a SYN goes first")
        };
        let mut door = Self {
            endpoint,
            conn,
            now,
            local_port: syn.source_port,
            first: syn.sequence + 1,
            clock: syn.options.timestamps.map(|stamps| stamps.value),
            counts: Counts::default(),
            train: VecDeque::new(),
        };
        let mut answer = door.peer_segment(Flags::SYN | Flags::ACK, 0, door.first);
        let options = &mut answer.header.options;
        (options.mss, options.window_scale, options.sack_permitted) = (Some(MSS), Some(scale), true);
        answer.header.window = u16::MAX;
        door.arrives(&answer);
        while door.next_segment().is_some() {}
        door.counts = Counts::default();
        door
    }

    /// What was done so far doesn't count.
    pub(crate) fn begin(&mut self) {
        begin(&mut self.counts);
    }

    /// A segment of the peer's, `sequence` places behind its ISS.
    pub(crate) fn peer_segment(&self, flags: Flags, sequence: u64, acknowledgment: SeqNum) -> Segment {
        let value = (self.now.as_nanos() / 1_000_000) as u32;
        let header = Header {
            source_port: PORT,
            destination_port: self.local_port,
            sequence: PEER_ISS + sequence as u32,
            acknowledgment,
            flags,
            window: 0,
            urgent_pointer: 0,
            options: Options {
                timestamps: self.clock.map(|echo| Timestamps { value, echo }),
                ..Options::default()
            },
        };
        Segment { header, payload: Bytes::new() }
    }

    /// A segment of the peer's arrives.
    pub(crate) fn arrives(&mut self, segment: &Segment) {
        let mut bytes = Vec::with_capacity(segment.encoded_len());
        encode(segment, &mut bytes);
        let bytes = Bytes::from(bytes);
        assert!(decode(bytes.clone()), "the peer sends segments");
        let input = Input::datagram(PEER.into(), bytes, Codepoint::NotEct);
        arrive(&mut self.endpoint, self.now, input);
        self.counts.arrived += 1;
    }

    /// The next segment that the engine sends now.
    pub(crate) fn next_segment(&mut self) -> Option<Segment> {
        loop {
            if let Some(segment) = self.train.pop_front() {
                return Some(segment);
            }
            match leave(&mut self.endpoint, self.now) {
                Output::Transmit { train, .. } => {
                    self.counts.sent += train.count() as u64;
                    self.train.extend(train.segments());
                }
                Output::Wait(_) => return None,
                _ => {}
            }
        }
    }

    /// Time passes; what is due meanwhile fires.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(due) = self.due().filter(|&due| due <= until) {
            self.now = self.now.max(due);
            self.tick();
            while self.next_segment().is_some() {}
        }
        self.now = until;
    }

    /// When a timer is due.
    pub(crate) fn due(&mut self) -> Option<Time> {
        match self.endpoint.poll(self.now) {
            Output::Wait(at) => at,
            other => panic!("{other:?} after all was said"),
        }
    }

    /// It is.
    pub(crate) fn tick(&mut self) {
        tick(&mut self.endpoint, self.now);
        self.counts.ticks += 1;
    }

    /// The application writes as much as there is room for.
    pub(crate) fn fill(&mut self, zeros: &Bytes) {
        while self.endpoint.room(self.conn) >= zeros.len() {
            self.call(Call::Write(zeros.clone()));
        }
    }

    /// And reads all there is.
    pub(crate) fn read(&mut self) {
        while matches!(self.call(Call::Read { max: usize::MAX }), Reply::Data(data) if !data.is_empty()) {}
    }

    fn call(&mut self, call: Call) -> Reply {
        self.endpoint
            .handle(self.now, Input::Call { conn: self.conn, call })
            .expect("the connection is there")
    }
}

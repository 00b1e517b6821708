//! One endpoint, and a peer that is a script: what it says and what it must hear are [`Line`]s.
//!
//! Numbers count from each side's SYN, and the byte with number n is n mod 256. The endpoint's timestamps count from
//! the one in its SYN, the peer's are as they are.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, CallError, Cause, Codepoint, Config, ConnId, Endpoint, Event, Info, Input, Notice, Output, Reply,
    Setup, State, Time, What,
};
use lucid_wire::{Flags, Header, Options, PseudoHeader, Segment, SeqNum, SeqRange, Timestamps};

pub use super::line::Line;
use super::pair::{PORT, Who};

/// The peer's initial sequence number: its numbers wrap after 100 bytes.
pub const PEER_ISN: u32 = u32::MAX - 100;
/// The peer's TCP port, where the endpoint doesn't choose it.
pub const PEER_PORT: u16 = 1000;

pub struct Script {
    pub now: Time,
    pub endpoint: Endpoint,
    /// The connection under test, or the listener before there is one.
    pub conn: Option<ConnId>,
    pub notices: Vec<Notice>,
    pub events: Vec<Event>,
    /// The peer's window, where a line names none.
    pub window: u16,
    /// The codepoint of the peer's next datagram.
    pub ecn: Codepoint,
    /// Every segment that the endpoint sent.
    pub sent: Vec<(Time, Segment)>,
    /// And its codepoint.
    pub codepoints: Vec<Codepoint>,
    peer: SocketAddr,
    iss: u32,
    /// The timestamp in the endpoint's SYN.
    clock: u32,
    local_port: u16,
    listening: bool,
    heard: VecDeque<(Time, Line)>,
    wait: Option<Time>,
    log: Vec<String>,
}

impl Script {
    /// An endpoint without any connection.
    pub fn new(config: &Config) -> Self {
        let setup = Setup { config: config.clone(), secret: [7; 16], max_connections: 1000 };
        let mut endpoint = Endpoint::new(setup);
        endpoint.observe(true);
        Self {
            now: Time::ZERO,
            endpoint,
            conn: None,
            notices: Vec::new(),
            events: Vec::new(),
            window: 65535,
            ecn: Codepoint::NotEct,
            sent: Vec::new(),
            codepoints: Vec::new(),
            peer: Who::Server.address(),
            iss: 0,
            clock: 0,
            local_port: PORT,
            listening: false,
            heard: VecDeque::new(),
            wait: None,
            log: Vec::new(),
        }
    }

    /// With a listener.
    pub fn listening(config: &Config) -> Self {
        let mut script = Self::new(config);
        script.conn = match script.input(Input::Listen { port: PORT, backlog: 16 }) {
            Ok(Reply::Opened(id)) => Some(id),
            other => panic!("listen: {other:?}"),
        };
        script.listening = true;
        script
    }

    /// With an active OPEN, its SYN not yet heard.
    pub fn connecting(config: &Config) -> Self {
        Self::connecting_to(config, Who::Server.address())
    }

    pub fn connecting_to(config: &Config, peer: SocketAddr) -> Self {
        let mut script = Self { peer, ..Self::new(config) };
        let input = Input::Connect { peer, port: PEER_PORT };
        script.conn = match script.input(input) {
            Ok(Reply::Opened(id)) => Some(id),
            other => panic!("connect: {other:?}"),
        };
        script
    }

    /// With a connection that it opened, at time 0.
    pub fn established(config: &Config) -> Self {
        let mut script = Self::connecting(config);
        script.hears(&["SYN SEQ 0"]);
        script.answer_the_syn("");
        script
    }

    /// As [`Script::answer_the_syn`], with a SYN that was not listened to.
    pub fn answer_the_syn_heard(&mut self, with: &str) {
        self.ignores();
        self.answer_the_syn(with);
    }

    /// The peer takes the SYN, with what its SYN-ACK may name besides: `MSS 1000`.
    pub fn answer_the_syn(&mut self, with: &str) {
        self.says(&format!("SYN SEQ 0 ACK 1 MSS 1004 {with}"));
        self.hears(&["SEQ 1 ACK 1"]);
    }

    pub fn input(&mut self, input: Input) -> Result<Reply, CallError> {
        let reply = self.endpoint.handle(self.now, input);
        self.drain();
        reply
    }

    pub fn call(&mut self, call: Call) -> Result<Reply, CallError> {
        let what = match &call {
            Call::Write(bytes) => format!("Write {}", bytes.len()),
            other => format!("{other:?}"),
        };
        self.log.push(format!("{}  *   {what}", self.now));
        let conn = self.conn.expect("a connection");
        self.input(Input::Call { conn, call })
    }

    /// The application takes the connection from its listener.
    pub fn accept(&mut self) {
        let listener = ConnId(0);
        match self.input(Input::Accept { listener }) {
            Ok(Reply::Accepted(Some(id))) => self.conn = Some(id),
            other => panic!("accept: {other:?}\n{}", self.exchange()),
        }
    }

    /// The application writes this many bytes. Returns how many were taken.
    pub fn writes(&mut self, len: usize) -> usize {
        let room = self.call(Call::Write(Bytes::from(vec![b'x'; len])));
        match room {
            Ok(Reply::Written(taken)) => taken,
            other => panic!("write: {other:?}\n{}", self.exchange()),
        }
    }

    /// The application reads at most `max` bytes; none also at the end of the stream.
    pub fn reads(&mut self, max: usize) -> Vec<u8> {
        match self.call(Call::Read { max }) {
            Ok(Reply::Data(data)) => data.to_vec(),
            Ok(Reply::EndOfStream) => Vec::new(),
            other => panic!("read: {other:?}\n{}", self.exchange()),
        }
    }

    /// The peer says this.
    pub fn says(&mut self, line: &str) {
        self.log.push(format!("{} <--- {line}", self.now));
        let segment = self.segment(&Line::parse(line));
        self.datagram(self.peer, &encoded(&segment));
    }

    /// A line of the peer's as a segment.
    pub fn segment(&self, line: &Line) -> Segment {
        let flags = if line.ack.is_some() { line.flags | Flags::ACK } else { line.flags };
        let header = Header {
            source_port: PEER_PORT,
            destination_port: self.local_port,
            sequence: SeqNum::new(PEER_ISN.wrapping_add(line.seq as u32)),
            acknowledgment: SeqNum::new(line.ack.map_or(0, |ack| self.iss.wrapping_add(ack as u32))),
            flags,
            window: line.window.unwrap_or(self.window),
            urgent_pointer: line.urgent.unwrap_or(0),
            options: self.options(line),
        };
        Segment { header, payload: text(line.seq, line.len).into() }
    }

    fn options(&self, line: &Line) -> Options {
        let ours = |number: i64| SeqNum::new(self.iss.wrapping_add(number as u32));
        let sack =
            line.sack.iter().flatten().map(|&(start, end)| SeqRange { start: ours(start), end: ours(end) });
        let timestamps = line.timestamps.map(|(value, echo)| Timestamps {
            value: value as u32,
            echo: self.clock.wrapping_add(echo as u32),
        });
        Options {
            mss: line.mss,
            window_scale: line.scale,
            user_timeout: None,
            sack_permitted: line.sack_permitted,
            timestamps,
            sack: sack.collect(),
            ..Options::default()
        }
    }

    /// Any bytes, from anywhere.
    pub fn datagram(&mut self, from: SocketAddr, bytes: &[u8]) {
        let ecn = std::mem::take(&mut self.ecn);
        self.input(Input::datagram(from, Bytes::copy_from_slice(bytes), ecn))
            .expect("a datagram never fails");
        if let Some(id) = self.endpoint.find(self.peer, PEER_PORT, self.local_port) {
            self.conn = Some(id);
        }
    }

    /// The peer hears exactly this since it last listened.
    #[track_caller]
    pub fn hears(&mut self, lines: &[&str]) {
        let heard: Vec<_> = self.heard.drain(..).map(|(_, line)| line).collect();
        let expected: Vec<_> = lines.iter().map(|line| Line::parse(line)).collect();
        let alike = heard.len() == expected.len() && expected.iter().zip(&heard).all(|(e, h)| e.matches(h));
        assert!(alike, "expected {expected:#?}, heard {heard:#?}\n{}", self.exchange());
    }

    /// The peer hears this line, and nothing else, at these times in milliseconds.
    #[track_caller]
    pub fn hears_at(&mut self, line: &str, millis: &[u64]) {
        let expected = Line::parse(line);
        let heard: Vec<_> = self.heard.drain(..).collect();
        let times: Vec<_> = heard.iter().map(|(at, _)| at.as_nanos() / 1_000_000).collect();
        let alike = heard.iter().all(|(_, heard)| expected.matches(heard));
        assert!(
            alike && times == millis,
            "expected {line} at {millis:?}, heard {heard:?}\n{}",
            self.exchange()
        );
    }

    /// Lets the peer forget what it heard so far.
    pub fn ignores(&mut self) {
        self.heard.clear();
    }

    /// Time passes, and what is due happens at its time.
    pub fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.wait.filter(|&at| at <= until) {
            self.now = self.now.max(at);
            self.input(Input::Tick).expect("time never fails");
        }
        self.now = until;
    }

    pub fn info(&self) -> Info {
        let info = self.conn.and_then(|conn| self.endpoint.info(conn));
        info.unwrap_or_else(|| panic!("no connection\n{}", self.exchange()))
    }

    /// The connection's state; LISTEN without one, if there is a listener.
    pub fn state(&self) -> State {
        match self.conn.and_then(|conn| self.endpoint.info(conn)) {
            Some(info) => info.state,
            None if self.listening => State::Listen,
            None => State::Closed,
        }
    }

    /// Why segments were discarded so far.
    pub fn discards(&self) -> Vec<Cause> {
        let is_discard = |event: &&Event| matches!(event.what, What::Discarded { .. });
        self.events.iter().filter(is_discard).map(|event| event.cause).collect()
    }

    /// All that was said and heard, for a test that fails.
    pub fn exchange(&self) -> String {
        self.log.join("\n")
    }

    fn drain(&mut self) {
        loop {
            match self.endpoint.poll(self.now) {
                Output::Transmit { train, ecn, .. } => {
                    for segment in train.segments() {
                        self.codepoints.push(ecn);
                        self.sends(segment);
                    }
                }
                Output::Notice { notice, .. } => self.notices.push(notice),
                Output::Event(event) => self.events.push(event),
                Output::Wait(at) => return self.wait = at,
            }
        }
    }

    fn sends(&mut self, segment: Segment) {
        let header = &segment.header;
        if header.flags.contains(Flags::SYN) {
            self.iss = header.sequence.get();
            self.local_port = header.source_port;
            if self.sent.is_empty() {
                self.clock = header.options.timestamps.map_or(0, |timestamps| timestamps.value);
            }
        }
        let relative = |number: SeqNum, start: u32| i64::from(number.distance_from(SeqNum::new(start)));
        let options = &header.options;
        let theirs = |number: SeqNum| relative(number, PEER_ISN);
        let sack = options.sack.as_slice().iter().map(|block| (theirs(block.start), theirs(block.end)));
        let line = Line {
            flags: header.flags.without(Flags::ACK),
            seq: relative(header.sequence, self.iss),
            ack: header.flags.contains(Flags::ACK).then(|| relative(header.acknowledgment, PEER_ISN)),
            len: segment.payload.len(),
            window: Some(header.window),
            mss: options.mss,
            urgent: header.flags.contains(Flags::URG).then_some(header.urgent_pointer),
            scale: options.window_scale,
            sack_permitted: options.sack_permitted,
            timestamps: options.timestamps.map(|timestamps| {
                (i64::from(timestamps.value.wrapping_sub(self.clock)), i64::from(timestamps.echo))
            }),
            sack: Some(sack.collect()),
        };
        self.log.push(format!("{} ---> {line:?}", self.now));
        self.heard.push_back((self.now, line));
        self.sent.push((self.now, segment));
    }
}

/// The bytes from this number on.
pub fn text(seq: i64, len: usize) -> Vec<u8> {
    (seq..).take(len).map(|number| number as u8).collect()
}

pub fn encoded(segment: &Segment) -> Vec<u8> {
    let mut bytes = Vec::new();
    segment.encode(&PseudoHeader::None, &mut bytes);
    bytes
}

//! What a connection costs in memory while nothing happens on it, and once it is over.
//!
//! An allocator counts what was asked for and not given back. What a side holds is what goes with it when it is dropped:
//! its connections, and its share of every map and queue that finds them.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, Codepoint, Config, ConnId, Endpoint, Input, Output, Profile, Reply, Setup, State, Time,
};
use lucid_wire::PseudoHeader;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const PORT: u16 = 80;
const COUNT: usize = 1000;
const DELAY: Duration = Duration::from_millis(10);

/// Two endpoints and a perfect line between them. It keeps nothing but what is on its way.
struct Line {
    now: Time,
    ends: [Option<Endpoint>; 2],
    under_way: VecDeque<(Time, usize, Bytes)>,
    waits: [Option<Time>; 2],
}

const CLIENT: usize = 0;
const SERVER: usize = 1;

impl Line {
    fn new(config: &Config) -> Self {
        let end = |secret| {
            let setup = Setup { config: config.clone(), secret: [secret; 16], max_connections: 2 * COUNT };
            Some(Endpoint::new(setup))
        };
        Self { now: Time::ZERO, ends: [end(1), end(2)], under_way: VecDeque::new(), waits: [None; 2] }
    }

    fn address(end: usize) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, end as u8 + 1], 7777))
    }

    fn end(&mut self, end: usize) -> &mut Endpoint {
        self.ends[end].as_mut().expect("it is there")
    }

    fn input(&mut self, end: usize, input: Input) -> Reply {
        let now = self.now;
        let reply = self.end(end).handle(now, input).expect("it can be done");
        loop {
            match self.end(end).poll(now) {
                Output::Transmit { train, .. } => {
                    let mut bytes = Vec::new();
                    train.encode(&PseudoHeader::None, &mut bytes);
                    self.under_way.push_back((now + DELAY, 1 - end, bytes.into()));
                }
                Output::Wait(until) => {
                    self.waits[end] = until;
                    return reply;
                }
                Output::Notice { .. } | Output::Event(_) => {}
            }
        }
    }

    fn call(&mut self, end: usize, conn: ConnId, call: Call) -> Reply {
        self.input(end, Input::Call { conn, call })
    }

    /// Lets everything happen that does until then.
    fn run_for(&mut self, time: Duration) {
        let until = self.now + time;
        let next = |line: &Self| {
            let arrival = line.under_way.front().map(|&(at, ..)| at);
            line.waits.iter().copied().chain([arrival]).flatten().min().filter(|&at| at <= until)
        };
        while let Some(at) = next(self) {
            self.now = self.now.max(at);
            while self.under_way.front().is_some_and(|&(at, ..)| at <= self.now) {
                let Some((_, end, bytes)) = self.under_way.pop_front() else { break };
                let datagram = Input::datagram(Self::address(1 - end), bytes, Codepoint::NotEct);
                self.input(end, datagram);
            }
            for end in [CLIENT, SERVER] {
                if self.waits[end].is_some_and(|at| at <= self.now) {
                    self.input(end, Input::Tick);
                }
            }
        }
        self.now = until;
    }

    /// So many connections, each used for a byte both ways.
    fn open(&mut self) -> Vec<[ConnId; 2]> {
        let Reply::Opened(listener) = self.input(SERVER, Input::Listen { port: PORT, backlog: 16 }) else {
            panic!("it listens");
        };
        (0..COUNT).map(|_| self.open_one(listener)).collect()
    }

    fn open_one(&mut self, listener: ConnId) -> [ConnId; 2] {
        let connect = Input::Connect { peer: Self::address(SERVER), port: PORT };
        let Reply::Opened(client) = self.input(CLIENT, connect) else { panic!("it opens") };
        self.run_for(3 * DELAY);
        let Reply::Accepted(Some(server)) = self.input(SERVER, Input::Accept { listener }) else {
            panic!("it was established");
        };
        let conns = [client, server];
        self.ping_pong(conns);
        conns
    }

    /// A byte there, and one back.
    fn ping_pong(&mut self, conns: [ConnId; 2]) {
        for (from, to) in [(CLIENT, SERVER), (SERVER, CLIENT)] {
            self.call(from, conns[from], Call::Write(Bytes::from_static(b"x")));
            self.run_for(2 * DELAY);
            assert_eq!(
                self.call(to, conns[to], Call::Read { max: 10 }),
                Reply::Data(Bytes::from_static(b"x").into())
            );
        }
    }

    /// What one end holds for each connection.
    fn held_by(&mut self, end: usize) -> usize {
        let region = Region::new(COUNTING);
        self.ends[end] = None;
        let freed = region.change();
        (freed.bytes_deallocated - freed.bytes_allocated) / COUNT
    }
}

/// Live bytes for each connection: of an endpoint and of all that hangs on it.
fn held(line: &mut Line) -> [usize; 2] {
    [CLIENT, SERVER].map(|end| line.held_by(end))
}

#[test]
fn an_idle_connection_costs_less_than_a_kibibyte() {
    let mut line = Line::new(&Config::new(Profile::Modern));
    let conns = line.open();
    line.run_for(Duration::from_secs(60));
    assert!(conns.iter().all(|conns| line.end(SERVER).info(conns[SERVER]).is_some()));
    let held = held(&mut line);
    println!("idle: {held:?}");
    assert!(held.iter().all(|&bytes| bytes < 1024), "{held:?} bytes");
}

/// The client closes first, and keeps TIME-WAIT.
#[test]
fn a_connection_in_time_wait_costs_less_than_128_bytes() {
    let mut line = Line::new(&Config::new(Profile::Modern));
    let conns = line.open();
    for [client, server] in conns.iter().copied() {
        for (end, conn) in [(CLIENT, client), (SERVER, server)] {
            line.call(end, conn, Call::Release);
            line.run_for(2 * DELAY);
        }
    }
    assert_eq!(line.end(SERVER).connections(), 0);
    let states = conns.iter().map(|conns| line.end(CLIENT).info(conns[CLIENT]).map(|info| info.state));
    assert_eq!(states.collect::<Vec<_>>(), vec![Some(State::TimeWait); COUNT]);
    let [client, server] = held(&mut line);
    println!("TIME-WAIT: {client}");
    assert!(client < 128, "{client} bytes");
    assert!(server < 16, "{server} bytes are left of each that is over");
}

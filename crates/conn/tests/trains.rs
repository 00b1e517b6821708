//! Segments that leave or arrive together: as one value, and as if each were alone.

mod support;

use std::time::Duration;

use bytes::Bytes;
use lucid_congestion::Algorithm;
use lucid_conn::engine::{
    Call, Codepoint, Config, ConnId, Endpoint, Input, Notice, Output, PathMtu, Profile, Reply, Setup, Time,
};
use lucid_sim::Faults;
use lucid_wire::{PseudoHeader, Train};
use support::dice::Dice;
use support::pair::{Pair, Who};

const NOW: Time = Time::ZERO;
/// Timestamps take twelve bytes of each.
const MSS: u16 = 1012;

/// Two endpoints, nobody watching, with a connection from the first to the second.
struct Line([Endpoint; 2]);

impl Line {
    /// And the server's name for it.
    fn established() -> (Self, ConnId) {
        let config =
            Config { mss: MSS, path_mtu: PathMtu::Fixed, nagle: false, ..Config::new(Profile::Modern) };
        let endpoint = |secret| {
            Endpoint::new(Setup { config: config.clone(), secret: [secret; 16], max_connections: 10 })
        };
        let mut line = Self([endpoint(1), endpoint(2)]);
        line.call(Who::Server, Input::Listen { port: 80, backlog: 1 });
        line.call(Who::Client, Input::Connect { peer: Who::Server.address(), port: 80 });
        for who in [Who::Client, Who::Server, Who::Client] {
            let (trains, _) = line.drain(who);
            trains.iter().for_each(|train| line.arrive(who.other(), train));
        }
        line.drain(Who::Server);
        let Reply::Accepted(Some(conn)) = line.call(Who::Server, Input::Accept { listener: ConnId(0) })
        else {
            panic!("it was established")
        };
        (line, conn)
    }

    fn call(&mut self, who: Who, input: Input) -> Reply {
        self.0[who as usize].handle(NOW, input).expect("it can be done")
    }

    /// All that an endpoint says now.
    fn drain(&mut self, who: Who) -> (Vec<Train>, Vec<Notice>) {
        let (mut trains, mut notices) = (Vec::new(), Vec::new());
        loop {
            match self.0[who as usize].poll(NOW) {
                Output::Transmit { train, .. } => trains.push(train),
                Output::Notice { notice, .. } => notices.push(notice),
                Output::Event(_) => {}
                Output::Wait(_) => return (trains, notices),
            }
        }
    }

    /// The datagrams of a train arrive together.
    fn arrive(&mut self, who: Who, train: &Train) {
        let mut bytes = Vec::new();
        train.encode(&PseudoHeader::None, &mut bytes);
        let (from, size) = (who.other().address(), train.datagram_len());
        self.call(who, Input::Datagrams { from, bytes: bytes.into(), size, ecn: Codepoint::NotEct });
    }
}

/// RFC 6928's ten segments: nine that are full and what is left, which is pushed.
#[test]
fn what_may_go_at_once_is_one_train_and_draws_one_ack_and_one_wake_up() {
    let (mut line, conn) = Line::established();
    let text: Vec<u8> = (0..9_500_u32).map(|n| n as u8).collect();
    line.call(Who::Client, Input::Call { conn: ConnId(0), call: Call::Write(text.clone().into()) });
    let (trains, _) = line.drain(Who::Client);
    assert_eq!(trains.iter().map(Train::count).collect::<Vec<_>>(), [10]);

    line.arrive(Who::Server, &trains[0]);
    let (acks, notices) = line.drain(Who::Server);
    assert_eq!((acks.len(), notices), (1, vec![Notice::Readable]));
    let info = line.0[Who::Server as usize].info(conn).unwrap();
    assert_eq!(info.counts.segments_received, 12, "each counts: two of the handshake's, and ten");
    let read = line.call(Who::Server, Input::Call { conn, call: Call::Read { max: usize::MAX } });
    assert_eq!(read, Reply::Data(Bytes::from(text).into()));
}

/// One of them is missing: the others wait behind the gap, and are reported.
#[test]
fn a_train_that_comes_too_early_waits() {
    let (mut line, conn) = Line::established();
    line.call(Who::Client, Input::Call { conn: ConnId(0), call: Call::Write(vec![7; 9_500].into()) });
    let (trains, _) = line.drain(Who::Client);
    let segments: Vec<_> = trains[0].segments().collect();
    let rest = Train::new(segments[1].header, Bytes::from(vec![7; 8_500]).into(), 1000);
    line.arrive(Who::Server, &rest);
    let (acks, _) = line.drain(Who::Server);
    assert_eq!(acks.len(), 1, "together they draw one");
    let blocks = acks[0].header.options.sack;
    assert_eq!(blocks.as_slice().iter().map(|block| block.len()).collect::<Vec<_>>(), [8_500]);
    line.arrive(Who::Server, &segments[0].clone().into());
    let info = line.0[Who::Server as usize].info(conn).unwrap();
    assert_eq!((info.unread, info.waiting), (9_500, 0));
}

/// Bursts with pauses between them, over a line of 100 Mbit/s. Returns when each of the sender's segments left, and its place.
fn bursts(algorithm: Algorithm, seed: u64, watched: bool) -> Vec<(Time, u32, usize)> {
    let config = Config { algorithm, mss: MSS, path_mtu: PathMtu::Fixed, ..Config::new(Profile::Modern) };
    let faults = Faults {
        delay: Duration::from_millis(10),
        rate: Some("100mbit".parse().expect("a rate")),
        queue: Some(100_000),
        ..Faults::default()
    };
    let mut pair = Pair::over(&config, &config, &faults, seed);
    for who in Who::BOTH {
        pair.side(who).endpoint.observe(watched);
    }
    let (client, server) = pair.established();
    let mut dice = Dice::new(seed);
    for _ in 0..30 {
        let mut left = 20_000 + (400_000.0 * dice.fraction()) as usize;
        while left > 0 {
            let taken = pair.write(Who::Client, client, &vec![7; left.min(60_000)]);
            left -= taken;
            pair.run_for(Duration::from_millis(1));
            pair.read(Who::Server, server);
        }
        pair.run_for(Duration::from_millis(300).mul_f64(dice.fraction()));
        pair.read(Who::Server, server);
    }
    let sent = pair.side(Who::Client).sent.iter();
    sent.map(|(at, segment)| (*at, segment.header.sequence.get(), segment.payload.len())).collect()
}

/// Who watches sees segments leave one by one, and a replay watches: the first of a train may change the rate of the others
/// (BBR's restart from idle).
#[test]
fn who_watches_sees_the_segments_that_leave_when_nobody_does() {
    for algorithm in Algorithm::ALL {
        for seed in 0..8 {
            let (watched, unwatched) = (bursts(algorithm, seed, true), bursts(algorithm, seed, false));
            assert!(watched.len() > 2000, "{algorithm}, seed {seed}: {} segments", watched.len());
            let differs = watched.iter().zip(&unwatched).position(|(one, other)| one != other);
            assert_eq!((differs, watched.len()), (None, unwatched.len()), "{algorithm}, seed {seed}");
        }
    }
}

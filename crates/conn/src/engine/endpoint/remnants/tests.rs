use core::time::Duration;
use std::net::SocketAddr;

use bytes::Bytes;
use lucid_wire::{Flags, Header, Options, PseudoHeader, Segment, SeqNum, Timestamps};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};

use crate::engine::{
    Call, Codepoint, Config, Endpoint, Input, Output, PathMtu, Profile, Reply, Setup, State, Time,
};

const PEER: ([u8; 4], u16) = ([10, 0, 0, 9], 999);

/// An endpoint with a connection in TIME-WAIT that was let go of, and the first SYN of that.
struct Over {
    endpoint: Endpoint,
    syn: Header,
    now: Time,
}

impl Over {
    fn new(observed: bool, config: &Config, listens: bool) -> Self {
        let mut endpoint =
            Endpoint::new(Setup { config: config.clone(), secret: [1; 16], max_connections: 10 });
        endpoint.observe(observed);
        let connect = Input::Connect { peer: SocketAddr::from(PEER), port: 80 };
        let Ok(Reply::Opened(conn)) = endpoint.handle(Time::ZERO, connect) else { panic!("it opens") };
        let mut over = Self { endpoint, syn: nothing(), now: Time::ZERO };
        let said = over.drain();
        let syn = said.iter().find_map(|said| match said {
            Output::Transmit { train, .. } => Some(train.header),
            _ => None,
        });
        over.syn = syn.expect("it says SYN");
        over.says(Flags::SYN | Flags::ACK | Flags::ECE, (0, 1), 0, Some(7), Codepoint::NotEct);
        over.endpoint.handle(over.now, Input::Call { conn, call: Call::Release }).expect("it is there");
        over.drain();
        over.says(Flags::FIN | Flags::ACK, (1, 2), 0, Some(8), Codepoint::NotEct);
        assert_eq!(over.endpoint.info(conn).map(|info| info.state), Some(State::TimeWait));
        if listens {
            let listen = Input::Listen { port: over.syn.source_port, backlog: 3 };
            over.endpoint.handle(over.now, listen).expect("it listens");
        }
        over
    }

    /// What the peer says next, counted from both SYNs, and all that follows.
    fn says(
        &mut self,
        flags: Flags,
        (seq, ack): (i32, i32),
        len: usize,
        clock: Option<u32>,
        ecn: Codepoint,
    ) -> Vec<Output> {
        let echo = self.syn.options.timestamps.map_or(0, |ours| ours.value);
        let timestamps = clock.map(|value| Timestamps { value, echo });
        let options = Options {
            timestamps,
            sack_permitted: flags.contains(Flags::SYN),
            window_scale: flags.contains(Flags::SYN).then_some(3),
            ..Options::default()
        };
        let header = Header {
            source_port: self.syn.destination_port,
            destination_port: self.syn.source_port,
            sequence: SeqNum::new(seq as u32),
            acknowledgment: self.syn.sequence + ack as u32,
            flags,
            window: 1000,
            urgent_pointer: 0,
            options,
        };
        let mut bytes = Vec::new();
        let segment = Segment { header, payload: Bytes::from(vec![7; len]) };
        segment.encode(&PseudoHeader::None, &mut bytes);
        let from = SocketAddr::from(PEER);
        self.endpoint.handle(self.now, Input::datagram(from, bytes.into(), ecn)).expect("never fails");
        self.drain()
    }

    fn passes(&mut self, time: Duration) -> Vec<Output> {
        self.now += time;
        self.endpoint.handle(self.now, Input::Tick).expect("never fails");
        self.drain()
    }

    /// All that is said but for events.
    fn drain(&mut self) -> Vec<Output> {
        let mut said = Vec::new();
        loop {
            match self.endpoint.poll(self.now) {
                Output::Event(_) => {}
                Output::Wait(until) => {
                    said.push(Output::Wait(until));
                    return said;
                }
                output => said.push(output),
            }
        }
    }
}

fn nothing() -> Header {
    Header {
        source_port: 0,
        destination_port: 0,
        sequence: SeqNum::new(0),
        acknowledgment: SeqNum::new(0),
        flags: Flags::EMPTY,
        window: 0,
        urgent_pointer: 0,
        options: Options::default(),
    }
}

fn one_of<T: Copy>(dice: &mut Pcg64, choices: &[T]) -> T {
    choices[dice.next_u32() as usize % choices.len()]
}

/// One that is watched stays whole: it says what the other must say, whatever comes.
#[test]
fn a_remnant_does_what_the_whole_connection_would() {
    for seed in 0..2000 {
        let mut dice = Pcg64::seed_from_u64(seed);
        let profile = one_of(&mut dice, &[Profile::Classic, Profile::Modern]);
        let config = Config { ecn: true, path_mtu: PathMtu::Fixed, ..Config::new(profile) };
        let listens = one_of(&mut dice, &[true, false]);
        let [mut whole, mut remnant] = [true, false].map(|observed| Over::new(observed, &config, listens));
        assert_eq!((whole.endpoint.remnants.len(), remnant.endpoint.remnants.len()), (0, 1));
        for step in 0..12 {
            let flags = one_of(
                &mut dice,
                &[
                    Flags::ACK,
                    Flags::ACK | Flags::FIN,
                    Flags::RST,
                    Flags::SYN,
                    Flags::SYN | Flags::ACK,
                    Flags::EMPTY,
                ],
            );
            let seq = one_of(&mut dice, &[2, 1, 0, 3, -60_000, 60_000, 70_000, -1_000_000]);
            let ack = one_of(&mut dice, &[2, 2, 1, 3, -999, -1001, -8001, 100_000]);
            let len = one_of(&mut dice, &[0, 0, 1, 50]);
            let clock = one_of(&mut dice, &[None, Some(7), Some(8), Some(9), Some(4_000_000_000)]);
            let ecn = one_of(&mut dice, &[Codepoint::NotEct, Codepoint::Ce]);
            let pause = Duration::from_millis(one_of(&mut dice, &[0, 0, 1, 300, 600, 2000, 20_000]));
            let name = format!("seed {seed}, step {step}: {flags} {seq} {ack} {len} {clock:?} {pause:?}");
            let said = [&mut whole, &mut remnant].map(|over| {
                let answer = over.says(flags, (seq, ack), len, clock, ecn);
                let later = over.passes(pause);
                (answer, later, over.endpoint.connections())
            });
            assert_eq!(said[0], said[1], "{name}");
        }
    }
}

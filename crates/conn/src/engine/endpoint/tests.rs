use core::time::Duration;

use bytes::Bytes;
use lucid_congestion::Algorithm;
use lucid_wire::{Flags, Header, Options, PseudoHeader, Segment, SeqNum, Timestamps};

use super::*;
use crate::engine::{Codepoint, Profile, What};

fn endpoint(secret: u8) -> Endpoint {
    let config = Config::new(Profile::Classic);
    Endpoint::new(Setup { config, secret: [secret; 16], max_connections: 100 })
}

fn peer(n: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, n], 2222))
}

fn connect(endpoint: &mut Endpoint, now: Time, n: u8) -> ConnId {
    match endpoint.handle(now, Input::Connect { peer: peer(n), port: 80 }) {
        Ok(Reply::Opened(id)) => id,
        other => panic!("{other:?}"),
    }
}

/// What it sends, and until when it waits then.
fn drain(endpoint: &mut Endpoint, now: Time) -> (Vec<Segment>, Option<Time>) {
    let mut sent = Vec::new();
    loop {
        match endpoint.poll(now) {
            Output::Transmit { train, .. } => sent.extend(train.segments()),
            Output::Wait(until) => return (sent, until),
            Output::Notice { .. } | Output::Event(_) => {}
        }
    }
}

#[test]
fn it_waits_for_the_earliest_of_all_deadlines() {
    let mut endpoint = endpoint(1);
    let ms = Time::from_millis;
    connect(&mut endpoint, ms(0), 1);
    assert_eq!(drain(&mut endpoint, ms(0)).1, Some(ms(1000)));
    let second = connect(&mut endpoint, ms(400), 2);
    assert_eq!(drain(&mut endpoint, ms(400)).1, Some(ms(1000)));
    endpoint.handle(ms(1000), Input::Tick).unwrap();
    let (sent, until) = drain(&mut endpoint, ms(1000));
    assert_eq!((sent.len(), until), (1, Some(ms(1400))));
    endpoint.handle(ms(1400), Input::Call { conn: second, call: Call::Abort }).unwrap();
    assert_eq!(drain(&mut endpoint, ms(1400)).1, Some(ms(3000)));
}

#[test]
fn with_no_connection_it_waits_for_nothing() {
    let mut endpoint = endpoint(1);
    endpoint.handle(Time::ZERO, Input::Listen { port: 80, backlog: 1 }).unwrap();
    assert_eq!(drain(&mut endpoint, Time::ZERO), (vec![], None));
    endpoint.handle(Time::ZERO + Duration::from_secs(9), Input::Tick).unwrap();
    assert_eq!(drain(&mut endpoint, Time::ZERO), (vec![], None));
}

/// RFC 6056: ephemeral ports, and never one that is taken.
#[test]
fn every_connection_to_one_peer_has_a_port_of_its_own() {
    let mut endpoint = endpoint(1);
    let mut ports: Vec<_> = (0..100)
        .map(|_| {
            let id = connect(&mut endpoint, Time::ZERO, 1);
            endpoint.info(id).unwrap().local_port
        })
        .collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 100);
    assert!(ports[0] >= 49152);
}

#[test]
fn a_connection_never_takes_a_listeners_port() {
    let connected = |listening_on| {
        let mut endpoint = endpoint(1);
        endpoint.handle(Time::ZERO, Input::Listen { port: listening_on, backlog: 1 }).unwrap();
        let id = connect(&mut endpoint, Time::ZERO, 1);
        endpoint.info(id).unwrap().local_port
    };
    let first = connected(1);
    assert_ne!(connected(first), first);
}

/// A peer's segment to a connection at its beginning: `seq` and `ack` count from the SYNs, of which ours was this.
fn say(endpoint: &mut Endpoint, now: Time, syn: &Header, flags: Flags, (seq, ack): (u32, u32)) {
    let options = Options {
        timestamps: syn.options.timestamps.map(|ours| Timestamps { value: 7, echo: ours.value }),
        ..Options::default()
    };
    let header = Header {
        source_port: syn.destination_port,
        destination_port: syn.source_port,
        sequence: SeqNum::new(seq),
        acknowledgment: syn.sequence + ack,
        flags: flags | Flags::ACK,
        window: u16::MAX,
        urgent_pointer: 0,
        options,
    };
    let mut bytes = Vec::new();
    Segment { header, payload: Bytes::new() }.encode(&PseudoHeader::None, &mut bytes);
    let input = Input::datagram(peer(1), bytes.into(), Codepoint::NotEct);
    endpoint.handle(now, input).unwrap();
}

/// An endpoint with one connection, which has sent so many bytes at time 0; all other ports towards its peer are taken.
fn with_one_port(timestamps: bool, bytes: u32) -> (Endpoint, ConnId, Header) {
    let config = Config { timestamps, ..Config::new(Profile::Classic) };
    let mut endpoint = Endpoint::new(Setup { config, secret: [1; 16], max_connections: 100 });
    let id = connect(&mut endpoint, Time::ZERO, 1);
    let syn = drain(&mut endpoint, Time::ZERO).0[0].header;
    say(&mut endpoint, Time::ZERO, &syn, Flags::SYN, (0, 1));
    let mut acked = 1;
    while acked <= bytes {
        let some = vec![7; (bytes + 1 - acked).min(500) as usize];
        acked += some.len() as u32;
        endpoint.handle(Time::ZERO, Input::Call { conn: id, call: Call::Write(some.into()) }).unwrap();
        drain(&mut endpoint, Time::ZERO);
        say(&mut endpoint, Time::ZERO, &syn, Flags::EMPTY, (1, acked));
    }
    for local_port in 49152..=u16::MAX {
        let key = Key { peer: peer(1), remote_port: 80, local_port };
        endpoint.by_key.entry(key).or_insert(ConnId(u32::MAX));
    }
    (endpoint, id, syn)
}

/// RFC 9293 3.6.1 from the other side, RFC 7323 B.2: by timestamps a second later, or once the clock of initial sequence
/// numbers, 250 a millisecond, is past what was sent.
#[test]
fn an_open_takes_a_port_over_from_time_wait_once_that_is_safe() {
    let table = [
        (false, 0, 0, false),
        (false, 0, 1, true),
        (false, 300_000, 1001, false),
        (false, 300_000, 1300, true),
        (true, 300_000, 1000, false),
        (true, 300_000, 1001, true),
    ];
    for (timestamps, bytes, millis, is_safe) in table {
        let row = format!("timestamps {timestamps}, {bytes} bytes, after {millis} ms");
        let (mut endpoint, old, syn) = with_one_port(timestamps, bytes);
        endpoint.handle(Time::ZERO, Input::Call { conn: old, call: Call::Shutdown }).unwrap();
        let (last, _) = drain(&mut endpoint, Time::ZERO);
        say(&mut endpoint, Time::ZERO, &syn, Flags::FIN, (1, bytes + 2));
        drain(&mut endpoint, Time::ZERO);
        assert_eq!(endpoint.info(old).unwrap().state, State::TimeWait, "{row}");
        let now = Time::from_millis(millis);
        let reply = endpoint.handle(now, Input::Connect { peer: peer(1), port: 80 });
        if !is_safe {
            assert_eq!(reply, Err(CallError::NoPortLeft(peer(1))), "{row}");
            assert_eq!(endpoint.info(old).unwrap().state, State::TimeWait, "{row}");
            continue;
        }
        assert!(matches!(reply, Ok(Reply::Opened(new)) if new != old), "{row}: {reply:?}");
        assert_eq!(endpoint.info(old).unwrap().state, State::Closed, "{row}");
        let new = drain(&mut endpoint, now).0[0].header;
        assert_eq!((new.flags, new.source_port), (Flags::SYN, syn.source_port), "{row}");
        let fin = last[0].header;
        assert!(new.sequence.distance_from(fin.sequence) > 1 << 16, "{row}");
        let value = |header: &Header| header.options.timestamps.map_or(0, |ours| ours.value);
        assert_eq!(
            value(&new).wrapping_sub(value(&fin)),
            if timestamps { millis as u32 } else { 0 },
            "{row}"
        );
    }
}

#[test]
fn an_open_takes_nothing_over_from_a_connection_that_is_not_over() {
    let (mut endpoint, open, _) = with_one_port(true, 0);
    let later = Time::from_millis(5000);
    let reply = endpoint.handle(later, Input::Connect { peer: peer(1), port: 80 });
    assert_eq!(reply, Err(CallError::NoPortLeft(peer(1))));
    assert_eq!(endpoint.info(open).unwrap().state, State::Established);
}

/// It follows from its setup and its inputs, and from nothing else: so a recording can be replayed.
#[test]
fn the_same_secret_and_inputs_give_the_same_segments_and_another_secret_others() {
    let run = |secret| {
        let mut endpoint = endpoint(secret);
        for n in 1..50 {
            connect(&mut endpoint, Time::ZERO, n);
        }
        drain(&mut endpoint, Time::ZERO).0
    };
    assert_eq!(run(1), run(1));
    let same = run(1).into_iter().zip(run(2)).filter(|(a, b)| a.header.sequence == b.header.sequence).count();
    assert_eq!(same, 0);
}

#[test]
fn without_an_observer_there_are_no_events() {
    let events = |observed: bool| {
        let mut endpoint = endpoint(1);
        endpoint.observe(observed);
        connect(&mut endpoint, Time::ZERO, 1);
        std::iter::from_fn(|| match endpoint.poll(Time::ZERO) {
            Output::Wait(_) => None,
            output => Some(output),
        })
        .filter_map(|output| match output {
            Output::Event(event) => Some(event.what),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(events(false), []);
    assert!(matches!(events(true)[0], What::Opened { active: true, .. }));
}

#[test]
fn a_controller_from_outside_replaces_the_configured_one() {
    let make: MakeController = Arc::new(|parameters| Algorithm::Tahoe.build(parameters));
    let mut endpoint = endpoint(1).with_controller(make);
    let id = connect(&mut endpoint, Time::ZERO, 1);
    assert_eq!(endpoint.info(id).unwrap().congestion_control, "tahoe");
}

#[test]
fn what_does_not_exist_is_told_so_but_letting_go_of_it_is_no_mistake() {
    let mut endpoint = endpoint(1);
    let mut call = |call| endpoint.handle(Time::ZERO, Input::Call { conn: ConnId(7), call });
    for refused in [Call::Read { max: 1 }, Call::Shutdown, Call::Abort, Call::Write("x".into())] {
        assert_eq!(call(refused), Err(CallError::NoConnection));
    }
    assert_eq!(call(Call::Release), Ok(Reply::Done));
    let accept = Input::Accept { listener: ConnId(7) };
    assert_eq!(endpoint.handle(Time::ZERO, accept), Err(CallError::NoConnection));
    assert_eq!((endpoint.info(ConnId(7)), endpoint.room(ConnId(7))), (None, 0));
}

/// Its ports are free, and its last words are still said.
#[test]
fn an_aborted_connection_is_gone_at_once() {
    let mut endpoint = endpoint(1);
    let id = connect(&mut endpoint, Time::ZERO, 1);
    let port = endpoint.info(id).unwrap().local_port;
    assert_eq!(endpoint.find(peer(1), 80, port), Some(id));
    endpoint.handle(Time::ZERO, Input::Call { conn: id, call: Call::Abort }).unwrap();
    assert_eq!(endpoint.find(peer(1), 80, port), None);
    assert_eq!(endpoint.connections(), 1, "until its application lets go");
    endpoint.handle(Time::ZERO, Input::Call { conn: id, call: Call::Release }).unwrap();
    assert_eq!(endpoint.connections(), 0);
}

/// MUST-46, MUST-57, MUST-63.
#[test]
fn who_is_not_a_single_host_with_a_port_is_not_talked_to() {
    let talks = |address: &str| listener::can_be_talked_to(address.parse().unwrap());
    assert!(["10.0.0.1:7", "[2001:db8::1]:7"].into_iter().all(talks));
    let others = ["0.0.0.0:7", "[::]:7", "224.0.0.1:7", "[ff02::1]:7", "255.255.255.255:7", "10.0.0.1:0"];
    assert!(!others.into_iter().any(talks));
}

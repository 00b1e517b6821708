//! What is bounded, and what happens at the bound.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Arrival, Call, CallError, Cause, Config, ConnId, Endpoint, Input, Notice, Profile, Reply, Setup, State,
    What,
};
use lucid_wire::Pieces;
use support::pair::{PORT, Who};
use support::script::{Line, PEER_PORT, Script, encoded, text};

fn classic() -> Config {
    Config::new(Profile::Classic)
}

/// The n-th stranger.
fn stranger(n: usize) -> SocketAddr {
    SocketAddr::from(([10, 1, (n >> 8) as u8, n as u8], 3333))
}

/// A stranger says this.
fn says(script: &mut Script, n: usize, line: &str) -> usize {
    let bytes = encoded(&script.segment(&Line::parse(line)));
    script.datagram(stranger(n), &bytes);
    bytes.len()
}

/// A listener with a backlog of 4, at an endpoint with room for that many connections.
fn listening(max_connections: usize) -> Script {
    let mut script = Script::new(&classic());
    script.endpoint = Endpoint::new(Setup { config: classic(), secret: [7; 16], max_connections });
    script.endpoint.observe(true);
    script.input(Input::Listen { port: PORT, backlog: 4 }).expect("a free port");
    script
}

fn is_known(script: &Script, n: usize) -> bool {
    script.endpoint.find(stranger(n), PEER_PORT, PORT).is_some()
}

#[test]
fn a_full_backlog_drops_a_syn_without_an_answer() {
    let mut script = listening(1000);
    for n in 0..4 {
        says(&mut script, n, "SYN SEQ 0");
    }
    assert_eq!((script.endpoint.connections(), script.sent.len()), (4, 4));
    says(&mut script, 4, "SYN SEQ 0");
    assert_eq!((script.endpoint.connections(), script.sent.len()), (4, 4));
    assert_eq!(script.discards(), [Cause::BacklogFull]);
}

/// RFC 4987 section 3: it had a second to answer.
#[test]
fn the_oldest_half_open_connection_makes_room_after_a_second() {
    let mut script = listening(1000);
    for n in 0..4 {
        says(&mut script, n, "SYN SEQ 0");
    }
    script.wait(Duration::from_secs(1));
    says(&mut script, 4, "SYN SEQ 0");
    assert_eq!((0..5).map(|n| is_known(&script, n)).collect::<Vec<_>>(), [false, true, true, true, true]);
    assert_eq!(script.discards(), []);
}

#[test]
fn a_repeated_syn_takes_no_second_place() {
    let mut script = listening(1000);
    for _ in 0..10 {
        says(&mut script, 0, "SYN SEQ 0");
    }
    assert_eq!(script.endpoint.connections(), 1);
}

#[test]
fn an_established_connection_keeps_its_place_until_it_is_accepted() {
    let mut script = listening(1000);
    for n in 0..4 {
        says(&mut script, n, "SYN SEQ 0");
        says(&mut script, n, "SEQ 1 ACK 1");
    }
    script.wait(Duration::from_secs(10));
    says(&mut script, 4, "SYN SEQ 0");
    assert_eq!(script.discards(), [Cause::AcceptQueueFull]);
    script.accept();
    says(&mut script, 4, "SYN SEQ 0");
    assert!((0..5).all(|n| is_known(&script, n)));
}

#[test]
fn the_endpoint_holds_no_more_connections_than_it_may() {
    let mut script = listening(2);
    let connect = || Input::Connect { peer: Who::Server.address(), port: PEER_PORT };
    let syn = encoded(&script.segment(&Line::parse("SYN SEQ 0")));
    let Ok(Reply::Opened(first)) = script.input(connect()) else { panic!("no connection") };
    script.datagram(stranger(0), &syn);
    script.datagram(stranger(1), &syn);
    assert_eq!(script.discards(), [Cause::TooManyConnections]);
    assert_eq!(script.input(connect()), Err(CallError::TooManyConnections));
    script.input(Input::Call { conn: first, call: Call::Abort }).unwrap();
    assert_eq!(script.input(connect()), Err(CallError::TooManyConnections), "until it is let go");
    script.input(Input::Call { conn: first, call: Call::Release }).unwrap();
    assert!(matches!(script.input(connect()), Ok(Reply::Opened(_))));
}

///
#[test]
fn a_flood_of_syns_costs_no_more_than_the_backlog_and_passes() {
    let mut script = listening(1000);
    let mut received = 0;
    for n in 0..20_000 {
        received += says(&mut script, n, "SYN SEQ 0 MSS 1004");
        assert!(script.endpoint.connections() <= 4);
        script.wait(Duration::from_millis(1));
    }
    let sent: usize = script.sent.iter().map(|(_, segment)| segment.encoded_len()).sum();
    assert!(sent <= 3 * received);
    // Half-open records give way to newer ones once a second: 4 + 4 for each of 20 s, 3 segments each at most.
    assert!(script.sent.len() <= 3 * (4 + 80), "{}", script.sent.len());
    script.wait(Duration::from_secs(200));
    assert_eq!(script.endpoint.connections(), 0);
    says(&mut script, 5, "SYN SEQ 0");
    assert!(is_known(&script, 5));
}

#[test]
fn a_flood_of_datagrams_from_strangers_leaves_nothing_behind() {
    let mut script = listening(1000);
    for n in 0..5000 {
        for line in ["SEQ 5 ACK 5", "RST SEQ 5", "FIN SEQ 9", "SYN SEQ 1 ACK 1", "SEQ 1 LEN 9"] {
            says(&mut script, n, line);
        }
    }
    assert_eq!(script.endpoint.connections(), 0);
}

#[test]
fn a_thousand_connections_opened_and_reset_leave_nothing_behind() {
    let mut script = Script::listening(&classic());
    for n in 0..1000 {
        says(&mut script, n, "SYN SEQ 0");
        says(&mut script, n, "SEQ 1 ACK 1");
        script.accept();
        says(&mut script, n, "RST SEQ 1");
        script.call(Call::Release).unwrap();
    }
    assert_eq!(script.endpoint.connections(), 0);
    let debug = format!("{:?}", script.endpoint);
    assert!(debug.contains("slots: {}"), "{debug}");
}

/// Single bytes with gaps between them: the worst there is for a reassembler.
#[test]
fn pieces_out_of_order_are_bounded_and_the_stream_recovers() {
    let mut script = Script::established(&classic());
    for n in 0..30_000 {
        script.says(&format!("SEQ {} ACK 1 LEN 1", 2 + 2 * n));
    }
    assert_eq!(script.info().waiting, 1024);
    let no_room = |what: &What| matches!(what, What::Arrived { arrival: Arrival::NoRoom, .. });
    assert_eq!(script.events.iter().filter(|event| no_room(&event.what)).count(), 30_000 - 1024);
    let mut all = Vec::new();
    for n in 0..60 {
        script.says(&format!("SEQ {} ACK 1 LEN 1000", 1 + 1000 * n));
        while script.info().unread > 0 {
            all.extend(script.reads(65_535));
        }
    }
    assert!(all == text(1, 60_000));
}

#[test]
fn the_send_buffer_takes_what_it_holds_and_says_when_there_is_room_again() {
    let config = Config { send_buffer: 4016, initial_window: 10, ..classic() };
    let mut script = Script::established(&config);
    assert_eq!(script.writes(5000), 4016);
    assert_eq!(script.writes(1), 0);
    assert_eq!(script.endpoint.room(script.conn.unwrap()), 0);
    script.says("SEQ 1 ACK 1001");
    assert!(!script.notices.contains(&Notice::Writable), "not for every byte");
    script.says("SEQ 1 ACK 1005");
    assert_eq!(script.notices.iter().filter(|&notice| *notice == Notice::Writable).count(), 1);
    assert_eq!(script.writes(5000), 1004);
}

/// else one could count, over a connection of one's own, what happens on another's (CVE-2016-5696).
#[test]
fn challenges_of_one_connection_take_nothing_from_another() {
    let mut script = listening(1000);
    for n in 0..2 {
        says(&mut script, n, "SYN SEQ 0");
        says(&mut script, n, "SEQ 1 ACK 1");
    }
    let before = script.sent.len();
    for _ in 0..100 {
        says(&mut script, 0, "SYN SEQ 500");
    }
    assert_eq!(script.sent.len(), before + 1);
    says(&mut script, 1, "SYN SEQ 500");
    assert_eq!(script.sent.len(), before + 2);
}

/// RFC 5961 sections 4.2 and 7; but who sends old data again may have missed our ACK.
#[test]
fn what_lies_outside_the_window_draws_few_answers_and_old_data_every_one() {
    for (line, answers) in
        [("SYN SEQ -500", 1), ("SYN SEQ 70000", 1), ("SEQ 70000 ACK 1 LEN 9", 1), ("SEQ 1 ACK 1 LEN 9", 100)]
    {
        let mut script = Script::established(&classic());
        script.says("SEQ 1 ACK 1 LEN 1000");
        script.wait(Duration::from_secs(1));
        let before = script.sent.len();
        for _ in 0..100 {
            script.says(line);
        }
        assert_eq!(script.sent.len() - before, answers, "{line}");
    }
}

#[test]
fn numbers_are_given_out_in_order_and_never_again() {
    let mut script = Script::new(&classic());
    assert_eq!(script.input(Input::Listen { port: PORT, backlog: 4 }), Ok(Reply::Opened(ConnId(0))));
    says(&mut script, 9, "SYN SEQ 0");
    assert_eq!(script.endpoint.find(stranger(9), PEER_PORT, PORT), Some(ConnId(1)));
    for n in 2..=5 {
        let opened = script.input(Input::Connect { peer: stranger(0), port: PORT });
        assert_eq!(opened, Ok(Reply::Opened(ConnId(n))));
        script.input(Input::Call { conn: ConnId(n), call: Call::Release }).unwrap();
    }
}

/// MUST-41, MUST-42.
#[test]
fn a_listener_changes_no_connection_and_a_port_has_one_listener() {
    let mut script = Script::established(&classic());
    let port = script.info().local_port;
    assert!(matches!(script.input(Input::Listen { port, backlog: 4 }), Ok(Reply::Opened(_))));
    assert_eq!(script.input(Input::Listen { port, backlog: 4 }), Err(CallError::PortInUse(port)));
    assert_eq!(script.state(), State::Established);
    script.says("SEQ 1 ACK 1 LEN 10");
    assert_eq!(script.reads(10), text(1, 10));
}

/// MUST-46, MUST-57, MUST-63.
#[test]
fn there_is_no_connection_with_an_address_that_is_no_ones() {
    for address in ["0.0.0.0:7", "255.255.255.255:7", "224.0.0.1:7", "[::]:7", "[ff02::1]:7", "10.0.0.1:0"] {
        let address: SocketAddr = address.parse().unwrap();
        let mut script = listening(1000);
        let connect = Input::Connect { peer: address, port: 80 };
        assert_eq!(script.input(connect), Err(CallError::InvalidAddress(address)));
        let syn = encoded(&script.segment(&Line::parse("SYN SEQ 0")));
        script.datagram(address, &syn);
        assert_eq!(script.discards(), [Cause::InvalidSource], "{address}");
        assert_eq!(script.sent.len(), 0);
    }
    let mut script = listening(1000);
    let connect = Input::Connect { peer: stranger(1), port: 0 };
    assert_eq!(script.input(connect), Err(CallError::InvalidAddress(stranger(1))));
}

/// A connection is the peer's UDP address and both ports: any other is another.
#[test]
fn the_same_ports_from_elsewhere_are_a_stranger() {
    let mut script = Script::established(&classic());
    script.ignores();
    says(&mut script, 1, "SEQ 1 ACK 1 LEN 10");
    script.hears(&["RST SEQ 1"]);
    assert_eq!((script.state(), script.info().unread), (State::Established, 0));
    says(&mut script, 1, "RST SEQ 1");
    assert_eq!(script.state(), State::Established);
}

#[test]
fn a_write_of_nothing_and_a_read_of_nothing_do_nothing() {
    let mut script = Script::established(&classic());
    assert_eq!(script.call(Call::Write(Bytes::new())), Ok(Reply::Written(0)));
    assert_eq!(script.call(Call::Read { max: 0 }), Ok(Reply::Data(Pieces::new())));
    script.hears(&[]);
}

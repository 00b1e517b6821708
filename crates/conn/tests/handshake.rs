//! Opening a connection: RFC 9293 section 3.5, from either side and from both.

mod support;

use std::time::Duration;

use lucid_conn::engine::{
    Call, Cause, CloseReason, Codepoint, Config, ConnId, Endpoint, Input, Notice, Output, PathMtu, Profile,
    Reply, Setup, State, Time, What,
};
use lucid_wire::{Flags, Segment};
use support::pair::{Pair, Who};
use support::script::{PEER_ISN, Script, encoded, text};

fn classic() -> Config {
    Config::new(Profile::Classic)
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[test]
fn an_active_open_takes_a_syn_and_the_ack_of_the_peers() {
    let mut script = Script::connecting(&classic());
    script.hears(&["SYN SEQ 0 MSS 1004 WND 65535"]);
    script.says("SYN SEQ 0 ACK 1 MSS 1004");
    script.hears(&["SEQ 1 ACK 1"]);
    assert_eq!(script.state(), State::Established);
    assert_eq!(script.notices, [Notice::Connected]);
}

#[test]
fn a_passive_open_waits_for_the_ack_of_its_syn() {
    let mut script = Script::listening(&classic());
    script.says("SYN SEQ 0 MSS 1004");
    script.hears(&["SYN SEQ 0 ACK 1 MSS 1004 WND 65535"]);
    assert_eq!((script.state(), &script.notices[..]), (State::SynReceived, &[][..]));
    script.says("SEQ 1 ACK 1");
    script.hears(&[]);
    assert_eq!(script.notices, [Notice::Acceptable]);
    script.accept();
    assert_eq!(script.state(), State::Established);
}

/// RFC 9293 3.5, figure 8 (MUST-10).
#[test]
fn syns_that_cross_open_one_connection() {
    let mut script = Script::connecting(&classic());
    script.hears(&["SYN SEQ 0"]);
    script.says("SYN SEQ 0 MSS 1004");
    script.hears(&["SYN SEQ 0 ACK 1"]);
    assert_eq!(script.state(), State::SynReceived);
    // The peer's SYN-ACK lies before our window, so it is answered; the peer's answer to ours counts.
    script.says("SYN SEQ 0 ACK 1 MSS 1004");
    script.hears(&["SEQ 1 ACK 1"]);
    script.says("SEQ 1 ACK 1");
    script.hears(&[]);
    assert_eq!((script.state(), &script.notices[..]), (State::Established, &[Notice::Connected][..]));
}

/// Two of ours, whose ports a translator between them makes match (MUST-10).
#[test]
fn two_engines_open_at_once_and_talk() {
    let mut ends = Who::BOTH.map(|who| {
        let secret = [who as u8 + 1; 16];
        Endpoint::new(Setup { config: classic(), secret, max_connections: 9 })
    });
    let at = Time::ZERO;
    for who in Who::BOTH {
        let connect = Input::Connect { peer: who.other().address(), port: 80 };
        assert_eq!(ends[who as usize].handle(at, connect), Ok(Reply::Opened(ConnId(0))));
    }
    let local_port = |end: &Endpoint| end.info(ConnId(0)).unwrap().local_port;
    let ports = [local_port(&ends[0]), local_port(&ends[1])];
    for _ in 0..5 {
        let said = Who::BOTH.map(|who| transmitted(&mut ends[who as usize], at));
        for (who, mut segment) in
            Who::BOTH.into_iter().zip(said).flat_map(|(who, said)| said.into_iter().map(move |s| (who, s)))
        {
            segment.header.source_port = 80;
            segment.header.destination_port = ports[who.other() as usize];
            let input = Input::datagram(who.address(), encoded(&segment).into(), Codepoint::NotEct);
            ends[who.other() as usize].handle(at, input).unwrap();
        }
    }
    for end in &mut ends {
        assert_eq!(end.info(ConnId(0)).unwrap().state, State::Established);
        assert_eq!(transmitted(end, at), [], "and both are quiet");
    }
}

fn transmitted(endpoint: &mut Endpoint, now: Time) -> Vec<Segment> {
    let mut segments = Vec::new();
    loop {
        match endpoint.poll(now) {
            Output::Transmit { train, .. } => segments.extend(train.segments()),
            Output::Wait(_) => return segments,
            _ => {}
        }
    }
}

/// RFC 9293 3.5, figure 9.
#[test]
fn an_old_syn_is_undone_by_the_peers_reset_and_the_new_one_succeeds() {
    let mut script = Script::listening(&classic());
    script.says("SYN SEQ -500");
    script.hears(&["SYN SEQ 0 ACK -499"]);
    script.says("RST SEQ -499");
    assert_eq!(script.state(), State::Listen);
    script.says("SYN SEQ 0");
    script.hears(&["SYN SEQ 0 ACK 1"]);
    script.says("SEQ 1 ACK 1");
    assert_eq!(script.state(), State::Established);
}

/// RFC 6298 2.1, 5.5 and 2.5; RFC 9293 3.8.3 (MUST-22, MUST-23).
#[test]
fn a_syn_goes_again_after_1_3_7_15_seconds_and_for_three_minutes() {
    let mut script = Script::connecting(&classic());
    script.wait(secs(179));
    assert_eq!(script.state(), State::SynSent);
    script.wait(secs(1000));
    script.hears_at("SYN SEQ 0", &[0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 123_000]);
    let reason = CloseReason::TimedOut { state: State::SynSent, silent_for: secs(180), retransmissions: 7 };
    assert_eq!(script.notices.last(), Some(&Notice::Closed(reason)));
}

/// RFC 6298 5.7 and RFC 5681 3.1.
#[test]
fn after_a_lost_syn_data_begins_with_one_segment_and_an_rto_of_three_seconds() {
    let mut script = Script::connecting(&Config::new(Profile::Modern));
    script.wait(secs(3));
    script.hears_at("SYN SEQ 0", &[0, 1000, 3000]);
    script.says("SYN SEQ 0 ACK 1 MSS 1000");
    script.ignores();
    script.writes(5000);
    script.wait(secs(3));
    script.hears_at("SEQ 1 ACK 1 LEN 1000", &[3000, 6000]);
}

/// RFC 6928 2: a single timeout may have been too hasty.
#[test]
fn a_syn_that_timed_out_once_leaves_the_initial_window() {
    let mut script = Script::connecting(&Config::new(Profile::Modern));
    script.wait(secs(1));
    script.hears_at("SYN SEQ 0", &[0, 1000]);
    script.says("SYN SEQ 0 ACK 1 MSS 1000");
    script.ignores();
    script.writes(50_000);
    assert_eq!(script.info().flight_size, 10_000);
}

/// RFC 6928 2: the same without a loss.
#[test]
fn without_a_loss_data_begins_with_the_initial_window() {
    let mut script = Script::connecting(&Config::new(Profile::Modern));
    script.says("SYN SEQ 0 ACK 1 MSS 1000");
    script.ignores();
    script.writes(50_000);
    assert_eq!(script.info().flight_size, 10_000);
}

#[test]
fn a_handshake_survives_the_loss_of_each_of_its_segments() {
    for (who, number) in [(Who::Client, 0), (Who::Server, 0), (Who::Client, 1)] {
        let mut pair = Pair::new(&classic());
        pair.lose = Box::new(move |sender, n, _| (sender, n) == (who, number));
        let (client, server) = pair.established();
        pair.write(Who::Server, server, b"hello");
        pair.run_for(secs(5));
        assert_eq!(pair.read(Who::Client, client).0, b"hello", "{who:?} {number}\n{}", pair.ladder);
    }
}

/// The last ACK is lost, and the client has nothing to say: the SYN-ACK goes again, and draws it.
#[test]
fn a_repeated_syn_ack_is_acknowledged_again() {
    let mut script = Script::established(&classic());
    script.says("SYN SEQ 0 ACK 1 MSS 1004");
    script.hears(&["SEQ 1 ACK 1"]);
    assert_eq!(script.state(), State::Established);
}

#[test]
fn a_repeated_syn_draws_the_syn_ack_again() {
    let mut script = Script::listening(&classic());
    script.says("SYN SEQ 0 MSS 1004");
    script.wait(Duration::from_millis(500));
    script.says("SYN SEQ 0 MSS 1004");
    script.hears_at("SYN SEQ 0 ACK 1", &[0, 500]);
}

/// RFC 9293 3.7.1 (MUST-14, MUST-15, MUST-16); the floor is ours.
#[test]
fn the_mss_is_the_smaller_of_what_the_peer_takes_and_what_we_send() {
    let v4 = "10.0.0.2:2222";
    let v6 = "[fd00::2]:2222";
    for (name, peer, option, expected) in [
        ("the peer's is smaller", v4, "MSS 500", 500),
        ("ours is smaller", v4, "MSS 9000", 1452),
        ("no option, IPv4", v4, "", 536),
        ("no option, IPv6", v6, "", 1220),
        ("nonsense", v4, "MSS 0", 48),
        ("a byte", v4, "MSS 1", 48),
    ] {
        let config = Config { mss: 1452, path_mtu: PathMtu::Fixed, ..Config::new(Profile::Modern) };
        let mut script = Script::connecting_to(&config, peer.parse().unwrap());
        script.says(&format!("SYN SEQ 0 ACK 1 {option}"));
        assert_eq!(script.info().mss, expected, "{name}");
        script.writes(10_000);
        let longest = script.sent.iter().map(|(_, segment)| segment.payload.len()).max();
        assert_eq!(longest, Some(usize::from(expected)), "{name}");
    }
}

/// RFC 9293 3.2 (MUST-65).
#[test]
fn the_mss_option_is_in_syns_only() {
    let mut pair = Pair::new(&classic());
    let (client, server) = pair.established();
    pair.write(Who::Client, client, &[1; 5000]);
    pair.run_for(secs(1));
    for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
        pair.call(who, conn, Call::Shutdown).unwrap();
        pair.run_for(secs(1));
    }
    for who in Who::BOTH {
        for (_, segment) in &pair.side(who).sent {
            let is_syn = segment.header.flags.contains(Flags::SYN);
            assert_eq!(segment.header.options.mss, is_syn.then_some(1004));
        }
    }
}

/// MUST-54, MUST-56, SHLD-26, X-16.
#[test]
fn an_unreachable_port_ends_an_open_but_not_a_connection() {
    let unreachable = || Input::Unreachable { peer: Who::Server.address() };
    let mut script = Script::connecting(&classic());
    script.input(unreachable()).unwrap();
    assert_eq!(script.notices, [Notice::Closed(CloseReason::Unreachable)]);

    let mut script = Script::established(&classic());
    script.input(unreachable()).unwrap();
    assert_eq!(script.state(), State::Established);

    let mut script = Script::connecting(&classic());
    let other = "10.0.0.9:9".parse().unwrap();
    script.input(Input::Unreachable { peer: other }).unwrap();
    assert_eq!(script.state(), State::SynSent);
}

/// RFC 9293 3.4.1 (MUST-8): a tick every 4 microseconds, on top of what names the connection.
#[test]
fn a_later_connection_of_the_same_ports_begins_where_the_clock_says() {
    let mut script = Script::listening(&classic());
    for second in 0..2 {
        script.wait(secs(second));
        script.says("SYN SEQ 0");
        script.says("RST SEQ 1");
    }
    let isns: Vec<_> = script.sent.iter().map(|(_, segment)| segment.header.sequence).collect();
    assert_eq!(isns[1].distance_from(isns[0]), 250_000);
}

#[test]
fn what_rides_on_the_syn_ack_is_delivered() {
    let mut script = Script::connecting(&classic());
    script.ignores();
    script.says("SYN FIN SEQ 0 ACK 1 LEN 10");
    script.hears(&["SEQ 1 ACK 12"]);
    assert_eq!(script.reads(100), text(0, 10));
    assert_eq!(script.call(Call::Read { max: 9 }), Ok(Reply::EndOfStream));
}

#[test]
fn what_was_written_and_closed_before_the_answer_follows_it_at_once() {
    let mut script = Script::connecting(&classic());
    script.writes(100);
    script.call(Call::Shutdown).unwrap();
    script.hears(&["SYN SEQ 0"]);
    script.says("SYN SEQ 0 ACK 1 MSS 1004");
    script.hears(&["FIN PSH SEQ 1 ACK 1 LEN 100"]);
    assert_eq!(script.state(), State::FinWait1);
}

/// RFC 9293 3.10.4 and 3.10.5: in SYN-SENT the record is simply deleted.
#[test]
fn letting_go_in_syn_sent_says_nothing() {
    for call in [Call::Release, Call::Abort] {
        let mut script = Script::connecting(&classic());
        script.hears(&["SYN SEQ 0"]);
        script.call(call).unwrap();
        script.wait(secs(100));
        script.hears(&[]);
        assert_eq!(script.state(), State::Closed);
    }
}

/// RFC 4987: a SYN from a forged address draws no more than three times its bytes, and no longer segment.
#[test]
fn an_address_not_yet_proven_is_sent_little() {
    for (syn, bytes) in [("SYN SEQ 0", 20), ("SYN SEQ 0 MSS 1004", 24)] {
        let mut script = Script::listening(&classic());
        script.says(syn);
        script.wait(secs(1000));
        script.hears_at("SYN SEQ 0 ACK 1", &[0, 1000, 3000]);
        assert!(script.sent.iter().all(|(_, segment)| segment.encoded_len() == bytes));
        assert_eq!(script.endpoint.connections(), 0, "given up in the end");
    }
}

#[test]
fn nor_do_odd_segments_draw_more_from_it() {
    let mut script = Script::listening(&classic());
    let mut received = 0;
    let mut say = |script: &mut Script, line: &str| {
        let segment = script.segment(&support::script::Line::parse(line));
        received += segment.encoded_len();
        script.says(line);
        script.wait(secs(1));
    };
    say(&mut script, "SYN SEQ 0");
    for _ in 0..20 {
        for line in
            ["SYN SEQ 0", "SEQ 1 ACK 9", "SEQ 70000 ACK 1 LEN 1", "RST SEQ 2", "SEQ 1", "SYN SEQ 99999"]
        {
            say(&mut script, line);
        }
    }
    let sent: usize = script.sent.iter().map(|(_, segment)| segment.encoded_len()).sum();
    assert!(sent <= 3 * received, "{sent} bytes sent for {received}");
    assert_eq!(script.state(), State::SynReceived);
}

/// Once the peer has acknowledged our SYN, it has seen it.
#[test]
fn a_proven_address_is_sent_what_there_is() {
    let mut script = Script::listening(&classic());
    script.says("SYN SEQ 0");
    script.says("SEQ 1 ACK 1");
    script.accept();
    script.ignores();
    script.writes(536);
    script.hears(&["SEQ 1 ACK 1 LEN 536"]);
}

/// The receive side counts from the peer's number, whatever it is; ours wraps here after 100 bytes.
#[test]
fn sequence_numbers_may_wrap_during_the_handshake_and_after() {
    const { assert!(PEER_ISN > u32::MAX - 200) };
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 LEN 200");
    assert_eq!(script.reads(1000), text(1, 200));
}

/// Why each segment of ours left, in order.
fn causes(script: &Script) -> Vec<Cause> {
    let sent = script.events.iter().filter(|event| matches!(event.what, What::Sent { .. }));
    sent.map(|event| event.cause).collect()
}

/// A SYN is no data, and neither is a FIN: the open call, the peer's SYN, the close call are their causes.
#[test]
fn a_syn_and_a_fin_say_what_they_go_for() {
    let mut active = Script::established(&Config::new(Profile::Modern));
    active.writes(10);
    active.says("SEQ 1 ACK 11");
    active.call(Call::Shutdown).unwrap();
    assert_eq!(causes(&active), [Cause::OpenCall, Cause::SynAckArrived, Cause::SendCall, Cause::CloseCall]);
    let mut passive = Script::listening(&Config::new(Profile::Modern));
    passive.says("SYN SEQ 0");
    assert_eq!(causes(&passive), [Cause::SynArrived]);
}

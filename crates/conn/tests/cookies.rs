//! SYN cookies (RFC 4987 section 3.6): a full backlog keeps no one out who answers.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use lucid_conn::engine::{
    Agreed, Call, Cause, Config, Endpoint, Input, PathMtu, Profile, Scale, Setup, State, What,
};
use lucid_wire::{Flags, Header, Segment, Timestamps};
use support::pair::PORT;
use support::script::{Line, PEER_PORT, Script, encoded, text};

const BACKLOG: usize = 4;

fn modern() -> Config {
    Config { mss: 1452, path_mtu: PathMtu::Fixed, timestamps: false, ..Config::new(Profile::Modern) }
}

fn stranger(n: usize) -> SocketAddr {
    SocketAddr::from(([10, 1, (n >> 8) as u8, n as u8], 3333))
}

/// A stranger says this.
fn says(script: &mut Script, n: usize, line: &str) -> usize {
    let bytes = encoded(&script.segment(&Line::parse(line)));
    script.datagram(stranger(n), &bytes);
    script.conn = script.endpoint.find(stranger(n), PEER_PORT, PORT);
    bytes.len()
}

/// A listener whose backlog strangers from 1000 on have filled.
fn overwhelmed(config: &Config) -> Script {
    let mut script = Script::new(config);
    script.endpoint = Endpoint::new(Setup { config: config.clone(), secret: [7; 16], max_connections: 1000 });
    script.endpoint.observe(true);
    script.input(Input::Listen { port: PORT, backlog: BACKLOG }).expect("a free port");
    for n in 1000..1000 + BACKLOG {
        says(&mut script, n, "SYN SEQ 0 MSS 1452");
    }
    script.ignores();
    script
}

/// The last segment that was sent.
fn answer(script: &Script) -> &Segment {
    &script.sent.last().expect("it answered").1
}

fn is_reset(segment: &Segment) -> bool {
    segment.header.flags.contains(Flags::RST)
}

#[test]
fn a_full_backlog_answers_and_keeps_nothing() {
    let mut script = overwhelmed(&modern());
    says(&mut script, 0, "SYN SEQ 0 MSS 1452");
    script.hears(&["SYN SEQ 0 ACK 1 MSS 1452"]);
    assert_eq!((script.conn, script.endpoint.connections()), (None, BACKLOG));
    let told = script.events.last().expect("it is told");
    assert!(matches!(told.what, What::CookieSent { peer, .. } if peer == stranger(0)), "{told:?}");
    assert_eq!(told.cause, Cause::BacklogFull);
    let cookie = answer(&script).header.sequence;
    script.wait(Duration::from_secs(10));
    let alike = script.sent.iter().filter(|(_, segment)| segment.header.sequence == cookie);
    assert_eq!(alike.count(), 1, "a cookie is sent once");
}

#[test]
fn the_ack_makes_the_connection_and_it_works() {
    let mut script = overwhelmed(&modern());
    says(&mut script, 0, "SYN SEQ 0 MSS 1452");
    script.ignores();
    says(&mut script, 0, "SEQ 1 ACK 1");
    assert!(is_reset(answer(&script)), "one of those that never answered has made way");
    assert_eq!(script.state(), State::Established);
    assert_eq!(script.endpoint.connections(), BACKLOG);
    script.accept();
    script.ignores();
    says(&mut script, 0, "SEQ 1 ACK 1 LEN 100");
    assert_eq!(script.reads(100), text(1, 100));
    script.writes(1500);
    let (cwnd, rtt) = (script.info().cwnd, script.info().smoothed_rtt);
    assert_eq!((cwnd, rtt), (14_520.0, None), "no round trip was measured, and none was lost");
    script.call(Call::Shutdown).unwrap();
    says(&mut script, 0, "FIN SEQ 101 ACK 1502");
    assert_eq!(script.state(), State::TimeWait);
}

/// The third segment of the handshake is lost: the first with data brings the cookie, too.
#[test]
fn data_may_bring_the_cookie_back() {
    let mut script = overwhelmed(&modern());
    says(&mut script, 0, "SYN SEQ 0 MSS 1452");
    says(&mut script, 0, "SEQ 1 ACK 1 LEN 100");
    script.accept();
    assert_eq!(script.reads(1000), text(1, 100));
}

/// What was offered is remembered, rounded down; and RFC 9293 3.7.1 holds without the option (MUST-15).
#[test]
fn the_cookie_remembers_the_mss() {
    let rows = [(None, 536), (Some(30), 48), (Some(500), 48), (Some(1004), 1004), (Some(1460), 1452)];
    for (offered, expected) in rows {
        let mut script = overwhelmed(&Config { mss: 9000, ..modern() });
        let option = offered.map_or(String::new(), |mss: u16| format!("MSS {mss}"));
        says(&mut script, 0, &format!("SYN SEQ 0 {option}"));
        says(&mut script, 0, "SEQ 1 ACK 1");
        assert_eq!(script.info().mss, expected, "{offered:?}");
    }
}

/// 64 s at least, 128 s at most.
#[test]
fn a_cookie_grows_old() {
    for (after, is_good) in [(1, true), (64, true), (129, false), (64 * 32, false)] {
        let mut script = overwhelmed(&modern());
        script.wait(Duration::from_secs(30));
        says(&mut script, 0, "SYN SEQ 0 MSS 1452");
        let cookie = answer(&script).clone();
        let ack = script.segment(&Line::parse("SEQ 1 ACK 1"));
        script.wait(Duration::from_secs(after - 1));
        // Cookies stay in use all the time, so that it is this one's age that counts.
        says(&mut script, 1, "SYN SEQ 0 MSS 1452");
        script.wait(Duration::from_secs(1));
        assert_eq!(ack.header.acknowledgment, cookie.header.sequence + 1);
        script.datagram(stranger(0), &encoded(&ack));
        let found = script.endpoint.find(stranger(0), PEER_PORT, PORT);
        assert_eq!(found.is_some(), is_good, "after {after} s\n{}", script.exchange());
    }
}

/// A cookie is for one peer, one pair of ports and one SYN.
#[test]
fn no_other_number_will_do() {
    let mut script = overwhelmed(&modern());
    says(&mut script, 0, "SYN SEQ 0 MSS 1452");
    for (n, line) in [(0, "SEQ 1 ACK 2"), (0, "SEQ 1 ACK 0"), (0, "SEQ 2 ACK 1"), (1, "SEQ 1 ACK 1")] {
        says(&mut script, n, line);
        assert_eq!((script.conn, script.discards().last()), (None, Some(&Cause::CookieUnproven)), "{line}");
    }
    // No cookie of ours was made at such a time.
    says(&mut script, 0, "SEQ 1 ACK 2000000000");
    assert_eq!(script.discards().last(), Some(&Cause::BadCookie));
    assert!(is_reset(answer(&script)));
    says(&mut script, 0, "SYN SEQ 1 ACK 1");
    assert!(is_reset(answer(&script)));
    assert!(script.conn.is_none());
    says(&mut script, 0, "SEQ 1 ACK 1");
    assert_eq!(script.state(), State::Established);
}

/// Ten segments may follow a SYN at once. Where the first is lost, the others can't prove the cookie, and a reset would end
/// what the first will open when it is sent again.
#[test]
fn a_cookie_outlives_the_loss_of_the_first_segment() {
    let mut script = overwhelmed(&modern());
    says(&mut script, 0, "SYN SEQ 0 MSS 1452");
    let before = script.sent.len();
    says(&mut script, 0, "SEQ 101 ACK 1 LEN 100");
    assert_eq!((script.sent.len(), script.conn), (before, None));
    says(&mut script, 0, "SEQ 1 ACK 1 LEN 100");
    assert_eq!(script.state(), State::Established);
}

/// A SYN goes again before its cookie has arrived, and finds room now: the peer believes the answer that comes first.
#[test]
fn a_cookie_is_believed_beside_a_half_open_connection_of_the_same_peer() {
    let mut script = overwhelmed(&modern());
    says(&mut script, 0, "SYN SEQ 0 MSS 1452");
    let mut cookie = script.segment(&Line::parse("SEQ 1 ACK 1 LEN 100"));
    says(&mut script, 1000, "RST SEQ 1");
    says(&mut script, 0, "SYN SEQ 0 MSS 1452");
    assert_eq!(script.state(), State::SynReceived);
    let before = script.sent.len();
    script.datagram(stranger(0), &encoded(&cookie));
    script.conn = script.endpoint.find(stranger(0), PEER_PORT, PORT);
    assert_eq!(script.state(), State::Established);
    assert!(script.sent[before..].iter().all(|(_, segment)| !is_reset(segment)));
    cookie.header.sequence = cookie.header.sequence + 100;
    script.datagram(stranger(0), &encoded(&cookie));
    assert_eq!(script.endpoint.connections(), BACKLOG);
}

/// RFC 4987: who could guess a cookie gains nothing while none are in use.
#[test]
fn an_ack_out_of_nowhere_is_reset_while_no_cookies_are_in_use() {
    let mut script = overwhelmed(&modern());
    says(&mut script, 0, "SEQ 1 ACK 1");
    assert!(is_reset(answer(&script)));
    assert_eq!(script.discards(), [Cause::NoConnection]);
}

#[test]
fn a_listener_that_no_one_accepts_from_takes_no_more() {
    let mut script = overwhelmed(&modern());
    for n in 0..BACKLOG {
        says(&mut script, n, "SYN SEQ 0 MSS 1452");
        says(&mut script, n, "SEQ 1 ACK 1");
    }
    assert_eq!(script.endpoint.connections(), BACKLOG);
    let sent = script.sent.len();
    says(&mut script, 9, "SYN SEQ 0 MSS 1452");
    assert_eq!((script.discards().last(), script.sent.len()), (Some(&Cause::AcceptQueueFull), sent));
}

/// The peer takes the connection for open; when there is room, its next segment finds it so.
#[test]
fn a_cookie_that_finds_no_place_is_good_for_another_try() {
    let mut script = overwhelmed(&modern());
    let ack = |script: &mut Script, n| {
        says(script, n, "SYN SEQ 0 MSS 1452");
        (stranger(n), encoded(&script.segment(&Line::parse("SEQ 1 ACK 1 LEN 9"))))
    };
    let acks: Vec<_> = (0..=BACKLOG).map(|n| ack(&mut script, n)).collect();
    for (from, bytes) in &acks {
        script.datagram(*from, bytes);
    }
    assert_eq!(script.discards(), [Cause::AcceptQueueFull]);
    script.accept();
    let (from, bytes) = &acks[BACKLOG];
    script.datagram(*from, bytes);
    assert!(script.endpoint.find(*from, PEER_PORT, PORT).is_some());
}

/// X-17; RFC 9000 8.1's spirit: an address that may be forged draws no more than it seems to have sent.
#[test]
fn a_flood_is_answered_segment_by_segment_and_costs_nothing() {
    let mut script = overwhelmed(&modern());
    for n in 0..5000 {
        for line in ["SYN SEQ 0 MSS 1452", "SYN SEQ 0"] {
            let sent = script.sent.len();
            let len = says(&mut script, n % 900, line);
            assert_eq!(script.sent.len(), sent + 1, "one for one");
            assert!(answer(&script).encoded_len() <= len);
        }
    }
    assert_eq!(script.endpoint.connections(), BACKLOG);
}

/// What is sent follows from the secret and what came: another secret, other cookies.
#[test]
fn cookies_are_keyed() {
    let cookie = |secret: u8, irs: i64| {
        let mut script = overwhelmed(&modern());
        let setup = Setup { config: modern(), secret: [secret; 16], max_connections: 1000 };
        script.endpoint = Endpoint::new(setup);
        script.input(Input::Listen { port: PORT, backlog: 1 }).expect("a free port");
        says(&mut script, 1000, "SYN SEQ 0");
        says(&mut script, 0, &format!("SYN SEQ {irs}"));
        answer(&script).header.sequence
    };
    assert_eq!(cookie(1, 0), cookie(1, 0));
    assert_ne!(cookie(1, 0), cookie(2, 0));
    assert_ne!(cookie(1, 0), cookie(1, 1));
}

/// Without timestamps there is no place for it: the peer would count on what we have forgotten by the time of its ACK.
#[test]
fn nothing_is_agreed_to_that_a_cookie_does_not_remember() {
    let mut script = overwhelmed(&Config { ecn: true, ..modern() });
    let mut syn = script.segment(&Line::parse("SYN SEQ 0 MSS 1452"));
    syn.header.flags |= Flags::ECE | Flags::CWR;
    syn.header.options.sack_permitted = true;
    syn.header.options.window_scale = Some(7);
    script.datagram(stranger(0), &encoded(&syn));
    let Segment { header, .. } = answer(&script);
    assert_eq!(header.flags, Flags::SYN | Flags::ACK);
    assert_eq!((header.options.sack_permitted, header.options.window_scale), (false, None));
}

/// A SYN that offers all there is.
const ALL: &str = "SYN ECE CWR SEQ 0 MSS 1452 SACKOK WS 7 TS 5000 0";

/// A listener that would agree to it.
fn overwhelmed_by_all() -> Script {
    overwhelmed(&Config { ecn: true, ..Config::new(Profile::Modern) })
}

/// The ACK of the last SYN-ACK, which echoes its timestamp, and is this much off.
fn echoes(script: &mut Script, n: usize, off: u32) {
    let ours = answer(script).header.options.timestamps.expect("timestamps").value;
    let mut ack = script.segment(&Line::parse("SEQ 1 ACK 1 WND 100"));
    ack.header.options.timestamps = Some(Timestamps { value: 5010, echo: ours.wrapping_add(off) });
    script.datagram(stranger(n), &encoded(&ack));
    script.conn = script.endpoint.find(stranger(n), PEER_PORT, PORT);
}

/// RFC 4987 3.6, RFC 7323: what a SYN offers comes back with the echo of our timestamp.
#[test]
fn with_timestamps_a_cookie_keeps_the_options() {
    let mut script = overwhelmed_by_all();
    let len = says(&mut script, 0, ALL);
    let Segment { header, .. } = answer(&script).clone();
    assert_eq!(header.flags, Flags::SYN | Flags::ACK | Flags::ECE);
    assert_eq!((header.options.sack_permitted, header.options.window_scale), (true, Some(8)));
    assert_eq!(header.options.timestamps.map(|timestamps| timestamps.echo), Some(5000));
    assert!(answer(&script).encoded_len() <= len);
    script.wait(Duration::from_millis(100));
    echoes(&mut script, 0, 0);
    let info = script.info();
    let scale = Some(Scale { send: 7, receive: 8 });
    assert_eq!(info.options, Agreed { sack: true, timestamps: true, scale });
    assert_eq!((info.state, info.ecn, info.send_window), (State::Established, true, 100 << 7));
    assert_eq!(info.smoothed_rtt, None, "a timestamp with other things in it measures nothing");
}

/// Each option by itself, and where it isn't ours to give.
#[test]
fn a_connection_from_a_cookie_agrees_to_what_any_other_does() {
    let lines = [
        "SYN SEQ 0 MSS 1452 TS 5000 0",
        "SYN SEQ 0 MSS 1452 TS 5000 0 WS 0",
        "SYN SEQ 0 MSS 1452 TS 5000 0 WS 200",
        "SYN SEQ 0 MSS 1452 TS 5000 0 SACKOK",
        "SYN ECE CWR SEQ 0 MSS 1452 TS 5000 0",
        ALL,
    ];
    let modern = Config { ecn: true, ..Config::new(Profile::Modern) };
    let configs = [
        modern.clone(),
        Config { sack: false, ..modern.clone() },
        Config { window_scale: None, ..modern.clone() },
        Config { ecn: false, ..modern },
    ];
    for (config, line) in configs.iter().flat_map(|config| lines.map(|line| (config, line))) {
        let [plain, from_cookie] = [Script::listening(config), overwhelmed(config)].map(|mut script| {
            says(&mut script, 0, line);
            let Header { flags, options, .. } = answer(&script).header;
            let offered = (flags, options.sack_permitted, options.window_scale);
            echoes(&mut script, 0, 0);
            let info = script.info();
            (offered, info.options, info.ecn, info.send_window)
        });
        assert_eq!(plain, from_cookie, "{line}");
    }
}

/// RFC 7323 5.3: or the peer's PAWS would drop what the connection says.
#[test]
fn the_clock_never_runs_backwards_behind_a_cookie() {
    for wait in 0..70 {
        let mut script = overwhelmed_by_all();
        script.wait(Duration::from_millis(wait));
        says(&mut script, 0, ALL);
        let value = |script: &Script| answer(script).header.options.timestamps.expect("timestamps").value;
        let first = value(&script);
        echoes(&mut script, 0, 0);
        script.accept();
        script.writes(100);
        let behind = value(&script).wrapping_sub(first);
        assert!(behind < 64, "after {wait} ms: {behind} ms");
    }
}

/// An echo that says something else than our timestamp did makes no connection, whatever a SYN might have offered.
#[test]
fn an_echo_with_another_offer_is_not_believed() {
    for off in 1..64 {
        let mut script = overwhelmed_by_all();
        says(&mut script, 0, ALL);
        echoes(&mut script, 0, off);
        assert_eq!((script.conn, script.discards().last()), (None, Some(&Cause::CookieUnproven)), "{off}");
    }
}

/// RFC 7323 3.2: timestamps that were not agreed on mean nothing.
#[test]
fn timestamps_that_were_not_agreed_on_are_ignored() {
    let mut script = overwhelmed_by_all();
    says(&mut script, 0, "SYN SEQ 0 MSS 1452 SACKOK WS 7");
    says(&mut script, 0, "SEQ 1 ACK 1 TS 5010 0");
    assert_eq!((script.state(), script.info().options), (State::Established, Agreed::default()));
}

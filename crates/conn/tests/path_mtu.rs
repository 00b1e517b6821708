//! The path's size found by larger segments, and a black hole survived (RFC 8899).
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::time::Duration;

use lucid_conn::engine::{Cause, Config, ConnId, Info, Input, PathMtu, Profile, RecoveryState};
use lucid_sim::{Faults, Link};
use support::pair::{Pair, Who};
use support::script::Script;

/// The largest payload of a UDP datagram over IPv4, less our header.
const MOST: u16 = 65_487;
const CONN: ConnId = ConnId(0);

fn discover() -> Config {
    Config { timestamps: false, receive_buffer: 1 << 20, ..Config::new(Profile::Modern) }
}

/// A link that carries IP packets up to this size: its faults count UDP's payload.
fn path(mtu: usize) -> Faults {
    Faults {
        delay: Duration::from_millis(10),
        rate: Some("50mbit".parse().unwrap()),
        queue: Some(1 << 22),
        mtu: Some(mtu - 28),
        ..Faults::default()
    }
}

/// The client sends so many bytes more, which all arrive.
fn transfer(pair: &mut Pair, (client, server): (ConnId, ConnId), bytes: usize) {
    let (mut left, mut read) = (bytes, 0);
    while read < bytes {
        left -= pair.write(Who::Client, client, &vec![7; left.min(1 << 20)]);
        assert!(pair.step(), "stuck after {read} bytes\n{}", pair.ladder);
        read += pair.read(Who::Server, server).0.len();
    }
}

fn info(pair: &mut Pair) -> Info {
    pair.side(Who::Client).endpoint.info(CONN).unwrap()
}

fn told(pair: &mut Pair, cause: Cause) -> usize {
    pair.side(Who::Client).events.iter().filter(|event| event.cause == cause).count()
}

///
#[test]
fn segments_grow_to_what_the_path_carries_and_the_window_is_not_cut_for_it() {
    for mtu in [1228, 1280, 1400, 1500, 9000, 65_535] {
        let mut pair = Pair::over(&discover(), &discover(), &path(mtu), 1);
        let conns = pair.established();
        assert_eq!(info(&mut pair).mss, 1180);
        transfer(&mut pair, conns, 16_000_000);
        assert_eq!(usize::from(info(&mut pair).mss), mtu - 48, "{mtu}");
        let (cut, lost) = (told(&mut pair, Cause::FoundLost), told(&mut pair, Cause::ProbeLost));
        assert_eq!(cut, 0, "{mtu}: a lost probe is no sign of congestion");
        assert_eq!((info(&mut pair).counts.timeouts, lost % 3), (0, 0), "{mtu}");
    }
}

/// RFC 8899 section 3, item 7.
#[test]
fn a_larger_segment_leaves_the_window_as_it_was() {
    let mut pair = Pair::over(&discover(), &discover(), &path(65_535), 1);
    let conns = pair.established();
    let mut before = info(&mut pair);
    let mut steps = Vec::new();
    while before.mss < MOST {
        pair.write(Who::Client, conns.0, &[7; 1 << 16]);
        assert!(pair.step(), "stuck\n{}", pair.ladder);
        pair.read(Who::Server, conns.1);
        let after = info(&mut pair);
        if after.mss > before.mss {
            steps.push(after.mss);
            // What one ACK in slow start adds, and not six times the window because a segment is six times as large.
            assert!(after.cwnd <= before.cwnd + 2.0 * f64::from(after.mss), "{before:?}\n{after:?}");
        }
        before = after;
    }
    assert_eq!(steps, [1452, 8952, MOST]);
}

///
#[test]
fn a_black_hole_in_mid_connection_is_survived() {
    let mut pair = Pair::over(&discover(), &discover(), &path(9000), 1);
    let conns = pair.established();
    transfer(&mut pair, conns, 2_000_000);
    assert_eq!(info(&mut pair).mss, 8952);
    pair.side(Who::Client).link = Link::new(path(1400), 7);
    let before = pair.now;
    transfer(&mut pair, conns, 16_000_000);
    assert_eq!(told(&mut pair, Cause::BlackHole), 1);
    assert_eq!(info(&mut pair).mss, 1352, "and what is left is searched again");
    let took = pair.now.saturating_since(before);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// The rule: three timeouts of large segments, none of which arrives in between, and a small one that passes.
#[test]
fn random_loss_is_no_black_hole() {
    for seed in 0..5 {
        let faults = Faults { loss: "5%".parse().unwrap(), ..path(1500) };
        let mut pair = Pair::over(&discover(), &discover(), &faults, seed);
        let conns = pair.established();
        transfer(&mut pair, conns, 3_000_000);
        assert_eq!(told(&mut pair, Cause::BlackHole), 0, "seed {seed}");
        assert_eq!(info(&mut pair).mss, 1452, "seed {seed}");
    }
}

#[test]
fn a_dead_link_is_no_black_hole() {
    let faults = Faults {
        blackout: vec!["500ms..6s".parse().unwrap()],
        rate: Some("20mbit".parse().unwrap()),
        queue: Some(100_000),
        ..path(1500)
    };
    let mut pair = Pair::over(&discover(), &discover(), &faults, 1);
    let conns = pair.established();
    transfer(&mut pair, conns, 3_000_000);
    assert!(info(&mut pair).counts.timeouts >= 3, "it was dead for long enough");
    assert_eq!((told(&mut pair, Cause::BlackHole), info(&mut pair).mss), (0, 1452));
}

#[test]
fn a_peer_that_takes_less_is_sent_no_more() {
    let small = Config { mss: 1300, ..Config::new(Profile::Modern) };
    let mut pair = Pair::over(&discover(), &small, &path(65_535), 1);
    let conns = pair.established();
    transfer(&mut pair, conns, 1_000_000);
    assert!(pair.data_sent(Who::Client).iter().all(|&(_, len)| len <= 1300));
    assert_eq!(info(&mut pair).mss, 1300);
}

/// RFC 8899 5.1.2: without SACK nothing tells a lost probe from congestion, so nothing is tried that may never pass.
#[test]
fn without_sack_segments_stay_as_small_as_any_path_carries() {
    for config in [
        Config { sack: false, ..discover() },
        Config { proportional: false, ..discover() },
        Config { path_mtu: PathMtu::Discover, mss: MOST, ..Config::new(Profile::Classic) },
    ] {
        let mut pair = Pair::over(&config, &config, &path(1228), 1);
        let conns = pair.established();
        transfer(&mut pair, conns, 100_000);
        assert_eq!(info(&mut pair).mss, 1180);
    }
}

/// The system refuses what its first link can't carry: that is known at once, and costs neither time nor window.
#[test]
fn a_probe_that_could_not_leave_goes_again_in_small_segments_at_once() {
    let mut script = Script::connecting(&Config { initial_window: 40, pacing: false, ..discover() });
    script.says("SYN SEQ 0 ACK 1 MSS 65000 SACKOK WS 8");
    script.ignores();
    script.writes(100_000);
    script.says("SEQ 1 ACK 1181");
    let probe = script.sent.iter().find(|(_, segment)| segment.payload.len() > 1180);
    let (_, probe) = probe.expect("one probe").clone();
    let (before, cwnd) = (script.sent.len(), script.info().cwnd);
    let too_large = Input::TooLarge { peer: script.info().peer, bytes: 20 + probe.payload.len() };
    script.input(too_large).unwrap();
    assert_eq!(script.sent[before].1.header.sequence, probe.header.sequence);
    assert_eq!(script.sent[before].1.payload.len(), 1180);
    assert!(script.events.iter().any(|event| event.cause == Cause::ProbeTooLarge));
    assert_eq!((script.info().cwnd, script.info().recovery), (cwnd, RecoveryState::Open));
}

//! Explicit congestion notification, end to end (RFC 3168).
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::time::Duration;

use lucid_conn::engine::{Cause, Codepoint, Config, Profile, What};
use lucid_sim::Faults;
use lucid_wire::{Flags, Segment};
use support::pair::{Pair, Who};
use support::script::Script;

fn config() -> Config {
    Config { ecn: true, quick_acks: 0, ..Config::new(Profile::Modern) }
}

/// A link whose queue marks long before it overflows.
fn marking() -> Faults {
    Faults {
        delay: Duration::from_millis(10),
        rate: Some("10mbit".parse().unwrap()),
        queue: Some(200_000),
        mark: Some(20_000),
        ..Faults::default()
    }
}

/// The client sends so many bytes, which all arrive.
fn transfer(mut pair: Pair, bytes: usize) -> Pair {
    let (client, server) = pair.established();
    let (mut left, mut read) = (bytes, 0);
    while read < bytes {
        left -= pair.write(Who::Client, client, &vec![7; left.min(100_000)]);
        assert!(pair.step(), "stuck after {read} bytes\n{}", pair.ladder);
        read += pair.read(Who::Server, server).0.len();
    }
    pair
}

/// What one side sent, each with its codepoint.
fn sent(pair: &mut Pair, who: Who) -> Vec<(Segment, Codepoint)> {
    let side = pair.side(who);
    side.sent.iter().map(|(_, segment)| segment.clone()).zip(side.codepoints.iter().copied()).collect()
}

fn has(segment: &Segment, flags: Flags) -> bool {
    segment.header.flags.contains(flags)
}

/// SHLD-8.
#[test]
fn a_long_queue_slows_a_sender_down_and_nothing_is_lost() {
    let mut pair = transfer(Pair::over(&config(), &config(), &marking(), 1), 3_000_000);
    let counts = pair.side(Who::Client).endpoint.info(lucid_conn::engine::ConnId(0)).unwrap().counts;
    assert!(counts.congestion_echoes >= 3, "{counts:?}");
    assert_eq!((counts.retransmissions, counts.timeouts), (0, 0));
    let told = |pair: &mut Pair, who, cause| {
        pair.side(who).events.iter().filter(|event| event.cause == cause).count() as u64
    };
    assert_eq!(told(&mut pair, Who::Client, Cause::CongestionEcho), counts.congestion_echoes);
    let marks = told(&mut pair, Who::Server, Cause::CongestionExperienced);
    assert!(marks >= counts.congestion_echoes);
}

///
#[test]
fn each_echo_is_answered_by_one_cwr_on_new_data() {
    let mut pair = transfer(Pair::over(&config(), &config(), &marking(), 1), 3_000_000);
    let answered = sent(&mut pair, Who::Client)
        .iter()
        .filter(|(segment, _)| has(segment, Flags::CWR) && !has(segment, Flags::SYN))
        .inspect(|(segment, ecn)| assert!(!segment.payload.is_empty() && *ecn == Codepoint::Ect0))
        .count() as u64;
    let counts = pair.side(Who::Client).endpoint.info(lucid_conn::engine::ConnId(0)).unwrap().counts;
    assert!(counts.congestion_echoes > 1);
    assert!(answered.abs_diff(counts.congestion_echoes) <= 1, "{answered}, {counts:?}");
}

/// RFC 3168 6.1.1, 6.1.4, 6.1.5.
#[test]
fn only_new_data_is_ect() {
    let faults = Faults { loss: "3%".parse().unwrap(), ..marking() };
    let mut pair = transfer(Pair::over(&config(), &config(), &faults, 5), 2_000_000);
    let mut seen = std::collections::BTreeSet::new();
    let (mut new, mut again) = (0, 0);
    for (segment, ecn) in sent(&mut pair, Who::Client) {
        let is_new = !segment.payload.is_empty() && seen.insert(segment.header.sequence.get());
        assert_eq!(ecn, if is_new { Codepoint::Ect0 } else { Codepoint::NotEct }, "{segment:?}");
        new += u32::from(is_new);
        again += u32::from(!is_new && !segment.payload.is_empty());
    }
    assert!(new > 300 && again > 3, "{new} new, {again} again");
    assert!(sent(&mut pair, Who::Server).iter().all(|(_, ecn)| *ecn == Codepoint::NotEct));
}

#[test]
fn without_the_peer_there_is_none() {
    for (client, server) in [(true, false), (false, true), (false, false)] {
        let with = |ecn| Config { ecn, ..config() };
        let mut pair = transfer(Pair::over(&with(client), &with(server), &marking(), 1), 100_000);
        for who in Who::BOTH {
            assert!(sent(&mut pair, who).iter().all(|(_, ecn)| *ecn == Codepoint::NotEct));
            assert!(sent(&mut pair, who).iter().skip(1).all(|(segment, _)| !has(segment, Flags::ECE)));
        }
        let offered = sent(&mut pair, Who::Client)[0].0.header.flags;
        assert_eq!(offered.intersects(Flags::ECE | Flags::CWR), client);
    }
}

///
#[test]
fn a_lost_syn_goes_again_without_the_offer() {
    let mut pair = Pair::new(&config());
    pair.lose = Box::new(|who, number, _| who == Who::Client && number == 0);
    pair.established();
    let flags: Vec<_> = pair.side(Who::Client).sent.iter().map(|(_, segment)| segment.header.flags).collect();
    assert_eq!(flags[..3], [Flags::SYN | Flags::ECE | Flags::CWR, Flags::SYN, Flags::ACK]);
}

#[test]
fn a_mark_is_echoed_on_every_ack_until_cwr_comes() {
    let mut script = Script::listening(&config());
    script.says("SYN ECE CWR SEQ 0 MSS 1000");
    script.hears(&["SYN ECE SEQ 0 ACK 1"]);
    script.says("SEQ 1 ACK 1");
    script.ecn = Codepoint::Ce;
    script.says("SEQ 1 ACK 1 LEN 1000");
    script.says("SEQ 1001 ACK 1 LEN 1000");
    script.hears(&["ECE SEQ 1 ACK 2001"]);
    script.says("SEQ 3001 ACK 1 LEN 1000");
    script.hears(&["ECE SEQ 1 ACK 2001"]);
    script.says("CWR SEQ 2001 ACK 1 LEN 1000");
    script.hears(&["SEQ 1 ACK 4001"]);
    assert_eq!(script.events.iter().filter(|event| matches!(event.what, What::Marked { .. })).count(), 1);
}

/// RFC 3168 6.1.5: a mark on what was never sent to us, or came before, may be anyone's.
#[test]
fn a_mark_outside_the_window_is_ignored() {
    let mut script = Script::listening(&config());
    script.says("SYN ECE CWR SEQ 0 MSS 1000");
    script.says("SEQ 1 ACK 1");
    script.says("SEQ 1 ACK 1 LEN 1000");
    script.ecn = Codepoint::Ce;
    script.says("SEQ 1 ACK 1 LEN 1000");
    script.ecn = Codepoint::Ce;
    script.says("SEQ 90001 ACK 1 LEN 1000");
    assert!(
        !script.sent.iter().skip(1).any(|(_, segment)| has(segment, Flags::ECE)),
        "{}",
        script.exchange()
    );
}

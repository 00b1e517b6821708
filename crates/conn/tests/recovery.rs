//! Losses, and what only looks like one: the modern sender repairs the former soon, and is not fooled by the latter.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::time::Duration;

use lucid_congestion::{Algorithm, Time};
use lucid_conn::engine::{Config, ConnId, Counts, Profile};
use lucid_sim::{Faults, Reorder};
use support::pair::{Lose, Pair, Who};

/// One way.
const DELAY: Duration = Duration::from_millis(25);
const RTT: Duration = Duration::from_millis(50);
/// A payload that leaves room for any options: how many segments a flow has is then known.
const SEGMENT: usize = 1000;

fn modern() -> Config {
    Config {
        mss: 1012,
        nagle: false,
        send_buffer: 8 << 20,
        path_mtu: lucid_conn::engine::PathMtu::Fixed,
        ..Config::new(Profile::Modern)
    }
}

fn over(config: &Config, faults: &Faults, seed: u64) -> (Pair, ConnId, ConnId) {
    let mut pair = Pair::over(config, config, &Faults { delay: DELAY, ..faults.clone() }, seed);
    let (client, server) = pair.established();
    pair.run_for(RTT);
    (pair, client, server)
}

/// Writes so many segments at once and waits until the peer has read them all: how long that takes.
fn flow(pair: &mut Pair, client: ConnId, server: ConnId, segments: usize) -> Duration {
    let start = pair.now;
    let text: Vec<u8> = (0..segments * SEGMENT).map(|at| (at % 251) as u8).collect();
    assert_eq!(pair.write(Who::Client, client, &text), text.len());
    let mut got = Vec::new();
    loop {
        got.extend(pair.read(Who::Server, server).0);
        if got.len() >= text.len() {
            assert!(got == text, "other bytes arrived");
            return pair.now - start;
        }
        assert!(pair.step(), "the flow never ends:\n{}", pair.ladder);
    }
}

fn counts(pair: &mut Pair, conn: ConnId) -> Counts {
    pair.side(Who::Client).endpoint.info(conn).unwrap().counts
}

/// The client's data segments of these numbers (counted from 0, as they are sent) are lost.
fn lose_data(numbers: &[usize]) -> Lose {
    let (numbers, mut count) = (numbers.to_vec(), 0);
    Box::new(move |who, _, segment| {
        if who != Who::Client || segment.payload.is_empty() {
            return false;
        }
        count += 1;
        numbers.contains(&(count - 1))
    })
}

/// A lost segment costs a round trip and what the smaller window takes longer, or at the tail the probe timer as well; the retransmission timer never fires.
#[test]
fn one_lost_segment_anywhere_never_costs_a_timeout() {
    let (mut pair, client, server) = over(&modern(), &Faults::default(), 1);
    let undisturbed = flow(&mut pair, client, server, 30);
    for position in 0..30 {
        let (mut pair, client, server) = over(&modern(), &Faults::default(), 1);
        pair.lose = lose_data(&[position]);
        let time = flow(&mut pair, client, server, 30);
        let counts = counts(&mut pair, client);
        assert_eq!(counts.timeouts, 0, "segment {position}\n{}", pair.ladder);
        // A round trip, and the probe timer: two round trips, and what a lone segment's delayed ACK may take. In the
        // first flights that goes to the smaller window.
        let most = 3 * RTT + Duration::from_millis(45);
        assert!(
            time <= undisturbed + most,
            "segment {position}: {time:?}, not {undisturbed:?}\n{}",
            pair.ladder
        );
    }
}

/// RFC 8985: also where several are lost, the last with them, or what was sent again is lost again.
#[test]
fn lost_retransmissions_and_runs_of_losses_are_found_without_the_timer() {
    for (lost, what) in [
        (vec![4, 5, 6], "a run"),
        (vec![2, 9, 17], "three apart"),
        (vec![10, 30], "the first and what is sent again for it"),
        (vec![12, 13, 14, 15, 16, 17, 18, 19], "eight in a row"),
    ] {
        let (mut pair, client, server) = over(&modern(), &Faults::default(), 1);
        pair.lose = lose_data(&lost);
        flow(&mut pair, client, server, 40);
        let counts = counts(&mut pair, client);
        assert_eq!(counts.timeouts, 0, "{what}\n{}", pair.ladder);
        assert_eq!(counts.retransmissions as usize, lost.len(), "{what}: only what is lost\n{}", pair.ladder);
    }
}

/// A flow of one segment, lost: the probe repairs it.
#[test]
fn a_lone_lost_segment_is_probed_for() {
    let (mut pair, client, server) = over(&modern(), &Faults::default(), 1);
    pair.lose = lose_data(&[0]);
    let time = flow(&mut pair, client, server, 1);
    assert_eq!((counts(&mut pair, client).timeouts, counts(&mut pair, client).tail_probes), (0, 1));
    assert!(time < 3 * RTT + Duration::from_millis(50), "{time:?}");
}

/// Without the probe the timer has to do it.
#[test]
fn without_the_probe_a_lost_tail_waits_for_the_timer() {
    let config = Config { tail_loss_probe: false, ..modern() };
    let (mut pair, client, server) = over(&config, &Faults::default(), 1);
    pair.lose = lose_data(&[29]);
    let time = flow(&mut pair, client, server, 30);
    assert_eq!((counts(&mut pair, client).timeouts, counts(&mut pair, client).tail_probes), (1, 0));
    assert!(time > Duration::from_millis(350), "{time:?}");
}

/// RFC 8985 section 6.2: after the first time, segments that overtake each other by less than a quarter of the round
/// trip cause nothing; and D-SACK widens the window for those that take longer.
#[test]
fn reordering_costs_nothing_after_the_first_time() {
    for jitter in [6, 12, 20] {
        let config = modern();
        let reorder =
            Reorder { probability: "5%".parse().unwrap(), extra: Some(Duration::from_millis(jitter)) };
        let faults = Faults { reorder, ..Faults::default() };
        let (mut pair, client, server) = over(&config, &faults, 7);
        flow(&mut pair, client, server, 2000);
        let first = counts(&mut pair, client);
        flow(&mut pair, client, server, 2000);
        let second = counts(&mut pair, client);
        assert_eq!(second.timeouts, 0);
        let spurious = second.retransmissions - first.retransmissions;
        assert!(
            spurious <= 10,
            "{jitter} ms: {spurious} sent again for nothing in 2000, {} before",
            first.retransmissions
        );
    }
}

/// A later ACK says what a lost one said: losing every other, or two of three, costs no retransmission but the probe for
/// the last.
#[test]
fn lost_acks_cause_no_retransmissions() {
    for one_of in [2, 3] {
        let (mut pair, client, server) = over(&modern(), &Faults::default(), 3);
        let mut count = 0;
        pair.lose = Box::new(move |who, _, _| {
            count += u32::from(who == Who::Server);
            who == Who::Server && count % one_of > 0
        });
        flow(&mut pair, client, server, 100);
        let counts = counts(&mut pair, client);
        assert_eq!((counts.retransmissions - counts.tail_probes, counts.timeouts), (0, 0), "{}", pair.ladder);
    }
}

/// A burst of ACKs, held back on their way, is no reason to send anything again, nor is the burst after it unbounded.
#[test]
fn compressed_acks_cause_no_retransmissions() {
    let config = modern();
    let faults = Faults { jitter: Duration::from_millis(12), ..Faults::default() };
    let (mut pair, client, server) = over(&config, &faults, 5);
    flow(&mut pair, client, server, 400);
    let counts = counts(&mut pair, client);
    assert_eq!(counts.timeouts, 0, "{}", pair.ladder);
}

/// A delay that grows at once beyond the timeout: what was sent again was for nothing, and the window is given back
/// (RFC 5682, RFC 3522).
#[test]
fn a_spurious_timeout_is_taken_back() {
    for timestamps in [true, false] {
        let config = Config { timestamps, ..modern() };
        let blackout = Duration::from_millis(400);
        let (mut pair, client, server) = over(&config, &Faults::default(), 1);
        flow(&mut pair, client, server, 200);
        let before = pair.side(Who::Client).endpoint.info(client).unwrap().cwnd;
        // The link holds everything back for a while: a longer path, all at once.
        let faults = Faults { delay: DELAY + blackout, ..Faults::default() };
        let old = std::mem::replace(&mut pair.side(Who::Client).link, lucid_sim::Link::new(faults, 1));
        assert_eq!(old.in_transit(), 0, "all had arrived");
        flow(&mut pair, client, server, 100);
        pair.run_for(5 * blackout);
        let info = pair.side(Who::Client).endpoint.info(client).unwrap();
        assert!(info.counts.timeouts > 0, "the delay was no surprise");
        assert!(info.counts.undone > 0, "timestamps {timestamps}\n{}", pair.ladder);
        assert!(info.cwnd >= before, "timestamps {timestamps}: {} after {before}", info.cwnd);
    }
}

/// An application that sends now and then finds its window neither grown beyond what it used, nor lost.
#[test]
fn an_application_limited_sender_grows_no_window() {
    for algorithm in [Algorithm::NewReno, Algorithm::Cubic] {
        let config = Config { algorithm, ..modern() };
        let (mut pair, client, server) = over(&config, &Faults::default(), 1);
        for _ in 0..50 {
            flow(&mut pair, client, server, 2);
            pair.run_for(Duration::from_millis(20));
        }
        let info = pair.side(Who::Client).endpoint.info(client).unwrap();
        assert!(info.cwnd <= 12.0 * 1012.0, "{algorithm}: {}", info.cwnd);
        assert_eq!(info.counts.retransmissions, 0);
    }
}

/// The stated burst bound: 2 ms of the pacing rate, or two segments.
#[test]
fn segments_are_spread_out() {
    let (mut pair, client, server) = over(&modern(), &Faults::default(), 1);
    flow(&mut pair, client, server, 60);
    let sent = pair.data_sent(Who::Client);
    let times: Vec<Time> = sent.iter().map(|(at, _)| *at).collect();
    let most = times.chunk_by(|one, next| one == next).map(<[Time]>::len).max();
    assert!(most <= Some(12), "{most:?} in one instant");
}

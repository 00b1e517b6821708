//! All connections of an endpoint, looked at from outside.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Config, ConnId, Counts, Profile, State};
use support::pair::{Pair, Who};

const COUNT: usize = 5;

/// So many connections, each with some bytes both ways; nobody watches.
fn several() -> (Pair, Vec<[ConnId; 2]>) {
    let mut pair = Pair::new(&Config::new(Profile::Modern));
    Who::BOTH.into_iter().for_each(|who| pair.side(who).endpoint.observe(false));
    let listener = pair.listen();
    let mut conns = Vec::new();
    while conns.len() < COUNT {
        let client = pair.connect();
        pair.run_for(Duration::from_millis(50));
        let server = pair.accept(listener).expect("it is established");
        for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
            pair.write(who, conn, &[7; 1000]);
        }
        pair.run_for(Duration::from_millis(100));
        for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
            assert_eq!(pair.read(who, conn).0.len(), 1000);
        }
        conns.push([client, server]);
    }
    (pair, conns)
}

fn sum(pair: &mut Pair, who: Who) -> (u64, u64, u64) {
    let endpoint = &pair.side(who).endpoint;
    let counts: Vec<_> =
        endpoint.ids().iter().map(|&id| endpoint.info(id).expect("it is there").counts).collect();
    let sum = |of: fn(&Counts) -> u64| counts.iter().map(of).sum();
    (sum(|counts| counts.segments_sent), sum(|counts| counts.bytes_sent), sum(|counts| counts.bytes_received))
}

fn totals(pair: &mut Pair, who: Who) -> (u64, u64, u64) {
    let totals = pair.side(who).endpoint.totals();
    (totals.segments_sent, totals.bytes_sent, totals.bytes_received)
}

#[test]
fn every_connection_is_seen_once_in_the_order_of_numbers() {
    let (mut pair, conns) = several();
    for (end, who) in Who::BOTH.into_iter().enumerate() {
        let mut expected: Vec<_> = conns.iter().map(|conns| conns[end]).collect();
        expected.sort_unstable();
        assert_eq!(pair.side(who).endpoint.ids(), expected);
        assert_eq!(pair.side(who).endpoint.connections(), COUNT);
    }
}

/// An idle connection is packed: what it has counted is read from there.
#[test]
fn totals_are_the_sum_over_connections_also_over_those_at_rest() {
    let (mut pair, _) = several();
    for idle in [0, 60] {
        pair.run_for(Duration::from_secs(idle));
        for who in Who::BOTH {
            let (segments, sent, received) = totals(&mut pair, who);
            assert_eq!((segments, sent, received), sum(&mut pair, who));
            assert!(segments >= 3 * COUNT as u64);
            assert_eq!((sent, received), (1000 * COUNT as u64, 1000 * COUNT as u64));
        }
    }
}

#[test]
fn totals_keep_what_was_counted_on_connections_that_are_over() {
    let (mut pair, conns) = several();
    let before = Who::BOTH.map(|who| totals(&mut pair, who));
    for [client, server] in conns.iter().copied() {
        for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
            pair.call(who, conn, Call::Release).expect("it is there");
            pair.run_for(Duration::from_millis(50));
        }
    }
    assert_eq!(pair.side(Who::Server).endpoint.ids(), []);
    let client = &pair.side(Who::Client).endpoint;
    let states: Vec<_> = client.ids().iter().map(|&id| client.info(id).expect("a remnant").state).collect();
    assert_eq!(states, [State::TimeWait; COUNT]);
    let in_time_wait = Who::BOTH.map(|who| totals(&mut pair, who));
    for (before, after) in before.iter().zip(&in_time_wait) {
        // The FIN, and the acknowledgment of the other's.
        assert_eq!(after.0, before.0 + 2 * COUNT as u64);
        assert_eq!((after.1, after.2), (before.1, before.2));
    }
    pair.run_for(Duration::from_secs(1000));
    assert_eq!(pair.side(Who::Client).endpoint.connections(), 0);
    assert_eq!(Who::BOTH.map(|who| totals(&mut pair, who)), in_time_wait);
}

//! A connection of some twenty segments, each one of them lost in turn, and each pair: it always ends well.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Config, Profile};
use support::pair::{Pair, Who};

/// Handshake, a request, a reply of eleven to sixteen segments, orderly close: the whole exchange with the segments of these
/// numbers (counted over both sides together, as they are sent) lost. Returns how many were sent in all.
fn exchange(config: &Config, lost: &[usize]) -> usize {
    let mut pair = Pair::new(config);
    let mut count = 0;
    let lost = lost.to_vec();
    pair.lose = Box::new(move |_, _, _| {
        count += 1;
        lost.contains(&(count - 1))
    });
    let listener = pair.listen();
    let client = pair.connect();
    pair.write(Who::Client, client, b"a request");
    pair.call(Who::Client, client, Call::Shutdown).unwrap();
    let server = loop {
        if let Some(server) = pair.accept(listener) {
            break server;
        }
        assert!(pair.step(), "no connection");
    };
    let reply: Vec<u8> = (0..16_000_u32).map(|at| (at % 251) as u8).collect();
    let mut request = (Vec::new(), false);
    while !request.1 {
        let (bytes, end) = pair.read(Who::Server, server);
        request = ([request.0, bytes].concat(), end);
        assert!(request.1 || pair.step(), "the request never ends");
    }
    assert_eq!(request.0, b"a request");
    pair.write(Who::Server, server, &reply);
    pair.call(Who::Server, server, Call::Shutdown).unwrap();
    let mut received = (Vec::new(), false);
    while !received.1 {
        let (bytes, end) = pair.read(Who::Client, client);
        received = ([received.0, bytes].concat(), end);
        assert!(received.1 || pair.step(), "the reply never ends");
    }
    assert!(received.0 == reply, "other bytes arrived");
    for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
        pair.call(who, conn, Call::Release).unwrap();
    }
    while pair.step() {}
    for who in Who::BOTH {
        assert_eq!(pair.side(who).endpoint.connections(), 0, "{who:?} never ends");
    }
    Who::BOTH.into_iter().map(|who| pair.side(who).sent.len()).sum()
}

fn each_pair_lost(profile: Profile) {
    let config = Config { time_wait: Duration::from_secs(600), ..Config::new(profile) };
    let segments = exchange(&config, &[]);
    assert!(segments >= 20, "{segments} segments");
    for first in 0..segments {
        exchange(&config, &[first]);
        for second in first + 1..segments + 4 {
            exchange(&config, &[first, second]);
        }
    }
}

#[test]
fn classic_survives_the_loss_of_any_two_segments() {
    each_pair_lost(Profile::Classic);
}

#[test]
fn modern_survives_the_loss_of_any_two_segments() {
    each_pair_lost(Profile::Modern);
}

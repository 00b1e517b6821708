//! The plain course of a connection, in virtual time.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Config, Notice, Profile, State, What};
use support::pair::{Pair, Who};

fn classic() -> Config {
    Config { time_wait: Duration::from_secs(2), ..Config::new(Profile::Classic) }
}

fn states(pair: &mut Pair, who: Who) -> Vec<State> {
    let of = |what: &What| match what {
        What::State { to, .. } => Some(*to),
        _ => None,
    };
    let mut states: Vec<_> = pair.side(who).events.iter().filter_map(|event| of(&event.what)).collect();
    states.retain(|state| *state != State::Listen);
    states
}

#[test]
fn a_connection_opens_carries_a_file_and_closes() {
    let mut pair = Pair::new(&classic());
    let (client, server) = pair.established();
    let file: Vec<u8> = (0..8192_u32).map(|byte| byte as u8).collect();
    assert_eq!(pair.write(Who::Server, server, &file), 8192);
    pair.run_for(Duration::from_secs(5));
    assert_eq!(pair.read(Who::Client, client), (file, false));
    let lengths: Vec<_> = pair.data_sent(Who::Server).into_iter().map(|(_, len)| len).collect();
    assert_eq!(lengths, [1004, 1004, 1004, 1004, 1004, 1004, 1004, 1004, 160]);

    pair.call(Who::Client, client, Call::Shutdown).unwrap();
    pair.run_for(Duration::from_secs(1));
    assert_eq!(pair.read(Who::Server, server), (vec![], true));
    pair.call(Who::Server, server, Call::Shutdown).unwrap();
    pair.run_for(Duration::from_secs(10));
    use State::*;
    assert_eq!(states(&mut pair, Who::Client), [SynSent, Established, FinWait1, FinWait2, TimeWait, Closed]);
    assert_eq!(states(&mut pair, Who::Server), [SynReceived, Established, CloseWait, LastAck, Closed]);
    assert!(pair.has_notice(Who::Client, client, &Notice::Finished));
    for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
        pair.call(who, conn, Call::Release).unwrap();
        assert_eq!(pair.side(who).endpoint.connections(), 0);
    }
}

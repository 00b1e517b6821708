//! Keep-alive (RFC 9293 section 3.8.4).

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Cause, CloseReason, Config, KeepAlive, Notice, Profile, State, What};
use support::pair::{Pair, Who};
use support::script::Script;

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// After 10 s, then every 5 s, three times.
const HASTY: KeepAlive = KeepAlive { idle: secs(10), interval: secs(5), probes: 3 };

fn keeping_alive(keep_alive: KeepAlive) -> Script {
    let config = Config { keep_alive: Some(keep_alive), ..Config::new(Profile::Classic) };
    Script::established(&config)
}

/// MUST-25.
#[test]
fn by_default_an_idle_connection_is_left_alone() {
    for profile in [Profile::Classic, Profile::Modern] {
        let mut script = Script::established(&Config::new(profile));
        script.wait(secs(1_000_000));
        script.hears(&[]);
        assert_eq!(script.state(), State::Established);
    }
}

/// MUST-28: two hours; then as everyone else does.
#[test]
fn the_default_values_are_patient() {
    let mut script = keeping_alive(KeepAlive::default());
    script.wait(secs(7199));
    script.hears(&[]);
    script.wait(secs(1));
    script.hears(&["SEQ 0 ACK 1"]);
    script.wait(secs(9 * 75 - 1));
    assert_eq!(script.state(), State::Established);
    script.wait(secs(1));
    assert_eq!(script.state(), State::Closed);
}

/// MUST-27; the probe is a number that the peer has, and no data (SHLD-12).
#[test]
fn an_idle_peer_is_probed_and_given_up_after_the_last_probe() {
    let mut script = keeping_alive(HASTY);
    script.wait(secs(24));
    script.hears_at("SEQ 0 ACK 1", &[10_000, 15_000, 20_000]);
    assert_eq!(script.state(), State::Established);
    script.wait(secs(1));
    script.hears(&["RST SEQ 1 ACK 1"]);
    let reason = CloseReason::NotAlive { silent_for: secs(25), probes: 3 };
    assert!(script.notices.contains(&Notice::Closed(reason.clone())));
    let said = "the peer was silent for 25.0 s: none of 3 keep-alive probes was answered";
    assert_eq!(reason.to_string(), said);
    assert!(script.endpoint.poll(script.now) == lucid_conn::engine::Output::Wait(None));
}

#[test]
fn a_probe_is_told_with_its_cause() {
    let mut script = keeping_alive(HASTY);
    script.wait(secs(15));
    let is_probe = |what: &What| matches!(what, What::KeepAliveProbe { .. });
    let told: Vec<_> = script.events.iter().filter(|event| is_probe(&event.what)).cloned().collect();
    assert_eq!(told[1].what, What::KeepAliveProbe { count: 2, of: 3, next_in: secs(5) });
    assert!(told.iter().all(|event| event.cause == Cause::Idle));
    assert_eq!((told.len(), script.info().counts.keep_alive_probes), (2, 2));
}

/// MUST-29: also where one is what was asked for.
#[test]
fn a_single_unanswered_probe_never_ends_a_connection() {
    let mut script = keeping_alive(KeepAlive { probes: 0, ..HASTY });
    script.wait(secs(19));
    assert_eq!(script.state(), State::Established);
    script.wait(secs(1));
    assert_eq!(script.state(), State::Closed);
}

#[test]
fn an_answer_begins_the_silence_anew() {
    let mut script = keeping_alive(HASTY);
    for _ in 0..20 {
        script.wait(secs(10));
        script.hears(&["SEQ 0 ACK 1"]);
        script.wait(secs(5));
        script.hears(&["SEQ 0 ACK 1"]);
        script.says("SEQ 1 ACK 1");
        script.hears(&[]);
    }
    assert_eq!(script.state(), State::Established);
}

/// Were the next probe due an interval after the last, it would come late.
#[test]
fn after_an_answer_it_is_the_idle_time_that_counts() {
    let mut script = keeping_alive(KeepAlive { interval: secs(60), ..HASTY });
    script.wait(secs(10));
    script.says("SEQ 1 ACK 1");
    script.ignores();
    script.wait(secs(10));
    script.hears(&["SEQ 0 ACK 1"]);
}

/// MUST-26: any segment counts.
#[test]
fn a_peer_that_is_heard_is_not_probed() {
    let mut script = keeping_alive(HASTY);
    for n in 0..20 {
        script.wait(secs(8));
        script.says(&format!("SEQ {} ACK 1 LEN 1", 1 + n));
        script.wait(secs(1));
        script.hears(&[&format!("SEQ 1 ACK {}", 2 + n)]);
    }
    script.wait(secs(8));
    script.hears(&[]);
    script.wait(secs(1));
    script.hears(&["SEQ 0 ACK 21"]);
}

/// MUST-26: the retransmission timer finds out, and R2 decides.
#[test]
fn while_data_is_outstanding_nothing_is_probed() {
    let mut script = keeping_alive(HASTY);
    script.writes(10);
    script.wait(secs(99));
    assert_eq!((script.state(), script.info().counts.keep_alive_probes), (State::Established, 0));
    script.says("SEQ 1 ACK 11");
    script.ignores();
    script.wait(secs(10));
    script.hears(&["SEQ 10 ACK 1"]);
}

#[test]
fn a_peer_that_lost_its_connection_resets_ours() {
    let mut script = keeping_alive(HASTY);
    script.wait(secs(10));
    script.hears(&["SEQ 0 ACK 1"]);
    script.says("RST SEQ 1");
    assert!(script.notices.contains(&Notice::Closed(CloseReason::Reset)));
}

/// MUST-24.
#[test]
fn a_connection_may_turn_it_on_and_off_for_itself() {
    let mut script = Script::established(&Config::new(Profile::Classic));
    script.wait(secs(100));
    script.call(Call::SetKeepAlive(Some(KeepAlive { idle: secs(200), ..HASTY }))).unwrap();
    script.wait(secs(99));
    script.hears(&[]);
    script.wait(secs(1));
    script.hears(&["SEQ 0 ACK 1"]);
    script.call(Call::SetKeepAlive(None)).unwrap();
    script.wait(secs(1000));
    script.hears(&[]);
    assert_eq!(script.state(), State::Established);
}

/// Else a time of zero would send all probes at once, and end what is alive.
#[test]
fn a_probe_has_a_round_trip_for_its_answer_however_short_the_times() {
    let zero = Duration::ZERO;
    let mut script = keeping_alive(KeepAlive { idle: zero, interval: zero, probes: 5 });
    script.wait(secs(3));
    script.hears_at("SEQ 0 ACK 1", &[1000, 2000, 3000]);
}

/// Both sides ask, for a day; the answers are no reason for more.
#[test]
fn two_that_keep_each_other_alive_stay_and_say_little() {
    let config = Config { keep_alive: Some(KeepAlive { idle: secs(60), ..HASTY }), ..Config::default() };
    let mut pair = Pair::new(&config);
    let (client, server) = pair.established();
    pair.run_for(secs(86_400));
    for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
        let info = pair.side(who).endpoint.info(conn).expect("it stays");
        assert_eq!(info.state, State::Established);
        assert!(info.counts.segments_sent < 2 * 1440 + 10, "{:?}", info.counts);
    }
}

/// After our FIN there is nothing outstanding: a peer that is gone would never finish.
#[test]
fn a_half_closed_connection_is_kept_alive_too() {
    let mut script = keeping_alive(HASTY);
    script.call(Call::Shutdown).unwrap();
    script.says("SEQ 1 ACK 2");
    script.ignores();
    assert_eq!(script.state(), State::FinWait2);
    script.wait(secs(10));
    script.hears(&["SEQ 1 ACK 1"]);
    script.wait(secs(15));
    assert_eq!(script.state(), State::Closed);
}

//! The user timeout and its option (RFC 5482).

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Cause, CloseReason, Config, Event, KeepAlive, Notice, Profile, State, What};
use lucid_wire::UserTimeout;
use support::pair::{Pair, Who};
use support::script::{Line, Script, encoded};

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn classic() -> Config {
    Config::new(Profile::Classic)
}

fn with_timeout(seconds: u64) -> Config {
    Config { user_timeout: Some(secs(seconds)), ..classic() }
}

/// The peer says this, with a user timeout.
fn says(script: &mut Script, line: &str, timeout: u64) {
    let mut segment = script.segment(&Line::parse(line));
    segment.header.options.user_timeout = Some(UserTimeout::new(secs(timeout)));
    script.datagram(Who::Server.address(), &encoded(&segment));
}

/// The user timeouts, in seconds, of the segments that were sent so far.
fn said(script: &Script) -> Vec<Option<u64>> {
    let said = script.sent.iter().map(|(_, segment)| segment.header.options.user_timeout);
    said.map(|option| option.map(|timeout| timeout.duration().as_secs())).collect()
}

/// After so many seconds without an answer the connection ends, and not a second before.
#[track_caller]
fn ends_after(mut script: Script, seconds: u64) -> CloseReason {
    script.writes(10);
    script.wait(secs(seconds) - Duration::from_millis(1));
    assert_eq!(script.state(), State::Established, "{}", script.exchange());
    script.wait(Duration::from_millis(1));
    match script.notices.last() {
        Some(Notice::Closed(reason)) => reason.clone(),
        other => panic!("{other:?}\n{}", script.exchange()),
    }
}

///
#[test]
fn by_default_nothing_is_said_and_r2_decides() {
    for profile in [Profile::Classic, Profile::Modern] {
        let script = Script::established(&Config::new(profile));
        assert!(said(&script).iter().all(Option::is_none));
        ends_after(script, 100);
    }
}

/// RFC 5482 section 3: a SYN's is forgotten by whoever answers it with a cookie.
#[test]
fn the_syn_says_it_and_so_does_the_first_segment_behind() {
    let mut script = Script::established(&with_timeout(300));
    script.writes(10);
    assert_eq!(said(&script), [Some(300), Some(300), None]);
}

#[test]
fn a_syn_ack_says_it_where_the_syn_left_room() {
    let mut script = Script::listening(&with_timeout(300));
    script.says("SYN SEQ 0 MSS 1004");
    assert_eq!(said(&script), [None], "24 bytes came, so 28 would be too many");
    script.says("SEQ 1 ACK 1 LEN 10");
    script.wait(secs(1));
    assert_eq!(said(&script), [None, Some(300)]);
    let mut script = Script::listening(&with_timeout(300));
    says(&mut script, "SYN SEQ 0 MSS 1004", 200);
    assert_eq!(said(&script), [Some(300)]);
}

/// A full segment would be too long with it.
#[test]
fn it_waits_for_a_segment_with_room() {
    let mut script = Script::established(&Config { initial_window: 10, ..classic() });
    script.writes(1004);
    script.call(Call::SetUserTimeout(Some(secs(300)))).unwrap();
    assert_eq!(said(&script)[2..], [None, Some(300)], "with an ACK of its own");
}

#[test]
fn what_the_application_sets_is_what_holds() {
    for seconds in [5, 20, 300] {
        let reason = ends_after(Script::established(&with_timeout(seconds)), seconds);
        let silent_for = secs(seconds);
        assert!(matches!(reason, CloseReason::TimedOut { silent_for: told, .. } if told == silent_for));
    }
}

/// RFC 5482 section 3.1: CHANGEABLE is false then.
#[test]
fn a_peer_changes_nothing_once_the_application_set_it() {
    let mut script = Script::established(&with_timeout(20));
    says(&mut script, "SEQ 1 ACK 1", 3000);
    ends_after(script, 20);
}

/// USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)).
#[test]
fn a_peer_may_ask_for_longer_within_limits() {
    for (asked, holds) in [(1, 100), (99, 100), (300, 300), (100_000, 3600)] {
        let mut script = Script::established(&classic());
        says(&mut script, "SEQ 1 ACK 1", asked);
        ends_after(script, holds);
    }
}

/// R2 below 100 s is the application's word, too.
#[test]
fn a_hasty_r2_is_not_made_longer() {
    let mut script = Script::established(&Config { r2: secs(10), ..classic() });
    says(&mut script, "SEQ 1 ACK 1", 300);
    ends_after(script, 10);
}

#[test]
fn a_peers_syn_and_the_first_ack_of_a_handshake_count() {
    let mut script = Script::connecting(&classic());
    says(&mut script, "SYN SEQ 0 ACK 1 MSS 1004", 200);
    ends_after(script, 200);
    for (syn, ack) in [(200, None), (150, Some(200))] {
        let mut script = Script::listening(&classic());
        says(&mut script, "SYN SEQ 0 MSS 1004", syn);
        match ack {
            Some(timeout) => says(&mut script, "SEQ 1 ACK 1", timeout),
            None => script.says("SEQ 1 ACK 1"),
        }
        script.accept();
        ends_after(script, 200);
    }
}

/// It could come from anyone.
#[test]
fn a_segment_that_is_not_believed_changes_nothing() {
    let mut script = Script::established(&classic());
    says(&mut script, "SEQ 1 ACK 500", 3000);
    says(&mut script, "SEQ 70000 ACK 1", 3000);
    says(&mut script, "RST SEQ 77 ACK 1", 3000);
    ends_after(script, 100);
}

#[test]
fn the_application_may_change_it_at_any_time() {
    let mut script = Script::established(&classic());
    script.writes(10);
    script.wait(secs(50));
    script.call(Call::SetUserTimeout(Some(secs(60)))).unwrap();
    script.wait(Duration::from_millis(9_999));
    assert_eq!(script.state(), State::Established);
    script.wait(Duration::from_millis(1));
    assert_eq!(script.state(), State::Closed);
    let causes = |event: &Event| matches!(event.what, What::Closed { .. }).then_some(event.cause);
    let ends: Vec<_> = script.events.iter().filter_map(causes).collect();
    assert_eq!(ends, [Cause::UserTimeoutExpired]);
}

#[test]
fn taken_back_it_leaves_the_word_to_r2_and_the_peer() {
    let mut script = Script::established(&with_timeout(20));
    says(&mut script, "SEQ 1 ACK 1", 200);
    script.call(Call::SetUserTimeout(None)).unwrap();
    ends_after(script, 200);
}

#[test]
fn a_change_is_told_with_its_cause() {
    let mut script = Script::established(&classic());
    says(&mut script, "SEQ 1 ACK 1", 300);
    says(&mut script, "SEQ 1 ACK 1", 300);
    script.call(Call::SetUserTimeout(Some(secs(20)))).unwrap();
    let told = |event: &Event| match &event.what {
        What::UserTimeout { timeout } => Some((timeout.before, timeout.after, event.cause)),
        _ => None,
    };
    let told: Vec<_> = script.events.iter().filter_map(told).collect();
    let expected =
        [(secs(100), secs(300), Cause::PeerUserTimeout), (secs(300), secs(20), Cause::UserTimeoutCall)];
    assert_eq!(told, expected);
}

/// R2 never ends what is probed and answered, and this does.
#[test]
fn a_peer_that_keeps_its_window_closed_is_given_up() {
    let mut script = Script::established(&with_timeout(20));
    script.says("SEQ 1 ACK 1 WND 0");
    script.wait(secs(500));
    script.writes(10);
    for _ in 0..19 {
        script.wait(secs(1));
        script.says("SEQ 1 ACK 1 WND 0");
        assert_eq!(script.state(), State::Established);
    }
    script.wait(secs(1));
    let reason = CloseReason::WindowClosed { stuck_for: secs(20) };
    assert_eq!(
        reason.to_string(),
        "the peer is there, and took nothing for 20.0 s: its window stayed closed"
    );
    assert!(script.notices.contains(&Notice::Closed(reason)), "{}", script.exchange());
}

/// MUST-23: it is about data.
#[test]
fn a_syn_has_its_own_time() {
    let mut script = Script::connecting(&with_timeout(5));
    script.wait(secs(179));
    assert_eq!(script.state(), State::SynSent);
}

/// RFC 5482 section 4.2.
#[test]
fn keep_alive_waits_for_longer_than_the_user_timeout() {
    let keep_alive = Some(KeepAlive { idle: secs(10), ..KeepAlive::default() });
    let mut script = Script::established(&Config { keep_alive, ..with_timeout(60) });
    script.ignores();
    script.wait(secs(59));
    script.hears(&[]);
    script.wait(secs(1));
    script.hears(&["SEQ 0 ACK 1"]);
}

/// A client that is often out of reach, and a server with no wish of its own.
#[test]
fn both_ends_of_a_connection_wait_as_long_as_one_asks_for() {
    let faults = lucid_sim::Faults { delay: Duration::from_millis(10), ..Default::default() };
    let mut pair = Pair::over(&with_timeout(600), &classic(), &faults, 1);
    let (client, server) = pair.established();
    pair.run_for(secs(1));
    let from = pair.now;
    pair.lose = Box::new(|_, _, _| true);
    pair.write(Who::Server, server, b"still there?");
    pair.write(Who::Client, client, b"not yet");
    pair.run_until(from + secs(530));
    pair.lose = Box::new(|_, _, _| false);
    pair.run_for(secs(60));
    assert_eq!(pair.read(Who::Server, server).0, b"not yet");
    assert_eq!(pair.read(Who::Client, client).0, b"still there?");
}

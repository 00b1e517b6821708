//! Corking: nothing but full segments leaves, for a while.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Cause, Config, Profile, What};
use support::script::Script;

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn corked() -> Script {
    let config = Config { initial_window: 10, ..Config::new(Profile::Classic) };
    let mut script = Script::established(&config);
    script.call(Call::SetCork(true)).expect("a cork always fits");
    script
}

/// MAY-16, SHLD-28.
#[test]
fn pieces_become_full_segments() {
    let mut script = corked();
    for _ in 0..5 {
        script.writes(500);
    }
    script.hears(&["SEQ 1 ACK 1 LEN 1004", "SEQ 1005 ACK 1 LEN 1004"]);
    script.wait(millis(199));
    script.hears(&[]);
}

#[test]
fn pulled_it_lets_the_rest_go() {
    let mut script = corked();
    script.writes(100);
    script.writes(100);
    script.hears(&[]);
    script.call(Call::SetCork(false)).unwrap();
    script.hears(&["PSH SEQ 1 ACK 1 LEN 200"]);
}

#[test]
fn no_piece_waits_longer_than_200_ms_and_what_follows_waits_anew() {
    let mut script = corked();
    script.writes(100);
    script.wait(millis(100));
    script.writes(100);
    script.wait(millis(100));
    script.hears_at("SEQ 1 ACK 1 LEN 200", &[200]);
    script.says("SEQ 1 ACK 201");
    script.writes(100);
    script.wait(millis(199));
    script.hears(&[]);
    script.wait(millis(1));
    script.hears(&["SEQ 201 ACK 1 LEN 100"]);
    let told: Vec<_> =
        script.events.iter().filter(|event| matches!(event.what, What::CorkExpired { .. })).collect();
    assert_eq!(told[1].what, What::CorkExpired { waiting: 100 });
    assert!(told.iter().all(|event| event.cause == Cause::CorkTimer));
}

/// Also where the retransmission timeout, and with it the override of silly windows, is as short.
#[test]
fn a_corked_piece_is_no_silly_window() {
    let mut script = Script::established(&Config::new(Profile::Modern));
    script.call(Call::SetCork(true)).unwrap();
    script.writes(100);
    script.wait(millis(500));
    assert_eq!(script.info().counts.window_probes, 0);
    assert_eq!(script.info().counts.bytes_sent, 100);
}

#[test]
fn a_fin_takes_the_rest_along() {
    let mut script = corked();
    script.writes(100);
    script.call(Call::Shutdown).unwrap();
    script.hears(&["FIN SEQ 1 ACK 1 LEN 100"]);
}

/// It holds with the Nagle algorithm off, and has nothing to say to a lost segment.
#[test]
fn it_is_another_switch_than_nagles() {
    let mut script = corked();
    script.call(Call::SetNagle(false)).unwrap();
    script.writes(100);
    script.hears(&[]);
    script.wait(millis(200));
    script.hears(&["SEQ 1 ACK 1 LEN 100"]);
    script.wait(millis(1000));
    script.hears(&["SEQ 1 ACK 1 LEN 100"]);
    script.writes(100);
    script.call(Call::SetCork(false)).unwrap();
    script.says("SEQ 1 ACK 101");
    script.hears(&["SEQ 101 ACK 1 LEN 100"]);
}

/// Half of the largest window is all that such a peer ever gets in one segment.
#[test]
fn a_peer_with_a_small_window_is_served_at_once() {
    let mut script = Script::connecting(&Config::new(Profile::Classic));
    script.ignores();
    script.window = 500;
    script.answer_the_syn("");
    script.call(Call::SetCork(true)).unwrap();
    script.writes(2000);
    script.hears(&["SEQ 1 ACK 1 LEN 500"]);
}

/// As `MSG_MORE` says: what a piece leaves waits for the next one, and no longer than the application likes.
#[test]
fn a_piece_that_is_to_be_followed_waits_for_what_follows() {
    let mut script = Script::established(&Config { initial_window: 10, ..Config::new(Profile::Classic) });
    let more = |len: usize| Call::WriteMore(vec![b'x'; len].into());
    script.call(more(1204)).unwrap();
    script.hears(&["SEQ 1 ACK 1 LEN 1004"]);
    script.call(more(804)).unwrap();
    script.hears(&["PSH SEQ 1005 ACK 1 LEN 1004"]);
    script.says("SEQ 1 ACK 2009");
    script.call(more(100)).unwrap();
    script.hears(&[]);
    script.call(Call::Flush).unwrap();
    script.hears(&["PSH SEQ 2009 ACK 1 LEN 100"]);
    script.says("SEQ 1 ACK 2109");
    // Nobody says anything: then time does.
    script.call(more(100)).unwrap();
    script.wait(millis(199));
    script.hears(&[]);
    script.wait(millis(1));
    script.hears(&["PSH SEQ 2109 ACK 1 LEN 100"]);
    script.says("SEQ 1 ACK 2209");
    script.call(Call::SetCork(true)).unwrap();
    script.call(more(100)).unwrap();
    script.call(Call::Flush).unwrap();
    script.hears(&[]);
}

//! TIME-WAIT, and what may take its place (RFC 9293 section 3.6.1, MAY-2; RFC 6191).

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Cause, CloseReason, Config, Notice, Profile, State, What};
use support::script::{Script, text};

/// A connection that a listener of ours took and that we closed first; the peer has sent up to SEQ 101.
fn in_time_wait(sent: usize) -> Script {
    let config =
        Config { initial_window: 10, initial_slow_start_threshold: 1e9, ..Config::new(Profile::Classic) };
    let mut script = Script::listening(&config);
    script.says("SYN SEQ 0 MSS 1004");
    script.says("SEQ 1 ACK 1 LEN 99");
    script.accept();
    let mut acked = 1;
    while acked <= sent {
        acked += script.writes((sent + 1 - acked).min(1004));
        script.says(&format!("SEQ 100 ACK {acked}"));
    }
    script.reads(99);
    script.call(Call::Shutdown).expect("it is open");
    script.says(&format!("FIN SEQ 100 ACK {}", acked + 1));
    assert_eq!(script.state(), State::TimeWait, "{}", script.exchange());
    script.ignores();
    script
}

/// MAY-2.
#[test]
fn a_later_syn_opens_a_new_connection() {
    for seq in [101, 102, 70_000, 1_000_000_000] {
        let mut script = in_time_wait(0);
        let old = script.conn;
        script.says(&format!("SYN SEQ {seq} MSS 1004"));
        script.hears(&[&format!("SYN SEQ 0 ACK {}", seq + 1)]);
        assert_ne!(script.conn, old);
        script.says(&format!("SEQ {} ACK 1 LEN 10", seq + 1));
        assert_eq!(script.state(), State::Established);
        script.accept();
        assert_eq!(script.reads(10), text(seq + 1, 10));
    }
}

/// RFC 1337: or a segment that was long on its way would open one that no one asked for (MAY-2).
#[test]
fn an_earlier_syn_does_not() {
    for seq in [100, 0, -70_000] {
        let mut script = in_time_wait(0);
        script.says(&format!("SYN SEQ {seq} MSS 1004"));
        script.hears(&["SEQ 2 ACK 101"]);
        assert_eq!(script.state(), State::TimeWait);
    }
}

#[test]
fn only_a_plain_syn_does() {
    for line in ["SYN RST SEQ 5000", "SYN SEQ 5000 ACK 2", "SEQ 5000 ACK 2", "FIN SEQ 5000 ACK 2"] {
        let mut script = in_time_wait(0);
        script.says(line);
        assert_eq!(script.state(), State::TimeWait, "{line}");
    }
}

/// RFC 6191 2 (SHLD-4): what is later the peer's clock knows, and the number where that stands still or is missing.
#[test]
fn with_timestamps_the_peers_clock_decides() {
    let syns = [
        ("SYN SEQ -70000 TS 503 0", true),
        ("SYN SEQ 5000 TS 501 0", false),
        ("SYN SEQ 5000 TS 502 0", true),
        ("SYN SEQ 50 TS 502 0", false),
        ("SYN SEQ 5000", true),
    ];
    for (syn, opens) in syns {
        let mut script = Script::listening(&Config { timestamps: true, ..Config::new(Profile::Classic) });
        script.says("SYN SEQ 0 TS 500 0");
        script.says("SEQ 1 ACK 1 LEN 99 TS 501 0");
        script.accept();
        script.reads(99);
        script.call(Call::Shutdown).expect("it is open");
        script.says("FIN SEQ 100 ACK 2 TS 502 0");
        assert_eq!(script.state(), State::TimeWait, "{}", script.exchange());
        let old = script.conn;
        script.says(syn);
        assert_eq!(script.conn != old, opens, "{syn}");
    }
}

/// RFC 9293 3.6.1: "larger than the largest sequence number it used on the previous connection" (MAY-2).
#[test]
fn the_new_connection_begins_beyond_the_old_one() {
    for sent in [0, 2_000_000] {
        let mut script = in_time_wait(sent);
        let (_, last) = script.sent.last().expect("it spoke").clone();
        script.says("SYN SEQ 5000 MSS 1004");
        let (_, syn_ack) = script.sent.last().expect("it answers");
        let beyond = syn_ack.header.sequence.distance_from(last.header.sequence);
        assert!(beyond > 65_535, "{beyond} after {sent} bytes");
    }
}

#[test]
fn the_old_one_ends_in_order_and_says_why() {
    let mut script = in_time_wait(0);
    script.says("SYN SEQ 5000 MSS 1004");
    assert!(script.notices.contains(&Notice::Closed(CloseReason::Finished)));
    let closed = script.events.iter().find(|event| matches!(event.what, What::Closed { .. }));
    assert_eq!(closed.map(|event| event.cause), Some(Cause::TimeWaitReused));
}

/// An active open's port has no listener: its TIME-WAIT is for no one to end.
#[test]
fn without_a_listener_nothing_takes_its_place() {
    let mut script = Script::established(&Config::new(Profile::Classic));
    script.call(Call::Shutdown).unwrap();
    script.says("FIN SEQ 1 ACK 2");
    script.ignores();
    script.says("SYN SEQ 5000");
    script.hears(&["SEQ 2 ACK 2"]);
    assert_eq!(script.state(), State::TimeWait);
    script.wait(Duration::from_secs(60));
    assert_eq!(script.state(), State::Closed);
}

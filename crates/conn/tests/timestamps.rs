//! Timestamps: RFC 7323 sections 3 to 5.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Cause, Config, Profile, State};
use support::script::Script;

fn config() -> Config {
    Config { timestamps: true, sack: true, ..Config::new(Profile::Classic) }
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The peer's clock stands at 500 in its SYN.
fn established() -> Script {
    let mut script = Script::connecting(&config());
    script.answer_the_syn_heard("SACKOK TS 500 0");
    script
}

/// RFC 7323 3.2 and 5.4: on every segment, a millisecond a tick; resets too.
#[test]
fn every_segment_has_one() {
    let mut script = established();
    script.wait(ms(30));
    script.writes(10);
    script.hears(&["SEQ 1 ACK 1 LEN 10 TS 30 500"]);
    script.says("FIN SEQ 1 ACK 11 TS 530 30");
    script.hears(&["SEQ 11 ACK 2 TS 30 530"]);
    script.call(Call::Abort).unwrap();
    script.hears(&["RST SEQ 11 ACK 2 TS 30 530"]);
}

/// RFC 7323 7.1: two connections to one peer don't share a clock's origin.
#[test]
fn the_clock_begins_anywhere() {
    let value = |port| {
        let peer = std::net::SocketAddr::from(([10, 0, 0, 2], port));
        let script = Script::connecting_to(&config(), peer);
        script.sent[0].1.header.options.timestamps.unwrap().value
    };
    assert_ne!(value(2222), value(2223));
}

/// RFC 7323 3.2: dropped silently; neither a reset nor a SYN is.
#[test]
fn a_segment_without_one_is_dropped() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 100");
    script.hears(&[]);
    assert_eq!(script.discards(), [Cause::NoTimestamp]);
    script.says("SYN SEQ 1");
    script.hears(&["SEQ 1 ACK 1"]);
    script.says("RST SEQ 1 ACK 1");
    assert_eq!(script.state(), State::Closed);
}

/// RFC 7323 4.3: a delayed ACK echoes the first of the segments that it acknowledges.
#[test]
fn the_echo_is_that_of_the_earliest_segment_that_waits() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 100 TS 510 0");
    script.says("SEQ 101 ACK 1 LEN 100 TS 520 0");
    script.hears(&["SEQ 1 ACK 201 TS 0 510"]);
}

/// RFC 7323 4.3: a segment beyond a gap is not echoed; the one that fills the gap is.
#[test]
fn the_echo_waits_at_a_gap() {
    let mut script = established();
    script.says("SEQ 101 ACK 1 LEN 100 TS 510 0");
    script.hears(&["SEQ 1 ACK 1 TS 0 500 SACK 101-201"]);
    script.says("SEQ 201 ACK 1 LEN 100 TS 520 0");
    script.hears(&["SEQ 1 ACK 1 TS 0 500 SACK 101-301"]);
    script.says("SEQ 1 ACK 1 LEN 100 TS 530 0");
    script.hears(&["SEQ 1 ACK 301 TS 0 530"]);
}

/// RFC 7323 5.3 R1: a segment from a round of sequence numbers ago is dropped and acknowledged.
#[test]
fn an_old_timestamp_in_the_window_is_rejected() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 100 TS 600 0");
    script.wait(ms(200));
    script.ignores();
    script.says("SEQ 101 ACK 1 LEN 100 TS 599 0");
    script.hears(&["SEQ 1 ACK 101 TS 200 600"]);
    assert_eq!(script.discards(), [Cause::TimestampTooOld]);
    assert_eq!(script.info().unread, 100);
    script.says("SEQ 101 ACK 1 LEN 100 TS 600 0");
    assert_eq!(script.info().unread, 200);
}

/// Such a segment may be the original of one that was sent again: D-SACK tells its sender (RFC 2883).
#[test]
fn a_rejected_duplicate_is_reported() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 100 TS 600 0");
    script.wait(ms(200));
    script.ignores();
    script.says("SEQ 1 ACK 1 LEN 100 TS 550 0");
    script.hears(&["SEQ 1 ACK 101 SACK 1-101"]);
}

/// A reset is never rejected by its timestamp (RFC 7323 section 5.2, X-3).
#[test]
fn an_old_timestamp_does_not_save_from_a_reset() {
    let mut script = established();
    script.says("RST SEQ 1 ACK 1 TS 1 0");
    assert_eq!(script.state(), State::Closed);
}

/// RFC 7323 5.5: after 24 days of silence the peer's clock may stand anywhere.
#[test]
fn after_24_days_any_timestamp_is_taken() {
    for (days, unread) in [(23, 0), (25, 100)] {
        let mut script = established();
        script.wait(Duration::from_secs(days * 24 * 3600));
        script.says("SEQ 1 ACK 1 LEN 100 TS 1 0");
        assert_eq!(script.info().unread, unread, "after {days} days");
    }
}

/// RFC 7323 5.3 with ACKs that overtook each other: old news are dropped, and answered once in a while at most.
#[test]
fn an_old_ack_is_rejected_quietly() {
    let mut script = established();
    script.writes(10);
    script.ignores();
    script.says("SEQ 1 ACK 1 TS 600 0");
    script.says("SEQ 1 ACK 11 TS 599 0");
    script.says("SEQ 1 ACK 11 TS 598 0");
    script.hears(&["SEQ 11 ACK 1 TS 0 600"]);
    assert_eq!(script.info().flight_size, 10);
}

/// RFC 6298 section 3 and RFC 7323 4.1: what Karn's rule forbids, an echo allows.
#[test]
fn a_retransmitted_segment_measures_a_round_trip() {
    let mut script = established();
    script.writes(10);
    script.wait(ms(1100));
    let resent = script.sent.last().unwrap().1.header;
    assert_eq!(resent.sequence.get(), script.sent[2].1.header.sequence.get(), "it went again");
    let echo =
        resent.options.timestamps.unwrap().value - script.sent[0].1.header.options.timestamps.unwrap().value;
    let before = script.info().smoothed_rtt;
    script.says(&format!("SEQ 1 ACK 11 TS 600 {echo}"));
    assert_ne!(script.info().smoothed_rtt, before);
    assert!(script.events.iter().any(|event| event.cause == Cause::EchoedTimestamp));
}

/// RFC 7323 4.1: only where SND.UNA advances.
#[test]
fn an_ack_of_nothing_new_measures_nothing() {
    let mut script = established();
    script.writes(10);
    script.wait(ms(300));
    let before = script.info().smoothed_rtt;
    script.says("SEQ 1 ACK 1 TS 600 0");
    assert_eq!(script.info().smoothed_rtt, before);
}

/// Where the send time is known it measures: it is finer than a tick.
#[test]
fn a_segment_sent_once_is_measured_by_its_send_time() {
    let mut script = established();
    script.writes(10);
    script.wait(Duration::from_micros(300));
    script.says("SEQ 1 ACK 11 TS 600 0");
    assert!(script.events.iter().all(|event| event.cause != Cause::EchoedTimestamp));
    assert!(script.info().smoothed_rtt.unwrap() < ms(1));
}

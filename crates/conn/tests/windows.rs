//! Windows: RFC 9293 section 3.8.6, zero, silly, and shrunk; and Nagle, section 3.7.4.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Cause, CloseReason, Codepoint, Config, Input, Notice, Profile, State, What};
use support::pair::Who;
use support::script::{Line, Script, encoded};

fn classic() -> Config {
    Config::new(Profile::Classic)
}

/// Several segments at once.
fn wide() -> Config {
    Config { initial_window: 10, ..classic() }
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// The peer has taken one segment, closed its window, and we have more.
fn facing_a_closed_window() -> Script {
    let mut script = Script::established(&classic());
    script.writes(5000);
    script.says("SEQ 1 ACK 1005 WND 0");
    script.ignores();
    script
}

/// RFC 9293 3.8.6.1 (MUST-36, SHLD-29, SHLD-30): after one RTO, then doubling to the RTO's maximum.
#[test]
fn a_zero_window_is_probed_after_one_rto_and_then_ever_more_rarely() {
    let mut script = facing_a_closed_window();
    let mut times = vec![];
    for second in 1..=250 {
        script.wait(secs(1));
        if script.sent.last().unwrap().0 == script.now {
            times.push(second);
            script.hears(&["SEQ 1005 ACK 1 LEN 1"]);
            script.says("SEQ 1 ACK 1005 WND 0");
        }
    }
    assert_eq!(times, [1, 3, 7, 15, 31, 63, 123, 183, 243]);
}

#[test]
fn a_probe_is_told_with_its_count_and_when_the_next_is_due() {
    let mut script = facing_a_closed_window();
    script.wait(secs(7));
    let told = script.events.iter().filter_map(|event| match event.what {
        What::WindowProbe { count, next_in } => Some((event.cause, count, next_in)),
        _ => None,
    });
    let expected = [(1, 2), (2, 4), (3, 8)].map(|(count, next)| (Cause::ZeroWindow, count, secs(next)));
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

/// MUST-37, X-19.
#[test]
fn as_long_as_probes_are_answered_the_connection_stays() {
    let mut script = facing_a_closed_window();
    for _ in 0..24 * 60 {
        script.wait(secs(60));
        script.says("SEQ 1 ACK 1005 WND 0");
    }
    assert_eq!(script.state(), State::Established);
    let counts = script.info().counts;
    assert_eq!((counts.timeouts, counts.fast_retransmits), (0, 0), "their answers are no duplicate ACKs");
    script.ignores();
    script.says("SEQ 1 ACK 1005 WND 4000");
    assert!(script.info().flight_size > 0, "and it goes on");
}

/// A probe a minute: R2, 100 s, is over when the second one in a row is due.
#[test]
fn a_single_lost_probe_does_not_end_the_connection() {
    let mut script = facing_a_closed_window();
    for _ in 0..10 {
        script.wait(secs(60));
        script.says("SEQ 1 ACK 1005 WND 0");
    }
    script.wait(secs(150));
    assert_eq!(script.state(), State::Established);
    script.says("SEQ 1 ACK 1005 WND 4000");
    assert!(script.info().flight_size > 0);
}

/// Nor is the time that it was closed held against a peer afterwards.
#[test]
fn after_a_long_closed_window_r2_begins_anew() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    for _ in 0..20 {
        script.says("SEQ 1 ACK 1 WND 0");
        script.wait(secs(60));
    }
    script.says("SEQ 1 ACK 1 WND 65535");
    script.wait(secs(90));
    assert_eq!(script.state(), State::Established);
}

#[test]
fn a_peer_that_leaves_probes_unanswered_is_given_up() {
    let mut script = facing_a_closed_window();
    script.wait(secs(122));
    script.hears_at("SEQ 1005 ACK 1 LEN 1", &[1000, 3000, 7000, 15_000, 31_000, 63_000]);
    script.wait(secs(1));
    let silent_for = secs(123);
    let reason = CloseReason::TimedOut { state: State::Established, silent_for, retransmissions: 6 };
    assert_eq!(script.notices.last(), Some(&Notice::Closed(reason)));
}

#[test]
fn when_the_window_opens_sending_goes_on_at_once() {
    let mut script = facing_a_closed_window();
    script.wait(Duration::from_millis(500));
    script.says("SEQ 1 ACK 1005 WND 65535");
    script.hears(&["SEQ 1005 ACK 1 LEN 1004", "SEQ 2009 ACK 1 LEN 1004"]);
    script.wait(Duration::from_millis(900));
    assert_eq!(script.info().counts.window_probes, 0, "there is nothing left to probe");
}

#[test]
fn a_probe_that_was_taken_is_not_sent_again_and_one_that_was_not_is() {
    let mut script = facing_a_closed_window();
    script.wait(secs(1));
    script.ignores();
    script.says("SEQ 1 ACK 1006 WND 1004");
    script.hears(&["SEQ 1006 ACK 1 LEN 1004"]);

    let mut script = facing_a_closed_window();
    script.wait(secs(1));
    script.ignores();
    script.says("SEQ 1 ACK 1005 WND 1005");
    script.hears(&["SEQ 1005 ACK 1 LEN 1", "SEQ 1006 ACK 1 LEN 1004"]);
}

/// A probe is no sign of congestion.
#[test]
fn probing_leaves_the_congestion_window_alone() {
    let mut script = facing_a_closed_window();
    let before = (script.info().cwnd, script.info().ssthresh, script.info().rto);
    script.wait(secs(60));
    assert_eq!((script.info().cwnd, script.info().ssthresh, script.info().rto), before);
}

/// A FIN takes a place in the window, so it may have to be the probe.
#[test]
fn a_fin_gets_through_a_zero_window_too() {
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 WND 0");
    script.call(Call::Shutdown).unwrap();
    script.hears(&[]);
    script.wait(secs(1));
    script.hears(&["FIN SEQ 1 ACK 1"]);
    script.says("SEQ 1 ACK 2 WND 0");
    assert_eq!(script.state(), State::FinWait2);
}

/// MUST-34, SHLD-15, SHLD-16, SHLD-17.
#[test]
fn in_a_shrunk_window_only_what_lies_inside_goes_again() {
    let mut script = Script::established(&wide());
    script.writes(20_000);
    script.ignores();
    script.says("SEQ 1 ACK 1005 WND 500");
    script.hears(&[]);
    script.wait(secs(1));
    script.hears(&["SEQ 1005 ACK 1 LEN 500"]);
    script.says("SEQ 1 ACK 1505 WND 0");
    script.hears(&[]);
    script.says("SEQ 1 ACK 1505 WND 10000");
    script.hears(&["SEQ 1505 ACK 1 LEN 504", "SEQ 2009 ACK 1 LEN 1004"]);
}

/// MUST-35.
#[test]
fn a_window_shrunk_to_zero_is_probed() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    script.ignores();
    script.says("SEQ 1 ACK 1 WND 0");
    script.wait(secs(3));
    script.hears_at("SEQ 1 ACK 1 LEN 1", &[1000, 3000]);
    assert_eq!(script.info().counts.timeouts, 0);
}

/// RFC 9293 3.10.7.4: an ACK that was overtaken says nothing about the window.
#[test]
fn an_older_segment_does_not_set_the_window() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    script.says("SEQ 1 ACK 1005 WND 9000");
    script.says("SEQ 1 ACK 1 WND 100");
    assert_eq!(script.info().send_window, 9000);
    script.says("SEQ 1 ACK 1005 WND 8000");
    assert_eq!(script.info().send_window, 8000);
}

/// MUST-38: small windows are not filled; what is offered is used when it is a segment, or half of the most.
#[test]
fn a_sender_does_not_fill_a_silly_window() {
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 WND 300");
    script.writes(5000);
    script.wait(Duration::from_millis(999));
    script.hears(&[]);
    script.wait(Duration::from_millis(1));
    // The override, 0.1 to 1 s (RFC 9293 3.8.6.2.1).
    script.hears(&["SEQ 1 ACK 1 LEN 300"]);
}

/// However long the RTO is: 3 s here, after a lost SYN (MUST-60).
#[test]
fn a_silly_window_is_overridden_within_a_second() {
    let mut script = Script::connecting(&classic());
    script.wait(secs(1));
    script.says("SYN SEQ 0 ACK 1 MSS 1004");
    script.says("SEQ 1 ACK 1 WND 300");
    script.ignores();
    script.writes(5000);
    script.wait(secs(1));
    script.hears_at("SEQ 1 ACK 1 LEN 300", &[2000]);
}

#[test]
fn half_of_a_small_peers_largest_window_is_worth_a_segment() {
    let mut script = Script::connecting(&classic());
    script.window = 600;
    script.hears(&["SYN SEQ 0"]);
    script.answer_the_syn("");
    script.writes(5000);
    script.hears(&["SEQ 1 ACK 1 LEN 600"]);
    script.says("SEQ 1 ACK 601 WND 299");
    script.hears(&[]);
    script.says("SEQ 1 ACK 601 WND 300");
    script.hears(&["SEQ 601 ACK 1 LEN 300"]);
}

/// SHLD-7, and MUST-60: nothing waits when nothing is outstanding.
#[test]
fn nagle_holds_small_segments_while_data_is_unacknowledged() {
    let mut script = Script::established(&wide());
    script.writes(100);
    script.hears(&["PSH SEQ 1 ACK 1 LEN 100"]);
    script.writes(100);
    script.writes(100);
    script.hears(&[]);
    script.says("SEQ 1 ACK 101");
    script.hears(&["PSH SEQ 101 ACK 1 LEN 200"]);
}

#[test]
fn nagle_lets_full_segments_go_and_a_fin_with_the_rest() {
    let mut script = Script::established(&wide());
    script.writes(1004 + 500);
    script.hears(&["SEQ 1 ACK 1 LEN 1004"]);
    script.writes(504);
    script.hears(&["PSH SEQ 1005 ACK 1 LEN 1004"]);
    script.writes(100);
    script.hears(&[]);
    script.call(Call::Shutdown).unwrap();
    script.hears(&["FIN PSH SEQ 2009 ACK 1 LEN 100"]);
}

/// MUST-17.
#[test]
fn without_nagle_small_segments_go_at_once() {
    let mut script = Script::established(&wide());
    script.call(Call::SetNagle(false)).unwrap();
    script.writes(100);
    script.writes(100);
    script.hears(&["SEQ 1 ACK 1 LEN 100", "SEQ 101 ACK 1 LEN 100"]);
    script.call(Call::SetNagle(true)).unwrap();
    script.writes(100);
    script.hears(&[]);
    script.call(Call::SetNagle(false)).unwrap();
    script.hears(&["SEQ 201 ACK 1 LEN 100"]);
}

/// A buffer of 4000 bytes, full.
fn with_a_full_buffer() -> Script {
    let config = Config { receive_buffer: 4000, ack_delay: Duration::ZERO, ..classic() };
    let mut script = Script::established(&config);
    for n in 0..4 {
        script.says(&format!("SEQ {} ACK 1 LEN 1000", 1 + 1000 * n));
    }
    script.hears(&[
        "SEQ 1 ACK 1001 WND 3000",
        "SEQ 1 ACK 2001 WND 2000",
        "SEQ 1 ACK 3001 WND 1000",
        "SEQ 1 ACK 4001 WND 0",
    ]);
    script
}

/// MUST-39: the window opens by a segment (1004), or half of the buffer, at least.
#[test]
fn a_receiver_does_not_offer_a_silly_window() {
    let mut script = with_a_full_buffer();
    script.reads(1000);
    script.reads(3);
    script.hears(&[]);
    script.says("SEQ 4001 ACK 1 LEN 1");
    script.hears(&["SEQ 1 ACK 4001 WND 0"]);
    script.reads(1);
    script.hears(&["SEQ 1 ACK 4001 WND 1004"]);
}

#[test]
fn reading_everything_reopens_the_window_at_once_and_once() {
    let mut script = with_a_full_buffer();
    for _ in 0..4 {
        script.reads(1000);
    }
    let updates: Vec<_> = script.sent.iter().skip(6).map(|(_, segment)| segment.header.window).collect();
    assert_eq!(updates, [2000, 4000]);
    assert_eq!(script.info().receive_window, 4000);
}

/// With room enough, reading draws no update: the next ACK tells of it.
#[test]
fn an_open_window_needs_no_update() {
    let mut script = Script::established(&Config { ack_delay: Duration::ZERO, ..classic() });
    script.says("SEQ 1 ACK 1 LEN 1000");
    script.hears(&["SEQ 1 ACK 1001 WND 64535"]);
    script.reads(1000);
    script.hears(&[]);
    script.says("SEQ 1001 ACK 1 LEN 1000");
    script.says("SEQ 2001 ACK 1 LEN 1000");
    script.ignores();
    script.reads(1000);
    script.reads(1000);
    script.says("SEQ 3001 ACK 1 LEN 1000");
    script.hears(&["SEQ 1 ACK 4001 WND 64535"]);
}

/// The socket was full: a duplicate's ACK, which leaves the window as it was, waits while the application reads.
#[test]
fn a_window_update_is_not_lost_behind_an_ack_that_could_not_leave() {
    let mut script = with_a_full_buffer();
    let duplicate = script.segment(&Line::parse("SEQ 1 ACK 1 LEN 1000"));
    let bytes = encoded(&duplicate).into();
    let conn = script.conn.unwrap();
    script
        .endpoint
        .handle(script.now, Input::datagram(Who::Server.address(), bytes, Codepoint::NotEct))
        .unwrap();
    for _ in 0..3 {
        script.endpoint.handle(script.now, Input::Call { conn, call: Call::Read { max: 1000 } }).unwrap();
    }
    script.reads(1000);
    script.hears(&["SEQ 1 ACK 4001 WND 0", "SEQ 1 ACK 4001 WND 4000"]);
}

/// SHLD-14, for every segment of a run with a slow reader.
#[test]
fn the_right_edge_never_moves_left() {
    let config = Config { receive_buffer: 3000, ack_delay: Duration::ZERO, ..classic() };
    let mut script = Script::established(&config);
    let (mut next, mut read) = (1_u64, 0);
    for round in 0..2000_u64 {
        let window = script.info().receive_window;
        let len = (round * 7919 % 1500).min(window);
        script.says(&format!("SEQ {next} ACK 1 LEN {len}"));
        next += len;
        read += script.reads((round * 104_729 % 1700) as usize).len() as u64;
    }
    assert!(read > 100_000, "{read}");
    let edges = script
        .sent
        .iter()
        .skip(1)
        .map(|(_, segment)| segment.header.acknowledgment + u32::from(segment.header.window));
    let edges: Vec<_> = edges.collect();
    assert!(edges.windows(2).all(|pair| pair[1].distance_from(pair[0]) >= 0));
}

/// Data beyond a full buffer is refused, not kept.
#[test]
fn what_does_not_fit_is_not_taken() {
    let mut script = with_a_full_buffer();
    script.says("SEQ 4001 ACK 1 LEN 1000");
    script.hears(&["SEQ 1 ACK 4001 WND 0"]);
    assert_eq!(script.info().unread, 4000);
}

/// RFC 6429: what no application holds any more may be given up although its peer answers.
#[test]
fn a_closed_window_does_not_keep_what_its_application_let_go() {
    let mut script = facing_a_closed_window();
    script.call(Call::Release).expect("a release never fails");
    for _ in 0..5 {
        script.wait(secs(60));
        script.says("SEQ 1 ACK 1005 WND 0");
    }
    assert_eq!(script.state(), State::Closed);
}

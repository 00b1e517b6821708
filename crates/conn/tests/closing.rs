//! Closing a connection: RFC 9293 sections 3.6 and 3.10.4 to 3.10.5.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, CallError, CloseReason, Config, ConnId, Notice, Profile, Reply, State};
use lucid_wire::{Flags, Pieces};
use support::script::{Script, text};
use support::states::in_state;

fn classic() -> Config {
    Config::new(Profile::Classic)
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn end_of_stream(script: &mut Script) -> bool {
    script.call(Call::Read { max: 1 }) == Ok(Reply::EndOfStream)
}

fn shutdown(script: &mut Script) {
    assert_eq!(script.call(Call::Shutdown), Ok(Reply::Done));
}

/// RFC 9293 3.6, figure 12, on the left (MUST-13).
#[test]
fn who_closes_first_stays_in_time_wait_for_two_msl() {
    let mut script = Script::established(&classic());
    shutdown(&mut script);
    script.hears(&["FIN SEQ 1 ACK 1"]);
    assert_eq!(script.state(), State::FinWait1);
    script.says("SEQ 1 ACK 2");
    assert_eq!(script.state(), State::FinWait2);
    script.says("FIN SEQ 1 ACK 2");
    script.hears(&["SEQ 2 ACK 2"]);
    assert_eq!(script.state(), State::TimeWait);
    assert!(end_of_stream(&mut script));
    assert_eq!(script.notices.last(), Some(&Notice::Finished));
    script.wait(Duration::from_millis(59_999));
    assert_eq!(script.state(), State::TimeWait);
    script.wait(Duration::from_millis(1));
    assert_eq!(script.notices.last(), Some(&Notice::Closed(CloseReason::Finished)));
    script.hears(&[]);
}

/// The same, on the right.
#[test]
fn who_closes_second_is_done_with_the_ack_of_its_fin() {
    let mut script = Script::established(&classic());
    script.says("FIN SEQ 1 ACK 1");
    script.hears(&["SEQ 1 ACK 2"]);
    assert_eq!(script.state(), State::CloseWait);
    assert!(end_of_stream(&mut script));
    shutdown(&mut script);
    script.hears(&["FIN SEQ 1 ACK 2"]);
    assert_eq!(script.state(), State::LastAck);
    script.says("SEQ 2 ACK 2");
    assert_eq!(script.notices[2..], [Notice::Finished, Notice::Closed(CloseReason::Finished)]);
    script.call(Call::Release).unwrap();
    assert_eq!(script.endpoint.connections(), 0);
}

/// Figure 13.
#[test]
fn fins_that_cross_lead_through_closing() {
    let mut script = Script::established(&classic());
    shutdown(&mut script);
    script.says("FIN SEQ 1 ACK 1");
    script.hears(&["FIN SEQ 1 ACK 1", "SEQ 2 ACK 2"]);
    assert_eq!(script.state(), State::Closing);
    script.says("SEQ 2 ACK 2");
    assert_eq!(script.state(), State::TimeWait);
}

#[test]
fn after_our_fin_the_peer_may_go_on_sending() {
    let mut script = Script::established(&classic());
    shutdown(&mut script);
    script.says("SEQ 1 ACK 2 LEN 1004");
    script.says("SEQ 1005 ACK 2 LEN 1004");
    script.hears(&["FIN SEQ 1 ACK 1", "SEQ 2 ACK 2009"]);
    assert_eq!(script.reads(9000).len() + script.reads(9000).len(), 2008);
    assert!(!end_of_stream(&mut script));
}

#[test]
fn after_the_peers_fin_we_may_go_on_sending() {
    let mut script = Script::established(&classic());
    script.says("FIN SEQ 1 ACK 1");
    script.ignores();
    script.writes(500);
    script.hears(&["SEQ 1 ACK 2 LEN 500"]);
    script.says("SEQ 2 ACK 501");
    script.writes(500);
    script.hears(&["SEQ 501 ACK 2 LEN 500"]);
    assert_eq!(script.state(), State::CloseWait);
}

#[test]
fn a_fin_follows_all_that_is_queued_and_rides_with_the_last_of_it() {
    let mut script = Script::established(&classic());
    script.writes(2000);
    shutdown(&mut script);
    script.hears(&["SEQ 1 ACK 1 LEN 1004"]);
    assert_eq!(script.state(), State::Established);
    script.says("SEQ 1 ACK 1005");
    script.hears(&["FIN PSH SEQ 1005 ACK 1 LEN 996"]);
    assert_eq!(script.state(), State::FinWait1);
}

#[test]
fn a_lost_fin_goes_again() {
    let mut script = Script::established(&classic());
    shutdown(&mut script);
    script.wait(secs(5));
    script.hears_at("FIN SEQ 1 ACK 1", &[0, 1000, 3000]);
    script.says("SEQ 1 ACK 2");
    script.wait(secs(100));
    script.hears(&[]);
    assert_eq!(script.state(), State::FinWait2);
}

/// RFC 9293 3.10.7.4 (eighth), in TIME-WAIT.
#[test]
fn a_fin_again_says_that_our_last_ack_was_lost_and_two_msl_begin_anew() {
    let mut script = in_state(State::TimeWait);
    script.wait(secs(50));
    script.says("FIN SEQ 100 ACK 101");
    script.hears(&["SEQ 101 ACK 101"]);
    script.wait(secs(59));
    assert_eq!(script.state(), State::TimeWait);
    script.wait(secs(1));
    assert_eq!(script.state(), State::Closed);
}

#[test]
fn a_fin_again_with_the_data_before_it_counts_likewise() {
    let mut script = in_state(State::TimeWait);
    script.wait(secs(50));
    script.says("FIN SEQ 51 ACK 101 LEN 49");
    script.hears(&["SEQ 101 ACK 101"]);
    script.wait(secs(59));
    assert_eq!(script.state(), State::TimeWait);
}

/// A stranger who knows no sequence number can't keep a connection in TIME-WAIT.
#[test]
fn nothing_else_renews_time_wait() {
    for segment in [
        "FIN SEQ 5000 ACK 101",
        "FIN SEQ -1000 ACK 101",
        "FIN SEQ 101 ACK 101",
        "SEQ 101 ACK 101",
        "SEQ 51 ACK 101 LEN 50",
        "SYN SEQ 500",
        "RST SEQ 101",
    ] {
        let mut script = in_state(State::TimeWait);
        script.wait(secs(50));
        script.says(segment);
        script.wait(secs(10));
        assert_eq!(script.state(), State::Closed, "{segment}");
    }
}

/// RFC 9293 3.6.1 (SHLD-3): the peer must know that its data was lost.
#[test]
fn letting_go_with_data_unread_resets() {
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 LEN 10");
    script.ignores();
    script.call(Call::Release).unwrap();
    script.hears(&["RST SEQ 1 ACK 11"]);
    assert_eq!(script.endpoint.connections(), 0);
}

/// MAY-1, SHLD-3.
#[test]
fn data_that_arrives_after_letting_go_resets() {
    let mut script = Script::established(&classic());
    script.call(Call::Release).unwrap();
    script.hears(&["FIN SEQ 1 ACK 1"]);
    script.says("SEQ 1 ACK 2 LEN 10");
    script.hears(&["RST SEQ 2 ACK 1"]);
    assert_eq!(script.endpoint.connections(), 0);
}

/// MAY-1.
#[test]
fn after_letting_go_a_fin_without_data_still_ends_in_order() {
    let mut script = Script::established(&classic());
    script.writes(10);
    script.call(Call::Release).unwrap();
    script.hears(&["SEQ 1 ACK 1 LEN 10", "FIN SEQ 11 ACK 1"]);
    script.says("FIN SEQ 1 ACK 12");
    script.hears(&["SEQ 12 ACK 2"]);
    script.wait(secs(60));
    assert_eq!(script.endpoint.connections(), 0);
}

#[test]
fn fin_wait_2_ends_after_a_minute_when_no_one_reads_and_never_while_someone_does() {
    let mut script = Script::established(&classic());
    shutdown(&mut script);
    script.says("SEQ 1 ACK 2");
    script.wait(secs(3600 * 24));
    assert_eq!(script.state(), State::FinWait2);
    script.call(Call::Release).unwrap();
    script.wait(secs(59));
    assert_eq!(script.endpoint.connections(), 1);
    script.wait(secs(1));
    assert_eq!(script.endpoint.connections(), 0);
}

#[test]
fn a_peer_that_never_closes_is_not_waited_for_after_letting_go() {
    let mut script = Script::established(&classic());
    script.call(Call::Release).unwrap();
    script.says("SEQ 1 ACK 2");
    script.wait(secs(59));
    assert_eq!(script.endpoint.connections(), 1);
    script.wait(secs(1));
    assert_eq!(script.endpoint.connections(), 0);
}

/// RFC 9293 3.10.5.
#[test]
fn an_abort_resets_where_the_peer_still_holds_the_connection() {
    use State::{CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, SynSent, TimeWait};
    for state in [Established, FinWait1, FinWait2, CloseWait] {
        let mut script = in_state(state);
        script.call(Call::Abort).unwrap();
        script.hears(&["RST SEQ 101 ACK 101"]);
        assert_eq!(script.notices.last(), Some(&Notice::Closed(CloseReason::Aborted)), "{state}");
    }
    for state in [SynSent, Closing, LastAck, TimeWait] {
        let mut script = in_state(state);
        script.call(Call::Abort).unwrap();
        script.hears(&[]);
        assert_eq!(script.notices.last(), Some(&Notice::Closed(CloseReason::Aborted)), "{state}");
    }
}

#[test]
fn after_an_abort_every_call_is_told_so_and_nothing_is_sent_any_more() {
    let mut script = Script::established(&classic());
    script.writes(5000);
    script.call(Call::Abort).unwrap();
    script.ignores();
    let aborted = Err(CallError::Closed(CloseReason::Aborted));
    assert_eq!(script.call(Call::Write("x".into())), aborted);
    assert_eq!(script.call(Call::Read { max: 1 }), aborted);
    assert_eq!(script.call(Call::Shutdown), aborted);
    assert_eq!(script.call(Call::Abort), Ok(Reply::Done));
    script.wait(secs(1000));
    script.hears(&[]);
    assert_eq!(script.call(Call::Release), Ok(Reply::Done));
    assert_eq!(script.call(Call::Shutdown), Err(CallError::NoConnection));
}

#[test]
fn closing_a_listener_resets_whom_no_one_took() {
    for answer in ["SYN SEQ 0", "SEQ 1 ACK 1"] {
        let mut script = Script::listening(&classic());
        script.says("SYN SEQ 0");
        script.says(answer);
        script.ignores();
        script.conn = Some(ConnId(0));
        script.call(Call::Release).unwrap();
        script.hears(&["RST SEQ 1 ACK 1"]);
        assert_eq!(script.endpoint.connections(), 0);
        script.says("SYN SEQ 0");
        let (_, segment) = script.sent.last().unwrap();
        assert_eq!(segment.header.flags, Flags::RST | Flags::ACK, "no one listens any more");
    }
}

#[test]
fn what_arrived_can_be_read_after_both_sides_have_closed() {
    let mut script = Script::established(&classic());
    script.says("FIN SEQ 1 ACK 1 LEN 100");
    shutdown(&mut script);
    script.says("SEQ 102 ACK 2");
    assert_eq!(script.state(), State::Closed);
    assert_eq!(script.reads(60), text(1, 60));
    assert_eq!(script.reads(60), text(61, 40));
    assert!(end_of_stream(&mut script));

    let mut script = Script::established(&classic());
    shutdown(&mut script);
    script.says("FIN SEQ 1 ACK 2 LEN 100");
    script.wait(secs(3600));
    assert_eq!(script.state(), State::Closed);
    assert_eq!(script.reads(200), text(1, 100));
    assert!(end_of_stream(&mut script));
}

#[test]
fn after_shutdown_writing_is_refused_and_so_is_a_second_one() {
    let mut script = Script::established(&classic());
    shutdown(&mut script);
    assert_eq!(script.call(Call::Write("x".into())), Err(CallError::Closing));
    assert_eq!(script.call(Call::Shutdown), Err(CallError::Closing));
    assert_eq!(script.endpoint.room(script.conn.unwrap()), 0);
}

#[test]
fn the_stream_ends_when_all_before_the_fin_was_read() {
    let mut script = Script::established(&classic());
    script.says("FIN SEQ 101 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 1"]);
    assert_eq!(script.call(Call::Read { max: 9 }), Ok(Reply::Data(Pieces::new())), "a gap is no end");
    assert_eq!(script.state(), State::Established);
    script.says("SEQ 1 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 202"]);
    assert_eq!(script.state(), State::CloseWait);
    let all = [script.reads(100), script.reads(100)].concat();
    assert_eq!(all, text(1, 200));
    assert!(end_of_stream(&mut script));
    assert!(end_of_stream(&mut script), "and it stays so");
}

/// RFC 9293 3.9.1.3 and MUST-12: a broken stream is never taken for a finished one.
#[test]
fn after_a_reset_reading_tells_of_it_whatever_was_unread() {
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 LEN 10");
    script.says("RST SEQ 11");
    assert_eq!(script.call(Call::Read { max: 100 }), Err(CallError::Closed(CloseReason::Reset)));
}

/// RFC 9293 3.8.3: a FIN is given up like any other segment (MUST-20).
#[test]
fn a_fin_to_a_silent_peer_is_given_up_in_the_end() {
    for state in [State::FinWait1, State::Closing, State::LastAck] {
        let mut script = in_state(state);
        script.wait(secs(1000));
        let Some(Notice::Closed(CloseReason::TimedOut { state: told, .. })) = script.notices.last() else {
            panic!("{:?}", script.notices);
        };
        assert_eq!(*told, state);
    }
}

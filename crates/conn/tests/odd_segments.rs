//! RFC 9293 section 3.10.7, state by segment: what each odd segment is answered with, and why it is dropped.
//! The numbers are those of `support::states`.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Cause, CloseReason, Notice, State};
use lucid_wire::Flags;
use support::states::in_state;

use Cause::*;
use State::*;

/// Which state is next.
#[derive(Clone, Copy)]
enum Next {
    Same,
    To(State),
}
use Next::{Same, To};

struct Row {
    name: &'static str,
    states: &'static [State],
    segment: &'static str,
    answer: &'static [&'static str],
    next: Next,
    dropped: &'static [Cause],
}

const fn row(
    name: &'static str,
    states: &'static [State],
    segment: &'static str,
    answer: &'static [&'static str],
    next: Next,
    dropped: &'static [Cause],
) -> Row {
    Row { name, states, segment, answer, next, dropped }
}

fn check(rows: &[Row]) {
    let mut failed = Vec::new();
    for row in rows {
        for &state in row.states {
            if let Err(panic) = std::panic::catch_unwind(|| check_row(row, state)) {
                let text = panic.downcast_ref::<String>().map_or("panicked", String::as_str);
                failed.push(format!("{state}, {}: {text}\n", row.name));
            }
        }
    }
    assert!(failed.is_empty(), "{} rows are wrong:\n{}", failed.len(), failed.join("\n"));
}

fn check_row(row: &Row, state: State) {
    let mut script = in_state(state);
    let before = script.discards().len();
    script.says(row.segment);
    script.hears(row.answer);
    let next = match row.next {
        Same => state,
        To(next) => next,
    };
    let came = (script.state(), script.discards()[before..].to_vec());
    let wanted = (next, row.dropped.to_vec());
    assert!(came == wanted, "expected {wanted:?}, came {came:?}\n{}", script.exchange());
}

const ALL_SYNCHRONIZED: &[State] = &[Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait];
/// All but TIME-WAIT, which has rules of its own.
const CONNECTED: &[State] = &[Established, FinWait1, FinWait2, CloseWait, Closing, LastAck];
/// The peer has not finished.
const RECEIVING: &[State] = &[Established, FinWait1, FinWait2];
/// The peer has.
const PEER_FINISHED: &[State] = &[CloseWait, Closing, LastAck, TimeWait];

#[test]
fn in_closed_all_but_a_reset_draws_a_reset() {
    const AT: &[State] = &[Closed];
    check(&[
        row("a RST", AT, "RST SEQ 5", &[], Same, &[StrayReset]),
        row("a RST with ACK", AT, "RST SEQ 5 ACK 7", &[], Same, &[StrayReset]),
        row("a SYN", AT, "SYN SEQ 105", &["RST SEQ 0 ACK 106"], Same, &[NoConnection]),
        row("a SYN-ACK", AT, "SYN SEQ 5 ACK 7", &["RST SEQ 7"], Same, &[NoConnection]),
        row("an ACK", AT, "SEQ 5 ACK 7", &["RST SEQ 7"], Same, &[NoConnection]),
        row("data with ACK", AT, "SEQ 5 ACK 7 LEN 10", &["RST SEQ 7"], Same, &[NoConnection]),
        row("data and FIN without ACK", AT, "FIN SEQ 5 LEN 10", &["RST SEQ 0 ACK 16"], Same, &[NoConnection]),
        row("no flags", AT, "SEQ 5", &["RST SEQ 0 ACK 5"], Same, &[NoConnection]),
        row("all flags", AT, "SYN FIN RST PSH SEQ 5 ACK 7 URG 1", &[], Same, &[StrayReset]),
    ]);
}

#[test]
fn a_listener_takes_a_syn_resets_an_ack_and_ignores_the_rest() {
    const AT: &[State] = &[Listen];
    check(&[
        row("a RST", AT, "RST SEQ 0", &[], Same, &[StrayReset]),
        row("a RST with ACK", AT, "RST SEQ 0 ACK 7", &[], Same, &[StrayReset]),
        row("a RST with SYN", AT, "SYN RST SEQ 0", &[], Same, &[StrayReset]),
        row("an ACK", AT, "SEQ 0 ACK 7", &["RST SEQ 7"], Same, &[NoConnection]),
        row("a SYN-ACK", AT, "SYN SEQ 0 ACK 7", &["RST SEQ 7"], Same, &[NoConnection]),
        row("data with ACK", AT, "SEQ 0 ACK 7 LEN 10", &["RST SEQ 7"], Same, &[NoConnection]),
        row("a FIN with ACK", AT, "FIN SEQ 0 ACK 7", &["RST SEQ 7"], Same, &[NoConnection]),
        row("data without ACK", AT, "SEQ 0 LEN 10", &[], Same, &[ListenIgnores]),
        row("a FIN", AT, "FIN SEQ 0", &[], Same, &[ListenIgnores]),
        row("no flags", AT, "SEQ 0", &[], Same, &[ListenIgnores]),
        row("a SYN", AT, "SYN SEQ 0", &["SYN SEQ 0 ACK 1"], To(SynReceived), &[]),
        // The text may wait until ESTABLISHED: the peer sends it again.
        row("a SYN with data", AT, "SYN SEQ 0 LEN 10", &["SYN SEQ 0 ACK 1"], To(SynReceived), &[]),
        row("a SYN with FIN", AT, "SYN FIN SEQ 0", &["SYN SEQ 0 ACK 1"], To(SynReceived), &[]),
    ]);
}

#[test]
fn in_syn_sent_the_ack_is_checked_first_then_rst_then_syn() {
    const AT: &[State] = &[SynSent];
    check(&[
        row("a RST with the ACK of our SYN", AT, "RST SEQ 0 ACK 1", &[], To(Closed), &[]),
        row("a RST with an ACK of more", AT, "RST SEQ 0 ACK 2", &[], Same, &[UnacceptableAck]),
        row("a RST with an ACK of nothing", AT, "RST SEQ 0 ACK 0", &[], Same, &[UnacceptableAck]),
        row("a RST without ACK", AT, "RST SEQ 0", &[], Same, &[ResetOutsideWindow]),
        row("a RST with SYN and no ACK", AT, "SYN RST SEQ 0", &[], Same, &[ResetOutsideWindow]),
        row("an ACK of nothing", AT, "SEQ 0 ACK 0", &["RST SEQ 0"], Same, &[UnacceptableAck]),
        row("an ACK of more", AT, "SEQ 0 ACK 2", &["RST SEQ 2"], Same, &[UnacceptableAck]),
        row("an ACK from long ago", AT, "SEQ 0 ACK -9", &["RST SEQ -9"], Same, &[UnacceptableAck]),
        row("a SYN with an ACK of nothing", AT, "SYN SEQ 0 ACK 0", &["RST SEQ 0"], Same, &[UnacceptableAck]),
        row("a SYN with an ACK of more", AT, "SYN SEQ 0 ACK 2", &["RST SEQ 2"], Same, &[UnacceptableAck]),
        row("an ACK without SYN", AT, "SEQ 0 ACK 1", &[], Same, &[NotASyn]),
        row("data with ACK, without SYN", AT, "SEQ 0 ACK 1 LEN 10", &[], Same, &[NotASyn]),
        row("a FIN", AT, "FIN SEQ 0", &[], Same, &[NotASyn]),
        row("a FIN with ACK", AT, "FIN SEQ 0 ACK 1", &[], Same, &[NotASyn]),
        row("no flags", AT, "SEQ 0 LEN 10", &[], Same, &[NotASyn]),
        row("a SYN alone", AT, "SYN SEQ 0", &["SYN SEQ 0 ACK 1"], To(SynReceived), &[]),
        row("a SYN-ACK", AT, "SYN SEQ 0 ACK 1", &["SEQ 1 ACK 1"], To(Established), &[]),
        row("a SYN-ACK with data", AT, "SYN SEQ 0 ACK 1 LEN 10", &["SEQ 1 ACK 11"], To(Established), &[]),
        row("a SYN-ACK with FIN", AT, "SYN FIN SEQ 0 ACK 1", &["SEQ 1 ACK 2"], To(CloseWait), &[]),
    ]);
}

/// After a passive OPEN; `To(Listen)` is the half-open record's end, the listener's going on.
#[test]
fn in_syn_received_an_ack_of_our_syn_is_what_counts() {
    const AT: &[State] = &[SynReceived];
    const HERE: &[&str] = &["SEQ 1 ACK 1"];
    check(&[
        row("a RST at RCV.NXT", AT, "RST SEQ 1", &[], To(Listen), &[]),
        row("a RST at RCV.NXT with ACK", AT, "RST SEQ 1 ACK 1", &[], To(Listen), &[]),
        row("a RST in the window", AT, "RST SEQ 2", HERE, Same, &[ResetNotExact]),
        row("a RST before the window", AT, "RST SEQ 0", &[], Same, &[ResetOutsideWindow]),
        row("a RST behind the window", AT, "RST SEQ 1001", &[], Same, &[ResetOutsideWindow]),
        row("our peer's SYN again", AT, "SYN SEQ 0", &["SYN SEQ 0 ACK 1"], Same, &[DuplicateData]),
        row("a SYN in the window", AT, "SYN SEQ 500", &[], To(Listen), &[]),
        row("a SYN behind the window", AT, "SYN SEQ 1001", HERE, Same, &[SynInConnection]),
        row("no ACK", AT, "SEQ 1 LEN 10", &[], Same, &[NoAck]),
        row("a FIN without ACK", AT, "FIN SEQ 1", &[], Same, &[NoAck]),
        row("an ACK of nothing", AT, "SEQ 1 ACK 0", &["RST SEQ 0"], Same, &[UnacceptableAck]),
        row("an ACK of more", AT, "SEQ 1 ACK 2", &["RST SEQ 2"], Same, &[UnacceptableAck]),
        row("data behind the window", AT, "SEQ 1001 ACK 1 LEN 9", HERE, Same, &[UnacceptableSequence]),
        row("the ACK of our SYN", AT, "SEQ 1 ACK 1", &[], To(Established), &[]),
        row("with data", AT, "SEQ 1 ACK 1 LEN 10", &["SEQ 1 ACK 11"], To(Established), &[]),
        row("with data out of order", AT, "SEQ 5 ACK 1 LEN 10", HERE, To(Established), &[]),
        row("with a FIN", AT, "FIN SEQ 1 ACK 1", &["SEQ 1 ACK 2"], To(CloseWait), &[]),
    ]);
}

const HERE: &[&str] = &["SEQ 101 ACK 101"];

/// SHLD-2, X-1, X-18.
#[test]
fn a_reset_counts_only_exactly_at_rcv_nxt() {
    const TW: &[State] = &[TimeWait];
    check(&[
        row("at RCV.NXT", CONNECTED, "RST SEQ 101", &[], To(Closed), &[]),
        row("at RCV.NXT with ACK", CONNECTED, "RST SEQ 101 ACK 101", &[], To(Closed), &[]),
        row("at RCV.NXT with data", CONNECTED, "RST SEQ 101 LEN 10", &[], To(Closed), &[]),
        row("at RCV.NXT, all flags", CONNECTED, "SYN FIN RST PSH SEQ 101 ACK 9 URG 1", &[], To(Closed), &[]),
        row("one further", CONNECTED, "RST SEQ 102", HERE, Same, &[ResetNotExact]),
        row("at the window's end", CONNECTED, "RST SEQ 1000", HERE, Same, &[ResetNotExact]),
        row("in the window, with ACK", CONNECTED, "RST SEQ 500 ACK 101", HERE, Same, &[ResetNotExact]),
        row("behind the window", ALL_SYNCHRONIZED, "RST SEQ 1001", &[], Same, &[ResetOutsideWindow]),
        row("before the window", ALL_SYNCHRONIZED, "RST SEQ 100", &[], Same, &[ResetOutsideWindow]),
        // RFC 1337.
        row("at RCV.NXT", TW, "RST SEQ 101", &[], Same, &[TimeWaitIgnoresReset]),
        row("in the window", TW, "RST SEQ 102", &[], Same, &[TimeWaitIgnoresReset]),
    ]);
}

///
#[test]
fn a_syn_in_a_connection_is_never_more_than_challenged() {
    const ALL: &[State] = ALL_SYNCHRONIZED;
    check(&[
        row("in the window", ALL, "SYN SEQ 500", HERE, Same, &[SynInConnection]),
        row("at RCV.NXT", ALL, "SYN SEQ 101", HERE, Same, &[SynInConnection]),
        row("with ACK", ALL, "SYN SEQ 500 ACK 101", HERE, Same, &[SynInConnection]),
        row("with FIN", ALL, "SYN FIN SEQ 101 ACK 100", HERE, Same, &[SynInConnection]),
        row("behind the window", ALL, "SYN SEQ 1001", HERE, Same, &[SynInConnection]),
        row("the one it began with", ALL, "SYN SEQ 0", HERE, Same, &[SynInConnection]),
        row("the SYN-ACK it began with", ALL, "SYN SEQ 0 ACK 1", HERE, Same, &[SynInConnection]),
    ]);
}

/// MAY-12, X-1.
#[test]
fn an_ack_counts_from_the_largest_window_ago_up_to_snd_nxt() {
    const ALL: &[State] = ALL_SYNCHRONIZED;
    check(&[
        row("of what was never sent", ALL, "SEQ 101 ACK 102", HERE, Same, &[AckOutOfRange]),
        row("far beyond", ALL, "SEQ 101 ACK 2000000000", HERE, Same, &[AckOutOfRange]),
        row("with data, of what was never sent", ALL, "SEQ 101 ACK 102 LEN 9", HERE, Same, &[AckOutOfRange]),
        row("older than the largest window", ALL, "SEQ 101 ACK -401", HERE, Same, &[AckOutOfRange]),
        row("a largest window ago", ALL, "SEQ 101 ACK -399", &[], Same, &[]),
        row("old", ALL, "SEQ 101 ACK 50", &[], Same, &[]),
        row("none", ALL, "SEQ 101", &[], Same, &[NoAck]),
        row("none, with data", ALL, "SEQ 101 LEN 10", &[], Same, &[NoAck]),
        row("none, with FIN", ALL, "FIN SEQ 101", &[], Same, &[NoAck]),
        row("outside the window", ALL, "SEQ 1001 ACK 101", HERE, Same, &[UnacceptableSequence]),
        row("before the window", ALL, "SEQ 99 ACK 101", HERE, Same, &[UnacceptableSequence]),
        row("just before it", ALL, "SEQ 100 ACK 101", HERE, Same, &[KeepAliveProbe]),
        row("of our FIN", &[FinWait1], "SEQ 101 ACK 101", &[], To(FinWait2), &[]),
        row("of our FIN", &[Closing], "SEQ 101 ACK 101", &[], To(TimeWait), &[]),
        row("of our FIN", &[LastAck], "SEQ 101 ACK 101", &[], To(Closed), &[]),
        row("of all", &[Established, FinWait2, CloseWait, TimeWait], "SEQ 101 ACK 101", &[], Same, &[]),
    ]);
}

#[test]
fn data_is_taken_where_it_lies_in_the_window_and_the_peer_has_not_finished() {
    const ALL: &[State] = ALL_SYNCHRONIZED;
    check(&[
        row("old", ALL, "SEQ 51 ACK 100 LEN 50", HERE, Same, &[]),
        row("behind the window", ALL, "SEQ 1001 ACK 100 LEN 10", HERE, Same, &[UnacceptableSequence]),
        row("in order", RECEIVING, "SEQ 101 ACK 100 LEN 10", &["SEQ 101 ACK 111"], Same, &[]),
        row("partly old", RECEIVING, "SEQ 51 ACK 100 LEN 100", &["SEQ 101 ACK 151"], Same, &[]),
        row("out of order", RECEIVING, "SEQ 201 ACK 100 LEN 10", HERE, Same, &[]),
        row("partly behind the window", RECEIVING, "SEQ 991 ACK 100 LEN 20", HERE, Same, &[]),
        row("more than the window", RECEIVING, "SEQ 101 ACK 100 LEN 950", &["SEQ 101 ACK 1001"], Same, &[]),
        row("after the FIN", PEER_FINISHED, "SEQ 101 ACK 100 LEN 10", HERE, Same, &[]),
        row("partly after the FIN", PEER_FINISHED, "SEQ 51 ACK 100 LEN 100", HERE, Same, &[]),
    ]);
}

#[test]
fn a_fin_counts_once_and_in_order() {
    const BEFORE_IT: &[&str] = &["SEQ 101 ACK 101"];
    const BEHIND_IT: &[&str] = &["SEQ 101 ACK 102"];
    const ALL: &[State] = ALL_SYNCHRONIZED;
    check(&[
        row("where data was", RECEIVING, "FIN SEQ 100 ACK 100", BEFORE_IT, Same, &[]),
        row("out of order", RECEIVING, "FIN SEQ 201 ACK 100 LEN 10", BEFORE_IT, Same, &[]),
        row("behind the window", ALL, "FIN SEQ 1001 ACK 100", BEFORE_IT, Same, &[UnacceptableSequence]),
        row(
            "just behind the window",
            RECEIVING,
            "FIN SEQ 101 ACK 100 LEN 900",
            &["SEQ 101 ACK 1001"],
            Same,
            &[],
        ),
        row("in order", &[Established], "FIN SEQ 101 ACK 100", BEHIND_IT, To(CloseWait), &[]),
        row("in order", &[FinWait1], "FIN SEQ 101 ACK 100", BEHIND_IT, To(Closing), &[]),
        row(
            "in order, with the ACK of ours",
            &[FinWait1],
            "FIN SEQ 101 ACK 101",
            BEHIND_IT,
            To(TimeWait),
            &[],
        ),
        row("in order", &[FinWait2], "FIN SEQ 101 ACK 101", BEHIND_IT, To(TimeWait), &[]),
        row(
            "with data",
            &[Established],
            "FIN SEQ 101 ACK 100 LEN 9",
            &["SEQ 101 ACK 111"],
            To(CloseWait),
            &[],
        ),
        row("again", PEER_FINISHED, "FIN SEQ 100 ACK 100", BEFORE_IT, Same, &[]),
        row("a second one", PEER_FINISHED, "FIN SEQ 101 ACK 100", BEFORE_IT, Same, &[]),
    ]);
}

/// RFC 9293 MUST-12: the application knows an abort from an orderly end.
#[test]
fn a_reset_is_told_as_a_reset_and_a_refusal_as_a_refusal() {
    for state in CONNECTED {
        let mut script = in_state(*state);
        script.says("RST SEQ 101");
        assert_eq!(script.notices.last(), Some(&Notice::Closed(CloseReason::Reset)), "{state}");
    }
    let mut script = in_state(SynSent);
    script.says("RST SEQ 0 ACK 1");
    assert_eq!(script.notices, [Notice::Closed(CloseReason::Refused)]);
}

/// RFC 9293 3.10.7.4 (second): after an active OPEN, a RST in SYN-RECEIVED is a refusal (MUST-11).
#[test]
fn in_syn_received_after_an_active_open_a_reset_refuses_and_a_syn_is_challenged() {
    let simultaneous = || {
        let mut script = in_state(SynSent);
        script.says("SYN SEQ 0");
        script.hears(&["SYN SEQ 0 ACK 1"]);
        script
    };
    let mut script = simultaneous();
    script.says("RST SEQ 1");
    script.hears(&[]);
    assert_eq!(script.notices, [Notice::Closed(CloseReason::Refused)]);

    let mut script = simultaneous();
    script.says("SYN SEQ 500");
    script.hears(&["SEQ 1 ACK 1"]);
    assert_eq!((script.state(), script.discards()), (SynReceived, vec![SynInConnection]));
}

/// RFC 9293 MUST-66: at a zero window RST, URG and ACK still count, though no text does.
#[test]
fn at_a_zero_receive_window_everything_but_text_is_processed() {
    let closed = || {
        let mut script = in_state(Established);
        script.says("SEQ 101 ACK 101 LEN 900");
        script.hears(&["SEQ 101 ACK 1001 WND 0"]);
        script.writes(10);
        script.hears(&["SEQ 101 ACK 1001 LEN 10"]);
        script
    };
    let mut script = closed();
    script.says("SEQ 1001 ACK 111 LEN 1 URG 1");
    script.hears(&["SEQ 111 ACK 1001 WND 0"]);
    assert_eq!((script.info().flight_size, script.info().unread), (0, 900));
    assert!(script.notices.contains(&Notice::Urgent));

    let mut script = closed();
    script.says("SEQ 1001 ACK 111");
    assert_eq!(script.info().flight_size, 0);

    let mut script = closed();
    script.says("RST SEQ 1001");
    assert_eq!(script.state(), Closed);

    let mut script = closed();
    script.says("RST SEQ 1002");
    script.hears(&[]);
    assert_eq!(script.state(), Established);
}

/// RFC 5961 section 7: one challenge in 500 ms for a connection, whatever draws it.
#[test]
fn challenges_are_limited_for_each_connection() {
    let mut script = in_state(Established);
    script.says("RST SEQ 500");
    script.hears(HERE);
    for segment in ["RST SEQ 501", "SYN SEQ 501", "SEQ 101 ACK 5000", "SEQ 1001 ACK 101"] {
        script.says(segment);
        script.hears(&[]);
    }
    script.wait(Duration::from_millis(499));
    script.says("SYN SEQ 500");
    script.hears(&[]);
    script.wait(Duration::from_millis(1));
    script.says("SYN SEQ 500");
    script.hears(HERE);
    assert_eq!(script.info().counts.challenge_acks, 2);
    let limited = script.discards().into_iter().filter(|&cause| cause == ChallengeLimit).count();
    assert_eq!(limited, 5);
}

/// Whatever the state and whatever else it carries (RFC 9293 section 3.10.7.1, 3.5.2).
#[test]
fn a_reset_is_never_answered_by_a_reset() {
    for state in State::ALL {
        for flags in ["", "SYN ", "FIN ", "SYN FIN PSH "] {
            for numbers in
                ["SEQ 101", "SEQ 101 ACK 101", "SEQ 0 ACK 7", "SEQ 1 ACK 0 LEN 9", "SEQ 9000 ACK -9000"]
            {
                let mut script = in_state(state);
                script.says(&format!("{flags}RST {numbers}"));
                let last = script.sent.iter().map(|(_, segment)| segment.header.flags);
                assert!(
                    last.clone().all(|flags| !flags.contains(Flags::RST)),
                    "{state}: {}",
                    script.exchange()
                );
            }
        }
    }
}

//! Each line against the seed's own, where the seed has one.

use std::net::SocketAddr;

use lucid_conn::engine::{
    Arrival, Cause, Change, CloseReason, Counts, Late, Limit, SegmentSummary, State, Time,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;

const SYN: u8 = 0x02;
const SYN_ACK: u8 = 0x12;
const FIN_ACK: u8 = 0x11;
const RST_ONLY: u8 = 0x04;
const ACK_ONLY: u8 = 0x10;

/// A value from its JSON form, for types that only the engine needs to name.
fn from_json<T: DeserializeOwned>(json: impl Into<Value>) -> T {
    serde_json::from_value(json.into()).expect("the form that the engine writes")
}

fn peer() -> SocketAddr {
    "127.0.0.2:35355".parse().expect("an address")
}

fn segment(flags: u8, ack: u32, seq: u32, bytes: usize) -> SegmentSummary {
    SegmentSummary { flags: from_json(flags), seq, ack, window: 65535, bytes, sack: Default::default() }
}

fn sent(flags: u8, ack: u32, seq: u32, bytes: usize) -> What {
    What::Sent { segment: segment(flags, ack, seq, bytes), retransmission: 0, in_flight: 1, flight_size: 1 }
}

fn received(flags: u8, ack: u32, seq: u32, bytes: usize) -> What {
    What::Received { segment: segment(flags, ack, seq, bytes) }
}

fn opened(active: bool) -> What {
    What::Opened { peer: peer(), local_port: 12345, remote_port: 35355, active }
}

fn state(from: State, to: State) -> What {
    What::State { from, to }
}

fn closed(reason: CloseReason) -> What {
    What::Closed { reason, counts: Counts::default() }
}

fn window(cwnd: f64, ssthresh: f64, phase: &str) -> What {
    What::Window {
        cwnd: Change { before: 1024.0, after: cwnd },
        ssthresh: Change { before: 65536.0, after: ssthresh },
        phase: Change { before: from_json("slow_start"), after: from_json(phase) },
        smss: 1024,
    }
}

fn lost(ack: u32, seq: u32) -> What {
    let rto = Some(Duration::from_secs(1));
    What::Faulted { fault: Fault::Lost, segment: segment(ACK_ONLY, ack, seq, 0), outgoing: true, rto }
}

fn round_trip(rto: Duration) -> What {
    let (sample, smoothed) = (Duration::from_millis(30), Duration::from_millis(25));
    What::RoundTrip { sample, smoothed, variance: Duration::from_millis(5), rto }
}

fn event(conn: u32, what: What, cause: Cause) -> Event {
    Event { at: Time::from_millis(1), conn: Some(ConnId(conn)), what, cause, rfc: cause.rfc() }
}

/// What a transcript says to these events of connection 1, from its beginning.
fn said(events: impl IntoIterator<Item = What>) -> Vec<String> {
    let mut transcript = Transcript::default();
    let events = events.into_iter().map(|what| event(1, what, Cause::SegmentArrived));
    events.flat_map(|event| transcript.lines(&event)).map(|line| line.text).collect()
}

#[test]
fn a_connection_of_the_servers_from_its_syn_to_its_end_as_in_step_1() {
    let lines = said([
        opened(false),
        state(State::Listen, State::SynReceived),
        sent(SYN_ACK, 8496, 5897, 0),
        received(ACK_ONLY, 5898, 8496, 0),
        state(State::SynReceived, State::Established),
        received(ACK_ONLY, 5899, 8497, 38),
        sent(ACK_ONLY, 8536, 5900, 39),
        received(FIN_ACK, 14149, 8547, 0),
        state(State::Established, State::CloseWait),
        state(State::CloseWait, State::LastAck),
        sent(FIN_ACK, 8548, 14150, 0),
        received(ACK_ONLY, 14151, 8548, 0),
        state(State::LastAck, State::Closed),
        closed(CloseReason::Finished),
    ]);
    assert_eq!(
        lines,
        [
            ">1 | (Connection from 127.0.0.2:35355)",
            "(1) (SYN_RCVD)",
            "(1) sent: SYN, ACK : (1) ACK 8496 SEQ 5897: 0 bytes",
            "(1) receive: ACK : (1) ACK 5898 SEQ 8496: 0 bytes",
            "(1) (ESTABLISHED)",
            "(1) (Connection established with 127.0.0.2:35355)",
            "(1) receive: ACK : (1) ACK 5899 SEQ 8497: 38 bytes",
            "(1) sent: ACK : (1) ACK 8536 SEQ 5900: 39 bytes",
            "(1) receive: FIN, ACK : (1) ACK 14149 SEQ 8547: 0 bytes",
            "(1) (CLOSE_WAIT)",
            "(1) (LAST_ACK)",
            "(1) sent: FIN, ACK : (1) ACK 8548 SEQ 14150: 0 bytes",
            "(1) receive: ACK : (1) ACK 14151 SEQ 8548: 0 bytes",
            "(1) (CLOSED)",
            "(1) Dropped: 0 packets",
            "(1) Terminating connection with 127.0.0.2:35355",
            "(1) Connection with 127.0.0.2:35355 terminated",
        ]
    );
}

#[test]
fn a_syn_shows_no_acknowledgment_and_a_client_its_buffer() {
    let lines = said([
        opened(true),
        sent(SYN, 77, 5168, 0),
        state(State::Closed, State::SynSent),
        state(State::SynSent, State::Established),
        state(State::TimeWait, State::Closed),
        closed(CloseReason::Finished),
    ]);
    assert_eq!(
        lines,
        [
            ">1 | (Connection to 127.0.0.2:35355)",
            "(1) sent: SYN : (1) ACK 0 SEQ 5168: 0 bytes",
            "(1) (SYN_SENT)",
            "(1) (ESTABLISHED)",
            "(1) (CLOSED)",
            "(1) BUFFER: 0",
            "(1) Dropped: 0 packets",
            "(1) Terminating connection with 127.0.0.2:35355",
            "(1) Connection with 127.0.0.2:35355 terminated",
        ]
    );
}

#[test]
fn the_windows_figures_are_the_seeds_to_the_last_digit() {
    let table = [
        (2048.0, 65536.0, "slow_start", "slow start", "(cwnd: 2048 MSS: 1024 threshold: 64)"),
        (65536.0, 65536.0, "slow_start", "slow start", "(cwnd: 65536 MSS: 1024 threshold: 64)"),
        (
            65552.0,
            65536.0,
            "congestion_avoidance",
            "congestion avoidance",
            "(cwnd: 65552.0 MSS: 1024 threshold: 64)",
        ),
        (
            65567.99609470344,
            65536.0,
            "congestion_avoidance",
            "congestion avoidance",
            "(cwnd: 65567.99609470344 MSS: 1024 threshold: 64)",
        ),
        (
            34839.99414348439,
            32791.99414348439,
            "fast_recovery",
            "fast recovery",
            "(cwnd: 34839.99414348439 MSS: 1024 threshold: 32.02343178074648)",
        ),
    ];
    for (cwnd, ssthresh, phase, mode, figures) in table {
        let expected = [format!("(1)      >>>{mode} mode<<<"), format!("(1)      |{figures}")];
        assert_eq!(said([window(cwnd, ssthresh, phase)]), expected);
    }
}

#[test]
fn a_loss_its_timeout_and_its_resending_as_in_step_3() {
    let late = vec![Late { age: Duration::from_nanos(1_076_167_821), seq: 405 }];
    let rto = Change { before: Duration::from_secs(1), after: Duration::from_secs(2) };
    let lines = said([
        opened(false),
        sent(ACK_ONLY, 9587, 405, 39),
        lost(9587, 405),
        What::Timeout { late, seq: 405, ack: 9587, rto, count: 1 },
        What::Resending { seq: 405, ack: 9587, bytes: 39 },
        lost(9587, 405),
        closed(CloseReason::Finished),
    ]);
    assert_eq!(
        lines[1..],
        [
            "(1) sent: ACK : (1) ACK 9587 SEQ 405: 39 bytes",
            "(1)      >>>>>Packet loss: ACK 9587 SEQ 405<<<<<<",
            "(1)      Curr RTO: 1",
            "(1)      LATE LIST:",
            "(1)      (1.076167821, 405)",
            "(1)      Current RTO: 1 -> 2",
            "(1)      Timeout: ACK 9587 SEQ 405",
            "(1)      Resending: ACK 9587 SEQ 405: 39 bytes",
            "(1)      >>>>>Packet loss: ACK 9587 SEQ 405<<<<<<",
            "(1)      Curr RTO: 1",
            "(1) Dropped: 2 packets",
            "(1) Terminating connection with 127.0.0.2:35355",
            "(1) Connection with 127.0.0.2:35355 terminated",
        ]
    );
}

#[test]
fn every_other_event_has_its_line() {
    let arrived = |arrival| What::Arrived { seq: 9548, bytes: 38, arrival, next: 9600, waiting: 0 };
    let faulted =
        |fault, outgoing| What::Faulted { fault, segment: segment(SYN, 5, 9, 0), outgoing, rto: None };
    let full = |limit| What::InflightFull { segments: 3, flight_size: 3012, limit };
    let table = [
        (What::Listening { port: 12345 }, ">1 | Server is listening on port 12345"),
        (state(State::Closed, State::Listen), "(1) (LISTEN)"),
        (arrived(Arrival::InOrder), "(1)      |Received SEQ 9548"),
        (arrived(Arrival::FilledGap), "(1)      |Received SEQ 9548 and what waited behind it, up to 9600"),
        (arrived(Arrival::OutOfOrder), "(1)      |Received out of order SEQ 9548"),
        (arrived(Arrival::Duplicate), "(1)      |Received duplicate SEQ 9548"),
        (arrived(Arrival::NoRoom), "(1)      |Received out of order SEQ 9548: no room to keep it"),
        (What::DuplicateAck { count: 3, ack: 7404 }, "(1)      |3 Duplicate ACK 3 SEQ 7404"),
        (What::TailProbe { again: true }, "(1)      |(Tail loss probe) the last segment again"),
        (
            What::DuplicateReported { start: 17, end: 1021 },
            "(1)      |(D-SACK) the peer received SEQ 17 to 1021 twice",
        ),
        (full(Limit::Congestion), "(1)      |Inflight full: 3"),
        (full(Limit::Receiver), "(1)      |Inflight full: 3 (the peer's window)"),
        (What::AckDelayed { until: Time::ZERO }, "(1)      |(Delayed ACK)"),
        (What::AckDelayExpired, "(1)      |(Delayed ACK) SEND"),
        (
            What::WindowProbe { count: 2, next_in: Duration::from_secs(4) },
            "(1)      |Window probe 2: the next in 4 s",
        ),
        (
            What::KeepAliveProbe { count: 1, of: 9, next_in: Duration::from_secs(75) },
            "(1)      |Keep-alive probe 1 of 9: the next in 75 s",
        ),
        (What::CorkExpired { waiting: 100 }, "(1)      |Corked for long enough: 100 bytes"),
        (
            What::UserTimeout {
                timeout: Change { before: Duration::from_secs(100), after: Duration::from_secs(300) },
            },
            "(1)      |User timeout: 100 s -> 300 s",
        ),
        (
            What::PeerWindow { window: Change { before: 65535, after: 0 } },
            "(1)      |Peer's window: 65535 -> 0",
        ),
        (
            What::CookieSent { peer: peer(), syn: segment(2, 0, 9, 0) },
            "(1)      |Answered SYN SEQ 9 from 127.0.0.2:35355 with a cookie: a segment arrived (RFC 9293 3.10.7)",
        ),
        (
            What::Discarded { peer: peer(), segment: None },
            "(1)      |Discarded a datagram from 127.0.0.2:35355: a segment arrived (RFC 9293 3.10.7)",
        ),
        (faulted(Fault::Duplicated, true), "(1)      >>>>>Packet duplicated: ACK 0 SEQ 9<<<<<<"),
        (faulted(Fault::Corrupted, true), "(1)      >>>>>Packet corrupted: ACK 0 SEQ 9<<<<<<"),
        (faulted(Fault::Reordered, true), "(1)      >>>>>Packet held back: ACK 0 SEQ 9<<<<<<"),
        (faulted(Fault::Lost, false), "(1)      >>>>>Packet loss (incoming): ACK 0 SEQ 9<<<<<<"),
    ];
    for (what, line) in table {
        assert_eq!(said([what]), [line]);
    }
}

#[test]
fn a_round_trip_is_told_only_when_it_changes_the_timeout() {
    let (second, more) = (Duration::from_secs(1), Duration::from_millis(1200));
    let lines = said([opened(true), round_trip(second), round_trip(second), round_trip(more)]);
    assert_eq!(lines[1..], ["(1)      |(RTO: 1.2 RTT: 0.03 SRTT: 0.025)"]);
}

#[test]
fn an_odd_answer_says_what_it_answers() {
    let mut transcript = Transcript::default();
    let challenge = event(1, sent(ACK_ONLY, 5, 9, 0), Cause::SynInConnection);
    let reset = event(1, sent(RST_ONLY, 0, 9, 0), Cause::NoReader);
    let texts = |lines: Vec<Line>| lines.into_iter().map(|line| line.text).collect::<Vec<_>>();
    assert_eq!(
        texts(transcript.lines(&challenge)),
        [
            "(1) sent: ACK : (1) ACK 5 SEQ 9: 0 bytes",
            "(1)      |(Challenge ACK) a SYN in a connection is challenged (RFC 5961 4.2)"
        ]
    );
    assert_eq!(
        texts(transcript.lines(&reset)),
        [
            "(1) sent: RST : (1) ACK 0 SEQ 9: 0 bytes",
            "(1)      |(Reset) data arrived and no one reads any more (RFC 9293 3.6.1 (SHLD-3))"
        ]
    );
}

#[test]
fn an_end_that_is_not_orderly_says_why_and_what_was_left() {
    let waiting = What::Arrived { seq: 9, bytes: 5, arrival: Arrival::OutOfOrder, next: 4, waiting: 5 };
    let lines = said([opened(true), waiting, closed(CloseReason::Reset)]);
    assert_eq!(lines[2..4], ["(1)      |reset by the peer", "(1) BUFFER: 5"]);
}

#[test]
fn each_connection_counts_its_own_losses() {
    let mut transcript = Transcript::default();
    let mut say = |conn, what| transcript.lines(&event(conn, what, Cause::OnPurpose));
    let twice = What::Faulted {
        fault: Fault::Duplicated,
        segment: segment(ACK_ONLY, 1, 2, 0),
        outgoing: true,
        rto: None,
    };
    let _ = (say(1, opened(false)), say(2, opened(false)), say(2, lost(1, 2)), say(2, twice));
    let of = |lines: Vec<Line>| lines.into_iter().find(|line| line.text.contains("Dropped")).map(|l| l.text);
    assert_eq!(of(say(1, closed(CloseReason::Finished))).as_deref(), Some("(1) Dropped: 0 packets"));
    assert_eq!(of(say(2, closed(CloseReason::Finished))).as_deref(), Some("(2) Dropped: 1 packets"));
}

#[test]
fn what_belongs_to_no_connection_has_no_number() {
    let discarded = What::Discarded { peer: peer(), segment: Some(segment(SYN, 0, 9, 0)) };
    let stranger = Event { conn: None, ..event(1, discarded, Cause::BacklogFull) };
    let lines = Transcript::default().lines(&stranger);
    let expected = "(-)      |Discarded SYN ACK 0 SEQ 9 from 127.0.0.2:35355: the listener's backlog is full (RFC 4987 3)";
    assert_eq!(lines.into_iter().map(|line| line.text).collect::<Vec<_>>(), [expected]);
}

#[test]
fn sack_blocks_stand_behind_a_segment_that_has_them_in_its_own_order() {
    let blocks = |edges: &[(u32, u32)]| {
        let block = |(start, end)| serde_json::json!({ "start": start, "end": end });
        from_json(edges.iter().copied().map(block).collect::<Vec<_>>())
    };
    let ack = |sack| SegmentSummary { sack, ..segment(ACK_ONLY, 1005, 1, 0) };
    let lines = said([
        opened(false),
        What::Received { segment: ack(blocks(&[(2009, 3013)])) },
        What::Received { segment: ack(blocks(&[(4017, 5021), (2009, 3013)])) },
        What::Received { segment: ack(blocks(&[])) },
    ]);
    assert_eq!(
        lines[1..],
        [
            "(1) receive: ACK : (1) ACK 1005 SEQ 1: 0 bytes SACK 2009-3013",
            "(1) receive: ACK : (1) ACK 1005 SEQ 1: 0 bytes SACK 4017-5021, 2009-3013",
            "(1) receive: ACK : (1) ACK 1005 SEQ 1: 0 bytes",
        ]
    );
}

//! What the lines of a transcript say.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use lucid_conn::engine::{
    Arrival, Cause, Change, CloseReason, ConnId, Event, Fault, Late, Limit, SegmentSummary, State,
};

use super::number::{seconds, threshold, window};
use super::{Line, Look, Remembered};

/// The lines that one event makes.
pub(super) struct Page {
    conn: Number,
    pub(super) lines: Vec<Line>,
}

impl Page {
    /// An empty one, of this connection.
    pub(super) fn of(conn: Option<ConnId>) -> Self {
        Self { conn: Number(conn), lines: Vec::new() }
    }

    fn line(&mut self, look: Look, text: impl fmt::Display) {
        self.lines.push(Line { text: format!("({}) {text}", self.conn), look });
    }

    fn indented(&mut self, look: Look, text: impl fmt::Display) {
        self.line(look, format_args!("     {text}"));
    }

    pub(super) fn detail(&mut self, text: impl fmt::Display) {
        self.indented(Look::Detail, text);
    }

    pub(super) fn opened(&mut self, peer: SocketAddr, active: bool) {
        let way = if active { "to" } else { "from" };
        self.banner(format_args!("(Connection {way} {peer})"));
    }

    /// What comes before a connection's own lines.
    pub(super) fn banner(&mut self, text: impl fmt::Display) {
        self.lines.push(Line { text: format!(">{} | {text}", self.conn), look: Look::State });
    }

    pub(super) fn moved(&mut self, to: State, known: Option<&Remembered>) {
        self.line(Look::State, format_args!("({to})"));
        if let (State::Established, Some(Remembered { peer, active: false, .. })) = (to, known) {
            self.line(Look::State, format_args!("(Connection established with {peer})"));
        }
    }

    pub(super) fn segment(&mut self, way: &str, segment: &SegmentSummary) {
        let SegmentSummary { flags, seq, bytes, sack, .. } = segment;
        let ack = shown_ack(segment);
        let mut text = format!("{way}: {flags} : ({}) ACK {ack} SEQ {seq}: {bytes} bytes", self.conn);
        for (nth, block) in sack.as_slice().iter().enumerate() {
            let between = if nth == 0 { " SACK " } else { ", " };
            text += &format!("{between}{}-{}", block.start, block.end);
        }
        self.line(Look::Plain, text);
    }

    /// A segment that answers something odd names it: nothing else in the transcript would.
    pub(super) fn sent(&mut self, segment: &SegmentSummary, cause: Cause) {
        self.segment("sent", segment);
        if has(segment, RST) {
            self.indented(Look::Loss, format_args!("|(Reset) {}", explained(cause)));
        } else if is_challenged(cause) {
            self.detail(format_args!("|(Challenge ACK) {}", explained(cause)));
        }
    }

    pub(super) fn arrived(&mut self, seq: u32, arrival: Arrival, next: u32) {
        self.detail(match arrival {
            Arrival::InOrder => format!("|Received SEQ {seq}"),
            Arrival::FilledGap => format!("|Received SEQ {seq} and what waited behind it, up to {next}"),
            Arrival::OutOfOrder => format!("|Received out of order SEQ {seq}"),
            Arrival::Duplicate => format!("|Received duplicate SEQ {seq}"),
            Arrival::NoRoom => format!("|Received out of order SEQ {seq}: no room to keep it"),
        });
    }

    pub(super) fn discarded(&mut self, peer: SocketAddr, segment: Option<&SegmentSummary>, event: &Event) {
        let what = match segment {
            Some(segment) => format!("{} ACK {} SEQ {}", segment.flags, shown_ack(segment), segment.seq),
            None => "a datagram".to_owned(),
        };
        self.indented(Look::Loss, format_args!("|Discarded {what} from {peer}: {}", explained(event.cause)));
    }

    pub(super) fn answered(&mut self, peer: SocketAddr, syn: &SegmentSummary, event: &Event) {
        let (what, why) = (format!("{} SEQ {}", syn.flags, syn.seq), explained(event.cause));
        self.indented(Look::Loss, format_args!("|Answered {what} from {peer} with a cookie: {why}"));
    }

    pub(super) fn inflight_full(&mut self, segments: usize, limit: Limit) {
        match limit {
            Limit::Congestion => self.detail(format!("|Inflight full: {segments}")),
            Limit::Receiver => self.detail(format!("|Inflight full: {segments} (the peer's window)")),
        }
    }

    pub(super) fn duplicate_ack(&mut self, count: u32, ack: u32) {
        self.detail(format_args!("|{count} Duplicate ACK {count} SEQ {ack}"));
    }

    pub(super) fn window(
        &mut self,
        cwnd: &Change<f64>,
        ssthresh: &Change<f64>,
        phase: impl fmt::Display,
        smss: u32,
    ) {
        let (cwnd, threshold) = (window(cwnd.after, smss), threshold(ssthresh.after));
        self.indented(Look::Window, format_args!(">>>{phase} mode<<<"));
        self.indented(Look::Window, format_args!("|(cwnd: {cwnd} MSS: {smss} threshold: {threshold})"));
    }

    pub(super) fn resending(&mut self, seq: u32, ack: u32, bytes: usize) {
        self.indented(Look::Loss, format_args!("Resending: ACK {ack} SEQ {seq}: {bytes} bytes"));
    }

    pub(super) fn found_lost(&mut self, bytes: u64, seq: u32, cause: Cause) {
        self.indented(Look::Loss, format_args!("|Lost from SEQ {seq}: {bytes} bytes: {}", cause.sentence()));
    }

    pub(super) fn duplicate_reported(&mut self, start: u32, end: u32) {
        self.detail(format_args!("|(D-SACK) the peer received SEQ {start} to {end} twice"));
    }

    pub(super) fn tail_probe(&mut self, again: bool) {
        let what = if again { "the last segment again" } else { "a new segment" };
        self.indented(Look::Loss, format_args!("|(Tail loss probe) {what}"));
    }

    pub(super) fn undone(&mut self, cause: Cause) {
        self.indented(Look::Window, format_args!("|(Undone) {}", cause.sentence()));
    }

    pub(super) fn probed(&mut self, kind: &str, which: impl fmt::Display, next_in: Duration) {
        self.detail(format_args!("|{kind} probe {which}: the next in {} s", seconds(next_in)));
    }

    pub(super) fn user_timeout(&mut self, Change { before, after }: &Change<Duration>) {
        self.detail(format_args!("|User timeout: {} s -> {} s", seconds(*before), seconds(*after)));
    }

    pub(super) fn changed<T: fmt::Display>(
        &mut self,
        what: &str,
        Change { before, after }: &Change<T>,
        unit: &str,
    ) {
        self.detail(format_args!("|{what}: {before} -> {after}{unit}"));
    }

    /// Every ACK measures it; a line is worth only what changes the timeout.
    pub(super) fn round_trip(
        &mut self,
        sample: Duration,
        srtt: Duration,
        rto: Duration,
        known: Option<&Remembered>,
    ) {
        if known.and_then(|known| known.rto).is_some_and(|before| before != rto) {
            let (rto, sample, srtt) = (seconds(rto), seconds(sample), seconds(srtt));
            self.detail(format!("|(RTO: {rto} RTT: {sample} SRTT: {srtt})"));
        }
    }

    pub(super) fn timeout(&mut self, late: &[Late], seq: u32, ack: u32, rto: Change<Duration>) {
        self.indented(Look::Loss, "LATE LIST:");
        for Late { age, seq } in late {
            self.indented(Look::Loss, format_args!("({}, {seq})", seconds(*age)));
        }
        let (before, after) = (seconds(rto.before), seconds(rto.after));
        self.indented(Look::Loss, format_args!("Current RTO: {before} -> {after}"));
        self.indented(Look::Loss, format_args!("Timeout: ACK {ack} SEQ {seq}"));
    }

    pub(super) fn faulted(
        &mut self,
        fault: Fault,
        segment: &SegmentSummary,
        outgoing: bool,
        rto: Option<Duration>,
    ) {
        let name = match fault {
            Fault::Lost => "Packet loss",
            Fault::Duplicated => "Packet duplicated",
            Fault::Corrupted => "Packet corrupted",
            Fault::Reordered => "Packet held back",
            Fault::Marked => "Packet marked",
        };
        let way = if outgoing { "" } else { " (incoming)" };
        let (ack, seq) = (shown_ack(segment), segment.seq);
        self.indented(Look::Loss, format_args!(">>>>>{name}{way}: ACK {ack} SEQ {seq}<<<<<<"));
        if let (Fault::Lost, true, Some(rto)) = (fault, outgoing, rto) {
            self.indented(Look::Loss, format_args!("Curr RTO: {}", seconds(rto)));
        }
    }

    pub(super) fn closed(&mut self, reason: &CloseReason, known: Option<&Remembered>) {
        let Some(Remembered { peer, active, dropped, waiting, .. }) = known else { return };
        if *reason != CloseReason::Finished {
            self.indented(Look::Loss, format_args!("|{reason}"));
        }
        if *active {
            self.line(Look::State, format_args!("BUFFER: {waiting}"));
        }
        self.line(Look::State, format_args!("Dropped: {dropped} packets"));
        self.line(Look::State, format_args!("Terminating connection with {peer}"));
        self.line(Look::State, format_args!("Connection with {peer} terminated"));
    }
}

/// A connection's number, or `-` for what belongs to none.
#[derive(Clone, Copy)]
struct Number(Option<ConnId>);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(conn) => conn.fmt(f),
            None => f.write_str("-"),
        }
    }
}

/// The acknowledgment field, or 0 where it doesn't count, as in the seed's SYN.
fn shown_ack(segment: &SegmentSummary) -> u32 {
    if has(segment, ACK) { segment.ack } else { 0 }
}

/// Control bits, as in the header's fourteenth byte (RFC 9293 section 3.1).
const RST: u8 = 1 << 2;
const ACK: u8 = 1 << 4;

fn has(segment: &SegmentSummary, bit: u8) -> bool {
    segment.flags.bits() & bit != 0
}

fn explained(cause: Cause) -> String {
    format!("{} ({})", cause.sentence(), cause.rfc())
}

/// Whether an ACK with this cause is a challenge (RFC 5961).
fn is_challenged(cause: Cause) -> bool {
    matches!(cause, Cause::ResetNotExact | Cause::SynInConnection | Cause::AckOutOfRange)
}

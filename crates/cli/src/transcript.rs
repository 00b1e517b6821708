//! The transcript: what happened, a line at a time, in the words of the seed.
//!
//! ```text
//! (1) receive: ACK : (1) ACK 7404 SEQ 8791: 0 bytes
//! (1)      |3 Duplicate ACK 3 SEQ 7404
//! (1)      Resending: ACK 8792 SEQ 7404: 1004 bytes
//! (1)      >>>fast recovery mode<<<
//! (1)      |(cwnd: 35863.99414348439 MSS: 1024 threshold: 32.02343178074648)
//! ```
//!
//! A view of the event stream and nothing else: one event in, no line or some lines out. What it remembers of
//! a connection are the things a line needs and its event doesn't carry.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use lucid_conn::engine::{
    Arrival, Cause, Change, CloseReason, ConnId, Event, Fault, Late, Limit, SegmentSummary, State, What,
};

mod number;

use number::{seconds, threshold, window};

/// One line, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it says.
    pub(crate) text: String,
    /// How a terminal may show it.
    pub(crate) look: Look,
}

/// What kind of thing a line is about, for a terminal to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Segments in and out.
    Plain,
    /// Where they stood in the sequence, and the like.
    Detail,
    /// A state, or a connection's beginning or end.
    State,
    /// Congestion control.
    Window,
    /// Something lost, late or refused.
    Loss,
    /// What a service was asked, and what it answered.
    Task,
}

/// Turns events into lines.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    connections: BTreeMap<ConnId, Remembered>,
}

/// What later lines about a connection need to know.
#[derive(Debug)]
struct Remembered {
    peer: SocketAddr,
    active: bool,
    rto: Option<Duration>,
    /// Packets that the faults layer lost.
    dropped: u64,
    /// Bytes that wait out of order.
    waiting: usize,
}

impl Transcript {
    /// The lines that an event is worth.
    pub(crate) fn lines(&mut self, event: &Event) -> Vec<Line> {
        let lines = self.write(event);
        self.remember(event);
        lines
    }

    /// Takes in what later lines need.
    fn remember(&mut self, event: &Event) {
        let Some(conn) = event.conn else { return };
        if let What::Opened { peer, active, .. } = event.what {
            self.connections.insert(conn, Remembered { peer, active, rto: None, dropped: 0, waiting: 0 });
        }
        let Some(known) = self.connections.get_mut(&conn) else { return };
        match event.what {
            What::Arrived { waiting, .. } => known.waiting = waiting,
            What::Faulted { fault: Fault::Lost, .. } => known.dropped += 1,
            What::Timeout { rto, .. } => known.rto = Some(rto.after),
            What::RoundTrip { rto, .. } => known.rto = Some(rto),
            // Its number is never used again.
            What::Closed { .. } => drop(self.connections.remove(&conn)),
            _ => {}
        }
    }

    fn write(&self, event: &Event) -> Vec<Line> {
        let known = event.conn.and_then(|conn| self.connections.get(&conn));
        let mut page = Page { conn: Number(event.conn), lines: Vec::new() };
        match &event.what {
            What::Listening { port } => page.banner(format_args!("Server is listening on port {port}")),
            What::Opened { peer, active, .. } => page.opened(*peer, *active),
            What::State { to, .. } => page.moved(*to, known),
            What::Options { agreed } => page.detail(format!("|Options: {agreed}")),
            What::Sent { segment, .. } => page.sent(segment, event.cause),
            What::Received { segment } => page.segment("receive", segment),
            What::Arrived { seq, arrival, next, .. } => page.arrived(*seq, *arrival, *next),
            What::CookieSent { peer, syn } => page.answered(*peer, syn, event),
            What::Discarded { peer, segment } => page.discarded(*peer, segment.as_ref(), event),
            What::DuplicateAck { count, ack } => {
                page.detail(format!("|{count} Duplicate ACK {count} SEQ {ack}"));
            }
            What::Window { cwnd, ssthresh, phase, smss } => {
                page.indented(Look::Window, format!(">>>{} mode<<<", phase.after));
                let (cwnd, threshold) = (window(cwnd.after, *smss), threshold(ssthresh.after));
                page.indented(Look::Window, format!("|(cwnd: {cwnd} MSS: {smss} threshold: {threshold})"));
            }
            What::InflightFull { segments, limit, .. } => page.inflight_full(*segments, *limit),
            What::RoundTrip { sample, smoothed, rto, .. } => {
                page.round_trip(*sample, *smoothed, *rto, known);
            }
            What::Marked { seq } => page.detail(format!("|Congestion mark (CE) SEQ {seq}")),
            What::SegmentSize { bytes: Change { before, after } } => {
                page.detail(format!("|Full segments: {before} -> {after} bytes"));
            }
            What::AckDelayed { .. } => page.detail("|(Delayed ACK)"),
            What::AckDelayExpired => page.detail("|(Delayed ACK) SEND"),
            What::Timeout { late, seq, ack, rto, .. } => page.timeout(late, *seq, *ack, *rto),
            What::Resending { seq, ack, bytes } => {
                page.indented(Look::Loss, format!("Resending: ACK {ack} SEQ {seq}: {bytes} bytes"));
            }
            What::FoundLost { bytes, seq } => {
                let why = event.cause.sentence();
                page.indented(Look::Loss, format!("|Lost from SEQ {seq}: {bytes} bytes: {why}"));
            }
            What::DuplicateReported { start, end } => {
                page.detail(format!("|(D-SACK) the peer received SEQ {start} to {end} twice"));
            }
            What::TailProbe { again } => {
                let what = if *again { "the last segment again" } else { "a new segment" };
                page.indented(Look::Loss, format!("|(Tail loss probe) {what}"));
            }
            What::Undone { .. } => {
                page.indented(Look::Window, format!("|(Undone) {}", event.cause.sentence()));
            }
            What::WindowProbe { count, next_in } => {
                page.detail(format!("|Window probe {count}: the next in {} s", seconds(*next_in)));
            }
            What::KeepAliveProbe { count, of, next_in } => {
                page.detail(format!(
                    "|Keep-alive probe {count} of {of}: the next in {} s",
                    seconds(*next_in)
                ));
            }
            What::CorkExpired { waiting } => page.detail(format!("|Corked for long enough: {waiting} bytes")),
            What::UserTimeout { timeout } => {
                let Change { before, after } = timeout;
                page.detail(format!("|User timeout: {} s -> {} s", seconds(*before), seconds(*after)));
            }
            What::ReceiveBuffer { bytes } => {
                page.detail(format!("|Receive buffer: {} -> {}", bytes.before, bytes.after));
            }
            What::PeerWindow { window } => {
                let Change { before, after } = window;
                page.detail(format!("|Peer's window: {before} -> {after}"));
            }
            What::Faulted { fault, segment, outgoing, rto } => {
                page.faulted(*fault, segment, *outgoing, *rto);
            }
            What::Closed { reason, .. } => page.closed(reason, known),
        }
        page.lines
    }
}

/// The lines that one event makes.
struct Page {
    conn: Number,
    lines: Vec<Line>,
}

impl Page {
    fn line(&mut self, look: Look, text: impl fmt::Display) {
        self.lines.push(Line { text: format!("({}) {text}", self.conn), look });
    }

    fn indented(&mut self, look: Look, text: impl fmt::Display) {
        self.line(look, format_args!("     {text}"));
    }

    fn detail(&mut self, text: impl fmt::Display) {
        self.indented(Look::Detail, text);
    }

    fn opened(&mut self, peer: SocketAddr, active: bool) {
        let way = if active { "to" } else { "from" };
        self.banner(format_args!("(Connection {way} {peer})"));
    }

    /// What comes before a connection's own lines.
    fn banner(&mut self, text: impl fmt::Display) {
        self.lines.push(Line { text: format!(">{} | {text}", self.conn), look: Look::State });
    }

    fn moved(&mut self, to: State, known: Option<&Remembered>) {
        self.line(Look::State, format_args!("({to})"));
        if let (State::Established, Some(Remembered { peer, active: false, .. })) = (to, known) {
            self.line(Look::State, format_args!("(Connection established with {peer})"));
        }
    }

    fn segment(&mut self, way: &str, segment: &SegmentSummary) {
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
    fn sent(&mut self, segment: &SegmentSummary, cause: Cause) {
        self.segment("sent", segment);
        if has(segment, RST) {
            self.indented(Look::Loss, format_args!("|(Reset) {}", explained(cause)));
        } else if is_challenged(cause) {
            self.detail(format_args!("|(Challenge ACK) {}", explained(cause)));
        }
    }

    fn arrived(&mut self, seq: u32, arrival: Arrival, next: u32) {
        self.detail(match arrival {
            Arrival::InOrder => format!("|Received SEQ {seq}"),
            Arrival::FilledGap => format!("|Received SEQ {seq} and what waited behind it, up to {next}"),
            Arrival::OutOfOrder => format!("|Received out of order SEQ {seq}"),
            Arrival::Duplicate => format!("|Received duplicate SEQ {seq}"),
            Arrival::NoRoom => format!("|Received out of order SEQ {seq}: no room to keep it"),
        });
    }

    fn discarded(&mut self, peer: SocketAddr, segment: Option<&SegmentSummary>, event: &Event) {
        let what = match segment {
            Some(segment) => format!("{} ACK {} SEQ {}", segment.flags, shown_ack(segment), segment.seq),
            None => "a datagram".to_owned(),
        };
        self.indented(Look::Loss, format_args!("|Discarded {what} from {peer}: {}", explained(event.cause)));
    }

    fn answered(&mut self, peer: SocketAddr, syn: &SegmentSummary, event: &Event) {
        let (what, why) = (format!("{} SEQ {}", syn.flags, syn.seq), explained(event.cause));
        self.indented(Look::Loss, format_args!("|Answered {what} from {peer} with a cookie: {why}"));
    }

    fn inflight_full(&mut self, segments: usize, limit: Limit) {
        match limit {
            Limit::Congestion => self.detail(format!("|Inflight full: {segments}")),
            Limit::Receiver => self.detail(format!("|Inflight full: {segments} (the peer's window)")),
        }
    }

    /// Every ACK measures it; a line is worth only what changes the timeout.
    fn round_trip(&mut self, sample: Duration, srtt: Duration, rto: Duration, known: Option<&Remembered>) {
        if known.and_then(|known| known.rto).is_some_and(|before| before != rto) {
            let (rto, sample, srtt) = (seconds(rto), seconds(sample), seconds(srtt));
            self.detail(format!("|(RTO: {rto} RTT: {sample} SRTT: {srtt})"));
        }
    }

    fn timeout(&mut self, late: &[Late], seq: u32, ack: u32, rto: Change<Duration>) {
        self.indented(Look::Loss, "LATE LIST:");
        for Late { age, seq } in late {
            self.indented(Look::Loss, format_args!("({}, {seq})", seconds(*age)));
        }
        let (before, after) = (seconds(rto.before), seconds(rto.after));
        self.indented(Look::Loss, format_args!("Current RTO: {before} -> {after}"));
        self.indented(Look::Loss, format_args!("Timeout: ACK {ack} SEQ {seq}"));
    }

    fn faulted(&mut self, fault: Fault, segment: &SegmentSummary, outgoing: bool, rto: Option<Duration>) {
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

    fn closed(&mut self, reason: &CloseReason, known: Option<&Remembered>) {
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

#[cfg(test)]
mod tests;

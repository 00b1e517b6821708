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
use std::net::SocketAddr;
use std::time::Duration;

use lucid_conn::engine::{ConnId, Event, Fault, What};

mod number;
mod page;

use page::Page;

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

    /// A line of this table for each kind of event; the words are the page's.
    fn write(&self, event: &Event) -> Vec<Line> {
        let known = event.conn.and_then(|conn| self.connections.get(&conn));
        let mut page = Page::of(event.conn);
        match &event.what {
            What::Listening { port } => page.banner(format_args!("Server is listening on port {port}")),
            What::Opened { peer, active, .. } => page.opened(*peer, *active),
            What::State { to, .. } => page.moved(*to, known),
            What::Options { agreed } => page.detail(format_args!("|Options: {agreed}")),
            What::Sent { segment, .. } => page.sent(segment, event.cause),
            What::Received { segment } => page.segment("receive", segment),
            What::Arrived { seq, arrival, next, .. } => page.arrived(*seq, *arrival, *next),
            What::CookieSent { peer, syn } => page.answered(*peer, syn, event),
            What::Discarded { peer, segment } => page.discarded(*peer, segment.as_ref(), event),
            What::DuplicateAck { count, ack } => page.duplicate_ack(*count, *ack),
            What::Window { cwnd, ssthresh, phase, smss } => page.window(cwnd, ssthresh, phase.after, *smss),
            What::InflightFull { segments, limit, .. } => page.inflight_full(*segments, *limit),
            What::RoundTrip { sample, smoothed, rto, .. } => page.round_trip(*sample, *smoothed, *rto, known),
            What::Marked { seq } => page.detail(format_args!("|Congestion mark (CE) SEQ {seq}")),
            What::SegmentSize { bytes } => page.changed("Full segments", bytes, " bytes"),
            What::AckDelayed { .. } => page.detail("|(Delayed ACK)"),
            What::AckDelayExpired => page.detail("|(Delayed ACK) SEND"),
            What::Timeout { late, seq, ack, rto, .. } => page.timeout(late, *seq, *ack, *rto),
            What::Resending { seq, ack, bytes } => page.resending(*seq, *ack, *bytes),
            What::FoundLost { bytes, seq } => page.found_lost(*bytes, *seq, event.cause),
            What::DuplicateReported { start, end } => page.duplicate_reported(*start, *end),
            What::TailProbe { again } => page.tail_probe(*again),
            What::Undone { .. } => page.undone(event.cause),
            What::WindowProbe { count, next_in } => page.probed("Window", count, *next_in),
            What::KeepAliveProbe { count, of, next_in } => {
                page.probed("Keep-alive", format_args!("{count} of {of}"), *next_in);
            }
            What::CorkExpired { waiting } => {
                page.detail(format_args!("|Corked for long enough: {waiting} bytes"));
            }
            What::UserTimeout { timeout } => page.user_timeout(timeout),
            What::ReceiveBuffer { bytes } => page.changed("Receive buffer", bytes, ""),
            What::PeerWindow { window } => page.changed("Peer's window", window, ""),
            What::Faulted { fault, segment, outgoing, rto } => page.faulted(*fault, segment, *outgoing, *rto),
            What::Closed { reason, .. } => page.closed(reason, known),
        }
        page.lines
    }
}

#[cfg(test)]
mod tests;

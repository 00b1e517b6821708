//! What happened, why, and who says so: the one stream that every view is made from.

use core::time::Duration;
use std::net::SocketAddr;

use lucid_congestion::{Phase, Time};
use lucid_wire::{Flags, Header, SackBlocks, Segment, Train};
use serde::Serialize;

use super::cause::Cause;
use super::error::CloseReason;
use super::message::ConnId;
use super::negotiated::Agreed;
use super::state::State;

/// The version of the events' JSON form; it goes up when a field changes its meaning.
pub const EVENT_VERSION: u32 = 1;

/// One thing that happened to one connection, and its cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// When.
    pub at: Time,
    /// To which connection; none for what no connection was made for.
    pub conn: Option<ConnId>,
    /// What.
    #[serde(flatten)]
    pub what: What,
    /// Why.
    pub cause: Cause,
    /// The clause that asks for it.
    pub rfc: &'static str,
}

/// A value before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Change<T> {
    /// Before.
    pub before: T,
    /// After.
    pub after: T,
}

/// A segment, as far as a reader of a trace needs it. Numbers are those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentSummary {
    /// The control bits.
    #[serde(serialize_with = "flags_as_text")]
    pub flags: Flags,
    /// SEG.SEQ.
    pub seq: u32,
    /// SEG.ACK; meaningless without the ACK bit.
    pub ack: u32,
    /// SEG.WND.
    pub window: u16,
    /// Payload bytes.
    pub bytes: usize,
    /// What its sender has received out of order (SACK), or twice (D-SACK).
    #[serde(skip_serializing_if = "SackBlocks::is_empty")]
    pub sack: SackBlocks,
}

fn flags_as_text<S: serde::Serializer>(flags: &Flags, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(flags)
}

impl SegmentSummary {
    fn new(header: &Header, bytes: usize) -> Self {
        Self {
            flags: header.flags,
            seq: header.sequence.get(),
            ack: header.acknowledgment.get(),
            window: header.window,
            bytes,
            sack: header.options.sack,
        }
    }

    /// Those of a train, one by one.
    pub(crate) fn each(train: &Train) -> impl Iterator<Item = Self> + use<> {
        train.headers().map(|(header, bytes)| Self::new(&header, bytes))
    }
}

impl From<&Segment> for SegmentSummary {
    fn from(segment: &Segment) -> Self {
        Self::new(&segment.header, segment.payload.len())
    }
}

/// Where arrived data (or a FIN) stood in the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// At RCV.NXT: it could be delivered at once.
    InOrder,
    /// At RCV.NXT, and what had waited behind it is delivered too.
    FilledGap,
    /// Beyond RCV.NXT: kept until the gap is filled.
    OutOfOrder,
    /// Nothing new in it.
    Duplicate,
    /// Beyond RCV.NXT, and there was no room to keep it.
    NoRoom,
}

/// One segment on the late list: unacknowledged for longer than the retransmission timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Late {
    /// Its age, since it was last sent.
    pub age: Duration,
    /// Its first sequence number.
    pub seq: u32,
}

/// What the faults layer did to a datagram on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It was lost.
    Lost,
    /// It was sent twice.
    Duplicated,
    /// One of its bits was flipped.
    Corrupted,
    /// It was held back, so that later ones overtake it.
    Reordered,
    /// It met a long queue, and was marked for it.
    Marked,
}

/// What limits a sender that has more to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The congestion window.
    Congestion,
    /// The peer's receive window.
    Receiver,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// A listener was opened.
    Listening {
        /// Its TCP port.
        port: u16,
    },
    /// A connection record was made.
    Opened {
        /// The peer's UDP address.
        peer: SocketAddr,
        /// The local TCP port.
        local_port: u16,
        /// The peer's TCP port.
        remote_port: u16,
        /// Whether we opened it (active), or a listener of ours did (passive).
        active: bool,
    },
    /// The connection moved to another state.
    State {
        /// From.
        from: State,
        /// To.
        to: State,
    },
    /// The peer's SYN came, and both sides have options in common.
    Options {
        /// Which, and how.
        agreed: Agreed,
    },
    /// A segment was handed to the network.
    Sent {
        /// The segment.
        segment: SegmentSummary,
        /// How many times its first byte had been sent before.
        retransmission: u32,
        /// How many segments are outstanding now.
        in_flight: usize,
        /// How many bytes of sequence space are outstanding now: FlightSize.
        flight_size: u64,
    },
    /// A segment arrived.
    Received {
        /// The segment.
        segment: SegmentSummary,
    },
    /// Where the arrived segment's text stood in the sequence.
    Arrived {
        /// Its first sequence number.
        seq: u32,
        /// Payload bytes.
        bytes: usize,
        /// Where it stood.
        arrival: Arrival,
        /// RCV.NXT after it.
        next: u32,
        /// How many bytes wait out of order now.
        waiting: usize,
    },
    /// A datagram or segment was dropped; the cause says why.
    Discarded {
        /// The peer's UDP address.
        peer: SocketAddr,
        /// The segment, if it was one.
        segment: Option<SegmentSummary>,
    },
    /// A SYN was answered with a cookie: no connection was made for it.
    CookieSent {
        /// The peer's UDP address.
        peer: SocketAddr,
        /// The SYN.
        syn: SegmentSummary,
    },
    /// A duplicate acknowledgment arrived.
    DuplicateAck {
        /// How many in a row, with this one.
        count: u32,
        /// The sequence number it still waits for.
        ack: u32,
    },
    /// The congestion window, the threshold or the phase changed. In bytes, as the controller counts them.
    Window {
        /// cwnd.
        cwnd: Change<f64>,
        /// ssthresh.
        ssthresh: Change<f64>,
        /// The phase.
        phase: Change<Phase>,
        /// What the controller counts for a full segment.
        smss: u32,
    },
    /// There is more to send, and no window for it.
    InflightFull {
        /// How many segments are outstanding.
        segments: usize,
        /// Bytes of sequence space outstanding.
        flight_size: u64,
        /// Which window is full.
        limit: Limit,
    },
    /// The round-trip time was measured.
    RoundTrip {
        /// This sample.
        sample: Duration,
        /// SRTT after it.
        smoothed: Duration,
        /// RTTVAR after it.
        variance: Duration,
        /// RTO after it.
        rto: Duration,
    },
    /// An acknowledgment was put off.
    AckDelayed {
        /// Until when, at the latest.
        until: Time,
    },
    /// The delayed acknowledgment's time was up: it goes out now.
    AckDelayExpired,
    /// A segment arrived with a congestion mark: every ACK says so until the peer has slowed down.
    Marked {
        /// Its first sequence number.
        seq: u32,
    },
    /// Full segments have another size from now on.
    SegmentSize {
        /// Their payload, in bytes.
        bytes: Change<u16>,
    },
    /// The retransmission timer fired.
    Timeout {
        /// What was sent for longer than the timeout ago and is not acknowledged, oldest first; at most 16.
        late: Vec<Late>,
        /// The segment at the front, which is sent again: its sequence number.
        seq: u32,
        /// The acknowledgment it will carry.
        ack: u32,
        /// RTO before and after the back-off.
        rto: Change<Duration>,
        /// How many times in a row the timer has fired for this segment.
        count: u32,
    },
    /// A segment is to be sent again; the [`What::Sent`] follows when it is.
    Resending {
        /// Its first sequence number.
        seq: u32,
        /// The acknowledgment it will carry.
        ack: u32,
        /// Payload bytes.
        bytes: usize,
    },
    /// Segments were found lost: they go again as the window lets them.
    FoundLost {
        /// How many bytes of sequence space.
        bytes: u64,
        /// The first sequence number that is lost now.
        seq: u32,
    },
    /// The peer reports that it received something twice (D-SACK, RFC 2883).
    DuplicateReported {
        /// From this sequence number.
        start: u32,
        /// To before this one.
        end: u32,
    },
    /// The end of the flight is probed (RFC 8985 section 7).
    TailProbe {
        /// The last segment goes again; otherwise a new one goes.
        again: bool,
    },
    /// The last cut of the congestion window was wrong, and is taken back.
    Undone {
        /// It was a timeout's.
        timeout: bool,
    },
    /// The zero window was probed.
    WindowProbe {
        /// Which probe in a row, from 1.
        count: u32,
        /// When the next one is due, if nothing changes.
        next_in: Duration,
    },
    /// An idle peer was asked whether it is still there.
    KeepAliveProbe {
        /// Which probe since the peer was last heard, from 1.
        count: u32,
        /// After how many unanswered ones the connection is given up.
        of: u32,
        /// When the next one is due, or the end, if nothing comes.
        next_in: Duration,
    },
    /// A small segment that a cork held back goes out now.
    CorkExpired {
        /// How many bytes waited.
        waiting: u64,
    },
    /// The user timeout changed: how long data may stay unacknowledged.
    UserTimeout {
        /// USER TIMEOUT.
        timeout: Change<Duration>,
    },
    /// The receive buffer grew.
    ReceiveBuffer {
        /// How many bytes may wait for the application.
        bytes: Change<u64>,
    },
    /// The peer's window is closed, or open again.
    PeerWindow {
        /// SND.WND.
        window: Change<u64>,
    },
    /// The faults layer did something to a datagram that was to be sent or had arrived.
    Faulted {
        /// What.
        fault: Fault,
        /// To the segment in this datagram.
        segment: SegmentSummary,
        /// Whether it was on its way out (or else in).
        outgoing: bool,
        /// The retransmission timeout at that time, if the segment is one of a connection of ours.
        rto: Option<Duration>,
    },
    /// The connection record is gone.
    Closed {
        /// Why.
        #[serde(flatten)]
        reason: CloseReason,
        /// What it had done.
        counts: super::info::Counts,
    },
}

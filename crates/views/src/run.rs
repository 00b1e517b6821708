//! A recorded run as values: a [`Story`] for each of its connections.

use core::time::Duration;
use std::io::Read;
use std::net::SocketAddr;

use lucid_conn::engine::{
    Agreed, CloseReason, ConnId, Counts, Event, RecordingError, RecordingReader, Setup, State, Time,
};

use crate::collect::Collector;
use crate::follow::{FollowError, follow};
use crate::limits::LimitedBy;
use crate::series::{Buffers, Direction, Line, RoundTrip, Rule, Span};

/// All that a recording tells.
#[derive(Debug)]
pub struct Run {
    /// What its endpoint was made with.
    pub setup: Setup,
    /// Its connections, in the order in which they were opened.
    pub stories: Vec<Story>,
    /// What happened to no connection: listeners, and datagrams that belong to none.
    pub strays: Vec<Event>,
    /// The time of the last record.
    pub ended_at: Time,
    /// Why the recording could not be followed further, if it breaks off: all that came before is here.
    pub broken_off: Option<FollowError>,
}

/// How much of a run is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// So many events of each connection; beyond them only those that are no routine ([`crate::words::is_routine`]).
    pub events: usize,
}

impl Default for Keep {
    /// Enough for a transfer of 100 MB; a few hundred megabytes of memory at most.
    fn default() -> Self {
        Self { events: 400_000 }
    }
}

impl Run {
    /// Reads a recording and runs it again. One that breaks off is told as far as it goes: see [`Run::broken_off`].
    ///
    /// # Errors
    /// If it isn't a recording, or none that can be read here; if reading fails; or if the engine does something else
    /// than what was recorded.
    pub fn read(recording: impl Read, keep: Keep) -> Result<Self, FollowError> {
        let reader = RecordingReader::open(recording)?;
        let setup = reader.setup().clone();
        let mut collector = Collector::new(setup.config.counted_header, keep);
        let mut last_at = Time::ZERO;
        let followed = follow(reader, &mut |at, heard| {
            last_at = at;
            collector.hear(at, &heard);
        });
        let broken_off = match followed {
            Ok(_) => None,
            Err(cut @ FollowError::Recording(RecordingError::Truncated { .. })) => Some(cut),
            Err(other) => return Err(other),
        };
        let (stories, strays) = collector.finish();
        Ok(Self { setup, stories, strays, ended_at: last_at, broken_off })
    }
}

/// One connection, as one endpoint lived through it. All times are its endpoint's.
#[derive(Clone, Debug)]
pub struct Story {
    /// Its name in the run.
    pub conn: ConnId,
    /// The peer's UDP address.
    pub peer: SocketAddr,
    /// The local TCP port.
    pub local_port: u16,
    /// The peer's TCP port.
    pub remote_port: u16,
    /// Whether this side opened it.
    pub active: bool,
    /// The congestion controller's name.
    pub congestion_control: &'static str,
    /// The options that both SYNs had, once the peer's came.
    pub agreed: Option<Agreed>,
    /// When it was opened.
    pub opened_at: Time,
    /// When it ended, and why; none if it lived on when the recording ended.
    pub closed: Option<(Time, CloseReason)>,
    /// When it ended, or when the recording did.
    pub ended_at: Time,
    /// What it had done in the end, by the engine's own count.
    pub counts: Counts,
    /// Its events; beyond [`Keep::events`] routine is left out.
    pub events: Vec<Event>,
    /// How many were left out.
    pub events_left_out: u64,

    /// What this endpoint sent, and what the peer acknowledged.
    pub outgoing: Direction,
    /// What came, and what this endpoint acknowledged.
    pub incoming: Direction,

    /// cwnd, in bytes as the controller counts them.
    pub cwnd: Line<f64>,
    /// ssthresh, likewise; [arbitrarily high](crate::words::is_arbitrary) until something was lost.
    pub ssthresh: Line<f64>,
    /// FlightSize: bytes of sequence space sent and not acknowledged.
    pub flight_size: Line<u64>,
    /// What of it is thought to be in the network: without what has arrived and what is lost (RFC 6675's pipe).
    pub pipe: Line<u64>,
    /// SND.WND.
    pub send_window: Line<u64>,
    /// Round trips measured.
    pub round_trips: Vec<RoundTrip>,
    /// SRTT, once measured.
    pub smoothed_rtt: Line<Duration>,
    /// RTO, with its back-off.
    pub rto: Line<Duration>,
    /// Bytes per second at which segments are spread out; none: they aren't.
    pub pacing_rate: Line<Option<f64>>,
    /// Places of the sequence that have arrived at the peer so far: acknowledged, or reported beyond a gap.
    pub delivered: Line<u64>,
    /// Payload bytes received in order so far.
    pub received: Line<u64>,
    /// What this end's buffers hold.
    pub buffers: Line<Buffers>,

    /// The state.
    pub state: Line<State>,
    /// Which rule moves the congestion window.
    pub rule: Line<Rule>,
    /// What this end's sending waits for, while it may send.
    pub limited_by: Line<Option<LimitedBy>>,

    /// Every segment that came for these ports, also before and after the connection: when, and its identity.
    pub(crate) arrivals: Vec<(Time, u64)>,
    /// The two first sequence numbers: this side's and the peer's.
    pub(crate) isns: (Option<u32>, Option<u32>),
}

impl Story {
    /// The spans in which its sending was limited by one thing.
    pub fn limits(&self) -> impl Iterator<Item = Span<LimitedBy>> + '_ {
        let spans = self.limited_by.spans(self.ended_at);
        spans.filter_map(|Span { from, to, what }| what.map(|what| Span { from, to, what }))
    }

    /// From when this end first sent data to when the last of it was acknowledged, or to the end.
    #[must_use]
    pub fn sending_time(&self) -> Option<Span<()>> {
        let carries = self.outgoing.segments.iter().filter(|segment| segment.bytes > 0);
        let (first, behind) =
            (carries.clone().next()?, carries.map(|segment| segment.start + u64::from(segment.bytes)).max()?);
        let acknowledged = self.outgoing.acknowledged.points().iter().find(|(_, place)| *place >= behind);
        let to = acknowledged.map_or(self.ended_at, |(at, _)| *at);
        Some(Span { from: first.at, to, what: () })
    }
}

//! A peer of our own, where the peer's recording isn't there: it has received what the recorded one has, by what was
//! acknowledged, and goes on as this end would in its place.
//!
//! Its sequence numbers, port and timestamps are its own: they are translated on the way.

use core::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{Call, ConnId, Input, Reply, Setup, State, Time};
use lucid_wire::{Flags, Header};

use super::application::Application;
use super::end::{ANY, End, Left};
use crate::run::Story;

const TICK: u64 = 1_000_000;

/// The stand-in's numbers, in those of the recorded peer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Translation {
    /// How far its sequence numbers lie ahead.
    sequence: u32,
    /// How far its clock is behind.
    clock: u32,
    /// Its port, and the recorded one.
    ports: (u16, u16),
}

impl Translation {
    pub(super) fn to_stand_in(self, header: &Header) -> Header {
        let mut header = *header;
        header.destination_port = self.ports.0;
        if header.flags.contains(Flags::ACK) {
            header.acknowledgment = header.acknowledgment + self.sequence;
        }
        if let Some(stamps) = header.options.timestamps.as_mut().filter(|stamps| stamps.echo != 0) {
            stamps.echo = stamps.echo.wrapping_sub(self.clock);
        }
        let blocks = header.options.sack.as_slice().iter().map(|block| {
            let mut block = *block;
            (block.start, block.end) = (block.start + self.sequence, block.end + self.sequence);
            block
        });
        header.options.sack = blocks.collect();
        header
    }

    pub(super) fn of_stand_in(self, header: &Header) -> Header {
        let mut header = *header;
        header.source_port = self.ports.1;
        header.sequence = header.sequence - self.sequence;
        if let Some(stamps) = &mut header.options.timestamps {
            stamps.value = stamps.value.wrapping_add(self.clock);
        }
        header
    }
}

/// What a stand-in is made from.
pub(super) struct Model<'a> {
    pub(super) setup: &'a Setup,
    pub(super) story: &'a Story,
    /// How long a segment takes on the way back.
    pub(super) back: Duration,
    /// Which of the recorded end's segments arrive, and when.
    pub(super) arrives: &'a dyn Fn(usize) -> bool,
    pub(super) arrivals: &'a [Time],
    /// What it sends from then on counts; before, the recording has what its peer sent.
    pub(super) from: Time,
    /// So long it lives.
    pub(super) until: Time,
}

/// A stand-in that has lived until now, and what it has sent that counts.
pub(super) struct StandIn {
    pub(super) end: End,
    pub(super) translation: Translation,
    pub(super) sent: Vec<(Time, Left)>,
    /// When it lived last.
    now: Time,
}

/// What the stand-in lives through.
enum Fed {
    Segment(usize),
    Write(usize),
    Finish,
}

impl Model<'_> {
    /// Makes it, from the segments that the recorded end has sent, and the timestamps that it got. None if the two aren't alike:
    /// it agreed on something else, or has not received what was acknowledged.
    pub(super) fn make(&self, sent: &[Left], stamps: &[(Time, u32)]) -> Option<StandIn> {
        let mut stand_in = self.born()?;
        let born_at = stand_in.now;
        self.meet(&mut stand_in, born_at, stamps)?;
        let segments = self.arrivals.iter().enumerate().filter(|(index, _)| (self.arrives)(*index));
        let segments = segments.map(|(index, at)| (*at, Fed::Segment(index)));
        let mut fed: Vec<_> = self.spoken().chain(segments).filter(|(at, _)| *at <= self.until).collect();
        fed.sort_by_key(|(at, _)| *at);
        let mut fed = fed.into_iter().peekable();
        while let Some((at, what)) = fed.next() {
            stand_in.live(at, self.from);
            match what {
                Fed::Segment(index) => {
                    let mut left = sent[index];
                    left.header = stand_in.translation.to_stand_in(&left.header);
                    stand_in.end.arrives(at, left.encoded());
                }
                Fed::Write(bytes) => stand_in.end.call(at, Call::Write(Bytes::from(vec![0; bytes]))),
                Fed::Finish => stand_in.end.call(at, Call::Shutdown),
            }
            // The application sees what comes at once at once.
            if fed.peek().is_none_or(|(next, _)| *next > at) {
                stand_in.end.act(at);
            }
            self.meet(&mut stand_in, at, stamps)?;
            stand_in.note(at, self.from);
        }
        stand_in.live(self.until, self.from);
        stand_in.end.application.speak(self.spoken().filter(|(at, _)| *at > self.until).map(|(at, fed)| {
            let bytes = if let Fed::Write(bytes) = fed { Some(bytes) } else { None };
            (at, bytes)
        }));
        self.is_alike(&stand_in).then_some(stand_in)
    }

    /// It listens, or opens the connection.
    fn born(&self) -> Option<StandIn> {
        let Self { setup, story, back, .. } = self;
        let setup = Setup { config: setup.config.clone(), secret: *b"the peer's place", max_connections: 2 };
        let ports = (story.local_port, story.remote_port);
        // A listener would be the first.
        let conn = ConnId(u32::from(story.active));
        let mut end = End::new(setup, (conn, ANY, ports), 0);
        end.application = Application::that_reads_all();
        let opened = story.outgoing.segments.first()?.at;
        let before = Time::ZERO + opened.saturating_since(Time::ZERO + *back);
        let opens = if story.active {
            Input::Listen { port: story.remote_port, backlog: 1 }
        } else {
            Input::Connect { peer: ANY, port: story.local_port }
        };
        let opened = end.input(before, opens).ok()?;
        (story.active || opened == Reply::Opened(conn)).then_some(())?;
        let translation =
            Translation { ports: (story.remote_port, story.remote_port), ..Translation::default() };
        Some(StandIn { end, translation, sent: Vec::new(), now: before })
    }

    /// What the recorded peer wrote, by what came of it.
    fn spoken(&self) -> impl Iterator<Item = (Time, Fed)> + '_ {
        let mut before = 0;
        let earlier = move |at: Time| Time::ZERO + at.saturating_since(Time::ZERO + self.back);
        let written = self.story.received.points().iter().filter_map(move |&(at, all)| {
            let bytes = usize::try_from(all - before).unwrap_or(0);
            before = all;
            (bytes > 0).then_some((earlier(at), Fed::Write(bytes)))
        });
        let segments = self.story.incoming.segments.iter();
        let finished = segments.filter(|segment| segment.flags.contains(Flags::FIN)).take(1);
        written.chain(finished.map(move |segment| (earlier(segment.at), Fed::Finish)))
    }

    /// Once its SYN is there, its numbers are known.
    fn meet(&self, stand_in: &mut StandIn, at: Time, stamps: &[(Time, u32)]) -> Option<()> {
        let syn = stand_in.end.outbox.iter().find(|left| left.header.flags.contains(Flags::SYN));
        let Some(Left { header, .. }) = syn else { return Some(()) };
        let ticks = |at: Time| (at.as_nanos() / TICK) as u32;
        stand_in.translation.sequence = header.sequence.get().wrapping_sub(self.story.isns.1?);
        stand_in.translation.ports.0 = header.source_port;
        let own = header.options.timestamps.map(|its| its.value.wrapping_sub(ticks(at)));
        // The recorded peer's clock, as the fastest of its segments showed it: no later one may seem older.
        let shown = stamps.iter().map(|&(at, value)| {
            value.wrapping_sub(ticks(Time::ZERO + at.saturating_since(Time::ZERO + self.back)))
        });
        let first = stamps.first().map_or(0, |(_, value)| *value);
        let its = shown.max_by_key(|shown| shown.wrapping_sub(first).cast_signed());
        stand_in.translation.clock = own.zip(its).map_or(0, |(own, its)| its.wrapping_sub(own));
        Some(())
    }

    fn is_alike(&self, stand_in: &StandIn) -> bool {
        let Some(info) = stand_in.end.info() else { return false };
        let agreed = self.story.agreed.unwrap_or_default();
        let acknowledged = self.story.outgoing.acknowledged.at(self.until).unwrap_or(0);
        let scales = info.options.scale.map(|scale| scale.receive) == agreed.scale.map(|scale| scale.send);
        let options = (info.options.sack, info.options.timestamps) == (agreed.sack, agreed.timestamps);
        // A SYN and a FIN take a place each.
        let has_received = info.counts.bytes_received + 2 >= acknowledged;
        scales && options && has_received && info.state != State::Closed && info.counts.discarded == 0
    }
}

impl StandIn {
    /// Its timers fire until then.
    fn live(&mut self, until: Time, counts_from: Time) {
        while let Some(next) = self.end.next(self.now).filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.end.act(self.now);
            self.note(self.now, counts_from);
        }
        self.now = self.now.max(until);
    }

    fn note(&mut self, at: Time, counts_from: Time) {
        let left = std::mem::take(&mut self.end.outbox);
        if at >= counts_from {
            self.sent.extend(left.into_iter().map(|left| (at, left)));
        }
    }
}

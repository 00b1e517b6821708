//! One end of a connection: replayed up to a moment, and alive from there on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use lucid_conn::engine::{
    Call, CallError, Codepoint, ConnId, Info, Input, RecordingReader, Reply, Setup, Time,
};
use lucid_wire::{Header, PseudoHeader, Segment};

use super::application::Application;
use crate::collect::Collector;
use crate::follow::{Again, FollowError, Heard};
use crate::run::{Keep, Story};
use crate::series;

/// The other end's address, for one of our own: any will do, nothing leaves.
pub(super) const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1);

/// A segment that has left: what it is, and where it stands in its connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) header: Header,
    pub(super) bytes: usize,
    /// None for the answer to a stranger.
    pub(super) place: Option<Place>,
}

/// A segment's place in the sequence, and how many times its first byte had gone before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) copy: u32,
}

impl Left {
    /// Its bytes, zeros for the payload: no endpoint looks at that.
    pub(super) fn encoded(&self) -> Vec<u8> {
        let segment = Segment { header: self.header, payload: Bytes::from(vec![0; self.bytes]) };
        let mut bytes = Vec::with_capacity(segment.encoded_len());
        segment.encode(&PseudoHeader::None, &mut bytes);
        bytes
    }
}

/// An endpoint, of whose connections one matters.
pub(super) struct End {
    again: Again,
    collector: Collector,
    pub(super) conn: ConnId,
    /// The peer's UDP address, and the ports: the peer's first.
    peer: SocketAddr,
    ports: (u16, u16),
    pub(super) application: Application,
    /// How far its clock is ahead of the one that all is told by, in nanoseconds.
    ahead: i64,
    /// What has left and is not on its way yet, in its order.
    pub(super) outbox: Vec<Left>,
    /// What the peer's timestamps were, and when they came.
    pub(super) stamps: Vec<(Time, u32)>,
}

impl End {
    pub(super) fn new(
        setup: Setup,
        (conn, peer, ports): (ConnId, SocketAddr, (u16, u16)),
        ahead: i64,
    ) -> Self {
        let collector = Collector::new(setup.config.counted_header, Keep::default());
        let application = Application::default();
        let (outbox, stamps) = (Vec::new(), Vec::new());
        Self { again: Again::new(setup), collector, conn, peer, ports, application, ahead, outbox, stamps }
    }

    /// One in the peer's place that knows of no connection.
    pub(super) fn nobody(setup: Setup, story: &Story) -> Self {
        Self::new(setup, (ConnId(0), ANY, (story.local_port, story.remote_port)), 0)
    }

    /// The end whose story this is, as it was at `until` by the common clock; all that left until then is in the outbox.
    pub(super) fn at(recording: &[u8], story: &Story, ahead: i64, until: Time) -> Result<Self, FollowError> {
        let mut reader = RecordingReader::open(recording)?;
        let ports = (story.remote_port, story.local_port);
        let mut end = Self::new(reader.setup().clone(), (story.conn, story.peer, ports), ahead);
        let until = end.own(until);
        end.hear(|again, watch| again.replay(&mut reader, until, watch))?;
        end.hear(|again, watch| {
            again.settle(watch);
            again.drain(until, watch);
        });
        Ok(end)
    }

    /// A time of the common clock by this end's.
    pub(super) fn own(&self, at: Time) -> Time {
        Time::from_nanos(at.as_nanos().saturating_add_signed(self.ahead))
    }

    fn common(&self, at: Time) -> Time {
        Time::from_nanos(at.as_nanos().saturating_add_signed(-self.ahead))
    }

    /// Lets the endpoint do something, and hears it.
    fn hear<T>(&mut self, act: impl FnOnce(&mut Again, &mut dyn FnMut(Time, Heard<'_>)) -> T) -> T {
        let Self { again, collector, conn, ports, outbox, stamps, .. } = self;
        act(again, &mut |at, heard| {
            collector.hear(at, &heard);
            if let Heard::Arrived { header, .. } = heard
                && (header.source_port, header.destination_port) == *ports
            {
                stamps.extend(header.options.timestamps.map(|its| (at, its.value)));
            }
            let Heard::Left { conn: whose, header, bytes } = heard else { return };
            let is_ours = (header.destination_port, header.source_port) == *ports;
            if whose == Some(*conn) || (whose.is_none() && is_ours) {
                let place = whose.and_then(|whose| collector.last_left(whose)).map(place);
                outbox.push(Left { header: *header, bytes, place });
            }
        })
    }

    pub(super) fn input(&mut self, now: Time, input: Input) -> Result<Reply, CallError> {
        let now = self.own(now);
        self.hear(|again, watch| {
            let reply = again.input(now, input, watch);
            again.drain(now, watch);
            reply
        })
    }

    /// A segment of its peer's arrives.
    pub(super) fn arrives(&mut self, now: Time, bytes: Vec<u8>) {
        let from = self.peer;
        let _never_refused = self.input(now, Input::datagram(from, bytes.into(), Codepoint::NotEct));
    }

    /// Its timers, and its application, do what is due.
    pub(super) fn act(&mut self, now: Time) {
        if self.again.wait().is_some_and(|at| at <= self.own(now)) {
            let _never_refused = self.input(now, Input::Tick);
        }
        let (conn, own) = (self.conn, self.own(now));
        while let Some(call) = self.application.call(own, self.again.endpoint(), conn) {
            self.call(now, call);
        }
    }

    pub(super) fn call(&mut self, now: Time, call: Call) {
        let conn = self.conn;
        // What is refused changes nothing.
        let _its_application_would_know = self.input(now, Input::Call { conn, call });
    }

    /// When it does something by itself.
    pub(super) fn next(&self, now: Time) -> Option<Time> {
        let own = self.own(now);
        let next = [self.again.wait(), self.application.next(own)].into_iter().flatten().min();
        next.map(|at| self.common(at))
    }

    /// All that its application wrote was sent and acknowledged.
    pub(super) fn has_sent_all(&self) -> bool {
        let info = self.info();
        self.application.has_written() && info.is_none_or(|info| info.flight_size == 0 && info.unsent == 0)
    }

    /// Its connection, as it is now.
    pub(super) fn info(&self) -> Option<Info> {
        self.again.endpoint().info(self.conn)
    }

    /// What it has lived through.
    pub(super) fn into_story(mut self) -> Option<Story> {
        self.hear(|again, watch| again.settle(watch));
        let (stories, _) = self.collector.finish();
        stories.into_iter().find(|story| story.conn == self.conn)
    }
}

fn place(segment: &series::Segment) -> Place {
    Place { start: segment.start, end: segment.end(), copy: segment.retransmission }
}

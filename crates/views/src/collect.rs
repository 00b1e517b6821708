//! From what a replay tells to stories.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use lucid_conn::engine::{Call, ConnId, Endpoint, Event, Input, Time, What};

use crate::follow::Heard;
use crate::run::{Keep, Story};
use crate::series::Segment;
use draft::Draft;

mod copies;
mod draft;
mod identity;
mod numbers;

/// Who a segment is for: the peer's UDP address, its port and ours.
type Ports = (SocketAddr, u16, u16);

/// Hears a run, and keeps what stories are made of.
pub(crate) struct Collector {
    counted_header: u16,
    keep: Keep,
    drafts: BTreeMap<ConnId, Draft>,
    /// Connections about which something was told since all was settled last.
    touched: BTreeSet<ConnId>,
    /// Every segment that came.
    arrivals: BTreeMap<Ports, Vec<(Time, u64)>>,
    strays: Vec<Event>,
    /// The connection whose application did something about its sending with the last input.
    writer: Option<ConnId>,
    ended_at: Time,
}

impl Collector {
    pub(crate) fn new(counted_header: u16, keep: Keep) -> Self {
        Self {
            counted_header,
            keep,
            drafts: BTreeMap::new(),
            touched: BTreeSet::new(),
            arrivals: BTreeMap::new(),
            strays: Vec::new(),
            writer: None,
            ended_at: Time::ZERO,
        }
    }

    pub(crate) fn hear(&mut self, at: Time, heard: &Heard<'_>) {
        self.ended_at = self.ended_at.max(at);
        match heard {
            Heard::Event(event) => self.event(event),
            Heard::Arrived { from, header, bytes } => {
                let ports = (*from, header.source_port, header.destination_port);
                self.arrivals.entry(ports).or_default().push((at, identity::of(header, *bytes)));
            }
            Heard::Left { conn, header, bytes } => {
                if let Some(draft) = conn.and_then(|conn| self.drafts.get_mut(&conn)) {
                    draft.left(identity::of(header, *bytes));
                }
            }
            Heard::Input(Input::Call { conn, call }) => {
                self.touched.insert(*conn);
                self.writer = is_about_sending(call).then_some(*conn);
            }
            Heard::Input(_) => self.writer = None,
            Heard::Settled(endpoint) => self.settled(at, endpoint),
            Heard::Replied(_) => {}
        }
    }

    /// The segment of this connection that left last.
    pub(crate) fn last_left(&self, conn: ConnId) -> Option<&Segment> {
        self.drafts.get(&conn)?.last_left()
    }

    fn event(&mut self, event: &Event) {
        let Some(conn) = event.conn else { return self.strays.push(event.clone()) };
        if let What::Opened { peer, local_port, remote_port, active } = event.what {
            let draft = Draft::new(event.at, conn, (peer, local_port, remote_port), active);
            self.drafts.insert(conn, draft);
        }
        match self.drafts.get_mut(&conn) {
            Some(draft) => draft.event(event, self.keep),
            None => return self.strays.push(event.clone()),
        }
        self.touched.insert(conn);
    }

    fn settled(&mut self, at: Time, endpoint: &Endpoint) {
        for conn in std::mem::take(&mut self.touched) {
            if let (Some(draft), Some(info)) = (self.drafts.get_mut(&conn), endpoint.info(conn)) {
                let is_writing = self.writer == Some(conn);
                draft.sample(at, &info, endpoint.room(conn), self.counted_header, is_writing);
            }
        }
    }

    /// The stories, in the order in which they began, and what is nobody's.
    pub(crate) fn finish(self) -> (Vec<Story>, Vec<Event>) {
        let Self { drafts, arrivals, strays, ended_at, .. } = self;
        let stories = drafts.into_values().map(|draft| {
            let mut story = draft.finish(ended_at);
            let ports = (story.peer, story.remote_port, story.local_port);
            story.arrivals = arrivals.get(&ports).cloned().unwrap_or_default();
            story
        });
        (stories.collect(), strays)
    }
}

/// Whether a call gives the connection something to send, or leave to send it.
fn is_about_sending(call: &Call) -> bool {
    match call {
        Call::Write(_) | Call::WriteMore(_) | Call::WriteUrgent(_) | Call::Flush | Call::Shutdown => true,
        Call::SetNagle(_) | Call::SetCork(_) => true,
        Call::Read { .. } | Call::Release | Call::Abort | Call::SetKeepAlive(_) | Call::SetUserTimeout(_) => {
            false
        }
    }
}

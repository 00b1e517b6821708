//! Running a recording again, with the endpoint at hand after every input.
//!
//! [`lucid_conn::engine::replay_with`] tells events alone. A view wants values between them, too (how much waits to be
//! sent, which window is full), and those are the endpoint's to say: so this is the same loop, with more to hear.

use std::collections::VecDeque;
use std::io::Read;

use lucid_conn::engine::{
    CallError, ConnId, Endpoint, Event, Input, Output, Recorded, RecordingReader, ReplayError, Reply,
    SentSegment, Setup, Time,
};
use lucid_wire::{Header, PseudoHeader, Train};
use std::net::SocketAddr;

/// Why a recording can't be followed to its end; up to there, all was as recorded.
pub type FollowError = ReplayError;

/// What a watcher of a run hears, in the order in which it happens.
#[derive(Debug)]
pub enum Heard<'a> {
    /// An input is about to go in.
    Input(&'a Input),
    /// It went in, and the application was told this.
    Replied(&'a Result<Reply, CallError>),
    /// A segment lay in a datagram that came from `from`; it comes before the events that it leads to.
    Arrived {
        /// The peer's UDP address.
        from: SocketAddr,
        /// The segment's header.
        header: &'a Header,
        /// How many bytes of payload it has.
        bytes: usize,
    },
    /// Something happened.
    Event(&'a Event),
    /// A segment left; its [`What::Sent`](lucid_conn::engine::What::Sent) was told before.
    Left {
        /// Whose it was.
        conn: Option<ConnId>,
        /// The segment's header.
        header: &'a Header,
        /// How many bytes of payload it has.
        bytes: usize,
    },
    /// All that followed from the last input is told: until the next one, nothing changes.
    Settled(&'a Endpoint),
}

/// Runs a recording through an endpoint of its own, compares every segment with the recorded one, and tells `watch` all
/// that happens, with its time. Returns the time of the last record.
///
/// # Errors
/// If the recording can't be read to its end, or the endpoint sends something else than the recorded one did.
/// `watch` has heard all that came before.
pub fn follow<R: Read>(
    mut reader: RecordingReader<R>,
    watch: &mut dyn FnMut(Time, Heard<'_>),
) -> Result<Time, FollowError> {
    let mut again = Again::new(reader.setup().clone());
    let followed = again.replay(&mut reader, Time::from_nanos(u64::MAX), watch);
    // What led to an error may still wait to be told. Segments that nobody asked for never left.
    again.tell_what_waits(watch);
    again.settle(watch);
    followed.map(|()| again.last)
}

/// An endpoint that lives through a recording, and may live on behind it.
pub(crate) struct Again {
    endpoint: Endpoint,
    /// The rest of a train: its segments are compared one by one.
    waiting: VecDeque<(Option<ConnId>, Header, usize, SentSegment)>,
    /// The time that it was told last.
    last: Time,
    /// When it wants to be woken.
    wait: Option<Time>,
}

impl Again {
    pub(crate) fn new(setup: Setup) -> Self {
        let mut endpoint = Endpoint::new(setup);
        endpoint.observe(true);
        Self { endpoint, waiting: VecDeque::new(), last: Time::ZERO, wait: None }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// When it wants to be woken, as it said when it was drained last.
    pub(crate) fn wait(&self) -> Option<Time> {
        self.wait
    }

    /// Goes through the records of a recording until the first that is later than `until`.
    pub(crate) fn replay<R: Read>(
        &mut self,
        reader: &mut RecordingReader<R>,
        until: Time,
        watch: &mut dyn FnMut(Time, Heard<'_>),
    ) -> Result<(), FollowError> {
        while let Some(record) = reader.next_record()?.filter(|record| record.at <= until) {
            let at = record.at;
            let expected = match record.what {
                Recorded::Input(input) => {
                    let _it_was_for_the_application = self.input(at, input, watch);
                    continue;
                }
                Recorded::Sent(expected) => Some(expected),
                Recorded::Drained => None,
            };
            let found = self.next_segment(at, watch);
            if found != expected {
                let (expected, found) = (expected.map(Box::new), found.map(Box::new));
                return Err(ReplayError::Mismatch { record: reader.number(), at, expected, found });
            }
        }
        Ok(())
    }

    pub(crate) fn input(
        &mut self,
        at: Time,
        input: Input,
        watch: &mut dyn FnMut(Time, Heard<'_>),
    ) -> Result<Reply, CallError> {
        self.settle(watch);
        self.last = at;
        watch(at, Heard::Input(&input));
        if let Input::Datagrams { from, bytes, size, .. } = &input {
            let (mut batch, size) = (bytes.clone(), *size);
            while !batch.is_empty() && size > 0 {
                // What is no segment is told by the endpoint, as an event.
                let Ok(train) = Train::decode(&mut batch, size, &PseudoHeader::None) else { continue };
                for (header, bytes) in train.headers() {
                    watch(at, Heard::Arrived { from: *from, header: &header, bytes });
                }
            }
        }
        let reply = self.endpoint.handle(at, input);
        watch(at, Heard::Replied(&reply));
        reply
    }

    /// The next segment that the endpoint sends; none if it has nothing to send.
    pub(crate) fn next_segment(
        &mut self,
        now: Time,
        watch: &mut dyn FnMut(Time, Heard<'_>),
    ) -> Option<SentSegment> {
        self.last = now;
        loop {
            if let Some((conn, header, bytes, segment)) = self.waiting.pop_front() {
                watch(now, Heard::Left { conn, header: &header, bytes });
                return Some(segment);
            }
            match self.endpoint.poll(now) {
                Output::Transmit { conn, to, train, ecn } => {
                    let sent = train.segments().map(|segment| SentSegment::new(to, &segment, ecn));
                    let each = train.headers().zip(sent);
                    self.waiting.extend(each.map(|((header, bytes), sent)| (conn, header, bytes, sent)));
                }
                Output::Event(event) => watch(now, Heard::Event(&event)),
                Output::Notice { .. } => {}
                Output::Wait(until) => {
                    self.wait = until;
                    return None;
                }
            }
        }
    }

    /// All that it has to say now.
    pub(crate) fn drain(&mut self, now: Time, watch: &mut dyn FnMut(Time, Heard<'_>)) {
        while self.next_segment(now, watch).is_some() {}
    }

    /// Until the next input nothing changes.
    pub(crate) fn settle(&self, watch: &mut dyn FnMut(Time, Heard<'_>)) {
        watch(self.last, Heard::Settled(&self.endpoint));
    }

    fn tell_what_waits(&mut self, watch: &mut dyn FnMut(Time, Heard<'_>)) {
        loop {
            match self.endpoint.poll(self.last) {
                Output::Event(event) => watch(self.last, Heard::Event(&event)),
                Output::Notice { .. } => {}
                Output::Transmit { .. } | Output::Wait(_) => return,
            }
        }
    }
}

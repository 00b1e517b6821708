//! Running a recording again, with the endpoint at hand after every input.
//!
//! [`lucid_conn::engine::replay_with`] tells events alone. A view wants values between them, too (how much waits to be
//! sent, which window is full), and those are the endpoint's to say: so this is the same loop, with more to hear.

use std::collections::VecDeque;
use std::io::Read;

use lucid_conn::engine::{
    CallError, ConnId, Endpoint, Event, Input, Output, Recorded, RecordingReader, ReplayError, Reply,
    SentSegment, Time,
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
    let mut endpoint = Endpoint::new(reader.setup().clone());
    endpoint.observe(true);
    let mut again = Again { endpoint, watch, waiting: VecDeque::new() };
    let mut last = Time::ZERO;
    let followed = loop {
        let record = match reader.next_record() {
            Ok(Some(record)) => record,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error.into()),
        };
        let at = record.at;
        let expected = match record.what {
            Recorded::Input(input) => {
                (again.watch)(last, Heard::Settled(&again.endpoint));
                again.input(at, input);
                last = at;
                continue;
            }
            Recorded::Sent(expected) => Some(expected),
            Recorded::Drained => None,
        };
        last = at;
        let found = again.next_segment(at);
        if found != expected {
            let (expected, found) = (expected.map(Box::new), found.map(Box::new));
            break Err(ReplayError::Mismatch { record: reader.number(), at, expected, found });
        }
    };
    // What led to an error may still wait to be told. Segments that nobody asked for never left.
    again.tell_what_waits(last);
    (again.watch)(last, Heard::Settled(&again.endpoint));
    followed.map(|()| last)
}

/// An endpoint that lives through a recording.
struct Again<'a> {
    endpoint: Endpoint,
    watch: &'a mut dyn FnMut(Time, Heard<'_>),
    /// The rest of a train: its segments are compared one by one.
    waiting: VecDeque<(Option<ConnId>, Header, usize, SentSegment)>,
}

impl Again<'_> {
    fn input(&mut self, at: Time, input: Input) {
        (self.watch)(at, Heard::Input(&input));
        if let Input::Datagrams { from, bytes, size, .. } = &input {
            let (mut batch, size) = (bytes.clone(), *size);
            while !batch.is_empty() && size > 0 {
                // What is no segment is told by the endpoint, as an event.
                let Ok(train) = Train::decode(&mut batch, size, &PseudoHeader::None) else { continue };
                for (header, bytes) in train.headers() {
                    (self.watch)(at, Heard::Arrived { from: *from, header: &header, bytes });
                }
            }
        }
        let reply = self.endpoint.handle(at, input);
        (self.watch)(at, Heard::Replied(&reply));
    }

    /// The next segment that the endpoint sends; none if it has nothing to send.
    fn next_segment(&mut self, now: Time) -> Option<SentSegment> {
        loop {
            if let Some((conn, header, bytes, segment)) = self.waiting.pop_front() {
                (self.watch)(now, Heard::Left { conn, header: &header, bytes });
                return Some(segment);
            }
            match self.endpoint.poll(now) {
                Output::Transmit { conn, to, train, ecn } => {
                    let sent = train.segments().map(|segment| SentSegment::new(to, &segment, ecn));
                    let each = train.headers().zip(sent);
                    self.waiting.extend(each.map(|((header, bytes), sent)| (conn, header, bytes, sent)));
                }
                Output::Event(event) => (self.watch)(now, Heard::Event(&event)),
                Output::Notice { .. } => {}
                Output::Wait(_) => return None,
            }
        }
    }

    fn tell_what_waits(&mut self, now: Time) {
        loop {
            match self.endpoint.poll(now) {
                Output::Event(event) => (self.watch)(now, Heard::Event(&event)),
                Output::Notice { .. } => {}
                Output::Transmit { .. } | Output::Wait(_) => return,
            }
        }
    }
}

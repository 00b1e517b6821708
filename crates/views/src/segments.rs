//! A recording run again, segment by segment: each with its bytes, what the engine says of it, and the windows then.

use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::net::SocketAddr;

use bytes::Bytes;
use lucid_conn::engine::{
    Codepoint, ConnId, Endpoint, Event, Info, Input, Output, Record, Recorded, RecordingError,
    RecordingReader, ReplayError, SegmentSummary, SentSegment, Setup, Time, What,
};
use lucid_wire::{PseudoHeader, Segment};

/// One segment of a run, on its way out or in.
#[derive(Clone, Debug)]
pub struct Passed {
    /// When it was handed to the network, or came from it.
    pub at: Time,
    /// The peer's UDP address.
    pub peer: SocketAddr,
    /// Whether it was sent, or else received.
    pub outgoing: bool,
    /// The datagram, as it was on the wire: header and payload.
    pub datagram: Bytes,
    /// The ECN field of its IP header.
    pub ecn: Codepoint,
    /// The segment, if the datagram is one.
    pub segment: Option<SegmentSummary>,
    /// Whose it is, if a connection's.
    pub conn: Option<ConnId>,
    /// Of one that was sent, what led to it, the [`What::Sent`] last; of one that was received, what it brought about.
    /// None for what no connection and no listener was asked about.
    pub events: Vec<Event>,
    /// The connection behind it: once this had left, or was dealt with. None, if there is no such connection (any more).
    pub info: Option<Box<Info>>,
}

/// Runs a recording through an engine of its own, and gives out every segment, in the order in which they came and went.
/// Memory holds what happened between two times that the endpoint had nothing more to say.
pub struct Segments<R> {
    recording: RecordingReader<R>,
    endpoint: Endpoint,
    /// The segments since the endpoint last had nothing more to say.
    recent: VecDeque<Passed>,
    /// How many of them are as complete as they get.
    complete: usize,
    /// Which of them each connection was last told of.
    latest: HashMap<Option<ConnId>, usize>,
    /// What happened to a connection since, and belongs to what it sends next.
    leading: HashMap<Option<ConnId>, Vec<Event>>,
    /// The rest of a train: its segments are compared one by one.
    waiting: VecDeque<(Option<ConnId>, Segment, SentSegment)>,
    now: Time,
    /// It has ended; with this, if not as it should.
    ended: Option<Option<ReplayError>>,
}

impl<R: Read> Segments<R> {
    /// Begins to read and to run. `recording` need not be buffered.
    ///
    /// # Errors
    /// If it isn't a recording, or none that can be read here.
    pub fn open(recording: R) -> Result<Self, RecordingError> {
        let recording = RecordingReader::open(recording)?;
        let mut endpoint = Endpoint::new(recording.setup().clone());
        endpoint.observe(true);
        Ok(Self {
            recording,
            endpoint,
            recent: VecDeque::new(),
            complete: 0,
            latest: HashMap::new(),
            leading: HashMap::new(),
            waiting: VecDeque::new(),
            now: Time::ZERO,
            ended: None,
        })
    }

    /// What the endpoint was made with.
    pub fn setup(&self) -> &Setup {
        self.recording.setup()
    }

    /// Whether payload is there; or else it was left out, and all of it is zeros.
    pub fn holds_payload(&self) -> bool {
        self.recording.holds_payload()
    }

    /// The next segment; none once the recording has ended.
    ///
    /// # Errors
    /// If the recording can't be read any further, or the engine does something else than the recorded one, as
    /// [`replay`](lucid_conn::engine::replay()). All segments up to there were given out before.
    pub fn next_segment(&mut self) -> Result<Option<Passed>, ReplayError> {
        loop {
            if self.complete > 0 {
                self.complete -= 1;
                return Ok(self.recent.pop_front());
            }
            match &mut self.ended {
                None => self.step(),
                Some(error) => return error.take().map_or(Ok(None), Err),
            }
        }
    }

    /// One record further.
    fn step(&mut self) {
        let followed = match self.recording.next_record() {
            Ok(Some(Record { at, what })) => self.follow(at, what).map(|()| true),
            Ok(None) => Ok(false),
            Err(error) => Err(error.into()),
        };
        if !matches!(followed, Ok(true)) {
            self.ended = Some(followed.err());
            self.listen();
        }
    }

    fn follow(&mut self, at: Time, what: Recorded) -> Result<(), ReplayError> {
        self.now = at;
        match what {
            Recorded::Input(input) => {
                self.arrive(&input);
                // The answer, even if it is a refusal, was for the application. It isn't here any more.
                let _ = self.endpoint.handle(at, input);
            }
            Recorded::Sent(expected) => self.depart(Some(expected))?,
            Recorded::Drained => {
                self.depart(None)?;
                self.settle();
            }
        }
        Ok(())
    }

    /// Datagrams are received: what becomes of them is told later.
    fn arrive(&mut self, input: &Input) {
        let &Input::Datagrams { from: peer, ref bytes, size, ecn } = input else { return };
        let mut bytes = bytes.clone();
        while !bytes.is_empty() {
            let datagram = bytes.split_to(size.clamp(1, bytes.len()));
            let segment = Segment::decode(datagram.clone(), &PseudoHeader::None).ok();
            let segment = segment.as_ref().map(SegmentSummary::from);
            self.recent.push_back(Passed {
                at: self.now,
                peer,
                outgoing: false,
                datagram,
                ecn,
                segment,
                conn: None,
                events: Vec::new(),
                info: None,
            });
        }
    }

    /// The next segment leaves, or none.
    fn depart(&mut self, expected: Option<SentSegment>) -> Result<(), ReplayError> {
        let found = self.next_sent();
        if found.as_ref().map(|(_, _, sent)| sent) != expected.as_ref() {
            let (found, record) = (found.map(|(_, _, sent)| Box::new(sent)), self.recording.number());
            return Err(ReplayError::Mismatch {
                record,
                at: self.now,
                expected: expected.map(Box::new),
                found,
            });
        }
        let Some((conn, segment, SentSegment { to, ecn, .. })) = found else { return Ok(()) };
        let mut datagram = Vec::with_capacity(segment.encoded_len());
        segment.encode(&PseudoHeader::None, &mut datagram);
        self.recent.push_back(Passed {
            at: self.now,
            peer: to,
            outgoing: true,
            datagram: datagram.into(),
            ecn,
            segment: Some(SegmentSummary::from(&segment)),
            conn,
            events: self.leading.remove(&conn).unwrap_or_default(),
            info: self.info(conn),
        });
        // What is told from now on comes of something else.
        self.latest.remove(&conn);
        Ok(())
    }

    /// The next segment that the endpoint sends; none if it has nothing to send.
    fn next_sent(&mut self) -> Option<(Option<ConnId>, Segment, SentSegment)> {
        loop {
            if let Some(segment) = self.waiting.pop_front() {
                return Some(segment);
            }
            match self.endpoint.poll(self.now) {
                Output::Transmit { conn, to, train, ecn } => {
                    self.waiting.extend(train.segments().map(|segment| {
                        let sent = SentSegment::new(to, &segment, ecn);
                        (conn, segment, sent)
                    }));
                }
                Output::Event(event) => self.hear(event),
                Output::Notice { .. } => {}
                Output::Wait(_) => return None,
            }
        }
    }

    /// An event belongs to a datagram that came, or to what its connection sends next.
    fn hear(&mut self, event: Event) {
        let conn = event.conn;
        if let Some(at) = self.begun_by(&event) {
            self.recent[at].conn = conn;
            self.recent[at].info = self.info(conn);
            self.latest.insert(conn, at);
        }
        match self.text_of(&event).or_else(|| self.latest.get(&conn).copied()) {
            Some(at) if !leads(&event) => {
                // What answers a stranger is told of no connection: this is why.
                if conn.is_none() {
                    self.leading.insert(None, vec![event.clone()]);
                }
                self.recent[at].events.push(event);
            }
            _ => self.leading.entry(conn).or_default().push(event),
        }
    }

    /// Which datagram's text the event tells of. Of segments that came together it is first told that they came.
    fn text_of(&self, event: &Event) -> Option<usize> {
        let What::Arrived { seq, bytes, .. } = event.what else { return None };
        let is_meant = |passed: &Passed| {
            let segment = passed.segment.filter(|segment| segment.seq == seq && segment.bytes == bytes);
            !passed.outgoing && passed.at == event.at && passed.conn == event.conn && segment.is_some()
        };
        self.recent.iter().rposition(is_meant)
    }

    /// Which of the datagrams that came the event is the first word about.
    fn begun_by(&self, event: &Event) -> Option<usize> {
        let told = match &event.what {
            What::Received { segment } => Some(*segment),
            // Of a connection's segment it has been told before that it was received.
            What::Discarded { segment, .. } if event.conn.is_none() => *segment,
            What::CookieSent { syn, .. } => Some(*syn),
            _ => return None,
        };
        let is_meant = |passed: &Passed| {
            !passed.outgoing && passed.at == event.at && passed.events.is_empty() && passed.segment == told
        };
        self.recent.iter().position(is_meant)
    }

    /// The endpoint has nothing more to say: what came and went is as complete as it gets.
    fn settle(&mut self) {
        self.complete = self.recent.len();
        self.latest.clear();
        self.leading.clear();
    }

    /// The recording has ended: the events of what came last may still wait. What the endpoint would go on to send was
    /// never asked for.
    fn listen(&mut self) {
        while self.next_sent().is_some() {}
        self.settle();
    }

    fn info(&self, conn: Option<ConnId>) -> Option<Box<Info>> {
        conn.and_then(|conn| self.endpoint.info(conn)).map(Box::new)
    }
}

/// Whether an event leads to what is sent next, whatever was received last: time alone makes it happen, or the application.
fn leads(event: &Event) -> bool {
    matches!(
        event.what,
        What::Sent { .. }
            | What::Resending { .. }
            | What::Timeout { .. }
            | What::TailProbe { .. }
            | What::WindowProbe { .. }
            | What::KeepAliveProbe { .. }
            | What::CorkExpired { .. }
            | What::AckDelayExpired
    )
}

#[cfg(test)]
mod tests;

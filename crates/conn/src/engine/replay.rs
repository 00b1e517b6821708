//! Running a recording again.

use std::collections::{BTreeSet, VecDeque};
use std::io::Read;

use lucid_congestion::Time;

use super::endpoint::{Endpoint, MakeController};
use super::event::Event;
use super::message::{ConnId, Output};
use super::recording::{Record, Recorded, RecordingError, RecordingReader, SentSegment};

/// What a replay did. All of it was as recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many inputs went in.
    pub inputs: u64,
    /// How many segments came out, each the same as the recorded one.
    pub segments: u64,
    /// How many connections sent one of them.
    pub connections: usize,
    /// How many more segments the endpoint has to send at the end. The recorded program did not ask for them:
    /// its socket was full, or it was told to stop. Zero if it always drained its endpoint.
    pub left_over: u64,
    /// The time of the last record.
    pub last_at: Time,
}

/// Why a replay stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The recording can't be read any further. Up to there, all was as recorded.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The endpoint does something else than the recorded one.
    #[error(
        "the replay differs from the recording in record {record}, at {at}\n  recorded: {}\n  replayed: {}\n\
         If nobody changed the recording, then the engine is not the one that was recorded (replay with the \
         version that made it), or the run had a congestion controller of its own (give it to the replay)",
        shown(expected.as_deref()),
        shown(found.as_deref()),
    )]
    Mismatch {
        /// The record's number, from 1.
        record: u64,
        /// Its time.
        at: Time,
        /// The segment that was recorded; none if there was nothing to send.
        expected: Option<Box<SentSegment>>,
        /// The segment that the endpoint sends now; none if there is nothing to send.
        found: Option<Box<SentSegment>>,
    },
}

fn shown(segment: Option<&SentSegment>) -> String {
    segment.map_or("nothing to send".to_owned(), ToString::to_string)
}

/// Runs a recording through an endpoint of its own, and compares every segment, byte for byte.
///
/// The endpoint is polled as far as the recorded one was: a program whose socket is full goes on to the next
/// input with segments unsent, and so does the replay; where there was nothing more to send, there must be
/// nothing now. What is unsent at the end is counted in [`Replayed::left_over`].
///
/// # Errors
/// If the recording can't be read to its end, or the endpoint sends something else.
pub fn replay<R: Read>(reader: RecordingReader<R>) -> Result<Replayed, ReplayError> {
    let endpoint = Endpoint::new(reader.setup().clone());
    run(reader, endpoint, &mut |_| ())
}

/// As [`replay`], for those who want to see how it came about: `on_event` hears each event of the run in turn,
/// also of one that was recorded without an observer, and up to the last good record of one that broke off.
/// `make_controller` makes the congestion controllers, if the recorded run had its own.
///
/// # Errors
/// As [`replay`].
pub fn replay_with<R: Read>(
    reader: RecordingReader<R>,
    make_controller: Option<MakeController>,
    on_event: &mut dyn FnMut(&Event),
) -> Result<Replayed, ReplayError> {
    let mut endpoint = Endpoint::new(reader.setup().clone());
    if let Some(make) = make_controller {
        endpoint = endpoint.with_controller(make);
    }
    endpoint.observe(true);
    run(reader, endpoint, on_event)
}

fn run<R: Read>(
    mut reader: RecordingReader<R>,
    endpoint: Endpoint,
    on_event: &mut dyn FnMut(&Event),
) -> Result<Replayed, ReplayError> {
    let (waiting, senders) = (VecDeque::new(), BTreeSet::new());
    let mut run = Run { endpoint, on_event, waiting, senders, done: Replayed::default() };
    let followed = run.follow(&mut reader);
    run.done.connections = run.senders.len();
    // Also after an error: the events that led to it may still wait.
    run.done.left_over = run.drain();
    followed.map(|()| run.done)
}

/// An endpoint that lives through a recording.
struct Run<'a> {
    endpoint: Endpoint,
    on_event: &'a mut dyn FnMut(&Event),
    /// The rest of a train: its segments are compared one by one.
    waiting: VecDeque<SentSegment>,
    /// The connections that sent something.
    senders: BTreeSet<ConnId>,
    done: Replayed,
}

impl Run<'_> {
    fn follow<R: Read>(&mut self, reader: &mut RecordingReader<R>) -> Result<(), ReplayError> {
        while let Some(Record { at, what }) = reader.next_record()? {
            self.done.last_at = at;
            match what {
                Recorded::Input(input) => {
                    self.done.inputs += 1;
                    // The answer, even if it is a refusal, was for the application. It isn't here any more.
                    let _ = self.endpoint.handle(at, input);
                }
                Recorded::Sent(expected) => {
                    self.done.segments += 1;
                    self.compare(reader.number(), at, Some(expected))?;
                }
                Recorded::Drained => self.compare(reader.number(), at, None)?,
            }
        }
        Ok(())
    }

    fn compare(&mut self, record: u64, at: Time, expected: Option<SentSegment>) -> Result<(), ReplayError> {
        let found = self.next_segment(at);
        if found == expected {
            return Ok(());
        }
        let (expected, found) = (expected.map(Box::new), found.map(Box::new));
        Err(ReplayError::Mismatch { record, at, expected, found })
    }

    /// The next segment that the endpoint sends; none if it has nothing to send.
    fn next_segment(&mut self, now: Time) -> Option<SentSegment> {
        loop {
            if let Some(segment) = self.waiting.pop_front() {
                return Some(segment);
            }
            match self.endpoint.poll(now) {
                Output::Transmit { conn, to, train, ecn } => {
                    self.senders.extend(conn);
                    let segments = train.segments().map(|segment| SentSegment::new(to, &segment, ecn));
                    self.waiting.extend(segments);
                }
                Output::Event(event) => (self.on_event)(&event),
                Output::Notice { .. } => {}
                Output::Wait(_) => return None,
            }
        }
    }

    /// How many segments the endpoint would send yet.
    fn drain(&mut self) -> u64 {
        let mut segments = 0;
        while self.next_segment(self.done.last_at).is_some() {
            segments += 1;
        }
        segments
    }
}

#[cfg(test)]
mod tests;

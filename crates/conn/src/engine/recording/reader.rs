//! Reading a recording.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

use lucid_congestion::Time;
use serde::de::DeserializeOwned;

use super::lean::{Flows, Lean};
use super::{
    Chain, Entry, MAGIC, MAX_BODY, Record, Recorded, RecordingError, Setup, VERSION, WITHOUT_PAYLOAD,
};

/// Reads a recording, record by record: it holds one at a time, and what it gives out is as it was written.
pub struct RecordingReader<R> {
    frames: Frames<R>,
    setup: Setup,
    /// The time of the last record.
    last: Time,
    ended: bool,
    /// Where payload is left out.
    lean: Option<Unpacking>,
}

/// What is under way in a recording without payload.
#[derive(Default)]
struct Unpacking {
    flows: Flows,
    /// What is left of a train that was sent.
    rest: VecDeque<Recorded>,
    /// How many of the frame's bytes are unpacked.
    done: usize,
    records: u64,
}

impl<R: Read> RecordingReader<R> {
    /// Begins to read: the first line and the setup. `source` need not be buffered.
    ///
    /// # Errors
    /// If it isn't a recording, or none that can be read here.
    pub fn open(source: R) -> Result<Self, RecordingError> {
        let (mut frames, holds_payload) = Frames::open(source)?;
        let setup = frames.next()?;
        frames.frame.clear();
        let lean = (!holds_payload).then(Unpacking::default);
        Ok(Self { frames, setup, last: Time::ZERO, ended: false, lean })
    }

    /// Whether payload is there; or else all of it is zeros, and so are checksums of what arrived.
    pub fn holds_payload(&self) -> bool {
        self.lean.is_none()
    }

    /// What the endpoint was made with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The next record; none once the recording has ended as it should.
    ///
    /// # Errors
    /// If the recording is damaged here or breaks off here. There is no reading on after that.
    pub fn next_record(&mut self) -> Result<Option<Record>, RecordingError> {
        if self.ended {
            return Ok(None);
        }
        if self.lean.is_some() {
            return self.next_lean();
        }
        let record = self.frames.next::<Entry>()?.into_record(self.last);
        match &record {
            Some(record) => self.last = record.at,
            None => {
                self.frames.expect_end()?;
                self.ended = true;
            }
        }
        Ok(record)
    }

    /// The next record, where payload is left out: a frame has many.
    fn next_lean(&mut self) -> Result<Option<Record>, RecordingError> {
        let Some(Unpacking { flows, rest, done, records }) = &mut self.lean else { return Ok(None) };
        while rest.is_empty() {
            if *done == self.frames.frame.len() {
                self.frames.load().map_err(|error| error.with_records(*records))?;
                self.frames.read += 1;
                *done = LENGTH;
            }
            let corrupt = || self.frames.corrupt().with_records(*records);
            let body = &self.frames.frame[*done..];
            let (lean, left) = postcard::take_from_bytes::<Lean>(body).map_err(|_| corrupt())?;
            *done = self.frames.frame.len() - left.len();
            let is_last = left.is_empty();
            let (elapsed, said) = lean.unpack(flows).ok_or_else(corrupt)?;
            if said.is_empty() {
                if !is_last {
                    return Err(corrupt());
                }
                self.frames.expect_end()?;
                self.ended = true;
                return Ok(None);
            }
            self.last = Time::from_nanos(self.last.as_nanos().wrapping_add(elapsed));
            rest.extend(said);
        }
        *records += 1;
        Ok(rest.pop_front().map(|what| Record { at: self.last, what }))
    }

    /// The number of the record that was read last, from 1; 0 is the setup.
    pub fn number(&self) -> u64 {
        self.lean.as_ref().map_or(self.frames.read - 1, |lean| lean.records)
    }
}

impl RecordingError {
    /// The same, where a frame has many records and so many were read before.
    fn with_records(self, records: u64) -> Self {
        match self {
            Self::Corrupt { offset, .. } => Self::Corrupt { record: records + 1, offset },
            Self::Truncated { .. } => Self::Truncated { records },
            Self::TooLong { offset, len, .. } => Self::TooLong { record: records + 1, offset, len },
            other => other,
        }
    }
}

/// The bytes of a frame's length.
const LENGTH: usize = size_of::<u32>();

impl<R> std::fmt::Debug for RecordingReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordingReader").field("read", &self.frames.read).finish_non_exhaustive()
    }
}

/// The frames of a recording, checked.
struct Frames<R> {
    source: BufReader<R>,
    chain: Chain,
    /// How many frames were read, which is also the number of the next record.
    read: u64,
    /// Where the next frame begins.
    offset: u64,
    /// The length and body of the current frame; kept for its room.
    frame: Vec<u8>,
}

impl<R: Read> Frames<R> {
    fn open(source: R) -> Result<(Self, bool), RecordingError> {
        let mut source = BufReader::new(source);
        let line = read_line(&mut source)?;
        let (version, holds_payload) = version(&line).unzip();
        match version {
            Some(VERSION) => {}
            Some(found) => return Err(RecordingError::Version { found }),
            None => return Err(RecordingError::NotARecording),
        }
        let offset = line.len() as u64;
        let frames = Self { source, chain: Chain::new(&line), read: 0, offset, frame: Vec::new() };
        Ok((frames, holds_payload.unwrap_or(true)))
    }

    /// The value that the next frame is.
    fn next<T: DeserializeOwned>(&mut self) -> Result<T, RecordingError> {
        let begins = self.offset;
        self.load()?;
        let body = postcard::take_from_bytes(&self.frame[LENGTH..]);
        let Ok((value, [])) = body else {
            return Err(RecordingError::Corrupt { record: self.read, offset: begins });
        };
        self.read += 1;
        Ok(value)
    }

    /// Reads the next frame, and checks it.
    fn load(&mut self) -> Result<(), RecordingError> {
        let length: [u8; LENGTH] = self.array()?;
        let len = u32::from_le_bytes(length);
        if len as usize > MAX_BODY {
            return Err(RecordingError::TooLong { record: self.read, offset: self.offset, len });
        }
        self.frame.clear();
        self.frame.extend(length);
        // Takes as much room as there are bytes, whatever the length says.
        let body_len = self.source.by_ref().take(len.into()).read_to_end(&mut self.frame)?;
        if body_len < len as usize {
            return Err(self.truncated());
        }
        let check: [u8; 8] = self.array()?;
        if self.chain.check(&self.frame) != check {
            return Err(self.corrupt());
        }
        self.offset += (self.frame.len() + check.len()) as u64;
        Ok(())
    }

    /// Nothing may follow the end.
    fn expect_end(&mut self) -> Result<(), RecordingError> {
        match self.array::<1>() {
            Err(RecordingError::Truncated { .. }) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(self.corrupt()),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordingError> {
        let mut bytes = [0; N];
        match self.source.read_exact(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.truncated()),
            Err(error) => Err(error.into()),
        }
    }

    fn corrupt(&self) -> RecordingError {
        RecordingError::Corrupt { record: self.read, offset: self.offset }
    }

    fn truncated(&self) -> RecordingError {
        RecordingError::Truncated { records: self.read.saturating_sub(1) }
    }
}

/// Reads the first line, its end included, and no further.
fn read_line(source: &mut impl BufRead) -> io::Result<Vec<u8>> {
    const LONGEST: u64 = 64;
    let mut line = Vec::new();
    source.take(LONGEST).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// The format's number in the first line, if that begins a recording, and whether that holds payload.
fn version(line: &[u8]) -> Option<(u32, bool)> {
    let number = line.strip_prefix(MAGIC)?.strip_suffix(b"\n")?;
    let without = number.strip_suffix(WITHOUT_PAYLOAD);
    let number = std::str::from_utf8(without.unwrap_or(number)).ok()?.parse().ok()?;
    Some((number, without.is_none()))
}

//! Reading a recording.

use std::io::{self, BufRead, BufReader, Read};

use lucid_congestion::Time;
use serde::de::DeserializeOwned;

use super::{Chain, Entry, MAGIC, MAX_BODY, Record, RecordingError, Setup, VERSION};

/// Reads a recording, record by record: it holds one at a time, and what it gives out is as it was written.
pub struct RecordingReader<R> {
    frames: Frames<R>,
    setup: Setup,
    /// The time of the last record.
    last: Time,
    ended: bool,
}

impl<R: Read> RecordingReader<R> {
    /// Begins to read: the first line and the setup. `source` need not be buffered.
    ///
    /// # Errors
    /// If it isn't a recording, or none that can be read here.
    pub fn open(source: R) -> Result<Self, RecordingError> {
        let mut frames = Frames::open(source)?;
        let setup = frames.next()?;
        Ok(Self { frames, setup, last: Time::ZERO, ended: false })
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

    /// The number of the record that was read last, from 1; 0 is the setup.
    pub fn number(&self) -> u64 {
        self.frames.read - 1
    }
}

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
    fn open(source: R) -> Result<Self, RecordingError> {
        let mut source = BufReader::new(source);
        let line = read_line(&mut source)?;
        match version(&line) {
            Some(VERSION) => {}
            Some(found) => return Err(RecordingError::Version { found }),
            None => return Err(RecordingError::NotARecording),
        }
        let offset = line.len() as u64;
        Ok(Self { source, chain: Chain::new(&line), read: 0, offset, frame: Vec::new() })
    }

    fn next<T: DeserializeOwned>(&mut self) -> Result<T, RecordingError> {
        let length: [u8; 4] = self.array()?;
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
        let body = postcard::take_from_bytes(&self.frame[length.len()..]);
        let Ok((value, [])) = body else { return Err(self.corrupt()) };
        self.offset += (self.frame.len() + check.len()) as u64;
        self.read += 1;
        Ok(value)
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
    const LONGEST: u64 = 32;
    let mut line = Vec::new();
    source.take(LONGEST).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// The format's number in the first line, if that begins a recording.
fn version(line: &[u8]) -> Option<u32> {
    let number = line.strip_prefix(MAGIC)?.strip_suffix(b"\n")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

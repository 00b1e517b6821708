//! Writing a recording.

use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;

use lucid_congestion::Time;
use lucid_wire::Train;
use serde::Serialize;

use super::{Chain, Codepoint, Entry, Input, MAX_BODY, Record, Recorded, SentSegment, Setup, first_line};

/// Writes a recording. It gathers 64 KiB before it writes, and its memory does not grow with the run.
///
/// Tell it of every [`Endpoint::handle`](crate::engine::Endpoint::handle), every [`Output::Transmit`] and every
/// [`Output::Wait`], in the order in which they happened, whatever became of them afterwards. Stop polling
/// only after one of these two: what is polled between them is not recorded.
/// After an error the recording is broken, and its reader will notice: drop it.
///
/// [`Output::Transmit`]: crate::engine::Output::Transmit
/// [`Output::Wait`]: crate::engine::Output::Wait
pub struct Recorder {
    sink: BufWriter<Box<dyn Write + Send>>,
    chain: Chain,
    /// The time of the last record.
    last: Time,
    /// Whether the last record says that there is nothing more to send.
    is_drained: bool,
    /// The frame being written; kept for its room.
    frame: Vec<u8>,
}

impl Recorder {
    const BUFFER: usize = 64 * 1024;

    /// Begins a recording of an endpoint made with `setup`.
    ///
    /// # Errors
    /// If `sink` can't be written to.
    pub fn new(sink: Box<dyn Write + Send>, setup: &Setup) -> io::Result<Self> {
        let first_line = first_line();
        let mut sink = BufWriter::with_capacity(Self::BUFFER, sink);
        sink.write_all(&first_line)?;
        let chain = Chain::new(&first_line);
        let mut recorder = Self { sink, chain, last: Time::ZERO, is_drained: false, frame: Vec::new() };
        recorder.frame(setup)?;
        Ok(recorder)
    }

    /// Records an input that the endpoint takes in, at the time it is told.
    ///
    /// # Errors
    /// If the sink can't be written to. If the input has more than 16 MiB, in a single write: then nothing is
    /// recorded, and the error is [`io::ErrorKind::InvalidInput`].
    pub fn input(&mut self, at: Time, input: &Input) -> io::Result<()> {
        self.record(Record { at, what: Recorded::Input(input.clone()) })
    }

    /// Records the segments that the endpoint gave out when polled at this time.
    ///
    /// # Errors
    /// If the sink can't be written to.
    pub fn sent(&mut self, at: Time, to: SocketAddr, train: &Train, ecn: Codepoint) -> io::Result<()> {
        train.segments().try_for_each(|segment| {
            self.record(Record { at, what: Recorded::Sent(SentSegment::new(to, &segment, ecn)) })
        })
    }

    /// Records that the endpoint had nothing more to say when polled at this time. Saying it again before
    /// anything else happened adds nothing.
    ///
    /// # Errors
    /// If the sink can't be written to.
    pub fn drained(&mut self, at: Time) -> io::Result<()> {
        if self.is_drained {
            return Ok(());
        }
        self.record(Record { at, what: Recorded::Drained })
    }

    /// Ends the recording, and hands everything to the sink. Without this it counts as broken off.
    ///
    /// # Errors
    /// If the sink can't be written to.
    pub fn finish(mut self) -> io::Result<()> {
        self.frame(&Entry::End)?;
        self.sink.flush()
    }

    pub(in crate::engine) fn record(&mut self, record: Record) -> io::Result<()> {
        let at = record.at;
        let is_drained = record.what == Recorded::Drained;
        self.frame(&Entry::new(self.last, record))?;
        self.last = at;
        self.is_drained = is_drained;
        Ok(())
    }

    fn frame(&mut self, body: &impl Serialize) -> io::Result<()> {
        const LENGTH: usize = size_of::<u32>();
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        frame.extend([0; LENGTH]);
        let mut frame = postcard::to_extend(body, frame).map_err(io::Error::other)?;
        let len = frame.len() - LENGTH;
        if len > MAX_BODY {
            return Err(too_long(len));
        }
        frame[..LENGTH].copy_from_slice(&(len as u32).to_le_bytes());
        self.sink.write_all(&frame)?;
        self.sink.write_all(&self.chain.check(&frame))?;
        self.frame = frame;
        Ok(())
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("last", &self.last).finish_non_exhaustive()
    }
}

fn too_long(len: usize) -> io::Error {
    let why = format!("a record of {len} bytes: a recording takes at most {MAX_BODY}; write less at once");
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

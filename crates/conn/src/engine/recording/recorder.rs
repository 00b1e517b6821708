//! Writing a recording.

use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;

use lucid_congestion::Time;
use lucid_wire::Train;
use serde::Serialize;

use super::lean::{Flows, Lean};
use super::{Chain, Codepoint, Entry, Input, MAX_BODY, Record, Recorded, SentSegment, Setup, first_line};
use crate::engine::message::{Call, Reply};

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
    /// Where payload is left out: what was told last.
    lean: Option<Box<Flows>>,
    /// What arrived and isn't written yet: the endpoint is looking at it, and says whether it is undamaged.
    arriving: Option<(Time, Input)>,
}

/// The bytes of a frame's length.
const LENGTH: usize = size_of::<u32>();

impl Recorder {
    const BUFFER: usize = 64 * 1024;
    /// Records without payload share a frame until it has this many bytes.
    const LEAN_FRAME: usize = 4 * 1024;

    /// Begins a recording of an endpoint made with `setup`, payload and all.
    ///
    /// # Errors
    /// If `sink` can't be written to.
    pub fn new(sink: Box<dyn Write + Send>, setup: &Setup) -> io::Result<Self> {
        Self::begin(sink, setup, None)
    }

    /// Begins a recording that leaves payload out: it has zeros instead, which take no room, and replays to the same
    /// headers at the same times.
    ///
    /// # Errors
    /// If `sink` can't be written to.
    pub fn without_payload(sink: Box<dyn Write + Send>, setup: &Setup) -> io::Result<Self> {
        Self::begin(sink, setup, Some(Box::default()))
    }

    fn begin(sink: Box<dyn Write + Send>, setup: &Setup, lean: Option<Box<Flows>>) -> io::Result<Self> {
        let first_line = first_line(lean.is_none());
        let mut sink = BufWriter::with_capacity(Self::BUFFER, sink);
        sink.write_all(&first_line)?;
        let chain = Chain::new(&first_line);
        let mut recorder = Self {
            sink,
            chain,
            last: Time::ZERO,
            is_drained: false,
            frame: Vec::new(),
            lean,
            arriving: None,
        };
        recorder.frame(setup)?;
        recorder.frame.clear();
        Ok(recorder)
    }

    /// Records an input that the endpoint takes in, at the time it is told.
    ///
    /// # Errors
    /// If the sink can't be written to. If the input has more than 16 MiB, in a single write: then nothing is
    /// recorded, and the error is [`io::ErrorKind::InvalidInput`].
    pub fn input(&mut self, at: Time, input: &Input) -> io::Result<()> {
        self.write_arriving(false)?;
        if self.lean.is_none() {
            return self.record(Record { at, what: Recorded::Input(input.clone()) });
        }
        if let Some(len) = written(input).filter(|len| *len > MAX_BODY) {
            return Err(too_long(len));
        }
        if matches!(input, Input::Datagrams { .. }) {
            self.arriving = Some((at, input.clone()));
            return Ok(());
        }
        self.input_without_payload(at, input, false)
    }

    /// Tells what the endpoint answered to the input before, where it did. Without that a recorder that leaves payload out
    /// looks for damage in datagrams itself, which costs as much again as the endpoint's own look.
    ///
    /// # Errors
    /// If the sink can't be written to.
    pub fn answered(&mut self, reply: &Reply) -> io::Result<()> {
        self.write_arriving(*reply == Reply::Done)
    }

    fn write_arriving(&mut self, are_segments: bool) -> io::Result<()> {
        let Some((at, datagrams)) = self.arriving.take() else { return Ok(()) };
        self.input_without_payload(at, &datagrams, are_segments)
    }

    fn input_without_payload(&mut self, at: Time, input: &Input, are_segments: bool) -> io::Result<()> {
        let Some(flows) = &mut self.lean else { return Ok(()) };
        let elapsed = at.as_nanos().wrapping_sub(self.last.as_nanos());
        let lean = Lean::input(elapsed, flows, input, are_segments);
        self.add(at, &lean)
    }

    /// Records the segments that the endpoint gave out when polled at this time.
    ///
    /// # Errors
    /// If the sink can't be written to.
    pub fn sent(&mut self, at: Time, to: SocketAddr, train: &Train, ecn: Codepoint) -> io::Result<()> {
        self.write_arriving(false)?;
        if let Some(flows) = &mut self.lean {
            let elapsed = at.as_nanos().wrapping_sub(self.last.as_nanos());
            let lean = Lean::sent(elapsed, flows, to, train, ecn);
            return self.add(at, &lean);
        }
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
        self.write_arriving(false)?;
        if self.is_drained {
            return Ok(());
        }
        if self.lean.is_some() {
            self.add(at, &Lean::Drained(at.as_nanos().wrapping_sub(self.last.as_nanos())))?;
            self.is_drained = true;
            return Ok(());
        }
        self.record(Record { at, what: Recorded::Drained })
    }

    /// Ends the recording, and hands everything to the sink. Without this it counts as broken off.
    ///
    /// # Errors
    /// If the sink can't be written to.
    pub fn finish(mut self) -> io::Result<()> {
        self.write_arriving(false)?;
        if self.lean.is_some() {
            self.add(self.last, &Lean::End)?;
            self.end_frame()?;
        } else {
            self.frame(&Entry::End)?;
        }
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

    /// Adds a record without payload to the frame, and ends that if it is large enough.
    fn add(&mut self, at: Time, record: &Lean) -> io::Result<()> {
        let mut frame = std::mem::take(&mut self.frame);
        if frame.is_empty() {
            frame.extend([0; LENGTH]);
        }
        self.frame = postcard::to_extend(record, frame).map_err(io::Error::other)?;
        self.last = at;
        self.is_drained = false;
        if self.frame.len() < Self::LEAN_FRAME { Ok(()) } else { self.end_frame() }
    }

    /// Writes a frame of its own.
    fn frame(&mut self, body: &impl Serialize) -> io::Result<()> {
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        frame.extend([0; LENGTH]);
        self.frame = postcard::to_extend(body, frame).map_err(io::Error::other)?;
        self.end_frame()
    }

    fn end_frame(&mut self) -> io::Result<()> {
        let mut frame = std::mem::take(&mut self.frame);
        let len = frame.len() - LENGTH;
        if len > MAX_BODY {
            return Err(too_long(len));
        }
        frame[..LENGTH].copy_from_slice(&(len as u32).to_le_bytes());
        self.sink.write_all(&frame)?;
        self.sink.write_all(&self.chain.check(&frame))?;
        frame.clear();
        self.frame = frame;
        Ok(())
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("last", &self.last).finish_non_exhaustive()
    }
}

/// How many bytes the application wrote, if it is that.
fn written(input: &Input) -> Option<usize> {
    let Input::Call { call, .. } = input else { return None };
    match call {
        Call::Write(bytes) | Call::WriteMore(bytes) | Call::WriteUrgent(bytes) => Some(bytes.len()),
        _ => None,
    }
}

fn too_long(len: usize) -> io::Error {
    let why = format!("a record of {len} bytes: a recording takes at most {MAX_BODY}; write less at once");
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

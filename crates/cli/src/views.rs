//! What of the event stream is shown and kept while a run goes on: the transcript and the trace.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anstyle::{AnsiColor, Style};
use lucid_conn::engine::{EVENT_VERSION, Event};
use serde::Serialize;

use crate::args::Seeing;
use crate::blame;
use crate::exit::Failure;
use crate::pcap::Capture;
use crate::report::Report;
use crate::transcript::{Line, Look, Transcript};

/// The views of one run. Clones share them.
#[derive(Clone)]
pub(crate) struct Views(Arc<Mutex<Inner>>);

struct Inner {
    transcript: Option<Transcript>,
    trace: Option<Trace>,
    capture: Option<Capture>,
}

/// A trace file, and the first error that it met.
struct Trace {
    path: PathBuf,
    file: BufWriter<File>,
    failed: Option<io::Error>,
}

/// The first line of a trace.
#[derive(Serialize)]
struct Header<'a> {
    version: u32,
    role: &'a str,
    /// What the events' `at` counts from.
    unix_start_ns: u64,
}

/// A line of a trace: an event, and with `--transcript` what was said of it. What the services were asked and
/// answered is said of no event: such a line comes right after the event that it followed.
#[derive(Serialize)]
struct Traced<'a> {
    #[serde(flatten)]
    event: Option<&'a Event>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<&'a str>,
}

impl Views {
    /// Opens what `seeing` asks for. `role` and the time go into the trace's first line.
    pub(crate) fn open(
        seeing: &Seeing,
        role: &str,
        unix_start_ns: u64,
        capture: Option<Capture>,
    ) -> Result<Self, Failure> {
        let header = Header { version: EVENT_VERSION, role, unix_start_ns };
        let trace = seeing.trace.as_deref().map(|path| Trace::create(path, &header)).transpose()?;
        let transcript = seeing.transcript.then(Transcript::default);
        Ok(Self(Arc::new(Mutex::new(Inner { transcript, trace, capture }))))
    }

    /// Whether anyone looks: without, the engine need not make events.
    pub(crate) fn is_watching(&self) -> bool {
        let inner = self.lock();
        inner.transcript.is_some() || inner.trace.is_some()
    }

    /// Whether what the faults layer does is noted: it is in no recording.
    pub(crate) fn notes_faults(&self) -> bool {
        self.lock().capture.is_some()
    }

    /// Where a capture wants the run to be recorded, unless that is done in any case.
    pub(crate) fn sink(&self) -> io::Result<Option<File>> {
        self.lock().capture.as_ref().map_or(Ok(None), Capture::sink)
    }

    /// Shows and keeps an event.
    pub(crate) fn watch(&self, event: &Event) {
        let inner = &mut *self.lock();
        if let Some(capture) = &mut inner.capture {
            capture.note(event);
        }
        if inner.transcript.is_none() && inner.trace.is_none() {
            return;
        }
        let lines = inner.transcript.as_mut().map(|transcript| transcript.lines(event));
        inner.tell(Some(event), &lines.unwrap_or_default());
    }

    /// Shows and keeps what a service was asked or has answered, if there is a transcript.
    pub(crate) fn say(&self, text: impl Into<String>) {
        let inner = &mut *self.lock();
        if inner.transcript.is_some() {
            inner.tell(None, &[Line { text: text.into(), look: Look::Task }]);
        }
    }

    /// Brings the trace and the capture to disk whole. All that went on must have ended.
    ///
    /// # Errors
    /// The first thing that went wrong with them, at any time.
    pub(crate) fn finish(&self, report: &Report) -> Result<(), Failure> {
        let mut inner = self.lock();
        let traced = inner.trace.as_mut().map_or(Ok(()), Trace::finish);
        let captured = inner.capture.take().map_or(Ok(()), |capture| {
            if let Some((path, written)) = capture.finish()? {
                report.captured(&path, &written);
            }
            Ok(())
        });
        traced.and(captured)
    }

    /// A thread that panicked has left at worst a line out: what is kept is good to go on with.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn tell(&mut self, event: Option<&Event>, lines: &[Line]) {
        if let Some(trace) = &mut self.trace {
            let lines = lines.iter().map(|line| line.text.as_str()).collect();
            trace.write(&Traced { event, lines });
        }
        print(lines);
    }
}

impl Trace {
    fn create(path: &Path, header: &Header<'_>) -> Result<Self, Failure> {
        let file = File::create(path)
            .map_err(|error| blame::local(format!("cannot write the trace {}", path.display()), &error))?;
        let mut trace = Self { path: path.to_owned(), file: BufWriter::new(file), failed: None };
        trace.write(header);
        Ok(trace)
    }

    /// After an error the rest is left out, rather than a line in the middle.
    fn write(&mut self, line: &impl Serialize) {
        if self.failed.is_none() {
            self.failed = json_line(&mut self.file, line).err();
        }
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let flushed = self.failed.take().map_or_else(|| self.file.flush(), Err);
        flushed
            .map_err(|error| blame::local(format!("the trace {} is not whole", self.path.display()), &error))
    }
}

/// Writes a value as one line of JSON.
pub(crate) fn json_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    to.write_all(b"\n")
}

/// Lines to standard error, with colour if that is a terminal; in one piece, so that what others write doesn't
/// come between them. Nobody is left to tell if it can't be written.
fn print(lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    let page: String = lines
        .iter()
        .map(|Line { text, look }| {
            let style = style(*look);
            format!("{style}{text}{style:#}\n")
        })
        .collect();
    let _nobody_to_tell = anstream::stderr().write_all(page.as_bytes());
}

fn style(look: Look) -> Style {
    match look {
        Look::Plain => Style::new(),
        Look::Detail => Style::new().dimmed(),
        Look::State => AnsiColor::Cyan.on_default().bold(),
        Look::Window => AnsiColor::Green.on_default(),
        Look::Loss => AnsiColor::Red.on_default(),
        Look::Task => AnsiColor::Yellow.on_default(),
    }
}

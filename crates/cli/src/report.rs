//! What a run tells its user: results on standard output, everything else on standard error; or, with
//! `--json`, all of it as JSON lines on standard output, the last of them with the type `done`.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anstyle::AnsiColor;
use lucid_apps::Summary;
use lucid_conn::engine::{ConnId, Replayed, SocketInfo};
use lucid_views::pcapng::Written;

use crate::answer::Answer;
use crate::args::Seeing;
use crate::exit::{Exit, Failure};
use crate::progress::Progress;
use crate::said::Said;
use crate::settings::{Seed, Task};
use crate::views::json_line;

/// Tells the user. Shared by all tasks of a run.
#[derive(Debug)]
pub(crate) struct Report {
    json: bool,
    quiet: bool,
    transcript: bool,
    has_bar: bool,
    /// How the run ends, as far as it is known: the first failure, or the signal.
    ending: Mutex<Ending>,
}

#[derive(Debug, Default)]
struct Ending {
    failure: Option<Failure>,
    signal: Option<Exit>,
}

impl Report {
    pub(crate) fn new(seeing: &Seeing) -> Self {
        let Seeing { json, quiet, transcript, .. } = *seeing;
        let has_bar = !json && !quiet && !transcript && io::stderr().is_terminal();
        Self { json, quiet, transcript, has_bar, ending: Mutex::default() }
    }

    /// A server is ready. Scripts wait for this line, also with `--quiet`: the first, if there is no transcript.
    pub(crate) fn listening(&self, address: SocketAddr) {
        tell(format_args!("listening on {address}"));
        self.line(&Said::Listening { address });
    }

    /// A seed that nobody gave is told, so that the run can be repeated.
    pub(crate) fn seed(&self, seed: Seed) {
        if let Seed::Random(seed) = seed {
            self.note(format_args!("faults drawn with --seed {seed}"));
            self.line(&Said::Seed { seed });
        }
    }

    /// A server's socket has less room than it asked for: whoever runs it may want to know before datagrams are lost.
    pub(crate) fn socket(&self, socket: &SocketInfo) {
        let SocketInfo { receive_buffer, wanted_buffer, .. } = *socket;
        if receive_buffer < wanted_buffer {
            self.note(format_args!(
                "the system keeps {} KiB of what arrives, where {} were asked for: fast clients may lose datagrams\n  \
                 next:  sysctl -w net.core.rmem_max={wanted_buffer}",
                receive_buffer >> 10,
                wanted_buffer >> 10,
            ));
        }
    }

    /// Nobody can look at the run while it lasts. It goes on.
    #[cfg(unix)]
    pub(crate) fn not_watchable(&self, why: &io::Error) {
        self.note(format_args!("lucid top and lucid ss can't see this run: {why}"));
    }

    /// Metrics are served.
    pub(crate) fn metrics(&self, address: SocketAddr) {
        self.note(format_args!("metrics on http://{address}/metrics"));
        self.line(&Said::Metrics { address });
    }

    /// A client's connection is open.
    pub(crate) fn connected(&self, server: &str, local: SocketAddr) {
        self.line(&Said::Connected { server, local });
    }

    /// Shows how far a transfer is.
    pub(crate) fn progress<'a>(&'a self, task: &'a Task) -> Progress<'a> {
        Progress::new(self, task, self.has_bar)
    }

    /// One step of a transfer, for programs.
    pub(crate) fn step(&self, task: &Task, done: u64, size: u64) {
        self.line(&Said::Progress { task, done, size });
    }

    /// What a task has brought.
    ///
    /// # Errors
    /// Standard output can't be written.
    pub(crate) fn answer(&self, task: &Task, answer: &Answer) -> Result<(), Failure> {
        self.line(&Said::Result { task, answer });
        if !self.json {
            let written = write!(io::stdout().lock(), "{answer}");
            written.map_err(|error| crate::blame::local("cannot write to standard output", &error))?;
        }
        if let Some(note) = answer.note() {
            self.note(note);
        }
        Ok(())
    }

    /// What was asked for, for people.
    ///
    /// # Errors
    /// Standard output can't be written.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        let written = io::stdout().lock().write_all(text.as_bytes());
        written.map_err(|error| crate::blame::local("cannot write to standard output", &error))
    }

    /// A task, or the whole run, failed. The first failure decides how the process ends.
    pub(crate) fn failed(&self, task: Option<&Task>, failure: Failure) {
        let red = AnsiColor::Red.on_default().bold();
        tell(format_args!("{red}error:{red:#} {failure}"));
        if let Some(task) = task {
            self.line(&Said::Error { task, failure: &failure });
        }
        self.ending().failure.get_or_insert(failure);
    }

    /// A signal asked the process to end.
    pub(crate) fn stopping(&self, signal: Exit, what_happens: &str) {
        self.note(format_args!("stopping: {what_happens}"));
        self.ending().signal.get_or_insert(signal);
    }

    /// A server was asked something.
    pub(crate) fn asked(&self, conn: ConnId, peer: SocketAddr, task: &lucid_apps::Task) {
        // A transcript tells it in its own words.
        if !self.transcript {
            self.note(format_args!("({conn}) {peer}: {task}"));
        }
        self.line(&Said::Asked { conn, peer, task: task.to_string() });
    }

    /// A server's connection has ended.
    pub(crate) fn served(&self, conn: ConnId, peer: SocketAddr, summary: &Summary) {
        let Summary { requests, refused, bytes_sent, bytes_received } = *summary;
        self.line(&Said::Served { conn, peer, requests, refused, bytes_sent, bytes_received });
    }

    /// A server's connection has ended badly. The server goes on.
    pub(crate) fn lost(&self, conn: ConnId, peer: SocketAddr, why: &dyn Display) {
        self.note(format_args!("({conn}) {peer}: {why}"));
        self.line(&Said::Lost { conn, peer, why: why.to_string() });
    }

    /// A recording did the same again.
    pub(crate) fn replayed(&self, replayed: &Replayed) {
        let Replayed { inputs, segments, connections, left_over, last_at } = *replayed;
        self.note(format_args!(
            "every output matched: {segments} segments of {connections} connections, from {inputs} inputs in {last_at}"
        ));
        let seconds = last_at.as_secs_f64();
        self.line(&Said::Replayed { inputs, segments, connections, left_over, seconds });
    }

    /// A page was made of a recorded run.
    pub(crate) fn page(&self, page: &Path, bytes: usize, summary: &str) {
        let size = bytes.div_ceil(1000);
        self.note(format_args!(
            "{summary}\n{} has it all, in {size} kB: open it in a browser",
            page.display()
        ));
        self.line(&Said::Page { page, bytes, summary });
    }

    /// A packet capture is whole.
    pub(crate) fn captured(&self, file: &Path, written: &Written) {
        let Written { packets, lost, not_shown } = *written;
        let lost_ones = if lost == 0 { String::new() } else { format!(", {lost} of them lost") };
        self.note(format_args!("{}: {packets} packets{lost_ones}", file.display()));
        if not_shown > 0 {
            self.note(format_args!(
                "not shown: {not_shown} datagrams that were lost on purpose on their way in, of no connection yet"
            ));
        }
        self.line(&Said::Captured { file, packets, lost });
    }

    /// A qlog is whole.
    pub(crate) fn logged(&self, file: &Path, events: u64) {
        self.note(format_args!("{}: {events} events", file.display()));
        self.line(&Said::Logged { file, events });
    }

    /// Says how the run ended, once, and gives the exit for it.
    pub(crate) fn done(&self) -> Exit {
        let Ending { failure, signal } = &*self.ending();
        let failed = failure.as_ref().map_or(Exit::Ok, |failure| failure.exit);
        let exit = signal.unwrap_or(failed);
        self.line(&Said::Done { ok: exit == Exit::Ok, exit, error: failure.as_ref() });
        exit
    }

    /// A line for people.
    fn note(&self, text: impl Display) {
        if !self.json && !self.quiet {
            tell(text);
        }
    }

    /// A line for programs. Nobody is left to tell if it can't be written.
    pub(crate) fn line(&self, said: &Said<'_>) {
        if self.json {
            let _nobody_to_tell = json_line(&mut io::stdout().lock(), said);
        }
    }

    fn ending(&self) -> MutexGuard<'_, Ending> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says what is wrong with the command line, or the help that it asked for. With `--json` there is a `done`
/// for this end, too.
pub(crate) fn unparsed(error: &clap::Error) -> Exit {
    let _nobody_to_tell = error.print();
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Ok };
    let json = std::env::args_os().any(|arg| arg == "--json");
    if exit == Exit::Usage && json {
        let what = error.render().to_string();
        let report = Report::new(&Seeing { json, ..Seeing::default() });
        report.ending().failure = Some(Failure::new(exit, what.trim()));
        report.done();
    }
    exit
}

/// A line to standard error, in one piece. Nobody is left to tell if it can't be written.
fn tell(text: impl Display) {
    let _nobody_to_tell = anstream::stderr().write_all(format!("{text}\n").as_bytes());
}

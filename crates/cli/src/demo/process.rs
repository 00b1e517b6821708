//! A child process that can't be left behind: it has a deadline, and is killed with its owner.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::trouble::{Outcome, While, failure};
use crate::exit::Failure;

/// How often a child is asked whether it has ended.
const PATIENCE: Duration = Duration::from_millis(10);

/// So many lines are shown of a child that failed.
const LAST_WORDS: usize = 20;

/// A child that runs.
pub(crate) struct Process {
    name: String,
    child: Child,
    /// Its standard output, line by line.
    lines: Receiver<String>,
    /// Its standard error, whole once it has ended.
    transcript: Option<JoinHandle<Vec<Said>>>,
    /// When it has to have ended.
    deadline: Instant,
}

/// A child that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    /// What it said on standard error.
    pub(crate) stderr: Vec<Said>,
}

/// A line, and when it came.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) at: Instant,
    pub(crate) line: String,
}

#[expect(clippy::disallowed_methods, reason = "a child that hangs is found by the clock")]
fn now() -> Instant {
    Instant::now()
}

impl Process {
    /// Starts a child, which must have ended within `limit`.
    pub(crate) fn start(name: &str, command: &mut Command, limit: Duration) -> Outcome<Self> {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().while_doing(format_args!("start the {name}"))?;
        let (to, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            // The reader ends with the child, or with its owner.
            thread::spawn(move || {
                BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| to.send(line))
            });
        }
        let transcript = child.stderr.take().map(|stderr| {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            thread::spawn(move || lines.map(|line| Said { at: now(), line }).collect())
        });
        Ok(Self { name: name.to_owned(), child, lines, transcript, deadline: now() + limit })
    }

    /// The next line of its standard output.
    ///
    /// # Errors
    /// It ended without one, or its time is up.
    pub(crate) fn line(&mut self) -> Outcome<String> {
        let left = self.deadline.saturating_duration_since(now());
        match self.lines.recv_timeout(left) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => Err(self.hung()),
            Err(RecvTimeoutError::Disconnected) => {
                self.kill();
                Err(self.lament("ended before it was ready"))
            }
        }
    }

    /// Asks it to end, as Ctrl-C does, and waits until it has.
    #[cfg(unix)]
    pub(crate) fn interrupt(self) -> Outcome<Ended> {
        use rustix::process::{Pid, Signal, kill_process};
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            kill_process(pid, Signal::INT).while_doing(format_args!("stop the {}", self.name))?;
        }
        self.wait()
    }

    /// Here no signal can be sent to one process alone.
    #[cfg(not(unix))]
    pub(crate) fn interrupt(self) -> Outcome<Ended> {
        Err(failure("the demo needs a Unix: its server is stopped by a signal"))
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// Its time is up; then it is killed.
    pub(crate) fn wait(mut self) -> Outcome<Ended> {
        let status = loop {
            if let Some(status) =
                self.child.try_wait().while_doing(format_args!("watch the {}", self.name))?
            {
                break status;
            }
            if now() > self.deadline {
                return Err(self.hung());
            }
            thread::sleep(PATIENCE);
        };
        let stdout = self.lines.iter().map(|line| line + "\n").collect();
        Ok(Ended { status, stdout, stderr: self.said() })
    }

    /// Its time is up.
    fn hung(&mut self) -> Failure {
        self.kill();
        self.lament("hung and was killed")
    }

    fn lament(&mut self, what: &str) -> Failure {
        let last_words = self.last_words();
        failure(format_args!("the {} {what}; its last words:\n{last_words}", self.name))
    }

    /// The end of what it said, once it has ended.
    fn last_words(&mut self) -> String {
        let said = self.said();
        let last = &said[said.len().saturating_sub(LAST_WORDS)..];
        last.iter().map(|said| format!("  {}\n", said.line)).collect()
    }

    fn kill(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }

    fn said(&mut self) -> Vec<Said> {
        self.transcript.take().and_then(|reader| reader.join().ok()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests;

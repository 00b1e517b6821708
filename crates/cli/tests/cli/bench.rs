//! A place to run the program in: a directory of its own, servers that end with their test, and a limit on how
//! long anything may take.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use std::{fs, iter};

use tempfile::TempDir;

/// Far longer than anything here takes: what hangs fails, and doesn't stop the tests.
const LIMIT: Duration = Duration::from_secs(60);

/// A directory, and in it `files` for a server.
pub(crate) struct Bench {
    dir: TempDir,
    /// Where its programs can be looked at, and no others.
    runtime: TempDir,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A program that runs; it ends with its test.
pub(crate) struct Running {
    child: Child,
}

/// A server that is ready.
pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) address: String,
    stderr: BufReader<ChildStderr>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        fs::create_dir(dir.path().join("files")).expect("a directory");
        let bench = Self { dir, runtime: tempfile::tempdir().expect("a directory") };
        bench.write("files/2048.txt", &text(2048));
        bench.write("files/8192.txt", &text(8192));
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The session's directory for sockets.
    pub(crate) fn runtime(&self) -> &Path {
        self.runtime.path()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What is in the directory, sorted: nothing that nobody asked for may be left there.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).expect("the directory");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<_> = entries.map(|entry| name(entry.expect("an entry"))).collect();
        names.sort();
        names
    }

    /// The program with these arguments, not started yet.
    pub(crate) fn lucid(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lucid"));
        command.args(arguments.split_whitespace()).current_dir(self.dir.path());
        command.env("XDG_RUNTIME_DIR", self.runtime.path()).env("TMPDIR", self.runtime.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &str) -> Outcome {
        Running::start(&mut self.lucid(arguments)).finish()
    }

    /// Starts a server on a free port and waits until it says that it is ready.
    pub(crate) fn serve(&self, arguments: &str) -> Server {
        self.serve_with(self.lucid(&format!("serve --listen 127.0.0.1:0 {arguments}")))
    }

    /// Starts this server, and waits likewise.
    pub(crate) fn serve_with(&self, mut command: Command) -> Server {
        let mut running = Running::start(&mut command);
        let mut stderr = BufReader::new(running.child.stderr.take().expect("piped"));
        let address = loop {
            let mut line = String::new();
            assert_ne!(stderr.read_line(&mut line).expect("text"), 0, "the server ended before it was ready");
            if let Some(address) = line.trim_end().strip_prefix("listening on ") {
                break address.to_owned();
            }
        };
        Server { running, address, stderr }
    }
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self { child: command.spawn().expect("the program starts") }
    }

    /// One that was started otherwise.
    pub(crate) fn of(child: Child) -> Self {
        Self { child }
    }

    /// The lines of its standard output, as they come.
    pub(crate) fn lines(&mut self) -> impl Iterator<Item = String> + use<> {
        let stdout = self.child.stdout.take().expect("piped, and not taken yet");
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map(|line| line.expect("text"));
            lines.map(Some).chain([None]).try_for_each(|line| sender.send(line))
        });
        iter::from_fn(move || receiver.recv_timeout(LIMIT).expect("a line within the limit"))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().expect("kill");
        assert!(sent.success(), "kill -s {name} {pid}");
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Outcome {
        let stdout = gather(self.child.stdout.take());
        let stderr = gather(self.child.stderr.take());
        // Its outputs close when it ends, and then it can be waited for without waiting.
        let (stdout, stderr) = (stdout(), stderr());
        let exit = self.child.wait().expect("it was started").code();
        Outcome { exit, stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

impl Server {
    /// The next line that it says.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).expect("text");
        line
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn stop(self, signal: &str) -> Outcome {
        self.running.signal(signal);
        let Self { running, stderr, .. } = self;
        let rest = gather(Some(stderr));
        let outcome = running.finish();
        Outcome { stderr: rest(), ..outcome }
    }
}

impl Outcome {
    /// It ended with this exit, and said all of this on standard error.
    #[track_caller]
    pub(crate) fn failed(&self, exit: i32, said: &[&str]) {
        assert_eq!(self.exit, Some(exit), "{self:?}");
        for part in said {
            assert!(self.stderr.contains(part), "{part:?} in\n{}", self.stderr);
        }
    }

    /// It ended well.
    #[track_caller]
    pub(crate) fn succeeded(&self) -> &Self {
        assert_eq!(self.exit, Some(0), "{self:?}");
        self
    }
}

/// Reads an output to its end, beside whoever waits for it.
fn gather(output: Option<impl Read + Send + 'static>) -> impl FnOnce() -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let whole = output.map(|mut output| output.read_to_end(&mut bytes)).transpose();
        let _nobody_waits = sender.send(whole.map(|_| String::from_utf8_lossy(&bytes).into_owned()));
    });
    move || receiver.recv_timeout(LIMIT).expect("an end within the limit").expect("a readable output")
}

/// Lines of text, `size` bytes in all, no two lines alike.
pub(crate) fn text(size: usize) -> Vec<u8> {
    (0_u32..).flat_map(|line| format!("line {line:010}\n").into_bytes()).take(size).collect()
}

/// Whether a file is there.
pub(crate) fn exists(path: &Path) -> bool {
    path.try_exists().expect("a path that can be looked at")
}

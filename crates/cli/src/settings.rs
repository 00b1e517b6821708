//! What the command line means: one plain value, settled once.

use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lucid_conn::engine::PathMtu;
use lucid_conn::sim::Faults;
use lucid_conn::{Config, Impair, KeepAlive};
use serde::Serialize;

use crate::args::{self, Assignment, Command, FaultFlags, Seeing, Tcp, Way, Wish};
use crate::compare::Comparison;
use crate::demo::Demo;
use crate::exit::{Exit, Failure};
use crate::explain::Question;
use crate::export::is_stdout;
use crate::learn::Learn;
use crate::live::Watch;

mod action;
mod files;

pub(crate) use action::{Action, Export, Of};

/// How long a client goes on until its connection is open. The RFC's 180 s suit a server, which nobody watches.
/// Afterwards the RFC's 100 s hold for a client, too: on a bad link a TCP that backs off is silent for long.
const CLIENT_OPENING: Duration = Duration::from_secs(20);

/// How long a client's process stays for TIME-WAIT. The port dies with the process, so all that is left to do
/// there is to answer a FIN whose ACK was lost, which the peer sends again after one retransmission timeout.
const CLIENT_TIME_WAIT: Duration = Duration::from_millis(250);

/// IPv6 (the larger IP header), UDP, and our own: so that a packet is not larger than asked over either IP.
const HEADERS: u16 = 40 + 8 + 20;

/// What is to be done, and what of it is shown.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) action: Action,
    pub(crate) seeing: Seeing,
}

#[derive(Debug)]
pub(crate) struct Serve {
    pub(crate) listen: String,
    pub(crate) root: PathBuf,
    pub(crate) allow_put: bool,
    pub(crate) nameserver: Option<SocketAddr>,
    /// How many connections it holds at once, unless the library decides.
    pub(crate) max_connections: Option<usize>,
    pub(crate) watch: Watch,
    pub(crate) endpoint: EndpointSettings,
}

/// A run of a client: tasks, one after the other over one connection.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) server: String,
    pub(crate) bind: Option<SocketAddr>,
    pub(crate) tasks: Vec<Task>,
    /// How long the server may be silent.
    pub(crate) patience: Duration,
    pub(crate) watch: Watch,
    pub(crate) endpoint: EndpointSettings,
}

/// What a UDP socket's endpoint is made with.
#[derive(Debug)]
pub(crate) struct EndpointSettings {
    pub(crate) config: Config,
    pub(crate) faults: Faults,
    pub(crate) seed: Seed,
    pub(crate) impair: Impair,
    pub(crate) record: Option<PathBuf>,
    /// The page to make of the run when it is over.
    pub(crate) report: Option<PathBuf>,
    pub(crate) record_payload: bool,
    pub(crate) pcap: Option<PathBuf>,
    pub(crate) qlog: Option<PathBuf>,
}

/// What faults are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seed {
    Given(u64),
    Random(u64),
    /// Nothing is drawn.
    Unused,
}

/// One thing to ask of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub(crate) enum Task {
    Get {
        name: String,
        #[serde(skip)]
        to: Target,
    },
    Put {
        file: PathBuf,
        name: String,
        #[serde(skip)]
        overwrite: bool,
    },
    List,
    Calc {
        expression: String,
    },
    Dns {
        name: String,
    },
}

/// Where a received file goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Stdout,
    File { path: PathBuf, overwrite: bool },
    Directory { path: PathBuf, overwrite: bool },
}

impl Action {
    /// What the process is, for whoever reads its trace.
    pub(crate) fn role(&self) -> &'static str {
        match self {
            Self::Serve(_) => "server",
            Self::Ask(_) => "client",
            Self::Replay(_) | Self::Export(_) => "replay",
            Self::Top { .. } | Self::Ss { .. } => "watch",
            Self::Report { .. } => "report",
            Self::Explain { .. } => "explain",
            Self::Compare { .. } => "compare",
            Self::Demo(_) | Self::DemoFiles { .. } | Self::Learn(_) => "demo",
        }
    }

    /// What its endpoint is made with, if it opens connections.
    pub(crate) fn endpoint(&mut self) -> Option<&mut EndpointSettings> {
        match self {
            Self::Serve(serve) => Some(&mut serve.endpoint),
            Self::Ask(ask) => Some(&mut ask.endpoint),
            Self::Replay(_)
            | Self::Top { .. }
            | Self::Ss { .. }
            | Self::Export(_)
            | Self::Report { .. }
            | Self::Explain { .. }
            | Self::Compare { .. }
            | Self::Demo(_)
            | Self::DemoFiles { .. }
            | Self::Learn(_) => None,
        }
    }
}

impl Settings {
    /// Settles what a command line means.
    ///
    /// # Errors
    /// What it asks for can't be had, or not together: always with [`Exit::Usage`].
    pub(crate) fn new(command: Command) -> Result<Self, Failure> {
        let settings = Self::of(command)?;
        settings.check_files()?;
        Ok(settings)
    }

    fn compare(compare: args::Compare) -> Self {
        let args::Compare { recordings, cc, link, size, seed, output, json } = compare;
        let comparison = if recordings.is_empty() {
            Comparison::Simulated { algorithms: cc, link, bytes: size, seed }
        } else {
            Comparison::Recorded(recordings)
        };
        let action = Action::Compare { comparison, page: output };
        Self { action, seeing: Seeing { json, ..Seeing::default() } }
    }

    fn of(command: Command) -> Result<Self, Failure> {
        match command {
            Command::Serve(serve) => Self::serve(serve),
            Command::Replay(args::Replay { file, seeing }) => {
                Ok(Self { action: Action::Replay(file), seeing })
            }
            Command::Top(args::Top { pid, every }) => {
                Ok(Self { action: Action::Top { pid, every }, seeing: Seeing::default() })
            }
            Command::Ss(args::Ss { pid, json }) => {
                Ok(Self { action: Action::Ss { pid }, seeing: Seeing { json, ..Seeing::default() } })
            }
            Command::Report(args::Report { recordings, output, json, quiet }) => {
                let action = Action::Report { recordings, page: output };
                Ok(Self { action, seeing: Seeing { json, quiet, ..Seeing::default() } })
            }
            Command::Explain(args::Explain { recording, other, about, connection, json }) => {
                let question = Question { about: about.about(), connection };
                let action = Action::Explain { recording, other, question };
                Ok(Self { action, seeing: Seeing { json, ..Seeing::default() } })
            }
            Command::Compare(compare) => Ok(Self::compare(compare)),
            Command::Demo(demo) => Self::demo(demo),
            Command::Learn(learn) => {
                Ok(Self { action: Action::Learn(Learn::new(learn)?), seeing: Seeing::default() })
            }
            Command::Pcap(args::Pcap { recording, other, export }) => {
                Self::export(Of::Capture { recording, other }, export)
            }
            Command::Qlog(args::Qlog { recording, export }) => Self::export(Of::Log { recording }, export),
            Command::Get(args::Get { name, output, force, ask }) => {
                let to = target(output, force);
                Self::ask(ask, "get", vec![Task::Get { name, to }])
            }
            Command::Put(args::Put { file, name, force, ask }) => {
                let name = name.map_or_else(|| own_name(&file), Ok)?;
                Self::ask(ask, "put", vec![Task::Put { file, name, overwrite: force }])
            }
            Command::Ls(args::Ls { ask }) => Self::ask(ask, "ls", vec![Task::List]),
            Command::Calc(args::Calc { expression, ask }) => {
                Self::ask(ask, "calc", vec![Task::Calc { expression }])
            }
            Command::Dns(args::Dns { name, ask }) => Self::ask(ask, "dns", vec![Task::Dns { name }]),
            Command::Client(args::Client { wishes, output, force, ask }) => {
                let tasks = wishes.0.into_iter().map(|wish| task(wish, &output, force)).collect();
                Self::ask(ask, "client", tasks)
            }
        }
    }

    fn demo(demo: args::Demo) -> Result<Self, Failure> {
        let action = match demo.files {
            Some(into) => Action::DemoFiles { steps: demo.steps, into },
            None => Action::Demo(Demo::new(demo)?),
        };
        Ok(Self { action, seeing: Seeing::default() })
    }

    fn export(of: Of, export: args::Export) -> Result<Self, Failure> {
        if export.json && is_stdout(&export.output) {
            let failure = Failure::new(Exit::Usage, "a file and --json can't both go to standard output");
            return Err(failure.try_this("name a file with -o"));
        }
        let action = Action::Export(Export { of, output: export.output });
        Ok(Self { action, seeing: Seeing::default() })
    }

    fn serve(serve: args::Serve) -> Result<Self, Failure> {
        let args::Serve { listen, root, allow_put, nameserver, max_connections, .. } = serve;
        let args::Serve { tcp, faults, seeing, watched, record, .. } = serve;
        let config = config(&tcp, &Config::new(tcp.profile))?;
        let endpoint = EndpointSettings::new(config, faults, record);
        let watch = Watch { command: "serve", metrics: watched.metrics };
        let max_connections = max_connections.map(|max| max as usize);
        let serve = Serve { listen, root, allow_put, nameserver, max_connections, watch, endpoint };
        let action = Action::Serve(serve);
        Ok(Self { action, seeing })
    }

    fn ask(ask: args::Ask, command: &'static str, tasks: Vec<Task>) -> Result<Self, Failure> {
        let args::Ask { server, bind, tcp, faults, seeing, watched, record } = ask;
        if tasks.is_empty() {
            let failure = Failure::new(Exit::Usage, "there is nothing to ask for");
            return Err(failure.try_this("give --file NAME, --cal EXPR or --dns NAME, any number of each"));
        }
        if seeing.json && tasks.iter().any(Task::writes_to_stdout) {
            let failure = Failure::new(Exit::Usage, "a file and --json can't both go to standard output");
            return Err(failure.try_this("name a file with -o"));
        }
        let profile = Config::new(tcp.profile);
        let profile = Config { r2_syn: CLIENT_OPENING, time_wait: CLIENT_TIME_WAIT, ..profile };
        let config = config(&tcp, &profile)?;
        let patience = config.r2;
        let endpoint = EndpointSettings::new(config, faults, record);
        let watch = Watch { command, metrics: watched.metrics };
        let ask = Ask { server, bind, tasks, patience, watch, endpoint };
        Ok(Self { action: Action::Ask(ask), seeing })
    }
}

impl EndpointSettings {
    fn new(config: Config, faults: FaultFlags, record: args::Record) -> Self {
        let seed = Seed::new(&faults);
        let impair = faults.impair.into();
        let args::Record { record, record_payload, report, pcap, qlog } = record;
        Self { config, faults: faults.into(), seed, impair, record, record_payload, report, pcap, qlog }
    }
}

/// The profile, with what the flags change, and then with what is set by name.
fn config(tcp: &Tcp, profile: &Config) -> Result<Config, Failure> {
    let algorithm = match tcp.cc.as_deref().map(str::parse) {
        None => profile.algorithm,
        Some(named) => named.map_err(|unknown| Failure::new(Exit::Usage, format!("--cc: {unknown}")))?,
    };
    let pinned = tcp.mss.or(tcp.mtu.map(|mtu| mtu - HEADERS));
    let (mss, path_mtu) = pinned.map_or((profile.mss, profile.path_mtu), |mss| (mss, PathMtu::Fixed));
    let mut config = Config {
        algorithm,
        mss,
        path_mtu,
        ecn: tcp.ecn || profile.ecn,
        r2: tcp.timeout.unwrap_or(profile.r2),
        r2_syn: tcp.timeout.unwrap_or(profile.r2_syn),
        user_timeout: tcp.user_timeout.or(profile.user_timeout),
        keep_alive: tcp.keep_alive.map(keep_alive).or(profile.keep_alive),
        nagle: profile.nagle && !tcp.nodelay,
        time_wait: tcp.time_wait.unwrap_or(profile.time_wait),
        ..profile.clone()
    };
    for Assignment { name, value } in &tcp.set {
        config.set(name, value).map_err(|error| Failure::new(Exit::Usage, format!("--set: {error}")))?;
    }
    Ok(config)
}

/// Whoever asks soon wants to know soon: probes are never further apart than the first is away.
fn keep_alive(idle: Duration) -> KeepAlive {
    let usual = KeepAlive::default();
    KeepAlive { idle, interval: usual.interval.min(idle), ..usual }
}

impl From<FaultFlags> for Faults {
    fn from(flags: FaultFlags) -> Self {
        let FaultFlags { loss, drop, delay, jitter, reorder, duplicate, corrupt, rate, queue, mark, .. } =
            flags;
        Self {
            loss: loss.unwrap_or_default(),
            drop,
            delay: delay.unwrap_or_default(),
            jitter: jitter.unwrap_or_default(),
            reorder: reorder.unwrap_or_default(),
            duplicate: duplicate.unwrap_or_default(),
            corrupt: corrupt.unwrap_or_default(),
            rate,
            queue,
            mark,
            ..Self::default()
        }
    }
}

impl From<Way> for Impair {
    fn from(way: Way) -> Self {
        match way {
            Way::Out => Self::Outgoing,
            Way::In => Self::Incoming,
            Way::Both => Self::Both,
        }
    }
}

impl Seed {
    /// The one that is given, or one by chance if anything is left to chance.
    fn new(flags: &FaultFlags) -> Self {
        let FaultFlags { loss, jitter, reorder, duplicate, corrupt, seed, .. } = flags;
        let is_drawn = loss.is_some()
            || jitter.is_some()
            || reorder.is_some()
            || duplicate.is_some()
            || corrupt.is_some();
        match seed {
            Some(seed) => Self::Given(*seed),
            // The standard library draws its hash maps' keys from the system: as good a source as any.
            None if is_drawn => Self::Random(RandomState::new().hash_one(())),
            None => Self::Unused,
        }
    }

    pub(crate) fn get(self) -> u64 {
        match self {
            Self::Given(seed) | Self::Random(seed) => seed,
            Self::Unused => 0,
        }
    }
}

impl Task {
    /// What it is about, in one word or so.
    pub(crate) fn subject(&self) -> &str {
        match self {
            Self::Get { name, .. } | Self::Put { name, .. } | Self::Dns { name } => name,
            Self::Calc { expression } => expression,
            Self::List => "the list of files",
        }
    }

    fn writes_to_stdout(&self) -> bool {
        matches!(self, Self::Get { to: Target::Stdout, .. })
    }
}

fn task(wish: Wish, output: &Path, overwrite: bool) -> Task {
    match wish {
        Wish::File(name) => Task::Get { name, to: Target::Directory { path: output.to_owned(), overwrite } },
        Wish::Cal(expression) => Task::Calc { expression },
        Wish::Dns(name) => Task::Dns { name },
    }
}

fn target(output: Option<PathBuf>, overwrite: bool) -> Target {
    match output {
        Some(path) if path.as_os_str() == "-" => Target::Stdout,
        Some(path) => Target::File { path, overwrite },
        None => Target::Directory { path: PathBuf::from("."), overwrite },
    }
}

/// What a file is called where it lies.
fn own_name(file: &Path) -> Result<String, Failure> {
    let name = file.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    name.ok_or_else(|| {
        let what = format!("{} has no name that could be sent", file.display());
        Failure::new(Exit::Usage, what).try_this("say with --as what to call it on the server")
    })
}

#[cfg(test)]
mod tests;

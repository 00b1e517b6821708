//! One run of a step: a server, its clients, and what they left behind.

use std::fs;
use std::net::UdpSocket;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::changes::Changes;
use super::names;
use super::process::{Ended, Process, Said};
use super::samples;
use super::steps::Step;
use super::trace::Trace;
use super::trouble::{Outcome, While, failure};

/// What a step may take: the longest is over in a tenth of it.
const LIMIT: Duration = Duration::from_secs(60);

/// The seed's server address; any other port of it if that one is taken.
const SERVER: &str = "127.0.0.1:12345";
const SERVER_ELSEWHERE: &str = "127.0.0.1:0";
const CLIENT: &str = "127.0.0.2";

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) server: Trace,
    /// What the server said on standard error.
    pub(crate) server_said: Vec<Said>,
    /// What it recorded.
    pub(crate) recording: Vec<u8>,
    pub(crate) clients: Vec<Client>,
    /// How the server ended: by Ctrl-C, 130.
    pub(crate) server_exit: Option<i32>,
}

/// What a client left behind.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) trace: Trace,
    /// What it recorded.
    pub(crate) recording: Vec<u8>,
    pub(crate) exit: Option<i32>,
    /// What its tasks brought, from `--json`.
    results: Vec<Value>,
    /// What it said on standard error.
    pub(crate) said: Vec<Said>,
    /// The files that it asked for, and whether each arrived as the server has it.
    pub(crate) files: Vec<(String, Arrived)>,
    /// Whether others ran at the same time.
    pub(crate) has_company: bool,
}

/// How a file arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// As the server has it: so many bytes.
    Whole(usize),
    Different,
    NotAtAll,
}

impl Run {
    /// Runs a step from the beginning to the end, with the server's link at this pace.
    ///
    /// # Errors
    /// Something could not be started, hung, or left no trace. What a client could not do is no error here.
    pub(crate) fn new(step: &Step, pace: Option<&'static str>, changes: &Changes) -> Outcome<Self> {
        let place = Place::new(step)?;
        let mut words = step.server_at(pace, changes);
        if step.with_dns {
            words.extend(["--nameserver".to_owned(), names::serve()?.to_string()]);
        }
        let (server, address) = server(&place, &words)?;
        let mut clients = Vec::new();
        for round in step.rounds {
            let started = round.iter().enumerate().map(|(number, words)| {
                let words = step.client_with(words, changes);
                Visit::start(&place, &words, clients.len() + number, &address)
            });
            let started: Vec<_> = started.collect::<Outcome<_>>()?;
            let has_company = started.len() > 1;
            for visit in started {
                clients.push(visit.end(&place, has_company)?);
            }
        }
        let Ended { status, stderr: server_said, .. } = server.interrupt()?;
        let (server, recording) = place.kept("server")?;
        Ok(Self { server, server_said, recording, clients, server_exit: status.code() })
    }

    /// All traces, the server's first.
    pub(crate) fn traces(&self) -> impl Iterator<Item = &Trace> {
        std::iter::once(&self.server).chain(self.clients.iter().map(|client| &client.trace))
    }
}

#[cfg(test)]
impl Run {
    /// What one client left behind that asked for one file, for tests.
    pub(crate) fn of_client(trace: Trace, arrived: Arrived) -> Self {
        let files = vec![("8192.txt".to_owned(), arrived)];
        let (results, said, recording) = (Vec::new(), Vec::new(), Vec::new());
        let client = Client { trace, recording, exit: Some(0), results, said, files, has_company: false };
        Self { clients: vec![client], ..Self::of_server(Trace::default()) }
    }

    /// What a server left behind that nobody asked for anything, for tests.
    pub(crate) fn of_server(server: Trace) -> Self {
        let (server_said, recording, clients) = (Vec::new(), Vec::new(), Vec::new());
        Self { server, server_said, recording, clients, server_exit: Some(130) }
    }
}

impl Client {
    /// What a task brought, such as `value` of `calc`.
    pub(crate) fn result(&self, task: &str, field: &str) -> Option<&Value> {
        self.results.iter().find(|result| result["task"] == task)?.get(field)
    }
}

/// The directory of one run; it is gone with it.
struct Place(TempDir);

impl Place {
    fn new(step: &Step) -> Outcome<Self> {
        let place = Self(tempfile::tempdir().while_doing("make a temporary directory")?);
        fs::create_dir(place.root()).while_doing("make the server's directory")?;
        samples::write(&place.root(), step.large)?;
        Ok(place)
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("files")
    }

    fn trace(&self, who: &str) -> PathBuf {
        self.0.path().join(format!("{who}.jsonl"))
    }

    fn recording(&self, who: &str) -> PathBuf {
        self.0.path().join(format!("{who}.lucid"))
    }

    fn output(&self, client: &str) -> PathBuf {
        self.0.path().join(client)
    }

    /// What one of them kept of its run.
    fn kept(&self, who: &str) -> Outcome<(Trace, Vec<u8>)> {
        let recording =
            fs::read(self.recording(who)).while_doing(format_args!("read the {who}'s recording"))?;
        Ok((Trace::read(&self.trace(who))?, recording))
    }

    fn arrived(&self, client: &str, name: &str) -> Arrived {
        match (fs::read(self.root().join(name)), fs::read(self.output(client).join(name))) {
            (Ok(sent), Ok(received)) if sent == received => Arrived::Whole(received.len()),
            (_, Ok(_)) => Arrived::Different,
            (_, Err(_)) => Arrived::NotAtAll,
        }
    }
}

/// The program that runs: it is the server and the clients, too.
fn lucid() -> Outcome<Command> {
    Ok(Command::new(std::env::current_exe().while_doing("find this program's own file")?))
}

/// A client that runs.
struct Visit {
    name: String,
    process: Process,
    files: Vec<String>,
}

impl Visit {
    fn start(place: &Place, words: &[String], number: usize, server: &str) -> Outcome<Self> {
        let name = format!("client{}", number + 1);
        fs::create_dir(place.output(&name)).while_doing("make the client's directory")?;
        let mut lucid = lucid()?;
        lucid.arg("client").args(["--server", server, "--bind", CLIENT]).args(words);
        lucid.arg("--output").arg(place.output(&name)).arg("--trace").arg(place.trace(&name));
        lucid.arg("--record").arg(place.recording(&name)).args(["--force", "--transcript", "--json"]);
        let process = Process::start(&name, &mut lucid, LIMIT)?;
        let wishes = words.iter().zip(words.iter().skip(1));
        let files = wishes.filter(|(flag, _)| *flag == "--file").map(|(_, name)| name.clone());
        Ok(Self { name, process, files: files.collect() })
    }

    fn end(self, place: &Place, has_company: bool) -> Outcome<Client> {
        let Ended { status, stdout, stderr } = self.process.wait()?;
        let results = json(&stdout).filter(|said| said["type"] == "result").collect();
        let files = self.files.into_iter().map(|file| {
            let arrived = place.arrived(&self.name, &file);
            (file, arrived)
        });
        let (trace, recording) = place.kept(&self.name)?;
        Ok(Client {
            trace,
            recording,
            exit: status.code(),
            results,
            said: stderr,
            files: files.collect(),
            has_company,
        })
    }
}

/// A server that listens, and where: at the seed's address, unless another has it, or takes it in between.
fn server(place: &Place, words: &[String]) -> Outcome<(Process, String)> {
    let seeds = UdpSocket::bind(SERVER).is_ok().then(|| server_on(SERVER, place, words));
    seeds.and_then(Result::ok).map_or_else(|| server_on(SERVER_ELSEWHERE, place, words), Ok)
}

fn server_on(address: &str, place: &Place, words: &[String]) -> Outcome<(Process, String)> {
    let mut lucid = lucid()?;
    lucid.arg("serve").args(["--listen", address]).arg("--root").arg(place.root()).args(words);
    lucid.arg("--trace").arg(place.trace("server")).arg("--record").arg(place.recording("server"));
    lucid.args(["--transcript", "--json"]);
    let mut process = Process::start("server", &mut lucid, LIMIT)?;
    let address = loop {
        let line = process.line()?;
        if let Some(ready) = json(&line).find(|said| said["type"] == "listening") {
            break ready["address"].as_str().map(str::to_owned);
        }
    };
    Ok((process, address.ok_or_else(|| failure("the server did not say where it listens"))?))
}

fn json(lines: &str) -> impl Iterator<Item = Value> {
    lines.lines().filter_map(|line| serde_json::from_str(line).ok())
}

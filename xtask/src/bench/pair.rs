//! One run: a server, a client, a link between them where the work has one, and what the client says.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::plan::{Peer, Point, Work};
use crate::error::{Failure, Outcome, While};

/// What a client measured, by name.
pub(super) type Measured = BTreeMap<String, f64>;

/// Lets `peer` do `work` once, at each of its points.
///
/// # Errors
/// Of the first point that failed, as [`at`] says.
pub(super) fn run(program: &Path, peer: &Peer, work: &Work) -> Outcome<Measured> {
    let mut all = Measured::new();
    for point in work.points() {
        let measured = at(point, program, peer, work)?;
        all.extend(measured.into_iter().map(|(key, value)| (point.key(key), value)));
    }
    Ok(all)
}

/// Between two processes of their own.
///
/// # Errors
/// The last thing that the client said, or else the server.
fn at(point: &Point, program: &Path, peer: &Peer, work: &Work) -> Outcome<Measured> {
    let options = [work.options, point.options].concat();
    let link = [work.link, point.link].concat();
    let mut server = Server::start(program, &[peer.name, "serve", "127.0.0.1:0"], &options)?;
    let relay = || Server::start(program, &["link", "relay", &server.addr], &link);
    let relay = (!link.is_empty()).then(relay).transpose()?;
    let addr = relay.as_ref().map_or(&server.addr, |relay| &relay.addr);
    let mut client = Command::new(program);
    client.args([peer.name, work.word, addr]).args(&options);
    if let Some(certificate) = &server.certificate {
        client.args(["--certificate", certificate]);
    }
    let ran = client.stdin(Stdio::null()).output().while_doing("run the client")?;
    if ran.status.success() {
        return serde_json::from_slice(&ran.stdout).while_doing("understand the client");
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    let client = last_line(&said).map_or_else(|| ran.status.to_string(), str::to_owned);
    Err(Failure::new(match server.last_words() {
        Some(server) => format!("{client} (the server: {server})"),
        None => client,
    }))
}

/// A process that serves until its input is closed.
struct Server {
    process: Child,
    addr: String,
    certificate: Option<String>,
}

impl Server {
    fn start(program: &Path, words: &[&str], options: &[&str]) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.args(words).args(options);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let process = command.spawn().while_doing("start the server")?;
        let mut server = Self { process, addr: String::new(), certificate: None };
        let mut line = String::new();
        if let Some(output) = &mut server.process.stdout {
            BufReader::new(output).read_line(&mut line).while_doing("read what the server says")?;
        }
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let Some(addr) = said["addr"].as_str() else {
            let why = server.last_words().unwrap_or_else(|| "it says nothing".to_owned());
            return Err(Failure::new(format_args!("the server doesn't listen: {why}")));
        };
        server.addr = addr.to_owned();
        server.certificate = said["certificate"].as_str().map(str::to_owned);
        Ok(server)
    }

    /// Ends it, and says what it complained of.
    fn last_words(&mut self) -> Option<String> {
        self.end();
        let mut said = String::new();
        self.process.stderr.take()?.read_to_string(&mut said).ok()?;
        last_line(&said).map(str::to_owned)
    }

    fn end(&mut self) {
        drop(self.process.stdin.take());
        let _ended_already = self.process.kill();
        let _nothing_to_learn = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn last_line(said: &str) -> Option<&str> {
    said.lines().rev().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("note: run with"))
}

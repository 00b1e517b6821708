//! A step in virtual time: the same words, engines, links and seeds, and no sockets. It is the same each time, and takes no time: so pictures, excerpts
//! and the answers to exercises are made of it.

use std::time::Duration;

use clap::Parser;
use lucid_apps::{Hash, Reply, Request, Trailer};
use lucid_views::rehearsal::{Exchange, Guest, Party, Rehearsal};
use serde::Serialize;

use super::changes::Changes;
use super::columns::Side;
use super::names::HOST_ADDRESS;
use super::play::Play;
use super::samples;
use super::steps::Step;
use super::trouble::{Outcome, While, failure};
use crate::args::CommandLine;
use crate::settings::{Action, EndpointSettings, Settings, Task};

/// How long a segment is under way, besides what the step's own words say: on loopback it would be nothing, and nothing could be seen.
pub(crate) const PATH: Duration = Duration::from_millis(10);
/// In virtual time.
const LIMIT: Duration = Duration::from_secs(600);
/// A larger file is announced alone, and what it was follows it.
const SMALL: usize = 64 << 10;

impl Step {
    /// What would happen, changed so.
    ///
    /// # Errors
    /// The step can't come to its end like this.
    pub(crate) fn rehearse(&self, changes: &Changes) -> Outcome<Play> {
        let pace = self.paces().first().copied().flatten();
        let server = match action("serve", &self.server_at(pace, changes))? {
            Action::Serve(serve) => party(serve.endpoint),
            _ => return Err(failure("the step's server is none")),
        };
        let guest = |words: &[&str]| self.guest(&self.client_with(words, changes));
        let rounds = self.rounds.iter().map(|round| round.iter().map(|words| guest(words)).collect());
        let rounds: Vec<Vec<Guest>> = rounds.collect::<Outcome<_>>()?;
        let rehearsal = Rehearsal { server, rounds, limit: LIMIT };
        let runs = rehearsal.run().while_doing(format_args!("bring {} to its end", self.name))?;
        Ok(Play::of(runs, &self.sides()))
    }

    /// What its clients are called: with a letter, where several run at once.
    pub(crate) fn sides(&self) -> Vec<Side> {
        let has_company = self.rounds.iter().flat_map(|round| round.iter().map(|_| round.len() > 1));
        has_company
            .zip('A'..)
            .map(|(has_company, letter)| Side::Client(has_company.then_some(letter)))
            .collect()
    }

    fn guest(&self, words: &[String]) -> Outcome<Guest> {
        let Action::Ask(ask) = action("client", words)? else {
            return Err(failure("the step's client is none"));
        };
        let exchanges = ask.tasks.iter().map(|task| self.exchange(task)).collect::<Outcome<_>>()?;
        Ok(Guest { party: party(ask.endpoint), exchanges })
    }

    /// How long the question is, and the answer's parts.
    fn exchange(&self, task: &Task) -> Outcome<Exchange> {
        let hash = Hash::from([0; 32]);
        let (question, answer) = match task {
            Task::Get { name, .. } => {
                let size = samples::size(name, self.large);
                let size = size.ok_or_else(|| failure(format_args!("the demo has no file {name}")))?;
                let stated = size as u64;
                let answer = if size <= SMALL {
                    vec![message(&Reply::SmallFile { size: stated, hash })?, size]
                } else {
                    vec![message(&Reply::File { size: stated })?, size, message(&Trailer::Complete { hash })?]
                };
                (Request::Get { name: name.clone() }, answer)
            }
            Task::Calc { expression } => {
                let answer = vec![message(&Reply::Value { value: "2".to_owned() })?];
                (Request::Calc { expression: expression.clone() }, answer)
            }
            Task::Dns { name } => {
                let addresses = HOST_ADDRESS.parse().into_iter().collect();
                (Request::Dns { name: name.clone() }, vec![message(&Reply::Addresses { addresses })?])
            }
            Task::Put { .. } | Task::List => return Err(failure("no step asks for that")),
        };
        Ok(Exchange { question: message(&question)?, answer })
    }
}

/// How long a message is: its length, its version, and itself.
fn message(message: &impl Serialize) -> Outcome<usize> {
    let json = serde_json::to_string(message).while_doing("write a message")?;
    Ok(4 + r#""v":1,"#.len() + json.len())
}

/// What the program would do with these words.
fn action(command: &str, words: &[String]) -> Outcome<Action> {
    let line = ["lucid", command].into_iter().chain(words.iter().map(String::as_str));
    let line =
        CommandLine::try_parse_from(line).while_doing(format_args!("read the words of a {command}"))?;
    Ok(Settings::new(line.command)?.action)
}

fn party(settings: EndpointSettings) -> Party {
    let EndpointSettings { config, mut faults, seed, .. } = settings;
    faults.delay += PATH;
    Party { config, faults, seed: seed.get() }
}

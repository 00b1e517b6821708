//! The seven steps and what follows them: how each is run, and what it had to show.

use super::changes::Changes;
use super::checklist::Checklist;
use super::run::{Arrived, Run};
use super::trace::{Event, Trace};
use super::turns::Turning;

mod modern;
mod step1;
mod step2;
mod step3;
mod step4;
mod step5;
mod step6;
mod step7;

/// A step of the demo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// How it is made to happen.
    pub(crate) how: &'static str,
    /// The parameters that both sides have.
    pub(crate) profile: &'static str,
    /// What the server is started with, besides its profile, its address and its files.
    pub(crate) server: &'static [&'static str],
    /// The clients, by their arguments: rounds, one after the other, of clients that run at once.
    pub(crate) rounds: &'static [&'static [&'static [&'static str]]],
    /// The size of a file that is made for it.
    pub(crate) large: Option<usize>,
    /// Whether the server asks a DNS server of the demo's.
    pub(crate) with_dns: bool,
    /// Whether the server's link is slow, so that segments arrive one by one: it decides how many an ACK takes.
    pub(crate) is_paced: bool,
    /// What to look for in the transcripts, if they are too long to be shown whole.
    pub(crate) turning_points: &'static [&'static str],
    /// Where a learner is asked what happens next.
    pub(crate) turns: &'static [Turning],
    /// What it had to show.
    pub(crate) check: fn(&Run, &mut Checklist),
    /// Another run of it, before it, to compare it with.
    pub(crate) beside: Option<Beside>,
}

/// The same step in another profile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside {
    pub(crate) profile: &'static str,
    /// What this run and the step's own had to show beside each other.
    pub(crate) check: fn(&Run, &Run, &mut Checklist),
}

pub(crate) static STEPS: [Step; 8] =
    [step1::STEP, step2::STEP, step3::STEP, step4::STEP, step5::STEP, step6::STEP, step7::STEP, modern::STEP];

/// What every step starts from.
const PLAIN: Step = Step {
    name: "",
    title: "",
    how: "",
    profile: "classic",
    server: &[],
    rounds: &[],
    large: None,
    with_dns: false,
    is_paced: false,
    turning_points: &[],
    turns: &[],
    check: |_, _| {},
    beside: None,
};

/// How fast a slow link is, from one attempt to the next: a machine that has other work gets more time for each
/// segment. No slower than this, since a full window must come through in a retransmission timeout.
const PACES: [&str; 3] = ["2mbit", "1mbit", "500kbit"];

pub(crate) fn find(name: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.name == name)
}

impl Step {
    /// The paces at which it is run, until one run is not disturbed.
    pub(crate) fn paces(&self) -> Vec<Option<&'static str>> {
        if self.is_paced { PACES.into_iter().map(Some).collect() } else { vec![None] }
    }

    /// What the server is started with at this pace, with what is changed.
    pub(crate) fn server_at(&self, pace: Option<&str>, changes: &Changes) -> Vec<String> {
        let own = ["--profile", self.profile].into_iter().chain(self.server.iter().copied());
        let own = own.chain(pace.into_iter().flat_map(|pace| ["--rate", pace]));
        changes.in_server(&own.collect::<Vec<_>>())
    }

    /// What a client is started with, with what is changed.
    pub(crate) fn client_with(&self, words: &[&str], changes: &Changes) -> Vec<String> {
        changes.in_client(&[&["--profile", self.profile], words].concat())
    }

    /// The same step in the profile that it is compared with.
    pub(crate) fn beside(&self) -> Option<Self> {
        self.beside.map(|beside| Self { profile: beside.profile, beside: None, ..*self })
    }

    /// What to type to see it without the demo.
    pub(crate) fn commands(&self, changes: &Changes) -> Vec<String> {
        let server = self.server_at(self.paces().first().copied().flatten(), changes).join(" ");
        let files = format!("lucid demo {} --files files", self.name);
        let server = format!("lucid serve {server} --transcript");
        let clients = self.rounds.iter().flat_map(|round| {
            let at_once = if round.len() > 1 { " &" } else { "" };
            round.iter().map(move |words| {
                let words = self.client_with(words, changes).join(" ");
                format!("lucid client --bind 127.0.0.2 {words} --transcript{at_once}")
            })
        });
        [files, server].into_iter().chain(clients).collect()
    }
}

/// What every step has to show: all went well, and every file is whole.
pub(crate) fn common(run: &Run, checks: &mut Checklist) {
    let exits: Vec<_> = run.clients.iter().map(|client| client.exit).collect();
    let all_well = exits.iter().all(|exit| *exit == Some(0));
    checks.expect(
        "every client does all that it was asked to, and exits with 0",
        all_well,
        listed(exits.iter().map(shown)),
    );
    checks.expect(
        "Ctrl-C ends the server in order, with 130",
        run.server_exit == Some(130),
        shown(&run.server_exit),
    );
    for (name, arrived) in run.clients.iter().flat_map(|client| &client.files) {
        let found = match arrived {
            Arrived::Whole(size) => format!("{size} bytes, the same as the server's"),
            Arrived::Different => "it differs from the server's".to_owned(),
            Arrived::NotAtAll => "it is not there".to_owned(),
        };
        checks.expect(format_args!("{name} arrives whole"), matches!(arrived, Arrived::Whole(_)), found);
    }
}

/// An ACK that took more than two segments in order: these had waited for a process that didn't run.
pub(crate) fn stretched_ack(run: &Run) -> Option<String> {
    let most = run.clients.iter().flat_map(|client| in_order_per_ack(&client.trace)).max()?;
    (most > 2).then(|| format!("{most} segments arrived at once"))
}

/// How many data segments in order each segment with an ACK followed.
fn in_order_per_ack(trace: &Trace) -> Vec<usize> {
    let mut waiting = 0;
    let mut taken = Vec::new();
    for event in &trace.events {
        if event.is("arrived") && event.text("arrival") == "in_order" && event.number("bytes") > Some(0) {
            waiting += 1;
        } else if event.is("sent") {
            taken.push(std::mem::take(&mut waiting));
        }
    }
    taken
}

/// The values that the congestion window took, one after the other.
fn windows(trace: &Trace) -> Vec<f64> {
    trace.all("window").filter_map(|event| Some(event.change("cwnd")?.after)).collect()
}

/// The figures of `wanted`, if they follow each other directly in `figures`; else what is there of them.
fn in_a_row(checks: &mut Checklist, what: &str, figures: &[f64], wanted: &[f64]) {
    let found = figures.windows(wanted.len()).any(|row| row == wanted);
    let there = wanted.iter().filter(|figure| figures.contains(figure));
    checks.expect(what, found, joined(there.map(|figure| format!("{figure:?}")), " -> "));
}

/// No retransmission timer fired, on either side.
fn no_timeouts(run: &Run, checks: &mut Checklist) {
    let timeouts: usize = run.traces().map(|trace| trace.count("timeout")).sum();
    checks.equal("timeouts", timeouts, 0);
}

/// The third duplicate ACK resends, at once, the segment that was lost.
fn fast_retransmit(server: &Trace, checks: &mut Checklist) {
    let third = server.all("duplicate_ack").find(|event| event.number("count") == Some(3));
    let resent = server.all("resending").find(|event| event.cause() == "third duplicate ACK");
    let lost = lost(server).find(|event| event.bytes() > 0).and_then(Event::seq);
    let after = third.zip(resent).and_then(|(third, resent)| resent.at.checked_sub(third.at));
    let found = match after {
        Some(nanoseconds) => format!("{} ms after it", nanoseconds as f64 / 1e6),
        None => "it did not".to_owned(),
    };
    checks.expect(
        "the third duplicate ACK resends at once, not at the RTO",
        after.is_some_and(|after| after < AT_ONCE),
        found,
    );
    let resent = resent.and_then(|event| event.number("seq"));
    checks.expect(
        "what is resent is the segment that was lost",
        resent.is_some() && resent == lost,
        shown_seq(resent),
    );
}

/// What is done in the same breath, in nanoseconds: far below a delayed ACK's 200 ms and an RTO's second.
const AT_ONCE: u64 = 20_000_000;

/// The segments that the faults layer lost on their way out.
fn lost(trace: &Trace) -> impl Iterator<Item = &Event> {
    trace.all("faulted").filter(|event| event.text("fault") == "lost")
}

fn shown(exit: &Option<i32>) -> String {
    exit.map_or_else(|| "ended by a signal".to_owned(), |code| code.to_string())
}

fn shown_seq(seq: Option<u64>) -> String {
    seq.map_or_else(|| "none".to_owned(), |seq| format!("SEQ {seq}"))
}

fn listed(items: impl IntoIterator<Item = String>) -> String {
    joined(items, ", ")
}

fn joined(items: impl IntoIterator<Item = String>, between: &str) -> String {
    let items: Vec<String> = items.into_iter().collect();
    if items.is_empty() { "none".to_owned() } else { items.join(between) }
}

#[cfg(test)]
mod tests;

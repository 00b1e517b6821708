//! How it stood at one moment.

use lucid_conn::engine::Time;
use serde::Serialize;

use super::{explain_event, origin};
use crate::run::Story;
use crate::words::{amount, is_arbitrary, sentence, time};

/// A connection at one time, in sentences, and what happened around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: Time,
    /// How it stood.
    pub stood: Vec<String>,
    /// The last event until then: its number, and what it was.
    pub before: Option<(usize, String)>,
    /// Why that was.
    pub why: Option<String>,
    /// The first event after it.
    pub after: Option<(usize, String)>,
}

/// How the connection stood at this time.
#[must_use]
pub fn moment(story: &Story, at: Time) -> Moment {
    let next = story.events.partition_point(|event| event.at <= at);
    let told = |number: usize| (number, sentence(&story.events[number], origin(story)));
    let before = next.checked_sub(1);
    Moment {
        at,
        stood: stood(story, at),
        before: before.map(told),
        why: before.map(|number| explain_event(story, number).why),
        after: (next < story.events.len()).then(|| told(next)),
    }
}

fn stood(story: &Story, at: Time) -> Vec<String> {
    if at < story.opened_at {
        return vec![format!("The connection was opened later, at {}.", story.opened_at)];
    }
    if let Some((closed, reason)) = story.closed.as_ref().filter(|(closed, _)| *closed <= at) {
        return vec![format!("The connection had ended at {closed}: {reason}.")];
    }
    let mut said = Vec::new();
    if let Some(state) = story.state.at(at) {
        let rule = story.rule.at(at).map_or_else(String::new, |rule| format!(", {}", rule.name()));
        said.push(format!("{state}{rule}."));
    }
    if let (Some(cwnd), Some(out)) = (story.cwnd.at(at), story.flight_size.at(at)) {
        let threshold = story.ssthresh.at(at).filter(|threshold| !is_arbitrary(*threshold));
        let threshold =
            threshold.map_or_else(String::new, |bytes| format!(", ssthresh {}", amount(bytes as u64)));
        let window = story
            .send_window
            .at(at)
            .map_or_else(String::new, |bytes| format!(", peer's window {}", amount(bytes)));
        said.push(format!("{} out; cwnd {}{threshold}{window}.", amount(out), amount(cwnd as u64)));
    }
    if let (Some(srtt), Some(rto)) = (story.smoothed_rtt.at(at), story.rto.at(at)) {
        said.push(format!("Round trip {} (smoothed), RTO {}.", time(srtt), time(rto)));
    }
    if let Some(limit) = story.limited_by.at(at).flatten() {
        let since =
            story.limited_by.points().iter().rev().find(|(when, _)| *when <= at).map(|(when, _)| *when);
        let since = since.map_or_else(String::new, |since| format!(", since {since}"));
        said.push(format!("Sending was limited by: {}{since}.", limit.name()));
    }
    if let Some(buffers) = story.buffers.at(at) {
        let parts = [
            (buffers.unsent, "wait to be sent"),
            (buffers.waiting, "wait behind a gap"),
            (buffers.unread, "wait for the application"),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|(bytes, _)| *bytes > 0).collect();
        if !parts.is_empty() {
            let parts: Vec<_> =
                parts.iter().map(|(bytes, what)| format!("{} {what}", amount(*bytes))).collect();
            said.push(format!("{}.", parts.join(", ")));
        }
    }
    said
}

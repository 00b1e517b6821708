//! Why it happened: what turned a connection's course, each with its reason, its rule, and what would have been otherwise.
//!
//! Plain words first, the clause behind them. What is said of "otherwise" follows from the numbers of that moment (RTO, round
//! trip, window): it says what the next rule in line would have done, and when.

mod moment;
mod stalls;
mod why;

use core::time::Duration;

use lucid_conn::engine::{CloseReason, Event, Time, What};
use lucid_wire::Flags;
use serde::Serialize;

use crate::run::Story;
use crate::words::{Origin, sentence, times};

pub use moment::{Moment, moment};

/// What an explanation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A segment went again.
    Retransmission,
    /// A cut of the congestion window, or a cut taken back.
    Window,
    /// The retransmission timer fired.
    Timeout,
    /// Something was probed: the tail of a flight, a closed window, a silent peer.
    Probe,
    /// Nothing moved for longer than a round trip, although something should.
    Stall,
    /// A reset, or an end that was not both sides' wish.
    Reset,
    /// Anything else.
    Other,
}

/// One thing that happened, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What it is about.
    pub topic: Topic,
    /// When, on its endpoint's clock.
    pub at: Time,
    /// For how long; zero of what takes no time.
    pub lasted: Duration,
    /// Its number among [`Story::events`]; a stall has that of the event that ended it, if one did.
    pub event: Option<usize>,
    /// What happened.
    pub what: String,
    /// Why, in plain words.
    pub why: String,
    /// The rule in the engine's words, and the clause that asks for it.
    pub rule: String,
    /// What would have happened without it; empty where nothing else could.
    pub otherwise: String,
}

/// All that turned the connection's course, in the order of time: what went again, cuts of the window, timeouts, probes, stalls
/// longer than a round trip, resets.
#[must_use]
pub fn explain(story: &Story) -> Vec<Explanation> {
    let turns = story.events.iter().enumerate().filter(|(_, event)| topic(event) != Topic::Other);
    let mut all: Vec<_> = turns.map(|(number, _)| explain_event(story, number)).collect();
    all.extend(stalls::all(story));
    all.sort_by_key(|explanation| explanation.at);
    all
}

/// Explains one event.
///
/// # Panics
/// If the story has no event of this number.
#[must_use]
pub fn explain_event(story: &Story, number: usize) -> Explanation {
    let event = &story.events[number];
    let why = why::why(story, number);
    Explanation {
        topic: topic(event),
        at: event.at,
        lasted: Duration::ZERO,
        event: Some(number),
        what: what(event, origin(story)),
        why: why.reason,
        rule: rule(event),
        otherwise: why.otherwise,
    }
}

/// What the numbers in this story's sentences are relative to.
#[must_use]
pub fn origin(story: &Story) -> Origin {
    let (ours, theirs) = story.isns;
    Origin { ours: ours.unwrap_or(0), theirs: theirs.unwrap_or(0) }
}

/// What happened: of a segment that goes again, only what matters here.
fn what(event: &Event, origin: Origin) -> String {
    let What::Sent { segment, retransmission, .. } = &event.what else { return sentence(event, origin) };
    let (first, again) = (segment.seq.wrapping_sub(origin.ours), times(*retransmission));
    match (retransmission, segment.bytes) {
        (0, _) => sentence(event, origin),
        (_, 0) => format!("{} goes{again}", segment.flags.without(Flags::ACK)),
        (_, 1) => format!("Byte {first} goes{again}"),
        (_, bytes) => format!("Bytes {first} to {} go{again}", first.wrapping_add(bytes as u32 - 1)),
    }
}

fn topic(event: &Event) -> Topic {
    match &event.what {
        What::Sent { segment, .. } | What::Received { segment } if segment.flags.contains(Flags::RST) => {
            Topic::Reset
        }
        What::Closed { reason, .. } if *reason != CloseReason::Finished => Topic::Reset,
        What::Sent { retransmission, .. } if *retransmission > 0 => Topic::Retransmission,
        What::Window { cwnd, .. } if cwnd.after < cwnd.before => Topic::Window,
        What::Undone { .. } => Topic::Window,
        What::Timeout { .. } => Topic::Timeout,
        What::TailProbe { .. } | What::WindowProbe { .. } | What::KeepAliveProbe { .. } => Topic::Probe,
        _ => Topic::Other,
    }
}

fn rule(event: &Event) -> String {
    let sentence = event.cause.sentence();
    if event.rfc == "-" { sentence.to_owned() } else { format!("{sentence} ({})", event.rfc) }
}

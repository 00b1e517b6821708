//! What happens otherwise, in sentences.

use core::time::Duration;

use lucid_conn::engine::{CloseReason, Time, What};

use super::change::{Change, Sides};
use super::path::Way;
use super::world::{PEER, THIS};
use crate::explain::{Explanation, Topic};
use crate::run::Story;
use crate::series::{Fate, Line, Segment};
use crate::words::{amount, time};

/// Less is no difference that anyone would speak of.
const SAME: Duration = Duration::from_micros(10);

/// A run as it was, and as it would be: what this end sees, and what the peer does.
struct Both<'a> {
    was: Sides<'a>,
    this: &'a Story,
    peer: Option<&'a Story>,
}

/// What would have happened, and how that is known.
pub(super) fn sentences(
    was: &Sides<'_>,
    change: Change,
    explanation: &Explanation,
    (this, peer): (&Story, Option<&Story>),
    ways: &[Way; 2],
) -> String {
    let both = Both { was: *was, this, peer };
    let (premise, effect) = both.effect(change);
    let mut effects: Vec<String> = effect.into_iter().collect();
    effects.extend(both.cut_anyway(change, explanation));
    effects.extend(both.window(explanation.at + explanation.lasted));
    effects.extend(both.end());
    if effects.is_empty() {
        effects.push("nothing else would have been otherwise".to_owned());
    }
    format!("{premise}, {}. {}", joined(&effects), both.basis(change, ways))
}

/// `one`, `one and two`, `one, two and three`.
fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{}, and {last}", first.join("; ")),
    }
}

/// One time instead of another; none if they are the same.
fn instead(would: Option<Time>, did: Option<Time>) -> Option<String> {
    match (would, did) {
        (Some(would), Some(did))
            if would.saturating_since(did) < SAME && did.saturating_since(would) < SAME =>
        {
            None
        }
        (Some(would), Some(did)) if would < did => {
            Some(format!("at {would} instead of {did}, {} sooner", time(did - would)))
        }
        (Some(would), Some(did)) => Some(format!("at {would} instead of {did}, {} later", time(would - did))),
        (Some(would), None) => Some(format!("at {would}, which never happened in this recording")),
        (None, _) => None,
    }
}

impl Both<'_> {
    /// What is changed, and what that does at once.
    fn effect(&self, change: Change) -> (String, Option<String>) {
        match change {
            Change::Arrives { by: THIS, segment } => self.arrives(&self.was.this.outgoing.segments[segment]),
            Change::Arrives { segment, .. } => {
                let sent = self.was.peer.map(|peer| &peer.outgoing.segments[segment]);
                self.peer_s_arrives(sent)
            }
            Change::Vanishes { .. } => {
                let effect = match &self.this.closed {
                    Some((at, CloseReason::Reset | CloseReason::Refused)) => {
                        format!("another would have ended the connection at {at}")
                    }
                    Some((at, _)) => format!("the connection would have ended at {at}"),
                    None => "the connection would have gone on".to_owned(),
                };
                ("Had that reset been lost on its way".to_owned(), Some(effect))
            }
            Change::Reads { at } => {
                let full = self.was.full_segment().unwrap_or(1);
                let opened = |story: &Story| {
                    let opens = |&&(when, window): &&(Time, u64)| when > at && window >= full;
                    story.send_window.points().iter().find(opens).map(|(when, _)| *when)
                };
                let effect = instead(opened(self.this), opened(self.was.this));
                let effect = effect.map(|when| format!("its window would have been open {when}"));
                (format!("Had the peer's application read on from {at}"), effect)
            }
        }
    }

    fn arrives(&self, sent: &Segment) -> (String, Option<String>) {
        let late = if matches!(sent.fate, Fate::Arrived(_)) { "come as fast as others" } else { "arrived" };
        let (subject, pronoun) = match sent.bytes {
            0 => (format!("the {}", sent.flags.without(lucid_wire::Flags::ACK)), "it"),
            1 => (format!("byte {}", sent.start), "it"),
            bytes => (format!("bytes {} to {}", sent.start, sent.start + u64::from(bytes) - 1), "they"),
        };
        let premise = format!("Had {subject}, sent at {}, {late}", sent.at);
        let reaches = |line: &Line<u64>, place: u64| {
            line.points().iter().find(|(_, reached)| *reached >= place).map(|(at, _)| *at)
        };
        let delivered = match (self.peer, self.was.peer) {
            (Some(would), Some(did)) if sent.bytes > 0 => {
                // The first byte has place 1.
                let place = sent.start + u64::from(sent.bytes) - 1;
                // By this end's clock, as all is told.
                let would = reaches(&would.received, place).map(|at| self.common(at));
                let did = reaches(&did.received, place).map(|at| self.common(at));
                // Else it waits for what is missing before it.
                let usual = sent.at + 2 * self.was.shortest.unwrap_or_default();
                let what = if would.is_some_and(|would| would > usual) {
                    "waited behind a gap, and been delivered"
                } else {
                    "been delivered"
                };
                (what, instead(would, did))
            }
            _ => {
                let acknowledged = |story: &Story| reaches(&story.outgoing.acknowledged, sent.end());
                ("been acknowledged", instead(acknowledged(self.this), acknowledged(self.was.this)))
            }
        };
        let (what, when) = delivered;
        (premise, when.map(|when| format!("{pronoun} would have {what} {when}")))
    }

    fn peer_s_arrives(&self, sent: Option<&Segment>) -> (String, Option<String>) {
        let Some(sent) = sent else { return ("Had the peer's segment arrived".to_owned(), None) };
        if sent.bytes == 0 {
            let acknowledged = |story: &Story| {
                let points = story.outgoing.acknowledged.points();
                points.iter().find(|(_, place)| *place >= sent.ack).map(|(at, _)| *at)
            };
            let when = instead(acknowledged(self.this), acknowledged(self.was.this));
            let what =
                when.map(|when| format!("all before {} would have been acknowledged {when}", sent.ack));
            return (
                format!("Had the peer's acknowledgment, sent at {}, arrived", self.common(sent.at)),
                what,
            );
        }
        let end = sent.start + u64::from(sent.bytes) - 1;
        let delivered = |story: &Story| {
            story.received.points().iter().find(|(_, bytes)| *bytes >= end).map(|(at, _)| *at)
        };
        let when = instead(delivered(self.this), delivered(self.was.this));
        let what = when.map(|when| format!("they could have been read {when}"));
        (
            format!(
                "Had the peer's bytes {} to {end}, sent at {}, arrived",
                sent.start,
                self.common(sent.at)
            ),
            what,
        )
    }

    /// A time of the peer's clock by this end's.
    fn common(&self, at: Time) -> Time {
        Time::from_nanos(at.as_nanos().saturating_add_signed(-self.was.ahead))
    }

    /// Of a cut: whether there would have been one all the same.
    fn cut_anyway(&self, change: Change, explanation: &Explanation) -> Option<String> {
        if explanation.topic != Topic::Window {
            return None;
        }
        let last = explanation.at + Duration::from_secs(1);
        // What came before the change is the same in both.
        let first = match change {
            Change::Arrives { by: THIS, segment } => self.was.this.outgoing.segments[segment].at,
            _ => explanation.at,
        };
        let cut = self.this.events.iter().find(|event| {
            event.at > first && event.at <= last
                && matches!(&event.what, What::Window { cwnd, ssthresh, .. } if cwnd.after < cwnd.before && ssthresh.after < ssthresh.before)
        });
        Some(match cut {
            Some(cut) if cut.at <= explanation.at => {
                format!(
                    "the window would have been cut all the same, at {}: it was not the only loss",
                    cut.at
                )
            }
            Some(cut) => format!("the window would not have been cut before {}, for another loss", cut.at),
            None => "the window would not have been cut".to_owned(),
        })
    }

    /// cwnd a second later, if both still send by then.
    fn window(&self, event: Time) -> Option<String> {
        let ends = |story: &Story| story.sending_time().map(|span| span.to);
        let sending = ends(self.this)?.min(ends(self.was.this)?);
        let later = event + super::HORIZON;
        let (at, when) = if later < sending {
            (later, "a second later".to_owned())
        } else {
            // Just before the first of them has ended.
            (super::before(sending), format!("at {sending}"))
        };
        if at <= event {
            return None;
        }
        let (would, did) = (self.this.cwnd.at(at)?, self.was.this.cwnd.at(at)?);
        let size = self.was.this.events.iter().rev().find_map(|event| match event.what {
            What::Window { smss, .. } => Some(f64::from(smss.max(1))),
            _ => None,
        })?;
        let segments = |window: f64| (window / size).round();
        if (segments(would) - segments(did)).abs() < 1.0 {
            return Some(format!("{when} cwnd would be the same"));
        }
        Some(format!(
            "{when} cwnd would be {} instead of {} segments",
            segments(would).max(1.0),
            segments(did).max(1.0)
        ))
    }

    /// When all is acknowledged.
    fn end(&self) -> Option<String> {
        let all = |story: &Story| {
            let behind =
                story.outgoing.segments.iter().filter(|sent| sent.bytes > 0).map(Segment::end).max()?;
            let points = story.outgoing.acknowledged.points();
            let at = points.iter().find(|(_, place)| *place >= behind).map(|(at, _)| *at)?;
            Some((behind, at))
        };
        let ((would, would_at), (did, did_at)) = (all(self.this)?, all(self.was.this)?);
        // One of them stopped before it had said all.
        if would.abs_diff(did) > 1 {
            return None;
        }
        Some(instead(Some(would_at), Some(did_at)).map_or_else(
            || "all would have been acknowledged at the same time".to_owned(),
            |when| format!("all would have been acknowledged {when}"),
        ))
    }

    /// How it is known.
    fn basis(&self, change: Change, ways: &[Way; 2]) -> String {
        let path = format!("a path of {}", time(ways[THIS].delay + ways[PEER].delay));
        let rate = ways[THIS].rate.map_or_else(String::new, |rate| format!(" and {}/s", amount(rate as u64)));
        if self.was.peer.is_none() && matches!(change, Change::Vanishes { .. }) {
            format!(
                "(This end runs on over {path}{rate}, as measured; its peer knows of no connection any more, and answers whatever comes \
                 with a reset.)"
            )
        } else if self.was.peer.is_some() {
            format!(
                "(Both ends run on over {path}{rate}, as measured, that loses what else it lost, and no more.)"
            )
        } else {
            format!(
                "(This end runs on, with one of lucid's own in its peer's place that reads at once, over {path}{rate}, as measured, that \
                 loses what else it lost, and no more.)"
            )
        }
    }
}

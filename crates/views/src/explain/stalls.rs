//! Times in which nothing moved, although something should.

use core::time::Duration;

use lucid_conn::engine::{Cause, Time, What};

use super::{Explanation, Topic, rule};
use crate::limits::LimitedBy;
use crate::run::Story;
use crate::series::Segment;
use crate::words::time;

/// Before a round trip was measured.
const UNKNOWN_ROUND_TRIP: Duration = Duration::from_secs(1);

/// Silences longer than a round trip while something was out, waited to be sent, or was missing.
pub(super) fn all(story: &Story) -> Vec<Explanation> {
    let mut moves: Vec<Time> = story.outgoing.segments.iter().map(|segment| segment.at).collect();
    moves.extend(story.arrivals.iter().map(|(at, _)| *at));
    moves.retain(|at| (story.opened_at..=story.ended_at).contains(at));
    moves.sort_unstable();
    let ends = moves.iter().skip(1).copied().chain([story.ended_at]);
    moves.iter().copied().zip(ends).filter_map(|(from, to)| stall(story, from, to)).collect()
}

/// Shorter silences are the machine's: it had something else to do.
const LEAST: Duration = Duration::from_millis(1);

/// What was waited for.
enum Waiting {
    /// Acknowledgments of what is out.
    Acknowledgments,
    /// A reason not to send.
    ToSend(LimitedBy),
    /// What is missing before data that came.
    Missing(u64),
}

fn stall(story: &Story, from: Time, to: Time) -> Option<Explanation> {
    let round_trip = story.smoothed_rtt.at(from).unwrap_or(UNKNOWN_ROUND_TRIP);
    let lasted = to.saturating_since(from);
    // The acknowledgment of what was sent last comes a round trip later, and somewhat more.
    if lasted <= (round_trip + round_trip / 4).max(LEAST) {
        return None;
    }
    let buffers = story.buffers.at(from);
    let waiting = if story.flight_size.at(from).is_some_and(|out| out > 0) {
        Waiting::Acknowledgments
    } else if buffers.is_some_and(|buffers| buffers.unsent > 0) {
        Waiting::ToSend(story.limited_by.at(from).flatten().unwrap_or(LimitedBy::Application))
    } else if let Some(missing) = buffers.map(|buffers| buffers.waiting).filter(|bytes| *bytes > 0) {
        Waiting::Missing(missing)
    } else {
        // Nobody waits for anything but an application.
        return None;
    };
    let ended_by = ended_by(story, from, to);
    let (what, why) = told(&waiting, ended_by.map(|number| &story.events[number].what), lasted);
    let rule = match (ended_by, &waiting) {
        (Some(number), _) => rule(&story.events[number]),
        (None, Waiting::Missing(_)) => {
            format!("{} ({})", Cause::OutOfOrderData.sentence(), Cause::OutOfOrderData.rfc())
        }
        (None, _) => {
            format!("{} ({})", Cause::RetransmissionTimeout.sentence(), Cause::RetransmissionTimeout.rfc())
        }
    };
    let in_order = matches!(waiting, Waiting::Missing(_)).then(|| in_order(story, from)).flatten();
    let otherwise = in_order
        .unwrap_or_else(|| format!("Something would have moved within a round trip, {}.", time(round_trip)));
    Some(Explanation { topic: Topic::Stall, at: from, lasted, event: ended_by, what, why, rule, otherwise })
}

/// When what waits behind a gap could have been read, had nothing been missing before it.
fn in_order(story: &Story, at: Time) -> Option<String> {
    let wanted = story.incoming.acknowledged.at(at)?;
    let behind = |segment: &&Segment| segment.at <= at && segment.bytes > 0 && segment.start > wanted;
    let came = story.incoming.segments.iter().find(behind)?.at;
    let premise = format!("Had what is missing come before it, what came at {came} could have been read");
    let is_filled = |point: &&(Time, u64)| point.0 > at && point.1 > wanted;
    Some(match story.incoming.acknowledged.points().iter().find(is_filled) {
        Some((filled, _)) => {
            format!("{premise} then, {} sooner than it was.", time(filled.saturating_since(came)))
        }
        None => format!("{premise} then; in this recording it never could."),
    })
}

/// The first event of the moment that ended it, but for what only follows from another.
fn ended_by(story: &Story, from: Time, to: Time) -> Option<usize> {
    let first = story.events.partition_point(|event| event.at <= from);
    let within = story.events[first..].iter().enumerate().take_while(|(_, event)| event.at <= to);
    within
        .map(|(offset, event)| (first + offset, event))
        .find(|(_, event)| event.at == to)
        .map(|(number, _)| number)
}

fn told(waiting: &Waiting, ended_by: Option<&What>, lasted: Duration) -> (String, String) {
    let lasted = time(lasted);
    let what = match waiting {
        Waiting::Acknowledgments => format!("Nothing moved for {lasted}, while data was out"),
        Waiting::ToSend(limit) => {
            format!("Nothing moved for {lasted}, while data waited to be sent ({})", limit.name())
        }
        Waiting::Missing(bytes) => {
            format!("Nothing moved for {lasted}, while {bytes} bytes waited behind a gap")
        }
    };
    let why = match (waiting, ended_by) {
        (_, Some(What::Timeout { .. })) => {
            "All that was out was lost, or the answers to it: nothing came that could show a loss, and only the retransmission timer was left to end the wait."
        }
        (_, Some(What::TailProbe { .. })) => {
            "The last segments that went, or the answers to them, were lost: nothing behind them could show it, until the probe."
        }
        (_, Some(What::WindowProbe { .. })) | (Waiting::ToSend(LimitedBy::Receiver), _) => {
            "The peer's window was closed: its application did not read what had come."
        }
        (_, Some(What::KeepAliveProbe { .. })) => {
            "Both applications were silent, until this side asked whether the peer is there."
        }
        (_, Some(What::Closed { .. })) => "Nothing came any more, until the connection was given up.",
        (Waiting::Acknowledgments, Some(What::Received { .. } | What::Discarded { .. })) => {
            "The peer's answer took longer than the round trip until then: it waited in a queue, or the peer held its acknowledgment back for company, or the first \
             one was lost and a later one came."
        }
        (
            Waiting::Acknowledgments,
            Some(What::Sent { .. } | What::FoundLost { .. } | What::Resending { .. }),
        ) => "The answers were late or lost; then a timer of this side's let the next segment go.",
        (Waiting::Acknowledgments, _) => {
            "No answer came to what was out, and no timer of this side's was due yet."
        }
        (Waiting::Missing(_), _) => {
            "A segment was lost on its way here, and what was sent behind it can't be read before it comes again: the peer had to find that out."
        }
        (Waiting::ToSend(LimitedBy::SmallSegment), _) => {
            "A small segment waited for more to join it, until an acknowledgment or a timer let it go."
        }
        (Waiting::ToSend(LimitedBy::Pacing), _) => {
            "Segments are spread out over time, and the next one's time had not come."
        }
        (Waiting::ToSend(LimitedBy::CongestionWindow), _) => {
            "The congestion window had no room: what was taken for lost still counted, or the window had just been cut."
        }
        (Waiting::ToSend(_), _) => "What waited was let go by the application's next call, or by a timer.",
    };
    (what, why.to_owned())
}

//! The reason of one event, from its cause and the numbers of its moment.

use core::time::Duration;

use lucid_conn::engine::{Cause, Change, CloseReason, Event, SegmentSummary, Time, What};
use lucid_wire::Flags;

use super::origin;
use crate::run::Story;
use crate::series::{Fate, Segment};
use crate::words::{amount, is_arbitrary, ordinal, time};

/// So many events before a loss was found, the acknowledgment is looked for that showed it.
const LOOKS_BACK: usize = 100;

/// A reason, and what would have been otherwise.
#[derive(Default)]
pub(super) struct Why {
    pub(super) reason: String,
    pub(super) otherwise: String,
}

/// Why this event happened.
pub(super) fn why(story: &Story, number: usize) -> Why {
    let event = &story.events[number];
    match &event.what {
        What::Sent { segment, .. } if segment.flags.contains(Flags::RST) => reset_sent(event),
        What::Received { segment } if segment.flags.contains(Flags::RST) => Why {
            reason: "The peer ended the connection at once: it knows of no such connection, or its application gave up.".into(),
            otherwise: "This side would have gone on sending until its own patience ended.".into(),
        },
        What::Sent { segment, retransmission, .. } if *retransmission > 0 => again(story, event, segment),
        What::Window { cwnd, ssthresh, smss, .. } if cwnd.after < cwnd.before => {
            cut(story, event, *cwnd, *ssthresh, *smss)
        }
        What::Undone { timeout } => undone(event, *timeout),
        What::Timeout { rto, late, count, .. } => {
            let oldest = late.first().map(|late| late.age);
            timeout(story, event.at, *rto, oldest, *count)
        }
        What::TailProbe { .. } => tail_probe(story, event.at),
        What::WindowProbe { next_in, .. } if event.cause == Cause::SillyWindowOverride => Why {
            reason: "The peer's window is nearly closed: it has no room for the next segment, and says so. Lest both sides wait for ever, \
                     what fits goes after a while."
                .into(),
            otherwise: format!("If the window stays so small, the next goes in {}.", time(*next_in)),
        },
        What::WindowProbe { next_in, .. } => Why {
            reason: "The peer's window is closed: its application does not read. Should its word that the window is open again get lost, \
                     both sides would wait for ever; so this side asks now and then."
                .into(),
            otherwise: format!("Unanswered, the next probe goes in {}.", time(*next_in)),
        },
        What::KeepAliveProbe { count, of, next_in } => Why {
            reason: "Nothing was heard for as long as the application lets a silence be; a peer that is there must answer.".into(),
            otherwise: format!(
                "Without an answer the next goes in {}, and after {} more the connection is given up.",
                time(*next_in),
                of.saturating_sub(*count)
            ),
        },
        What::Closed { reason, .. } => Why { reason: closed(reason), otherwise: String::new() },
        _ => Why { reason: capital(event.cause.sentence()), otherwise: String::new() },
    }
}

/// The end of a connection that was not both sides' wish.
fn closed(reason: &CloseReason) -> String {
    match reason {
        CloseReason::Reset => "The peer has let go of the connection, with a reset: no one is there any more to repair anything for, and \
                               what was under way is given up."
            .into(),
        CloseReason::Refused => "The peer answered the SYN with a reset: no one listens on that port, or it wants no more.".into(),
        CloseReason::Aborted => "The application gave the connection up, with all that was under way.".into(),
        CloseReason::TimedOut { .. } | CloseReason::NotAlive { .. } | CloseReason::Unreachable => {
            format!("{} The peer, or the path to it, counts as gone.", capital(&reason.to_string()))
        }
        _ => capital(&reason.to_string()),
    }
}

/// A segment goes again.
fn again(story: &Story, event: &Event, segment: &SegmentSummary) -> Why {
    let start = u64::from(segment.seq.wrapping_sub(origin(story).ours));
    let before =
        story.outgoing.segments.iter().rev().find(|sent| {
            sent.at < event.at && sent.takes_space() && sent.start <= start && start < sent.end()
        });
    let rto = story.rto.at(event.at).unwrap_or(Duration::from_secs(1));
    let by_timer = before.map(|sent| sent.at + rto).filter(|due| *due > event.at);
    let reason = match event.cause {
        Cause::RetransmissionTimeout | Cause::TimeoutWindow => {
            "The timer has run out, and it takes for lost what was sent before that long: it goes again, from the front.".into()
        }
        Cause::TailProbe => "Nothing came back for two round trips. The last segment goes again, so that its acknowledgment shows what is \
                             missing before it."
            .into(),
        Cause::ThirdDuplicateAck => "Three acknowledgments in a row wanted the same byte: three later segments have arrived, this one has not.".into(),
        Cause::PartialAck => "What was sent again has arrived, and the peer now wants the next byte that was out at that time: it is missing, too.".into(),
        Cause::FoundLost | Cause::SentBeforeArrived => found_lost(story, event.at, before),
        Cause::ZeroWindow => "The peer's window is closed: one segment goes again and again to ask whether it is open.".into(),
        Cause::PeerWindowUpdate => "The peer's window is open again: what a probe carried into the closed one goes again.".into(),
        other => capital(other.sentence()),
    };
    let otherwise = match (by_timer, event.cause) {
        (_, Cause::RetransmissionTimeout | Cause::TimeoutWindow) => {
            "Nothing else was left that would have sent it: the connection would stand still.".into()
        }
        (Some(due), _) => format!(
            "The retransmission timer would have sent it at {due}, {} later, and left a window of one segment.",
            time(due - event.at)
        ),
        (None, _) => String::new(),
    };
    Why { reason: format!("{reason}{}", before.map_or_else(String::new, truth)), otherwise }
}

/// It was found lost by what arrived although it was sent later (RFC 8985), and waited for its turn.
fn found_lost(story: &Story, at: Time, before: Option<&Segment>) -> String {
    let behind = story.events.partition_point(|event| event.at <= at);
    let found = story.events[..behind].iter().rposition(|event| matches!(event.what, What::FoundLost { .. }));
    let witness = found.and_then(|found| {
        story.events[..found].iter().rev().take(LOOKS_BACK).find_map(|event| match &event.what {
            What::Received { segment } => segment.sack.as_slice().first().copied(),
            _ => None,
        })
    });
    let witness = witness.map_or_else(
        || "Something that was sent later has arrived".to_owned(),
        |block| {
            let place = |number: u32| number.wrapping_sub(origin(story).ours);
            let (first, last) = (place(block.start.get()), place(block.end.get().wrapping_sub(1)));
            format!("The peer has bytes {first} to {last}, which were sent later")
        },
    );
    match (before, found.map(|found| story.events[found].at)) {
        (Some(sent), Some(found)) if found > sent.at => format!(
            "{witness}, and {} are longer than a round trip and the time by which a network may mix segments up: so it is taken for lost.",
            time(found - sent.at)
        ),
        _ => format!("{witness}: so it is taken for lost."),
    }
}

/// What really became of what went before: where the peer's recording tells.
fn truth(sent: &Segment) -> String {
    match sent.fate {
        Fate::Lost => format!(" It was indeed lost: what was sent at {} never arrived.", sent.at),
        Fate::Arrived(at) => format!(
            " In truth it had arrived, {} after it was sent: its acknowledgment was lost or late, and this was needless.",
            time(at.saturating_since(sent.at))
        ),
        _ => String::new(),
    }
}

/// The congestion window becomes smaller.
fn cut(story: &Story, event: &Event, cwnd: Change<f64>, ssthresh: Change<f64>, smss: u32) -> Why {
    let part = 100.0 * cwnd.after / cwnd.before;
    let segments = |bytes: f64| bytes / f64::from(smss.max(1));
    let reason = match event.cause {
        Cause::RetransmissionTimeout | Cause::TimeoutWindow => {
            "A timeout says that nothing is known of the path any more: sending begins again with one segment, and slow start feels its way up to half of \
             what was out."
                .into()
        }
        Cause::CongestionEcho | Cause::CongestionExperienced => {
            format!("A queue on the path is filling and said so with a mark, before it had to drop anything: the window comes down to {part:.0} %.")
        }
        Cause::FullAck | Cause::RecoveryPoint => {
            "The repair is over. What the window was raised by meanwhile goes away, and it goes on from the threshold.".into()
        }
        Cause::Restart => "Nothing was out for a while, so what the window says of the path is old: it begins again.".into(),
        _ if story.congestion_control == "bbr" => {
            "The window follows the bandwidth and the round trip that were measured, and those say that less is enough.".into()
        }
        _ => format!("A loss says that a queue on the path is full: the window comes down to {part:.0} %, so that the queue can drain."),
    };
    let threshold = if is_arbitrary(ssthresh.after) || (ssthresh.after - ssthresh.before).abs() < 1.0 {
        String::new()
    } else {
        format!(" From {} on it will grow slowly.", amount(ssthresh.after as u64))
    };
    let otherwise = format!(
        "{:.0} segments could be out instead of {:.0}, all of them into the same queue.",
        segments(cwnd.before),
        segments(cwnd.after).max(1.0)
    );
    Why { reason: reason + &threshold, otherwise }
}

fn undone(event: &Event, timeout: bool) -> Why {
    let what = if timeout { "timeout" } else { "loss" };
    let proof = match event.cause {
        Cause::AllResentWereDuplicates => "the peer received twice everything that went again",
        Cause::EchoOfOriginal => "the acknowledgment answers the original, by its timestamp",
        Cause::OriginalArrived => "what was never sent again has arrived",
        _ => "nothing had been lost",
    };
    Why {
        reason: format!("The {what} was none: {proof}. So the window becomes again what it was."),
        otherwise:
            "The connection would have gone on with the smaller window, and grown back in many round trips."
                .into(),
    }
}

fn timeout(story: &Story, at: Time, rto: Change<Duration>, oldest: Option<Duration>, count: u32) -> Why {
    let age = oldest.map_or_else(String::new, |age| format!(", the oldest {} old", time(age)));
    let last_heard = story.arrivals.iter().rev().map(|(when, _)| *when).find(|when| *when < at);
    let silence = match last_heard {
        Some(when) if at - when >= rto.before => {
            format!(" Nothing at all came from the peer for {}.", time(at - when))
        }
        Some(_) => " What came meanwhile acknowledged nothing of it.".to_owned(),
        None => " Nothing ever came from the peer.".to_owned(),
    };
    let more = if count > 1 {
        format!(" It is the {} time in a row, and each wait is twice the last.", ordinal(count))
    } else {
        String::new()
    };
    let sooner = story.smoothed_rtt.at(at).filter(|srtt| *srtt < rto.before);
    let otherwise = sooner.map_or_else(
        || format!("Nothing would ever move again. The next wait is {}.", time(rto.after)),
        |srtt| {
            format!(
                "Had something that was sent later arrived, its acknowledgment would have shown the loss after a round trip, {} sooner. The next wait is {}.",
                time(rto.before - srtt),
                time(rto.after)
            )
        },
    );
    let reason =
        format!("Data was out for {} (RTO) without an acknowledgment{age}.{silence}{more}", time(rto.before));
    Why { reason, otherwise }
}

fn tail_probe(story: &Story, at: Time) -> Why {
    let rto = story.rto.at(at);
    Why {
        reason: "Something is out, and nothing came back for two round trips. If the last segments of a flight are lost, nothing sent \
                 behind them can show it: so one more goes, for its acknowledgment to tell."
            .into(),
        otherwise: rto.map_or_else(String::new, |rto| {
            format!("Only the retransmission timer would find such a loss, {} after the last segment, and leave a window of one segment.", time(rto))
        }),
    }
}

fn reset_sent(event: &Event) -> Why {
    let reason = match event.cause {
        Cause::AbortCall => "The application gave the connection up, with all that was under way.".into(),
        Cause::UnreadData => "The application let go of the connection while data lay unread: the peer must not believe that it was read.".into(),
        Cause::NoReader => "Data came for an application that reads no more: the peer is told that it is lost.".into(),
        other => capital(other.sentence()),
    };
    Why { reason, otherwise: "The peer would wait for an end, or for answers, that never come.".into() }
}

/// A sentence of a phrase.
fn capital(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

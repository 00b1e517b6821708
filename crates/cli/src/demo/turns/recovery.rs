//! What a loss does to the congestion window, until it is repaired.

use lucid_conn::engine::{Cause, Limit, What};

use super::window::changes;
use super::{Answer, Turn, Turning, number};
use crate::demo::play::{Beat, Play};

pub(in crate::demo) const BACK_TO_ONE: Turning = Turning { name: "back to one segment", find: back_to_one };
pub(in crate::demo) const THRESHOLD: Turning = Turning { name: "ssthresh halved", find: threshold };
pub(in crate::demo) const HALVED: Turning = Turning { name: "window halved", find: halved };
pub(in crate::demo) const INFLATION: Turning = Turning { name: "inflation", find: inflation };
pub(in crate::demo) const WHAT_FOR: Turning = Turning { name: "new data", find: what_for };
pub(in crate::demo) const LEAVING: Turning = Turning { name: "leaving recovery", find: leaving };

fn threshold(play: &Play) -> Option<Turn> {
    let (shown, cwnd, ssthresh, _) = *changes(play, Cause::ThirdDuplicateAck).first()?;
    Some(Turn {
        before: shown,
        shown,
        question: format!(
            "The loss is taken for a sign of congestion. cwnd is {}. What does ssthresh become?",
            number(cwnd.before)
        ),
        answer: Answer::bytes(ssthresh.after),
        because:
            "Half of what was too much: up to there the path is trusted, beyond it the window feels its way."
                .to_owned(),
        tells_too_much: false,
    })
}

fn halved(play: &Play) -> Option<Turn> {
    let (shown, cwnd, ssthresh, smss) = *changes(play, Cause::ThirdDuplicateAck).first()?;
    let more = ((cwnd.after - ssthresh.after) / smss).round();
    Some(Turn {
        before: shown,
        shown,
        question: format!(
            "And cwnd? ssthresh is {} now, and a segment counts {}. Mind that {more} segments have left the network: their duplicate ACKs say so.",
            number(ssthresh.after),
            number(smss)
        ),
        answer: Answer::bytes(cwnd.after),
        because: format!(
            "ssthresh + {more} x {}: half the window, and one segment more for each that is known to have arrived.",
            number(smss)
        ),
        tells_too_much: false,
    })
}

fn back_to_one(play: &Play) -> Option<Turn> {
    let (shown, cwnd, _, smss) = *changes(play, Cause::ThirdDuplicateAck).first()?;
    Some(Turn {
        before: shown,
        shown,
        question: format!(
            "And cwnd, which was {}? This sender is Tahoe, the TCP of 1988.",
            number(cwnd.before)
        ),
        answer: Answer::bytes(cwnd.after),
        because: format!(
            "Tahoe knows one answer to a loss: one segment of {}, and slow start anew. Reno came two years later: step 7.",
            number(smss)
        ),
        tells_too_much: false,
    })
}

fn inflation(play: &Play) -> Option<Turn> {
    let (shown, cwnd, _, smss) = *changes(play, Cause::FurtherDuplicateAck).first()?;
    let further = changes(play, Cause::FurtherDuplicateAck).len();
    Some(Turn {
        before: shown,
        shown,
        question: format!("A fourth duplicate ACK. cwnd is {}; what is it now?", number(cwnd.before)),
        answer: Answer::bytes(cwnd.after),
        because: format!(
            "One segment more ({}): another has left the network. It comes {further} times in this run. cwnd counts what has arrived as if it were still under way, so it is raised by as \
             much: what is really out stays the same.",
            number(smss)
        ),
        tells_too_much: false,
    })
}

/// Whether anything new goes while the loss is repaired, and what keeps it back if nothing does.
fn what_for(play: &Play) -> Option<Turn> {
    let (began, ..) = *changes(play, Cause::ThirdDuplicateAck).first()?;
    let (first, ..) = *changes(play, Cause::FurtherDuplicateAck).first()?;
    let (ended, _, _, smss) = *changes(play, Cause::FullAck).first()?;
    let between = &play.beats[began..ended];
    let is_new = |beat: &Beat| {
        beat.is_server() && beat.sent().is_some_and(|(sent, again)| again == 0 && sent.bytes > 0)
    };
    let new = between.iter().filter(|beat| is_new(beat)).count();
    let is_full = |beat: &Beat| matches!(beat.event.what, What::InflightFull { limit: Limit::Receiver, .. });
    let by_receiver = between.iter().any(|beat| beat.is_server() && is_full(beat));
    let segments =
        if new == 1 { "One new segment goes".to_owned() } else { format!("{new} new segments go") };
    let because = match (new, by_receiver) {
        (1.., true) => format!(
            "{segments} before the repair is acknowledged. Then another window is full, the client's own: without window scaling it offers 65535 bytes at most, and what \
             waits behind the gap takes them."
        ),
        (1.., false) => format!("{segments} before the repair is acknowledged: the pipe doesn't run empty, as it does with Tahoe."),
        (_, true) => "There is another window. Without window scaling a receiver can offer 65535 bytes at most, and what waits behind the gap takes all of it: cwnd is no \
                      longer the limit."
            .to_owned(),
        (_, false) => format!("cwnd grows by {} for each duplicate ACK, and has not yet come above what was out.", number(smss)),
    };
    Some(Turn {
        before: first + 1,
        shown: if new > 0 { began + between.iter().position(is_new)? } else { ended },
        question: "cwnd grows with each duplicate ACK. Can the server send anything new before the lost segment is acknowledged?".to_owned(),
        answer: Answer::of([
            ("yes: once cwnd is above what is out", new > 0),
            ("no: cwnd stays below what is out", new == 0 && !by_receiver),
            ("no: the client's own window is full", new == 0 && by_receiver),
        ])?,
        because,
        tells_too_much: new == 0,
    })
}

fn leaving(play: &Play) -> Option<Turn> {
    let (shown, cwnd, ssthresh, _) = *changes(play, Cause::FullAck).first()?;
    let acked = play.beats[..shown].iter().rev().find_map(|beat| match &beat.event.what {
        What::Received { segment } if beat.is_server() => Some(segment.ack),
        _ => None,
    });
    let acked = acked.map_or_else(String::new, |ack| format!(" ({ack})"));
    Some(Turn {
        before: shown,
        shown,
        question: format!(
            "The segment that was sent again has arrived: an ACK of new data{acked}. cwnd had been raised to {}, and ssthresh is {}. What is cwnd now?",
            number(cwnd.before),
            number(ssthresh.before)
        ),
        answer: Answer::bytes(cwnd.after),
        because: "The inflation was borrowed. All that it stood for is acknowledged now; the window is what the loss had left of it, and congestion avoidance goes on.".to_owned(),
        tells_too_much: false,
    })
}

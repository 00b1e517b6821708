//! What is lost, and how long it takes until it is sent again.

use lucid_conn::engine::{Cause, What};

use super::{Answer, Turn, Turning};
use crate::demo::play::{Beat, Play};

pub(in crate::demo) const FIRST_LOSS: Turning = Turning { name: "first loss", find: first_loss };
pub(in crate::demo) const TIMEOUT: Turning = Turning { name: "timeout", find: timeout };
pub(in crate::demo) const BACK_OFF: Turning = Turning { name: "back-off", find: back_off };
pub(in crate::demo) const DUPLICATES_FOLLOW: Turning =
    Turning { name: "duplicate ACKs", find: duplicates_follow };
pub(in crate::demo) const HOW_MANY_DUPLICATES: Turning =
    Turning { name: "the third duplicate ACK", find: how_many_duplicates };
pub(in crate::demo) const WHICH_GOES: Turning = Turning { name: "fast retransmit", find: which_goes };
pub(in crate::demo) const NO_TIMER: Turning = Turning { name: "the timer's part", find: timers };

/// The first segment with data of the server's that is lost.
fn lost(play: &Play) -> Option<usize> {
    play.find(0, |beat| beat.is_server() && beat.lost().is_some_and(|segment| segment.bytes > 0))
}

fn sent_again(play: &Play, from: usize, seq: u32) -> Option<usize> {
    play.find(from, |beat| {
        beat.is_server() && beat.sent().is_some_and(|(sent, again)| again > 0 && sent.seq == seq)
    })
}

/// Behind a sending, and behind its loss, if it is lost.
fn behind(play: &Play, sent: usize) -> usize {
    let next = sent + 1;
    if play.beats.get(next).is_some_and(|beat| beat.lost().is_some()) { next + 1 } else { next }
}

fn first_loss(play: &Play) -> Option<Turn> {
    let lost = lost(play)?;
    let seq = play.beats[lost].lost()?.seq;
    let again = sent_again(play, lost, seq)?;
    let cause = play.beats[again].event.cause;
    let by_timer = matches!(cause, Cause::RetransmissionTimeout | Cause::TimeoutWindow);
    Some(Turn {
        before: lost + 1,
        shown: again,
        question: format!(
            "The segment at {seq} is lost on its way, and no one tells the server. What will make it send it again?"
        ),
        answer: Answer::of([
            ("the client asks for it", false),
            ("the retransmission timer: no ACK comes in time", by_timer),
            ("duplicate ACKs, which the segments behind it draw", cause == Cause::ThirdDuplicateAck),
            (
                "the order of arrival: something sent later has arrived",
                matches!(cause, Cause::FoundLost | Cause::SentBeforeArrived),
            ),
            ("a probe, after two round trips without a word", cause == Cause::TailProbe),
        ])?,
        because: match cause {
            Cause::ThirdDuplicateAck => "Each of those that arrive draws an ACK which still asks for the missing byte. So the sender learns of the gap long before its timer fires.",
            Cause::TailProbe => "Nothing that was sent behind it could show the loss. A probe draws an answer, and that does.",
            _ if by_timer => "Nothing comes that could show the loss. Only that no ACK comes, for too long, is left to tell.",
            _ => "What was sent behind it arrives, and the client reports it: that is enough to know.",
        }
        .to_owned(),
        // The questions behind it ask for more.
        tells_too_much: true,
    })
}

fn is_timeout(beat: &Beat, nth: u32) -> bool {
    beat.is_server() && matches!(beat.event.what, What::Timeout { count, .. } if count == nth)
}

fn timeout(play: &Play) -> Option<Turn> {
    let shown = play.find(0, |beat| is_timeout(beat, 1))?;
    let What::Timeout { rto, seq, .. } = &play.beats[shown].event.what else { return None };
    let sent = play.beats[..shown]
        .iter()
        .rposition(|beat| beat.is_server() && beat.sent().is_some_and(|(segment, _)| segment.seq == *seq))?;
    Some(Turn {
        before: behind(play, sent),
        shown,
        question: format!(
            "How many seconds does the server wait for an ACK of {seq} before its timer fires?"
        ),
        answer: Answer::seconds(rto.before.as_secs_f64()),
        because: String::new(),
        tells_too_much: false,
    })
}

fn back_off(play: &Play) -> Option<Turn> {
    let second = play.find(0, |beat| is_timeout(beat, 2))?;
    let What::Timeout { rto, seq, .. } = &play.beats[second].event.what else { return None };
    let again = play.beats[..second].iter().rposition(|beat| {
        beat.is_server() && beat.sent().is_some_and(|(segment, again)| again > 0 && segment.seq == *seq)
    })?;
    Some(Turn {
        before: behind(play, again),
        shown: second,
        question: format!("What was sent again, from {seq} on, is lost, too. How many seconds does it wait this time?"),
        answer: Answer::seconds(rto.before.as_secs_f64()),
        because: "Each timeout doubles the next wait. If the network is overloaded, the least that a sender can do is to leave it alone for longer and longer.".to_owned(),
        tells_too_much: false,
    })
}

fn duplicates_follow(play: &Play) -> Option<Turn> {
    let lost = lost(play)?;
    let shown = play.find(lost, |beat| {
        beat.is_server() && matches!(beat.event.what, What::DuplicateAck { count: 1, .. })
    })?;
    let What::DuplicateAck { ack, .. } = play.beats[shown].event.what else { return None };
    let missing = play.beats[lost].lost()?.seq;
    Some(Turn {
        before: shown,
        shown,
        question: format!("The segment at {missing} is missing, and the next one behind it arrives. What does its ACK say?"),
        answer: Answer::of([
            ("that the later segment has arrived", false),
            ("nothing: no ACK goes before the gap is filled", false),
            ("the same as the ACK before it: the missing byte's number", ack == missing),
        ])?,
        because: "A cumulative ACK can't say more. But that it comes again says enough: a duplicate ACK is a segment that arrived out of order.".to_owned(),
        tells_too_much: false,
    })
}

fn third(play: &Play) -> Option<usize> {
    play.find(0, |beat| {
        beat.is_server()
            && beat.event.cause == Cause::ThirdDuplicateAck
            && matches!(beat.event.what, What::Resending { .. })
    })
}

fn how_many_duplicates(play: &Play) -> Option<Turn> {
    let resending = third(play)?;
    let is_duplicate = |beat: &Beat| beat.is_server() && matches!(beat.event.what, What::DuplicateAck { .. });
    let shown = play.beats[..resending].iter().rposition(is_duplicate)?;
    let What::DuplicateAck { count, .. } = play.beats[shown].event.what else { return None };
    let first = play.find(0, is_duplicate)?;
    Some(Turn {
        before: first + 1,
        shown,
        question: "That was the first duplicate ACK. It may be that segments only overtook each other; how many in a row make the server sure of a loss?".to_owned(),
        answer: Answer::exactly(count, "duplicate ACKs"),
        because: "One or two happen when a network mixes segments up. Three say: a segment is missing, and at least three behind it have arrived.".to_owned(),
        tells_too_much: false,
    })
}

fn which_goes(play: &Play) -> Option<Turn> {
    let resending = third(play)?;
    let What::Resending { seq, .. } = play.beats[resending].event.what else { return None };
    let shown = sent_again(play, resending, seq)?;
    let (sent, _) = play.beats[shown].sent()?;
    let missing = play.beats[lost(play)?].lost()?.seq;
    Some(Turn {
        before: resending,
        shown,
        question: "It resends at once, without waiting for the timer. From which number on?".to_owned(),
        answer: Answer::exactly(sent.seq, ""),
        because: if sent.seq == missing {
            "Only what the duplicate ACKs ask for: all that lies behind it may have arrived, and most of it has.".to_owned()
        } else {
            String::new()
        },
        tells_too_much: false,
    })
}

fn timers(play: &Play) -> Option<Turn> {
    let shown = play
        .beats
        .iter()
        .rposition(|beat| beat.is_server() && matches!(beat.event.what, What::State { .. }))?;
    let fired = play.count(|beat| beat.is_server() && matches!(beat.event.what, What::Timeout { .. }));
    Some(Turn {
        before: shown,
        shown,
        question: "It is nearly over. How many times did the server's retransmission timer fire in this run?".to_owned(),
        answer: Answer::exactly(u32::try_from(fired).ok()?, "times"),
        because: "Whatever finds a loss by what arrives needs a round trip or so. The timer is for when nothing arrives any more.".to_owned(),
        tells_too_much: false,
    })
}

//! What today's TCP knows besides.

use lucid_conn::engine::{Cause, What};

use super::{Answer, Turn, Turning};
use crate::demo::play::{Beat, Play};

pub(in crate::demo) const REPORT: Turning = Turning { name: "a SACK report", find: report };
pub(in crate::demo) const FOUND: Turning = Turning { name: "found by time", find: found };
pub(in crate::demo) const TAIL: Turning = Turning { name: "a lost tail", find: tail };

fn report(play: &Play) -> Option<Turn> {
    let reports = |beat: &Beat| {
        let (sent, _) = beat.sent().filter(|_| !beat.is_server())?;
        let blocks: Vec<_> =
            sent.sack.as_slice().iter().map(|block| (block.start.get(), block.end.get())).collect();
        // One below the ACK tells of a duplicate (RFC 2883).
        let beyond = |(start, _): &(u32, u32)| start.wrapping_sub(sent.ack) < 1 << 31;
        (!blocks.is_empty() && blocks.iter().all(beyond)).then_some((sent.ack, blocks))
    };
    let shown = play.find(0, |beat| reports(beat).is_some())?;
    let (ack, blocks) = reports(&play.beats[shown])?;
    let last = blocks.iter().map(|(_, end)| end.wrapping_sub(ack)).max()?;
    let there: u32 = blocks.iter().map(|(start, end)| end.wrapping_sub(*start)).sum();
    let told: Vec<_> = blocks.iter().map(|(start, end)| format!("{start}-{end}")).collect();
    Some(Turn {
        before: shown + 1,
        shown,
        question: format!(
            "The client sends: ACK {ack}, SACK {}. How many bytes does it miss among those up to the last that it has?",
            told.join(", ")
        ),
        answer: Answer::exactly(last - there, "bytes"),
        because: "All before the ACK has arrived, and so have the blocks; a block names its first byte, and the one behind its last. What lies between is missing: the \
                  sender knows exactly what to send again, and what not."
            .to_owned(),
        tells_too_much: false,
    })
}

fn found(play: &Play) -> Option<Turn> {
    let shown = play.find(0, |beat| beat.is_server() && matches!(beat.event.what, What::FoundLost { .. }))?;
    let cause = play.beats[shown].event.cause;
    Some(Turn {
        before: shown,
        shown,
        question: "By that report the server decides that the segment is lost. By which rule?".to_owned(),
        answer: Answer::of([
            ("three duplicate ACKs", matches!(cause, Cause::ThirdDuplicateAck | Cause::FoundLost)),
            ("the retransmission timer", cause == Cause::RetransmissionTimeout),
            ("it was sent before something that has arrived, longer ago than a round trip", cause == Cause::SentBeforeArrived),
        ])?,
        because: "RACK keeps the time of each sending. One report is enough where three duplicate ACKs would never come: the flight is too short for them.".to_owned(),
        tells_too_much: false,
    })
}

fn tail(play: &Play) -> Option<Turn> {
    let shown = play.find(0, |beat| beat.is_server() && matches!(beat.event.what, What::TailProbe { .. }))?;
    let What::TailProbe { again } = play.beats[shown].event.what else { return None };
    let last = play.beats[..shown]
        .iter()
        .rposition(|beat| beat.is_server() && beat.sent().is_some_and(|(sent, _)| sent.bytes > 0))?;
    Some(Turn {
        before: last + 1,
        shown,
        question: "Something is out, nothing behind it can show a loss, and no ACK comes. What does the server do after two round trips?".to_owned(),
        answer: Answer::of([
            ("it waits for the retransmission timer", false),
            ("it sends the last segment once more, for its ACK to tell", again),
            ("it sends a new segment, for its ACK to tell", !again),
        ])?,
        because: String::new(),
        tells_too_much: false,
    })
}

//! When a receiver acknowledges.

use lucid_conn::engine::{Arrival, Cause, What};

use super::{Answer, Turn, Turning};
use crate::demo::play::{Beat, Play};

pub(in crate::demo) const FIRST_WAITS: Turning = Turning { name: "delayed ACK", find: first_waits };
pub(in crate::demo) const ONE_FOR_HOW_MANY: Turning =
    Turning { name: "one ACK for some", find: one_for_how_many };
pub(in crate::demo) const ALONE: Turning = Turning { name: "the delay's end", find: alone };
pub(in crate::demo) const OUT_OF_ORDER: Turning = Turning { name: "out of order", find: out_of_order };
pub(in crate::demo) const DUPLICATE: Turning = Turning { name: "a duplicate", find: duplicate };

fn at_client(beat: &Beat) -> bool {
    !beat.is_server()
}

fn delays(beat: &Beat) -> bool {
    at_client(beat) && matches!(beat.event.what, What::AckDelayed { .. })
}

fn sends(beat: &Beat) -> bool {
    at_client(beat) && beat.sent().is_some()
}

fn arrives(beat: &Beat, how: Arrival) -> bool {
    at_client(beat)
        && matches!(beat.event.what, What::Arrived { arrival, bytes, .. } if arrival == how && bytes > 0)
}

fn first_waits(play: &Play) -> Option<Turn> {
    let arrived = play.find(0, |beat| arrives(beat, Arrival::InOrder))?;
    let next = play.find(arrived + 1, |beat| delays(beat) || sends(beat))?;
    let waits = delays(&play.beats[next]);
    Some(Turn {
        before: next,
        shown: next,
        question: "The client gets its first data, in order and whole. Does it acknowledge at once?".to_owned(),
        answer: Answer::of([
            ("yes: the server waits for it", !waits),
            ("not yet: a second segment may come, and one ACK will do for both", waits),
            ("no: data is acknowledged when the file is whole", false),
        ])?,
        because: "An ACK says \"all up to here\": the next one says what this one would have. So it may wait, for a second full segment or for a timer, and half of \
                  the ACKs are saved."
            .to_owned(),
        tells_too_much: false,
    })
}

/// Segments in order that came since the client last sent anything, at each of its sendings.
fn taken(play: &Play) -> impl Iterator<Item = (usize, u32)> + '_ {
    let mut waiting = 0;
    play.beats.iter().enumerate().filter_map(move |(number, beat)| {
        waiting += u32::from(arrives(beat, Arrival::InOrder));
        sends(beat).then(|| (number, std::mem::take(&mut waiting)))
    })
}

fn one_for_how_many(play: &Play) -> Option<Turn> {
    let (shown, segments) = taken(play).find(|(_, segments)| *segments > 1)?;
    Some(Turn {
        before: shown,
        shown,
        question: "Data keeps coming, in order. How many segments does the next ACK cover?".to_owned(),
        answer: Answer::exactly(segments, "segments"),
        because: "At least every second full segment is acknowledged: a sender whose window is full must not starve.".to_owned(),
        tells_too_much: false,
    })
}

fn alone(play: &Play) -> Option<Turn> {
    let expired = play.find(0, |beat| at_client(beat) && matches!(beat.event.what, What::AckDelayExpired))?;
    let began = play.beats[..expired].iter().rposition(delays)?;
    let What::AckDelayed { until } = play.beats[began].event.what else { return None };
    let waited = until.saturating_since(play.beats[began].event.at).as_secs_f64();
    Some(Turn {
        before: expired,
        shown: expired,
        question: "A segment stays alone: no second one comes. After how many seconds does its ACK go all the same?".to_owned(),
        answer: Answer::Number { right: waited, within: waited / 4.0, unit: "seconds" },
        because: "The RFC allows no more than half a second: the other side's timer runs, and its round trips are measured by this.".to_owned(),
        tells_too_much: false,
    })
}

fn out_of_order(play: &Play) -> Option<Turn> {
    let early = play.find(0, |beat| arrives(beat, Arrival::OutOfOrder))?;
    let What::Arrived { seq, next, bytes, .. } = play.beats[early].event.what else { return None };
    let shown = play.find(early, sends)?;
    let (ack, _) = play.beats[shown].sent()?;
    Some(Turn {
        before: shown,
        shown,
        question: format!("The client wants byte {next}, and gets {bytes} bytes from {seq} on. Which number does it acknowledge now?"),
        answer: Answer::exactly(ack.ack, ""),
        because: "An ACK is cumulative: it can only name the first byte that is missing. The early bytes are kept, and the ACK goes at once, for it tells the sender \
                  of the gap."
            .to_owned(),
        tells_too_much: false,
    })
}

fn duplicate(play: &Play) -> Option<Turn> {
    let again = play.find(0, |beat| arrives(beat, Arrival::Duplicate))?;
    let next = play.find(again, |beat| sends(beat) || arrives(beat, Arrival::InOrder));
    let answered = next.filter(|next| {
        sends(&play.beats[*next])
            && matches!(play.beats[*next].event.cause, Cause::DuplicateData | Cause::SecondSegment)
    });
    let shown = answered.or(next)?;
    Some(Turn {
        before: again + 1,
        shown,
        question: "The client gets a segment that it has already: its ACK had been lost, and the server didn't know. What does it do?".to_owned(),
        answer: Answer::of([
            ("drops it without a word", answered.is_none()),
            ("acknowledges again", answered.is_some()),
            ("resets the connection: something is wrong", false),
        ])?,
        because: "The duplicate shows that the sender doesn't know. Without a second ACK it would send the same for ever.".to_owned(),
        tells_too_much: false,
    })
}

//! How the congestion window grows.

use lucid_conn::engine::{Cause, Change, What};

use super::{Answer, Turn, Turning, number};
use crate::demo::play::{Beat, Play};

pub(in crate::demo) const FIRST_GROWTH: Turning = Turning { name: "slow start begins", find: first_growth };
pub(in crate::demo) const DOUBLING: Turning = Turning { name: "slow start's doubling", find: doubling };
pub(in crate::demo) const HOW_MANY_ACKS: Turning = Turning { name: "up to ssthresh", find: how_many_acks };
pub(in crate::demo) const CROSSING: Turning = Turning { name: "crossing ssthresh", find: crossing };
pub(in crate::demo) const A_WINDOW_FOR_ONE: Turning =
    Turning { name: "a window for one segment", find: a_window_for_one };

/// cwnd before and after, and what a segment counts, if the server's window changed for this cause.
pub(super) fn change(beat: &Beat, cause: Cause) -> Option<(Change<f64>, Change<f64>, f64)> {
    match beat.event.what {
        What::Window { cwnd, ssthresh, smss, .. } if beat.is_server() && beat.event.cause == cause => {
            Some((cwnd, ssthresh, f64::from(smss)))
        }
        _ => None,
    }
}

pub(super) fn changes(play: &Play, cause: Cause) -> Vec<(usize, Change<f64>, Change<f64>, f64)> {
    let all = play.beats.iter().enumerate();
    all.filter_map(|(place, beat)| {
        change(beat, cause).map(|(cwnd, ssthresh, smss)| (place, cwnd, ssthresh, smss))
    })
    .collect()
}

fn first_growth(play: &Play) -> Option<Turn> {
    let (shown, cwnd, _, smss) = *changes(play, Cause::SlowStart).first()?;
    Some(Turn {
        before: shown,
        shown,
        question: format!(
            "The server may have {} bytes under way: its congestion window, one segment of {smss} with its header. The first ACK of its data is there. How large is \
             the window now?",
            number(cwnd.before)
        ),
        answer: Answer::bytes(cwnd.after),
        because:
            "Each ACK of new data shows that something has left the network, and lets one segment more in."
                .to_owned(),
        tells_too_much: false,
    })
}

/// Of the third window on: what it was some ACKs ago, and what it is now.
fn doubling(play: &Play) -> Option<Turn> {
    let grown = changes(play, Cause::SlowStart);
    let (from, to) = (grown.get(2)?, grown.get(5)?);
    let acks = 3;
    Some(Turn {
        before: from.0 + 1,
        shown: to.0,
        question: format!("cwnd is {} now. What will it be {acks} ACKs later?", number(from.1.after)),
        answer: Answer::bytes(to.1.after),
        because: "One segment for each ACK. Were each segment acknowledged, a window of them would bring as many ACKs, and double it in a round trip; with one ACK for two \
                  segments it grows by half."
            .to_owned(),
        tells_too_much: false,
    })
}

fn how_many_acks(play: &Play) -> Option<Turn> {
    let grown = changes(play, Cause::SlowStart);
    let (first, last) = (grown.first()?, grown.last()?);
    let acks = u32::try_from(grown.len()).ok()?;
    Some(Turn {
        before: grown.get(3)?.0,
        shown: last.0,
        question: format!(
            "cwnd began with {} and grows by {} for each ACK; ssthresh is {}. How many ACKs does it take in all to get there?",
            number(first.1.before),
            number(first.3),
            number(last.2.before)
        ),
        answer: Answer::exactly(acks, "ACKs"),
        because: format!(
            "({} - {}) / {} = {acks}.",
            number(last.1.after),
            number(first.1.before),
            number(first.3)
        ),
        tells_too_much: false,
    })
}

fn crossing(play: &Play) -> Option<Turn> {
    let (shown, cwnd, ssthresh, smss) = *changes(play, Cause::CongestionAvoidance).first()?;
    Some(Turn {
        before: shown,
        shown,
        question: format!(
            "cwnd is {}: it has reached ssthresh, {}. Another ACK of new data is there. How large is cwnd now?",
            number(cwnd.before),
            number(ssthresh.before)
        ),
        answer: Answer::Number { right: cwnd.after, within: 0.5, unit: "bytes" },
        because: format!(
            "Congestion avoidance: MSS * MSS / cwnd = {} for each ACK, which makes about one segment in a round trip. {smss} more would have been slow start.",
            number(cwnd.after - cwnd.before)
        ),
        tells_too_much: false,
    })
}

fn a_window_for_one(play: &Play) -> Option<Turn> {
    let grown = changes(play, Cause::CongestionAvoidance);
    let (first, second) = (grown.first()?, grown.get(1)?);
    let acks = (first.1.before / first.3).round();
    Some(Turn {
        before: second.0,
        shown: second.0,
        question: format!(
            "From here on cwnd grows by MSS * MSS / cwnd for each ACK. About how many ACKs does it now take to grow by one segment of {}?",
            number(first.3)
        ),
        answer: Answer::Number {
            right: first.3 / (second.1.after - second.1.before),
            within: acks / 10.0,
            unit: "ACKs",
        },
        because: "As many as there are segments in the window. In slow start it took one.".to_owned(),
        tells_too_much: false,
    })
}

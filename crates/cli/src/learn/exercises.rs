//! Exercises: a step that is changed, a question, and where in the events its answer lies.

use lucid_conn::engine::{Cause, Change, What};
use lucid_views::Story;

use super::changes;
use crate::demo::{Answer, Beat, Outcome, Play, SYN, failure, find_step, has, number};

/// One exercise.
pub(super) struct Exercise {
    /// What is asked.
    pub(super) question: &'static str,
    /// What of the step is changed, as written on the command line.
    pub(super) changes: &'static str,
    /// Finds the answer; none, if the run doesn't have it.
    pub(super) solve: fn(&Play) -> Option<Solved>,
    /// Of which step.
    pub(super) step: &'static str,
}

/// An answer, and why it is so.
pub(super) struct Solved {
    pub(super) answer: Answer,
    pub(super) because: String,
}

fn solved(answer: Answer, because: impl Into<String>) -> Option<Solved> {
    Some(Solved { answer, because: because.into() })
}

impl Exercise {
    /// What to type to see it.
    pub(super) fn command(&self, step: &str) -> String {
        format!("lucid demo {step} {}", self.changes).trim_end().to_owned()
    }

    /// Runs the changed step, and finds the answer.
    ///
    /// # Errors
    /// It isn't there: then the exercise is at fault.
    pub(super) fn solve(&self) -> Outcome<Solved> {
        let step =
            find_step(self.step).ok_or_else(|| failure(format_args!("there is no step {}", self.step)))?;
        let play = step.rehearse(&changes(&self.command(self.step))?)?;
        (self.solve)(&play).ok_or_else(|| failure("the run has no answer to that"))
    }
}

fn count(value: usize, unit: &'static str) -> Answer {
    Answer::exactly(u32::try_from(value).unwrap_or(u32::MAX), unit)
}

fn servers(play: &Play) -> impl Iterator<Item = &Beat> {
    play.beats.iter().filter(|beat| beat.is_server())
}

fn timeouts(play: &Play) -> usize {
    servers(play).filter(|beat| matches!(beat.event.what, What::Timeout { .. })).count()
}

/// What the server's window did for this cause: before and after, ssthresh, and what a segment counts.
fn windows(play: &Play, cause: Cause) -> Vec<(Change<f64>, Change<f64>, f64)> {
    let all = servers(play).filter(|beat| beat.event.cause == cause);
    let all = all.filter_map(|beat| match beat.event.what {
        What::Window { cwnd, ssthresh, smss, .. } => Some((cwnd, ssthresh, f64::from(smss))),
        _ => None,
    });
    all.collect()
}

/// The pieces of the file in one of the server's connections: behind the announcement, which goes alone.
fn pieces(story: &Story) -> Vec<u32> {
    let data =
        story.outgoing.segments.iter().filter(|segment| segment.bytes > 0 && segment.retransmission == 0);
    data.map(|segment| segment.bytes).skip(1).collect()
}

// Step 1.

pub(super) fn smaller_pieces(play: &Play) -> Option<Solved> {
    let pieces = pieces(play.served()?);
    let (full, last) = (*pieces.first()?, *pieces.last()?);
    let whole = pieces.iter().filter(|piece| **piece == full).count();
    solved(
        count(pieces.len(), "segments"),
        format!("{whole} x {full} + {last} = 8192. The last one is as short as it has to be."),
    )
}

pub(super) fn numbers_of_a_client(play: &Play) -> Option<Solved> {
    let calculator = play.runs.get(2)?.stories.first()?;
    let sent = &calculator.outgoing.segments;
    let (first, last) = (sent.first()?, sent.iter().map(lucid_views::series::Segment::end).max()?);
    let bytes: u64 = calculator.counts.bytes_sent;
    solved(
        Answer::exactly(u32::try_from(last - first.start).ok()?, "numbers"),
        format!(
            "{bytes} for the bytes of its question, one for the SYN and one for the FIN. Its ACKs take none."
        ),
    )
}

pub(super) fn a_lost_syn_ack(play: &Play) -> Option<Solved> {
    let is_syn = |beat: &&Beat| beat.sent().is_some_and(|(sent, _)| has(sent, SYN));
    let first = play.beats.iter().find(is_syn)?.at;
    let again = play
        .beats
        .iter()
        .find(|beat| beat.sent().is_some_and(|(sent, again)| has(sent, SYN) && again > 0))?;
    solved(
        Answer::seconds(again.at.saturating_sub(first).as_secs_f64()),
        "Before a round trip is measured, the retransmission timer starts from 1 second (RFC 6298 section 2.1). The client can't know which of the two SYNs was lost.",
    )
}

// Step 2.

pub(super) fn pieces_for_both(play: &Play) -> Option<Solved> {
    let all: usize = play.runs.first()?.stories.iter().map(|story| pieces(story).len()).sum();
    solved(count(all, "segments"), "9 for each of them: connections share the socket, and nothing else.")
}

pub(super) fn who_repairs(play: &Play) -> Option<Solved> {
    let stories = &play.runs.first()?.stories;
    let again = |story: &&Story| story.outgoing.segments.iter().any(|segment| segment.retransmission > 0);
    solved(
        count(stories.iter().filter(again).count(), "connections"),
        "The one that lost it has its own timer, its own window and its own numbers. The other never hears of it.",
    )
}

pub(super) fn numbers_of_the_second(play: &Play) -> Option<Solved> {
    let second = play.runs.first()?.stories.get(1)?;
    let end = second.outgoing.segments.iter().map(lucid_views::series::Segment::end).max()?;
    let announced = end.checked_sub(8192 + 2)?;
    solved(
        Answer::exactly(u32::try_from(announced).ok()?, "bytes"),
        format!("{end} numbers in all, less one for the SYN, one for the FIN and 8192 for the file."),
    )
}

// Step 3.

fn first_timeout(play: &Play, nth: u32) -> Option<(f64, f64)> {
    servers(play).find_map(|beat| match &beat.event.what {
        What::Timeout { count, rto, .. } if *count == nth => {
            Some((rto.before.as_secs_f64(), rto.after.as_secs_f64()))
        }
        _ => None,
    })
}

pub(super) fn a_longer_start(play: &Play) -> Option<Solved> {
    let (wait, _) = first_timeout(play, 1)?;
    solved(
        Answer::seconds(wait),
        "The initial value holds only until a round trip is measured, and the handshake has measured one. From then on the RTO follows the round trip, and a floor of 1 second holds \
         (RFC 6298 sections 2.2 and 2.4).",
    )
}

pub(super) fn a_lower_floor(play: &Play) -> Option<Solved> {
    let (wait, next) = first_timeout(play, 2)?;
    solved(
        Answer::seconds(wait),
        format!(
            "Twice what the first wait was; and the next would be {} s (RFC 6298 section 5.5).",
            number(next)
        ),
    )
}

pub(super) fn lost_three_times(play: &Play) -> Option<Solved> {
    let waits: Vec<f64> = servers(play)
        .scan(0, |row, beat| {
            let wait = match &beat.event.what {
                What::Timeout { count, rto, .. } if *count == *row + 1 => {
                    Some((*count, rto.before.as_secs_f64()))
                }
                _ => None,
            };
            if let Some((count, _)) = wait {
                *row = count;
            }
            Some(wait.map(|(_, wait)| wait))
        })
        .flatten()
        .take(3)
        .collect();
    let sum: f64 = waits.iter().sum();
    let parts: Vec<_> = waits.iter().map(|wait| number(*wait)).collect();
    (waits.len() == 3).then_some(())?;
    solved(
        Answer::seconds(sum),
        format!("{} = {}: each wait is twice the last.", parts.join(" + "), number(sum)),
    )
}

// Step 4.

pub(super) fn a_shorter_delay(play: &Play) -> Option<Solved> {
    let waited =
        play.beats.iter().filter(|beat| !beat.is_server()).find_map(|beat| match beat.event.what {
            What::AckDelayed { until } => Some(until.saturating_since(beat.event.at).as_secs_f64()),
            _ => None,
        })?;
    solved(
        Answer::seconds(waited),
        "The receiver's timer, and no one else's business; the RFC asks only that it stays below 0.5 s (RFC 9293 section 3.8.6.3).",
    )
}

pub(super) fn every_segment(play: &Play) -> Option<Solved> {
    let grown = windows(play, Cause::SlowStart);
    let (last, ..) = grown.last()?;
    solved(
        Answer::bytes(last.after),
        format!(
            "{} ACKs of new data, and each adds one segment: twice as many ACKs make the window grow twice as fast (RFC 5681 section 3.1).",
            grown.len()
        ),
    )
}

pub(super) fn a_larger_start(play: &Play) -> Option<Solved> {
    let (first, _, smss) = *windows(play, Cause::SlowStart).first()?;
    solved(
        Answer::bytes(first.after),
        format!("{} to begin with, and {} for the first ACK.", number(first.before), number(smss)),
    )
}

// Step 5.

pub(super) fn a_lower_threshold(play: &Play) -> Option<Solved> {
    let grown = windows(play, Cause::SlowStart);
    let (first, ..) = grown.first()?;
    let (last, ssthresh, smss) = grown.last()?;
    solved(
        count(grown.len(), "ACKs"),
        format!(
            "({} - {}) / {} = {}; ssthresh is {}.",
            number(last.after),
            number(first.before),
            number(*smss),
            grown.len(),
            number(ssthresh.before)
        ),
    )
}

pub(super) fn first_step_of_avoidance(play: &Play) -> Option<Solved> {
    let (cwnd, _, smss) = *windows(play, Cause::CongestionAvoidance).first()?;
    let step = cwnd.after - cwnd.before;
    solved(
        Answer::Number { right: step, within: 0.5, unit: "bytes" },
        format!(
            "{} * {} / {} = {}: the smaller the window, the larger the step.",
            number(smss),
            number(smss),
            number(cwnd.before),
            number(step)
        ),
    )
}

pub(super) fn window_at_the_end(play: &Play) -> Option<Solved> {
    let grown = windows(play, Cause::CongestionAvoidance);
    let (first, last) = (grown.first()?, grown.last()?);
    let round_trips = (last.0.after - first.0.before) / first.2;
    solved(
        Answer::Number { right: last.0.after, within: first.2, unit: "bytes" },
        format!(
            "{} ACKs of new data in congestion avoidance have raised it by {} segments.",
            grown.len(),
            number(round_trips)
        ),
    )
}

// Steps 6 and 7.

fn loss(play: &Play) -> Option<(Change<f64>, Change<f64>, f64)> {
    windows(play, Cause::ThirdDuplicateAck).into_iter().next()
}

pub(super) fn threshold_after_loss(play: &Play) -> Option<Solved> {
    let (cwnd, ssthresh, _) = loss(play)?;
    solved(
        Answer::bytes(ssthresh.after),
        format!("Half of {}, which cwnd had come to by then.", number(cwnd.before)),
    )
}

pub(super) fn window_after_loss(play: &Play) -> Option<Solved> {
    let (cwnd, ssthresh, smss) = loss(play)?;
    solved(
        Answer::bytes(cwnd.after),
        format!(
            "cwnd was {}; ssthresh is half of it, {}, and cwnd that and 3 x {}.",
            number(cwnd.before),
            number(ssthresh.after),
            number(smss)
        ),
    )
}

pub(super) fn how_many_timeouts(play: &Play) -> Option<Solved> {
    let fired = timeouts(play);
    let duplicates = servers(play).filter_map(|beat| match beat.event.what {
        What::DuplicateAck { count, .. } => Some(count),
        _ => None,
    });
    let most = duplicates.max().unwrap_or(0);
    let partial = windows(play, Cause::PartialAck).len();
    let because = match (fired, partial) {
        (0, 1..) => "The first new ACK asks for the second gap: a partial ACK. NewReno takes it for a second loss of the same window, and sends that segment at once (RFC 6582).".to_owned(),
        (0, _) => format!("{most} duplicate ACKs came in a row, and three are enough."),
        (_, _) if most < 3 => format!("{most} duplicate ACKs came at most: nothing behind the loss could draw a third, so only the timer was left."),
        _ => "Reno leaves recovery with the first new ACK. The second loss of the window has to be found anew, and there may be too few duplicate ACKs left for it.".to_owned(),
    };
    solved(count(fired, "timeouts"), because)
}

pub(super) fn new_acks_to_recover(play: &Play) -> Option<Solved> {
    let grown = windows(play, Cause::SlowStart);
    let (_, ssthresh, smss) = loss(play)?;
    let after = grown
        .iter()
        .filter(|(_, threshold, _)| threshold.before.to_bits() == ssthresh.after.to_bits())
        .count();
    solved(
        count(after, "ACKs"),
        format!(
            "From one segment up to {}, a segment of {} for each ACK.",
            number(ssthresh.after),
            number(smss)
        ),
    )
}

// Modern.

pub(super) fn a_lost_probe(play: &Play) -> Option<Solved> {
    let probes = servers(play).filter(|beat| matches!(beat.event.what, What::TailProbe { .. })).count();
    let probes = (probes == 1).then_some("One probe goes and is lost.")?;
    solved(
        count(timeouts(play), "timeouts"),
        format!(
            "{probes} There is no second one in a row: behind it stands the timer (RFC 8985 section 7.3)."
        ),
    )
}

pub(super) fn timeouts_without(play: &Play) -> Option<Solved> {
    solved(
        count(timeouts(play), "timeouts"),
        "Without reports of what lies behind a gap there are neither RACK nor probes: with so few segments out, three duplicate ACKs never come, and the timer is all there is.",
    )
}

pub(super) fn sent_again(play: &Play) -> Option<Solved> {
    let again = servers(play)
        .filter(|beat| beat.sent().is_some_and(|(sent, again)| sent.bytes > 0 && again > 0))
        .count();
    let lost = servers(play).filter(|beat| beat.lost().is_some_and(|lost| lost.bytes > 0)).count();
    let rest = if again == lost {
        "each loss was repaired once, and nothing that had arrived went again.".to_owned()
    } else {
        "the rest had arrived: its report was lost, or a probe asked.".to_owned()
    };
    solved(count(again, "segments"), format!("{lost} segments with data were lost; {rest}"))
}

//! How a connection begins, how its bytes are cut, and how it ends.

use lucid_conn::engine::{State, What};

use super::{Answer, Turn, Turning};
use crate::demo::columns::Side;
use crate::demo::play::{Beat, Play};
use crate::demo::segment::{FIN, SYN, has};

pub(in crate::demo) const SYN_TAKES_ONE: Turning =
    Turning { name: "the SYN is answered", find: syn_takes_one };
pub(in crate::demo) const ESTABLISHED: Turning = Turning { name: "handshake done", find: established };
pub(in crate::demo) const LAST_PIECE: Turning = Turning { name: "the file is cut", find: last_piece };
pub(in crate::demo) const FIRST_FIN: Turning = Turning { name: "the first FIN", find: first_fin };
pub(in crate::demo) const HALF_CLOSED: Turning = Turning { name: "half closed", find: half_closed };
pub(in crate::demo) const WHO_WAITS: Turning = Turning { name: "TIME-WAIT", find: who_waits };
pub(in crate::demo) const AT_ONCE: Turning = Turning { name: "two at once", find: at_once };
pub(in crate::demo) const TOLD_APART: Turning = Turning { name: "told apart", find: told_apart };

fn syn_takes_one(play: &Play) -> Option<Turn> {
    let syn =
        play.find(0, |beat| !beat.is_server() && beat.sent().is_some_and(|(sent, _)| has(sent, SYN)))?;
    let (first, _) = play.beats[syn].sent()?;
    let shown = play.find(syn, |beat| beat.is_server() && beat.sent().is_some())?;
    let (answer, _) = play.beats[shown].sent()?;
    Some(Turn {
        before: shown,
        shown,
        question: format!("The client's SYN has the sequence number {}, and no data. Which number will the server acknowledge?", first.seq),
        answer: Answer::exactly(answer.ack, ""),
        because: "An ACK names the next number that is wanted. A SYN takes one number, as a byte would: so it can be acknowledged, and sent again if \
                  it is lost."
            .to_owned(),
        tells_too_much: false,
    })
}

/// A state that an end comes to, and which: asked with four of them.
fn into_state(
    play: &Play,
    is_it: impl Fn(&Beat) -> bool,
    question: &str,
    options: [(&str, State); 4],
    because: &str,
) -> Option<Turn> {
    let shown = play.find(0, is_it)?;
    let What::State { to, .. } = play.beats[shown].event.what else { return None };
    Some(Turn {
        before: shown,
        shown,
        question: question.to_owned(),
        answer: Answer::of(options.map(|(name, state)| (name, state == to)))?,
        because: because.to_owned(),
        tells_too_much: false,
    })
}

fn moves(beat: &Beat, from: State) -> bool {
    matches!(beat.event.what, What::State { from: left, .. } if left == from)
}

fn established(play: &Play) -> Option<Turn> {
    into_state(
        play,
        |beat| !beat.is_server() && moves(beat, State::SynSent),
        "The SYN-ACK is there. In which state is the client now, before its own ACK has arrived anywhere?",
        [
            ("SYN_SENT, until the server has its ACK", State::SynSent),
            ("SYN_RCVD", State::SynReceived),
            ("ESTABLISHED", State::Established),
            ("LISTEN", State::Listen),
        ],
        "Its SYN is acknowledged and it has the server's: it knows that both directions work. The server learns it from the third segment.",
    )
}

fn last_piece(play: &Play) -> Option<Turn> {
    let story = play.served()?;
    let full = story.outgoing.segments.iter().map(|segment| segment.bytes).max()?;
    let data = |beat: &Beat| {
        beat.is_server() && beat.sent().is_some_and(|(sent, again)| sent.bytes > 0 && again == 0)
    };
    let first_full =
        play.find(0, |beat| data(beat) && beat.sent().is_some_and(|(sent, _)| sent.bytes == full as usize))?;
    let shown = play.find(first_full, |beat| {
        data(beat) && beat.sent().is_some_and(|(sent, _)| sent.bytes < full as usize)
    })?;
    let (last, _) = play.beats[shown].sent()?;
    let pieces = play.beats[first_full..shown].iter().filter(|beat| data(beat)).count();
    let file = pieces * full as usize + last.bytes;
    Some(Turn {
        before: first_full,
        shown,
        question: format!(
            "Now the file: {file} bytes, at most {full} in a segment. How many bytes will its last segment have?"
        ),
        answer: Answer::exactly(u32::try_from(last.bytes).ok()?, "bytes"),
        because: format!(
            "{file} = {pieces} x {full} + {}. TCP carries a stream of bytes: where segments begin and end is its own business.",
            last.bytes
        ),
        tells_too_much: false,
    })
}

fn is_fin(beat: &Beat) -> bool {
    beat.sent().is_some_and(|(sent, _)| has(sent, FIN))
}

fn first_fin(play: &Play) -> Option<Turn> {
    let shown = play.find(0, is_fin)?;
    let by_client = !play.beats[shown].is_server();
    Some(Turn {
        before: shown,
        shown,
        question: "Everything has arrived. Who says first that it has no more to send?".to_owned(),
        answer: Answer::of([("the server", !by_client), ("the client", by_client), ("both at once", false)])?,
        because: "TCP doesn't care: either side may. Here the client has all that it came for, and its application closes.".to_owned(),
        tells_too_much: false,
    })
}

fn half_closed(play: &Play) -> Option<Turn> {
    let by_client = play.find(0, is_fin).is_some_and(|fin| !play.beats[fin].is_server());
    let question = format!(
        "The {} gets that FIN while it is ESTABLISHED. Which state now?",
        if by_client { "server" } else { "client" }
    );
    into_state(
        play,
        |beat| beat.is_server() == by_client && moves(beat, State::Established),
        &question,
        [
            ("TIME_WAIT: the connection is over", State::TimeWait),
            ("LAST_ACK: it sends its own FIN with the acknowledgment", State::LastAck),
            ("CLOSE_WAIT: its own direction is still open", State::CloseWait),
            ("FIN_WAIT_1", State::FinWait1),
        ],
        "A FIN ends one direction only. This side may go on sending as long as it likes; it leaves CLOSE_WAIT when its own application closes, too.",
    )
}

fn who_waits(play: &Play) -> Option<Turn> {
    let shown = play.find(0, |beat| matches!(beat.event.what, What::State { to: State::TimeWait, .. }))?;
    let is_client = !play.beats[shown].is_server();
    Some(Turn {
        before: shown,
        shown,
        question: "Both FINs are there. One side can't forget the connection yet: it stays in TIME_WAIT. Which?".to_owned(),
        answer: Answer::of([
            ("the one that sent its FIN first: the client", is_client),
            ("the one that sent its FIN last: the server", !is_client),
            ("both", false),
        ])?,
        because: "It has sent the last ACK. Should that be lost, the other's FIN comes again, and someone has to be there to answer; and old segments must \
                  have died before the same ports are used again."
            .to_owned(),
        tells_too_much: false,
    })
}

fn at_once(play: &Play) -> Option<Turn> {
    let opened = |beat: &Beat| beat.is_server() && matches!(beat.event.what, What::Opened { .. });
    let first = play.find(0, opened)?;
    let shown = play.find(first + 1, opened)?;
    let closed = play.find(0, |beat| beat.is_server() && matches!(beat.event.what, What::Closed { .. }))?;
    Some(Turn {
        before: shown,
        shown,
        question: "A second client's SYN arrives, while the server is busy with the first. What becomes of it?".to_owned(),
        answer: Answer::of([
            ("it waits until the first is served", shown > closed),
            ("a second connection begins beside the first", shown < closed),
            ("it is refused: the port is taken", false),
        ])?,
        because: "A listener stays in LISTEN. Each SYN that it takes makes a connection of its own, with its own numbers, windows and timers.".to_owned(),
        tells_too_much: false,
    })
}

fn told_apart(play: &Play) -> Option<Turn> {
    let peers: Vec<_> = play
        .beats
        .iter()
        .filter_map(|beat| match beat.event.what {
            What::Opened { peer, active: false, .. } if beat.is_server() => Some(peer),
            _ => None,
        })
        .collect();
    let [one, other, ..] = &peers[..] else { return None };
    let shown = play
        .find(0, |beat| beat.side != Side::Server && beat.sent().is_some_and(|(sent, _)| sent.bytes > 0))?;
    Some(Turn {
        before: shown,
        shown,
        question: format!("Both clients ask the same UDP port of the server, from {one} and {other}. By what does it know whose segment it has?"),
        answer: Answer::of([
            ("by their addresses: the IP numbers differ", one.ip() != other.ip()),
            ("by a connection number in the header", false),
            ("by the ports on the clients' side: they differ", one.ip() == other.ip() && one.port() != other.port()),
            ("by what they ask for", false),
        ])?,
        because: "A connection is known by both its ends: two addresses and two ports. One of the four is enough to tell two of them apart.".to_owned(),
        tells_too_much: false,
    })
}

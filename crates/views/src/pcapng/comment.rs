//! What is said of a packet: lines, plain words first and the clause after them.

use std::time::Duration;

use lucid_conn::engine::{Arrival, Change, Event, Fault, Info, What};

use crate::segments::Passed;
use crate::words::{is_arbitrary, ordinal};

/// All that is to be said of a segment.
pub(super) fn lines(passed: &Passed) -> Vec<String> {
    let mut lines = if passed.outgoing { sent(passed) } else { received(passed) };
    lines.extend(passed.info.as_deref().map(numbers));
    lines
}

/// Why it was sent, and before that what led to it.
fn sent(passed: &Passed) -> Vec<String> {
    let is_sending = |event: &&Event| matches!(event.what, What::Sent { .. });
    let why = passed.events.iter().rfind(is_sending);
    let first = match why {
        Some(Event { what: What::Sent { retransmission: copies @ 1.., .. }, cause, rfc, .. }) => {
            format!("Sent again ({} copy): {}{}", ordinal(copies + 1), cause.sentence(), clause(rfc))
        }
        Some(Event { cause, rfc, .. }) => format!("Sent: {}{}", cause.sentence(), clause(rfc)),
        // What answers a stranger is told of no connection.
        None => match passed.events.last() {
            Some(Event { cause, rfc, .. }) => {
                format!("Sent in answer to a stranger: {}{}", cause.sentence(), clause(rfc))
            }
            None => "Sent".to_owned(),
        },
    };
    let led = passed.events.iter().filter(|event| !is_sending(event) && why.is_some());
    [first].into_iter().chain(led.filter_map(phrase)).collect()
}

/// What it brought about.
fn received(passed: &Passed) -> Vec<String> {
    ["Received".to_owned()].into_iter().chain(effects(passed)).collect()
}

/// What a segment that was received brought about.
pub(super) fn effects(passed: &Passed) -> Vec<String> {
    passed.events.iter().filter_map(phrase).collect()
}

/// The windows and the timeout.
fn numbers(info: &Info) -> String {
    let threshold =
        if is_arbitrary(info.ssthresh) { "none yet".to_owned() } else { format!("{:.0}", info.ssthresh) };
    format!(
        "cwnd {:.0} ({}), ssthresh {threshold}, in flight {}, peer's window {}, RTO {}",
        info.cwnd,
        info.phase,
        info.flight_size,
        info.send_window,
        time(info.rto)
    )
}

/// What the faults layer did to it.
pub(super) fn fault(fault: Fault, outgoing: bool) -> String {
    let what = match (fault, outgoing) {
        (Fault::Lost, true) => "LOST ON PURPOSE: the faults layer dropped it, and it never left",
        (Fault::Lost, false) => "LOST ON PURPOSE on its way in: this endpoint never saw it",
        (Fault::Duplicated, _) => "Duplicated on purpose: a copy of it follows on the wire",
        (Fault::Corrupted, _) => "Corrupted on purpose: one of its bits is flipped on the wire",
        (Fault::Reordered, _) => "Held back on purpose: later ones overtake it",
        (Fault::Marked, _) => "Marked: it met a long queue in the faults layer",
    };
    what.to_owned()
}

/// One event in words, if it says more than that the segment was there.
fn phrase(event: &Event) -> Option<String> {
    let why = || format!("{}{}", event.cause.sentence(), clause(event.rfc));
    Some(match &event.what {
        What::State { from, to } => format!("{from} -> {to}: {}", why()),
        What::Arrived { arrival, bytes, waiting, .. } => arrived(*arrival, *bytes, *waiting),
        What::Discarded { .. } => format!("Dropped: {}", why()),
        What::CookieSent { .. } => format!("Answered with a cookie: {}", why()),
        What::DuplicateAck { count, ack } => format!("Duplicate ACK, the {} for {ack}", ordinal(*count)),
        What::Window { cwnd, ssthresh, phase, .. } => {
            let mut parts = Vec::new();
            parts.extend((cwnd.before != cwnd.after).then(|| change("cwnd", *cwnd)));
            parts.extend((ssthresh.before != ssthresh.after).then(|| change("ssthresh", *ssthresh)));
            parts.extend((phase.before != phase.after).then(|| phase.after.to_string()));
            if parts.is_empty() {
                return None;
            }
            format!("{}: {}", parts.join(", "), why())
        }
        What::RoundTrip { sample, smoothed, rto, .. } => {
            format!("Round trip {}: SRTT {}, RTO {}", time(*sample), time(*smoothed), time(*rto))
        }
        What::Marked { .. } => format!("Marked: {}", why()),
        What::SegmentSize { bytes } => {
            format!("Full segments have {} bytes instead of {}: {}", bytes.after, bytes.before, why())
        }
        What::Timeout { rto, count, .. } => format!(
            "The retransmission timer fired, the {} time in a row: RTO {} -> {}",
            ordinal(*count),
            time(rto.before),
            time(rto.after)
        ),
        What::FoundLost { bytes, seq } => format!("{bytes} bytes from {seq} on are lost: {}", why()),
        What::DuplicateReported { start, end } => format!("{start} to {end} came twice: {}", why()),
        What::TailProbe { again } => {
            let which = if *again { "the last segment again" } else { "a new segment" };
            format!("Tail loss probe, {which}: {}", why())
        }
        What::Undone { .. } => format!("The last cut of the window is taken back: {}", why()),
        What::WindowProbe { count, .. } => {
            format!("Window probe, the {} in a row: {}", ordinal(*count), why())
        }
        What::KeepAliveProbe { count, of, .. } => format!("Keep-alive probe {count} of {of}: {}", why()),
        What::CorkExpired { .. } => format!("No longer held back: {}", why()),
        What::PeerWindow { window } if window.after == 0 => "The peer's window is closed".to_owned(),
        What::PeerWindow { .. } => "The peer's window is open again".to_owned(),
        What::Closed { reason, .. } => format!("The connection is gone: {reason}"),
        What::Listening { .. }
        | What::Opened { .. }
        | What::Options { .. }
        | What::Sent { .. }
        | What::Received { .. }
        | What::InflightFull { .. }
        | What::AckDelayed { .. }
        | What::AckDelayExpired
        | What::Resending { .. }
        | What::UserTimeout { .. }
        | What::ReceiveBuffer { .. }
        | What::Faulted { .. } => return None,
    })
}

fn arrived(arrival: Arrival, bytes: usize, waiting: usize) -> String {
    match arrival {
        Arrival::InOrder => format!("In order: {bytes} bytes for the application"),
        Arrival::FilledGap if waiting == 0 => {
            "It fills the gap: what waited behind it is in order, too".to_owned()
        }
        Arrival::FilledGap => format!("It fills a gap: {waiting} bytes still wait behind the next one"),
        Arrival::OutOfOrder => format!("Out of order: {waiting} bytes wait behind a gap"),
        Arrival::Duplicate => "Nothing new in it".to_owned(),
        Arrival::NoRoom => "Out of order, and no room to keep it".to_owned(),
    }
}

fn change(name: &str, Change { before, after }: Change<f64>) -> String {
    if is_arbitrary(before) {
        format!("{name} {after:.0}")
    } else {
        format!("{name} {before:.0} -> {after:.0}")
    }
}

/// A clause behind what it asks for; there is none for what is nobody's rule.
fn clause(rfc: &str) -> String {
    if rfc == "-" { String::new() } else { format!(" ({rfc})") }
}

pub(super) fn time(duration: Duration) -> String {
    let micros = Duration::from_micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
    format!("{micros:?}")
}

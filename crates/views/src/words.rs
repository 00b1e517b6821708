//! Any event as a sentence.
//!
//! Sequence numbers are told relative to their direction's SYN, which has number 0: so the first byte is byte 1.

use core::time::Duration;

use lucid_conn::engine::{Arrival, Event, Fault, Limit, SegmentSummary, What};
use lucid_wire::Flags;

/// What events' sequence numbers are relative to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The number of this side's SYN.
    pub ours: u32,
    /// The number of the peer's.
    pub theirs: u32,
}

/// Whether events like this one are what a transfer is made of while all goes well: segments that go and come in order,
/// windows that grow, round trips. What is left when they are taken away is what turns a run.
#[must_use]
pub fn is_routine(event: &Event) -> bool {
    match &event.what {
        What::Sent { retransmission, segment, .. } => *retransmission == 0 && is_plain(segment),
        What::Received { segment } => is_plain(segment),
        // Of what comes before its turn, the first shows that there is a gap.
        What::Arrived { arrival, bytes, waiting, .. } => {
            *arrival == Arrival::InOrder || (*arrival == Arrival::OutOfOrder && waiting > bytes)
        }
        What::Window { cwnd, phase, .. } => cwnd.after >= cwnd.before && phase.before == phase.after,
        What::RoundTrip { .. } | What::AckDelayed { .. } | What::AckDelayExpired => true,
        What::InflightFull { .. } | What::CorkExpired { .. } | What::DuplicateAck { .. } => true,
        What::ReceiveBuffer { .. } | What::Resending { .. } => true,
        _ => false,
    }
}

fn is_plain(segment: &SegmentSummary) -> bool {
    !segment.flags.intersects(Flags::SYN | Flags::FIN | Flags::RST)
}

/// A short name for events of this kind: what a list is filtered by.
#[must_use]
pub fn kind(event: &Event) -> &'static str {
    match &event.what {
        What::Sent { retransmission: 0, .. } => "sent",
        What::Sent { .. } => "sent again",
        What::Received { .. } => "received",
        What::Arrived { .. } => "text",
        What::Discarded { .. } => "dropped",
        What::State { .. } | What::Opened { .. } | What::Closed { .. } | What::Listening { .. } => "state",
        What::Options { .. } | What::SegmentSize { .. } | What::CookieSent { .. } => "options",
        What::DuplicateAck { .. } | What::DuplicateReported { .. } => "duplicate",
        What::Window { .. } | What::Undone { .. } => "window",
        What::InflightFull { .. } | What::PeerWindow { .. } | What::ReceiveBuffer { .. } => "limit",
        What::RoundTrip { .. } => "round trip",
        What::AckDelayed { .. } | What::AckDelayExpired | What::CorkExpired { .. } => "delay",
        What::Timeout { .. } => "timeout",
        What::Resending { .. } | What::FoundLost { .. } | What::Marked { .. } => "loss",
        What::TailProbe { .. } | What::WindowProbe { .. } | What::KeepAliveProbe { .. } => "probe",
        What::UserTimeout { .. } => "limit",
        What::Faulted { .. } => "fault",
    }
}

/// What happened, in one sentence without its cause.
#[must_use]
pub fn sentence(event: &Event, origin: Origin) -> String {
    let Origin { ours, theirs } = origin;
    let our = |seq: u32| seq.wrapping_sub(ours);
    let their = |seq: u32| seq.wrapping_sub(theirs);
    match &event.what {
        What::Listening { port } => format!("Listens on port {port}"),
        What::Opened { peer, active: true, .. } => format!("Opens a connection to {peer}"),
        What::Opened { peer, .. } => format!("A connection from {peer} is begun"),
        What::State { from, to } => format!("{from} becomes {to}"),
        What::Options { agreed } => format!("Both sides have: {agreed}"),
        What::Sent { segment, retransmission, flight_size, .. } => {
            let again = times(*retransmission);
            format!("Sends {}{again}; {flight_size} in flight", one(segment, ours, theirs))
        }
        What::Received { segment } => format!("Receives {}", one(segment, theirs, ours)),
        What::Arrived { seq, bytes, arrival, next, waiting } => {
            let behind = if *waiting > 0 { format!("; {waiting} wait behind a gap") } else { String::new() };
            let (seq, next) = (their(*seq), their(*next));
            format!("{bytes} bytes from {seq}: {}; next wanted is {next}{behind}", arrived(*arrival))
        }
        What::Discarded { segment: Some(segment), .. } => format!("Drops {}", one(segment, theirs, ours)),
        What::Discarded { peer, segment: None } => format!("Drops a datagram from {peer}"),
        What::CookieSent { peer, .. } => format!("Answers a SYN from {peer} with a cookie"),
        What::DuplicateAck { count, ack } => {
            format!("Duplicate ACK number {count}: still wants {}", our(*ack))
        }
        What::Window { cwnd, ssthresh, phase, .. } => {
            let mut said = format!("cwnd {} to {}", bytes(cwnd.before), bytes(cwnd.after));
            if ssthresh.before.to_bits() != ssthresh.after.to_bits() {
                said += &format!(", ssthresh {} to {}", bytes(ssthresh.before), bytes(ssthresh.after));
            }
            if phase.before != phase.after {
                said += &format!(", {} to {}", phase.before, phase.after);
            }
            said
        }
        What::InflightFull { segments, flight_size, limit } => {
            let which = match limit {
                Limit::Congestion => "congestion window",
                Limit::Receiver => "peer's window",
            };
            format!("The {which} is full: {flight_size} bytes in {segments} segments are out")
        }
        What::RoundTrip { sample, smoothed, variance, rto } => format!(
            "Round trip {}; SRTT {}, RTTVAR {}, RTO {}",
            time(*sample),
            time(*smoothed),
            time(*variance),
            time(*rto)
        ),
        What::AckDelayed { until } => {
            format!("The ACK may wait for {}", time(until.saturating_since(event.at)))
        }
        What::AckDelayExpired => "The ACK has waited long enough".to_owned(),
        What::Marked { seq } => format!("The segment at {} carries a congestion mark", their(*seq)),
        What::SegmentSize { bytes } => format!("Full segments: {} to {} bytes", bytes.before, bytes.after),
        What::Timeout { seq, rto, count, .. } => format!(
            "Timeout{}: nothing acknowledged {}; RTO {} to {}",
            times(count.saturating_sub(1)),
            our(*seq),
            time(rto.before),
            time(rto.after)
        ),
        What::Resending { seq, bytes, .. } => format!("To be sent again: {bytes} bytes from {}", our(*seq)),
        What::FoundLost { bytes, seq } => {
            format!("Found lost: {bytes} bytes, the first of them {}", our(*seq))
        }
        What::DuplicateReported { start, end } => {
            format!("The peer has {} to {} twice", our(*start), our(*end))
        }
        What::TailProbe { again: true } => "Probes the tail: the last segment again".to_owned(),
        What::TailProbe { again: false } => "Probes the tail: a new segment".to_owned(),
        What::Undone { timeout: true } => "Takes the timeout's cut of the window back".to_owned(),
        What::Undone { timeout: false } => "Takes the last cut of the window back".to_owned(),
        What::WindowProbe { count, next_in } => {
            format!("Probes the closed window, number {count}; the next in {}", time(*next_in))
        }
        What::KeepAliveProbe { count, of, next_in } => {
            format!("Asks whether the peer is there, {count} of {of}; the next in {}", time(*next_in))
        }
        What::CorkExpired { waiting } => format!("Sends {waiting} bytes that a cork held back"),
        What::UserTimeout { timeout } => {
            format!("User timeout {} to {}", time(timeout.before), time(timeout.after))
        }
        What::ReceiveBuffer { bytes } => format!("Receive buffer {} to {} bytes", bytes.before, bytes.after),
        What::PeerWindow { window } => {
            format!("The peer's window: {} to {} bytes", window.before, window.after)
        }
        What::Faulted { fault, segment, outgoing, .. } => {
            let (from, to) = if *outgoing { (ours, theirs) } else { (theirs, ours) };
            format!("On purpose {}: {}", fault_name(*fault), one(segment, from, to))
        }
        What::Closed { reason, .. } => format!("Over: {reason}"),
    }
}

/// A segment in a few words: `SYN, 0`, `1448 bytes from 1, ACK 1`.
fn one(segment: &SegmentSummary, from: u32, to: u32) -> String {
    let seq = segment.seq.wrapping_sub(from);
    let bits = segment.flags.without(Flags::ACK).without(Flags::PSH);
    let name = if bits == Flags::EMPTY { String::new() } else { format!("{bits}, ") };
    let text = match segment.bytes {
        0 if bits == Flags::EMPTY => String::new(),
        0 => format!("at {seq}, "),
        bytes => format!("{bytes} bytes from {seq}, "),
    };
    let ack = if segment.flags.contains(Flags::ACK) {
        format!("ACK {}", segment.ack.wrapping_sub(to))
    } else {
        "no ACK".to_owned()
    };
    let sack = segment.sack.as_slice().iter().map(|block| {
        let [start, end] = [block.start, block.end].map(|number| number.get().wrapping_sub(to));
        format!("{start}-{end}")
    });
    let sack: Vec<_> = sack.collect();
    let sack = if sack.is_empty() { sack.join("") } else { format!(", SACK {}", sack.join(" ")) };
    format!("{name}{text}{ack}{sack}, window {}", segment.window)
}

fn arrived(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::InOrder => "in order",
        Arrival::FilledGap => "they fill the gap",
        Arrival::OutOfOrder => "before their turn",
        Arrival::Duplicate => "nothing new",
        Arrival::NoRoom => "no room for them",
    }
}

fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Lost => "lost",
        Fault::Duplicated => "sent twice",
        Fault::Corrupted => "damaged",
        Fault::Reordered => "held back",
        Fault::Marked => "marked",
    }
}

/// How what happened so often before happens: ` again`, ` for the 3rd time`.
pub(crate) fn times(before: u32) -> String {
    match before {
        0 => String::new(),
        1 => " again".to_owned(),
        more => format!(" for the {} time", ordinal(more + 1)),
    }
}

/// `1st`, `2nd`, `3rd`, `11th`.
pub(crate) fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Bytes of a window, in whole ones.
fn bytes(value: f64) -> String {
    if is_arbitrary(value) { "arbitrarily high".to_owned() } else { format!("{value:.0}") }
}

/// Whether a threshold is one of those that a connection begins with, "arbitrarily high" (RFC 5681 section 3.1): no window
/// reaches it (RFC 7323 section 2.3).
#[must_use]
pub fn is_arbitrary(threshold: f64) -> bool {
    threshold >= f64::from(1 << 30)
}

/// A duration with three digits that matter: `1.20 s`, `48.3 ms`, `120 us`.
#[must_use]
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if duration.is_zero() {
        return "0 s".to_owned();
    }
    let (value, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "us"),
    };
    let digits = match value {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$} {unit}")
}

/// A large number in groups of three digits: `2,337,972`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// An amount of bytes as people say it: `812 bytes`, `8.2 kB`, `8.0 MB`.
#[must_use]
pub fn amount(bytes: u64) -> String {
    let value = bytes as f64;
    match bytes {
        1 => "1 byte".to_owned(),
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{:.1} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.2} GB", value / 1e9),
    }
}

#[cfg(test)]
mod tests;

//! Expected beside found.

use std::time::Duration;

use lucid_conn::engine::Time;
use lucid_wire::Flags;

use super::host::Heard;
use super::network::{text, timestamp};
use crate::syntax::{Field, Packet, PacketOptions, TcpOption};

/// When a segment was due.
pub(crate) struct Times {
    pub(crate) from: Time,
    pub(crate) to: Time,
    pub(crate) tolerance: Duration,
}

impl Times {
    /// Whether it went in time.
    fn allow(&self, at: Time) -> bool {
        at + self.tolerance >= self.from && at <= self.to + self.tolerance
    }

    fn text(&self) -> String {
        let Self { from, to, .. } = self;
        if *to == Time::ZERO + Duration::MAX {
            "*".to_owned()
        } else if from == to {
            from.to_string()
        } else {
            format!("{from}~{to}")
        }
    }
}

/// Whether a segment is the one expected, or what differs.
pub(crate) fn compare(expected: &Packet, times: &Times, heard: &Heard) -> Result<(), String> {
    let found = &heard.packet;
    let differing = differences(expected, found, times.tolerance);
    let mut notes = Vec::new();
    let on_time = times.allow(heard.at);
    if !on_time {
        notes.push(format!("time: expected {}, found {}", times.text(), heard.at));
    }
    for field in &differing {
        let [expected, found] =
            [expected, found].map(|packet| packet.field(*field).unwrap_or_else(|| "none".to_owned()));
        notes.push(format!("{}: expected {expected}, found {found}", field.name()));
    }
    if differing.is_empty() {
        notes.extend(other_bytes(heard));
    }
    if notes.is_empty() {
        return Ok(());
    }
    let due = times.text();
    let line = |name: &str, time: &str, packet: &Packet| {
        let marks = marks(time, on_time, packet, &differing);
        [format!("  {name}{time} > {packet}"), format!("            {marks}")]
    };
    let lines = [line("expected  ", &due, expected), line("found     ", &heard.at.to_string(), found)];
    let marked = lines.into_iter().flatten().filter(|line| !line.trim().is_empty());
    let lines = std::iter::once("the engine sent something else".to_owned()).chain(marked);
    let notes = notes.iter().map(|note| format!("  {note}"));
    Err(lines.chain(notes).collect::<Vec<_>>().join("\n"))
}

/// Carets under what differs.
fn marks(time: &str, on_time: bool, found: &Packet, differing: &[Field]) -> String {
    let mark = |is_marked: bool, text: &str| if is_marked { "^" } else { " " }.repeat(text.chars().count());
    let fields = found.fields().into_iter().map(|(field, text)| mark(differing.contains(&field), &text));
    let marks: Vec<_> = [mark(!on_time, time), " ".to_owned()].into_iter().chain(fields).collect();
    marks.join(" ").trim_end().to_owned()
}

/// Which parts differ.
fn differences(expected: &Packet, found: &Packet, tolerance: Duration) -> Vec<Field> {
    let named = |expected: Option<u16>, found: Option<u16>| expected.is_none() || expected == found;
    let same = [
        (Field::Port, expected.port == found.port),
        (Field::Ecn, expected.ecn.is_none_or(|ecn| ecn == found.ecn.unwrap_or_default())),
        (Field::Flags, expected.flags == found.flags),
        (Field::Seq, (expected.seq, expected.len) == (found.seq, found.len)),
        (Field::Ack, expected.ack == found.ack),
        (Field::Window, named(expected.window, found.window)),
        (Field::Urgent, named(expected.urgent, found.urgent)),
        (Field::Options, same_options(&expected.options, &found.options, tolerance)),
    ];
    same.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
}

/// Padding and order don't count.
fn same_options(expected: &PacketOptions, found: &PacketOptions, tolerance: Duration) -> bool {
    let (PacketOptions::These(options), PacketOptions::These(others)) = (expected, found) else {
        return true;
    };
    let options: Vec<_> =
        options.iter().filter(|option| !matches!(option, TcpOption::Nop | TcpOption::Eol)).collect();
    let clocks_agree = match (timestamp(expected), timestamp(found)) {
        // Ticks are milliseconds.
        (Some(one), Some(other)) => u128::from(one.abs_diff(other)) <= tolerance.as_millis(),
        _ => true,
    };
    let same = |option: &TcpOption, other: &TcpOption| match (option, other) {
        (TcpOption::Timestamps { ecr, .. }, TcpOption::Timestamps { ecr: other, .. }) => {
            clocks_agree && (ecr.is_none() || ecr == other)
        }
        (option, other) => option == other,
    };
    options.len() == others.len()
        && options.iter().all(|option| others.iter().any(|other| same(option, other)))
}

/// Whether the payload is what the application wrote there.
fn other_bytes(heard: &Heard) -> Option<String> {
    let Heard { packet, payload, .. } = heard;
    let first = packet.seq + i64::from(packet.flags.contains(Flags::SYN));
    let written = text(first, packet.len);
    let at = written.iter().zip(payload).position(|(written, sent)| written != sent)?;
    Some(format!("payload: the byte at {} is not the one that was written there", first + at as i64))
}

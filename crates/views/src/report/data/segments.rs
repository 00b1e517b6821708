//! Segments, as columns of numbers.

use lucid_conn::engine::{Arrival, Time};
use lucid_wire::Flags;
use serde::Serialize;

use crate::series::{Fate, Reception, Segment};

/// Segments, column by column.
#[derive(Default, Serialize)]
pub(super) struct SegmentsData {
    /// Times, as differences.
    t: Vec<i64>,
    /// First places, as differences.
    s: Vec<i64>,
    /// Payload bytes.
    n: Vec<u64>,
    /// How many segments it stands for.
    m: Vec<u32>,
    /// Control bits.
    f: Vec<u8>,
    /// What it acknowledges, as differences.
    a: Vec<i64>,
    /// How many times it had been sent before.
    r: Vec<u32>,
    /// What became of it: see [`look`].
    l: Vec<u8>,
    /// How long it took to arrive; -1: it didn't; -2: nobody knows.
    d: Vec<i64>,
    /// Its event; -1: none is here.
    e: Vec<i64>,
}

/// How a segment is drawn: 0 as any other, 1 sent again, 2 lost, 3 before its turn, 4 nothing new in it, 5 dropped, 6 it
/// filled a gap.
fn look(segment: &Segment) -> u8 {
    match (segment.fate, segment.reception) {
        (Fate::Lost | Fate::TakenForLost, _) => 2,
        _ if segment.retransmission > 0 => 1,
        (_, Reception::Text(Arrival::OutOfOrder)) => 3,
        (_, Reception::Text(Arrival::Duplicate)) => 4,
        (_, Reception::Text(Arrival::NoRoom) | Reception::Discarded(_)) => 5,
        (_, Reception::Text(Arrival::FilledGap)) => 6,
        _ => 0,
    }
}

/// Up to `merge` ordinary segments in a row become one, and so do those that came before their turn.
pub(super) fn columns(
    all: &[Segment],
    merge: usize,
    clock: impl Fn(Time) -> i64,
    event: impl Fn(Option<u32>) -> i64,
) -> SegmentsData {
    let mut data = SegmentsData::default();
    let (mut last_at, mut last_start, mut last_ack) = (0, 0, 0);
    // How many more may join the last one, and where they must begin.
    let (mut room, mut behind): (usize, Option<(u64, bool, u8)>) = (0, None);
    for segment in all {
        let look = look(segment);
        let is_plain =
            matches!(look, 0 | 3) && !segment.flags.intersects(Flags::SYN | Flags::FIN | Flags::RST);
        if room > 0 && is_plain && behind == Some((segment.start, segment.bytes > 0, look)) {
            let last = data.n.len() - 1;
            data.n[last] += u64::from(segment.bytes);
            data.m[last] += 1;
            room -= 1;
            behind = Some((segment.end(), segment.bytes > 0, look));
            continue;
        }
        (room, behind) =
            if is_plain { (merge - 1, Some((segment.end(), segment.bytes > 0, look))) } else { (0, None) };
        let (at, start, ack) = (clock(segment.at), segment.start as i64, segment.ack as i64);
        data.t.push(at - last_at);
        data.s.push(start - last_start);
        data.n.push(segment.bytes.into());
        data.m.push(1);
        data.f.push(segment.flags.bits());
        data.a.push(ack - last_ack);
        data.r.push(segment.retransmission);
        data.l.push(look);
        data.d.push(match segment.fate {
            Fate::Arrived(then) => clock(then) - at,
            Fate::Lost => -1,
            _ => -2,
        });
        data.e.push(event(segment.event));
        (last_at, last_start, last_ack) = (at, start, ack);
    }
    data
}

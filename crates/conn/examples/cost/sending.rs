//! The sending half: bulk data leaves, and is acknowledged.

use std::sync::Arc;

use bytes::Bytes;
use lucid_congestion::Algorithm;
use lucid_conn::engine::{Config, MakeController, Time};
use lucid_wire::{Flags, Segment, SeqRange};

use crate::door::{Counts, Door, SEGMENT};
use crate::held::Held;
use crate::path::{Path, Run};
use crate::{Load, WARM_UP};

/// What the application writes at once.
static WRITE: [u8; 1 << 16] = [0; 1 << 16];

/// Sends until so many ACKs have come that count, or until all is repaired.
pub(crate) fn run(load: &Load, algorithm: Algorithm) -> Counts {
    let window = load.window * SEGMENT;
    // The smallest scale by which the window fits into the header.
    let scale = (0..14).find(|scale| window >> scale < 0xffff).unwrap_or(14);
    let segments = load.window;
    let make: MakeController =
        Arc::new(move |parameters| Box::new(Held::new(algorithm, segments, parameters)));
    let config = Config { send_buffer: 2 * window as usize + WRITE.len(), ..Config::default() };
    let mut door = Door::open(config, Some(make), scale);
    let mut path = Path::new(load);
    let zeros = Bytes::from_static(&WRITE);
    // The window in a SYN isn't scaled: the first ACK says how large it is.
    let mut answer = Some(Vec::new());
    let mut has_begun = false;
    loop {
        if !has_begun && is_time(load, &door, &path) {
            door.begin();
            has_begun = true;
        }
        if let Some(runs) = answer.take() {
            let mut ack = acknowledgment(&door, &path, &runs);
            ack.header.window = (window >> scale) as u16;
            door.arrives(&ack);
            door.counts.note(path.outstanding(), path.holes());
        }
        if has_begun && (door.counts.arrived >= load.count || path.is_past_loss()) {
            return door.counts;
        }
        door.fill(&zeros);
        while let Some(segment) = door.next_segment() {
            let place = u64::from(segment.header.sequence.get().wrapping_sub(door.first.get()));
            assert!(
                place % SEGMENT == 0 && segment.payload.len() as u64 == SEGMENT,
                "only full segments leave"
            );
            path.take(door.now, place / SEGMENT, segment.header.options.timestamps);
        }
        let arrival = path.next().unwrap_or(Time::from_nanos(u64::MAX));
        match door.due().filter(|&due| due < arrival) {
            Some(due) => {
                door.now = due;
                door.tick();
            }
            None => {
                door.now = arrival;
                answer = path.deliver();
            }
        }
    }
}

/// Whether what counts begins: with the first sign of loss, where there is but one episode.
fn is_time(load: &Load, door: &Door, path: &Path) -> bool {
    let is_episode = load.lossy.start > 0;
    if is_episode { path.holes() > 0 } else { door.counts.arrived >= WARM_UP * load.window }
}

/// The peer's ACK, with these runs beyond it.
fn acknowledgment(door: &Door, path: &Path, runs: &[Run]) -> Segment {
    let place = |segment: u64| door.first + (segment * SEGMENT) as u32;
    let mut ack = door.peer_segment(Flags::ACK, 1, place(path.expected));
    ack.header.options.sack =
        runs.iter().map(|run| SeqRange { start: place(run.start), end: place(run.end) }).collect();
    if let (Some(stamps), Some(heard)) = (&mut ack.header.options.timestamps, path.heard) {
        stamps.echo = heard;
    }
    ack
}

//! The receiving half: bulk data arrives, every so-manieth segment a whole window late.

use bytes::Bytes;
use lucid_conn::engine::Config;
use lucid_wire::Flags;

use crate::door::{Counts, Door, SEGMENT};
use crate::{Load, RATE, WARM_UP};

/// Receives until so many segments have come.
pub(crate) fn run(load: &Load) -> Counts {
    let buffer = 2 * (load.window * SEGMENT) as usize;
    let config = Config { receive_buffer: buffer, window_scale: Some(14), ..Config::default() };
    let mut door = Door::open(config, None, 14);
    let late_every = load.window.checked_div(load.holes);
    let is_late = |segment: u64| late_every.is_some_and(|every| segment % every == every - 1);
    let payload = Bytes::from_static(&[0; SEGMENT as usize]);
    let mut gaps = 0;
    let mut warm_up = Some(WARM_UP * load.window);
    for newest in 0_u64.. {
        gaps += u64::from(is_late(newest));
        let late = newest.checked_sub(load.window).filter(|&segment| is_late(segment));
        gaps -= u64::from(late.is_some());
        let first_time = Some(newest).filter(|&segment| !is_late(segment));
        for segment in first_time.into_iter().chain(late) {
            door.pass(std::time::Duration::from_secs(1) / RATE as u32);
            let mut data = door.peer_segment(Flags::ACK, 1 + segment * SEGMENT, door.first);
            data.header.window = u16::MAX;
            data.payload = payload.clone();
            door.arrives(&data);
            door.counts.note(load.window, gaps);
            while door.next_segment().is_some() {}
            door.read();
            while door.next_segment().is_some() {}
            match warm_up {
                Some(segments) if door.counts.arrived >= segments => {
                    door.begin();
                    warm_up = None;
                }
                None if door.counts.arrived >= load.count => return door.counts,
                _ => {}
            }
        }
    }
    unreachable!("there are segments enough")
}

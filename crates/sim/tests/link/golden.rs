//! A run with every fault at once, written down: if it changes, seeds have lost their meaning.

use core::time::Duration;
use std::fmt::Write;

use crate::packet::Numbered;
use lucid_sim::{Faults, Link, ParseError, parse_duration};

fn every_fault() -> Result<Faults, ParseError> {
    Ok(Faults {
        loss: "10%".parse()?,
        burst: Some("10%,50%".parse()?),
        drop: vec!["data:3".parse()?],
        delay: parse_duration("50ms")?,
        jitter: parse_duration("5ms")?,
        reorder: "20%".parse()?,
        duplicate: "20%".parse()?,
        corrupt: "20%".parse()?,
        rate: Some("1mbit".parse()?),
        queue: Some(2500),
        rate_changes: Vec::new(),
        mark: None,
        mtu: None,
        blackout: vec!["60ms..70ms".parse()?],
    })
}

/// Twenty packets of 1000 bytes, five milliseconds apart: 8 ms each on the line, so that the queue fills.
fn transcript(faults: Faults, seed: u64) -> String {
    let mut link = Link::new(faults, seed);
    let mut lines = String::new();
    for number in 0..20 {
        let now = number as u32 * Duration::from_millis(5);
        let verdict = link.push(now, Numbered::new(number, 1000));
        let fate = verdict.dropped.map_or("passed".to_owned(), |reason| reason.to_string());
        let marks =
            [(verdict.duplicated, " x2"), (verdict.corrupted, " damaged"), (verdict.reordered, " held")];
        let marks: String = marks.into_iter().filter_map(|(is_so, mark)| is_so.then_some(mark)).collect();
        writeln!(lines, "{now:?} #{number} {fate}{marks}").unwrap();
    }
    while let Some(at) = link.next_delivery() {
        let packet = link.pop(at).expect("it is due");
        let damaged = packet.bytes.iter().position(|&byte| byte != 0);
        let damage =
            damaged.map_or(String::new(), |byte| format!(" byte {byte} ^ {:#04x}", packet.bytes[byte]));
        writeln!(lines, "{at:?} -> #{}{damage}", packet.number).unwrap();
    }
    lines
}

#[test]
fn a_seed_means_the_same_run_for_ever() -> Result<(), ParseError> {
    let run = transcript(every_fault()?, 10);
    assert_eq!(run, GOLDEN, "\n{run}");
    assert_ne!(run, transcript(every_fault()?, 11));
    Ok(())
}

/// Checked once against a second implementation, in another language.
const GOLDEN: &str = "\
0ns #0 passed held
5ms #1 passed x2
10ms #2 scripted drop
15ms #3 passed
20ms #4 passed
25ms #5 queue full
30ms #6 passed
35ms #7 burst loss
40ms #8 passed
45ms #9 random loss
50ms #10 passed held
55ms #11 burst loss
60ms #12 blackout
65ms #13 blackout
70ms #14 burst loss
75ms #15 burst loss
80ms #16 burst loss
85ms #17 passed
90ms #18 random loss
95ms #19 passed x2 damaged
67.50452ms -> #1
75.50452ms -> #1
84.605291ms -> #3
91.219944ms -> #4
100.014545ms -> #6
108.11859ms -> #8
145.529312ms -> #17
153.225891ms -> #19 byte 132 ^ 0x80
159.827912ms -> #0
161.225891ms -> #19 byte 132 ^ 0x80
218.306484ms -> #10
";

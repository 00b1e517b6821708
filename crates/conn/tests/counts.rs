//! What `info` and the events tell of a connection's life.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Config, Counts, Profile, State, What};
use support::script::Script;

fn wide() -> Config {
    Config { initial_window: 10, ..Config::new(Profile::Classic) }
}

#[test]
fn everything_that_happens_is_counted() {
    let mut script = Script::established(&wide());
    script.writes(3012);
    for _ in 0..3 {
        script.says("SEQ 1 ACK 1");
    }
    script.wait(Duration::from_secs(1));
    script.says("SEQ 1 ACK 3013");
    script.says("SEQ 101 ACK 3013 LEN 50");
    script.says("SEQ 101 ACK 3013 LEN 50");
    script.says("SEQ 1 ACK 3013 LEN 100");
    script.says("SEQ 1 ACK 3013 LEN 100");
    script.says("SEQ 151 LEN 100");
    script.says("SYN SEQ 500");
    assert_eq!(
        script.info().counts,
        Counts {
            marks_received: 0,
            congestion_echoes: 0,
            // SYN, ACK, three of data, two again, four ACKs of data, a challenge.
            segments_sent: 12,
            // SYN-ACK, three duplicates, one ACK, four of data, two odd ones.
            segments_received: 11,
            bytes_sent: 3012,
            bytes_received: 150,
            retransmissions: 2,
            timeouts: 1,
            fast_retransmits: 1,
            tail_probes: 0,
            undone: 0,
            duplicates_received: 2,
            out_of_order_received: 1,
            discarded: 2,
            window_probes: 0,
            keep_alive_probes: 0,
            challenge_acks: 1,
        }
    );
}

#[test]
fn info_tells_what_is_written_sent_and_offered() {
    let mut script = Script::connecting(&Config::new(Profile::Classic));
    script.writes(2000);
    assert_eq!((script.info().unsent, script.info().flight_size), (2000, 1), "the SYN is under way");
    script.says("SYN SEQ 0 ACK 1 MSS 1004 WND 5000");
    let info = script.info();
    assert_eq!((info.unsent, info.flight_size, info.send_window), (996, 1004, 5000));
    assert_eq!((info.state, info.mss, info.receive_window), (State::Established, 1004, 65535));
    script.says("SEQ 101 ACK 1 LEN 100");
    script.says("SEQ 1 ACK 1 LEN 50");
    let info = script.info();
    assert_eq!((info.unread, info.waiting, info.receive_window), (50, 100, 65485));
}

#[test]
fn an_opening_is_told_with_its_side() {
    for (mut script, expected) in [(Script::connecting(&wide()), true), (Script::listening(&wide()), false)] {
        if !expected {
            script.says("SYN SEQ 0");
        }
        let opened = script.events.iter().find_map(|event| match event.what {
            What::Opened { active, .. } => Some(active),
            _ => None,
        });
        assert_eq!(opened, Some(expected));
    }
}

//! When a receiver acknowledges: RFC 9293 section 3.8.6.3 and RFC 5681 section 4.2.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Arrival, Call, Codepoint, Config, Input, Profile, What};
use lucid_sim::{Faults, Probability, Reorder};
use support::pair::{Pair, Who};
use support::script::{Line, Script, encoded};

fn classic() -> Config {
    Config::new(Profile::Classic)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// SHLD-19.
#[test]
fn every_second_segment_is_acknowledged() {
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 LEN 1004");
    script.hears(&[]);
    script.says("SEQ 1005 ACK 1 LEN 1004");
    script.hears(&["SEQ 1 ACK 2009"]);
    script.says("SEQ 2009 ACK 1 LEN 1004");
    script.hears(&[]);
    script.says("SEQ 3013 ACK 1 LEN 1004");
    script.hears(&["SEQ 1 ACK 4017"]);
    script.wait(ms(1000));
    script.hears(&[]);
}

/// MUST-40: below half a second (SHLD-18).
#[test]
fn a_single_segment_is_acknowledged_when_the_delay_is_over() {
    for (profile, delay) in [(Profile::Classic, 200), (Profile::Modern, 40)] {
        let mut script = Script::established(&Config { quick_acks: 0, ..Config::new(profile) });
        script.wait(ms(1000));
        script.says("SEQ 1 ACK 1 LEN 1004");
        script.wait(ms(1000));
        script.hears_at("SEQ 1 ACK 1005", &[1000 + delay]);
    }
}

/// The delay is that of the first segment that waits, not of the last.
#[test]
fn each_delay_begins_with_its_own_segment() {
    let mut script = Script::established(&Config { ack_every: 3, ..classic() });
    script.says("SEQ 1 ACK 1 LEN 1004");
    script.wait(ms(150));
    script.says("SEQ 1005 ACK 1 LEN 1004");
    script.wait(ms(1000));
    script.hears_at("SEQ 1 ACK 2009", &[200]);
}

#[test]
fn without_a_delay_every_segment_is_acknowledged_at_once() {
    let mut script = Script::established(&Config { ack_delay: ms(0), ..classic() });
    script.says("SEQ 1 ACK 1 LEN 10");
    script.hears(&["SEQ 1 ACK 11"]);
}

/// MUST-58.
#[test]
fn data_that_goes_anyway_takes_the_acknowledgment_along() {
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 LEN 1004");
    script.wait(ms(100));
    script.writes(10);
    script.hears(&["SEQ 1 ACK 1005 LEN 10"]);
    script.says("SEQ 1005 ACK 11");
    script.wait(ms(1000));
    script.hears(&[]);
}

#[test]
fn a_fin_is_acknowledged_at_once() {
    let mut script = Script::established(&classic());
    script.says("FIN SEQ 1 ACK 1 LEN 10");
    script.hears(&["SEQ 1 ACK 12"]);
}

/// RFC 5681 4.2, X-11 (MAY-13).
#[test]
fn out_of_order_duplicate_and_gap_filling_segments_are_acknowledged_at_once() {
    let mut script = Script::established(&classic());
    script.says("SEQ 101 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 1"]);
    script.says("SEQ 301 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 1"]);
    script.says("SEQ 301 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 1"]);
    script.says("SEQ 1 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 201"]);
    script.says("SEQ 1 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 201"]);
    script.says("SEQ 201 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 401"]);
    let arrivals: Vec<_> = script
        .events
        .iter()
        .filter_map(|event| match event.what {
            What::Arrived { arrival, .. } => Some(arrival),
            _ => None,
        })
        .collect();
    use Arrival::{Duplicate, FilledGap, OutOfOrder};
    assert_eq!(arrivals, [OutOfOrder, OutOfOrder, Duplicate, FilledGap, Duplicate, FilledGap]);
}

/// RFC 5681 4.2: a gap behind it is reason enough.
#[test]
fn while_a_gap_is_open_no_acknowledgment_waits() {
    let mut script = Script::established(&classic());
    script.says("SEQ 301 ACK 1 LEN 100");
    script.ignores();
    script.says("SEQ 1 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 101"]);
    script.says("SEQ 101 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 201"]);
}

/// RFC 5681 section 2: with data it would not count as a duplicate.
#[test]
fn a_duplicate_ack_goes_without_data_even_if_data_waits() {
    let mut script = Script::established(&classic());
    script.writes(1004 + 1004);
    script.hears(&["SEQ 1 ACK 1 LEN 1004"]);
    script.says("SEQ 101 ACK 1005 LEN 100");
    script.hears(&["SEQ 1005 ACK 1", "SEQ 1005 ACK 1 LEN 1004"]);
}

/// MUST-59: what came together is processed together.
#[test]
fn segments_that_are_taken_in_at_once_draw_one_acknowledgment() {
    let mut script = Script::established(&classic());
    let from = Who::Server.address();
    for n in 0..6 {
        let segment = script.segment(&Line::parse(&format!("SEQ {} ACK 1 LEN 1000", 1 + 1000 * n)));
        let bytes = encoded(&segment).into();
        script.endpoint.handle(script.now, Input::datagram(from, bytes, Codepoint::NotEct)).unwrap();
    }
    script.input(Input::Tick).unwrap();
    script.hears(&["SEQ 1 ACK 6001"]);
}

/// Else two peers would answer each other for ever.
#[test]
fn an_ack_is_never_acknowledged() {
    let mut script = Script::established(&classic());
    for _ in 0..10 {
        script.says("SEQ 1 ACK 1");
        script.says("SEQ 1 ACK 1 WND 100");
    }
    script.wait(ms(10_000));
    script.hears(&[]);
}

/// RFC 5681 4.2: whatever the link does, never more than one ACK for one segment.
#[test]
fn no_segment_draws_more_than_one_ack() {
    let probability = |p| Probability::new(p).unwrap();
    let faults = Faults {
        loss: probability(0.1),
        duplicate: probability(0.1),
        reorder: Reorder { probability: probability(0.2), extra: None },
        delay: ms(10),
        ..Faults::default()
    };
    for seed in 0..50 {
        println!("seed {seed}");
        let mut pair = Pair::over(&classic(), &classic(), &faults, seed);
        let (client, server) = pair.established();
        pair.write(Who::Client, client, &[7; 60_000]);
        pair.call(Who::Client, client, Call::Shutdown).unwrap();
        pair.run_for(Duration::from_secs(3600));
        let counts = pair.side(Who::Server).endpoint.info(server).unwrap().counts;
        assert_eq!(counts.bytes_received, 60_000);
        assert!(counts.segments_sent <= counts.segments_received, "{counts:?}");
        // On a link like this most segments come in order, so there are fewer.
        assert!(counts.segments_sent < counts.segments_received, "{counts:?}");
    }
}

/// RFC 5681 section 2: an ACK with another window is no duplicate. A reader that keeps up must not turn duplicates
/// into window updates.
#[test]
fn duplicates_keep_the_window_while_the_application_reads() {
    let mut pair = Pair::new(&Config { initial_window: 10, ..classic() });
    let (client, server) = pair.established();
    pair.lose = Box::new(|who, number, _| who == Who::Server && number == 3);
    pair.write(Who::Server, server, &[7; 8 * 1004]);
    let mut received = 0;
    while received < 8 * 1004 && pair.step() {
        received += pair.read(Who::Client, client).0.len();
    }
    let counts = pair.side(Who::Server).endpoint.info(server).unwrap().counts;
    assert_eq!((received, counts.fast_retransmits, counts.timeouts), (8 * 1004, 1, 0));
}

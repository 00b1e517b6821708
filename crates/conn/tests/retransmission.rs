//! The retransmission timer: RFC 6298, and what RFC 9293 section 3.8.3 makes of its failures.

mod support;

use std::collections::HashMap;
use std::time::Duration;

use lucid_conn::engine::{
    Call, Cause, CloseReason, Config, Event, Notice, PathMtu, Profile, State, Time, What,
};
use lucid_sim::{Faults, Probability};
use support::pair::{Pair, Who};
use support::script::Script;

fn classic() -> Config {
    Config::new(Profile::Classic)
}

/// Several segments at once.
fn wide() -> Config {
    Config { initial_window: 10, ..classic() }
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// RFC 6298 2.4, 2.5, 5.5; RFC 9293 MUST-21: R2 may be infinite (MUST-19, X-7).
#[test]
fn the_timeout_doubles_from_one_second_to_sixty() {
    let mut script = Script::established(&Config { r2: Duration::MAX, ..classic() });
    script.writes(100);
    script.wait(secs(250));
    let times = [0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 123_000, 183_000, 243_000];
    script.hears_at("SEQ 1 ACK 1 LEN 100", &times);
    script.wait(secs(3600));
    assert_eq!(script.state(), State::Established);
}

/// RFC 9293 3.8.3 (MUST-20, SHLD-9, SHLD-10, SHLD-11, MUST-47).
#[test]
fn the_application_hears_of_trouble_at_r1_and_the_connection_ends_at_r2() {
    let mut script = Script::established(&classic());
    script.writes(100);
    script.wait(ms(6999));
    assert_eq!(script.notices, [Notice::Connected]);
    script.wait(ms(1));
    assert_eq!(script.notices[1..], [Notice::Stalled { retransmissions: 3 }]);
    script.wait(ms(92_999));
    script.hears_at("SEQ 1 ACK 1 LEN 100", &[0, 1000, 3000, 7000, 15_000, 31_000, 63_000]);
    script.wait(ms(1));
    let silent_for = secs(100);
    let reason = CloseReason::TimedOut { state: State::Established, silent_for, retransmissions: 6 };
    assert_eq!(script.notices[2..], [Notice::Closed(reason)]);
}

#[test]
fn progress_begins_r2_anew() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    script.wait(secs(95));
    script.says("SEQ 1 ACK 1005");
    script.wait(secs(60));
    assert_eq!(script.state(), State::Established);
    script.wait(secs(100));
    assert_eq!(script.state(), State::Closed);
}

/// RFC 6298 2.2: RTO = R + 4 * R/2, from the handshake's round trip of 500 ms (MUST-18).
#[test]
fn the_first_timeout_follows_from_the_handshakes_round_trip() {
    let mut script = Script::connecting(&classic());
    script.wait(ms(500));
    script.says("SYN SEQ 0 ACK 1 MSS 1004");
    script.ignores();
    script.writes(100);
    script.wait(secs(2));
    script.hears_at("SEQ 1 ACK 1 LEN 100", &[500, 2000]);
}

/// RFC 6298 section 3: Karn (MUST-18).
#[test]
fn a_segment_sent_twice_measures_nothing() {
    let mut script = Script::established(&classic());
    script.writes(100);
    script.wait(ms(1100));
    let samples = |script: &Script| {
        script.events.iter().filter(|event| matches!(event.what, What::RoundTrip { .. })).count()
    };
    assert_eq!(samples(&script), 1, "the handshake's");
    script.says("SEQ 1 ACK 101");
    assert_eq!((samples(&script), script.info().smoothed_rtt), (1, Some(ms(0))));
    script.writes(100);
    script.wait(ms(80));
    script.says("SEQ 1 ACK 201");
    assert_eq!((samples(&script), script.info().smoothed_rtt), (2, Some(ms(10))));
}

/// Karn's second half, RFC 8961 section 4 (4): only data that was sent once proves the path to be good again.
#[test]
fn the_back_off_stays_until_something_sent_once_is_acknowledged() {
    let mut script = Script::established(&classic());
    script.writes(100);
    script.wait(secs(1));
    script.says("SEQ 1 ACK 101");
    script.ignores();
    script.writes(100);
    script.wait(secs(2));
    script.hears_at("SEQ 101 ACK 1 LEN 100", &[1000, 3000]);
    assert_eq!(script.info().rto, secs(4));
    script.says("SEQ 1 ACK 201");
    script.writes(100);
    script.says("SEQ 1 ACK 301");
    script.ignores();
    script.writes(100);
    script.wait(secs(1));
    script.hears_at("SEQ 301 ACK 1 LEN 100", &[3000, 4000]);
}

/// RFC 6298 5.3. The sample of 900 ms makes SRTT 112.5 ms and RTTVAR 225 ms: RTO 1012.5 ms from the ACK on.
#[test]
fn an_ack_of_new_data_restarts_the_timer() {
    let mut script = Script::established(&wide());
    script.writes(2008);
    script.wait(ms(900));
    script.says("SEQ 1 ACK 1005");
    script.ignores();
    script.wait(secs(2));
    script.hears_at("SEQ 1005 ACK 1 LEN 1004", &[1912]);
}

/// RFC 6298 5.2.
#[test]
fn with_everything_acknowledged_the_timer_stops() {
    let mut script = Script::established(&wide());
    script.writes(2008);
    script.says("SEQ 1 ACK 2009");
    script.ignores();
    script.wait(secs(3600));
    script.hears(&[]);
}

/// RFC 5681 3.1: the loss window is one segment; what follows is slow start.
#[test]
fn after_a_timeout_only_the_front_segment_goes_and_the_rest_as_acks_come() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    script.ignores();
    script.wait(secs(1));
    script.hears(&["SEQ 1 ACK 1 LEN 1004"]);
    script.says("SEQ 1 ACK 1005");
    script.hears(&["SEQ 1005 ACK 1 LEN 1004", "SEQ 2009 ACK 1 LEN 1004"]);
    script.says("SEQ 1 ACK 3013");
    script.hears(&["SEQ 3013 ACK 1 LEN 1004"]);
}

#[test]
fn what_the_peer_had_all_the_same_is_not_sent_again() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    script.wait(secs(1));
    script.ignores();
    script.says("SEQ 1 ACK 4017");
    script.wait(secs(100));
    script.hears(&[]);
}

/// RFC 5681 3.2: three duplicates, not two, and not a second time for further ones.
#[test]
fn the_third_duplicate_ack_sends_the_front_again_at_once() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    script.wait(ms(20));
    script.ignores();
    for _ in 0..2 {
        script.says("SEQ 1 ACK 1");
        script.hears(&[]);
    }
    script.says("SEQ 1 ACK 1");
    script.hears(&["SEQ 1 ACK 1 LEN 1004"]);
    script.says("SEQ 1 ACK 1");
    script.hears(&[]);
}

/// RFC 5681 section 2: what is not exactly a duplicate ACK doesn't count as one.
#[test]
fn four_kinds_of_equal_acks_are_no_duplicates() {
    for (name, segment) in [
        ("with data", "SEQ 1 ACK 1 LEN 1"),
        ("another window", "SEQ 1 ACK 1 WND 5000"),
        ("old", "SEQ 1 ACK 0"),
    ] {
        let mut script = Script::established(&wide());
        script.writes(4016);
        script.says("SEQ 1 ACK 1");
        script.says("SEQ 1 ACK 1");
        script.says(segment);
        assert_eq!(script.info().counts.fast_retransmits, 0, "{name}");
    }
    let mut script = Script::established(&wide());
    for _ in 0..4 {
        script.says("SEQ 1 ACK 1");
    }
    assert_eq!(script.info().counts.fast_retransmits, 0, "nothing outstanding");
}

/// RFC 6298 section 5: never less than one RTO after the previous transmission of that segment.
#[test]
fn a_fast_retransmit_restarts_the_timer() {
    let mut script = Script::established(&wide());
    script.writes(4016);
    script.ignores();
    script.wait(ms(900));
    for _ in 0..3 {
        script.says("SEQ 1 ACK 1");
    }
    script.wait(secs(1));
    script.hears_at("SEQ 1 ACK 1 LEN 1004", &[900, 1900]);
}

/// RFC 6298 section 5 again, over links that lose a third: what the timer sends again is one RTO old.
#[test]
fn the_timer_never_resends_a_segment_younger_than_the_timeout() {
    let faults =
        Faults { loss: Probability::new(0.33).unwrap(), delay: ms(30), jitter: ms(20), ..Faults::default() };
    for profile in [Profile::Classic, Profile::Modern] {
        for seed in 0..30 {
            println!("{profile} seed {seed}");
            // With SACK an ACK may measure without restarting the timer: RTO may have grown since that was set.
            let sack = false;
            let config = Config {
                mss: 1452,
                path_mtu: PathMtu::Fixed,
                r2: secs(100_000),
                r2_syn: secs(100_000),
                sack,
                ..Config::new(profile)
            };
            let mut pair = Pair::over(&config, &config, &faults, seed);
            let listener = pair.listen();
            let client = pair.connect();
            pair.write(Who::Client, client, &[7; 100_000]);
            pair.run_for(secs(3600));
            assert!(pair.accept(listener).is_some());
            let timeouts = check_timeouts(&pair.side(Who::Client).events);
            assert!(timeouts > 0, "a run without a timeout shows nothing");
        }
    }
}

fn check_timeouts(events: &[Event]) -> usize {
    let mut last_sent: HashMap<u32, Time> = HashMap::new();
    let mut timeouts = 0;
    for event in events {
        match &event.what {
            What::Sent { segment, .. } => drop(last_sent.insert(segment.seq, event.at)),
            What::Timeout { seq, rto, late, .. } => {
                timeouts += 1;
                let age = event.at - last_sent[seq];
                assert!(
                    age >= rto.before,
                    "{} old, RTO {:?}, at {}",
                    age.as_secs_f64(),
                    rto.before,
                    event.at
                );
                assert_eq!((late[0].seq, late[0].age), (*seq, age), "it heads the late list");
            }
            _ => {}
        }
    }
    timeouts
}

/// RFC 9293 3.4: an ACK takes no number, and is never sent again.
#[test]
fn a_pure_ack_is_never_sent_again() {
    let mut script = Script::established(&classic());
    script.says("SEQ 1 ACK 1 LEN 1004");
    script.says("SEQ 1005 ACK 1 LEN 1004");
    script.hears(&["SEQ 1 ACK 2009"]);
    script.wait(secs(3600));
    script.hears(&[]);
}

#[test]
fn what_goes_again_carries_the_latest_acknowledgment() {
    let mut script = Script::established(&classic());
    script.writes(100);
    script.says("SEQ 1 ACK 1 LEN 50");
    script.wait(ms(200));
    script.ignores();
    script.wait(ms(800));
    script.hears(&["SEQ 1 ACK 51 LEN 100 WND 65485"]);
}

/// A segment is acknowledged in part: only the rest goes again.
#[test]
fn only_what_is_missing_of_a_segment_goes_again() {
    let mut script = Script::established(&classic());
    script.writes(100);
    script.says("SEQ 1 ACK 41");
    script.ignores();
    script.wait(secs(1));
    script.hears(&["SEQ 41 ACK 1 LEN 60"]);
}

#[test]
fn a_timeout_is_told_with_its_back_off_and_count() {
    let mut script = Script::established(&classic());
    script.writes(100);
    script.wait(secs(3));
    let told: Vec<_> = script
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Timeout { rto, count, .. } => Some((event.cause, rto.before, rto.after, *count)),
            _ => None,
        })
        .collect();
    let cause = Cause::RetransmissionTimeout;
    assert_eq!(told, [(cause, secs(1), secs(2), 1), (cause, secs(2), secs(4), 2)]);
}

/// Progress ends the count: the next trouble is a new one, and told again.
#[test]
fn after_progress_timeouts_are_counted_anew() {
    let mut script = Script::established(&classic());
    for round in 0..2 {
        let front = 1 + 100 * round;
        script.writes(100);
        script.wait(secs(25));
        script.says(&format!("SEQ 1 ACK {}", front + 100));
        script.writes(100);
        script.says(&format!("SEQ 1 ACK {}", front + 200));
    }
    let counts = script.events.iter().filter_map(|event| match event.what {
        What::Timeout { count, .. } => Some(count),
        _ => None,
    });
    assert_eq!(counts.collect::<Vec<_>>(), [1, 2, 3, 4, 1, 2, 3, 4]);
    let stalled = script.notices.iter().filter(|notice| matches!(notice, Notice::Stalled { .. })).count();
    assert_eq!(stalled, 2);
}

/// Every segment that goes again is announced, and says why it does.
#[test]
fn what_goes_again_names_its_cause_and_its_bytes() {
    let mut script = Script::established(&wide());
    script.writes(2108);
    script.call(Call::Shutdown).expect("the first one");
    for _ in 0..3 {
        script.says("SEQ 1 ACK 1");
    }
    script.says("SEQ 1 ACK 2009");
    script.wait(secs(1));
    let again = script.events.iter().filter_map(|event| match event.what {
        What::Resending { bytes, .. } => Some((event.cause, "is to go", bytes)),
        What::Sent { segment, retransmission: 1, .. } => Some((event.cause, "goes", segment.bytes)),
        _ => None,
    });
    let (duplicates, timer) = (Cause::ThirdDuplicateAck, Cause::RetransmissionTimeout);
    assert_eq!(
        again.collect::<Vec<_>>(),
        [
            (duplicates, "is to go", 1004),
            (duplicates, "goes", 1004),
            (timer, "is to go", 100),
            (timer, "goes", 100)
        ]
    );
}

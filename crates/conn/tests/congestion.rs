//! The congestion window as the connection lives it: RFC 5681, 6582, 3042, with the seed's figures.

mod support;

use std::time::Duration;

use lucid_congestion::{Algorithm, Halve};
use lucid_conn::engine::{Call, Cause, Config, Event, PathMtu, Profile, What};
use lucid_sim::{Faults, Probability};
use support::pair::{Pair, Who};
use support::script::Script;

use Cause::{
    CongestionAvoidance, FullAck, FurtherDuplicateAck, PartialAck, SlowStart, ThirdDuplicateAck,
    TimeoutWindow,
};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Every change of the window: why, cwnd and ssthresh after it.
fn windows(events: &[Event]) -> Vec<(Cause, f64, f64)> {
    let of = |event: &Event| match event.what {
        What::Window { cwnd, ssthresh, .. } => Some((event.cause, cwnd.after, ssthresh.after)),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// An established connection with plenty to send in segments of 1004 bytes, or 1000 in the modern profile.
fn sending(config: &Config) -> Script {
    let mut script = Script::connecting(config);
    script.says(&format!("SYN SEQ 0 ACK 1 MSS {}", mss(config)));
    script.writes(200_000);
    script.ignores();
    script
}

fn mss(config: &Config) -> u64 {
    if config.mss == 1004 { 1004 } else { 1000 }
}

/// The peer acknowledges everything up to the n-th segment.
fn acks(script: &mut Script, n: u64) {
    let mss = u64::from(script.info().mss);
    script.says(&format!("SEQ 1 ACK {}", 1 + mss * n));
}

/// RFC 5681 and RFC 6582 by the letter: losses are found by duplicate ACKs, which inflate the window.
fn duplicate_acks() -> Config {
    Config {
        mss: 1452,
        path_mtu: PathMtu::Fixed,
        algorithm: Algorithm::NewReno,
        halve: Halve::FlightSize,
        proportional: false,
        sack: false,
        tail_loss_probe: false,
        pacing: false,
        ..Config::new(Profile::Modern)
    }
}

fn classic(algorithm: Algorithm) -> Config {
    Config { algorithm, ..Config::new(Profile::Classic) }
}

/// At the seed's figure: 66 segments acknowledged one by one, cwnd 65583.98828696879.
fn in_congestion_avoidance(algorithm: Algorithm) -> Script {
    let mut script = sending(&classic(algorithm));
    (1..=66).for_each(|n| acks(&mut script, n));
    assert_eq!(script.info().cwnd, 65583.98828696879);
    script.ignores();
    script.events.clear();
    script
}

/// RFC 5681 3.1 (2) and (3), and the seed's step 5 to the last digit (MUST-19).
#[test]
fn slow_start_adds_a_segment_per_ack_up_to_ssthresh_and_avoidance_a_fraction() {
    let mut script = sending(&classic(Algorithm::Reno));
    assert_eq!(script.info().cwnd, 1024.0);
    (1..=66).for_each(|n| acks(&mut script, n));
    let mut expected: Vec<_> = (2..=64).map(|n| (SlowStart, 1024.0 * f64::from(n), 65536.0)).collect();
    for cwnd in [65552.0, 65567.99609470344, 65583.98828696879] {
        expected.push((CongestionAvoidance, cwnd, 65536.0));
    }
    assert_eq!(windows(&script.events), expected);
}

/// The window is filled, and no more: one segment, then two, then four.
#[test]
fn what_is_in_flight_follows_the_window() {
    let mut script = sending(&classic(Algorithm::Reno));
    let mut in_flight = vec![script.info().flight_size];
    for n in [1, 2, 3] {
        acks(&mut script, n);
        in_flight.push(script.info().flight_size);
    }
    assert_eq!(in_flight, [1004, 2 * 1004, 3 * 1004, 4 * 1004]);
}

/// RFC 5681 3.2, and the seed's step 7.
#[test]
fn reno_halves_and_inflates_then_deflates_at_the_new_ack() {
    let mut script = in_congestion_avoidance(Algorithm::Reno);
    for _ in 0..5 {
        acks(&mut script, 66);
    }
    script.hears(&["SEQ 66265 ACK 1 LEN 1004"]);
    acks(&mut script, 100);
    let half = 32791.99414348439;
    assert_eq!(
        windows(&script.events),
        [
            (ThirdDuplicateAck, half + 3072.0, half),
            (FurtherDuplicateAck, half + 4096.0, half),
            (FurtherDuplicateAck, half + 5120.0, half),
            (FullAck, half, half),
        ]
    );
    assert_eq!(script.info().counts.timeouts, 0);
}

/// RFC 5681 3.2 (5): once as many duplicates have come as half a window, each lets a new segment out.
#[test]
fn in_fast_recovery_new_segments_go_when_the_inflated_window_allows() {
    let mut script = sending(&Config { initial_window: 8, ..classic(Algorithm::Reno) });
    for _ in 0..3 {
        acks(&mut script, 0);
    }
    script.hears(&["SEQ 1 ACK 1 LEN 1004"]);
    // cwnd is 4 + 3 segments, 8 are in flight: the fifth duplicate has room for a ninth.
    acks(&mut script, 0);
    script.hears(&[]);
    acks(&mut script, 0);
    script.hears(&["SEQ 8033 ACK 1 LEN 1004"]);
}

/// The seed's step 6: without fast recovery, every loss starts over.
#[test]
fn tahoe_starts_over_from_one_segment() {
    let mut script = in_congestion_avoidance(Algorithm::Tahoe);
    for _ in 0..6 {
        acks(&mut script, 66);
    }
    script.hears(&["SEQ 66265 ACK 1 LEN 1004"]);
    acks(&mut script, 130);
    let half = 32791.99414348439;
    assert_eq!(windows(&script.events), [(ThirdDuplicateAck, 1024.0, half), (SlowStart, 2048.0, half)]);
    assert_eq!(script.info().counts.timeouts, 0);
}

/// RFC 6582 3.2: the first and the fifth of ten are lost. One halving, two resends, no timeout.
#[test]
fn newreno_repairs_several_losses_of_one_window_and_halves_once() {
    let config = Config { limited_transmit: false, ..duplicate_acks() };
    let mut script = sending(&config);
    for _ in 0..8 {
        acks(&mut script, 0);
    }
    script.hears(&[
        "SEQ 1 ACK 1 LEN 1000",
        "SEQ 10001 ACK 1 LEN 1000",
        "SEQ 11001 ACK 1 LEN 1000",
        "SEQ 12001 ACK 1 LEN 1000",
    ]);
    acks(&mut script, 4);
    // 13000 - 4000 + 1000 leaves room for one more.
    script.hears(&["SEQ 4001 ACK 1 LEN 1000", "SEQ 13001 ACK 1 LEN 1000"]);
    acks(&mut script, 14);
    let changes = windows(&script.events);
    assert_eq!(changes[0], (ThirdDuplicateAck, 8000.0, 5000.0));
    assert_eq!(changes[5..7], [(FurtherDuplicateAck, 13_000.0, 5000.0), (PartialAck, 10_000.0, 5000.0)]);
    // min(ssthresh, max(FlightSize, SMSS) + SMSS), with nothing in flight.
    assert_eq!(changes[7..], [(FullAck, 2000.0, 5000.0)]);
    assert_eq!(script.info().counts.timeouts, 0);
}

/// RFC 3042, and RFC 5681 3.2 (2): what limited transmit sent is not counted when FlightSize is halved.
#[test]
fn limited_transmit_sends_one_new_segment_for_each_of_two_duplicates() {
    let mut script = sending(&duplicate_acks());
    acks(&mut script, 0);
    script.hears(&["SEQ 10001 ACK 1 LEN 1000"]);
    acks(&mut script, 0);
    script.hears(&["SEQ 11001 ACK 1 LEN 1000"]);
    assert_eq!(script.info().cwnd, 10_000.0, "cwnd itself stays");
    acks(&mut script, 0);
    script.hears(&["SEQ 1 ACK 1 LEN 1000"]);
    assert_eq!(windows(&script.events), [(ThirdDuplicateAck, 8000.0, 5000.0)]);
}

/// RFC 5681 3.1 (4) and its note: FlightSize, not cwnd; and a second timeout of the same segment changes nothing.
///
#[test]
fn a_timeout_leaves_one_segment_and_half_of_what_was_in_flight() {
    let mut script = Script::connecting(&duplicate_acks());
    script.says("SYN SEQ 0 ACK 1 MSS 1000");
    script.writes(8000);
    script.wait(ms(1000));
    assert_eq!(windows(&script.events), [(TimeoutWindow, 1000.0, 4000.0), (TimeoutWindow, 1000.0, 4000.0)]);
    script.says("SEQ 1 ACK 1001");
    assert_eq!(windows(&script.events)[2], (SlowStart, 2000.0, 4000.0));
}

/// RFC 5681 3.1 (4): but two segments at least.
#[test]
fn ssthresh_is_at_least_two_segments() {
    let mut script = Script::connecting(&duplicate_acks());
    script.says("SYN SEQ 0 ACK 1 MSS 1000");
    script.writes(1000);
    script.wait(ms(200));
    assert_eq!(windows(&script.events), [(TimeoutWindow, 1000.0, 2000.0)]);
}

/// A FIN takes a number, but no room in the network.
#[test]
fn the_ack_of_a_fin_grows_nothing() {
    let mut script = Script::established(&Config::new(Profile::Classic));
    script.call(Call::Shutdown).expect("the first one");
    script.says("SEQ 1 ACK 2");
    assert_eq!(script.info().cwnd, 1024.0);
}

/// X-10, RFC 3465: an ACK cut in ten is worth no more than the whole.
#[test]
fn the_window_grows_by_no_more_than_what_was_acknowledged() {
    let mut script = sending(&duplicate_acks());
    for n in 1..=10 {
        script.says(&format!("SEQ 1 ACK {}", 1 + n));
    }
    assert_eq!(script.info().cwnd, 10_010.0);
}

/// X-10, RFC 5681 3.2: no more duplicates count than segments are out there to cause them.
#[test]
fn duplicates_beyond_what_is_outstanding_add_nothing() {
    let mut script = Script::connecting(&duplicate_acks());
    script.says("SYN SEQ 0 ACK 1 MSS 1000");
    script.writes(4000);
    for _ in 0..100 {
        acks(&mut script, 0);
    }
    // ssthresh 2 segments, 3 for the third duplicate, 1 for the fourth.
    assert_eq!(script.info().cwnd, 6000.0);
}

/// RFC 6582 3.2 (4): after a timeout, duplicates of what was sent before it are echoes.
#[test]
fn duplicates_after_a_timeout_start_no_second_recovery() {
    for algorithm in Algorithm::ALL {
        let mut script = sending(&Config { algorithm, ..duplicate_acks() });
        script.wait(ms(1000));
        for _ in 0..10 {
            acks(&mut script, 0);
        }
        acks(&mut script, 4);
        for _ in 0..10 {
            acks(&mut script, 4);
        }
        assert_eq!(script.info().counts.fast_retransmits, 0, "{algorithm:?}");
    }
}

/// New data never makes the flight larger than cwnd, plus two segments of limited transmit. (With a scoreboard it is
/// what is in the network that cwnd bounds.)
#[test]
fn the_flight_never_outgrows_the_window() {
    let loss = Probability::new(0.05).unwrap();
    let faults = Faults { loss, delay: ms(20), ..Faults::default() };
    for algorithm in [Algorithm::Tahoe, Algorithm::Reno, Algorithm::NewReno] {
        for profile in [Config::new(Profile::Classic), duplicate_acks()] {
            for seed in 0..10 {
                println!("{algorithm:?}, {} bytes, seed {seed}", profile.mss);
                let config = Config { algorithm, ..profile.clone() };
                let mut pair = Pair::over(&config, &config, &faults, seed);
                let (client, server) = pair.established();
                assert_eq!(pair.write(Who::Client, client, &[7; 250_000]), 250_000);
                while pair.side(Who::Client).endpoint.info(client).unwrap().unsent > 0 {
                    assert!(pair.step());
                    pair.read(Who::Server, server);
                }
                check_flight(&pair.side(Who::Client).events, &config);
            }
        }
    }
}

fn check_flight(events: &[Event], config: &Config) {
    let counted = f64::from(config.mss + config.counted_header);
    let mut cwnd = counted * f64::from(config.initial_window);
    let mut new_segments = 0;
    for event in events {
        match event.what {
            What::Window { cwnd: change, .. } => cwnd = change.after,
            What::Sent { segment, retransmission: 0, flight_size, .. } if segment.bytes > 0 => {
                new_segments += 1;
                let extra = if config.limited_transmit { 2.0 } else { 0.0 };
                let flight = flight_size as f64 * counted / f64::from(config.mss);
                assert!(flight <= cwnd + extra * counted, "{flight} in flight, cwnd {cwnd}, at {}", event.at);
            }
            _ => {}
        }
    }
    assert!(new_segments > 170, "{new_segments}");
}

//! Window scaling: RFC 7323 section 2.

mod support;

use std::time::Duration;

use lucid_conn::engine::{Config, Profile};
use support::pair::{Pair, Who};
use support::script::Script;

fn config() -> Config {
    Config {
        window_scale: Some(8),
        receive_buffer: 200_000,
        ack_delay: Duration::ZERO,
        initial_window: 100,
        ..Config::new(Profile::Classic)
    }
}

/// The peer's scale is 4.
fn established(config: &Config) -> Script {
    let mut script = Script::connecting(config);
    script.answer_the_syn_heard("WS 4 WND 20000");
    script
}

/// RFC 7323 2.2: the window in a SYN is not scaled, all others are.
#[test]
fn windows_are_scaled_but_those_of_syns() {
    let mut script = Script::connecting(&config());
    script.hears(&["SYN SEQ 0 WS 8 WND 65535"]);
    script.answer_the_syn("WS 4 WND 20000");
    assert_eq!(script.info().send_window, 20_000);
    let ack = &script.sent.last().unwrap().1.header;
    assert_eq!(ack.window, (200_000 >> 8) as u16);

    let mut script = Script::listening(&config());
    script.says("SYN SEQ 0 WS 4 WND 20000");
    script.hears(&["SYN SEQ 0 ACK 1 WS 8 WND 65535"]);
    script.says("SEQ 1 ACK 1 WND 20000");
    assert_eq!(script.info().send_window, 320_000);
}

/// Without a scale from both, 16 bits are all there is.
#[test]
fn a_peer_without_scaling_is_offered_65535() {
    let mut script = Script::connecting(&config());
    script.answer_the_syn_heard("WND 20000");
    assert_eq!(script.sent.last().unwrap().1.header.window, 65535);
    assert_eq!((script.info().send_window, script.info().receive_window), (20_000, 65535));
}

/// RFC 7323 2.3: below 2^30 (X-4, REC-1).
#[test]
fn the_largest_window_stays_below_2_to_the_30() {
    let config = Config { window_scale: Some(200), receive_buffer: 1 << 31, ..config() };
    let mut script = Script::connecting(&config);
    script.hears(&["SYN SEQ 0 WS 14"]);
    script.answer_the_syn("WS 255 WND 65535");
    assert!(script.info().receive_window < 1 << 30);
    script.says("SEQ 1 ACK 1 WND 65535");
    assert_eq!(script.info().send_window, 65535 << 14);
}

/// RFC 7323 2.4: what a header can't say exactly is cut off; but all that was ever offered is taken.
#[test]
fn everything_ever_offered_is_taken() {
    let config = Config { receive_buffer: 100_000, ..config() };
    let mut script = established(&config);
    let offered = u64::from(script.sent.last().unwrap().1.header.window) << 8;
    assert_eq!(offered, 100_000 / 256 * 256);
    // The reader reads nothing: what is left is no multiple of 256.
    script.says("SEQ 1 ACK 1 LEN 200");
    let again = u64::from(script.sent.last().unwrap().1.header.window) << 8;
    assert!(200 + again < offered, "the header says less");
    let mut next = 201;
    while next <= offered {
        let len = (offered + 1 - next).min(999);
        script.says(&format!("SEQ {next} ACK 1 LEN {len}"));
        next += len;
    }
    assert_eq!(script.info().unread, offered);
}

/// RFC 7323 2.4 (4): what was sent inside the window and lies beyond it by less than a unit of the scale goes again.
#[test]
fn a_retransmission_may_lie_beyond_a_rounded_window() {
    let mut script = Script::connecting(&config());
    script.answer_the_syn_heard("WS 11 WND 4096");
    script.says("SEQ 1 ACK 1 WND 2");
    script.ignores();
    script.writes(4096);
    script.hears(&[
        "SEQ 1 ACK 1 LEN 1004",
        "SEQ 1005 ACK 1 LEN 1004",
        "SEQ 2009 ACK 1 LEN 1004",
        "SEQ 3013 ACK 1 LEN 1004",
    ]);
    // The window is 3092 now, of which the header can say 2048: the rest of the flight lies beyond it.
    script.says("SEQ 1 ACK 1005 WND 1");
    script.wait(Duration::from_secs(1));
    script.ignores();
    for ack in [2009, 3013] {
        script.says(&format!("SEQ 1 ACK {ack} WND 1"));
    }
    script.hears(&["SEQ 2009 ACK 1 LEN 1004", "SEQ 3013 ACK 1 LEN 1004"]);
}

/// Silly-window avoidance looks at what the header can say: a reader that keeps up is never left with a zero there.
#[test]
fn a_coarse_scale_does_not_close_the_window_for_ever() {
    let config = Config { receive_buffer: 1500, window_scale: Some(20), ..config() };
    let mut script = Script::connecting(&config);
    script.hears(&["SYN SEQ 0 WS 10 WND 1500"]);
    script.answer_the_syn("WS 4");
    let mut next = 1;
    for _ in 0..10 {
        script.says(&format!("SEQ {next} ACK 1 LEN 700"));
        next += 700;
        script.reads(700);
        assert_eq!(script.sent.last().unwrap().1.header.window, 1);
    }
}

/// The window is what a path of 125,000 bytes holds: without scaling half of it would stay empty.
#[test]
fn a_large_window_fills_a_long_path() {
    let faults = lucid_sim::Faults { delay: Duration::from_millis(50), ..Default::default() };
    let config = Config { send_buffer: 1 << 20, initial_window: 100, mss: 1400, nagle: false, ..config() };
    let mut in_one_flight = Vec::new();
    for window_scale in [None, Some(8)] {
        let config = Config { window_scale, ..config.clone() };
        let mut pair = Pair::over(&config, &config, &faults, 1);
        let (client, server) = pair.established();
        // The SYN-ACK's window is not scaled; the first ACK's is.
        pair.write(Who::Client, client, &[7; 10]);
        pair.run_for(Duration::from_secs(1));
        pair.write(Who::Client, client, &vec![7; 130_000]);
        let asked = pair.now;
        while pair.side(Who::Server).endpoint.info(server).unwrap().counts.bytes_received < 130_010 {
            assert!(pair.step());
        }
        in_one_flight.push(pair.now - asked <= Duration::from_millis(60));
    }
    assert_eq!(in_one_flight, [false, true]);
}

/// SHLD-14 for what it promises: an edge once offered is never refused, whatever is read meanwhile.
#[test]
fn a_silly_reader_does_not_break_the_promise() {
    let config = Config { receive_buffer: 3000, window_scale: Some(5), ..config() };
    let mut script = established(&config);
    let (mut next, mut promised) = (1_u64, 0);
    for round in 0..1000_u64 {
        let last = script.sent.last().unwrap().1.header;
        let acknowledged = last.acknowledgment.get().wrapping_sub(support::script::PEER_ISN);
        promised = promised.max(u64::from(acknowledged) + (u64::from(last.window) << 5));
        let len = (round * 7919 % 1500).min(promised - next);
        let before = script.info().counts.bytes_received;
        script.says(&format!("SEQ {next} ACK 1 LEN {len}"));
        assert_eq!(script.info().counts.bytes_received - before, len, "round {round}");
        next += len;
        script.reads((round * 104_729 % 1700) as usize);
    }
    assert!(next > 100_000, "{next}");
}

//! The receive buffer grows, so that its window is not what limits a fast path; and no further than it may.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, Config, Info, PathMtu, Profile, Reply, What};
use lucid_sim::{Faults, Rate};
use support::pair::{Pair, Who};

const MAX: usize = 4 << 20;

fn config() -> Config {
    Config {
        mss: 1452,
        path_mtu: PathMtu::Fixed,
        receive_buffer: 64 << 10,
        receive_buffer_max: MAX,
        send_buffer: 8 << 20,
        // The path is never the limit here: the window is, or the reader.
        initial_window: u16::MAX,
        pacing: false,
        ..Config::new(Profile::Modern)
    }
}

/// Both sides after `time` of a client that writes what it can, and a server that reads at most `reads` bytes each
/// millisecond. Returns how much was read, too.
fn transfer(server: &Config, reads: usize, time: Duration) -> (Info, u64, Pair) {
    let rate = Rate::from_bits_per_second(200_000_000);
    let faults = Faults { delay: Duration::from_millis(25), rate, ..Faults::default() };
    let mut pair = Pair::over(&config(), server, &faults, 1);
    let (client, server) = pair.established();
    let chunk = vec![7; 100_000];
    let mut read = 0;
    let end = pair.now + time;
    while pair.now < end {
        pair.write(Who::Client, client, &chunk);
        let mut left = reads;
        while left > 0 {
            let data = match pair.call(Who::Server, server, Call::Read { max: left }) {
                Ok(Reply::Data(data)) if !data.is_empty() => data,
                _ => break,
            };
            left -= data.len();
            read += data.len() as u64;
        }
        pair.run_for(Duration::from_millis(1));
    }
    let info = pair.side(Who::Server).endpoint.info(server).unwrap();
    (info, read, pair)
}

/// 200 Mbit/s and 50 ms: 1.25 MB are on their way. 64 KiB of window would fill a twentieth of that.
#[test]
fn a_reader_that_keeps_up_is_never_the_limit() {
    let time = Duration::from_secs(2);
    let (info, read, _) = transfer(&config(), usize::MAX, time);
    assert!(info.receive_buffer > 2 * 1_250_000, "{}", info.receive_buffer);
    assert!(info.receive_buffer <= MAX as u64);
    assert!(read > 35_000_000, "{read}");

    let fixed = Config { receive_buffer_max: 0, ..config() };
    let (info, read, _) = transfer(&fixed, usize::MAX, time);
    assert_eq!(info.receive_buffer, 64 << 10);
    assert!(read < 5_000_000, "{read}");
}

/// 100 kB/s are 5 kB in a round trip: there is no use for a larger buffer, however much waits to be sent.
#[test]
fn a_slow_reader_does_not_make_its_buffer_grow() {
    let (info, read, mut pair) = transfer(&config(), 100, Duration::from_secs(3));
    assert!(read > 290_000, "{read}");
    assert_eq!(info.receive_buffer, 64 << 10);
    assert!(info.unread <= info.receive_buffer);
    let grew = |what: &What| matches!(what, What::ReceiveBuffer { .. });
    assert!(!pair.side(Who::Server).events.iter().any(|event| grew(&event.what)));
}

/// Each step is told, and starts where the last one ended.
#[test]
fn the_buffer_grows_step_by_step_and_says_so() {
    let (info, _, mut pair) = transfer(&config(), usize::MAX, Duration::from_secs(1));
    let mut size = 64 << 10;
    for event in &pair.side(Who::Server).events {
        if let What::ReceiveBuffer { bytes } = event.what {
            assert_eq!(bytes.before, size);
            assert!(bytes.after > size);
            size = bytes.after;
        }
    }
    assert_eq!(size, info.receive_buffer);
}

/// Not without timestamps either: then the round trip is that of our own segments.
#[test]
fn without_timestamps_the_handshake_is_the_measure() {
    let plain = Config { timestamps: false, ..config() };
    let (info, read, _) = transfer(&plain, usize::MAX, Duration::from_secs(2));
    assert!(info.receive_buffer > 2 * 1_250_000, "{}", info.receive_buffer);
    assert!(read > 35_000_000, "{read}");
}

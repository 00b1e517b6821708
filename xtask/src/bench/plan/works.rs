//! The works, in the order in which they are done.

use super::{Against, Figure, Point, Work};

const fn compared(key: &'static str, unit: &'static str) -> Figure {
    Figure { key, unit, against: Against::FirstPeer }
}

const fn told(key: &'static str, unit: &'static str) -> Figure {
    Figure { key, unit, against: Against::Nothing }
}

/// A figure at one point of a work, compared with the point that it begins with.
const fn along(key: &'static str, unit: &'static str, first: &'static str) -> Figure {
    Figure { key, unit, against: Against::Key(first) }
}

const RATE: Figure = compared("mb_per_s", "MB/s");
const CPU: Figure = compared("cpu_s_per_gb", "CPU s/GB");
const PEAK: Figure = told("peak_mb", "peak MB");
const FLOW: &[Figure] = &[RATE, CPU, PEAK];
const TRIPS: &[Figure] =
    &[compared("p50_us", "p50 us"), compared("p99_us", "p99 us"), compared("cpu_us", "CPU us")];
const PER_SECOND: &[Figure] = &[compared("per_s", "per s")];
const SILENCE: &[Figure] = &[
    told("client_kib", "KiB, client"),
    told("server_kib", "KiB, server"),
    told("idle_cpu_percent", "CPU %"),
];

/// What most works are.
const PLAIN: Work = Work {
    name: "",
    what: "",
    word: "bulk",
    options: &[],
    link: &[],
    points: &[],
    takes_many: false,
    only: &[],
    most_rounds: usize::MAX,
    figures: FLOW,
};

pub(in super::super) const WORKS: [Work; 14] = [
    Work { name: "bulk", what: "512 MiB over one connection", ..PLAIN },
    Work {
        name: "bulk-1452",
        what: "the same, datagrams pinned to 1452 bytes (the kernel's TCP as it is)",
        options: &["--mtu", "1452"],
        ..PLAIN
    },
    Work {
        name: "parallel",
        what: "100 connections of 4 MiB at once; Jain's index of their rates",
        word: "parallel",
        takes_many: true,
        figures: &[RATE, CPU, PEAK, told("jain", "Jain")],
        ..PLAIN
    },
    Work {
        name: "rtt",
        what: "64 bytes there and back, one after another; CPU of both ends for each",
        word: "rtt",
        figures: TRIPS,
        ..PLAIN
    },
    Work {
        name: "rtt-threads",
        what: "the same, tokio's multi_thread with two workers at both ends",
        word: "rtt",
        options: &["--threads", "2"],
        figures: TRIPS,
        ..PLAIN
    },
    Work {
        name: "connects",
        what: "connect, a byte each way, close: one after another",
        word: "connects",
        takes_many: true,
        figures: PER_SECOND,
        ..PLAIN
    },
    Work {
        name: "connects-100",
        what: "the same, 100 at once",
        word: "connects-100",
        takes_many: true,
        figures: PER_SECOND,
        ..PLAIN
    },
    Work {
        name: "paced",
        what: "32 MiB over 100 Mbit/s and a round trip of 20 ms, datagrams of 1452 bytes",
        options: &["--mtu", "1452", "--bytes", "33554432"],
        link: &["--rate", "100mbit", "--delay-us", "10000"],
        ..PLAIN
    },
    Work {
        name: "lossy",
        what: "8 MiB over the same link, where 0.5 % get lost in each direction",
        options: &["--mtu", "1452", "--bytes", "8388608"],
        link: &["--rate", "100mbit", "--delay-us", "10000", "--loss", "0.5%"],
        ..PLAIN
    },
    Work {
        name: "connections",
        what: "256 MiB over 1, 10, 100, 1000 connections at once; x: times one connection's",
        word: "parallel",
        points: &[
            with("1", &["--count", "1", "--bytes", "268435456"]),
            with("10", &["--count", "10", "--bytes", "26843545"]),
            with("100", &["--count", "100", "--bytes", "2684354"]),
            with("1000", &["--count", "1000", "--bytes", "268435"]),
        ],
        takes_many: true,
        only: &["kernel", "lucid", "quinn-plain"],
        figures: &[
            told("cpu_s_per_gb 1", "CPU s/GB, 1"),
            along("cpu_s_per_gb 10", "CPU s/GB, 10", "cpu_s_per_gb 1"),
            along("cpu_s_per_gb 100", "CPU s/GB, 100", "cpu_s_per_gb 1"),
            along("cpu_s_per_gb 1000", "CPU s/GB, 1000", "cpu_s_per_gb 1"),
        ],
        ..PLAIN
    },
    // The link only delays, and lucid spreads a window over each round trip: 64 MiB/s at each point, with all of the window
    // under way, and no queue. A direct path would have no use for a window above what the receiver's socket holds.
    Work {
        name: "windows",
        what: "256 MiB with a fixed window, all of it under way: the link's delay grows with the window, so that 64 MiB/s is \
               what fits (its clock ticks in ms: less at the smallest); datagrams of 1452 bytes; x: times the smallest's",
        options: &["--mtu", "1452", "--bytes", "268435456"],
        points: &[
            window("64 KiB", &["--window", "65536"], &["--delay-us", "500"]),
            window("1 MiB", &["--window", "1048576"], &["--delay-us", "8000"]),
            window("16 MiB", &["--window", "16777216"], &["--delay-us", "125000"]),
            window("64 MiB", &["--window", "67108864"], &["--delay-us", "500000"]),
        ],
        only: &["lucid"],
        most_rounds: 3,
        figures: &[
            told("cpu_s_per_gb 64 KiB", "CPU s/GB, 64 KiB"),
            along("cpu_s_per_gb 1 MiB", "CPU s/GB, 1 MiB", "cpu_s_per_gb 64 KiB"),
            along("cpu_s_per_gb 16 MiB", "CPU s/GB, 16 MiB", "cpu_s_per_gb 64 KiB"),
            along("cpu_s_per_gb 64 MiB", "CPU s/GB, 64 MiB", "cpu_s_per_gb 64 KiB"),
            told("mb_per_s 64 KiB", "MB/s, 64 KiB"),
            told("mb_per_s 64 MiB", "MB/s, 64 MiB"),
        ],
        ..PLAIN
    },
    Work {
        name: "recording",
        what: "256 MiB over one connection that both ends record, without payload; x: times the same without a recording",
        options: &["--bytes", "268435456"],
        points: &[
            with("off", &[]),
            with("on", &["--record", "headers"]),
            with("off, 1452", &["--mtu", "1452"]),
            with("on, 1452", &["--mtu", "1452", "--record", "headers"]),
        ],
        only: &["lucid"],
        figures: &[
            told("mb_per_s off", "MB/s, off"),
            along("mb_per_s on", "MB/s, on", "mb_per_s off"),
            told("cpu_s_per_gb off", "CPU s/GB, off"),
            along("cpu_s_per_gb on", "CPU s/GB, on", "cpu_s_per_gb off"),
            told("mb_per_s off, 1452", "MB/s, off, datagrams of 1452 bytes"),
            along("mb_per_s on, 1452", "MB/s, on, 1452", "mb_per_s off, 1452"),
            told("cpu_s_per_gb off, 1452", "CPU s/GB, off, 1452"),
            along("cpu_s_per_gb on, 1452", "CPU s/GB, on, 1452", "cpu_s_per_gb off, 1452"),
        ],
        ..PLAIN
    },
    Work {
        name: "idle",
        what: "10,000 connections that say nothing; the kernel's own memory isn't seen",
        word: "idle",
        takes_many: true,
        most_rounds: 2,
        figures: SILENCE,
        ..PLAIN
    },
    Work {
        name: "idle-100k",
        what: "the same with 100,000, over seven sockets at the client; the others would need more ports, files or memory",
        word: "idle",
        options: &["--count", "100000"],
        takes_many: true,
        only: &["lucid"],
        most_rounds: 2,
        figures: SILENCE,
        ..PLAIN
    },
];

const fn with(name: &'static str, options: &'static [&'static str]) -> Point {
    Point { name, options, link: &[] }
}

const fn window(
    name: &'static str,
    options: &'static [&'static str],
    link: &'static [&'static str],
) -> Point {
    Point { name, options, link }
}

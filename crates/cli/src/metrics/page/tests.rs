use std::collections::HashSet;

use super::*;
use crate::live::testing::connection;

fn page() -> String {
    let totals = Counts { segments_sent: 1000, retransmissions: 5, bytes_received: 7, ..Counts::default() };
    let mut sample = Sample::new(totals);
    for conn in 1..=4 {
        let mut connection = connection(conn);
        connection.rtt_us = Some(u64::from(conn) * 10_000);
        sample.add(&connection);
    }
    text(sample)
}

/// The text format's grammar: <https://prometheus.io/docs/instrumenting/exposition_formats>. Gives every sample's name.
fn parse(page: &str) -> Vec<String> {
    let mut described = HashSet::new();
    let mut names = Vec::new();
    for line in page.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, text) = help.split_once(' ').expect("a text");
            assert!(!text.is_empty() && described.insert(name.to_owned()), "{line}");
        } else if let Some(described_as) = line.strip_prefix("# TYPE ") {
            let (name, kind) = described_as.split_once(' ').expect("a type");
            assert!(described.contains(name) && ["gauge", "counter"].contains(&kind), "{line}");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
        } else {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            let name = series.split('{').next().expect("a name");
            assert!(described.contains(name), "{line} has no description");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            names.push(series.to_owned());
        }
    }
    names
}

#[test]
fn every_series_is_described_and_stands_there_once() {
    let names = parse(&page());
    let different: HashSet<_> = names.iter().collect();
    assert_eq!(different.len(), names.len());
    assert!(names.len() > 30, "{names:?}");
}

#[test]
fn it_says_what_was_counted() {
    let page = page();
    let lines = [
        r#"lucid_connections{state="established"} 4"#,
        r#"lucid_connections{state="time_wait"} 0"#,
        r#"lucid_limited_connections{by="congestion_window"} 4"#,
        "lucid_segments_sent_total 1000",
        "lucid_segments_retransmitted_total 5",
        "lucid_received_bytes_total 7",
        "lucid_in_flight_bytes 80000",
        r#"lucid_smoothed_rtt_seconds{percentile="50"} 0.02"#,
        r#"lucid_smoothed_rtt_seconds{percentile="100"} 0.04"#,
    ];
    for line in lines {
        assert!(page.lines().any(|other| other == line), "{line} in\n{page}");
    }
}

/// There is no round trip to tell of, and no number stands for that.
#[test]
fn without_connections_there_is_no_round_trip_time() {
    let page = text(Sample::new(Counts::default()));
    parse(&page);
    assert!(!page.contains("smoothed_rtt_seconds{"), "{page}");
}

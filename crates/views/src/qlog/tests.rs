//! The log is qlog: records that can be read one by one, each an event of the run.

use serde_json::Value;

use super::*;
use crate::testing::{Lived, run};

fn log(recording: &[u8]) -> (u64, Vec<u8>) {
    let mut log = Vec::new();
    let events = write(recording, &mut log).unwrap();
    (events, log)
}

/// Taken apart as RFC 7464 has it.
fn records(log: &[u8]) -> Vec<Value> {
    let mut records = log.split(|byte| *byte == 0x1e);
    assert_eq!(records.next(), Some(&b""[..]), "it begins with a separator");
    let record = |text: &[u8]| {
        assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), 1);
        serde_json::from_slice(text.strip_suffix(b"\n").expect("a record ends its line")).unwrap()
    };
    records.map(record).collect()
}

/// How many records have this name.
fn count(records: &[Value], name: &str) -> usize {
    records.iter().filter(|record| record["name"] == name).count()
}

#[test]
fn the_first_record_says_what_follows() {
    let Lived { client, server, .. } = run(10_000, &[]);
    for (recording, vantage_point) in [(client, "client"), (server, "server")] {
        let (_, log) = log(&recording);
        let first = &records(&log)[0];
        assert_eq!(first["file_schema"], "urn:ietf:params:qlog:file:sequential");
        assert_eq!(first["serialization_format"], "application/qlog+json-seq");
        assert_eq!(first["trace"]["vantage_point"]["type"], vantage_point);
        assert_eq!(first["trace"]["event_schemas"], json!([SCHEMA]));
        let reference = &first["trace"]["common_fields"]["reference_time"];
        assert_eq!(*reference, json!({ "clock_type": "monotonic", "epoch": "unknown" }));
        let beginning = String::from_utf8_lossy(&log[..256]);
        assert!(beginning.contains("\"file_schema\"") && beginning.contains("\"serialization_format\""));
    }
}

#[test]
fn every_event_is_a_record_in_the_order_of_time() {
    let lived = run(100_000, &[3]);
    let (events, log) = log(&lived.server);
    let records = &records(&log)[1..];
    assert_eq!(records.len() as u64, events);
    let times: Vec<f64> = records.iter().map(|record| record["time"].as_f64().unwrap()).collect();
    assert!(times.is_sorted());
    for record in records {
        assert!(record["name"].as_str().unwrap().starts_with("tcp:"), "{record}");
        assert!(record["data"]["cause"].is_string() && record["data"]["rfc"].is_string(), "{record}");
        assert!(record["group_id"].is_string(), "{record}");
    }
    let told = |is_it: fn(&What) -> bool| lived.events.iter().filter(|event| is_it(&event.what)).count();
    assert_eq!(count(records, "tcp:packet_sent"), told(|what| matches!(what, What::Sent { .. })));
    assert_eq!(count(records, "tcp:packet_received"), told(|what| matches!(what, What::Received { .. })));
    assert_eq!(count(records, "tcp:packet_lost"), 1);
    assert_eq!(count(records, "tcp:connection_closed"), 1);
}

#[test]
fn metrics_have_the_names_and_units_that_quic_gives_them() {
    let (_, log) = log(&run(100_000, &[3]).server);
    let records = records(&log);
    let metric = |name: &str| {
        let metrics = records.iter().filter(|record| record["name"] == "tcp:recovery_metrics_updated");
        metrics.filter_map(|record| record["data"][name].as_f64()).collect::<Vec<_>>()
    };
    // The path takes 10 ms either way, in milliseconds.
    assert!(metric("smoothed_rtt").iter().all(|rtt| (20.0..100.0).contains(rtt)));
    assert!(metric("latest_rtt").contains(&20.0));
    // Cut by a loss, and grown again since.
    let (cwnd, threshold) = (metric("congestion_window"), metric("ssthresh"));
    assert!(cwnd.contains(&threshold[0]) && cwnd.last() > threshold.first(), "{cwnd:?}, {threshold:?}");
    assert_eq!(metric("bytes_in_flight").len(), count(&records, "tcp:packet_sent"));
    let states: Vec<_> =
        records.iter().filter(|record| record["name"] == "tcp:congestion_state_updated").collect();
    assert_eq!(states[0]["data"]["new"], "fast_recovery");
}

#[test]
fn a_recording_that_breaks_off_leaves_whole_records() {
    let Lived { server, .. } = run(10_000, &[]);
    let whole = log(&server).1;
    let mut cut = Vec::new();
    assert!(matches!(write(&server[..server.len() - 1], &mut cut), Err(Error::Replay(_))));
    assert_eq!(records(&cut), records(&whole));
}

//! What each event is called, and what is said of it.

use std::time::Duration;

use lucid_conn::engine::{Change, SegmentSummary, What};
use serde_json::{Map, Value, json};

/// The records of an event: mostly one.
pub(super) fn of(what: &What) -> Vec<(String, Value)> {
    match what {
        What::Listening { port } => one("server_listening", json!({ "tcp_port": port })),
        What::Opened { peer, local_port, remote_port, active } => one(
            "connection_started",
            json!({
                "local": { "tcp_port": local_port },
                "remote": { "udp_address": peer, "tcp_port": remote_port },
                "active": active,
            }),
        ),
        What::State { from, to } => {
            one("connection_state_updated", json!({ "old": from.to_string(), "new": to.to_string() }))
        }
        What::Sent { segment, retransmission, in_flight, flight_size } => {
            let mut sent = packet(segment);
            sent["times_sent_before"] = (*retransmission).into();
            let flight = json!({ "bytes_in_flight": flight_size, "packets_in_flight": in_flight });
            vec![record("packet_sent", sent), record("recovery_metrics_updated", flight)]
        }
        What::Received { segment } => one("packet_received", packet(segment)),
        What::Discarded { peer, segment } => {
            let mut dropped = segment.as_ref().map_or_else(|| json!({}), packet);
            dropped["remote"] = json!({ "udp_address": peer });
            one("packet_dropped", dropped)
        }
        What::FoundLost { bytes, seq } => {
            one("packet_lost", json!({ "header": { "sequence": seq }, "raw": { "payload_length": bytes } }))
        }
        What::Window { cwnd, ssthresh, phase, .. } => {
            let mut records = Vec::new();
            if let Some(metrics) = window(*cwnd, *ssthresh) {
                records.push(record("recovery_metrics_updated", metrics));
            }
            if phase.before != phase.after {
                records.push(record(
                    "congestion_state_updated",
                    json!({ "old": phase.before, "new": phase.after }),
                ));
            }
            records
        }
        What::RoundTrip { sample, smoothed, variance, rto } => one(
            "recovery_metrics_updated",
            json!({
                "latest_rtt": millis(*sample),
                "smoothed_rtt": millis(*smoothed),
                "rtt_variance": millis(*variance),
                "retransmission_timeout": millis(*rto),
            }),
        ),
        What::Timeout { rto, count, seq, .. } => one(
            "timer_updated",
            json!({
                "timer_type": "retransmission",
                "event_type": "expired",
                "times_in_a_row": count,
                "header": { "sequence": seq },
                "retransmission_timeout": { "old": millis(rto.before), "new": millis(rto.after) },
            }),
        ),
        What::SegmentSize { bytes } => one("mtu_updated", json!({ "old": bytes.before, "new": bytes.after })),
        other => vec![as_in_our_trace(other)],
    }
}

fn record(name: &str, data: Value) -> (String, Value) {
    (name.to_owned(), data)
}

fn one(name: &str, data: Value) -> Vec<(String, Value)> {
    vec![record(name, data)]
}

fn packet(segment: &SegmentSummary) -> Value {
    let SegmentSummary { flags, seq, ack, window, bytes, sack } = segment;
    let mut header =
        json!({ "flags": flags.to_string(), "sequence": seq, "acknowledgment": ack, "window": window });
    if !sack.is_empty() {
        header["sack"] = json!(sack);
    }
    json!({ "header": header, "raw": { "payload_length": bytes } })
}

/// What changed of the two. A threshold that isn't set yet has no number.
fn window(cwnd: Change<f64>, ssthresh: Change<f64>) -> Option<Value> {
    let changed = [("congestion_window", cwnd), ("ssthresh", ssthresh)].into_iter();
    let changed = changed.filter(|(_, value)| value.before != value.after && value.after.is_finite());
    let metrics: Map<_, _> =
        changed.map(|(name, value)| (name.to_owned(), (value.after.round() as u64).into())).collect();
    (!metrics.is_empty()).then_some(Value::Object(metrics))
}

/// Its name and its fields as they are in a trace; the end of a connection is called as QUIC's is.
fn as_in_our_trace(what: &What) -> (String, Value) {
    let mut fields = match serde_json::to_value(what) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let name = match fields.remove("event") {
        Some(Value::String(name)) => name,
        _ => "unknown".to_owned(),
    };
    let name = if name == "closed" { "connection_closed".to_owned() } else { name };
    (name, Value::Object(fields))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

//! The engine's events in a few words.

use lucid_conn::engine::{Event, Time, What};
use serde_json::{Map, Value};

/// What an event adds to the exchange; nothing where the exchange has it already.
pub(crate) fn why(event: &Event) -> Option<String> {
    let because = format!("{} ({})", event.cause.sentence(), event.rfc);
    match event.what {
        What::Received { .. } => None,
        What::Sent { .. } => Some(format!("sent: {because}")),
        _ => {
            let Ok(Value::Object(fields)) = serde_json::to_value(&event.what) else { return Some(because) };
            let name = fields.get("event").map(words).unwrap_or_default().replace('_', " ");
            Some(format!("{name}{}: {because}", values(&fields)))
        }
    }
}

/// A few words for each value, without the numbers that stand in the segments.
fn values(fields: &Map<String, Value>) -> String {
    const KNOWN: [&str; 8] = ["event", "seq", "ack", "next", "segment", "peer", "counts", "late"];
    let shown = fields.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()));
    shown.map(|(name, value)| format!(" {name} {}", named(name, value))).collect()
}

/// Only a name tells a point in time from a number.
fn named(name: &str, value: &Value) -> String {
    match (name, value.as_u64()) {
        ("until", Some(nanos)) => Time::from_nanos(nanos).to_string(),
        _ => words(value),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => match (fields.get("before"), fields.get("after"), seconds(fields)) {
            (Some(before), Some(after), _) if before == after => words(before),
            (Some(before), Some(after), _) => format!("{} -> {}", words(before), words(after)),
            (_, _, Some(seconds)) => format!("{seconds} s"),
            _ => values(fields),
        },
        Value::Number(number) => match number.as_f64() {
            Some(huge) if huge >= f64::from(u32::MAX) && !number.is_u64() => "unlimited".to_owned(),
            Some(fraction) if number.is_f64() => format!("{fraction:.0}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// A duration, as serde writes it, in seconds.
pub(crate) fn seconds(fields: &Map<String, Value>) -> Option<f64> {
    let whole = fields.get("secs")?.as_f64()?;
    let nanos = fields.get("nanos")?.as_f64()?;
    Some(whole + nanos / 1e9)
}

//! `--name=value`: any field of the engine's configuration, by its name.

use std::time::Duration;

use lucid_conn::{Config, Profile};
use serde_json::{Map, Number, Value, json};

use crate::parse::cursor::Misread;
use crate::syntax::Setting;

/// Names that other scripts use, and ours.
const ALSO_KNOWN_AS: [(&str, &str); 7] = [
    ("min_rto", "rto.min"),
    ("max_rto", "rto.max"),
    ("initial_rto", "rto.initial"),
    ("delayed_ack", "ack_delay"),
    ("ssthresh", "initial_slow_start_threshold"),
    ("sndbuf", "send_buffer"),
    ("rcvbuf", "receive_buffer"),
];

/// What the head of a script comes to.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    /// How far a time may be off, if the script says so.
    pub(crate) tolerance: Option<Duration>,
}

impl Settings {
    pub(crate) fn new(settings: &[Setting]) -> Result<Self, Misread> {
        let mut profile = Profile::Modern;
        let mut tolerance = None;
        for Setting { place, name, value } in settings {
            let wrong = |what: String| Misread { place: *place, what };
            match name.as_str() {
                "profile" => profile = value.parse().map_err(|error| wrong(format!("{error}")))?,
                "tolerance_usecs" => {
                    let micros = value.parse().map_err(|_| wrong("expected microseconds".to_owned()))?;
                    tolerance = Some(Duration::from_micros(micros));
                }
                _ => {}
            }
        }
        let mut config = Config::new(profile);
        for Setting { place, name, value } in settings {
            if !["profile", "tolerance_usecs"].contains(&name.as_str()) {
                config = overlay(&config, name, value).map_err(|what| Misread { place: *place, what })?;
            }
        }
        Ok(Self { config, tolerance })
    }
}

/// The configuration with one field changed.
pub(crate) fn overlay(config: &Config, name: &str, text: &str) -> Result<Config, String> {
    let mut whole = serde_json::to_value(config).map_err(|error| error.to_string())?;
    let path = ALSO_KNOWN_AS.iter().find(|(other, _)| *other == name).map_or(name, |(_, ours)| *ours);
    let field = find(&mut whole, path)?;
    *field =
        in_the_shape_of(field, text).ok_or_else(|| format!("expected a value for {name} like {field}"))?;
    serde_json::from_value(whole).map_err(|error| format!("{text} is no value for {name}: {error}"))
}

/// A field by its path: `rto.min`.
fn find<'v>(whole: &'v mut Value, path: &str) -> Result<&'v mut Value, String> {
    path.split('.').try_fold(whole, |value, step| {
        let known = names(value.as_object());
        value.get_mut(step).ok_or_else(|| format!("there is no setting {path}: choose of {known}"))
    })
}

fn names(object: Option<&Map<String, Value>>) -> String {
    object.into_iter().flat_map(Map::keys).cloned().collect::<Vec<_>>().join(", ")
}

/// Text as a value of the kind that stands there.
fn in_the_shape_of(present: &Value, text: &str) -> Option<Value> {
    match present {
        Value::Bool(_) => truth(text),
        Value::Number(number) if number.is_f64() => {
            text.parse().ok().and_then(Number::from_f64).map(Value::Number)
        }
        Value::Object(fields) if fields.contains_key("secs") && fields.contains_key("nanos") => {
            if text == "none" { Some(Value::Null) } else { duration(text) }
        }
        Value::String(_) => Some(Value::String(text.to_owned())),
        // Nothing tells what it would be: what the text looks like.
        _ if text == "none" => Some(Value::Null),
        Value::Number(_) => text.parse().ok().map(Value::Number),
        _ => Some(as_it_looks(text)),
    }
}

/// `7`, `true`, `10s`, a name; `idle:10s,interval:1s,probes:3` for several values that belong together.
fn as_it_looks(text: &str) -> Value {
    let plain =
        |text: &str| serde_json::from_str(text).ok().or_else(|| duration(text)).unwrap_or(json!(text));
    let pairs: Option<Map<_, _>> = text
        .split(',')
        .map(|pair| pair.split_once(':').map(|(name, value)| (name.to_owned(), plain(value))))
        .collect();
    pairs.map_or_else(|| plain(text), Value::Object)
}

fn truth(text: &str) -> Option<Value> {
    match text {
        "true" | "on" | "1" => Some(json!(true)),
        "false" | "off" | "0" => Some(json!(false)),
        _ => None,
    }
}

/// `40ms`, `1.5s`, `200us`, as serde writes a duration.
fn duration(text: &str) -> Option<Value> {
    let unit = text.find(|character: char| character.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit);
    let scale = match unit {
        "s" => 1.0,
        "ms" => 1e-3,
        "us" => 1e-6,
        "min" => 60.0,
        _ => return None,
    };
    let duration = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * scale).ok()?;
    Some(json!({ "secs": duration.as_secs(), "nanos": duration.subsec_nanos() }))
}

#[cfg(test)]
mod tests;

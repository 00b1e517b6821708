//! Any value of a [`Config`] by its name, as text: for command lines and scripts.

use core::time::Duration;
use std::fmt;

use serde_json::{Map, Number, Value, json};

use super::config::Config;

/// Why a value was not set. Its text says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingError {
    /// There is no value of this name.
    UnknownName {
        /// What was asked for.
        name: String,
        /// The name that it probably should have been.
        nearest: Option<String>,
        /// All that there are.
        known: Vec<String>,
    },
    /// There is one, and it can't be this.
    BadValue {
        /// Its name.
        name: String,
        /// What it was to be.
        value: String,
        /// What it may be, in words.
        expected: String,
    },
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName { name, nearest: Some(nearest), .. } => {
                write!(f, "there is no setting {name}: did you mean {nearest}?")
            }
            Self::UnknownName { name, nearest: None, known } => {
                write!(f, "there is no setting {name}: choose of {}", known.join(", "))
            }
            Self::BadValue { name, value, expected } => {
                write!(f, "{value:?} is no value for {name}: expected {expected}")
            }
        }
    }
}

impl std::error::Error for SettingError {}

impl Config {
    /// Sets one value by its name: a field's, or `rto.min` for one within a field.
    ///
    /// Values are numbers, `true` or `false` (also `on`, `off`), times with their unit (`200us`, `40ms`, `1.5s`, `2min`),
    /// and names as a recording has them (`bbr`, `discover`). `none` is for what may be absent,
    /// `idle:10s,interval:1s,probes:3` for what has several parts. JSON does, too: `"bbr"`.
    ///
    /// ```
    /// use lucid_conn::Config;
    /// let mut config = Config::default();
    /// config.set("ack_delay", "100ms")?;
    /// config.set("rto.min", "1s")?;
    /// config.set("algorithm", "bbr")?;
    /// config.set("keep_alive", "idle:10s,interval:1s,probes:3")?;
    /// let error = config.set("nagel", "off").unwrap_err();
    /// assert_eq!(error.to_string(), "there is no setting nagel: did you mean nagle?");
    /// # Ok::<(), lucid_conn::engine::SettingError>(())
    /// ```
    ///
    /// # Errors
    /// There is no such name, or the value is none for it; then nothing is changed.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        let bad = |expected: String| SettingError::BadValue {
            name: name.to_owned(),
            value: value.to_owned(),
            expected,
        };
        let mut whole = serde_json::to_value(&*self).map_err(|error| bad(error.to_string()))?;
        let known = names(&whole);
        let field =
            name.split('.').try_fold(&mut whole, |value, step| value.get_mut(step)).ok_or_else(|| {
                let nearest = nearest(name, &known).cloned();
                SettingError::UnknownName { name: name.to_owned(), nearest, known }
            })?;
        *field = in_the_shape_of(field, value).ok_or_else(|| bad(kind_of(field).to_owned()))?;
        *self = serde_json::from_value(whole).map_err(|error| bad(in_words(&error.to_string())))?;
        Ok(())
    }
}

const A_TIME: &str = "a time with its unit, such as 200ms";

/// All names: `mss`, `rto.min`.
fn names(value: &Value) -> Vec<String> {
    let fields = value.as_object().into_iter().flatten();
    let each = fields.flat_map(|(name, value)| match value {
        Value::Object(parts) if !is_duration(parts) => {
            names(value).into_iter().map(|part| format!("{name}.{part}")).collect()
        }
        _ => vec![name.clone()],
    });
    each.collect()
}

/// The one that was probably meant: the more there is to write, the more of it may be wrong.
fn nearest<'n>(name: &str, known: &'n [String]) -> Option<&'n String> {
    let distances = known.iter().map(|known| (strsim::damerau_levenshtein(name, known), known));
    let near = distances.filter(|(distance, _)| *distance <= 1 + name.len() / 4);
    near.min().map(|(_, known)| known)
}

fn is_duration(fields: &Map<String, Value>) -> bool {
    fields.contains_key("secs") && fields.contains_key("nanos")
}

/// Text as a value of the kind that stands there.
fn in_the_shape_of(present: &Value, text: &str) -> Option<Value> {
    if text.starts_with(['"', '{']) {
        return serde_json::from_str(text).ok();
    }
    match present {
        _ if text == "none" => Some(Value::Null),
        Value::Bool(_) => truth(text),
        Value::Number(number) if number.is_f64() => {
            text.parse().ok().and_then(Number::from_f64).map(Value::Number)
        }
        Value::Number(_) => text.parse().ok().map(Value::Number),
        Value::Object(fields) if is_duration(fields) => duration(text),
        Value::String(_) => Some(Value::String(text.to_owned())),
        // Nothing tells what it would be: what the text looks like.
        _ => Some(as_it_looks(text)),
    }
}

/// What [`in_the_shape_of`] would take.
fn kind_of(present: &Value) -> &'static str {
    match present {
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "a whole number",
        Value::Object(fields) if is_duration(fields) => A_TIME,
        _ => "JSON",
    }
}

/// What serde expected, for people.
fn in_words(error: &str) -> String {
    if let Some(part) = error.strip_prefix("missing field ") {
        return format!("NAME:VALUE,...; {} is missing", part.replace('`', ""));
    }
    let expected = error.split_once(", expected ").map_or(error, |(_, expected)| expected);
    let whole = |most: u64| format!("a whole number up to {most}");
    match expected {
        "u8" => whole(u8::MAX.into()),
        "u16" => whole(u16::MAX.into()),
        "u32" => whole(u32::MAX.into()),
        "usize" | "u64" => "a whole number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "f64" => "a number".to_owned(),
        "struct Duration" => A_TIME.to_owned(),
        "struct KeepAlive" => "none, or idle:TIME,interval:TIME,probes:N".to_owned(),
        other => other.replace('`', ""),
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
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        _ => return None,
    };
    let duration = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * scale).ok()?;
    Some(json!({ "secs": duration.as_secs(), "nanos": duration.subsec_nanos() }))
}

#[cfg(test)]
mod tests;

//! The trace that a run of lucid leaves (`--trace`): its events, as JSON lines.

use std::path::Path;

use serde_json::Value;

use super::trouble::{Outcome, While, failure};

/// The version of the events' form that the checks were written for.
const VERSION: u64 = 1;

/// One process's trace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    pub(crate) events: Vec<Event>,
}

/// One event, with the names that the engine gives to its fields.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    json: Value,
    /// Since the run began, in nanoseconds.
    pub(crate) at: u64,
}

/// A value before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Change {
    pub(crate) before: f64,
    pub(crate) after: f64,
}

impl Trace {
    /// Reads a trace file.
    ///
    /// # Errors
    /// It can't be read, or its form is another one than the checks know.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path).while_doing(format_args!("read {}", path.display()))?;
        Self::parse(&text).map_err(|cut| failure(path.display()).because(cut))
    }

    /// Reads a trace from its lines: a header, then the events.
    ///
    /// # Errors
    /// A line is not JSON, or the header names another version.
    pub(crate) fn parse(text: &str) -> Outcome<Self> {
        let mut lines = text.lines().enumerate().map(|(number, line)| {
            serde_json::from_str::<Value>(line).while_doing(format_args!("read line {}", number + 1))
        });
        let header = lines.next().ok_or_else(|| failure("the trace is empty"))??;
        if header["version"] != VERSION {
            let version = &header["version"];
            return Err(failure(format_args!("the trace has version {version}, not {VERSION}")));
        }
        let events = lines.map(|json| {
            let json = json?;
            Ok(Event { at: json["at"].as_u64().unwrap_or_default(), json })
        });
        Ok(Self { events: events.collect::<Outcome<_>>()? })
    }

    /// The events of this kind.
    pub(crate) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Event> {
        self.events.iter().filter(move |event| event.is(kind))
    }

    /// How many events of this kind there are.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.all(kind).count()
    }

    /// The events of one connection.
    pub(crate) fn of(&self, conn: u64) -> Self {
        let events = self.events.iter().filter(|event| event.conn() == Some(conn)).cloned().collect();
        Self { events }
    }

    /// The connections that were opened, in their order.
    pub(crate) fn connections(&self) -> Vec<u64> {
        self.all("opened").filter_map(Event::conn).collect()
    }
}

impl Event {
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.json["event"] == kind
    }

    pub(crate) fn conn(&self) -> Option<u64> {
        self.json["conn"].as_u64()
    }

    pub(crate) fn cause(&self) -> &str {
        self.text("cause")
    }

    /// A field that is a word.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.json[field].as_str().unwrap_or_default()
    }

    /// A field that is a whole number.
    pub(crate) fn number(&self, field: &str) -> Option<u64> {
        self.json[field].as_u64()
    }

    /// A figure before and after.
    pub(crate) fn change(&self, field: &str) -> Option<Change> {
        let change = &self.json[field];
        Some(Change { before: change["before"].as_f64()?, after: change["after"].as_f64()? })
    }

    /// What a word was before and after.
    pub(crate) fn words(&self, field: &str) -> (&str, &str) {
        let word = |which| self.json[field][which].as_str().unwrap_or_default();
        (word("before"), word("after"))
    }

    /// A time span before and after, in seconds.
    pub(crate) fn spans(&self, field: &str) -> Option<Change> {
        let span = &self.json[field];
        Some(Change { before: seconds(&span["before"])?, after: seconds(&span["after"])? })
    }

    /// A field that is true or false.
    pub(crate) fn flag(&self, field: &str) -> bool {
        self.json[field] == true
    }

    /// Whether the two SYNs agreed on this option, such as `sack`.
    pub(crate) fn agreed(&self, option: &str) -> bool {
        self.json["agreed"][option] == true
    }

    /// The SACK blocks of the event's segment: from, and to before.
    pub(crate) fn sack(&self) -> Vec<(u64, u64)> {
        let blocks = self.json["segment"]["sack"].as_array().into_iter().flatten();
        blocks.filter_map(|block| Some((block["start"].as_u64()?, block["end"].as_u64()?))).collect()
    }

    /// The late list of a timeout: each segment's age in seconds, and its sequence number.
    pub(crate) fn late(&self) -> Vec<(f64, u64)> {
        let list = self.json["late"].as_array().into_iter().flatten();
        list.filter_map(|late| Some((seconds(&late["age"])?, late["seq"].as_u64()?))).collect()
    }

    /// Bytes of data in the event's segment.
    pub(crate) fn bytes(&self) -> u64 {
        self.json["segment"]["bytes"].as_u64().unwrap_or_default()
    }

    /// The sequence number of the event's segment.
    pub(crate) fn seq(&self) -> Option<u64> {
        self.json["segment"]["seq"].as_u64()
    }

    /// Whether the event's segment has this control bit, such as `FIN`.
    pub(crate) fn has(&self, flag: &str) -> bool {
        let flags = self.json["segment"]["flags"].as_str().unwrap_or_default();
        flags.split(", ").any(|set| set == flag)
    }
}

fn seconds(span: &Value) -> Option<f64> {
    Some(span["secs"].as_f64()? + span["nanos"].as_f64()? / 1e9)
}

#[cfg(test)]
pub(crate) mod tests;

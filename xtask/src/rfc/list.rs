//! The two pages people write: what is asked for, and what is not done.

use std::collections::BTreeMap;

use super::scan::ids_in;
use crate::error::{Failure, Outcome};

/// One id, and what it asks.
#[derive(Debug, PartialEq)]
pub(super) struct Requirement {
    pub(super) id: String,
    /// MUST, SHOULD, MAY, or the same with NOT.
    pub(super) level: String,
    pub(super) section: String,
    pub(super) asks: String,
}

/// All requirements, by topic, in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Requirements {
    pub(super) topics: Vec<(String, Vec<Requirement>)>,
}

impl Requirements {
    /// Lines such as `MUST-1 | MUST | 3.1 | What it asks.`, below headings such as `## Header`.
    ///
    /// # Errors
    /// A line is none of these, or an id stands twice.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let mut all = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            if let Some(topic) = line.strip_prefix("## ") {
                all.topics.push((topic.to_owned(), Vec::new()));
                continue;
            }
            let requirement = requirement(line)
                .filter(|found| !all.knows(&found.id))
                .ok_or_else(|| Failure::new(format_args!("not a requirement, or there already: {line}")))?;
            let (_, topic) = all
                .topics
                .last_mut()
                .ok_or_else(|| Failure::new("a requirement stands before any heading"))?;
            topic.push(requirement);
        }
        Ok(all)
    }

    pub(super) fn knows(&self, id: &str) -> bool {
        self.iter().any(|requirement| requirement.id == id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.topics.iter().flat_map(|(_, topic)| topic)
    }
}

fn requirement(line: &str) -> Option<Requirement> {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let [id, level, section, asks] = fields[..] else { return None };
    let is_whole = ids_in(id) == [id] && [level, section, asks].iter().all(|field| !field.is_empty());
    is_whole.then(|| Requirement {
        id: id.to_owned(),
        level: level.to_owned(),
        section: section.to_owned(),
        asks: asks.to_owned(),
    })
}

/// What is not done, and what is done in part, by id.
#[derive(Debug, Default)]
pub(super) struct Exceptions {
    pub(super) not_done: BTreeMap<String, String>,
    pub(super) in_part: BTreeMap<String, String>,
}

/// The heading above what is fulfilled but for a detail.
const IN_PART: &str = "## Done in part";

impl Exceptions {
    /// Items such as `- MUST-51, SHLD-24: the reason`; the lines after the first are for people alone.
    pub(super) fn parse(text: &str) -> Self {
        let mut all = Self::default();
        let mut in_part = false;
        for line in text.lines() {
            if line.starts_with("## ") {
                in_part = line == IN_PART;
            }
            let Some((ids, reason)) = line.strip_prefix("- ").and_then(|item| item.split_once(": ")) else {
                continue;
            };
            let into = if in_part { &mut all.in_part } else { &mut all.not_done };
            into.extend(ids_in(ids).into_iter().map(|id| (id.to_owned(), reason.to_owned())));
        }
        all
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &String> {
        self.not_done.keys().chain(self.in_part.keys())
    }
}

//! The map itself: for each id what it asks, the code, and the tests.

use std::collections::BTreeSet;
use std::fmt;

use super::list::{Exceptions, Requirement, Requirements};
use super::scan::{By, Mention};
use super::{EXCEPTIONS, LIST};

/// Everything that is known of the requirements.
pub(super) struct Map {
    requirements: Requirements,
    exceptions: Exceptions,
    /// Sorted, each once.
    mentions: Vec<Mention>,
}

impl Map {
    pub(super) fn new(requirements: Requirements, exceptions: Exceptions, mentions: Vec<Mention>) -> Self {
        Self { requirements, exceptions, mentions }
    }

    fn named(&self, id: &str, by: By) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(move |mention| mention.id == id && mention.by == by)
    }

    fn is_tied(&self, id: &str) -> bool {
        [By::Code, By::Test].iter().all(|&by| self.named(id, by).next().is_some())
    }

    /// What is wrong, a line each.
    pub(super) fn problems(&self) -> Vec<String> {
        let gaps = self.requirements.iter().filter_map(|requirement| self.gap(&requirement.id));
        gaps.chain(self.unknown()).collect()
    }

    /// What keeps one requirement from being complete.
    fn gap(&self, id: &str) -> Option<String> {
        let has = |by| self.named(id, by).next().is_some();
        let missing = match (has(By::Code), has(By::Test)) {
            (true, true) if self.exceptions.not_done.contains_key(id) => {
                return Some(format!("{id} has code and a test, and is said not to be done"));
            }
            (true, true) => return None,
            _ if self.exceptions.not_done.contains_key(id) => return None,
            (true, false) => "no test",
            (false, true) => "no line of code",
            (false, false) => "neither a line of code nor a test",
        };
        Some(format!("{id} has {missing}"))
    }

    fn unknown(&self) -> impl Iterator<Item = String> {
        let mentioned = self.mentions.iter().map(|mention| (&mention.id, mention.to_string()));
        let excepted = self.exceptions.ids().map(|id| (id, EXCEPTIONS.to_owned()));
        let unknown = mentioned.chain(excepted).filter(|(id, _)| !self.requirements.knows(id));
        unknown.map(|(id, place)| format!("{id} is not in {LIST}: {place}"))
    }

    /// How many there are of each kind.
    pub(super) fn summary(&self) -> String {
        let all = self.requirements.iter().count();
        let tied = self.requirements.iter().filter(|requirement| self.is_tied(&requirement.id)).count();
        let code = self.mentions.iter().filter(|mention| mention.by == By::Code).count();
        let tests: BTreeSet<_> = self.mentions.iter().filter(|mention| mention.by == By::Test).collect();
        let tests = tests.into_iter().map(|test| (&test.file, &test.item)).collect::<BTreeSet<_>>().len();
        let part = self.exceptions.in_part.len();
        let not = self.exceptions.not_done.len();
        format!(
            "{all} requirements: {tied} fulfilled ({part} of them in part) at {code} places, held by {tests} \
             tests; {not} not, each with its reason"
        )
    }

    fn row(&self, f: &mut fmt::Formatter<'_>, requirement: &Requirement) -> fmt::Result {
        let Requirement { id, level, section, asks } = requirement;
        let note = match (self.exceptions.not_done.get(id), self.exceptions.in_part.get(id)) {
            (Some(_), _) => " **[Not done](rfc-exceptions.md#not-done-or-not-ours-to-do)**",
            (_, Some(_)) => " *[In part](rfc-exceptions.md#done-in-part)*",
            _ => "",
        };
        let cell = |by| self.named(id, by).map(link).collect::<Vec<_>>().join("<br>");
        let (code, tests) = (cell(By::Code), cell(By::Test));
        writeln!(f, "| {id} | {level} | {section} | {asks}{note} | {code} | {tests} |")
    }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Which line fulfils RFC 9293, and which test holds it\n")?;
        writeln!(
            f,
            "Written by `cargo xtask rfc` from the ids that comments name: edit those, not this page."
        )?;
        writeln!(
            f,
            "`rfc-requirements.txt` says what each id asks, [Exceptions](rfc-exceptions.md) why some are"
        )?;
        writeln!(f, "not fulfilled. {}.", self.summary())?;
        for (topic, requirements) in &self.requirements.topics {
            writeln!(f, "\n## {topic}\n\n| Id | Level | Section | It asks | Code | Tests |")?;
            writeln!(f, "| --- | --- | --- | --- | --- | --- |")?;
            requirements.iter().try_for_each(|requirement| self.row(f, requirement))?;
        }
        Ok(())
    }
}

/// A mention as a link, short enough for a table.
fn link(mention: &Mention) -> String {
    let Mention { file, item, .. } = mention;
    let short = file.strip_prefix("crates/").unwrap_or(file);
    let short = short.replacen("script/scripts/", "", 1).replacen("src/", "", 1).replacen("engine/", "", 1);
    match item {
        Some(item) => format!("[{short}](../{file}) `{item}`"),
        None => format!("[{short}](../{file})"),
    }
}

impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            Some(item) => write!(f, "{} ({item})", self.file),
            None => f.write_str(&self.file),
        }
    }
}

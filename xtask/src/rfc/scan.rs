//! Where the sources name a requirement: at which line of code, at which test.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

/// Which ids there are: RFC 9293's labels, and ours (`X`) for the documents around it.
const PREFIXES: [&str; 5] = ["MUST", "SHLD", "MAY", "REC", "X"];

/// What an id is named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Code,
    Test,
}

/// One place that names an id.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    pub(super) id: String,
    pub(super) by: By,
    /// From the root of the repository.
    pub(super) file: String,
    /// The function, type or constant; none if it is the file as a whole.
    pub(super) item: Option<String>,
}

/// All mentions below a folder, sorted.
///
/// # Errors
/// A file can't be read.
pub(super) fn tree(root: &Path, folder: &str) -> io::Result<Vec<Mention>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(|name| format!("{folder}/{name}")) else { continue };
        if entry.file_type()?.is_dir() {
            found.extend(tree(root, &name)?);
        } else if name.ends_with(".rs") {
            found.extend(rust(&name, &fs::read_to_string(entry.path())?));
        } else if name.ends_with(".pkt") {
            found.extend(script(&name, &fs::read_to_string(entry.path())?));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// A scenario is a test as a whole.
fn script(file: &str, text: &str) -> Vec<Mention> {
    let ids = text.lines().filter_map(comment).flat_map(ids_in);
    ids.map(|id| Mention { id: id.to_owned(), by: By::Test, file: file.to_owned(), item: None }).collect()
}

/// A comment belongs to what it stands above, or in.
fn rust(file: &str, text: &str) -> Vec<Mention> {
    let lines: Vec<&str> = text.lines().collect();
    let is_test_file = file.split('/').any(|part| part == "tests" || part == "tests.rs");
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        for id in comment(line).map(ids_in).unwrap_or_default() {
            let place = place(&lines, at);
            let by = match &place {
                Some(place) if place.is_test => By::Test,
                // What a test's helper does is nobody's proof.
                _ if is_test_file => continue,
                _ => By::Code,
            };
            let item = place.map(|place| place.name);
            found.push(Mention { id: id.to_owned(), by, file: file.to_owned(), item });
        }
    }
    found
}

/// What a line says to people, if anything.
fn comment(line: &str) -> Option<&str> {
    let at = line.find("//").filter(|&at| line[..at].is_empty() || line[..at].ends_with(' '))?;
    Some(&line[at..])
}

/// All ids in a text, each a word of its own.
pub(super) fn ids_in(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    let is_id = |word: &&str| {
        word.split_once('-').is_some_and(|(prefix, number)| {
            PREFIXES.contains(&prefix)
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    words.filter(is_id).collect()
}

struct Place {
    name: String,
    is_test: bool,
}

/// The item that begins below the comment at line `at`, if nothing else lies between; else the one around it.
fn place(lines: &[&str], at: usize) -> Option<Place> {
    let is_beside = |line: &&&str| line.trim_start().starts_with("//") || line.trim_start().starts_with("#[");
    let below = at + lines[at..].iter().take_while(is_beside).count();
    if let Some(name) = lines.get(below).and_then(|line| item(line)) {
        return Some(Place { name: name.to_owned(), is_test: is_test(lines, below) });
    }
    let around = (0..at)
        .rev()
        .find(|&above| item(lines[above]).is_some() && indent(lines[above]) < indent(lines[at]))?;
    let name = item(lines[around])?;
    let member = lines.get(below).filter(|_| is_declared(lines[around])).and_then(|line| member(line));
    let name = member.map_or(name.to_owned(), |member| format!("{name}::{member}"));
    Some(Place { name, is_test: is_test(lines, around) })
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether the function at a line is marked as a test.
fn is_test(lines: &[&str], function: usize) -> bool {
    let above = lines[..function].iter().rev().map(|line| line.trim_start());
    let mut beside = above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    beside.any(|line| {
        let path = line.strip_prefix("#[").and_then(|line| line.split([']', '(']).next());
        path.is_some_and(|path| path == "test" || path.ends_with("::test"))
    })
}

/// The name of the item that a line begins.
fn item(line: &str) -> Option<&str> {
    let mut words = line
        .split_whitespace()
        .skip_while(|word| ["async", "pub", "unsafe"].contains(word) || word.starts_with("pub("));
    let mut kind = words.next()?;
    let mut name = words.next()?;
    if kind == "const" && name == "fn" {
        kind = "fn";
        name = words.next()?;
    }
    let kinds = ["const", "enum", "fn", "macro_rules!", "mod", "static", "struct", "trait", "type"];
    let first = name.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (kinds.contains(&kind) && !first.is_empty()).then_some(first)
}

/// Whether an item's lines declare its members.
fn is_declared(line: &str) -> bool {
    line.split_whitespace().any(|word| word == "struct" || word == "enum")
}

/// The field or variant that a line declares.
fn member(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
    line.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}

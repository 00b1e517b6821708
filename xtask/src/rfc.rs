//! `cargo xtask rfc`: which line fulfils each requirement of RFC 9293, and which test would fail without it.
//!
//! Comments name the ids, the list of requirements says what each asks, and a page tells why some are not done.
//! From these three the map is written; nobody edits it.

mod list;
mod map;
mod scan;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use self::list::{Exceptions, Requirements};
use self::map::Map;
use crate::console::say;
use crate::error::{Failure, Outcome, While};

/// What each id asks for.
const LIST: &str = "docs/rfc-requirements.txt";
/// Which are not done, or only in part, and why.
const EXCEPTIONS: &str = "docs/rfc-exceptions.md";
/// What is written.
const MAP: &str = "docs/rfc-map.md";

/// `cargo xtask rfc [--check]`: writes the map, or says whether it is true.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let check = match words {
        [] => false,
        ["--check"] => true,
        _ => return Err(Failure::usage("rfc takes nothing, or --check")),
    };
    let root = root();
    let map = gather(&root)?;
    let path = root.join(MAP);
    let text = map.to_string();
    if !check {
        fs::write(&path, &text).while_doing(format_args!("write {MAP}"))?;
    }
    let mut problems = map.problems();
    if check && fs::read_to_string(&path).unwrap_or_default() != text {
        problems.push(format!("{MAP} is stale: cargo xtask rfc writes it anew"));
    }
    if problems.is_empty() {
        say(format_args!("{MAP}: {}", map.summary()));
        return Ok(());
    }
    let next = format!("name the id where it is fulfilled and at its test, or give a reason in {EXCEPTIONS}");
    Err(Failure::new(format_args!("the map has gaps\n  {}\n  next:  {next}", problems.join("\n  "))))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn gather(root: &Path) -> Outcome<Map> {
    let read = |path| fs::read_to_string(root.join(path)).while_doing(format_args!("read {path}"));
    let requirements = Requirements::parse(&read(LIST)?)?;
    let exceptions = Exceptions::parse(&read(EXCEPTIONS)?);
    let mentions = scan::tree(root, "crates").while_doing("read the sources")?;
    Ok(Map::new(requirements, exceptions, mentions))
}

//! The house rules, as tests: who may depend on whom, what the pure crates may not do, and tidiness.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// DESIGN.md's table: each crate, and which of ours it may use.
const MAY_USE: [(&str, &[&str]); 10] = [
    ("lucid-wire", &[]),
    ("lucid-congestion", &[]),
    ("lucid-sim", &[]),
    ("lucid-conn", &["lucid-wire", "lucid-congestion", "lucid-sim"]),
    ("lucid-lab", &["lucid-wire", "lucid-congestion", "lucid-sim", "lucid-conn"]),
    ("lucid-script", &["lucid-conn", "lucid-wire"]),
    ("lucid-apps", &[]),
    ("lucid-views", &["lucid-conn", "lucid-wire"]),
    ("lucid-cli", &["lucid-conn", "lucid-apps", "lucid-views"]),
    ("xtask", &[]),
];

/// What only the driver uses: the engine must build without.
const DRIVER_ONLY: [&str; 4] = ["lucid-sim", "quinn-udp", "rand", "tokio"];

/// Crates that log. What is seen of a run are views of its events.
const LOGGERS: [&str; 6] = ["defmt", "env_logger", "log", "slog", "tracing", "tracing-subscriber"];

/// Where nothing reads a clock and nothing is printed.
const PURE: [&str; 5] = [
    "crates/wire/src",
    "crates/congestion/src",
    "crates/sim/src",
    "crates/conn/src/engine",
    "crates/views/src",
];

const IMPURE: [&str; 10] = [
    "Instant::now",
    "SystemTime",
    "thread::sleep",
    "println!(",
    "eprintln!(",
    "log::",
    "tracing::",
    "std::net::UdpSocket",
    "std::fs",
    "tokio::",
];

/// One sitting.
const LONGEST_FILE: usize = 450;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What cargo knows of our packages.
fn packages() -> Vec<Value> {
    let mut metadata = Command::new(env!("CARGO"));
    metadata.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let said = metadata.output().expect("cargo runs").stdout;
    let said: Value = serde_json::from_slice(&said).expect("cargo says JSON");
    said["packages"].as_array().expect("packages").clone()
}

/// What a package depends on: each one's name, whether only its tests do, and whether it can be left out.
fn dependencies(package: &Value) -> Vec<(&str, bool, bool)> {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let each = dependencies.map(|dependency| {
        let name = dependency["name"].as_str().unwrap_or_default();
        (name, dependency["kind"] == "dev", dependency["optional"] == true)
    });
    each.collect()
}

/// All source files of ours below a directory, with what is in them.
fn sources(below: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            found.push((path, text));
        }
    }
    found
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        ["tests", "tests.rs", "testing.rs", "fixtures.rs"].iter().any(|name| part.as_os_str() == *name)
    })
}

/// Where one of `words` stands in the code: comments may speak of anything.
fn finds<'a>(sources: &'a [(PathBuf, String)], words: &'a [&str]) -> Vec<String> {
    let lines = sources.iter().flat_map(|(path, text)| text.lines().zip(1..).map(move |line| (path, line)));
    let code = lines.filter(|(_, (line, _))| !line.trim_start().starts_with("//"));
    let found = code.filter(|(_, (line, _))| words.iter().any(|word| line.contains(word)));
    found.map(|(path, (line, number))| format!("{}:{number}: {}", path.display(), line.trim())).collect()
}

#[test]
fn every_crate_uses_only_those_of_ours_that_the_table_allows() {
    let packages = packages();
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let known: Vec<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    assert!(names.iter().all(|name| known.contains(name)), "a crate is not in the table: {names:?}");
    for (name, allowed) in MAY_USE {
        let package = packages.iter().find(|package| package["name"] == name);
        let package = package.unwrap_or_else(|| panic!("{name} is in the table and not in the workspace"));
        for (used, _, _) in dependencies(package) {
            assert!(!known.contains(&used) || allowed.contains(&used), "{name} uses {used}");
        }
    }
}

#[test]
fn the_engine_can_be_had_without_what_only_the_driver_uses() {
    let packages = packages();
    let conn = packages.iter().find(|package| package["name"] == "lucid-conn").expect("lucid-conn");
    for (used, is_dev, is_optional) in dependencies(conn) {
        assert!(is_dev || is_optional || !DRIVER_ONLY.contains(&used), "lucid-conn always needs {used}");
    }
}

#[test]
fn no_crate_of_ours_logs() {
    for package in packages() {
        for (used, _, _) in dependencies(&package) {
            assert!(!LOGGERS.contains(&used), "{} uses {used}", package["name"]);
        }
    }
}

#[test]
fn the_pure_crates_read_no_clock_and_say_nothing() {
    for folder in PURE {
        let sources = sources(&root().join(folder));
        assert!(!sources.is_empty(), "{folder} is empty");
        let sources: Vec<_> = sources.into_iter().filter(|(path, _)| !is_test(path)).collect();
        assert_eq!(finds(&sources, &IMPURE), Vec::<String>::new());
    }
}

#[test]
fn files_are_short_and_nothing_is_left_for_later() {
    // Put together here, so that this line is not found.
    let unfinished =
        ["TO_DO", "FIX_ME", "todo_!(", "dbg_!(", "unimplemented_!("].map(|word| word.replace('_', ""));
    let unfinished: Vec<&str> = unfinished.iter().map(String::as_str).collect();
    for folder in ["crates", "xtask", "bench/src"] {
        let sources = sources(&root().join(folder));
        for (path, text) in sources.iter().filter(|(path, _)| !is_test(path)) {
            let length = text.lines().count();
            assert!(length < LONGEST_FILE, "{} has {length} lines", path.display());
        }
        assert_eq!(finds(&sources, &unfinished), Vec::<String>::new());
        let comments: Vec<_> = sources
            .iter()
            .filter(|(_, text)| unfinished[..2].iter().any(|word| text.contains(word)))
            .collect();
        assert!(
            comments.is_empty(),
            "something is left for later in {:?}",
            comments.iter().map(|(path, _)| path).collect::<Vec<_>>()
        );
    }
}

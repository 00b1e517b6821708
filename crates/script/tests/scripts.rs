//! All scripts pass.

use std::path::Path;

use lucid_script::{Script, find, run};

/// Each failure is shown, not only the first.
#[test]
fn every_script_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let mut files = Vec::new();
    find(&folder, &mut files).expect("the scripts can be read");
    let failures: Vec<String> = files.iter().filter_map(|file| failure(file)).collect();
    assert!(!files.is_empty(), "no scripts in {}", folder.display());
    assert!(
        failures.is_empty(),
        "{} of {} scripts failed\n{}",
        failures.len(),
        files.len(),
        failures.join("\n\n")
    );
}

/// Why a script fails.
fn failure(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).expect("a script is text");
    let outcome = Script::parse(&file.display().to_string(), &text).and_then(|script| run(&script, None));
    match outcome {
        Ok(outcome) => (!outcome.passed()).then(|| outcome.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

/// A script states a fact: it says which, and where it is from.
#[test]
fn every_script_begins_with_the_fact_it_states() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let mut files = Vec::new();
    find(&folder, &mut files).expect("the scripts can be read");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a script is text");
        let head: String = text.lines().map_while(|line| line.strip_prefix("//")).collect();
        assert!(head.contains("RFC "), "{} doesn't begin with a fact and its RFC", file.display());
    }
}

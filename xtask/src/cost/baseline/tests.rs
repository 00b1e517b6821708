use super::*;

fn counts(counts: &[(&str, u64)]) -> Instructions {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn five_percent_more_is_accepted_and_no_more() {
    let known = counts(&[("a", 1000), ("b", 1000)]);
    let verdict = compare(&known, &counts(&[("a", 1050), ("b", 1051)]));
    assert_eq!(verdict.wrong, ["b: 1000 -> 1051 (+5.1 %)"]);
}

#[test]
fn what_became_cheaper_is_told_and_is_not_wrong() {
    let verdict = compare(&counts(&[("a", 1000)]), &counts(&[("a", 900)]));
    assert_eq!(verdict, Verdict { wrong: Vec::new(), cheaper: vec!["a: 1000 -> 900 (-10.0 %)".to_owned()] });
}

/// Else a renamed count would no longer be held against anything.
#[test]
fn what_is_only_on_one_side_is_wrong() {
    let verdict = compare(&counts(&[("old", 1)]), &counts(&[("new", 2)]));
    assert_eq!(verdict.wrong, ["new: 2, and no baseline", "old: no longer counted"]);
}

#[test]
fn a_complaint_names_the_count_the_compilers_and_how_to_accept_it() {
    let wrong = ["a: 1 -> 2 (+100.0 %)".to_owned()];
    let said = complaint(&wrong, ("rustc 1", "rustc 2"));
    for word in ["a: 1 -> 2", "rustc 1, this of rustc 2", "cargo xtask cost --write", PLACE] {
        assert!(said.contains(word), "{word} is not in {said}");
    }
    assert!(!complaint(&wrong, ("rustc 1", "rustc 1")).contains("rustc"));
}

#[test]
fn what_is_written_is_read_back() {
    let known = counts(&[("a", 1000), ("b", 7)]);
    let written = as_json(&known, "rustc 1");
    assert_eq!(instructions(&written["instructions"]).expect("numbers"), known);
    assert_eq!(written["compiler"], "rustc 1");
    assert!(instructions(&json!({ "a": "many" })).is_err());
}

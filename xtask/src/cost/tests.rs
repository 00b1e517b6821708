use super::count::inclusive;
use super::*;

const PROFILE: &str = "\
fn=(1) main
5 10
cfi=(3) door.rs
cfn=(2) cost::door::arrive
calls=7 -74
* 1000
cfn=(4) cost::door::arrives
calls=1 2
* 9

fn=(5) elsewhere
cfn=(2)
calls=1 3
12 234
";

#[test]
fn all_calls_of_a_function_count_and_no_other_function_does() {
    assert_eq!(inclusive(PROFILE, "cost::door::arrive"), Some(1234.0));
    assert_eq!(inclusive(PROFILE, "cost::door::tick"), None);
}

fn cost() -> Cost {
    Cost { arriving: 10.4, leaving: 20.6, encoding: 3.0, decoding: 4.0, window: 1.0, gaps: 0.0 }
}

/// The baseline's names are read by whoever made one of them worse.
#[test]
fn a_count_has_a_name_that_says_what_it_is() {
    let mut all = Instructions::new();
    note(&mut all, EPISODE, &cost());
    note(&mut all, DATA, &cost());
    let all: Vec<(&str, u64)> = all.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    let expected = [
        ("decode a full segment", 4),
        ("encode a full segment", 3),
        ("episode cubic, window 10000, 1000 gaps: a segment leaves", 21),
        ("episode cubic, window 10000, 1000 gaps: an ACK arrives", 10),
        ("receiver, window 100, 0 gaps: a segment arrives", 10),
        ("receiver, window 100, 0 gaps: an ACK leaves", 21),
    ];
    assert_eq!(all, expected);
}

/// What is encoded and decoded is noted in two of the runs: they must be among those that are made.
#[test]
fn the_runs_with_data_and_with_blocks_are_made() {
    for run in [DATA, ACKS] {
        assert!(HALVES.contains(&(run.half, run.controller)) && WINDOWS.contains(&run.window));
        assert!(run.gaps == 0 || run.gaps == run.window / ONE_GAP_IN);
    }
}

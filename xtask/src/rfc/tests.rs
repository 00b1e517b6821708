use super::list::{Exceptions, Requirements};
use super::map::Map;
use super::scan::{By, Mention};

const LIST: &str = "# Title\n\n## Header\nMUST-1 | MUST | 3.1 | One.\nMAY-2 | MAY | 3.2 | Two.\n";

fn mention(id: &str, by: By) -> Mention {
    let file = if by == By::Code { "crates/conn/src/engine/x.rs" } else { "crates/conn/tests/x.rs" };
    Mention { id: id.to_owned(), by, file: file.to_owned(), item: Some("item".to_owned()) }
}

fn map(exceptions: &str, mentions: &[(&str, By)]) -> Map {
    let mentions = mentions.iter().map(|&(id, by)| mention(id, by)).collect();
    Map::new(Requirements::parse(LIST).unwrap(), Exceptions::parse(exceptions), mentions)
}

const TIED: [(&str, By); 2] = [("MUST-1", By::Code), ("MUST-1", By::Test)];

#[test]
fn complete_is_what_has_code_and_test_or_a_reason() {
    assert_eq!(map("- MAY-2: a choice.", &TIED).problems(), [""; 0]);
    assert_eq!(map("", &TIED).problems(), ["MAY-2 has neither a line of code nor a test"]);
    let half = |by| map("- MAY-2: a choice.", &[("MUST-1", by)]).problems();
    assert_eq!(half(By::Code), ["MUST-1 has no test"]);
    assert_eq!(half(By::Test), ["MUST-1 has no line of code"]);
}

#[test]
fn a_reason_that_holds_no_longer_is_noticed() {
    let problems = map("- MAY-2, MUST-1: a choice.", &TIED).problems();
    assert_eq!(problems, ["MUST-1 has code and a test, and is said not to be done"]);
    assert_eq!(map("- MAY-2: a choice.\n## Done in part\n- MUST-1: but half.", &TIED).problems(), [""; 0]);
    let problems = map("- MAY-2: a choice.\n## Done in part\n- MUST-1: but half.", &[]).problems();
    assert_eq!(
        problems,
        ["MUST-1 has neither a line of code nor a test"],
        "a part has its line and its test"
    );
}

#[test]
fn an_unknown_id_is_noticed() {
    let mentions = [TIED[0], TIED[1], ("MUST-3", By::Code)];
    let problems = map("- MAY-2, MAY-9: a choice.", &mentions).problems();
    let expected = [
        "MUST-3 is not in docs/rfc-requirements.txt: crates/conn/src/engine/x.rs (item)",
        "MAY-9 is not in docs/rfc-requirements.txt: docs/rfc-exceptions.md",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn the_map_links_code_and_tests() {
    let text = map("- MAY-2: a choice.", &TIED).to_string();
    let code = "[conn/x.rs](../crates/conn/src/engine/x.rs) `item`";
    let test = "[conn/tests/x.rs](../crates/conn/tests/x.rs) `item`";
    assert!(text.contains(&format!("| MUST-1 | MUST | 3.1 | One. | {code} | {test} |")), "{text}");
    assert!(
        text.contains(
            "| MAY-2 | MAY | 3.2 | Two. **[Not done](rfc-exceptions.md#not-done-or-not-ours-to-do)** |  |  |"
        ),
        "{text}"
    );
}

#[test]
fn a_list_that_is_not_one_is_refused() {
    for wrong in ["MUST-1 | MUST | 3.1 | No heading.", "## A\nMUST-1 | MUST | 3.1", "## A\nMUST | a | b | c"]
    {
        assert!(Requirements::parse(wrong).is_err(), "{wrong}");
    }
    let twice = "## A\nMAY-1 | MAY | 1 | Once.\nMAY-1 | MAY | 1 | Twice.";
    assert!(Requirements::parse(twice).is_err());
}

use super::{By, Mention, ids_in, rust, script};

fn mention(id: &str, by: By, file: &str, item: Option<&str>) -> Mention {
    Mention { id: id.to_owned(), by, file: file.to_owned(), item: item.map(str::to_owned) }
}

#[test]
fn an_id_is_a_word_of_its_own() {
    assert_eq!(ids_in("// MUST-7, (SHLD-12); X-3: MAY-1."), ["MUST-7", "SHLD-12", "X-3", "MAY-1"]);
    assert_eq!(ids_in("// MUST-, must-7, AMUST-7, MUST-7a, MUST-7-8, TX-3, RFC 9293"), [""; 0]);
}

const CODE: &str = r#"
/// MUST-1: of a function.
#[inline]
pub(crate) fn first() {
    // MUST-2: in its body.
    let url = "http://MUST-99";
    if url.is_empty() { // MUST-3: beside the code.
    }
}

/// MUST-4: of a type.
pub struct Kind {
    /// MUST-5: of a field.
    pub field: u8,
}
"#;

#[test]
fn a_comment_belongs_to_what_it_stands_above_or_in() {
    let file = "crates/conn/src/x.rs";
    let expected = [
        ("MUST-1", "first"),
        ("MUST-2", "first"),
        ("MUST-3", "first"),
        ("MUST-4", "Kind"),
        ("MUST-5", "Kind::field"),
    ];
    let expected = expected.map(|(id, item)| mention(id, By::Code, file, Some(item)));
    assert_eq!(rust(file, CODE), expected);
}

const TESTS: &str = r"
//! X-1: the file as a whole.

/// MUST-1.
#[test]
fn plain() {
    // MUST-2.
}

#[tokio::test(start_paused = true)]
/// MUST-3.
async fn in_virtual_time() {}

/// MUST-4.
#[cfg(test)]
fn helper() {}
";

#[test]
fn only_a_test_tests() {
    for file in ["crates/conn/tests/x.rs", "crates/conn/src/x/tests.rs", "crates/conn/src/x/tests/y.rs"] {
        let test = |id, item| mention(id, By::Test, file, Some(item));
        let expected = [test("MUST-1", "plain"), test("MUST-2", "plain"), test("MUST-3", "in_virtual_time")];
        assert_eq!(rust(file, TESTS), expected);
    }
    let file = "crates/conn/src/x.rs";
    let found = rust(file, TESTS);
    assert_eq!(found[1], mention("MUST-1", By::Test, file, Some("plain")), "tests may stand beside the code");
    assert_eq!(found[4], mention("MUST-4", By::Code, file, Some("helper")));
}

#[test]
fn a_script_is_a_test_as_a_whole() {
    let file = "crates/script/scripts/reset/exact.pkt";
    let text = "// A fact (MUST-5).\n+0 < S 0:0(0) win 1000 // and X-2\n+0 MUST-6\n";
    let expected = ["MUST-5", "X-2"].map(|id| mention(id, By::Test, file, None));
    assert_eq!(script(file, text), expected);
}

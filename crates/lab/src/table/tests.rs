use super::*;

#[test]
fn words_stand_left_and_numbers_right() {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let table = Table {
        name: "fruit",
        title: "what there is".to_owned(),
        notes: vec!["As of today.".to_owned()],
        columns: words(&["kind", "pieces", "each"]),
        rows: vec![words(&["apple", "12", "-"]), words(&["fig", "7", "0.5"])],
    };
    let expected = "\
fruit: what there is
  As of today.

  kind   pieces  each
  apple      12     -
  fig         7   0.5
";
    assert_eq!(table.to_string(), expected);
}

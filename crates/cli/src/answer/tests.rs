use super::*;

#[test]
fn a_server_plays_no_tricks_on_a_terminal() {
    let value = Answer::Value { value: "\u{1b}[2J2".into() };
    assert_eq!(value.to_string(), "\\u{1b}[2J2\n");
    let files = Answer::Files { files: vec![FileInfo { name: "a\nb".into(), size: 7 }] };
    assert_eq!(files.to_string(), "           7  a\\nb\n");
}

#[test]
fn the_transcript_numbers_the_tasks_as_the_seed_does() {
    let addresses = vec!["140.117.172.136".parse().expect("an address")];
    assert_eq!(Answer::Addresses { addresses }.in_transcript().as_deref(), Some("(task1: 140.117.172.136)"));
    assert_eq!(Answer::Value { value: "2".into() }.in_transcript().as_deref(), Some("(task2: 2)"));
}

#[test]
fn every_address_has_a_line_of_its_own() {
    let addresses = ["127.0.0.1", "::1"].map(|address| address.parse().expect("an address")).to_vec();
    assert_eq!(Answer::Addresses { addresses }.to_string(), "127.0.0.1\n::1\n");
}

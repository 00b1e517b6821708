use super::*;
use crate::live::testing::{connection, snapshot};

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it can be written")
}

/// What others may rely on, letter by letter.
#[test]
fn a_question_is_this_line() {
    let request = Request { version: 1, ask: Question::Snapshot };
    assert_eq!(line(&request), r#"{"version":1,"ask":"snapshot"}"#);
}

#[test]
fn answers_are_read_as_they_were_written() {
    let answers = [
        Answer::Process(snapshot(vec![]).process),
        Answer::Connection(connection(3).into()),
        Answer::End { connections: 1 },
        Answer::Error { message: "no".to_owned() },
    ];
    for answer in answers {
        let line = line(&answer);
        assert_eq!(serde_json::from_str::<Answer>(&line).expect("it can be read"), answer, "{line}");
    }
}

/// So that what is new needs no new version.
#[test]
fn what_is_added_to_an_answer_is_passed_over() {
    let line = line(&Answer::End { connections: 7 }).replace('{', r#"{"weather":"fine","#);
    assert_eq!(
        serde_json::from_str::<Answer>(&line).expect("it can be read"),
        Answer::End { connections: 7 }
    );
}

#[test]
fn the_send_queue_is_what_is_not_acknowledged() {
    assert_eq!(connection(1).send_queue(), 20_000 + 5000);
}

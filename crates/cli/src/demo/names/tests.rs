use hickory_proto::op::Query;
use hickory_proto::rr::Name;

use super::*;

fn answers(name: &str, kind: RecordType) -> Vec<RData> {
    let mut question = Message::query();
    question.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    let answer = Message::from_vec(&answer(&question.to_vec().unwrap()).unwrap()).unwrap();
    assert_eq!(answer.metadata.id, question.metadata.id);
    answer.answers.into_iter().map(|record| record.data).collect()
}

#[test]
fn it_knows_one_name_and_its_address() {
    assert_eq!(ADDRESS.to_string(), HOST_ADDRESS);
    assert_eq!(answers(&format!("{HOST}."), RecordType::A), [RData::A(ADDRESS.into())]);
    assert_eq!(answers(&format!("{HOST}."), RecordType::AAAA), []);
    assert_eq!(answers("example.org.", RecordType::A), []);
}

#[test]
fn what_is_no_question_gets_no_answer() {
    assert_eq!(answer(b"hello"), None);
}

//! Urgent data: RFC 9293 section 3.8.5.

mod support;

use lucid_conn::engine::{Call, Config, Notice, Profile, Reply};
use support::script::Script;

fn established() -> Script {
    Script::established(&Config { initial_window: 100, ..Config::new(Profile::Classic) })
}

fn urgent_notices(script: &Script) -> usize {
    script.notices.iter().filter(|&notice| *notice == Notice::Urgent).count()
}

/// MUST-32 and MUST-33: told at once, even before the data, and again when the pointer advances.
#[test]
fn the_application_hears_of_urgent_data_and_how_much_is_left() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 URG 50");
    assert_eq!((urgent_notices(&script), script.info().urgent_left), (1, 50));
    script.says("SEQ 1 ACK 1 LEN 100 URG 50");
    assert_eq!(urgent_notices(&script), 1, "nothing new");
    script.reads(20);
    assert_eq!(script.info().urgent_left, 30);
    script.says("SEQ 101 ACK 1 URG 10");
    assert_eq!((urgent_notices(&script), script.info().urgent_left), (2, 90));
    script.reads(80);
    assert_eq!(script.info().urgent_left, 10);
}

#[test]
fn data_without_the_flag_is_never_urgent_nor_is_any_behind_the_fin() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 100");
    script.says("SEQ 301 ACK 1 LEN 100");
    assert_eq!(urgent_notices(&script), 0);
    script.says("FIN SEQ 101 ACK 1 LEN 300");
    script.says("SEQ 402 ACK 1 URG 10");
    assert_eq!(urgent_notices(&script), 0);
}

/// MUST-62: the pointer names the byte behind the urgent data (MUST-30).
#[test]
fn urgent_bytes_are_marked_until_they_are_acknowledged() {
    let mut script = established();
    assert_eq!(script.call(Call::WriteUrgent("help".into())), Ok(Reply::Written(4)));
    script.hears(&["URG 4 SEQ 1 ACK 1 LEN 4"]);
    script.says("SEQ 1 ACK 5");
    script.writes(10);
    script.hears(&["SEQ 5 ACK 1 LEN 10"]);
    let (_, last) = script.sent.last().expect("a segment");
    assert!(!last.header.flags.contains(lucid_wire::Flags::URG));
}

/// MUST-31: of any length. The field has 16 bits, so a mark further away is told as far as it goes.
#[test]
fn urgent_data_may_be_longer_than_the_pointer_reaches() {
    let mut script = established();
    script.call(Call::WriteUrgent(vec![7; 70_000].into())).expect("room");
    let pointers: Vec<_> = script.sent.iter().skip(2).map(|(_, sent)| sent.header.urgent_pointer).collect();
    assert_eq!(pointers[..6], [65_535, 65_535, 65_535, 65_535, 65_535, 64_980]);
    assert_eq!(pointers.last(), Some(&(70_000 - 64 * 1004_u32) as &u32).map(|left| *left as u16).as_ref());
}

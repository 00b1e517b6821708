//! What an application is told, and how often.

mod support;

use lucid_conn::engine::{Call, Config, Notice, Profile, Reply};
use support::script::Script;

fn established() -> Script {
    let mut script = Script::established(&Config::new(Profile::Classic));
    script.notices.clear();
    script
}

#[test]
fn a_reader_hears_of_data_once_until_it_has_read_everything() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 10");
    script.says("SEQ 11 ACK 1 LEN 10");
    assert_eq!(script.notices, [Notice::Readable]);
    script.reads(10);
    script.says("SEQ 21 ACK 1 LEN 10");
    assert_eq!(script.notices, [Notice::Readable], "it has not yet found nothing");
    script.reads(10);
    script.reads(10);
    assert!(script.reads(10).is_empty());
    script.says("SEQ 31 ACK 1 LEN 10");
    assert_eq!(script.notices, [Notice::Readable, Notice::Readable]);
}

#[test]
fn data_behind_a_gap_is_not_readable() {
    let mut script = established();
    script.says("SEQ 101 ACK 1 LEN 10");
    assert_eq!(script.notices, []);
    script.says("SEQ 1 ACK 1 LEN 100");
    assert_eq!(script.notices, [Notice::Readable]);
}

#[test]
fn the_end_of_the_stream_is_readable() {
    let mut script = established();
    script.says("FIN SEQ 1 ACK 1");
    assert_eq!(script.notices, [Notice::Readable]);
    assert_eq!(script.call(Call::Read { max: 1 }), Ok(Reply::EndOfStream));
}

#[test]
fn a_writer_that_was_never_refused_hears_nothing() {
    let mut script = established();
    script.writes(500);
    script.says("SEQ 1 ACK 501");
    assert_eq!(script.notices, []);
}

/// Even a connection that was reset before it was accepted is announced only to its listener.
#[test]
fn a_listener_hears_of_each_connection_once() {
    let mut script = Script::listening(&Config::new(Profile::Classic));
    script.says("SYN SEQ 0");
    script.says("SEQ 1 ACK 1 LEN 10");
    script.says("FIN SEQ 11 ACK 1");
    assert_eq!(script.notices, [Notice::Acceptable]);
    script.accept();
    assert_eq!(script.reads(100).len(), 10);
}

#[test]
fn an_empty_write_does_not_cancel_what_a_refused_writer_waits_for() {
    let mut script = Script::established(&Config { send_buffer: 1004, ..Config::new(Profile::Classic) });
    script.notices.clear();
    assert_eq!(script.writes(2000), 1004);
    script.writes(0);
    script.says("SEQ 1 ACK 1005");
    assert_eq!(script.notices, [Notice::Writable]);
}

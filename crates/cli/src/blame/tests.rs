use std::path::PathBuf;
use std::time::Duration;

use lucid_conn::engine::State;

use super::*;

const SERVER: &str = "127.0.0.1:12345";

fn silent(state: State) -> CloseReason {
    CloseReason::TimedOut { state, silent_for: Duration::from_secs(20), retransmissions: 4 }
}

fn service(code: ErrorCode) -> ClientError {
    ClientError::Service(ServiceError { code, message: "no".into() })
}

fn broke_off(reason: CloseReason) -> ClientError {
    ClientError::BrokeOff { name: "a".into(), done: 5, size: 10, source: reason.into() }
}

#[test]
fn every_way_to_fail_has_its_exit() {
    let connection = |reason: CloseReason| ClientError::Connection(reason.into());
    let hash = |byte: u8| [byte; 32].into();
    let table = [
        (connection(silent(State::SynSent)), Exit::NoAnswer),
        (connection(silent(State::Established)), Exit::NoAnswer),
        (connection(CloseReason::Unreachable), Exit::NoAnswer),
        (connection(CloseReason::Refused), Exit::Refused),
        (connection(CloseReason::Reset), Exit::Refused),
        (ClientError::Connection(io::ErrorKind::TimedOut.into()), Exit::NoAnswer),
        (ClientError::Connection(io::ErrorKind::UnexpectedEof.into()), Exit::Refused),
        (broke_off(CloseReason::Reset), Exit::BrokeOff),
        (broke_off(silent(State::Established)), Exit::BrokeOff),
        (ClientError::Integrity { name: "a".into(), stated: hash(1), actual: hash(2) }, Exit::Mismatch),
        (service(ErrorCode::HashMismatch), Exit::Mismatch),
        (service(ErrorCode::AlreadyExists), Exit::LocalFile),
        (service(ErrorCode::NoValue), Exit::Other),
        (service(ErrorCode::OutsideRoot), Exit::Other),
        (LocalError::Exists(PathBuf::from("a")).into(), Exit::LocalFile),
        (ClientError::Protocol("?".into()), Exit::Other),
        (ClientError::OutOfStep, Exit::Other),
    ];
    for (error, exit) in table {
        assert_eq!(task(SERVER, &error).exit, exit, "{error}");
    }
}

#[test]
fn silence_is_told_with_who_how_long_and_how_often() {
    let failure = connection(SERVER, &silent(State::SynSent).into());
    assert_eq!(failure.what, "no answer from 127.0.0.1:12345");
    let cause = failure.cause.expect("a cause");
    assert_eq!(cause, "the peer was silent for 20.0 s: the same SYN was sent 5 times without an answer");
    assert!(failure.advice.expect("advice").contains("lucid serve"));
}

#[test]
fn a_transfer_that_broke_off_says_how_far_it_came_and_why() {
    let failure = task(SERVER, &broke_off(CloseReason::Reset));
    assert!(failure.what.contains("broke off after 5 of 10 bytes"), "{failure}");
    assert_eq!(failure.cause.as_deref(), Some("reset by the peer"));
}

#[test]
fn a_busy_port_is_told_as_such() {
    let busy = io::ErrorKind::AddrInUse.into();
    let failure = unopened(SERVER, Some(([127, 0, 0, 2], 5).into()), &busy);
    assert_eq!(failure.exit, Exit::Unreachable);
    assert!(failure.advice.is_some_and(|advice| advice.contains("another program has that port")));
}

use lucid_congestion::Phase;
use lucid_conn::engine::{Cause, Change, ConnId, State, Time};
use lucid_wire::{SackBlocks, SeqNum, SeqRange};

use super::*;

const ORIGIN: Origin = Origin { ours: 1000, theirs: u32::MAX };

fn event(what: What) -> Event {
    let cause = Cause::SegmentArrived;
    Event { at: Time::from_millis(5), conn: Some(ConnId(0)), what, cause, rfc: cause.rfc() }
}

fn segment(flags: Flags, seq: u32, ack: u32, bytes: usize) -> SegmentSummary {
    SegmentSummary { flags, seq, ack, window: 512, bytes, sack: SackBlocks::new() }
}

#[track_caller]
fn says(what: What, expected: &str) {
    assert_eq!(sentence(&event(what), ORIGIN), expected);
}

#[test]
fn numbers_are_told_from_each_direction_s_syn_on() {
    let sent = segment(Flags::ACK | Flags::PSH, 1001, 42, 500);
    says(
        What::Sent { segment: sent, retransmission: 0, in_flight: 1, flight_size: 500 },
        "Sends 500 bytes from 1, ACK 43, window 512; 500 in flight",
    );
    says(
        What::Sent { segment: sent, retransmission: 2, in_flight: 1, flight_size: 500 },
        "Sends 500 bytes from 1, ACK 43, window 512 for the 3rd time; 500 in flight",
    );
    let mut ack = segment(Flags::ACK, 0, 1501, 0);
    let block = SeqRange { start: SeqNum::new(2001), end: SeqNum::new(2501) };
    assert!(ack.sack.push(block));
    says(What::Received { segment: ack }, "Receives ACK 501, SACK 1001-1501, window 512");
    says(
        What::Received { segment: segment(Flags::SYN, u32::MAX, 0, 0) },
        "Receives SYN, at 0, no ACK, window 512",
    );
    says(What::DuplicateReported { start: 1001, end: 1101 }, "The peer has 1 to 101 twice");
}

#[test]
fn a_window_is_told_with_what_changed() {
    let (flat, cut) = (Change { before: 2e9, after: 2e9 }, Change { before: 2e9, after: 5000.0 });
    let cwnd = Change { before: 10_000.0, after: 5000.4 };
    let same = Change { before: Phase::SlowStart, after: Phase::SlowStart };
    let into = Change { before: Phase::SlowStart, after: Phase::FastRecovery };
    says(What::Window { cwnd, ssthresh: flat, phase: same, smss: 1000 }, "cwnd 10000 to 5000");
    says(
        What::Window { cwnd, ssthresh: cut, phase: into, smss: 1000 },
        "cwnd 10000 to 5000, ssthresh arbitrarily high to 5000, slow start to fast recovery",
    );
}

#[test]
fn what_goes_well_is_routine_and_what_turns_a_run_is_not() {
    let plain = segment(Flags::ACK, 1001, 42, 500);
    let sent = |retransmission| What::Sent { segment: plain, retransmission, in_flight: 1, flight_size: 500 };
    let arrived = |arrival, waiting| What::Arrived { seq: 0, bytes: 100, arrival, next: 0, waiting };
    let window = |after| What::Window {
        cwnd: Change { before: 5000.0, after },
        ssthresh: Change { before: 1.0, after: 1.0 },
        phase: Change { before: Phase::SlowStart, after: Phase::SlowStart },
        smss: 1000,
    };
    let rows = [
        (sent(0), true),
        (sent(1), false),
        (What::Received { segment: plain }, true),
        (What::Received { segment: segment(Flags::RST, 0, 0, 0) }, false),
        (arrived(Arrival::InOrder, 0), true),
        (arrived(Arrival::OutOfOrder, 100), false),
        (arrived(Arrival::OutOfOrder, 300), true),
        (arrived(Arrival::Duplicate, 0), false),
        (window(6000.0), true),
        (window(4000.0), false),
        (What::State { from: State::SynSent, to: State::Established }, false),
    ];
    for (what, routine) in rows {
        assert_eq!(is_routine(&event(what.clone())), routine, "{what:?}");
    }
}

#[test]
fn times_and_amounts_have_the_digits_that_matter() {
    let times = [0, 950, 12_345, 1_234_567, 48_300_000, 999_400_000, 2_310_000_000, 61_000_000_000];
    let said = times.map(|nanos| time(Duration::from_nanos(nanos)));
    assert_eq!(said, ["0 s", "0.95 us", "12.3 us", "1.23 ms", "48.3 ms", "999 ms", "2.31 s", "61.0 s"]);
    let said = [0, 1, 999, 8192, 8_000_000, 1_073_741_824].map(amount);
    assert_eq!(said, ["0 bytes", "1 byte", "999 bytes", "8.2 kB", "8.0 MB", "1.07 GB"]);
    assert_eq!([0, 999, 1000, 2_337_972].map(grouped), ["0", "999", "1,000", "2,337,972"]);
}

#[test]
fn ordinals_are_spoken_as_people_do() {
    let said = [1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(ordinal);
    assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "111th"]);
    assert_eq!([0, 1, 2, 20].map(times), ["", " again", " for the 3rd time", " for the 21st time"]);
}

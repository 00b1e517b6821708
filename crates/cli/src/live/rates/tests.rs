use super::*;
use crate::live::testing::connection;

#[test]
fn a_rate_is_what_moved_by_the_time_that_passed() {
    let before = connection(1);
    let mut after =
        Connection { at_us: before.at_us + 250_000, delivered: before.delivered + 1000, ..before.clone() };
    after.counts.bytes_received += 500;
    assert_eq!(Rates::between(&before, &after), Some(Rates { out: 4000.0, into: 2000.0 }));
}

#[test]
fn no_time_gives_no_rate() {
    let one = connection(1);
    assert_eq!(Rates::between(&one, &one), None);
    let earlier = Connection { at_us: one.at_us - 1, ..one.clone() };
    assert_eq!(Rates::between(&one, &earlier), None);
}

/// In TIME-WAIT an endpoint has forgotten its counts.
#[test]
fn counts_that_were_forgotten_make_no_negative_rate() {
    let before = connection(1);
    let after = Connection { at_us: before.at_us + 1000, delivered: 0, ..before.clone() };
    assert_eq!(Rates::between(&before, &after), Some(Rates::default()));
}

use lucid_wire::SeqNum;
use proptest::prelude::*;

use super::*;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(u32::MAX - 50)) + at
}

fn ms(millis: u64) -> Time {
    Time::from_millis(millis)
}

/// Three segments of 100, sent at 0, 10 and 20 ms.
fn three() -> InFlight {
    let mut in_flight = InFlight::default();
    for segment in 0..3 {
        in_flight.push(place(100 * segment), place(100 * (segment + 1)), ms(10 * segment), Stamp::default());
    }
    in_flight
}

#[test]
fn an_ack_measures_the_last_segment_it_covers() {
    let mut in_flight = three();
    let acked = in_flight.acknowledge(place(200), ms(50), |_| ());
    assert_eq!(
        acked,
        Acked { places: 200, delivered: 200, rtt: Some(Duration::from_millis(40)), fresh: true }
    );
    assert_eq!((in_flight.flight_size(), in_flight.segments()), (100, 1));
}

/// RFC 6298 section 3: Karn's rule.
#[test]
fn an_ack_that_covers_a_retransmission_measures_nothing() {
    let mut in_flight = three();
    in_flight.mark_front_lost();
    in_flight.resend_first_lost(place(100), ms(30), Stamp::default());
    assert_eq!(in_flight.acknowledge(place(300), ms(50), |_| ()).rtt, None);
}

#[test]
fn only_what_was_sent_again_may_have_gone_twice() {
    let mut in_flight = three();
    in_flight.mark_front_lost();
    in_flight.resend_first_lost(place(100), ms(30), Stamp::default());
    assert!(in_flight.may_have_gone_twice(place(100)));
    assert!(!in_flight.may_have_gone_twice(place(200)));
    in_flight.acknowledge(place(200), ms(40), |_| ());
    assert!(in_flight.may_have_gone_twice(place(200)), "it is forgotten");
}

#[test]
fn what_is_lost_is_outstanding_but_not_in_the_network() {
    let mut in_flight = three();
    in_flight.mark_all_lost(100);
    assert_eq!((in_flight.flight_size(), in_flight.pipe()), (300, 0));
    assert_eq!(in_flight.resend_first_lost(place(100), ms(30), Stamp::default()), 1);
    assert_eq!(in_flight.pipe(), 100);
    assert_eq!(in_flight.first_lost().map(|sent| sent.start), Some(place(100)));
}

#[test]
fn part_of_a_segment_can_be_acknowledged_or_sent_again() {
    let mut in_flight = three();
    in_flight.mark_all_lost(100);
    in_flight.acknowledge(place(50), ms(30), |_| ());
    assert_eq!((in_flight.flight_size(), in_flight.pipe()), (250, 0));
    in_flight.resend_first_lost(place(70), ms(40), Stamp::default());
    assert_eq!((in_flight.segments(), in_flight.pipe()), (4, 20));
    assert_eq!(in_flight.first_lost().map(|sent| (sent.start, sent.end)), Some((place(70), place(100))));
}

/// RFC 9293 section 3.8.1 lets a retransmission be cut anew. Places 0 to 100 are one segment, then bytes follow.
#[test]
fn small_neighbours_go_again_together_and_none_exceeds_a_full_segment() {
    let mut in_flight = InFlight::default();
    in_flight.push(place(0), place(100), ms(0), Stamp::default());
    for byte in 100..250 {
        in_flight.push(place(byte), place(byte + 1), ms(1), Stamp::default());
    }
    in_flight.mark_all_lost(100);
    let ends: Vec<_> = in_flight.iter().map(|sent| (sent.start, sent.end, sent.fate == Fate::Lost)).collect();
    let expected = [(0, 100), (100, 200), (200, 250)].map(|(start, end)| (place(start), place(end), true));
    assert_eq!(ends, expected);
    assert_eq!((in_flight.flight_size(), in_flight.pipe()), (250, 0));
}

/// Nor does a round trip measure a segment of which a part was sent twice (RFC 6298 section 3).
#[test]
fn a_merged_segment_was_sent_as_often_as_any_of_its_parts() {
    let mut in_flight = three();
    in_flight.mark_front_lost();
    in_flight.resend_first_lost(place(100), ms(30), Stamp::default());
    in_flight.mark_all_lost(300);
    assert_eq!(in_flight.segments(), 1);
    let acked = in_flight.acknowledge(place(300), ms(50), |_| ());
    assert_eq!(acked, Acked { places: 300, delivered: 300, rtt: None, fresh: false });
}

/// RFC 2018: what the peer reports is outstanding, and not in the network. Only whole segments count.
#[test]
fn what_the_peer_reports_has_arrived() {
    let mut in_flight = three();
    let mut seen = Vec::new();
    let news = in_flight.selectively_acknowledge(place(150), place(300), |sent| seen.push(sent.start));
    assert_eq!((news, seen), (100, vec![place(200)]), "the second segment is not whole");
    assert_eq!((in_flight.flight_size(), in_flight.pipe(), in_flight.arrived_segments()), (300, 200, 1));
    let again = in_flight.selectively_acknowledge(place(100), place(300), |_| ());
    assert_eq!(again, 100, "only what is news");
    let acked = in_flight.acknowledge(place(300), ms(50), |sent| assert_eq!(sent.start, place(0)));
    assert_eq!((acked.places, acked.delivered), (300, 100));
    assert_eq!(in_flight.pipe(), 0);
}

/// RFC 2018 section 8: a peer may let go of what it reported. The front shows it, since only it would be acknowledged.
/// What was reported before is no news when it is acknowledged, and what is still only reported isn't either.
#[test]
fn an_ack_delivers_what_was_not_reported_before() {
    let mut in_flight = three();
    in_flight.selectively_acknowledge(place(100), place(200), |_| ());
    in_flight.push(place(300), place(400), ms(30), Stamp::default());
    in_flight.selectively_acknowledge(place(300), place(400), |_| ());
    let acked = in_flight.acknowledge(place(300), ms(50), |_| ());
    assert_eq!((acked.places, acked.delivered, in_flight.arrived()), (300, 200, 100));
}

/// A peer without SACK names nothing: a duplicate ACK stands for a segment, whichever it is.
#[test]
fn what_duplicate_acks_stand_for_is_not_in_the_network() {
    let mut in_flight = three();
    let pipes = [100, 100, 900].map(|places| {
        in_flight.assume_arrived(places);
        in_flight.pipe()
    });
    assert_eq!(pipes, [200, 100, 0]);
    in_flight.forget_assumed();
    assert_eq!(in_flight.pipe(), 300);
}

#[test]
fn a_report_that_is_not_kept_is_forgotten() {
    let mut in_flight = three();
    in_flight.selectively_acknowledge(place(100), place(300), |_| ());
    assert!(!in_flight.forget_reports_if_reneged());
    in_flight.acknowledge(place(100), ms(50), |_| ());
    assert!(in_flight.forget_reports_if_reneged());
    assert_eq!((in_flight.arrived(), in_flight.lost()), (0, 200));
}

/// Which segment was sent longest ago: one that was sent again is a young one.
#[test]
fn the_oldest_sending_is_not_that_of_a_segment_sent_again() {
    let mut in_flight = three();
    let oldest = |in_flight: &InFlight| in_flight.oldest_sending().map(|sent| sent.start);
    assert_eq!(oldest(&in_flight), Some(place(0)));
    in_flight.mark_front_lost();
    in_flight.resend_first_lost(place(100), ms(30), Stamp::default());
    assert_eq!(oldest(&in_flight), Some(place(100)));
    in_flight.selectively_acknowledge(place(100), place(200), |_| ());
    in_flight.mark_oldest_sending_lost();
    assert_eq!(in_flight.first_lost().map(|sent| sent.start), Some(place(200)));
    assert_eq!(oldest(&in_flight), Some(place(0)));
    in_flight.unmark_lost();
    assert_eq!(oldest(&in_flight), Some(place(200)), "it was sent at 20 ms, the first again at 30 ms");
}

/// One thing that happens to a queue.
#[derive(Clone, Debug)]
enum Step {
    Push(u64),
    Acknowledge(u64),
    Report(u64, u64),
    LoseFront,
    LoseBack,
    LoseOldest,
    LoseAll,
    Renege,
    Unmark,
    Resend(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1_u64..100).prop_map(Step::Push),
        2 => (0_u64..300).prop_map(Step::Acknowledge),
        4 => (0_u64..800, 1_u64..400).prop_map(|(start, len)| Step::Report(start, len)),
        1 => Just(Step::LoseFront),
        1 => Just(Step::LoseBack),
        2 => Just(Step::LoseOldest),
        1 => Just(Step::LoseAll),
        1 => Just(Step::Renege),
        1 => Just(Step::Unmark),
        4 => (1_u64..100).prop_map(Step::Resend),
    ]
}

fn take(in_flight: &mut InFlight, step: &Step, una: &mut Position, nxt: &mut Position, now: Time) {
    match *step {
        Step::Push(len) => {
            in_flight.push(*nxt, *nxt + len, now, Stamp::default());
            *nxt += len;
        }
        Step::Acknowledge(len) => {
            *una = (*una + len).min(*nxt);
            in_flight.acknowledge(*una, now, |_| ());
        }
        Step::Report(start, len) => {
            let (start, end) = (*una + start, (*una + (start + len)).min(*nxt));
            in_flight.selectively_acknowledge(start, end, |_| ());
            let mut whole = in_flight.iter().filter(|sent| sent.start >= start && sent.end <= end);
            assert!(whole.all(|sent| sent.fate == Fate::Arrived), "{start:?}..{end:?}: {in_flight:?}");
        }
        Step::LoseFront => in_flight.mark_front_lost(),
        Step::LoseBack => in_flight.mark_back_lost(),
        Step::LoseOldest => drop(in_flight.mark_oldest_sending_lost()),
        Step::LoseAll => in_flight.mark_all_lost(100),
        Step::Renege => drop(in_flight.forget_reports_if_reneged()),
        Step::Unmark => in_flight.unmark_lost(),
        Step::Resend(len) => {
            if let Some((start, end)) = in_flight.first_lost().map(|lost| (lost.start, lost.end)) {
                in_flight.resend_first_lost(end.min(start + len), now, Stamp::default());
            }
        }
    }
}

proptest! {
    /// What is kept beside the queue is what counting it anew would find.
    #[test]
    fn the_sums_are_those_of_the_segments(steps in proptest::collection::vec(step(), 0..60)) {
        let mut in_flight = InFlight::default();
        let (mut una, mut nxt) = (place(0), place(0));
        for (at, step) in steps.iter().enumerate() {
            take(&mut in_flight, step, &mut una, &mut nxt, ms(at as u64));
            let of = |fate| in_flight.iter().filter(|sent| sent.fate == fate).map(Sent::len).sum::<u64>();
            prop_assert_eq!(in_flight.flight_size(), nxt.since(una));
            prop_assert_eq!((in_flight.lost(), in_flight.arrived()), (of(Fate::Lost), of(Fate::Arrived)));
            prop_assert_eq!(in_flight.pipe(), of(Fate::Unknown));
            let first = in_flight.iter().find(|sent| sent.fate == Fate::Lost);
            prop_assert_eq!(in_flight.first_lost(), first);
            let oldest = in_flight.iter().filter(|sent| sent.fate == Fate::Unknown).map(|sent| sent.last_at).min();
            prop_assert_eq!(in_flight.oldest_sending().map(|sent| sent.last_at), oldest);
        }
    }
}

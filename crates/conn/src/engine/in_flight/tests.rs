use lucid_wire::SeqNum;

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

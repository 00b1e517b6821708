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
        in_flight.push(place(100 * segment), place(100 * (segment + 1)), ms(10 * segment));
    }
    in_flight
}

#[test]
fn an_ack_measures_the_last_segment_it_covers() {
    let mut in_flight = three();
    let acked = in_flight.acknowledge(place(200), ms(50));
    assert_eq!(acked, Acked { places: 200, rtt: Some(Duration::from_millis(40)), fresh: true });
    assert_eq!((in_flight.flight_size(), in_flight.segments()), (100, 1));
}

/// RFC 6298 section 3: Karn's rule.
#[test]
fn an_ack_that_covers_a_retransmission_measures_nothing() {
    let mut in_flight = three();
    in_flight.mark_front_lost();
    in_flight.resend_first_lost(place(100), ms(30));
    assert_eq!(in_flight.acknowledge(place(300), ms(50)).rtt, None);
}

#[test]
fn what_is_lost_is_outstanding_but_not_in_the_network() {
    let mut in_flight = three();
    in_flight.mark_all_lost();
    assert_eq!((in_flight.flight_size(), in_flight.pipe()), (300, 0));
    assert_eq!(in_flight.resend_first_lost(place(100), ms(30)), 1);
    assert_eq!(in_flight.pipe(), 100);
    assert_eq!(in_flight.first_lost().map(|sent| sent.start), Some(place(100)));
}

#[test]
fn part_of_a_segment_can_be_acknowledged_or_sent_again() {
    let mut in_flight = three();
    in_flight.mark_all_lost();
    in_flight.acknowledge(place(50), ms(30));
    assert_eq!((in_flight.flight_size(), in_flight.pipe()), (250, 0));
    in_flight.resend_first_lost(place(70), ms(40));
    assert_eq!((in_flight.segments(), in_flight.pipe()), (4, 20));
    assert_eq!(in_flight.first_lost().map(|sent| (sent.start, sent.end)), Some((place(70), place(100))));
}

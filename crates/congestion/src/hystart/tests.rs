use super::*;

const SMSS: f64 = 1000.0;

/// One round of `acks` acknowledgements at this round trip time, with all of the next round in flight.
fn round(hystart: &mut HyStart, acks: u32, millis: u64) -> Pace {
    let mut pace = Pace::Grow(0.0);
    for left in (0..acks).rev() {
        let ack = Ack {
            bytes: SMSS,
            // What this round's acknowledgements let out is outstanding, too: the next round.
            flight_size: f64::from(left + acks - left) * SMSS,
            rtt: Some(Duration::from_millis(millis)),
            ..Ack::default()
        };
        pace = hystart.on_ack(&ack);
    }
    pace
}

const FULL: Pace = Pace::Grow(1.0);
const QUARTER: Pace = Pace::Grow(0.25);

#[test]
fn steady_round_trips_let_slow_start_be() {
    let mut hystart = HyStart::new();
    for _ in 0..50 {
        assert_eq!(round(&mut hystart, 10, 50), FULL);
    }
}

#[test]
fn an_eighth_more_makes_it_conservative_and_five_such_rounds_end_it() {
    let mut hystart = HyStart::new();
    round(&mut hystart, 10, 80);
    assert_eq!(round(&mut hystart, 10, 89), FULL, "9 ms: less than an eighth");
    assert_eq!(round(&mut hystart, 10, 101), QUARTER, "12 ms: more than an eighth of 89");
    for _ in 0..4 {
        assert_eq!(round(&mut hystart, 10, 110), QUARTER);
    }
    // The next acknowledgement ends the fifth round.
    assert_eq!(round(&mut hystart, 1, 110), Pace::Leave);
    assert_eq!(round(&mut hystart, 10, 500), FULL, "and a later slow start is none of its business");
}

#[test]
fn the_threshold_is_four_to_sixteen_milliseconds() {
    for (base, more, pace) in [
        (10, 3, FULL),
        (10, 4, QUARTER),
        (400, 15, FULL),
        (400, 16, QUARTER),
        (64, 7, FULL),
        (64, 8, QUARTER),
    ] {
        let mut hystart = HyStart::new();
        round(&mut hystart, 10, base);
        assert_eq!(round(&mut hystart, 10, base + more), pace, "{base} + {more} ms");
    }
}

#[test]
fn fewer_than_eight_samples_say_nothing() {
    let mut hystart = HyStart::new();
    round(&mut hystart, 7, 50);
    assert_eq!(round(&mut hystart, 7, 500), FULL);
    assert_eq!(round(&mut hystart, 7, 900), FULL);
}

#[test]
fn jitter_is_forgiven() {
    let mut hystart = HyStart::new();
    round(&mut hystart, 10, 50);
    assert_eq!(round(&mut hystart, 10, 70), QUARTER);
    assert_eq!(round(&mut hystart, 10, 50), FULL, "shorter again: it was jitter");
    assert_eq!(round(&mut hystart, 10, 50), FULL);
}

#[test]
fn a_loss_ends_it() {
    let mut hystart = HyStart::new();
    round(&mut hystart, 10, 50);
    hystart.end();
    assert_eq!(round(&mut hystart, 10, 500), FULL);
}

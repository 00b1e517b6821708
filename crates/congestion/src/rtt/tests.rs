use proptest::prelude::*;

use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn us(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// Bounds wide enough to see what was computed.
const WIDE: RtoBounds =
    RtoBounds { initial: ms(1000), min: ms(1), max: Duration::from_secs(60), granularity: ms(1) };

fn after(bounds: RtoBounds, samples: &[Duration]) -> RttEstimator {
    let mut rtt = RttEstimator::new(bounds);
    samples.iter().for_each(|sample| rtt.on_sample(*sample));
    rtt
}

#[test]
fn the_defaults_are_those_of_rfc_6298() {
    let bounds = RtoBounds::default();
    assert_eq!((bounds.initial, bounds.min, bounds.max), (ms(1000), ms(1000), ms(60_000)));
    assert_eq!(bounds.granularity, ms(1));
}

#[test]
fn before_any_sample_nothing_is_known_and_the_timeout_is_the_initial_one() {
    let rtt = RttEstimator::new(RtoBounds::default());
    assert_eq!((rtt.latest(), rtt.smoothed(), rtt.variance(), rtt.min()), (None, None, None, None));
    assert_eq!(rtt.rto(), ms(1000));
}

/// RFC 6298 2.2: SRTT = R, RTTVAR = R/2, RTO = SRTT + max(G, 4 * RTTVAR).
#[test]
fn the_first_sample() {
    for (sample, variance, rto) in
        [(ms(100), ms(50), ms(300)), (ms(600), ms(300), ms(1800)), (us(200), us(100), us(1200))]
    {
        let rtt = after(WIDE, &[sample]);
        assert_eq!((rtt.smoothed(), rtt.variance(), rtt.rto()), (Some(sample), Some(variance), rto));
    }
}

/// RFC 6298 2.3, worked by hand. The second row tells the order of the two updates: with SRTT moved
/// first, 112.5 ms, RTTVAR would be 59.375 ms (MUST-18).
#[test]
fn later_samples_move_variance_first_and_then_the_smoothed_time() {
    let table = [
        // sample, SRTT, RTTVAR, RTO
        (ms(100), us(100_000), us(50_000), us(300_000)),
        (ms(200), us(112_500), us(62_500), us(362_500)),
        (ms(40), Duration::from_nanos(103_437_500), us(65_000), Duration::from_nanos(363_437_500)),
    ];
    let mut rtt = RttEstimator::new(WIDE);
    for (sample, smoothed, variance, rto) in table {
        rtt.on_sample(sample);
        assert_eq!(rtt.latest(), Some(sample));
        assert_eq!((rtt.smoothed(), rtt.variance(), rtt.rto()), (Some(smoothed), Some(variance), rto));
    }
    assert_eq!(rtt.min(), Some(ms(40)));
}

/// A steady path: the variance fades away, and the granularity remains (RFC 6298 2.3, G).
#[test]
fn on_a_steady_path_the_granularity_is_what_is_added() {
    let rtt = after(WIDE, &[ms(80); 100]);
    assert_eq!((rtt.smoothed(), rtt.rto()), (Some(ms(80)), ms(81)));
}

#[test]
fn the_timeout_stays_within_its_bounds() {
    assert_eq!(after(RtoBounds::default(), &[ms(20)]).rto(), ms(1000));
    assert_eq!(after(RtoBounds::default(), &[ms(90_000)]).rto(), ms(60_000));
    assert_eq!(RttEstimator::new(RtoBounds { initial: ms(10), ..RtoBounds::default() }).rto(), ms(1000));
}

#[test]
fn each_expiry_doubles_the_timeout_up_to_the_maximum() {
    let mut rtt = RttEstimator::new(RtoBounds::default());
    for (count, seconds) in [1, 2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
        assert_eq!((rtt.back_off_count() as usize, rtt.rto()), (count, Duration::from_secs(seconds)));
        rtt.back_off();
    }
}

/// What is doubled is the timeout in use, which the lower bound has already raised.
#[test]
fn back_off_doubles_what_the_lower_bound_made_of_it() {
    let mut rtt = after(RtoBounds::default(), &[ms(20)]);
    rtt.back_off();
    assert_eq!(rtt.rto(), ms(2000));
}

#[test]
fn any_number_of_expiries_is_bearable() {
    let mut rtt = RttEstimator::new(RtoBounds { max: Duration::MAX, ..RtoBounds::default() });
    (0..100).for_each(|_| rtt.back_off());
    assert_eq!(rtt.back_off_count(), 100);
    assert!(rtt.rto() >= Duration::from_secs(1 << 31));
}

#[test]
fn new_data_acknowledged_or_a_new_sample_ends_the_back_off() {
    let mut rtt = after(WIDE, &[ms(100)]);
    rtt.back_off();
    rtt.back_off();
    assert_eq!(rtt.rto(), ms(1200));
    rtt.reset_back_off();
    assert_eq!((rtt.back_off_count(), rtt.rto()), (0, ms(300)));

    rtt.back_off();
    rtt.on_sample(ms(100));
    assert_eq!((rtt.back_off_count(), rtt.rto()), (0, us(250_000)));
}

/// RFC 6298 5.7.
#[test]
fn after_a_syn_timeout_data_begins_with_three_seconds_until_a_sample_says_better() {
    let mut rtt = RttEstimator::new(RtoBounds::default());
    rtt.back_off();
    rtt.back_off();
    rtt.restart_after_syn_timeout();
    assert_eq!((rtt.back_off_count(), rtt.rto()), (0, ms(3000)));
    rtt.on_sample(ms(600));
    assert_eq!(rtt.rto(), ms(1800));
}

#[test]
fn after_a_syn_timeout_a_longer_initial_timeout_stays() {
    let mut rtt = RttEstimator::new(RtoBounds { initial: ms(5000), ..RtoBounds::default() });
    rtt.restart_after_syn_timeout();
    assert_eq!(rtt.rto(), ms(5000));
}

#[test]
fn bounds_out_of_order_never_give_a_timeout_of_zero() {
    let zero = Duration::ZERO;
    let rtt = after(RtoBounds { initial: zero, min: zero, max: zero, granularity: zero }, &[zero]);
    assert_eq!(rtt.rto(), us(1));

    let upside_down = RtoBounds { min: ms(500), max: ms(100), ..RtoBounds::default() };
    assert_eq!(RttEstimator::new(upside_down).rto(), ms(500));
}

#[test]
fn no_clock_is_infinitely_fine() {
    let zero = Duration::ZERO;
    let bounds = RtoBounds { initial: zero, min: zero, max: ms(60_000), granularity: zero };
    assert_eq!(RttEstimator::new(bounds).rto(), us(1));
    assert_eq!(after(bounds, &[ms(80); 100]).rto(), ms(80) + us(1));
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![(0_u64..10_000_000_000).prop_map(Duration::from_nanos), any::<Duration>()]
}

proptest! {
    #[test]
    fn whatever_was_measured_the_estimates_lie_among_the_samples_and_the_timeout_within_bounds(
        samples in proptest::collection::vec(any_duration(), 1..50), back_offs in 0_u32..80,
    ) {
        let bounds = RtoBounds::default();
        let mut rtt = after(bounds, &samples);
        (0..back_offs).for_each(|_| rtt.back_off());

        let shortest = *samples.iter().min().unwrap();
        let longest = *samples.iter().max().unwrap();
        prop_assert_eq!(rtt.min(), Some(shortest));
        prop_assert_eq!(rtt.latest(), samples.last().copied());
        // A nanosecond may be lost to rounding with each sample.
        let smoothed = rtt.smoothed().unwrap();
        let slack = Duration::from_nanos(samples.len() as u64);
        prop_assert!(smoothed <= longest.saturating_add(slack) && smoothed.saturating_add(slack) >= shortest);
        prop_assert!(rtt.variance().unwrap() <= longest.saturating_add(slack));
        prop_assert!((bounds.min..=bounds.max).contains(&rtt.rto()));
    }
}

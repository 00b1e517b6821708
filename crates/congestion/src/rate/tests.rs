use super::*;

const SEGMENT: f64 = 1000.0;

#[test]
fn a_steady_flow_is_sampled_at_its_rate() {
    // One segment each millisecond, acknowledged 10 ms later: a megabyte per second.
    let mut rate = DeliveryRate::default();
    let mut stamps = alloc::collections::VecDeque::new();
    let mut last = None;
    for ms in 0..100 {
        let now = Time::from_millis(ms);
        if ms >= 10 {
            let stamp: Stamp = stamps.pop_front().unwrap();
            rate.on_delivered(now, SEGMENT, &stamp);
            last = rate.sample(Some(Duration::from_millis(10))).or(last);
        }
        let in_flight = stamps.len() as f64 * SEGMENT;
        stamps.push_back(rate.on_sent(now, SEGMENT, in_flight));
    }
    let sample = last.unwrap();
    assert!((sample.rate() - 1e6).abs() < 1e4, "{sample:?}");
    assert!(!sample.app_limited);
}

#[test]
fn compressed_acknowledgements_give_no_sample() {
    let mut rate = DeliveryRate::default();
    let stamp = rate.on_sent(Time::from_millis(1), SEGMENT, 0.0);
    rate.on_delivered(Time::from_millis(2), SEGMENT, &stamp);
    assert_eq!(rate.sample(Some(Duration::from_millis(10))), None);
    assert_eq!(rate.sample(None), None, "nothing new was delivered");
}

#[test]
fn a_sample_says_that_the_application_was_the_limit_until_its_segments_are_delivered() {
    let mut rate = DeliveryRate::default();
    rate.app_limited(0.0);
    let first = rate.on_sent(Time::from_millis(1), SEGMENT, 0.0);
    assert!(first.app_limited);
    rate.on_delivered(Time::from_millis(11), SEGMENT, &first);
    assert!(rate.sample(None).unwrap().app_limited);
    assert!(!rate.on_sent(Time::from_millis(12), SEGMENT, 0.0).app_limited);
}

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
    assert!((sample.rate().unwrap() - 1e6).abs() < 1e4, "{sample:?}");
    assert!(!sample.app_limited);
}

fn ms(millis: u64) -> Time {
    Time::from_millis(millis)
}

#[test]
fn compressed_acknowledgements_give_no_rate_but_still_tell_the_round() {
    let mut rate = DeliveryRate::default();
    let stamp = rate.on_sent(ms(1), SEGMENT, 0.0);
    rate.on_delivered(ms(2), SEGMENT, &stamp);
    let sample = rate.sample(Some(Duration::from_millis(10))).unwrap();
    assert_eq!((sample.rate(), sample.delivered, sample.prior_delivered), (None, SEGMENT, 0.0));
    assert_eq!(rate.sample(None), None, "nothing new was delivered");
}

#[test]
fn no_time_at_all_gives_no_rate() {
    let mut rate = DeliveryRate::default();
    let stamp = rate.on_sent(ms(1), SEGMENT, 0.0);
    rate.on_delivered(ms(1), SEGMENT, &stamp);
    assert_eq!(rate.sample(None).unwrap().rate(), None);
}

#[test]
fn acknowledgements_that_come_bunched_are_measured_by_how_long_sending_took() {
    // Ten segments leave over 90 ms; their acknowledgements all arrive at 100 ms.
    let mut rate = DeliveryRate::default();
    let stamps: [Stamp; 10] = core::array::from_fn(|k| rate.on_sent(ms(10 * k as u64), SEGMENT, k as f64));
    rate.on_delivered(ms(100), SEGMENT, &stamps[0]);
    rate.sample(None);
    stamps[1..].iter().for_each(|stamp| rate.on_delivered(ms(101), SEGMENT, stamp));
    let sample = rate.sample(None).unwrap();
    assert_eq!((sample.delivered, sample.interval), (10.0 * SEGMENT, Some(Duration::from_millis(101))));
}

#[test]
fn segments_that_leave_bunched_are_measured_by_how_long_acknowledging_took() {
    let mut rate = DeliveryRate::default();
    let stamps: [Stamp; 10] = core::array::from_fn(|k| rate.on_sent(ms(0), SEGMENT, k as f64));
    let last = stamps.iter().zip(10..).filter_map(|(stamp, at)| {
        rate.on_delivered(ms(at), SEGMENT, stamp);
        rate.sample(None)
    });
    assert_eq!(last.last().unwrap().interval, Some(Duration::from_millis(19)));
}

#[test]
fn of_several_segments_the_one_sent_last_is_the_sample_in_whatever_order_they_are_told() {
    let told = |order: [usize; 2]| {
        let mut rate = DeliveryRate::default();
        let stamps = [rate.on_sent(ms(1), SEGMENT, 0.0), rate.on_sent(ms(5), SEGMENT, SEGMENT)];
        order.iter().for_each(|k| rate.on_delivered(ms(20), SEGMENT, &stamps[*k]));
        rate.sample(None).unwrap()
    };
    assert_eq!(told([0, 1]), told([1, 0]));
    assert_eq!(told([1, 0]).in_flight, 2.0 * SEGMENT);
}

#[test]
fn losses_since_a_segment_left_are_counted_with_it() {
    let mut rate = DeliveryRate::default();
    rate.on_lost(5.0 * SEGMENT);
    let stamp = rate.on_sent(ms(1), SEGMENT, 0.0);
    rate.on_lost(2.0 * SEGMENT);
    rate.on_delivered(ms(20), SEGMENT, &stamp);
    assert_eq!(rate.sample(None).unwrap().lost, 2.0 * SEGMENT);
}

#[test]
fn after_silence_the_interval_begins_with_the_next_segment() {
    let mut rate = DeliveryRate::default();
    let first = rate.on_sent(ms(0), SEGMENT, 0.0);
    rate.on_delivered(ms(10), SEGMENT, &first);
    rate.sample(None);
    let next = rate.on_sent(ms(5000), SEGMENT, 0.0);
    rate.on_delivered(ms(5010), SEGMENT, &next);
    assert_eq!(rate.sample(None).unwrap().interval, Some(Duration::from_millis(10)));
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

#[test]
fn the_application_is_the_limit_until_all_that_was_in_flight_is_delivered() {
    let mut rate = DeliveryRate::default();
    let before = [rate.on_sent(ms(0), SEGMENT, 0.0), rate.on_sent(ms(0), SEGMENT, SEGMENT)];
    rate.on_delivered(ms(10), SEGMENT, &before[0]);
    rate.app_limited(SEGMENT);
    let after = rate.on_sent(ms(11), SEGMENT, SEGMENT);
    rate.on_delivered(ms(12), SEGMENT, &before[1]);
    rate.sample(None);
    assert!(rate.on_sent(ms(13), SEGMENT, SEGMENT).app_limited, "what was sent meanwhile is still out");
    rate.on_delivered(ms(21), SEGMENT, &after);
    rate.sample(None);
    assert!(!rate.on_sent(ms(22), SEGMENT, SEGMENT).app_limited);
}

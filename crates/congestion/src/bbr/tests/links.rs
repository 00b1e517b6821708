//! How well links are used: the share of a link's rate that arrives, start and ProbeRTT counted in.

use core::time::Duration;
use std::vec::Vec;

use super::*;

#[test]
fn a_clean_link_is_full_after_startup() {
    let used = Path::bulk(Link::new(100.0, 50)).utilisation(1000, 20_000);
    assert!(used >= 0.95, "{used}");
}

#[test]
fn random_loss_costs_little_more_than_what_is_lost() {
    for (mbit, rtt, loss, burst, least) in [
        (100.0, 50, 0.001, 1, 0.94),
        (100.0, 50, 0.01, 1, 0.93),
        (100.0, 50, 0.03, 1, 0.89),
        (10.0, 100, 0.01, 1, 0.92),
        (50.0, 40, 0.01, 8, 0.93),
    ] {
        let used = Path::bulk(Link { loss, burst, ..Link::new(mbit, rtt) }).utilisation(0, 10_000);
        assert!(used >= least, "{mbit} Mbit/s, {rtt} ms, {loss} in bursts of {burst}: {used}");
    }
}

#[test]
fn a_deep_queue_stays_nearly_empty_and_never_holds_more_than_the_windows_gain() {
    let link = Link::new(100.0, 50);
    let mut path = Path::bulk(Link { queue: 5.0 * link.bdp(), ..link });
    path.utilisation(1000, 20_000);
    assert!(path.delay(0.5) < 1.0 && path.delay(1.0) < 50.0, "{} {}", path.delay(0.5), path.delay(1.0));
}

#[test]
fn bunched_acknowledgements_widen_the_window_by_what_comes_in_a_bunch() {
    let link = Link { bunching: Duration::from_millis(20), ..Link::new(50.0, 40) };
    let mut path = Path::bulk(link);
    let used = path.utilisation(1000, 10_000);
    assert!(used > 0.95, "{used}");
    let bunch = 0.02 * link.rate;
    let extra = path.bbr().extra_acked();
    assert!((0.5..1.6).contains(&(extra / bunch)), "{}", extra / bunch);
    assert!(path.bbr().window() > 2.0 * link.bdp());
}

#[test]
fn startup_finds_the_bandwidth_behind_bunched_acknowledgements() {
    let mut path = Path::bulk(Link { bunching: Duration::from_millis(20), ..Link::new(50.0, 40) });
    path.run_to(State::Drain);
    let found = path.bbr().max_bandwidth.get() / path.link.rate;
    assert!((0.97..1.2).contains(&found), "{found}");
}

#[test]
fn a_path_that_holds_less_than_a_segment_is_kept_busy_with_a_few() {
    let mut path = Path::bulk(Link::new(0.064, 20));
    let used = path.utilisation(5000, 60_000);
    assert!(used > 0.97, "{used}");
    assert!(path.bbr().window() >= 4.0 * SMSS);
    let pacing = path.bbr().pacing_rate().unwrap() / path.link.rate;
    assert!((0.85..1.3).contains(&pacing), "{pacing}");
}

#[test]
fn a_short_queue_loses_little_and_keeps_the_link_busy() {
    let link = Link::new(100.0, 50);
    let mut path = Path::bulk(Link { queue: 0.1 * link.bdp(), ..link });
    let used = path.utilisation(2000, 20_000);
    let lost = path.lost / (used * link.rate * 18.0);
    assert!(used > 0.95 && lost < 0.01, "used {used}, lost {lost}");
}

#[test]
fn two_connections_come_to_share_a_link_evenly() {
    let mut path = Path::bulk(Link::new(20.0, 40));
    path.run(3000);
    path.add(BbrParameters::default(), |_| f64::INFINITY);
    path.run(30_000);
    let before = path.shares();
    path.run(120_000);
    let shares: Vec<f64> = path.shares().iter().zip(before).map(|(after, before)| after - before).collect();
    let (sum, squares) = (shares.iter().sum::<f64>(), shares.iter().map(|share| share * share).sum::<f64>());
    let jain = sum * sum / squares / 2.0;
    assert!(jain >= 0.95, "{jain}: {shares:?}");
}

/// The draft paces a hundredth below the bandwidth, so that a queue shrinks.
#[test]
fn without_a_queue_the_whole_bandwidth_is_used() {
    let pace = |parameters| {
        let mut path = Path::one(Link::new(100.0, 50), parameters, |_| f64::INFINITY);
        path.run(2000);
        assert_eq!(path.bbr().state, State::Cruise);
        path.bbr().pacing_rate().unwrap() / path.bbr().bandwidth
    };
    assert_eq!(pace(BbrParameters::DRAFT), 0.99);
    assert_eq!(pace(BbrParameters::default()), 1.0);

    let mut path = Path::bulk(Link::new(100.0, 50));
    path.add(BbrParameters::default(), |_| f64::INFINITY);
    let mut held_back = 0;
    while path.now < Time::from_millis(20_000) {
        path.run_for(50);
        let bbr = path.bbr();
        let pace = bbr.pacing_rate().unwrap() / bbr.bandwidth;
        assert!(
            bbr.state != State::Cruise || !bbr.queue.in_last_round || (pace - 0.99).abs() < 1e-9,
            "{pace}"
        );
        held_back += u32::from(bbr.state == State::Cruise && pace < 1.0);
    }
    assert!(held_back > 0, "two of them make a queue at times");
}

#[test]
fn what_other_traffic_waits_beside_an_upload_stays_below_10_ms() {
    for (mbit, rtt) in [(20.0, 40), (100.0, 50), (50.0, 40)] {
        let mut path = Path::bulk(Link::new(mbit, rtt));
        path.utilisation(2000, 20_000);
        let (half, most) = (path.delay(0.5), path.delay(0.95));
        assert!(half < 1.0 && most < 10.0, "{mbit} Mbit/s, {rtt} ms: median {half} ms, 95 %: {most} ms");
    }
}

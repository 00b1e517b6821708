//! How well links are used: the share of a link's rate that arrives, start and ProbeRTT counted in.

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

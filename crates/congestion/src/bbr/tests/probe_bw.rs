//! The draft's example test cases about the cycle of Down, Cruise, Refill and Up.

use alloc::rc::Rc;
use core::cell::Cell;

use super::*;

#[test]
fn the_cycle_goes_down_cruise_refill_up_and_takes_two_or_three_seconds() {
    let mut path = Path::bulk(Link::new(20.0, 100));
    path.run_to(State::Cruise);
    let began = path.now;
    let cycle = [State::Refill, State::Up, State::Down, State::Cruise].map(|_| path.run_on());
    assert_eq!(cycle, [State::Refill, State::Up, State::Down, State::Cruise]);
    let took = (path.now - began).as_secs_f64();
    assert!((2.0..4.0).contains(&took), "{took}");
}

#[test]
fn over_short_round_trips_probes_come_no_more_often_than_reno_would_fill_the_path() {
    // 33 segments fit: 33 rounds, though two seconds would hold a hundred.
    let mut path = Path::bulk(Link::new(20.0, 20));
    path.run_to(State::Up);
    path.run_on();
    let began = path.bbr().rounds.count;
    path.run_to(State::Refill);
    let rounds = path.bbr().rounds.count - began;
    assert!((31..=36).contains(&rounds), "{rounds}");
}

#[test]
fn a_probe_ends_on_a_plateau_of_three_rounds() {
    let link = Link::new(20.0, 40);
    let deep = Link { queue: 4.0 * link.bdp(), ..link };
    let mut path = Path::one(deep, BbrParameters::DRAFT, |_| f64::INFINITY);
    path.run_to(State::Up);
    let began = path.bbr().rounds.count;
    assert_eq!(path.run_on(), State::Down);
    assert_eq!(path.bbr().rounds.count, began + 3);
    assert!(path.bbr().bounds.longterm.is_infinite());
}

#[test]
fn heeding_the_queue_a_probe_ends_before_the_plateau_and_leaves_less_of_one() {
    let peak = |tuning| {
        let link = Link::new(20.0, 40);
        let mut path = Path::one(Link { queue: 4.0 * link.bdp(), ..link }, tuning, |_| f64::INFINITY);
        path.utilisation(2000, 10_000);
        path.delay(1.0)
    };
    let (draft, ours) = (peak(BbrParameters::DRAFT), peak(BbrParameters::default()));
    assert!(ours < 20.0 && draft > 30.0, "{ours} ms instead of {draft} ms");
}

#[test]
fn a_probe_never_ends_while_the_application_is_the_limit_and_nothing_is_lost() {
    let (link, written) = (Link::new(20.0, 40), Rc::new(Cell::new(f64::INFINITY)));
    let app = written.clone();
    let mut path = Path::one(link, BbrParameters::default(), move |now| app.get() + now.as_secs_f64() * 1e6);
    path.run_to(State::Up);
    written.set(path.flows[0].sent - path.now.as_secs_f64() * 1e6);
    path.run_for(4000);
    assert_eq!(path.bbr().state, State::Up);

    // High loss ends it all the same. The bound stays, since what was in flight was the application's choice.
    path.link.loss = 0.3;
    path.run_on();
    assert!(path.bbr().probe.too_high && path.bbr().bounds.longterm.is_infinite());
}

#[test]
fn down_ends_when_the_queue_is_gone_and_there_is_headroom() {
    let mut path = Path::bulk(Link { queue: 20_000.0, ..Link::new(50.0, 40) });
    path.run_to(State::Up);
    path.run_to(State::Down);
    assert_eq!(path.bbr().pacing_rate(), Some(0.9 * 0.99 * path.bbr().bandwidth));
    assert!(path.bbr().bounds.longterm.is_finite(), "the probe overran the short queue");
    assert_eq!(path.run_on(), State::Cruise);
    assert!(path.flows[0].in_flight <= path.bbr().inflight_with_headroom());
}

#[test]
fn down_that_cannot_drain_gives_way_to_the_next_probe_in_time() {
    let link = Link::new(20.0, 100);
    let mut path = Path::bulk(Link { queue: 10.0 * link.bdp(), ..link });
    path.run_to(State::Up);
    path.run_to(State::Down);
    let began = path.now;
    path.link.rate *= 0.85;
    assert_eq!(path.run_on(), State::Refill);
    assert!((2.0..3.2).contains(&(path.now - began).as_secs_f64()), "{:?}", path.flows[0].states);
}

#[test]
fn a_probe_that_overruns_the_queue_bounds_what_is_in_flight_and_the_next_one_turns_back_there() {
    let link = Link::new(50.0, 40);
    let mut path = Path::bulk(Link { queue: 0.1 * link.bdp(), ..link });
    path.run_to(State::Up);
    assert_eq!(path.run_on(), State::Down);
    assert!(path.bbr().probe.too_high);
    let bound = path.bbr().bounds.longterm;
    assert!((0.9..1.4).contains(&(bound / link.bdp())), "{}", bound / link.bdp());

    // Even if there is room by now; but then it takes heart, and the next follows in a few rounds.
    path.link.queue = 4.0 * link.bdp();
    path.run_to(State::Up);
    let began = path.bbr().rounds.count;
    let next = [(); 3].map(|()| path.run_on());
    assert_eq!(next, [State::Down, State::Refill, State::Up]);
    let rounds = path.bbr().rounds.count - began;
    assert!(rounds <= 4 && !path.bbr().probe.too_high, "{rounds}");
}

#[test]
fn an_application_that_falls_silent_in_refill_lowers_no_estimate() {
    let written = Rc::new(Cell::new(f64::INFINITY));
    let app = written.clone();
    let mut path = Path::one(Link::new(20.0, 40), BbrParameters::default(), move |_| app.get());
    path.run_to(State::Refill);
    let known = path.bbr().max_bandwidth.get();
    written.set(path.flows[0].sent);
    path.run_for(35);
    written.set(f64::INFINITY);
    assert_eq!(path.run_on(), State::Up);
    assert!(path.bbr().max_bandwidth.get() >= known);
}

#[test]
fn ten_times_the_bandwidth_is_found_within_a_few_probes() {
    let link = Link::new(10.0, 40);
    let mut path = Path::bulk(Link { queue: 20.0 * link.bdp(), ..link });
    path.run_to(State::Cruise);
    path.link.rate *= 10.0;
    path.run_for(8000);
    let found = path.bbr().max_bandwidth.get() / path.link.rate;
    assert!((0.95..1.02).contains(&found), "{found}: {:?}", path.flows[0].states);
}

#[test]
fn a_tenth_of_the_bandwidth_is_adapted_to_at_once_by_losses_and_for_good_after_two_cycles() {
    let mut path = Path::bulk(Link::new(100.0, 40));
    path.run_to(State::Cruise);
    let before = path.bbr().bandwidth;
    path.link.rate /= 10.0;
    path.run_for(1500);
    assert!(path.bbr().bounds.rate_shortterm < 0.6 * before, "{}", path.bbr().bounds.rate_shortterm / before);
    path.run_for(20_000);
    let found = path.bbr().max_bandwidth.get() / path.link.rate;
    assert!((0.95..1.1).contains(&found), "{found}");
}

//! The draft's example test cases about Startup and Drain.

use super::*;

#[test]
fn startup_ends_on_a_plateau_of_three_rounds_and_knows_the_bandwidth_by_then() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Drain);
    let found = path.bbr().max_bandwidth.get();
    assert!((found / path.link.rate - 1.0).abs() < 0.02, "{found}");
    assert!(path.bbr().full_pipe.reached && path.bbr().full_pipe.now);
    // Five rounds from 10 segments to the 167 of the path; then, twice as long by the queue, one that is still
    // found to have grown and three that aren't.
    assert!(path.now < Time::from_millis((5 + 2 * 4 + 1) * 40), "{:?}", path.now);
}

#[test]
fn before_a_round_trip_is_known_the_initial_window_is_not_held_up() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run(1);
    assert_eq!(path.flows[0].sent, 10.0 * SMSS);
    // And once it is, the initial window in a round trip is what Startup begins from.
    path.run(41);
    let rate = path.bbr().pacing_rate().unwrap();
    assert!((9.0..11.0).contains(&(rate / 2.77 / (SMSS / 0.04))), "{rate}");
}

#[test]
fn an_application_that_sends_little_never_ends_startup() {
    let rate = Link::new(50.0, 40).rate;
    let mut path =
        Path::one(Link::new(50.0, 40), BbrParameters::default(), move |now| rate / 10.0 * now.as_secs_f64());
    path.run(20_000);
    assert_eq!(path.flows[0].states.len(), 1, "{:?}", path.flows[0].states);
}

#[test]
fn high_loss_ends_startup_even_when_the_application_is_the_limit() {
    let rate = Link::new(50.0, 40).rate;
    let mut path =
        Path::one(Link::new(50.0, 40), BbrParameters::default(), move |now| rate / 2.0 * now.as_secs_f64());
    path.run(2000);
    assert_eq!(path.bbr().state, State::Startup);
    path.link.loss = 0.3;
    assert_eq!(path.run_on(), State::Cruise, "little is in flight, so there is nothing to drain");
    assert!(path.bbr().full_pipe.reached && path.bbr().bounds.longterm.is_finite());
}

#[test]
fn a_single_burst_of_losses_does_not_end_startup() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run(150);
    path.link.loss = 1.0;
    path.run(155);
    path.link.loss = 0.0;
    assert!(path.lost > 5.0 * SMSS, "{}", path.lost);
    path.run_on();
    assert!(path.bbr().bounds.longterm.is_infinite(), "it was the plateau that ended it");
}

#[test]
fn drain_ends_when_what_is_in_flight_fits_the_path() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Drain);
    assert!(path.flows[0].in_flight > 1.5 * path.link.bdp());
    assert_eq!(path.bbr().pacing_rate(), Some(0.5 * 0.99 * path.bbr().bandwidth));
    assert_eq!(path.run_on(), State::Cruise, "straight through Down");
    assert!(path.flows[0].in_flight <= path.bbr().bdp());
}

#[test]
fn drain_ends_after_three_rounds_when_the_bandwidth_was_overestimated() {
    let link = Link::new(50.0, 40);
    let mut path = Path::bulk(Link { queue: 10.0 * link.bdp(), ..link });
    path.run_to(State::Drain);
    let began = path.bbr().rounds.count;
    path.link.rate *= 0.3;
    assert_eq!(path.run_on(), State::Down);
    assert_eq!(path.bbr().rounds.count, began + 4, "the fourth round has begun");
    assert!(path.flows[0].in_flight > path.bbr().bdp());
}

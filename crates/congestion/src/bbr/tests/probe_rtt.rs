//! The draft's example test cases about ProbeRTT, and restarting from idle.

use alloc::rc::Rc;
use core::cell::Cell;

use super::*;

fn visits(path: &Path) -> usize {
    path.flows[0].states.iter().filter(|(_, state)| *state == State::ProbeRtt).count()
}

#[test]
fn probe_rtt_comes_after_five_seconds_and_holds_half_of_the_path_for_200_ms_and_a_round() {
    let mut path = Path::one(Link::new(20.0, 40), BbrParameters::DRAFT, |_| f64::INFINITY);
    path.run_to(State::ProbeRtt);
    let began = path.now;
    assert!((5.0..5.5).contains(&began.as_secs_f64()), "{began}");
    let bdp = path.bbr().bdp();
    let before = path.bbr().undo.window;
    path.run_for(150);
    assert!(path.flows[0].in_flight <= 0.5 * bdp + SMSS);
    assert_eq!(path.run_on(), State::Cruise);
    let took = (path.now - began).as_secs_f64();
    assert!((0.22..0.4).contains(&took), "{took}");
    assert_eq!(path.bbr().window(), before);
    assert!((path.bbr().max_bandwidth.get() / path.link.rate - 1.0).abs() < 0.02, "slow on purpose");
}

#[test]
fn round_trips_as_short_as_ever_put_probe_rtt_off_but_not_for_longer_than_they_are_believed() {
    let mut path = Path::bulk(Link::new(20.0, 40));
    path.run(9_900);
    assert_eq!(visits(&path), 0);
    path.run(10_500);
    assert_eq!(visits(&path), 1);
    path.run(30_000);
    assert_eq!(visits(&path), 2, "from visit to visit");

    // Beside another one, whose queue hides the path's round trip, it comes.
    path.add(BbrParameters::default(), |_| f64::INFINITY);
    path.run(60_000);
    assert!((5..=8).contains(&visits(&path)), "{}", visits(&path));
}

#[test]
fn a_longer_path_is_believed_after_probe_rtt() {
    let mut path = Path::bulk(Link::new(20.0, 40));
    path.run(3000);
    path.link.rtt *= 2;
    path.run(20_000);
    let known = path.bbr().min_rtt.rtt.unwrap().as_secs_f64();
    assert!((0.08..0.085).contains(&known), "{known}");
}

#[test]
fn silence_serves_as_well_as_probe_rtt() {
    let written = Rc::new(Cell::new(f64::INFINITY));
    let app = written.clone();
    let mut path = Path::one(Link::new(20.0, 40), BbrParameters::DRAFT, move |_| app.get());
    path.run_to(State::Cruise);
    path.run_for(1000);
    written.set(path.flows[0].sent);
    path.run_for(6000);
    written.set(f64::INFINITY);
    let bandwidth = path.bbr().bandwidth;
    path.run_for(10);
    assert!(path.bbr().idle_restart);
    assert_eq!(path.bbr().pacing_rate(), Some(0.99 * bandwidth));
    path.run_for(1000);
    assert!(!path.bbr().idle_restart);
    assert_eq!(visits(&path), 0, "{:?}", path.flows[0].states);
}

#[test]
fn probe_rtt_in_startup_leads_back_to_startup() {
    let mut path = Path::one(Link::new(20.0, 40), BbrParameters::DRAFT, |now| 1e6 * now.as_secs_f64());
    path.run_to(State::ProbeRtt);
    assert_eq!(path.run_on(), State::Startup);
}

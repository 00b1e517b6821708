//! Losses, marks and timeouts, and taking back what was wrong about them.

use super::*;
use crate::{Ack, Loss, Sent};

fn loss(path: &Path) -> Loss {
    Loss { now: path.now, flight_size: path.flows[0].in_flight }
}

/// A path just left `state` by losses that turn out to be none.
fn driven_out_of(state: State) -> Path {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(state);
    path.link.loss = 0.4;
    path.run_on();
    path.link.loss = 0.0;
    path
}

#[test]
fn a_spurious_recovery_leads_back_to_the_probe_that_it_ended() {
    let mut path = driven_out_of(State::Up);
    assert_eq!(path.bbr().state, State::Down);
    assert!(path.bbr().bounds.longterm.is_finite());
    path.flows[0].bbr.on_spurious(path.now);
    assert_eq!(path.bbr().state, State::Refill);
    assert!(path.bbr().bounds.longterm.is_infinite() && path.bbr().bounds.shortterm.is_infinite());
}

#[test]
fn a_spurious_recovery_leads_back_to_startup() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run(150);
    path.link.loss = 0.4;
    assert_eq!(path.run_on(), State::Drain);
    path.flows[0].bbr.on_spurious(path.now);
    assert_eq!(path.bbr().state, State::Startup);
    assert!(!path.bbr().full_pipe.reached && path.bbr().bounds.longterm.is_infinite());
}

#[test]
fn a_timeout_leaves_room_for_one_segment_and_a_spurious_one_is_taken_back() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Cruise);
    let (before, in_flight) = (path.bbr().window(), path.flows[0].in_flight);
    let timeout = loss(&path);
    path.flows[0].bbr.on_timeout(&timeout, true);
    assert_eq!(path.bbr().window(), in_flight + SMSS);
    assert_eq!(path.bbr().phase(), Phase::CongestionAvoidance);
    path.flows[0].bbr.on_spurious(path.now);
    assert_eq!(path.bbr().window(), before);
}

#[test]
fn a_timeout_that_takes_all_for_lost_leaves_a_window_of_one_segment() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Cruise);
    let timeout = loss(&path);
    let bbr = &mut path.flows[0].bbr;
    bbr.on_timeout(&timeout, true);
    bbr.on_sent(&Sent { now: timeout.now, bytes: SMSS, ..Sent::default() });
    assert_eq!(bbr.window(), SMSS);
}

#[test]
fn recovery_ends_with_the_window_from_before_it() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Cruise);
    let before = path.bbr().window();
    let found = loss(&path);
    let bbr = &mut path.flows[0].bbr;
    bbr.on_loss(&found);
    assert_eq!(bbr.phase(), Phase::FastRecovery);
    bbr.set_window(before / 2.0);
    bbr.on_recovered(&Ack::default());
    assert_eq!((bbr.window(), bbr.phase()), (before, Phase::CongestionAvoidance));
}

#[test]
fn after_a_blackout_the_path_is_full_again_soon() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run(3000);
    path.link.loss = 1.0;
    path.run(6000);
    path.link.loss = 0.0;
    let used = path.utilisation(9000, 15_000);
    assert!(used > 0.93, "{used}");
}

#[test]
fn high_loss_while_cruising_lowers_the_short_term_bounds_by_no_more_than_beta_a_round() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Cruise);
    let (rate, window) = (path.bbr().bandwidth, path.bbr().window());
    path.link.loss = 0.5;
    while path.bbr().bounds.shortterm.is_infinite() {
        assert!(path.step(Time::from_millis(60_000)));
    }
    let bounds = path.bbr().bounds;
    assert!((0.69..1.0).contains(&(bounds.rate_shortterm / rate)), "{}", bounds.rate_shortterm / rate);
    assert!((0.69..1.0).contains(&(bounds.shortterm / window)), "{}", bounds.shortterm / window);
}

#[test]
fn without_a_queue_a_few_losses_are_noise_and_with_one_any_loss_counts() {
    let mut path = Path::bulk(Link { loss: 0.03, ..Link::new(50.0, 40) });
    path.run(10_000);
    assert!(!path.bbr().queue.standing && path.bbr().bounds.longterm.is_infinite());

    path.link.loss = 0.0;
    path.add(BbrParameters::default(), |_| f64::INFINITY);
    path.run(20_000);
    assert!(path.bbr().queue.standing);
    assert_eq!(path.bbr().loss_threshold(), 0.02);
}

#[test]
fn a_mark_makes_its_round_lossy() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Cruise);
    let found = loss(&path);
    path.flows[0].bbr.on_congestion_experienced(&found);
    path.run_for(50);
    assert!(path.bbr().bounds.rate_shortterm.is_finite() && path.bbr().bounds.shortterm.is_finite());
}

#[test]
fn a_mark_ends_a_probe_and_bounds_what_is_in_flight() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Up);
    let found = loss(&path);
    path.flows[0].bbr.on_congestion_experienced(&found);
    assert_eq!(path.bbr().state, State::Down);
    assert!(path.bbr().bounds.longterm <= found.flight_size);
}

#[test]
fn a_mark_alone_does_not_end_startup() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run(100);
    let found = loss(&path);
    path.flows[0].bbr.on_congestion_experienced(&found);
    path.run_for(50);
    assert_eq!(path.bbr().state, State::Startup);
}

#[test]
fn a_policed_path_is_used_at_the_policers_rate_without_much_loss() {
    let policed = 1_250_000.0;
    let mut path = Path::bulk(Link { policer: Some((policed, 500_000.0)), ..Link::new(100.0, 40) });
    path.run_to(State::Cruise);
    path.run(20_000);
    let (before, lost) = (path.delivered(), path.lost);
    path.run(50_000);
    let delivered = path.delivered() - before;
    let used = delivered / (policed * 30.0);
    let lost = (path.lost - lost) / delivered;
    assert!(used > 0.85 && lost < 0.1, "used {used}, lost {lost}");
}

/// A burst of losses on a bad link is over after one round.
#[test]
fn a_single_lossy_round_without_a_queue_is_noise() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Cruise);
    path.link.loss = 0.5;
    path.run_for(20);
    path.link.loss = 0.0;
    path.run_for(200);
    assert!(path.bbr().bounds.shortterm.is_infinite());
}

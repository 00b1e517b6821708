//! Single steps, each with figures of its own: what the draft's formulas give, to the byte.

use super::super::filters::{MaxBandwidth, MaxOverRounds};
use super::super::sample::Sample;
use super::super::{Bbr, Bounds};
use super::*;
use crate::{Ack, Loss, LostSegment, Parameters, RateSample, Sent, Stamp};
use core::time::Duration;

/// So many segments, in bytes.
fn segments(n: f64) -> f64 {
    n * SMSS
}

/// A connection that has come so far, over 50 Mbit/s and 40 ms: 167 segments fit.
fn in_state(state: State) -> Bbr {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(state);
    *path.bbr()
}

/// An acknowledgement that begins no round and says nothing else.
fn ack(bbr: &Bbr) -> Ack {
    let total_delivered = bbr.rounds.delivered;
    Ack { now: Time::from_millis(4000), total_delivered, ..Ack::default() }
}

/// The same, for what was sent `since` bytes after the last delivery: the more, the later.
fn ack_of_later(bbr: &Bbr, since: f64) -> Ack {
    let prior_delivered = bbr.rounds.delivered + since;
    Ack { rate: Some(RateSample { prior_delivered, ..RateSample::default() }), ..ack(bbr) }
}

/// A first acknowledgement, of a path this long.
fn measured(millis: u64) -> Ack {
    let rtt = Some(Duration::from_millis(millis));
    Ack { now: Time::from_millis(100), rtt, smoothed_rtt: rtt, ..Ack::default() }
}

fn lost(bytes: f64, in_flight: f64, since_sent: f64) -> LostSegment {
    let stamp = Stamp { in_flight, lost: segments(5.0), ..Stamp::default() };
    LostSegment { now: Time::from_millis(60_000), bytes, stamp, total_lost: segments(5.0) + since_sent }
}

fn timeout() -> Loss {
    Loss { now: Time::from_millis(60_000), flight_size: 0.0 }
}

#[test]
fn what_is_lost_is_not_in_flight_any_more() {
    let mut bbr = in_state(State::Cruise);
    let before = bbr.in_flight;
    bbr.on_segment_lost(&lost(segments(3.0), 0.0, 0.0));
    bbr.on_timeout(&timeout(), true);
    assert_eq!(bbr.window(), before - segments(3.0) + SMSS);
}

/// InflightAtLoss: 10 segments are lost at once, after 46 others of 400. That is 12 % when 390.9 were in flight.
#[test]
fn a_burst_of_losses_bounds_what_is_in_flight_where_it_crossed_the_threshold() {
    let mut bbr = in_state(State::Up);
    assert_eq!(bbr.loss_threshold(), 0.12);
    bbr.on_segment_lost(&lost(segments(10.0), segments(400.0), segments(56.0)));
    let crossed = 390.0 + (0.12 * 390.0 - 46.0) / 0.88;
    assert!((bbr.bounds.longterm / SMSS - crossed).abs() < 1e-9, "{}", bbr.bounds.longterm / SMSS);
    assert_eq!(bbr.state, State::Down);
}

#[test]
fn losses_that_just_come_to_the_threshold_are_not_too_many() {
    let mut bbr = in_state(State::Up);
    bbr.parameters.loss_threshold = 0.25;
    bbr.on_segment_lost(&lost(SMSS, segments(400.0), segments(100.0)));
    assert_eq!(bbr.state, State::Up);
    let sample = |lost| {
        let rate = RateSample { lost: segments(lost), in_flight: segments(400.0), ..RateSample::default() };
        Sample::of(&Ack { rate: Some(rate), ..Ack::default() })
    };
    assert!(!bbr.is_inflight_too_high(&sample(100.0)) && bbr.is_inflight_too_high(&sample(101.0)));
}

/// The draft's Headroom.
#[test]
fn headroom_is_fifteen_percent_and_a_segment_at_least_but_four_segments_stay() {
    let mut bbr = in_state(State::Cruise);
    let with = |bound, bbr: &mut Bbr| {
        bbr.bounds.longterm = segments(bound);
        bbr.inflight_with_headroom() / SMSS
    };
    assert_eq!([100.0, 6.0, 4.0].map(|bound| with(bound, &mut bbr)), [85.0, 5.0, 4.0]);
}

/// QuantizationBudget: three times what leaves in a millisecond, that being two segments to 64 KiB; in Up two
/// segments more.
#[test]
fn the_window_has_room_for_what_offloads_hold_back() {
    let mut bbr = in_state(State::Cruise);
    let mut at = |rate| {
        bbr.pacing_rate = rate;
        bbr.inflight(0.0, 1.0)
    };
    assert_eq!([0.0, 8e6, 1e9].map(&mut at), [segments(6.0), 3.0 * 8000.0, 3.0 * 65_536.0]);
    let mut up = in_state(State::Up);
    up.pacing_rate = 0.0;
    assert_eq!(up.inflight(0.0, 1.0), segments(8.0));
}

#[test]
fn only_the_first_round_trip_sets_the_pace_of_the_initial_window_and_none_of_no_length_does() {
    let mut bbr = Bbr::new(Parameters::rfc_5681(1500));
    let unknown = bbr.pacing_rate();
    bbr.on_ack(&measured(0));
    assert_eq!(bbr.pacing_rate(), unknown);
    bbr.on_ack(&measured(50));
    let known = bbr.pacing_rate().unwrap();
    assert!((known - 2.77 * bbr.initial_window / 0.05).abs() < 1e-6, "{known}");
    bbr.on_ack(&measured(100));
    assert_eq!(bbr.pacing_rate(), Some(known));
}

#[test]
fn a_timeout_is_repaired_when_something_sent_after_its_answer_has_arrived() {
    let mut bbr = in_state(State::Cruise);
    let before = bbr.window();
    bbr.on_timeout(&timeout(), true);
    bbr.on_ack(&ack_of_later(&bbr, -SMSS));
    bbr.on_ack(&ack_of_later(&bbr, 0.0));
    assert!(bbr.in_recovery() && bbr.window() < before, "the answer itself");
    bbr.on_ack(&Ack { recovering: true, ..ack_of_later(&bbr, SMSS) });
    assert!(bbr.in_recovery(), "there is more to be repaired");
    bbr.on_ack(&ack_of_later(&bbr, SMSS));
    assert!(!bbr.in_recovery());
    assert_eq!(bbr.undo.window, before);
}

/// RaiseInflightLongtermSlope: one segment for the window acknowledged, then 2, 4, ...
#[test]
fn a_probe_raises_the_bound_by_a_segment_in_its_first_round_and_by_twice_as_many_in_each_next() {
    let mut bbr = in_state(State::Up);
    bbr.probe.too_high = false;
    let bound = bbr.window();
    bbr.bounds.longterm = bound;
    for (limited, window) in [(false, bound), (true, bound - SMSS)] {
        let mut idle = bbr;
        idle.window = window;
        idle.on_ack(&Ack { window_limited: limited, delivered: 2.0 * bound, ..ack(&bbr) });
        assert_eq!(idle.bounds.longterm, bound, "the bound isn't what holds sending back");
    }
    for steps in [1.0, 2.0, 4.0] {
        let (window, bound) = (bbr.window(), bbr.bounds.longterm);
        bbr.window = bound;
        let acked = if steps == 1.0 { bound } else { window };
        let half = Ack { window_limited: true, delivered: acked / 2.0, ..ack(&bbr) };
        bbr.on_ack(&half);
        bbr.window = bbr.bounds.longterm;
        bbr.on_ack(&half);
        assert_eq!(bbr.bounds.longterm, bound + steps * SMSS);
        bbr.window = bbr.bounds.longterm;
        bbr.on_ack(&Ack { window_limited: true, ..ack_of_later(&bbr, 0.0) });
        assert_eq!(bbr.state, State::Up);
    }
}

/// What is left over from one step counts towards the next.
#[test]
fn a_window_and_a_half_acknowledged_is_a_segment_and_half_of_the_next() {
    let mut bbr = in_state(State::Up);
    bbr.probe.too_high = false;
    let bound = bbr.window();
    for (windows, steps) in [(1.5, 1.0), (0.5, 2.0)] {
        bbr.bounds.longterm = bbr.bounds.longterm.min(bound);
        bbr.window = bbr.bounds.longterm;
        let before = bbr.bounds.longterm;
        bbr.on_ack(&Ack { window_limited: true, delivered: windows * bound, ..ack(&bbr) });
        assert_eq!(bbr.bounds.longterm, before + SMSS, "step {steps}");
    }
}

#[test]
fn in_startup_losses_count_only_in_a_recovery() {
    let after_losses = |(state, recovering)| {
        let mut bbr = Bbr::new(Parameters::rfc_5681(1500));
        bbr.state = state;
        if recovering {
            bbr.on_loss(&timeout());
        }
        let mut lossy = Ack { lost: SMSS, recovering, ..measured(50) };
        lossy.rate = Some(RateSample {
            prior_delivered: -1.0,
            lost: segments(50.0),
            in_flight: segments(100.0),
            ..RateSample::default()
        });
        lossy.total_delivered = segments(100.0);
        bbr.on_ack(&lossy);
        (0..6).for_each(|_| bbr.on_ack(&lossy));
        lossy.rate = lossy.rate.map(|rate| RateSample { prior_delivered: segments(100.0), ..rate });
        bbr.on_ack(&lossy);
        bbr.full_pipe.reached
    };
    use State::{ProbeRtt, Startup};
    assert_eq!([(Startup, true), (Startup, false), (ProbeRtt, true)].map(after_losses), [true, false, false]);
}

#[test]
fn a_round_without_a_rate_is_no_plateau() {
    let mut bbr = Bbr::new(Parameters::rfc_5681(1500));
    for round in 1..10 {
        let total_delivered = segments(f64::from(round));
        bbr.on_ack(&Ack { total_delivered, ..Ack { rate: ack_of_later(&bbr, 0.0).rate, ..measured(50) } });
    }
    assert!(bbr.rounds.count > 5 && !bbr.full_pipe.now && bbr.state == State::Startup);
}

#[test]
fn a_probe_turns_back_early_only_where_the_last_one_went_too_far() {
    for (too_high, in_flight, state) in
        [(true, 98.0, State::Up), (true, 99.5, State::Down), (false, 120.0, State::Up)]
    {
        let mut bbr = in_state(State::Up);
        bbr.probe.too_high = too_high;
        bbr.bounds.longterm = segments(100.0);
        bbr.window = segments(90.0);
        bbr.on_ack(&Ack { in_flight: segments(in_flight), ..ack(&bbr) });
        assert_eq!(bbr.state, state, "{in_flight}");
    }
}

#[test]
fn a_wrong_loss_does_not_end_a_visit_to_probe_rtt() {
    for left in [State::Up, State::Startup] {
        let mut bbr = in_state(State::Cruise);
        bbr.state = State::ProbeRtt;
        bbr.undo.state = Some(left);
        bbr.on_spurious(Time::from_millis(60_000));
        assert_eq!(bbr.state, State::ProbeRtt);
        assert_eq!(bbr.full_pipe.reached, left == State::Up);
    }
    let mut bbr = in_state(State::Up);
    bbr.undo.state = Some(State::Up);
    bbr.on_spurious(Time::from_millis(60_000));
    assert_eq!(bbr.state, State::Up, "a probe under way goes on");
}

#[test]
fn of_several_losses_in_a_recovery_the_first_finds_what_is_to_be_restored() {
    let mut bbr = in_state(State::Cruise);
    let before = bbr.window();
    bbr.on_loss(&timeout());
    bbr.bounds = Bounds { longterm: 1.0, shortterm: 1.0, rate_shortterm: 1.0 };
    bbr.set_window(before / 2.0);
    bbr.on_loss(&timeout());
    bbr.on_spurious(Time::from_millis(60_000));
    assert_eq!(bbr.window(), before);
    assert!(bbr.bounds.longterm.is_infinite());

    bbr.set_window(before / 2.0);
    bbr.on_loss(&timeout());
    assert_eq!(bbr.undo.window, before / 2.0, "another recovery begins where that one ended");
}

#[test]
fn the_round_of_a_loss_is_not_over_because_it_ended_a_probe() {
    let mut bbr = in_state(State::Up);
    bbr.on_segment_lost(&lost(segments(10.0), segments(400.0), segments(56.0)));
    assert_eq!(bbr.state, State::Down);
    bbr.on_ack(&ack_of_later(&bbr, -SMSS));
    assert!(!bbr.signals.round_started);
    bbr.on_ack(&ack_of_later(&bbr, 0.0));
    assert!(bbr.signals.round_started);
}

#[test]
fn four_states_are_those_of_probe_bw() {
    use State::{Cruise, Down, Drain, ProbeRtt, Refill, Startup, Up};
    assert!([Down, Cruise, Refill, Up].into_iter().all(State::is_probe_bw));
    assert!(![Startup, Drain, ProbeRtt].into_iter().any(State::is_probe_bw));
}

#[test]
fn a_rate_that_the_application_limits_counts_only_if_it_exceeds_what_was_known() {
    let mut max = MaxBandwidth::default();
    max.update(100.0, false);
    max.advance();
    max.update(50.0, true);
    max.advance();
    assert_eq!(max.get(), 100.0, "nothing of the path was measured in that cycle");
    max.update(50.0, false);
    max.update(200.0, true);
    assert_eq!(max.get(), 200.0);
    max.advance();
    max.update(10.0, false);
    assert_eq!(max.get(), 200.0);
    max.advance();
    assert_eq!(max.get(), 10.0, "two cycles are remembered");
}

#[test]
fn a_maximum_over_ten_rounds_is_forgotten_in_the_eleventh() {
    let mut max = MaxOverRounds::default();
    max.update(1, 9.0);
    max.update(10, 1.0);
    assert_eq!((max.over(10), max.over(8)), (9.0, 1.0));
    max.update(12, 2.0);
    assert_eq!((max.over(10), max.over(1), max.over(0)), (2.0, 2.0, 2.0));
}

#[test]
fn what_is_sent_is_in_flight_and_the_answer_to_a_timeout_has_room() {
    let mut bbr = in_state(State::Cruise);
    bbr.on_sent(&Sent { bytes: SMSS, in_flight: segments(5.0), ..Sent::default() });
    bbr.on_timeout(&timeout(), true);
    assert_eq!(bbr.window(), segments(7.0));
    bbr.on_sent(&Sent { bytes: SMSS, in_flight: segments(2.0), ..Sent::default() });
    assert_eq!(bbr.window(), segments(3.0), "there was less in flight than had been told");
}

#[test]
fn only_an_application_that_was_silent_restarts() {
    for (in_flight, app_limited, restarts) in [(0.0, true, true), (0.0, false, false), (SMSS, true, false)] {
        let mut bbr = in_state(State::Cruise);
        bbr.on_sent(&Sent { now: Time::from_millis(4000), bytes: SMSS, in_flight, app_limited });
        assert_eq!(bbr.idle_restart, restarts, "{in_flight} {app_limited}");
        bbr.on_ack(&ack(&bbr));
        assert_eq!(bbr.idle_restart, restarts, "nothing was delivered");
    }
}

#[test]
fn silence_may_end_a_visit_to_probe_rtt() {
    let mut path = Path::one(Link::new(50.0, 40), BbrParameters::DRAFT, |_| f64::INFINITY);
    path.run_to(State::ProbeRtt);
    path.run_for(100);
    let mut bbr = *path.bbr();
    let sent = |millis| {
        let now = path.now + Duration::from_millis(millis);
        Sent { now, bytes: SMSS, app_limited: true, ..Sent::default() }
    };
    bbr.on_sent(&sent(1));
    assert_eq!(bbr.state, State::ProbeRtt);
    bbr.on_sent(&sent(1000));
    assert_eq!(bbr.state, State::Cruise);
}

#[test]
fn what_was_in_flight_in_probe_rtt_says_nothing_of_the_rate() {
    let mut path = Path::one(Link::new(50.0, 40), BbrParameters::DRAFT, |_| f64::INFINITY);
    path.run_to(State::ProbeRtt);
    let began = path.delivered();
    path.run_for(100);
    let last = path.delivered() + path.bbr().in_flight;
    let held_back = |prior_delivered| {
        let rate = Some(RateSample { prior_delivered, ..RateSample::default() });
        path.bbr().probe_rtt.held_back(&Sample::of(&Ack { rate, ..Ack::default() }))
    };
    // One or two segments have left since the last acknowledgement.
    let held = [began - SMSS, began, last - segments(2.0), last + SMSS].map(held_back);
    assert_eq!(held, [false, true, true, false]);
}

/// The draft's two filters: five seconds until a visit is due, ten until a longer round trip is believed.
#[test]
fn a_round_trip_is_remembered_for_ten_seconds_and_looked_for_after_five() {
    let mut bbr = Bbr::with(Parameters::rfc_5681(1500), BbrParameters::DRAFT);
    let mut at = |millis, rtt| {
        bbr.on_ack(&Ack { now: Time::from_millis(millis), ..measured(rtt) });
        (bbr.min_rtt.rtt.map_or(0, |rtt| rtt.as_millis()), bbr.state)
    };
    assert_eq!(at(100, 40), (40, State::Startup));
    assert_eq!(at(5100, 60), (40, State::Startup));
    assert_eq!(at(5101, 60), (40, State::ProbeRtt));
    assert_eq!(at(10_100, 60).0, 40);
    assert_eq!(at(10_101, 60).0, 60);
}

#[test]
fn more_in_flight_than_the_bound_raises_it_unless_too_much_of_it_was_lost() {
    let bound_after = |lost| {
        let mut bbr = in_state(State::Cruise);
        bbr.bounds.longterm = segments(100.0);
        let rate = RateSample { in_flight: segments(150.0), lost, ..RateSample::default() };
        bbr.on_ack(&Ack { rate: Some(rate), ..ack(&bbr) });
        bbr.bounds.longterm / SMSS
    };
    assert_eq!([0.0, segments(50.0)].map(bound_after), [150.0, 100.0]);
}

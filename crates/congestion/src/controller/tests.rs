use std::string::ToString;
use std::vec;
use std::vec::Vec;

use proptest::num::f64::ANY;
use proptest::prelude::*;

use super::*;
use crate::{Algorithm, Growth, Halve, Parameters};

/// Everything that can be told to a controller, in no sensible order and with no sensible values.
#[derive(Debug, Clone, Copy)]
enum Told {
    Ack(Ack),
    Loss(Loss),
    DuplicateAck,
    PartialAck(Ack),
    Recovered(Ack),
    Timeout(Loss, bool),
    MssChange(u32),
    Sent(Sent),
    SegmentLost(LostSegment),
    Mark(Loss),
    Spurious(Time),
    Restart(Time),
}

impl Told {
    fn to(self, controller: &mut dyn Controller) {
        match self {
            Self::Ack(ack) => controller.on_ack(&ack),
            Self::Loss(loss) => controller.on_loss(&loss),
            Self::DuplicateAck => controller.on_duplicate_ack(),
            Self::PartialAck(ack) => controller.on_partial_ack(&ack),
            Self::Recovered(ack) => controller.on_recovered(&ack),
            Self::Timeout(loss, first) => controller.on_timeout(&loss, first),
            Self::MssChange(smss) => controller.on_mss_change(smss),
            Self::Sent(sent) => controller.on_sent(&sent),
            Self::SegmentLost(lost) => controller.on_segment_lost(&lost),
            Self::Mark(loss) => controller.on_congestion_experienced(&loss),
            Self::Spurious(now) => controller.on_spurious(now),
            Self::Restart(now) => controller.on_restart(now),
        }
    }
}

/// Plausible bytes half of the time; the rest is any float at all, NaN and the infinities included.
fn bytes() -> impl Strategy<Value = f64> {
    prop_oneof![(0_u32..200_000).prop_map(f64::from), ANY]
}

fn smss() -> impl Strategy<Value = u32> {
    prop_oneof![1_u32..=9000, any::<u32>()]
}

/// Within minutes mostly, so that what lasts minutes does happen.
fn time() -> impl Strategy<Value = Time> {
    prop_oneof![4 => (0_u64..1_000_000).prop_map(Time::from_millis), 1 => any::<u64>().prop_map(Time::from_nanos)]
}

fn duration() -> impl Strategy<Value = Option<Duration>> {
    prop_oneof![
        4 => (1_u64..2000).prop_map(|millis| Some(Duration::from_millis(millis))),
        1 => any::<u64>().prop_map(|nanos| Some(Duration::from_nanos(nanos))),
        1 => Just(None),
    ]
}

fn rate() -> impl Strategy<Value = Option<RateSample>> {
    let sample = (bytes(), duration(), bytes(), bytes(), bytes(), any::<bool>());
    proptest::option::of(sample.prop_map(
        |(delivered, interval, prior_delivered, lost, in_flight, app_limited)| RateSample {
            delivered,
            interval,
            prior_delivered,
            lost,
            in_flight,
            app_limited,
        },
    ))
}

fn ack() -> impl Strategy<Value = Ack> {
    let amounts = (bytes(), bytes(), bytes(), bytes(), bytes(), bytes());
    let times = (time(), duration(), duration(), duration());
    (amounts, times, any::<bool>(), any::<bool>(), rate()).prop_map(
        |(amounts, times, window_limited, recovering, rate)| {
            let (bytes, flight_size, delivered, lost, in_flight, total_delivered) = amounts;
            let (now, rtt, smoothed_rtt, min_rtt) = times;
            Ack {
                now,
                bytes,
                flight_size,
                rtt,
                delivered,
                lost,
                in_flight,
                smoothed_rtt,
                min_rtt,
                window_limited,
                recovering,
                rate,
                total_delivered,
            }
        },
    )
}

fn loss() -> impl Strategy<Value = Loss> {
    (time(), bytes()).prop_map(|(now, flight_size)| Loss { now, flight_size })
}

fn sent() -> impl Strategy<Value = Sent> {
    (time(), bytes(), bytes(), any::<bool>()).prop_map(|(now, bytes, in_flight, app_limited)| Sent {
        now,
        bytes,
        in_flight,
        app_limited,
    })
}

fn lost() -> impl Strategy<Value = LostSegment> {
    let stamp = (time(), time(), bytes(), bytes(), bytes(), any::<bool>()).prop_map(
        |(sent_at, delivered_at, delivered, lost, in_flight, app_limited)| Stamp {
            sent_at,
            delivered,
            delivered_at,
            first_sent_at: sent_at,
            app_limited,
            lost,
            in_flight,
        },
    );
    (time(), bytes(), stamp, bytes()).prop_map(|(now, bytes, stamp, total_lost)| LostSegment {
        now,
        bytes,
        stamp,
        total_lost,
    })
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        8 => ack().prop_map(Told::Ack),
        2 => loss().prop_map(Told::Loss),
        4 => Just(Told::DuplicateAck),
        2 => ack().prop_map(Told::PartialAck),
        2 => ack().prop_map(Told::Recovered),
        1 => (loss(), any::<bool>()).prop_map(|(loss, first)| Told::Timeout(loss, first)),
        1 => smss().prop_map(Told::MssChange),
        2 => sent().prop_map(Told::Sent),
        2 => lost().prop_map(Told::SegmentLost),
        1 => loss().prop_map(Told::Mark),
        1 => time().prop_map(Told::Spurious),
        1 => time().prop_map(Told::Restart),
    ]
}

fn parameters() -> impl Strategy<Value = Parameters> {
    (
        smss(),
        bytes(),
        bytes(),
        prop_oneof![Just(Growth::PerAck), Just(Growth::PerByte)],
        prop_oneof![Just(Halve::Window), Just(Halve::FlightSize)],
        any::<bool>(),
        any::<u64>(),
    )
        .prop_map(|(smss, initial_window, threshold, growth, halve, proportional, seed)| Parameters {
            smss,
            initial_window,
            initial_slow_start_threshold: threshold,
            growth,
            halve,
            proportional,
            seed,
        })
}

fn story() -> impl Strategy<Value = Vec<Told>> {
    proptest::collection::vec(told(), 0..60)
}

proptest! {
    #[test]
    fn whatever_it_is_told_window_threshold_and_pacing_stay_in_range(parameters in parameters(), story in story()) {
        for algorithm in Algorithm::ALL {
            let mut controller = algorithm.build(parameters);
            let mut smss = parameters.smss;
            for (step, told) in story.iter().enumerate() {
                told.to(&mut *controller);
                if let Told::MssChange(changed) = told {
                    smss = *changed;
                }
                let segment = f64::from(smss.clamp(1, Parameters::MAX_SMSS));
                let in_range = |least: f64, bytes: f64| (least..=Parameters::MAX_WINDOW).contains(&bytes);
                prop_assert!(in_range(segment, controller.window()), "step {step}: {controller:?}");
                let threshold = controller.slow_start_threshold();
                prop_assert!(threshold == 0.0 || in_range(2.0 * segment, threshold), "step {step}: {controller:?}");
                let paced = controller.pacing_rate().is_none_or(|rate| rate.is_finite() && rate > 0.0);
                prop_assert!(paced, "step {step}: {controller:?}");
            }
        }
    }

    #[test]
    fn the_phase_is_fast_recovery_from_loss_to_its_end_and_else_follows_the_threshold(
        parameters in parameters(), story in story(),
    ) {
        for algorithm in Algorithm::ALL {
            let mut controller = algorithm.build(parameters);
            let mut recovering = false;
            for told in &story {
                told.to(&mut *controller);
                recovering = match told {
                    Told::Loss(_) | Told::Mark(_) => controller.recovery() != Recovery::None,
                    Told::Recovered(_) | Told::Timeout(..) | Told::Spurious(_) => false,
                    _ => recovering,
                };
                let expected = if recovering {
                    Phase::FastRecovery
                } else if controller.window() < controller.slow_start_threshold() {
                    Phase::SlowStart
                } else {
                    Phase::CongestionAvoidance
                };
                prop_assert_eq!(controller.phase(), expected);
            }
        }
    }

    #[test]
    fn per_byte_an_ack_opens_the_window_by_no_more_than_it_acknowledged(
        parameters in parameters(), story in story(), acknowledged in 0_u32..100_000,
    ) {
        let acknowledged = f64::from(acknowledged);
        let ack = Ack {
            bytes: acknowledged,
            delivered: acknowledged,
            window_limited: true,
            ..Ack::default()
        };
        // BBR's window follows its model of the path, down as well as up.
        for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != Algorithm::Bbr) {
            let mut controller = algorithm.build(Parameters { growth: Growth::PerByte, ..parameters });
            story.iter().for_each(|told| told.to(&mut *controller));
            let before = controller.window();
            controller.on_ack(&ack);
            prop_assert!(controller.window() <= before + acknowledged, "from {before}: {controller:?}");
            prop_assert!(controller.window() >= before, "from {before}: {controller:?}");
        }
    }
}

#[test]
fn phases_are_named_as_people_name_them() {
    let names = [Phase::SlowStart, Phase::CongestionAvoidance, Phase::FastRecovery].map(|it| it.to_string());
    assert_eq!(names, ["slow start", "congestion avoidance", "fast recovery"]);
}

/// The least that the trait asks for: what it leaves out must have a meaning that does no harm.
#[test]
fn an_algorithm_that_says_nothing_of_it_has_no_recovery_and_no_pacing() {
    #[derive(Debug)]
    struct Fixed;

    impl Controller for Fixed {
        fn name(&self) -> &'static str {
            "fixed"
        }
        fn window(&self) -> f64 {
            4096.0
        }
        fn slow_start_threshold(&self) -> f64 {
            0.0
        }
        fn phase(&self) -> Phase {
            Phase::CongestionAvoidance
        }
        fn on_ack(&mut self, _: &Ack) {}
        fn on_loss(&mut self, _: &Loss) {}
        fn on_timeout(&mut self, _: &Loss, _: bool) {}
        fn on_mss_change(&mut self, _: u32) {}
    }

    let fixed: &dyn Controller = &Fixed;
    assert_eq!((fixed.recovery(), fixed.pacing_rate()), (Recovery::None, None));
}

/// One that answers a loss, and knows of nothing else.
#[derive(Debug, Default)]
struct Plain {
    losses: u32,
}

impl Controller for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }
    fn window(&self) -> f64 {
        1e4
    }
    fn slow_start_threshold(&self) -> f64 {
        0.0
    }
    fn phase(&self) -> Phase {
        Phase::CongestionAvoidance
    }
    fn on_ack(&mut self, _ack: &Ack) {}
    fn on_loss(&mut self, _loss: &Loss) {
        self.losses += 1;
    }
    fn on_timeout(&mut self, _loss: &Loss, _first: bool) {}
    fn on_mss_change(&mut self, _smss: u32) {}
}

/// RFC 3168 section 5: the answer to a mark is that to a loss, unless an algorithm knows better.
#[test]
fn by_default_a_mark_is_a_loss() {
    let mut plain = Plain::default();
    plain.on_congestion_experienced(&Loss { now: Time::ZERO, flight_size: 1e4 });
    assert_eq!(plain.losses, 1);
}

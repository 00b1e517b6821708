//! An algorithm written outside the crate, by what a newcomer has: the trait is enough for one that goes by
//! rate samples, paces itself and has a recovery of its own.

use core::time::Duration;
use std::collections::VecDeque;

use lucid_congestion::{
    Ack, Controller, DeliveryRate, Loss, Pace, Pacer, Phase, Recovery, Sent, Stamp, Time,
};

const SMSS: f64 = 1000.0;

/// Sends as fast as the path was ever seen to deliver. Every fourth round trip it tries a quarter more, and in the
/// next makes up for it.
#[derive(Debug)]
struct Follow {
    smss: f64,
    rate: f64,
    min_rtt: Option<Duration>,
    rounds: u32,
    round_ends_at: f64,
}

impl Follow {
    fn new(smss: u32) -> Self {
        Self { smss: f64::from(smss), rate: 0.0, min_rtt: None, rounds: 0, round_ends_at: 0.0 }
    }

    fn gain(&self) -> f64 {
        match self.rounds % 4 {
            0 => 1.25,
            1 => 0.75,
            _ => 1.0,
        }
    }
}

impl Controller for Follow {
    fn name(&self) -> &'static str {
        "follow"
    }
    fn window(&self) -> f64 {
        let path = self.rate * self.min_rtt.unwrap_or_default().as_secs_f64();
        (2.0 * path).max(10.0 * self.smss)
    }
    fn slow_start_threshold(&self) -> f64 {
        0.0
    }
    fn phase(&self) -> Phase {
        Phase::CongestionAvoidance
    }
    fn recovery(&self) -> Recovery {
        Recovery::Own
    }
    fn on_ack(&mut self, ack: &Ack) {
        self.min_rtt = ack.min_rtt;
        let Some(sample) = ack.rate else { return };
        if sample.prior_delivered >= self.round_ends_at {
            self.rounds += 1;
            self.round_ends_at = ack.total_delivered;
        }
        let rate = sample.rate().unwrap_or_default();
        if !sample.app_limited || rate > self.rate {
            self.rate = self.rate.max(rate);
        }
    }
    fn on_loss(&mut self, _: &Loss) {}
    fn on_timeout(&mut self, _: &Loss, _first: bool) {
        self.rate /= 2.0;
    }
    fn on_mss_change(&mut self, smss: u32) {
        self.smss = f64::from(smss);
    }
    fn pacing_rate(&self) -> Option<f64> {
        (self.rate > 0.0).then_some(self.gain() * self.rate)
    }
}

/// A path of one bottleneck, and a sender with endless data: what was delivered, and the longest round trip.
fn run(controller: &mut dyn Controller, bottleneck: f64, base: Duration, until: Time) -> (f64, Duration) {
    let mut delivery = DeliveryRate::default();
    let mut pacer = Pacer::new(SMSS as u32);
    let mut flying: VecDeque<(Stamp, Time)> = VecDeque::new();
    let (mut now, mut free, mut longest) = (Time::ZERO, Time::ZERO, Duration::ZERO);
    while now < until {
        let in_flight = flying.len() as f64 * SMSS;
        let of_window = || Pace::of_window(controller.window(), base, controller.phase());
        let pace = controller.pacing_rate().map_or_else(of_window, Pace::named);
        let ready = pacer.ready_at(now, pace, SMSS);
        if in_flight + SMSS <= controller.window() && ready <= now {
            controller.on_sent(&Sent { now, bytes: SMSS, in_flight, app_limited: false });
            pacer.on_sent(now, SMSS, pace);
            free = free.max(now) + Duration::from_secs_f64(SMSS / bottleneck);
            flying.push_back((delivery.on_sent(now, SMSS, in_flight), free + base));
            continue;
        }
        let arrival = flying.front().map(|&(_, arrival)| arrival);
        let may_send = in_flight + SMSS <= controller.window();
        now = match arrival {
            Some(arrival) if !may_send || arrival <= ready => arrival,
            _ => ready,
        };
        if arrival != Some(now) {
            continue;
        }
        let Some((stamp, _)) = flying.pop_front() else { continue };
        delivery.on_delivered(now, SMSS, &stamp);
        let rtt = now - stamp.sent_at;
        longest = longest.max(rtt);
        controller.on_ack(&Ack {
            now,
            bytes: SMSS,
            delivered: SMSS,
            rtt: Some(rtt),
            min_rtt: Some(base),
            smoothed_rtt: Some(base),
            in_flight: flying.len() as f64 * SMSS,
            flight_size: flying.len() as f64 * SMSS,
            window_limited: true,
            rate: delivery.sample(Some(base)),
            total_delivered: delivery.delivered(),
            ..Ack::default()
        });
    }
    (delivery.delivered(), longest)
}

#[test]
fn an_algorithm_from_outside_finds_the_rate_of_the_path_and_keeps_its_queue_short() {
    let base = Duration::from_millis(40);
    let bottleneck = 1.25e6;
    let mut follow = Follow::new(SMSS as u32);
    let (delivered, longest) = run(&mut follow, bottleneck, base, Time::from_millis(20_000));
    assert!((follow.rate / bottleneck - 1.0).abs() < 0.02, "{follow:?}");
    assert!(delivered > 0.93 * bottleneck * 20.0, "{delivered}");
    assert!(longest < base + base / 2, "{longest:?}");
}

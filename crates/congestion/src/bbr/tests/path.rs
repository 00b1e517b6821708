//! The path: a FIFO bottleneck with a rate, a queue and dice of its own, and senders that pace, count what is
//! in flight and detect losses by three later deliveries. Nothing is kept of the data but the count.

use alloc::boxed::Box;
use alloc::collections::{BinaryHeap, VecDeque};
use core::cmp::Reverse;
use core::time::Duration;
use std::vec::Vec;

use super::super::state::State;
use super::super::{Bbr, BbrParameters};
use crate::dice::Dice;
use crate::{Ack, Controller, DeliveryRate, Loss, LostSegment, Parameters, Sent, Stamp, Time};

/// Bytes of every segment.
pub(super) const SMSS: f64 = 1500.0;

/// What the path does to segments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// Bytes per second.
    pub(super) rate: f64,
    pub(super) rtt: Duration,
    /// Bytes that may wait.
    pub(super) queue: f64,
    /// The chance that a segment is lost on the wire...
    pub(super) loss: f64,
    /// ...and that the following ones are, too: so many together.
    pub(super) burst: u32,
    /// Acknowledgements are held until a multiple of this.
    pub(super) bunching: Duration,
    /// A policer before the queue: bytes per second, and the bucket's bytes.
    pub(super) policer: Option<(f64, f64)>,
}

impl Link {
    /// `mbit` Mbit/s, `rtt` milliseconds, room for one bandwidth-delay product, and nothing bad.
    pub(super) fn new(mbit: f64, rtt: u64) -> Self {
        let (rate, rtt) = (mbit * 125_000.0, Duration::from_millis(rtt));
        let queue = (rate * rtt.as_secs_f64()).max(10.0 * SMSS);
        let bunching = Duration::ZERO;
        Self { rate, rtt, queue, loss: 0.0, burst: 1, bunching, policer: None }
    }

    pub(super) fn bdp(&self) -> f64 {
        self.rate * self.rtt.as_secs_f64()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The segment at the head of the queue has been transmitted.
    Departure,
    /// A segment's acknowledgement reaches its sender.
    Ack { flow: usize, id: usize },
    /// A sender may send again.
    Wake { flow: usize },
}

/// One connection's sender.
pub(super) struct Flow {
    pub(super) bbr: Bbr,
    pub(super) rate: DeliveryRate,
    /// Bytes that the application has written by then.
    app: Box<dyn Fn(Time) -> f64>,
    pub(super) sent: f64,
    pub(super) in_flight: f64,
    /// Outstanding segments: the first's number, and a stamp for each that is neither delivered nor lost.
    first: usize,
    outstanding: VecDeque<Option<Stamp>>,
    next_send: Time,
    wakes_at: Option<Time>,
    limited_at: Option<Time>,
    recovery_point: Option<usize>,
    heard_at: Time,
    smoothed: Option<Duration>,
    min_rtt: Option<Duration>,
    /// When each state began.
    pub(super) states: Vec<(Time, State)>,
    pub(super) highest_window: f64,
}

pub(super) struct Path {
    pub(super) link: Link,
    pub(super) now: Time,
    pub(super) flows: Vec<Flow>,
    pub(super) dice: Dice,
    /// What the flows' own dice begin with.
    pub(super) seed: u64,
    dropping: u32,
    queue: VecDeque<(usize, usize)>,
    bucket: (Time, f64),
    events: BinaryHeap<Reverse<(Time, u64, Event)>>,
    count: u64,
    /// Queueing delay met by each segment, seconds.
    pub(super) delays: Vec<f64>,
    /// Bytes lost, for whatever reason.
    pub(super) lost: f64,
}

impl Path {
    pub(super) fn new(link: Link) -> Self {
        let bucket = (Time::ZERO, link.policer.map_or(0.0, |(_, bucket)| bucket));
        Self {
            link,
            now: Time::ZERO,
            flows: Vec::new(),
            dice: Dice::new(7),
            seed: 1,
            dropping: 0,
            queue: VecDeque::new(),
            bucket,
            events: BinaryHeap::new(),
            count: 0,
            delays: Vec::new(),
            lost: 0.0,
        }
    }

    /// One bulk transfer over the link.
    pub(super) fn bulk(link: Link) -> Self {
        Self::one(link, BbrParameters::default(), |_| f64::INFINITY)
    }

    /// One connection over the link.
    pub(super) fn one(link: Link, tuning: BbrParameters, app: impl Fn(Time) -> f64 + 'static) -> Self {
        let mut path = Self::new(link);
        path.add(tuning, app);
        path
    }

    /// A connection begins now; `app` says how many bytes it has written by when.
    pub(super) fn add(&mut self, tuning: BbrParameters, app: impl Fn(Time) -> f64 + 'static) {
        let flow = self.flows.len();
        let seed = self.seed + flow as u64;
        let parameters =
            Parameters { initial_window: 10.0 * SMSS, seed, ..Parameters::rfc_5681(SMSS as u32) };
        let bbr = Bbr::with(parameters, tuning);
        self.flows.push(Flow {
            states: Vec::from([(self.now, bbr.state)]),
            bbr,
            rate: DeliveryRate::default(),
            app: Box::new(app),
            sent: 0.0,
            in_flight: 0.0,
            first: 0,
            outstanding: VecDeque::new(),
            next_send: self.now,
            wakes_at: None,
            limited_at: None,
            recovery_point: None,
            heard_at: self.now,
            smoothed: None,
            min_rtt: None,
            highest_window: 0.0,
        });
        self.wake(flow, self.now);
    }

    pub(super) fn bbr(&self) -> &Bbr {
        &self.flows[0].bbr
    }

    pub(super) fn delivered(&self) -> f64 {
        self.flows.iter().map(|flow| flow.rate.delivered()).sum()
    }

    /// What each connection has delivered.
    pub(super) fn shares(&self) -> Vec<f64> {
        self.flows.iter().map(|flow| flow.rate.delivered()).collect()
    }

    /// Until `millis` into the run.
    pub(super) fn run(&mut self, millis: u64) {
        self.run_for((Time::from_millis(millis) - self.now).as_millis() as u64);
    }

    /// Until the first flow is in `state`: panics if that takes longer than a minute.
    pub(super) fn run_to(&mut self, state: State) {
        let limit = self.now + Duration::from_secs(60);
        while self.bbr().state != state {
            assert!(self.step(limit), "never came to {state:?}: {:?}", self.flows[0].states);
        }
    }

    /// As long as the first flow stays in the state it is in: panics if that takes longer than a minute.
    pub(super) fn run_on(&mut self) -> State {
        let (state, limit) = (self.bbr().state, self.now + Duration::from_secs(60));
        while self.bbr().state == state {
            assert!(self.step(limit), "never left {state:?}");
        }
        self.bbr().state
    }

    /// For this much longer.
    pub(super) fn run_for(&mut self, millis: u64) {
        let until = self.now + Duration::from_millis(millis);
        while self.step(until) {}
        self.now = until;
    }

    /// What share of the link's rate was delivered between these times, by running there.
    pub(super) fn utilisation(&mut self, from: u64, to: u64) -> f64 {
        self.run(from);
        let before = self.delivered();
        self.delays.clear();
        self.lost = 0.0;
        self.run(to);
        (self.delivered() - before) / (self.link.rate * (to - from) as f64 / 1000.0)
    }

    /// The delay that `share` of all segments stayed below, in milliseconds, since `utilisation` began to count.
    pub(super) fn delay(&self, share: f64) -> f64 {
        let mut delays = self.delays.clone();
        delays.sort_by(f64::total_cmp);
        delays[((delays.len() - 1) as f64 * share) as usize] * 1000.0
    }

    /// One event, if it is due by then.
    pub(super) fn step(&mut self, until: Time) -> bool {
        match self.events.peek() {
            Some(Reverse((at, ..))) if *at <= until => {}
            _ => return false,
        }
        let Reverse((at, _, event)) = self.events.pop().unwrap();
        self.now = at;
        match event {
            Event::Departure => self.depart(),
            Event::Ack { flow, id } => {
                self.acknowledged(flow, id);
                self.pump(flow);
            }
            Event::Wake { flow } => {
                if self.flows[flow].wakes_at == Some(at) {
                    self.flows[flow].wakes_at = None;
                    self.pump(flow);
                }
            }
        }
        true
    }

    fn schedule(&mut self, at: Time, event: Event) {
        self.count += 1;
        self.events.push(Reverse((at, self.count, event)));
    }

    fn wake(&mut self, flow: usize, at: Time) {
        if self.flows[flow].wakes_at.is_none_or(|already| at < already) {
            self.flows[flow].wakes_at = Some(at);
            self.schedule(at, Event::Wake { flow });
        }
    }

    /// Sends what window, pacing and application allow.
    fn pump(&mut self, flow: usize) {
        const RTO: Duration = Duration::from_secs(1);
        loop {
            let now = self.now;
            let it = &mut self.flows[flow];
            if it.in_flight > 0.0 && now >= it.heard_at + RTO {
                it.time_out(now);
                continue;
            }
            let wait = if it.in_flight > 0.0 && it.in_flight + SMSS > it.bbr.window() {
                it.limited_at = Some(now);
                it.heard_at + RTO
            } else if it.sent + SMSS > (it.app)(now) {
                it.rate.app_limited(it.in_flight);
                now + Duration::from_millis(1)
            } else if it.next_send > now {
                it.next_send
            } else {
                let id = it.send(now);
                self.arrive(flow, id);
                continue;
            };
            return self.wake(flow, wait);
        }
    }

    /// A segment comes to the bottleneck.
    fn arrive(&mut self, flow: usize, id: usize) {
        let waiting = self.queue.len() as f64 * SMSS;
        self.delays.push(waiting / self.link.rate);
        if self.policed() || waiting + SMSS > self.link.queue + SMSS {
            self.lost += SMSS;
            return;
        }
        self.queue.push_back((flow, id));
        if self.queue.len() == 1 {
            self.transmit();
        }
    }

    fn policed(&mut self) -> bool {
        let Some((rate, bucket)) = self.link.policer else { return false };
        let (since, tokens) = self.bucket;
        let tokens = (tokens + rate * self.now.saturating_since(since).as_secs_f64()).min(bucket);
        let drop = tokens < SMSS;
        self.bucket = (self.now, if drop { tokens } else { tokens - SMSS });
        drop
    }

    fn transmit(&mut self) {
        let takes = Duration::from_nanos((SMSS / self.link.rate * 1e9) as u64);
        self.schedule(self.now + takes, Event::Departure);
    }

    fn depart(&mut self) {
        let (flow, id) = self.queue.pop_front().unwrap();
        if !self.queue.is_empty() {
            self.transmit();
        }
        let chance = self.dice.throw() as f64 / 18_446_744_073_709_551_616.0;
        if self.dropping == 0 && chance < self.link.loss / f64::from(self.link.burst) {
            self.dropping = self.link.burst;
        }
        if self.dropping > 0 {
            self.dropping -= 1;
            self.lost += SMSS;
            return;
        }
        let arrives = (self.now + self.link.rtt).as_nanos();
        let bunch = (self.link.bunching.as_nanos() as u64).max(1);
        self.schedule(Time::from_nanos(arrives.div_ceil(bunch) * bunch), Event::Ack { flow, id });
    }

    fn acknowledged(&mut self, flow: usize, id: usize) {
        // What is bunched is told by one acknowledgement.
        let mut ids = Vec::from([id]);
        while let Some(Reverse((at, _, Event::Ack { flow: same, id }))) = self.events.peek().copied()
            && (at, same) == (self.now, flow)
        {
            self.events.pop();
            ids.push(id);
        }
        self.flows[flow].acknowledge(self.now, &ids);
    }
}

impl Flow {
    fn next(&self) -> usize {
        self.first + self.outstanding.len()
    }

    fn send(&mut self, now: Time) -> usize {
        let id = self.next();
        if self.in_flight == 0.0 {
            self.heard_at = now;
        }
        let stamp = self.rate.on_sent(now, SMSS, self.in_flight);
        let app_limited = stamp.app_limited;
        self.bbr.on_sent(&Sent { now, bytes: SMSS, in_flight: self.in_flight, app_limited });
        self.outstanding.push_back(Some(stamp));
        self.in_flight += SMSS;
        self.sent += SMSS;
        let gap = Duration::from_nanos((SMSS / self.bbr.pacing_rate().unwrap() * 1e9) as u64);
        self.next_send = self.next_send.max(now) + gap;
        id
    }

    /// Takes the segment out of what is outstanding, if it still is.
    fn take(&mut self, id: usize) -> Option<Stamp> {
        let stamp = self.outstanding.get_mut(id.checked_sub(self.first)?)?.take();
        while let Some(None) = self.outstanding.front() {
            self.outstanding.pop_front();
            self.first += 1;
        }
        self.in_flight -= if stamp.is_some() { SMSS } else { 0.0 };
        stamp
    }

    /// Everything before `id` that is still outstanding is lost. Returns the bytes.
    fn lose_before(&mut self, id: usize, now: Time) -> f64 {
        let mut lost = 0.0;
        while self.first < id && !self.outstanding.is_empty() {
            let Some(stamp) = self.take(self.first) else { continue };
            lost += SMSS;
            self.rate.on_lost(SMSS);
            self.sent -= SMSS; // it is sent again
            let total_lost = self.rate.lost();
            self.bbr.on_segment_lost(&LostSegment { now, bytes: SMSS, stamp, total_lost });
        }
        lost
    }

    fn acknowledge(&mut self, now: Time, ids: &[usize]) {
        let delivered = ids.iter().filter_map(|id| {
            let stamp = self.take(*id)?;
            self.rate.on_delivered(now, SMSS, &stamp);
            Some(now - stamp.sent_at)
        });
        let rtts: Vec<Duration> = delivered.collect();
        let Some(rtt) = rtts.last().copied() else { return };
        let newest = ids.iter().max().copied().unwrap_or(0);
        let lost = self.lose_before(newest.saturating_sub(2), now);
        let recovered = self.recovery_point.is_some_and(|point| newest >= point);
        self.heard_at = now;
        self.smoothed = Some(self.smoothed.map_or(rtt, |smoothed| smoothed * 7 / 8 + rtt / 8));
        self.min_rtt = Some(self.min_rtt.map_or(rtt, |least| least.min(rtt)));
        let bytes = rtts.len() as f64 * SMSS;
        if recovered {
            self.recovery_point = None;
        } else if lost > 0.0 && self.recovery_point.is_none() {
            self.recovery_point = Some(self.next());
            self.bbr.on_loss(&Loss { now, flight_size: self.in_flight + lost });
        }
        let ack = Ack {
            now,
            bytes,
            flight_size: self.in_flight,
            rtt: Some(rtt),
            delivered: bytes,
            lost,
            in_flight: self.in_flight,
            smoothed_rtt: self.smoothed,
            min_rtt: self.min_rtt,
            window_limited: self.limited_at.is_some_and(|at| now - at <= rtt),
            recovering: self.recovery_point.is_some(),
            rate: self.rate.sample(self.min_rtt),
            total_delivered: self.rate.delivered(),
        };
        if recovered {
            self.bbr.on_recovered(&ack);
        }
        self.bbr.on_ack(&ack);
        self.watch(now);
    }

    fn watch(&mut self, now: Time) {
        let state = self.bbr.state;
        if self.states.last().is_none_or(|(_, last)| *last != state) {
            self.states.push((now, state));
        }
        self.highest_window = self.highest_window.max(self.bbr.window());
    }

    fn time_out(&mut self, now: Time) {
        let flight_size = self.in_flight;
        self.lose_before(self.next(), now);
        self.bbr.on_timeout(&Loss { now, flight_size }, true);
        self.recovery_point = None;
        self.heard_at = now;
    }
}

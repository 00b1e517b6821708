//! The dumbbell at work: endpoints, the line they share, the way back, and a clock that jumps to what is next.

mod flow;
mod host;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use lucid_conn::engine::{ConnId, Input, Notice, Output, Time};
use lucid_sim::{Link, split_seed};

use crate::bottleneck::{Bottleneck, Datagram, since_start};
use crate::report::Report;
use crate::scenario::Scenario;
use flow::Flow;
use host::Host;

/// The host of all clients.
const CLIENTS: usize = 0;

/// What happens at a time known ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Planned {
    /// A flow begins.
    Begin(usize),
    /// The curves get a point.
    Sample,
}

/// The dumbbell at work.
pub(crate) struct World<'a> {
    scenario: &'a Scenario,
    now: Time,
    /// The clients' first, then one for each group's servers.
    hosts: Vec<Host>,
    there: Bottleneck,
    back: Link<Datagram>,
    /// Which host wants to be woken when; one entry each at most.
    timers: BTreeSet<(Time, usize)>,
    plan: BTreeSet<(Time, Planned)>,
    flows: Vec<Flow>,
    /// Flows by their server's host and client's port, until they are accepted.
    expected: BTreeMap<(usize, u16), usize>,
    by_conn: BTreeMap<(usize, ConnId), usize>,
    notices: VecDeque<(usize, ConnId, Notice)>,
    running: usize,
    report: Report,
}

impl<'a> World<'a> {
    pub(crate) fn new(scenario: &'a Scenario) -> Self {
        let count_from = Time::ZERO + scenario.warm_up;
        let there = Link::new(scenario.path.forward(), split_seed(scenario.seed, "there"));
        let mut world = Self {
            scenario,
            now: Time::ZERO,
            hosts: host::all(scenario),
            there: Bottleneck::new(there, count_from),
            back: Link::new(scenario.path.back(), split_seed(scenario.seed, "back")),
            timers: BTreeSet::new(),
            plan: BTreeSet::new(),
            flows: Vec::new(),
            expected: BTreeMap::new(),
            by_conn: BTreeMap::new(),
            notices: VecDeque::new(),
            running: 0,
            report: Report::new(scenario),
        };
        world.make_plan();
        world
    }

    fn make_plan(&mut self) {
        for (group, of) in self.scenario.groups.iter().enumerate() {
            for nth in 0..of.flows {
                let start = of.start + of.spacing * u32::try_from(nth).unwrap_or(u32::MAX);
                let id = self.flows.len();
                self.plan.insert((Time::ZERO + start, Planned::Begin(id)));
                self.flows.push(Flow::new(group, of.bytes));
            }
        }
        self.running = self.flows.len();
        let samples = u32::try_from(self.scenario.samples).unwrap_or(u32::MAX);
        for nth in 1..=samples {
            self.plan.insert((Time::ZERO + self.scenario.length * nth / samples, Planned::Sample));
        }
    }

    /// Lets everything happen, and says what came of it.
    pub(crate) fn run(mut self) -> Report {
        let end = Time::ZERO + self.scenario.length;
        while self.running > 0 {
            let Some(next) = self.next().filter(|&next| next <= end) else { break };
            self.now = self.now.max(next);
            self.deliver();
            self.expire();
            self.go_on();
        }
        self.conclude()
    }

    /// When the next thing happens.
    fn next(&self) -> Option<Time> {
        let back = self.back.next_delivery().map(|at| Time::ZERO + at);
        let timer = self.timers.first().map(|&(at, _)| at);
        let planned = self.plan.first().map(|&(at, _)| at);
        [self.there.next_delivery(), back, timer, planned].into_iter().flatten().min()
    }

    fn deliver(&mut self) {
        while let Some(datagram) = self.there.pop(self.now) {
            self.arrive(datagram);
        }
        while let Some(datagram) = self.back.pop(since_start(self.now)) {
            self.arrive(datagram);
        }
    }

    fn arrive(&mut self, Datagram { from, to, bytes, ecn, .. }: Datagram) {
        self.input(host::at(to), Input::datagram(from, bytes, ecn));
    }

    fn expire(&mut self) {
        while let Some(&(_, host)) = self.timers.first().filter(|&&(at, _)| at <= self.now) {
            self.input(host, Input::Tick);
        }
    }

    fn go_on(&mut self) {
        while let Some(&(at, planned)) = self.plan.first().filter(|&&(at, _)| at <= self.now) {
            self.plan.remove(&(at, planned));
            match planned {
                Planned::Begin(flow) => self.begin(flow),
                Planned::Sample => self.sample(),
            }
        }
    }

    /// Something goes into an endpoint, and what follows is carried out. What an endpoint refuses is not done.
    fn input(&mut self, host: usize, input: Input) {
        let _ = self.hosts[host].endpoint.handle(self.now, input);
        self.drain(host);
        self.attend();
    }

    /// Takes all that a host has to say.
    fn drain(&mut self, host: usize) {
        loop {
            match self.hosts[host].endpoint.poll(self.now) {
                Output::Transmit { to, train, ecn, .. } => {
                    for segment in train.segments() {
                        let datagram = Datagram::new(host::address(host), to, ecn, &segment);
                        if host == CLIENTS {
                            self.back.push(since_start(self.now), datagram);
                        } else {
                            self.there.push(self.now, datagram);
                        }
                    }
                }
                Output::Notice { conn, notice } => self.notices.push_back((host, conn, notice)),
                Output::Event(_) => {}
                Output::Wait(at) => return self.set_timer(host, at),
            }
        }
    }

    fn set_timer(&mut self, host: usize, at: Option<Time>) {
        let before = std::mem::replace(&mut self.hosts[host].wait, at);
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.timers.remove(&(before, host));
        }
        if let Some(at) = at {
            self.timers.insert((at, host));
        }
    }

    /// The curves get a point.
    fn sample(&mut self) {
        let wait = self.there.waiting_time(self.now);
        self.report.queue.push((since_start(self.now), wait));
        for flow in &mut self.flows {
            let info = flow.server.and_then(|conn| self.hosts[flow.group + 1].endpoint.info(conn));
            flow.sample(since_start(self.now), info.as_ref());
        }
    }

    fn conclude(mut self) -> Report {
        self.report.ended = since_start(self.now).min(self.scenario.length);
        for flow in self.flows {
            let server = flow.server.and_then(|conn| self.hosts[flow.group + 1].endpoint.info(conn));
            let client = flow.client.and_then(|conn| self.hosts[CLIENTS].endpoint.info(conn));
            self.report.flows.push(flow.outcome(server.as_ref(), client.as_ref()));
        }
        self.report.take(self.there.passage);
        self.report
    }

    /// Since the run began.
    fn elapsed(&self) -> Duration {
        since_start(self.now)
    }
}

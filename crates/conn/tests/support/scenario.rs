//! What a hostile run is made of. Everything follows from the seed: configurations, faults, what each side writes and
//! reads, when it pauses, how it closes.

use std::time::Duration;

use lucid_congestion::{Algorithm, Growth, Halve, RtoBounds};
use lucid_conn::engine::{Config, KeepAlive, OptionLayout, PathMtu, Profile};
use lucid_sim::{Burst, Faults, Probability, Rate, Reorder, split_seed};

use super::dice::Dice;

/// What a whole run is made of.
pub struct Scenario {
    pub client: Config,
    pub server: Config,
    pub faults: Faults,
    pub habits: [Habits; 2],
    /// The listener's backlog is full when the client comes.
    pub crowded: bool,
    pub seed: u64,
}

/// How one side's application behaves.
#[derive(Clone, Debug)]
pub struct Habits {
    /// How much it writes in all.
    pub writes: usize,
    /// At most this much at once.
    pub chunk: usize,
    /// At most this much is read at once.
    pub reads: usize,
    /// It does something, then nothing for up to this long.
    pub pause: Duration,
    pub closing: Closing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// When all is written.
    WhenWritten,
    /// When the peer has finished and all is written.
    AfterThePeer,
    /// With an abort, when this much is written.
    Abort(usize),
}

impl Habits {
    /// A byte in flight at a time, and a timeout of a minute for one in three: 60,000 would take longer than a month.
    fn write_no_more_than(&mut self, most: usize) {
        self.writes = self.writes.min(most);
        if let Closing::Abort(at) = &mut self.closing {
            *at = (*at).min(self.writes);
        }
    }
}

impl Scenario {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(split_seed(seed, "scenario"));
        let aborts = dice.one_in(15);
        let mut habits = [habits(&mut dice), habits(&mut dice)];
        // Two that wait for each other would wait for ever; and a side that never speaks may not be known to an
        // accepting peer when all three of its SYN-ACKs are lost.
        habits[0].closing = Closing::WhenWritten;
        if aborts {
            habits[1].closing = Closing::WhenWritten;
            let who = dice.below(2);
            habits[who].closing = Closing::Abort(dice.below(habits[who].writes + 1));
        }
        let (mut client, mut server) = (config(&mut dice), config(&mut dice));
        if aborts {
            // Who only listens hears of an abort whose reset was lost by keep-alive, and that waits for a user timeout.
            (client.user_timeout, server.user_timeout) = (None, None);
        }
        for (habits, config) in habits.iter_mut().zip([&client, &server]) {
            habits.write_no_more_than(1000 * config.send_buffer);
        }
        let crowded = dice.one_in(8);
        let faults = faults(&mut dice, [&client, &server], crowded);
        Self { client, server, faults, habits, crowded, seed }
    }

    pub fn aborts(&self) -> bool {
        self.habits.iter().any(|habits| matches!(habits.closing, Closing::Abort(_)))
    }
}

fn habits(dice: &mut Dice) -> Habits {
    Habits {
        writes: if dice.one_in(4) { dice.below(20) } else { dice.below(60_000) },
        chunk: 1 + dice.below(8000),
        reads: 1 + dice.below(20_000),
        pause: Duration::from_millis(if dice.one_in(3) { 0 } else { dice.below(3000) as u64 }),
        closing: if dice.one_in(2) { Closing::WhenWritten } else { Closing::AfterThePeer },
    }
}

/// As long as it takes: nothing may be given up here, and no last ACK be missed.
const FOR_EVER: Duration = Duration::from_secs(3600 * 24 * 365);

fn config(dice: &mut Dice) -> Config {
    let profile = if dice.one_in(3) { Profile::Classic } else { Profile::Modern };
    let tiny = dice.one_in(6);
    let largest = if dice.one_in(8) { 9000 } else { 1400 };
    let config = Config {
        mss: 48 + dice.below(largest) as u16,
        algorithm: Algorithm::ALL[dice.below(Algorithm::ALL.len())],
        initial_window: 1 + dice.below(24) as u16,
        nagle: dice.one_in(2),
        ack_delay: Duration::from_millis(dice.below(400) as u64),
        send_buffer: 1 + if tiny { dice.below(100) } else { dice.below(100_000) },
        receive_buffer: 1 + if tiny { dice.below(2000) } else { dice.below(100_000) },
        receive_buffer_max: if dice.one_in(2) { 0 } else { dice.below(1_000_000) },
        option_layout: if dice.one_in(3) { OptionLayout::Packed } else { OptionLayout::Aligned },
        window_scale: dice.one_in(2).then(|| dice.below(16) as u8),
        ecn: dice.one_in(2),
        path_mtu: if dice.one_in(2) { PathMtu::Discover } else { PathMtu::Fixed },
        keep_alive: dice.one_in(3).then(|| keep_alive(dice)),
        user_timeout: dice.one_in(5).then_some(FOR_EVER),
        r2: FOR_EVER,
        r2_syn: Duration::from_secs(3600),
        time_wait: Duration::from_secs(3600 * 4),
        ..Config::new(profile)
    };
    if dice.one_in(3) { config } else { mixed(dice, &config) }
}

/// What a profile holds together is drawn piece by piece.
fn mixed(dice: &mut Dice, config: &Config) -> Config {
    let millis = |millis: usize| Duration::from_millis(millis as u64);
    Config {
        counted_header: if dice.one_in(4) { 20 } else { 0 },
        initial_slow_start_threshold: if dice.one_in(2) {
            f64::MAX
        } else {
            1.0 + dice.below(100_000) as f64
        },
        growth: if dice.one_in(2) { Growth::PerAck } else { Growth::PerByte },
        halve: if dice.one_in(2) { Halve::Window } else { Halve::FlightSize },
        limited_transmit: dice.one_in(2),
        proportional: dice.one_in(2),
        sack: !dice.one_in(3),
        tail_loss_probe: dice.one_in(2),
        undo: dice.one_in(2),
        pacing: dice.one_in(2),
        timestamps: dice.one_in(2),
        rto: RtoBounds {
            initial: millis(200 + dice.below(3000)),
            min: millis(1 + dice.below(1000)),
            granularity: millis(1 + dice.below(200)),
            ..config.rto
        },
        r1: 3 + dice.below(5) as u32,
        ack_every: 1 + dice.below(4) as u8,
        quick_acks: if dice.one_in(2) { 0 } else { dice.below(20) as u16 },
        syn_cookies: dice.one_in(2),
        fin_wait_2: Duration::from_secs(dice.below(120) as u64),
        challenge_ack_interval: millis(dice.below(1000)),
        ..config.clone()
    }
}

/// So many probes that never all are lost.
fn keep_alive(dice: &mut Dice) -> KeepAlive {
    let mut seconds = || Duration::from_secs(dice.below(30) as u64);
    KeepAlive { idle: seconds(), interval: seconds(), probes: 10_000 }
}

/// A cookie is believed for a minute or two: those who wait for one meet no bursts.
fn faults(dice: &mut Dice, configs: [&Config; 2], crowded: bool) -> Faults {
    let mut up_to = |percent: usize, one_in: usize| {
        let p = if dice.one_in(one_in) { dice.below(percent * 10 + 1) as f64 / 1000.0 } else { 0.0 };
        Probability::new(p).expect("a probability")
    };
    let loss = up_to(if crowded { 10 } else { 30 }, 2);
    let (duplicate, corrupt, reorder) = (up_to(20, 3), up_to(10, 3), up_to(30, 3));
    let (enter, leave) = (up_to(3, 1), up_to(60, 1));
    let burst = Burst { enter, leave, loss: Probability::new(0.9).expect("a probability") };
    let rate = if dice.one_in(3) { 50_000 + dice.below(5_000_000) as u64 } else { 0 };
    // Who doesn't look for the path's size has to be right about it.
    let searches = configs.iter().all(|config| config.path_mtu == PathMtu::Discover);
    Faults {
        loss,
        duplicate,
        corrupt,
        reorder: Reorder { probability: reorder, extra: Some(Duration::from_millis(dice.below(400) as u64)) },
        burst: (dice.one_in(5) && leave.get() > 0.05 && !crowded).then_some(burst),
        delay: Duration::from_micros(dice.below(200_000) as u64),
        jitter: Duration::from_micros(dice.below(50_000) as u64),
        rate: Rate::from_bits_per_second(rate),
        queue: dice.one_in(2).then(|| 10_000 + dice.below(100_000)),
        mark: dice.one_in(2).then(|| dice.below(20_000)),
        mtu: (searches && dice.one_in(2)).then(|| 1200 + dice.below(400)),
        ..Faults::default()
    }
}

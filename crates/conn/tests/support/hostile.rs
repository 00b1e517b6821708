//! One hostile run: two applications with habits of their own, over a link that does its worst.
//!
//! Everything follows from the seed: configurations, faults, what each side writes and reads, when it pauses,
//! how it closes.

use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, CallError, CloseReason, Config, ConnId, Notice, OptionLayout, Profile, Reply, State, Time,
};
use lucid_sim::{Burst, Faults, Probability, Rate, Reorder, split_seed};

use super::dice::Dice;
use super::pair::{Pair, Who};

/// No run needs longer than this, in virtual time: what does, hangs.
const TOO_LONG: Time = Time::from_millis(1000 * 3600 * 24 * 30);
/// Nor more steps.
const TOO_MANY_STEPS: usize = 2_000_000;

/// What a whole run is made of.
pub struct Scenario {
    pub client: Config,
    pub server: Config,
    pub faults: Faults,
    pub habits: [Habits; 2],
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
        let (client, server) = (config(&mut dice), config(&mut dice));
        Self { client, server, faults: faults(&mut dice), habits, seed }
    }

    fn aborts(&self) -> bool {
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

fn config(dice: &mut Dice) -> Config {
    use lucid_congestion::Algorithm;
    let profile = if dice.one_in(2) { Profile::Classic } else { Profile::Modern };
    let tiny = dice.one_in(6);
    Config {
        mss: 48 + dice.below(1400) as u16,
        algorithm: Algorithm::ALL[dice.below(3)],
        initial_window: 1 + dice.below(10) as u16,
        nagle: dice.one_in(2),
        limited_transmit: dice.one_in(2),
        ack_delay: Duration::from_millis(dice.below(400) as u64),
        send_buffer: 1 + if tiny { dice.below(100) } else { dice.below(100_000) },
        receive_buffer: 1 + if tiny { dice.below(2000) } else { dice.below(100_000) },
        receive_buffer_max: if dice.one_in(2) { 0 } else { dice.below(1_000_000) },
        option_layout: if dice.one_in(3) { OptionLayout::Packed } else { OptionLayout::Aligned },
        sack: dice.one_in(2),
        timestamps: dice.one_in(2),
        window_scale: dice.one_in(2).then(|| dice.below(16) as u8),
        quick_acks: if dice.one_in(2) { 0 } else { dice.below(20) as u16 },
        // Nothing may be given up here, and no last ACK be missed: both ends wait as long as it takes.
        r2: Duration::from_secs(3600 * 24 * 365),
        r2_syn: Duration::from_secs(3600),
        time_wait: Duration::from_secs(3600 * 4),
        ..Config::new(profile)
    }
}

fn faults(dice: &mut Dice) -> Faults {
    let mut up_to = |percent: usize, one_in: usize| {
        let p = if dice.one_in(one_in) { dice.below(percent * 10 + 1) as f64 / 1000.0 } else { 0.0 };
        Probability::new(p).expect("a probability")
    };
    let (loss, duplicate, corrupt, reorder) = (up_to(30, 2), up_to(20, 3), up_to(10, 3), up_to(30, 3));
    let (enter, leave) = (up_to(3, 1), up_to(60, 1));
    let burst = Burst { enter, leave, loss: Probability::new(0.9).expect("a probability") };
    Faults {
        loss,
        duplicate,
        corrupt,
        reorder: Reorder { probability: reorder, extra: Some(Duration::from_millis(dice.below(400) as u64)) },
        burst: (dice.one_in(5) && leave.get() > 0.05).then_some(burst),
        delay: Duration::from_micros(dice.below(200_000) as u64),
        jitter: Duration::from_micros(dice.below(50_000) as u64),
        rate: dice
            .one_in(5)
            .then(|| Rate::from_bits_per_second(50_000 + dice.below(5_000_000) as u64))
            .flatten(),
        ..Faults::default()
    }
}

/// One side's application at work.
struct Application {
    who: Who,
    conn: Option<ConnId>,
    habits: Habits,
    /// Every side's bytes are its own, so that a mix-up shows.
    salt: u8,
    written: usize,
    read: usize,
    finished_writing: bool,
    saw_end: bool,
    gone: Option<CloseReason>,
    released: bool,
    /// When it acts again; none: when it hears of something.
    next_at: Option<Time>,
}

fn byte(salt: u8, at: usize) -> u8 {
    (at as u8).wrapping_mul(31).wrapping_add((at >> 8) as u8) ^ salt
}

/// A run that went wrong, and why.
pub type Failure = String;

/// Runs a scenario to its end. Returns how many steps it took.
pub fn run(scenario: &Scenario, pair: &mut Pair) -> Result<usize, Failure> {
    let mut dice = Dice::new(split_seed(scenario.seed, "applications"));
    let listener = pair.listen();
    let client = pair.connect();
    let mut apps = [Who::Client, Who::Server].map(|who| Application {
        who,
        conn: (who == Who::Client).then_some(client),
        habits: scenario.habits[who as usize].clone(),
        salt: 0x55 * (1 + who as u8),
        written: 0,
        read: 0,
        finished_writing: false,
        saw_end: false,
        gone: None,
        released: false,
        next_at: Some(Time::ZERO),
    });
    for step in 0..TOO_MANY_STEPS {
        if apps[1].conn.is_none() {
            apps[1].conn = pair.accept(listener);
            apps[1].next_at = apps[1].conn.map(|_| pair.now);
        }
        for who in Who::BOTH {
            let peer_salt = apps[who.other() as usize].salt;
            let app = &mut apps[who as usize];
            app.hear(pair);
            if app.next_at.is_some_and(|at| at <= pair.now) {
                let before = app.progress();
                app.act(pair, peer_salt)?;
                let pause = app.habits.pause.mul_f64(dice.fraction()) + Duration::from_micros(1);
                app.next_at = (app.progress() != before).then(|| pair.now + pause);
            }
        }
        check_invariants(scenario, pair, &apps)?;
        if apps.iter().all(Application::is_over) && connections(pair) == 0 {
            return verdict(scenario, &apps).map(|()| step);
        }
        advance(scenario, pair, &mut apps)?;
    }
    Err(format!("not over after {TOO_MANY_STEPS} steps"))
}

fn connections(pair: &mut Pair) -> usize {
    Who::BOTH.into_iter().map(|who| pair.side(who).endpoint.connections()).sum()
}

/// Moves to the next thing that happens, in the network or in an application.
fn advance(scenario: &Scenario, pair: &mut Pair, apps: &mut [Application; 2]) -> Result<(), Failure> {
    match (pair.next(), apps.iter().filter_map(|app| app.next_at).min()) {
        (None, None) if scenario.aborts() => give_up_waiting(pair, apps),
        (None, None) => return Err("nothing more will happen, and the run is not over".to_owned()),
        (network, Some(app)) if network.is_none_or(|network| app < network) => pair.now = pair.now.max(app),
        _ => {
            pair.step();
        }
    }
    if pair.now > TOO_LONG {
        return Err(format!("not over after {} of virtual time", pair.now));
    }
    Ok(())
}

/// Without keep-alive, no one tells a side that only listens of an abort whose reset was lost: its application
/// loses patience.
fn give_up_waiting(pair: &mut Pair, apps: &mut [Application; 2]) {
    for app in apps.iter_mut().filter(|app| !app.released) {
        app.released = true;
        if let Some(conn) = app.conn {
            let _ = pair.call(app.who, conn, Call::Release);
        }
    }
}

impl Application {
    fn is_over(&self) -> bool {
        self.released
    }

    fn progress(&self) -> (usize, usize, bool, bool, bool) {
        (self.written, self.read, self.finished_writing, self.saw_end, self.released)
    }

    fn hear(&mut self, pair: &mut Pair) {
        let notices = std::mem::take(&mut pair.side(self.who).notices);
        for (id, notice) in notices {
            if Some(id) != self.conn {
                continue;
            }
            match notice {
                Notice::Closed(reason) => {
                    self.gone = Some(reason);
                    self.next_at = Some(pair.now);
                }
                Notice::Readable | Notice::Writable | Notice::Connected => self.next_at = Some(pair.now),
                _ => {}
            }
        }
    }

    fn act(&mut self, pair: &mut Pair, peer_salt: u8) -> Result<(), Failure> {
        let Some(conn) = self.conn.filter(|_| !self.released) else { return Ok(()) };
        self.read_some(pair, conn, peer_salt)?;
        if !self.finished_writing {
            self.write_some(pair, conn)?;
        }
        let failed = self.gone.as_ref().is_some_and(|reason| *reason != CloseReason::Finished);
        if failed || (self.saw_end && self.finished_writing) {
            pair.call(self.who, conn, Call::Release).map_err(|error| format!("release: {error}"))?;
            self.released = true;
        }
        Ok(())
    }

    fn read_some(&mut self, pair: &mut Pair, conn: ConnId, peer_salt: u8) -> Result<(), Failure> {
        if self.saw_end {
            return Ok(());
        }
        match pair.call(self.who, conn, Call::Read { max: self.habits.reads }) {
            Ok(Reply::Data(data)) => {
                for (offset, &found) in data.iter().enumerate() {
                    let at = self.read + offset;
                    if found != byte(peer_salt, at) {
                        return Err(format!("{:?} read a wrong byte at {at}", self.who));
                    }
                }
                self.read += data.len();
                Ok(())
            }
            Ok(Reply::EndOfStream) => {
                self.saw_end = true;
                Ok(())
            }
            Err(CallError::Closed(reason)) => {
                self.gone = Some(reason);
                Ok(())
            }
            other => Err(format!("{:?} reads, and is told {other:?}", self.who)),
        }
    }

    fn write_some(&mut self, pair: &mut Pair, conn: ConnId) -> Result<(), Failure> {
        let limit = match self.habits.closing {
            Closing::Abort(after) => after,
            _ => self.habits.writes,
        };
        let end = limit.min(self.written + self.habits.chunk);
        if self.written < end {
            let bytes: Bytes = (self.written..end).map(|at| byte(self.salt, at)).collect();
            match pair.call(self.who, conn, Call::Write(bytes)) {
                Ok(Reply::Written(taken)) => self.written += taken,
                Err(CallError::Closed(reason)) => self.gone = Some(reason),
                other => return Err(format!("{:?} writes, and is told {other:?}", self.who)),
            }
        }
        if self.written < limit || self.gone.is_some() {
            return Ok(());
        }
        match self.habits.closing {
            Closing::Abort(_) => self.finish(pair, conn, Call::Abort),
            Closing::AfterThePeer if !self.saw_end => Ok(()),
            _ => self.finish(pair, conn, Call::Shutdown),
        }
    }

    fn finish(&mut self, pair: &mut Pair, conn: ConnId, call: Call) -> Result<(), Failure> {
        self.finished_writing = true;
        match pair.call(self.who, conn, call) {
            Ok(Reply::Done) => Ok(()),
            Err(CallError::Closed(reason)) => {
                self.gone = Some(reason);
                Ok(())
            }
            other => Err(format!("{:?} closes, and is told {other:?}", self.who)),
        }
    }
}

/// What holds after every step.
fn check_invariants(scenario: &Scenario, pair: &mut Pair, apps: &[Application; 2]) -> Result<(), Failure> {
    for who in Who::BOTH {
        let app = &apps[who as usize];
        if app.read > apps[who.other() as usize].written {
            return Err(format!("{who:?} read more than was written"));
        }
        let config = if who == Who::Client { &scenario.client } else { &scenario.server };
        let Some(info) = app.conn.and_then(|conn| pair.side(who).endpoint.info(conn)) else { continue };
        let held = info.unread + info.waiting;
        let facts = [
            (held <= info.receive_buffer, "holds more than its receive buffer"),
            (
                info.receive_buffer <= config.receive_buffer.max(config.receive_buffer_max) as u64,
                "has a larger buffer than it may",
            ),
            (info.receive_window < 1 << 30, "offers more than 30 bits"),
            (
                info.unsent + info.flight_size <= config.send_buffer as u64 + 2,
                "holds more than its send buffer",
            ),
            (info.cwnd.is_finite() && info.cwnd >= f64::from(info.mss), "has less than a segment of window"),
            (info.mss <= config.mss.max(48), "sends larger segments than configured"),
            (info.rto <= config.rto.max, "waits longer than the longest RTO"),
            (info.flight_size == 0 || is_alive(pair, who, info.state), "has data in flight and no timer"),
        ];
        if let Some((_, broken)) = facts.iter().find(|(holds, _)| !holds) {
            return Err(format!("{who:?} {broken}: {info:?}"));
        }
    }
    Ok(())
}

fn is_alive(pair: &mut Pair, who: Who, state: State) -> bool {
    state == State::Closed || pair.side(who).wait().is_some()
}

/// At the end: every byte, once, in order, both ways; or an abort, and no more than a prefix.
fn verdict(scenario: &Scenario, apps: &[Application; 2]) -> Result<(), Failure> {
    if scenario.aborts() {
        return Ok(());
    }
    for app in apps {
        let peer = &apps[app.who.other() as usize];
        if app.read != peer.habits.writes || !app.saw_end {
            return Err(format!("{:?} read {} of {}", app.who, app.read, peer.habits.writes));
        }
    }
    Ok(())
}

/// A scenario's pair of endpoints and links.
pub fn pair(scenario: &Scenario) -> Pair {
    let mut pair = Pair::over(&scenario.client, &scenario.server, &scenario.faults, scenario.seed);
    for who in Who::BOTH {
        // Events are for those who watch; ten thousand runs have no one who does.
        pair.side(who).endpoint.observe(false);
    }
    pair
}

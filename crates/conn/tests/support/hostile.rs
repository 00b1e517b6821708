//! One hostile run: two applications with habits of their own, over a link that does its worst.
//!
//! What it is made of is drawn in `scenario`; this is how it is played.

use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{
    Call, CallError, CloseReason, Codepoint, ConnId, Input, Notice, Reply, State, Time,
};
use lucid_sim::split_seed;
use lucid_wire::{Flags, PseudoHeader};

use super::dice::Dice;
use super::pair::{PORT, Pair, Who, crafted};
use super::scenario::{Closing, Habits, Scenario};

/// No run needs longer than this, in virtual time: what does, hangs.
const TOO_LONG: Time = Time::from_millis(1000 * 3600 * 24 * 30);
/// Nor more steps.
const TOO_MANY_STEPS: usize = 2_000_000;

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
    let listener = listen(scenario, pair);
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

/// A backlog of one: who asked before is in the way, and the client gets a cookie, or has to wait.
fn listen(scenario: &Scenario, pair: &mut Pair) -> ConnId {
    if !scenario.crowded {
        return pair.listen();
    }
    let Ok(Reply::Opened(listener)) = pair.input(Who::Server, Input::Listen { port: PORT, backlog: 1 })
    else {
        panic!("the port is free");
    };
    let mut syn = crafted(Flags::SYN, 7, 0, b"");
    (syn.header.source_port, syn.header.options.mss) = (9, Some(1000));
    let mut bytes = Vec::new();
    syn.encode(&PseudoHeader::None, &mut bytes);
    let (from, bytes) = (Who::Client.address(), bytes.into());
    pair.input(Who::Server, Input::datagram(from, bytes, Codepoint::NotEct)).expect("it never fails");
    listener
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
                for (offset, found) in data.to_vec().into_iter().enumerate() {
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

//! A script against the engine, in virtual time.

mod check;
mod compare;
mod exchange;
mod host;
mod network;
mod outcome;
mod sockets;
#[cfg(test)]
mod tests;
mod words;

use std::collections::VecDeque;
use std::time::Duration;

use lucid_conn::engine::{Input, Time};

use crate::parse::SyntaxError;
use crate::parse::cursor::Misread;
use crate::settings::Settings;
use crate::syntax::{Action, Call, Event, Packet, Place, Script, When};
use exchange::Line;
use host::{Heard, Host};
use outcome::Failure;
pub use outcome::Outcome;
use sockets::{Returned, Sockets};

/// Runs a script. `tolerance` is how far a time may be off, where the script doesn't say.
///
/// # Errors
/// It can't be run: a setting, a call or a name in a condition that doesn't exist.
pub fn run(script: &Script, tolerance: Option<Duration>) -> Result<Outcome, SyntaxError> {
    let misread = |Misread { place, what }| SyntaxError { name: script.name.clone(), place, what };
    let settings = Settings::new(&script.settings).map_err(misread)?;
    let mut runner = Runner {
        tolerance: settings.tolerance.or(tolerance).unwrap_or(TOLERANCE),
        host: Host::new(settings.config),
        sockets: Sockets::new(),
        last: Time::ZERO,
        blocked: None,
        ahead: script.events.iter().collect(),
    };
    match runner.whole() {
        Ok(()) => Ok(Outcome::new(&script.name, runner.host, None)),
        Err(Stop::Failed(failure)) => Ok(Outcome::new(&script.name, runner.host, Some(failure))),
        Err(Stop::Misread(error)) => Err(misread(error)),
    }
}

/// packetdrill's.
const TOLERANCE: Duration = Duration::from_millis(4);

/// Why a script doesn't go on.
pub(crate) enum Stop {
    Failed(Failure),
    Misread(Misread),
}

impl Stop {
    fn failed(place: Place, what: impl Into<String>) -> Self {
        Self::Failed(Failure { place, what: what.into() })
    }

    pub(crate) fn misread(place: Place, what: impl Into<String>) -> Self {
        Self::Misread(Misread { place, what: what.into() })
    }
}

struct Runner<'s> {
    tolerance: Duration,
    host: Host,
    sockets: Sockets,
    /// When the event before this happened: what relative times count from.
    last: Time,
    blocked: Option<Blocked<'s>>,
    /// What is still to come.
    ahead: VecDeque<&'s Event>,
}

/// A call that has not returned.
struct Blocked<'s> {
    place: Place,
    call: &'s Call,
    until: Time,
    /// When it did, and with what.
    returned: Option<(Time, Returned)>,
}

impl<'s> Runner<'s> {
    fn whole(&mut self) -> Result<(), Stop> {
        while let Some(event) = self.ahead.pop_front() {
            self.event(event)?;
            self.retry()?;
        }
        if let Some(until) = self.blocked.as_ref().map(|blocked| blocked.until + self.tolerance) {
            self.advance(until)?;
            self.unblock(true)?;
        }
        self.nothing_more()
    }

    fn event(&mut self, event: &'s Event) -> Result<(), Stop> {
        let (from, to) = self.due(event.when);
        if let Action::Outbound(packet) = &event.action {
            return self.outbound(event, packet, from, to);
        }
        let at = from.max(self.host.now);
        if at > to + self.tolerance {
            return Err(Stop::failed(event.place, format!("it is {} already", self.host.now)));
        }
        self.advance(at)?;
        self.nothing_missed(event)?;
        self.unblock(false)?;
        let base = self.last;
        self.last = at;
        match &event.action {
            Action::Inbound(packet) => self.host.hears(packet),
            Action::Unreachable => self.host.unreachable(),
            Action::Call(call) => self.call(event, call, base)?,
            Action::Check(assertions) => check::check(&mut self.host, assertions)?,
            Action::Outbound(_) => {}
        }
        Ok(())
    }

    /// Between which times an event is due.
    fn due(&self, when: When) -> (Time, Time) {
        match when {
            When::Any => (self.last, Time::ZERO + Duration::MAX),
            When::Absolute(from, to) => (Time::ZERO + from, Time::ZERO + to),
            When::Relative(from, to) => (self.last + from, self.last + to),
        }
    }

    /// Time passes.
    fn advance(&mut self, until: Time) -> Result<(), Stop> {
        while self.host.tick(until) {
            self.retry()?;
        }
        Ok(())
    }

    fn outbound(&mut self, event: &'s Event, packet: &Packet, from: Time, to: Time) -> Result<(), Stop> {
        let latest = to + self.tolerance;
        while self.host.heard.is_empty() && self.host.tick_once(latest) {
            self.retry()?;
        }
        let Some(heard) = self.host.heard.pop_front() else {
            let what = format!("the engine sent nothing until {}\n  expected  > {packet}", self.host.now);
            return Err(Stop::failed(event.place, what));
        };
        let times = compare::Times { from, to, tolerance: self.tolerance };
        let found = self.host.network.with_our_clock(heard.packet.clone(), Some(packet));
        compare::compare(packet, &times, &Heard { packet: found, ..heard })
            .map_err(|what| Stop::failed(event.place, what))?;
        self.last = self.last.max(heard.at);
        Ok(())
    }

    /// What the engine sent some time ago can't be expected any more.
    fn nothing_missed(&mut self, event: &Event) -> Result<(), Stop> {
        let expected = self.ahead.iter().find(|event| matches!(event.action, Action::Outbound(_)));
        let waits =
            expected.is_some_and(|event| !matches!(event.when, When::Relative(from, to) if from == to));
        let missed =
            self.host.heard.front().filter(|heard| heard.at + self.tolerance < self.host.now && !waits);
        let Some(missed) = missed else { return Ok(()) };
        let found = self.host.network.with_our_clock(missed.packet.clone(), None);
        Err(Stop::failed(
            event.place,
            format!("before this the engine sent\n  found     {} > {found}", missed.at),
        ))
    }

    fn nothing_more(&mut self) -> Result<(), Stop> {
        let place = Place { line: 0, column: 0 };
        let Some(more) = self.host.heard.pop_front() else { return Ok(()) };
        let found = self.host.network.with_our_clock(more.packet, None);
        Err(Stop::failed(
            place,
            format!("at the end the engine also sent\n  found     {} > {found}", more.at),
        ))
    }

    fn call(&mut self, event: &'s Event, call: &'s Call, base: Time) -> Result<(), Stop> {
        let place = event.place;
        let Some(until) = call.until else {
            let returned = self.host.while_calling(call, |host| self.sockets.call(host, place, call))?;
            return self.sockets.take(call, &returned).map_err(|what| Stop::failed(place, what));
        };
        let start = if matches!(event.when, When::Absolute(..)) { Time::ZERO } else { base };
        if self.blocked.is_some() {
            return Err(Stop::misread(place, "expected no second call that blocks"));
        }
        self.host.exchange.push(Line::Call {
            at: self.host.now,
            call: call.to_string(),
            returned: "...".to_owned(),
        });
        self.blocked = Some(Blocked { place, call, until: start + until, returned: None });
        Ok(())
    }

    /// The blocked call tries again.
    fn retry(&mut self) -> Result<(), Stop> {
        let Some(blocked) = self.blocked.as_mut().filter(|blocked| blocked.returned.is_none()) else {
            return Ok(());
        };
        let returned = self.sockets.call(&mut self.host, blocked.place, blocked.call)?;
        if !returned.would_block() {
            let at = self.host.now;
            self.host.exchange.push(Line::Call {
                at,
                call: blocked.call.to_string(),
                returned: returned.to_string(),
            });
            self.sockets.take(blocked.call, &returned).map_err(|what| Stop::failed(blocked.place, what))?;
            blocked.returned = Some((at, returned));
        }
        Ok(())
    }

    /// Whether the blocked call returned when it should have; if not, it must not be too late yet.
    fn unblock(&mut self, is_end: bool) -> Result<(), Stop> {
        let Some(Blocked { place, until, ref returned, .. }) = self.blocked else { return Ok(()) };
        let off = |at: Time| if at > until { at - until } else { until - at };
        match returned {
            Some((at, _)) if off(*at) > self.tolerance => {
                Err(Stop::failed(place, format!("the call returned at {at}, not at {until}")))
            }
            Some(_) => {
                self.blocked = None;
                Ok(())
            }
            None if is_end || self.host.now > until + self.tolerance => {
                Err(Stop::failed(place, format!("the call has not returned by {}", self.host.now)))
            }
            None => Ok(()),
        }
    }
}

impl Host {
    /// A call and its result stand before what it leads to.
    fn while_calling(
        &mut self,
        call: &Call,
        does: impl FnOnce(&mut Self) -> Result<Returned, Stop>,
    ) -> Result<Returned, Stop> {
        let line = |returned| Line::Call { at: self.now, call: call.to_string(), returned };
        let (at, unknown) = (self.exchange.len(), line("?".to_owned()));
        self.exchange.push(unknown);
        let result = does(self)?;
        if let Some(Line::Call { returned, .. }) = self.exchange.get_mut(at) {
            *returned = result.to_string();
        }
        Ok(result)
    }

    fn hears(&mut self, packet: &Packet) {
        self.exchange.push(Line::Inbound { at: self.now, packet: packet.clone() });
        let datagram = self.network.datagram(packet);
        self.datagram(datagram, packet.ecn.unwrap_or_default());
    }

    fn unreachable(&mut self) {
        self.exchange
            .push(Line::Text { at: self.now, text: "< icmp unreachable port_unreachable".to_owned() });
        // Time and the network never fail.
        let _ = self.input(Input::Unreachable { peer: host::PEER });
    }
}

//! A connection's place in the endpoint.

use lucid_congestion::Time;

use super::key::Key;
use super::listener::Place;
use crate::engine::connection::Connection;
use crate::engine::info::{Counts, Info};
use crate::engine::rest::AtRest;
use crate::engine::state::State;

/// A connection and its place in the endpoint.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) key: Key,
    /// The connection, unless it rests.
    whole: Option<Box<Connection>>,
    at_rest: Option<AtRest>,
    /// Where it stands in its listener's queues; nowhere once an application holds it.
    pub(super) place: Option<Place>,
    /// Under which time it stands in `deadlines`: that of its next timeout, or earlier.
    pub(super) deadline: Option<Time>,
    /// It stands in `ready`.
    pub(super) is_ready: bool,
    /// It was established, and its listener, if any, knows.
    pub(super) is_known: bool,
    /// It ended and no application holds it: it goes as soon as it has said its last.
    pub(super) is_gone: bool,
    /// There was but a remnant of it once.
    pub(super) was_remnant: bool,
}

impl Slot {
    pub(super) fn new(key: Key, connection: Connection, place: Option<Place>) -> Self {
        Self {
            key,
            whole: Some(Box::new(connection)),
            at_rest: None,
            place,
            deadline: None,
            is_ready: false,
            is_known: false,
            is_gone: false,
            was_remnant: false,
        }
    }

    /// The connection, for something that may change it.
    pub(super) fn awake(&mut self) -> &mut Connection {
        if let Some(at_rest) = self.at_rest.take() {
            self.whole = Some(Box::new(at_rest.wake()));
        }
        self.whole.as_mut().expect("what doesn't rest is whole")
    }

    /// The time under which it should stand in `deadlines`, if that is another one.
    ///
    /// What moved to a later time stays where it is: most move with each segment, and few are met. The tick that comes too
    /// early finds the true one. The end of TIME-WAIT is mostly met, and a remnant knows no other.
    pub(super) fn other_deadline(&mut self) -> Option<Time> {
        let known = self.deadline;
        let connection = self.awake();
        let is_met = connection.state() == State::TimeWait;
        let is_other = |next: &Time| known.is_none_or(|known| *next < known || (is_met && *next > known));
        connection.next_timeout().filter(is_other)
    }

    /// The connection, unless it rests.
    pub(super) fn whole(&self) -> Option<&Connection> {
        self.whole.as_deref()
    }

    /// Lets it rest, if nothing is under way. No one can tell, but by the memory it takes.
    pub(super) fn rest(&mut self) {
        if self.whole().is_some_and(Connection::may_rest) {
            self.at_rest = self.whole.take().map(|connection| connection.rest());
        }
    }

    pub(super) fn info(&self) -> Option<Info> {
        self.whole().map(Connection::info).or_else(|| self.at_rest.as_ref().map(AtRest::info))
    }

    pub(super) fn counts(&self) -> Counts {
        let counts =
            self.whole().map(Connection::counts).or_else(|| self.at_rest.as_ref().map(AtRest::counts));
        counts.unwrap_or_default()
    }

    pub(super) fn only_acknowledges(&self) -> bool {
        self.whole().is_some_and(Connection::only_acknowledges)
    }

    /// One at rest is to be asked.
    pub(super) fn is_readable(&self) -> bool {
        self.whole().is_none_or(Connection::is_readable)
    }

    pub(super) fn room(&self) -> usize {
        match (&self.whole, &self.at_rest) {
            (Some(connection), _) => connection.room(),
            (None, at_rest) => at_rest.as_ref().map_or(0, AtRest::room),
        }
    }
}

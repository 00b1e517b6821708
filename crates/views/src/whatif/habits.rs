//! What an application did in a recorded run, so that it can do the same in another.
//!
//! Some calls waited for the engine: a write for room, a read for data. In another run they come when there is room, or data.
//! All others were the application's own wish, and come at their recorded times.

use core::time::Duration;

use lucid_conn::engine::{Call, CallError, ConnId, Input, RecordingReader, Reply, Time};

use crate::follow::{FollowError, Heard, follow};

/// What an application does one right after another belongs together.
const AT_ONCE: Duration = Duration::from_millis(1);

/// One thing that an application did.
#[derive(Clone, Debug)]
pub(super) struct Act {
    pub(super) at: Time,
    /// It had waited until it could.
    pub(super) waited: bool,
    pub(super) what: Does,
}

#[derive(Clone, Debug)]
pub(super) enum Does {
    /// It wrote so many bytes; `more`: and said that more follow.
    Write { bytes: usize, more: bool },
    /// It read so many.
    Read { bytes: usize },
    /// Another call.
    Call(Call),
}

/// All that it did, each lane in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Habits {
    pub(super) writing: Vec<Act>,
    pub(super) reading: Vec<Act>,
    /// When it let go of the connection.
    pub(super) released: Option<Time>,
}

/// What the connection was like when its application acted last.
#[derive(Default)]
struct Seen {
    /// The writer was refused something, or there is no room.
    is_blocked: bool,
    /// All that had come was read.
    is_hungry: bool,
}

impl Habits {
    /// Those of a connection's application.
    pub(super) fn of(recording: &[u8], conn: ConnId) -> Result<Self, FollowError> {
        let mut habits = Self::default();
        let mut seen = Seen::default();
        let mut asked = None;
        let followed = follow(RecordingReader::open(recording)?, &mut |at, heard| match heard {
            Heard::Settled(endpoint) => {
                seen.is_blocked |= endpoint.room(conn) == 0;
                seen.is_hungry |= endpoint.info(conn).is_some_and(|info| info.unread == 0);
            }
            Heard::Input(Input::Call { conn: its, call }) if *its == conn => asked = Some(call.clone()),
            Heard::Replied(reply) => {
                if let Some(call) = asked.take() {
                    habits.note(at, call, reply, &mut seen);
                }
            }
            _ => {}
        });
        match followed {
            // What came before the end counts.
            Ok(_) | Err(FollowError::Recording(_)) => Ok(habits),
            Err(other) => Err(other),
        }
    }

    fn note(&mut self, at: Time, call: Call, reply: &Result<Reply, CallError>, seen: &mut Seen) {
        match (call, reply) {
            (Call::Write(data) | Call::WriteUrgent(data), Ok(Reply::Written(taken))) => {
                self.wrote(at, (data.len(), *taken), false, seen);
            }
            (Call::WriteMore(data), Ok(Reply::Written(taken))) => {
                self.wrote(at, (data.len(), *taken), true, seen);
            }
            (Call::Read { .. }, Ok(Reply::Data(data))) if !data.is_empty() => {
                let waited = std::mem::take(&mut seen.is_hungry) || follows(self.reading.last(), at);
                self.reading.push(Act { at, waited, what: Does::Read { bytes: data.len() } });
            }
            (Call::Release, Ok(_)) => self.released = Some(at),
            (Call::Read { .. }, _) | (_, Err(_)) => {}
            (call, Ok(_)) => {
                let waited = follows(self.writing.last(), at);
                self.writing.push(Act { at, waited, what: Does::Call(call) });
            }
        }
    }

    fn wrote(&mut self, at: Time, (offered, taken): (usize, usize), more: bool, seen: &mut Seen) {
        let waited = seen.is_blocked || follows(self.writing.last(), at);
        seen.is_blocked = taken < offered;
        if taken > 0 {
            self.writing.push(Act { at, waited, what: Does::Write { bytes: taken, more } });
        }
    }
}

/// Whether it comes right behind something that had waited.
fn follows(last: Option<&Act>, at: Time) -> bool {
    last.is_some_and(|last| last.waited && at.saturating_since(last.at) <= AT_ONCE)
}

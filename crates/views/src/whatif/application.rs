//! An application that does in another run what it did in a recorded one.

use std::collections::VecDeque;

use bytes::Bytes;
use lucid_conn::engine::{Call, ConnId, Endpoint, Time};

use super::habits::{Act, Does, Habits};

/// What it has yet to do, by the clock of its endpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Application {
    writing: VecDeque<Act>,
    reading: VecDeque<Act>,
    released: Option<Time>,
    /// From then on it reads whatever comes.
    reads_all_from: Option<Time>,
}

impl Application {
    /// What is done later than `from`.
    pub(super) fn after(habits: &Habits, from: Time) -> Self {
        let rest = |acts: &[Act]| acts.iter().filter(|act| act.at > from).cloned().collect();
        Self {
            writing: rest(&habits.writing),
            reading: rest(&habits.reading),
            released: habits.released.filter(|at| *at > from),
            reads_all_from: None,
        }
    }

    /// One that writes nothing and reads all.
    pub(super) fn that_reads_all() -> Self {
        Self { reads_all_from: Some(Time::ZERO), ..Self::default() }
    }

    /// It will write so many bytes at these times; without a number it closes its side.
    pub(super) fn speak(&mut self, what: impl Iterator<Item = (Time, Option<usize>)>) {
        let act = |(at, bytes): (Time, Option<usize>)| {
            let what = bytes.map_or(Does::Call(Call::Shutdown), |bytes| Does::Write { bytes, more: false });
            Act { at, waited: false, what }
        };
        self.writing.extend(what.map(act));
    }

    /// From then on it reads whatever comes.
    pub(super) fn read_all_from(&mut self, at: Time) {
        self.reads_all_from = Some(at);
    }

    /// Whether it has nothing more to write.
    pub(super) fn has_written(&self) -> bool {
        self.writing.is_empty()
    }

    /// When it acts next of its own accord.
    pub(super) fn next(&self, now: Time) -> Option<Time> {
        let lanes = [self.writing.front(), self.reading.front()].into_iter().flatten();
        let acts = lanes.filter(|act| !act.waited).map(|act| act.at);
        // What is due already waits for the engine.
        acts.chain(self.released).filter(|at| *at > now).min()
    }

    /// The next call that is due now, if there is one; it is taken as made.
    pub(super) fn call(&mut self, now: Time, endpoint: &Endpoint, conn: ConnId) -> Option<Call> {
        let unread = endpoint.info(conn)?.unread;
        self.read(now, unread).or_else(|| self.write(now, endpoint.room(conn))).or_else(|| self.release(now))
    }

    fn read(&mut self, now: Time, unread: u64) -> Option<Call> {
        if unread == 0 {
            return None;
        }
        if self.reads_all_from.is_some_and(|from| from <= now) {
            return Some(Call::Read { max: usize::MAX });
        }
        let act = self.reading.front_mut()?;
        let Does::Read { bytes } = &mut act.what else { return None };
        if !act.waited && act.at > now {
            return None;
        }
        let max = usize::try_from(unread).unwrap_or(usize::MAX).min(*bytes);
        *bytes -= max;
        if *bytes == 0 {
            self.reading.pop_front();
        }
        Some(Call::Read { max })
    }

    fn write(&mut self, now: Time, room: usize) -> Option<Call> {
        let act = self.writing.front_mut()?;
        if !act.waited && act.at > now {
            return None;
        }
        let call = match &mut act.what {
            Does::Write { bytes, more } => {
                let taken = room.min(*bytes);
                if taken == 0 {
                    // What it waits for from now on is room.
                    act.waited = true;
                    return None;
                }
                *bytes -= taken;
                let data = Bytes::from(vec![0; taken]);
                let call = if *more { Call::WriteMore(data) } else { Call::Write(data) };
                if *bytes > 0 {
                    return Some(call);
                }
                call
            }
            Does::Call(call) => call.clone(),
            Does::Read { .. } => return None,
        };
        self.writing.pop_front();
        Some(call)
    }

    fn release(&mut self, now: Time) -> Option<Call> {
        let is_due = self.released.is_some_and(|at| at <= now) && self.writing.is_empty();
        is_due.then(|| {
            self.released = None;
            Call::Release
        })
    }
}

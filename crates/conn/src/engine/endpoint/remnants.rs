//! TIME-WAIT in as little memory as it takes: what is left of the connections that no application holds.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use hashbrown::HashTable;
use lucid_congestion::Time;
use lucid_wire::SeqNum;

use super::Endpoint;
use super::key::Key;
use super::slot::Slot;
use crate::engine::connection::Connection;
use crate::engine::info::Info;
use crate::engine::message::ConnId;
use crate::engine::numbered::hash_of;
use crate::engine::time_wait::Remnant;

/// One of them.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) remnant: Remnant,
    pub(super) key: Key,
    pub(super) id: ConnId,
}

/// All of them, found by their numbers and by their keys.
#[derive(Debug, Default)]
pub(super) struct Remnants {
    entries: HashTable<Box<Entry>>,
    /// By key.
    ids: HashTable<ConnId>,
    hasher: RandomState,
    /// Those that are due in this order: TIME-WAIT is equally long for all, so whoever enters it is mostly the last. The
    /// first in line is here.
    line: VecDeque<ConnId>,
    /// When the last one in line is due.
    line_end: Time,
}

impl Remnants {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, id: ConnId) -> Option<&Entry> {
        self.entries.find(hash_of(id), |entry| entry.id == id).map(Box::as_ref)
    }

    pub(super) fn find(&self, key: Key) -> Option<ConnId> {
        let is_it = |&id: &ConnId| self.get(id).is_some_and(|entry| entry.key == key);
        self.ids.find(self.hasher.hash_one(key), is_it).copied()
    }

    /// All numbers, in order.
    pub(super) fn ids(&self) -> Vec<ConnId> {
        let mut ids: Vec<_> = self.ids.iter().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Takes one in. Says whether it stands in line; if not, the caller sees to it that it ends in time. Each may stand
    /// in line once.
    pub(super) fn insert(&mut self, mut entry: Entry, may_stand_in_line: bool) -> bool {
        let in_line = may_stand_in_line && entry.remnant.due >= self.line_end;
        entry.remnant.in_line = in_line;
        if in_line {
            self.line_end = entry.remnant.due;
            self.line.push_back(entry.id);
        }
        let (id, key) = (entry.id, entry.key);
        self.entries.insert_unique(hash_of(id), Box::new(entry), |entry| hash_of(entry.id));
        let Self { entries, ids, hasher, .. } = self;
        ids.insert_unique(hasher.hash_one(key), id, |&id| key_hash(entries, hasher, id));
        in_line
    }

    pub(super) fn remove(&mut self, id: ConnId) -> Option<Entry> {
        let key = self.get(id)?.key;
        if let Ok(found) = self.ids.find_entry(self.hasher.hash_one(key), |&other| other == id) {
            found.remove();
        }
        let found = self.entries.find_entry(hash_of(id), |entry| entry.id == id).ok()?;
        let (entry, _) = found.remove();
        self.close_up();
        self.shrink();
        Some(*entry)
    }

    /// The first in line is one that is here, and ends there.
    fn close_up(&mut self) {
        while let Some(&first) = self.line.front() {
            if self.get(first).is_some_and(|entry| entry.remnant.in_line) {
                return;
            }
            self.line.pop_front();
        }
        self.line_end = Time::ZERO;
    }

    /// After a wave its memory is given back: seldom enough that this costs nothing to speak of.
    fn shrink(&mut self) {
        let len = self.entries.len();
        if len < self.entries.capacity() / 8 {
            let Self { entries, ids, hasher, .. } = self;
            ids.shrink_to(2 * len, |&id| key_hash(entries, hasher, id));
            entries.shrink_to(2 * len, |entry| hash_of(entry.id));
        }
        if self.line.len() < self.line.capacity() / 8 {
            self.line.shrink_to(2 * self.line.len());
        }
    }

    /// The first in line, and when it is due.
    pub(super) fn first(&self) -> Option<(Time, ConnId)> {
        let &id = self.line.front()?;
        Some((self.get(id)?.remnant.due, id))
    }
}

fn key_hash(entries: &HashTable<Box<Entry>>, hasher: &RandomState, id: ConnId) -> u64 {
    let entry = entries.find(hash_of(id), |entry| entry.id == id);
    entry.map_or(0, |entry| hasher.hash_one(entry.key))
}

impl Endpoint {
    /// A connection has nothing more to say: if that goes for ever, only a remnant stays. Says whether it does.
    pub(super) fn leave_remnant(&mut self, id: ConnId) -> bool {
        let Some(slot) = self.slots.get_mut(id) else { return false };
        let Some(remnant) = slot.whole().filter(|_| slot.place.is_none()).and_then(Connection::remnant)
        else {
            return false;
        };
        let (key, due) = (slot.key, remnant.due);
        let may_stand_in_line = !std::mem::replace(&mut slot.was_remnant, true);
        let in_line = self.remnants.insert(Entry { remnant, key, id }, may_stand_in_line);
        if in_line {
            self.deadlines.remove(&(due, id));
        }
        self.forget(id);
        self.forget_key(key);
        true
    }

    /// Its ports are free, or a remnant's. After a wave of connections, so is the memory that the wave took.
    pub(super) fn forget_key(&mut self, key: Key) {
        self.by_key.remove(&key);
        let len = self.by_key.len();
        if len < self.by_key.capacity() / 8 {
            self.by_key.shrink_to(2 * len);
        }
    }

    /// When the next tick is due, and for which connection.
    pub(super) fn next_deadline(&self) -> Option<(Time, ConnId)> {
        self.deadlines.first().copied().into_iter().chain(self.remnants.first()).min()
    }

    /// Something happens to a connection of which there may be but a remnant.
    pub(super) fn restore(&mut self, id: ConnId) {
        let Some(Entry { remnant, key, .. }) = self.remnants.remove(id) else { return };
        let mut slot = Slot::new(key, self.restored(id, key, &remnant), None);
        slot.is_known = true;
        slot.was_remnant = true;
        slot.deadline = (!remnant.in_line).then_some(remnant.due);
        self.slots.insert(id, slot);
        self.by_key.insert(key, id);
    }

    fn restored(&self, id: ConnId, key: Key, remnant: &Remnant) -> Connection {
        // What is random in an origin has done its work.
        Connection::from_remnant(self.origin_of(id, key, Time::ZERO), remnant)
    }

    /// The connection with this key, restored if need be.
    pub(super) fn whole_by_key(&mut self, key: Key) -> Option<ConnId> {
        if let Some(&id) = self.by_key.get(&key) {
            return Some(id);
        }
        let id = self.remnants.find(key)?;
        self.restore(id);
        Some(id)
    }

    pub(super) fn find_key(&self, key: Key) -> Option<ConnId> {
        self.by_key.get(&key).copied().or_else(|| self.remnants.find(key))
    }

    /// As [`Connection::may_be_taken_over`].
    pub(super) fn may_be_taken_over(&self, now: Time, id: ConnId, iss: SeqNum) -> Option<SeqNum> {
        match self.remnants.get(id) {
            Some(entry) => entry.remnant.may_be_taken_over(now, iss),
            None => self.slots.get(id)?.whole()?.may_be_taken_over(now, iss),
        }
    }

    /// Of a remnant little more can be seen than who it is.
    pub(super) fn remnant_info(&self, id: ConnId) -> Option<Info> {
        let entry = self.remnants.get(id)?;
        Some(self.restored(id, entry.key, &entry.remnant).info())
    }

    /// Who watches wants to hear of them, too.
    pub(super) fn restore_all(&mut self) {
        for id in self.remnants.ids() {
            self.restore(id);
            self.note(id);
        }
    }
}

#[cfg(test)]
mod tests;

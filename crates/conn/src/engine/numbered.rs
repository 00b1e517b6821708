//! What there is for each of many connections, found by their numbers.

use std::fmt;

use hashbrown::HashTable;

use super::message::ConnId;

/// A value for each of many connections.
pub(crate) struct Numbered<T>(HashTable<(ConnId, Box<T>)>);

impl<T: fmt::Debug> fmt::Debug for Numbered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.ids(|_| true);
        f.debug_map().entries(ids.into_iter().map(|id| (id, self.get(id)))).finish()
    }
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self(HashTable::new())
    }
}

impl<T> Numbered<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, id: ConnId) -> bool {
        self.get(id).is_some()
    }

    pub(crate) fn get(&self, id: ConnId) -> Option<&T> {
        self.0.find(hash_of(id), |entry| entry.0 == id).map(|(_, value)| &**value)
    }

    pub(crate) fn get_mut(&mut self, id: ConnId) -> Option<&mut T> {
        self.0.find_mut(hash_of(id), |entry| entry.0 == id).map(|(_, value)| &mut **value)
    }

    /// Takes one in whose number no other has.
    pub(crate) fn insert(&mut self, id: ConnId, value: T) {
        self.0.insert_unique(hash_of(id), (id, Box::new(value)), |entry| hash_of(entry.0));
    }

    /// The one with this number; a new one, if there is none.
    #[cfg(feature = "tokio")]
    pub(crate) fn or_default(&mut self, id: ConnId) -> &mut T
    where
        T: Default,
    {
        let entry = self.0.entry(hash_of(id), |entry| entry.0 == id, |entry| hash_of(entry.0));
        &mut entry.or_insert_with(|| (id, Box::default())).into_mut().1
    }

    /// Takes one out. After a wave of connections its memory is given back.
    pub(crate) fn remove(&mut self, id: ConnId) -> Option<Box<T>> {
        let found = self.0.find_entry(hash_of(id), |entry| entry.0 == id).ok()?;
        let ((_, value), _) = found.remove();
        let len = self.0.len();
        if len < self.0.capacity() / 8 {
            self.0.shrink_to(2 * len, |entry| hash_of(entry.0));
        }
        Some(value)
    }

    /// The numbers of those that are so, in order: nothing depends on how a table lies in memory.
    pub(crate) fn ids(&self, is_so: impl Fn(&T) -> bool) -> Vec<ConnId> {
        let mut ids: Vec<_> = self.0.iter().filter(|(_, value)| is_so(value)).map(|&(id, _)| id).collect();
        ids.sort_unstable();
        ids
    }
}

/// Numbers are ours, and given out in order: no one chooses them so that they collide.
pub(crate) fn hash_of(id: ConnId) -> u64 {
    u64::from(id.0).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

//! Cookies that came back: each opens one connection, however often the network repeats the segment that brought it. A
//! request would otherwise be carried out twice, once its first connection has ended.

use std::collections::{HashSet, VecDeque};

use lucid_congestion::Time;
use lucid_wire::SeqNum;

use super::IN_USE;
use crate::engine::endpoint::Key;

/// So many are remembered: about two megabytes. Where more come within the time for which a cookie is believed, the oldest
/// are forgotten.
const MOST: usize = 1 << 14;

/// The cookies that came back, as long as they would be believed once more.
#[derive(Debug, Default)]
pub(in crate::engine::endpoint) struct Redeemed {
    by_time: VecDeque<(Time, Key, SeqNum)>,
    all: HashSet<(Key, SeqNum)>,
}

impl Redeemed {
    pub(super) fn insert(&mut self, now: Time, key: Key, cookie: SeqNum) {
        let is_old = |&(at, ..): &(Time, Key, SeqNum)| at + IN_USE < now;
        while self.by_time.len() >= MOST || self.by_time.front().is_some_and(is_old) {
            let Some((_, key, cookie)) = self.by_time.pop_front() else { break };
            self.all.remove(&(key, cookie));
        }
        if self.all.insert((key, cookie)) {
            self.by_time.push_back((now, key, cookie));
        }
    }

    pub(super) fn contains(&self, key: Key, cookie: SeqNum) -> bool {
        self.all.contains(&(key, cookie))
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn key(n: u32) -> Key {
        let [a, b, c, d] = n.to_be_bytes();
        Key { peer: ([a, b, c, d], 9).into(), remote_port: 1, local_port: 2 }
    }

    #[test]
    fn what_is_remembered_is_bounded_in_time_and_number() {
        let mut redeemed = Redeemed::default();
        let cookie = SeqNum::new(7);
        for n in 0..=MOST as u32 {
            redeemed.insert(Time::from_millis(1), key(n), cookie);
        }
        assert_eq!((redeemed.all.len(), redeemed.by_time.len()), (MOST, MOST));
        assert!(!redeemed.contains(key(0), cookie) && redeemed.contains(key(1), cookie));
        assert!(!redeemed.contains(key(1), SeqNum::new(8)));

        redeemed.insert(Time::from_millis(2) + IN_USE + Duration::from_millis(1), key(0), cookie);
        assert_eq!((redeemed.all.len(), redeemed.by_time.len()), (1, 1));
    }
}

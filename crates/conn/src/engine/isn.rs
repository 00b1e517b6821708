//! Numbers that an outsider must not guess: initial sequence numbers and local ports.

use std::hash::Hasher;
use std::net::{IpAddr, SocketAddr};

use lucid_congestion::Time;
use lucid_wire::SeqNum;
use siphasher::sip::SipHasher24;

/// Where ephemeral ports begin (RFC 6335 section 6).
const FIRST_EPHEMERAL: u16 = 49152;

/// A keyed pseudorandom function over who talks to whom.
#[derive(Clone)]
pub(crate) struct Secret([u8; 16]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    pub(crate) fn new(key: [u8; 16]) -> Self {
        Self(key)
    }

    /// RFC 6528 3: ISN = M + F(addresses and ports, secret), M one tick every 4 microseconds (RFC 9293 section
    /// 3.4.1: MUST-8, SHLD-1; without the secret no one can compute it, MUST-9).
    pub(crate) fn isn(&self, peer: SocketAddr, local_port: u16, remote_port: u16, now: Time) -> SeqNum {
        let mut words = address_words(peer);
        words.extend([local_port, remote_port]);
        let offset = self.hash(b"isn", &words) as u32;
        let ticks = (now.as_nanos() / 4_000) as u32;
        SeqNum::new(offset) + ticks
    }

    /// Where a connection's timestamp clock begins (RFC 7323 section 7.1): the same for the next connection with these
    /// ports, so that its timestamps are later ones.
    pub(crate) fn timestamp_offset(&self, peer: SocketAddr, local_port: u16, remote_port: u16) -> u32 {
        let mut words = address_words(peer);
        words.extend([local_port, remote_port]);
        self.hash(b"timestamps", &words) as u32
    }

    /// Dice for a connection's congestion controller.
    pub(crate) fn dice(&self, peer: SocketAddr, local_port: u16, remote_port: u16, now: Time) -> u64 {
        let mut words = address_words(peer);
        words.extend([local_port, remote_port]);
        self.hash(b"dice", &words) ^ now.as_nanos()
    }

    /// The 32 bits that make a SYN cookie ours: over who asks, with which sequence number, and what the cookie says.
    pub(crate) fn cookie(
        &self,
        peer: SocketAddr,
        local_port: u16,
        remote_port: u16,
        irs: SeqNum,
        said: u64,
    ) -> u32 {
        let mut words = address_words(peer);
        words.extend([local_port, remote_port]);
        words.extend([irs.get().into(), said].iter().flat_map(|&number| {
            [number >> 48, number >> 32, number >> 16, number].map(|word: u64| word as u16)
        }));
        self.hash(b"cookie", &words) as u32
    }

    /// The `attempt`-th local port to try towards this peer (RFC 6056 section 3.3.3: hash and count).
    pub(crate) fn local_port(&self, peer: SocketAddr, remote_port: u16, attempt: u32) -> u16 {
        let range = u64::from(u16::MAX - FIRST_EPHEMERAL) + 1;
        let mut words = address_words(peer);
        words.push(remote_port);
        let offset = self.hash(b"port", &words).wrapping_add(u64::from(attempt)) % range;
        FIRST_EPHEMERAL + offset as u16
    }

    /// How many local ports there are to try.
    pub(crate) const PORTS: u32 = (u16::MAX - FIRST_EPHEMERAL) as u32 + 1;

    /// Over bytes that we choose, not over what `Hash` makes of a value: a recording replays with every compiler.
    fn hash(&self, purpose: &[u8], words: &[u16]) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(purpose);
        for word in words {
            hasher.write(&word.to_be_bytes());
        }
        hasher.finish()
    }
}

/// A UDP address as 16-bit words; IPv4 in IPv6's mapped form.
fn address_words(address: SocketAddr) -> Vec<u16> {
    let ip = match address.ip() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    let mut words = ip.segments().to_vec();
    words.push(address.port());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn isn(secret: u8, port: u16, at: Time) -> SeqNum {
        let peer = SocketAddr::from(([127, 0, 0, 1], 7));
        Secret::new([secret; 16]).isn(peer, port, 80, at)
    }

    /// RFC 9293 3.4.1: 4 microseconds a tick (MUST-8).
    #[test]
    fn the_clock_drives_it() {
        let earlier = isn(1, 5000, Time::from_micros(4));
        assert_eq!(isn(1, 5000, Time::from_micros(4_000_004)).distance_from(earlier), 1_000_000);
    }

    /// SHLD-1, MUST-9.
    #[test]
    fn ports_and_secret_change_it() {
        assert_ne!(isn(1, 5000, Time::ZERO), isn(1, 5001, Time::ZERO));
        assert_ne!(isn(1, 5000, Time::ZERO), isn(2, 5000, Time::ZERO));
    }

    /// RFC 7323 7.1: so that the timestamps of one connection tell nothing of another's.
    #[test]
    fn each_connection_has_a_clock_and_dice_of_its_own() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 7));
        let secret = Secret::new([1; 16]);
        let numbers = |port, at| (secret.timestamp_offset(peer, port, 80), secret.dice(peer, port, 80, at));
        let (one, other) = (numbers(5000, Time::ZERO), numbers(5001, Time::ZERO));
        assert!(one.0 != other.0 && one.1 != other.1);
        let later = numbers(5000, Time::from_millis(1));
        assert!(one.0 == later.0 && one.1 != later.1, "the clock goes on, the dice are thrown anew");
    }

    /// Of all 64 bits that it says: a guess at any of them is one guess more.
    #[test]
    fn a_cookie_is_of_all_that_it_says() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 7));
        let secret = Secret::new([1; 16]);
        let cookie = |irs, said| secret.cookie(peer, 5000, 80, SeqNum::new(irs), said);
        let saying: std::collections::BTreeSet<u32> = (0..64).map(|bit| cookie(0, 1 << bit)).collect();
        let asked: std::collections::BTreeSet<u32> = (0..32).map(|bit| cookie(1 << bit, 0)).collect();
        assert_eq!((saying.len(), asked.len()), (64, 32));
    }

    /// RFC 6056 3.3.3: from somewhere in the range on, one after the other, all of them.
    #[test]
    fn the_ports_to_try_are_all_ephemeral_ones_in_turn() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 7));
        let secret = Secret::new([1; 16]);
        let tried: Vec<u16> =
            (0..Secret::PORTS).map(|attempt| secret.local_port(peer, 80, attempt)).collect();
        let all: std::collections::BTreeSet<u16> = tried.iter().copied().collect();
        assert_eq!((all.len(), all.first()), (16_384, Some(&FIRST_EPHEMERAL)));
        assert!(tried.windows(2).all(|two| two[1] == two[0].wrapping_add(1).max(FIRST_EPHEMERAL)));
    }
}

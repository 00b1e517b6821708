//! How large a datagram the path carries, found by sending larger ones (RFC 8899), in-band: a probe is a segment of real
//! data that is larger than the others (RFC 4821).
//!
//! ```text
//!           a larger one arrives                         3 of one size don't
//!   BASE --------------------------> search for larger ----------------------> complete
//!    ^                                   ^                                        |
//!    |                                   +----------- 600 s have passed ----------+
//!    +---- black hole: large segments vanish, and a small one passes -------------+
//! ```
//! Messages from routers ("packet too big") don't reach us, and are not needed.

use core::time::Duration;

use lucid_congestion::Time;
use serde::{Deserialize, Serialize};

use super::position::Position;

/// RFC 8899 5.1.2: so many losses of one size say that the path doesn't carry it.
const MAX_PROBES: u8 = 3;
/// RFC 8899 5.1.1: after this long, what did not pass is tried again.
const RAISE_AFTER: Duration = Duration::from_secs(600);
/// RFC 8899 5.1.2: a UDP payload that nearly every path carries.
const BASE: u16 = 1200;
/// IP packets as large as paths carry in practice. What is likely is tried first; the others narrow down what is left.
const LIKELY: [u32; 3] = [1500, 9000, 65535];
const OTHERS: [u32; 5] = [1280, 1360, 1400, 1440, 1480];

/// What surrounds a segment's payload, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overhead {
    /// IP and UDP.
    pub(crate) below: u16,
    /// Our header with the options of every segment.
    pub(crate) header: u16,
}

/// The search for the largest segment that the path carries. All sizes are bytes of payload.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PathMtu {
    /// The sizes to try, ascending. The first is taken to pass; the last is the most that either side takes.
    sizes: Vec<Size>,
    /// The one in use.
    current: usize,
    /// The smallest that did not pass, or how many there are.
    too_large: usize,
    /// The probe under way.
    probe: Option<Probe>,
    /// How many probes of its size were lost.
    lost_probes: u8,
    /// No probe before this is acknowledged: the last one's loss is being repaired.
    not_before: Option<Position>,
    /// When the sizes that did not pass are tried again.
    raise_at: Option<Time>,
    suspicion: Suspicion,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Size {
    payload: u16,
    is_likely: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Probe {
    start: Position,
    end: Position,
    size: usize,
}

/// Signs of a black hole: timeouts of large segments, while none of them arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Suspicion {
    timeouts: u8,
    /// Since the second of them a small segment has passed.
    small_passed: bool,
}

/// What an event means for the size of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing changes.
    Keep,
    /// The path carries more: segments have this size from now on.
    Raised(u16),
    /// The next segment is a small one, to see whether that passes.
    TrySmall(u16),
    /// It has passed: the size in use is tried again.
    Resume(u16),
    /// A black hole: back to the first size.
    FellBack(u16),
}

impl PathMtu {
    /// One size, for good.
    pub(crate) fn fixed(payload: u16) -> Self {
        Self::of(vec![Size { payload, is_likely: true }])
    }

    /// A search up to `max` bytes of payload.
    pub(crate) fn discover(max: u16, overhead: Overhead) -> Self {
        let base = Self::base_of(max, overhead);
        let around = u32::from(overhead.below) + u32::from(overhead.header);
        let payload = |packet: u32| u16::try_from(packet.saturating_sub(around)).unwrap_or(u16::MAX);
        let likely = LIKELY.iter().map(|&packet| Size { payload: payload(packet), is_likely: true });
        let others = OTHERS.iter().map(|&packet| Size { payload: payload(packet), is_likely: false });
        let ends = [base, max].map(|payload| Size { payload, is_likely: true });
        let mut sizes: Vec<_> =
            likely.chain(others).filter(|size| (base..max).contains(&size.payload)).collect();
        sizes.extend(ends);
        sizes.sort_by_key(|size| size.payload);
        sizes.dedup_by_key(|size| size.payload);
        Self::of(sizes)
    }

    /// What nearly every path carries, of at most `max` bytes of payload.
    pub(crate) fn base_of(max: u16, overhead: Overhead) -> u16 {
        BASE.saturating_sub(overhead.header).min(max)
    }

    fn of(sizes: Vec<Size>) -> Self {
        Self {
            current: 0,
            too_large: sizes.len(),
            sizes,
            probe: None,
            lost_probes: 0,
            not_before: None,
            raise_at: None,
            suspicion: Suspicion::default(),
        }
    }

    /// The payload of a full segment.
    pub(crate) fn size(&self) -> u16 {
        self.payload(self.current)
    }

    fn payload(&self, index: usize) -> u16 {
        self.sizes.get(index).map_or(BASE, |size| size.payload)
    }

    fn base(&self) -> u16 {
        self.payload(0)
    }

    /// The larger size to try next, once everything before `una` is acknowledged.
    pub(crate) fn candidate(&self, una: Position) -> Option<u16> {
        let repaired = self.not_before.is_none_or(|place| una >= place);
        let calm = self.probe.is_none() && self.suspicion == Suspicion::default();
        if repaired && calm { self.next().map(|index| self.payload(index)) } else { None }
    }

    /// The smallest likely one, or the middle of what is left.
    fn next(&self) -> Option<usize> {
        let open = self.current + 1..self.too_large;
        let likely = open.clone().find(|&index| self.sizes.get(index).is_some_and(|size| size.is_likely));
        likely.or_else(|| open.clone().nth(open.len() / 2))
    }

    /// A segment larger than the others is being sent.
    pub(crate) fn on_probe_sent(&mut self, start: Position, end: Position) {
        if let Some(size) = self.next() {
            self.probe = Some(Probe { start, end, size });
        }
    }

    /// Whether this segment is the probe.
    pub(crate) fn is_probe(&self, start: Position, end: Position) -> bool {
        self.probe.is_some_and(|probe| probe.start == start && probe.end == end)
    }

    /// It arrived, whole: the path carries its size.
    pub(crate) fn on_probe_arrived(&mut self) -> Verdict {
        let Some(probe) = self.probe.take() else { return Verdict::Keep };
        self.current = probe.size;
        self.lost_probes = 0;
        Verdict::Raised(self.size())
    }

    /// It was lost, with everything up to `nxt` sent. One loss may be chance.
    pub(crate) fn on_probe_lost(&mut self, now: Time, nxt: Position) {
        let Some(probe) = self.probe.take() else { return };
        self.not_before = Some(nxt);
        self.lost_probes += 1;
        if self.lost_probes >= MAX_PROBES {
            self.lost_probes = 0;
            self.give_up(now, probe.size);
        }
    }

    /// A datagram with so many bytes of ours, the header with them, could not leave: if the probe is as large, its size is
    /// out of the question. Says where the probe ends.
    pub(crate) fn on_too_large(&mut self, now: Time, bytes: usize) -> Option<Position> {
        let probe = self.probe.filter(|probe| bytes >= usize::from(self.payload(probe.size)))?;
        self.probe = None;
        self.lost_probes = 0;
        self.give_up(now, probe.size);
        Some(probe.end)
    }

    fn give_up(&mut self, now: Time, size: usize) {
        self.too_large = size;
        self.raise_at = Some(now + RAISE_AFTER);
    }

    /// An acknowledgment up to `una` came, and with it the news that segments have arrived, the largest of so many bytes.
    pub(crate) fn on_arrived(&mut self, now: Time, una: Position, largest: u64) -> Verdict {
        // What was a probe has arrived in pieces, or when no one knows which sending counts.
        if self.probe.is_some_and(|probe| una >= probe.end) {
            self.on_probe_lost(now, una);
        }
        if self.raise_at.is_some_and(|at| at <= now) {
            self.raise_at = None;
            self.too_large = self.sizes.len();
        }
        if largest > u64::from(self.base()) {
            let was_small = std::mem::take(&mut self.suspicion).timeouts >= 2;
            return if was_small { Verdict::Resume(self.size()) } else { Verdict::Keep };
        }
        if largest > 0 && self.suspicion.timeouts >= 2 && !self.suspicion.small_passed {
            self.suspicion.small_passed = true;
            return Verdict::Resume(self.size());
        }
        Verdict::Keep
    }

    /// The retransmission timer expired for a segment of so many bytes.
    ///
    /// A black hole is where large segments time out again and again, none of them arriving in between, while a small
    /// one, sent to see, does (X-21). Chance takes a large one sometimes, but others arrive; a dead link takes the small
    /// one, too.
    pub(crate) fn on_timeout(&mut self, now: Time, front: u64) -> Verdict {
        if self.current == 0 || front <= u64::from(self.base()) {
            return Verdict::Keep;
        }
        self.suspicion.timeouts = self.suspicion.timeouts.saturating_add(1);
        let Suspicion { timeouts, small_passed } = self.suspicion;
        if small_passed && timeouts >= MAX_PROBES {
            self.suspicion = Suspicion::default();
            self.give_up(now, self.current);
            (self.current, self.probe, self.lost_probes) = (0, None, 0);
            return Verdict::FellBack(self.size());
        }
        if timeouts >= 2 { Verdict::TrySmall(self.base()) } else { Verdict::Keep }
    }
}

#[cfg(test)]
mod tests;

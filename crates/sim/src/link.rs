//! One direction of a link: packets go in, and come out later, changed, twice, or not at all.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::faults::Faults;
use crate::loss::Loss;
use crate::queue::RateQueue;
use crate::touch::Touch;
use crate::way::{Journey, Way};

/// What a link must know of a packet.
#[expect(clippy::len_without_is_empty, reason = "a length on the wire, not a collection")]
pub trait Packet: Clone {
    /// Bytes on the wire.
    fn len(&self) -> usize;
    /// Whether scripted verdicts such as `data:7` count it.
    fn is_data(&self) -> bool;
    /// Flips this bit; `bit` is less than `8 * len()`.
    fn corrupt(&mut self, bit: usize);
    /// Marks it as one that met a long queue, if it is of a kind that can be marked: whether it was.
    fn mark(&mut self) -> bool {
        false
    }
}

/// What happened to a packet as it entered. The default: passed untouched.
///
/// If it was dropped, nothing else happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// Why it will not arrive.
    pub dropped: Option<DropReason>,
    /// It will arrive twice.
    pub duplicated: bool,
    /// It will arrive with one bit flipped.
    pub corrupted: bool,
    /// It is held back, so that later packets may overtake it.
    pub reordered: bool,
    /// It met a long queue, and says so: [`Faults::mark`].
    pub marked: bool,
}

/// Why a packet was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DropReason {
    /// Bad luck: [`Faults::loss`].
    Random,
    /// Bad luck that lasts: [`Faults::burst`].
    Burst,
    /// By number: [`Faults::drop`].
    Scripted,
    /// No room: [`Faults::queue`] would overflow, or [`MAX_IN_TRANSIT`] packets are under way.
    QueueFull,
    /// The link was dead: [`Faults::blackout`].
    Blackout,
    /// It is longer than [`Faults::mtu`].
    TooLarge,
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "random loss",
            Self::Burst => "burst loss",
            Self::Scripted => "scripted drop",
            Self::QueueFull => "queue full",
            Self::Blackout => "blackout",
            Self::TooLarge => "too large",
        })
    }
}

/// How many packets a link holds at most, copies included. One more is dropped as [`DropReason::QueueFull`]
/// (or, if it is a copy, not made): memory stays bounded, however long the delay.
pub const MAX_IN_TRANSIT: usize = 65_536;

/// One direction of a link.
///
/// Call [`push`](Self::push) when a packet is sent, [`next_delivery`](Self::next_delivery) to know when to come
/// back, then [`pop`](Self::pop) until it returns `None`. Time is counted from the beginning of the run and
/// should not run backwards; if it does, nothing breaks, and nothing is delivered early.
#[derive(Debug, Clone)]
pub struct Link<P> {
    transparent: bool,
    loss: Loss,
    touch: Touch,
    line: Option<RateQueue>,
    way: Way,
    /// By time of delivery, then in the order of sending.
    in_transit: BTreeMap<(Duration, u64), P>,
    sent: u64,
}

impl<P: Packet> Link<P> {
    /// A link with these faults. The same faults and seed, given the same packets at the same times, do the
    /// same. For the two directions of a path take two seeds: see [`split_seed`](crate::split_seed).
    #[expect(clippy::needless_pass_by_value, reason = "a link owns what makes it")]
    pub fn new(faults: Faults, seed: u64) -> Self {
        Self {
            transparent: faults.is_perfect(),
            loss: Loss::new(&faults, seed),
            touch: Touch::new(&faults, seed),
            line: faults.rate.map(|rate| {
                let line = RateQueue::new(rate, faults.queue_bytes(rate));
                line.changing(&faults.rate_changes).marking(faults.mark)
            }),
            way: Way::new(&faults, seed),
            in_transit: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Sends a packet and says what happens to it.
    pub fn push(&mut self, now: Duration, mut packet: P) -> Verdict {
        // All dice are thrown before anything is decided: each fault throws the same for every packet.
        let lost = self.loss.judge(now, packet.len(), packet.is_data());
        let touch = self.touch.decide(packet.len());
        let journey = self.way.decide();
        if let Some(reason) = lost {
            return Verdict { dropped: Some(reason), ..Verdict::default() };
        }
        let is_queue_long = self.line.as_mut().is_some_and(|line| line.is_long(now));
        let Some(departure) = self.enter(now, packet.len()) else {
            return Verdict { dropped: Some(DropReason::QueueFull), ..Verdict::default() };
        };
        if let Some(bit) = touch.flip {
            packet.corrupt(bit);
        }
        let marked = is_queue_long && packet.mark();
        let copy = touch.duplicate.then(|| packet.clone());
        self.send(departure, journey, packet);
        let duplicated = copy.is_some_and(|copy| self.send_copy(now, journey, copy));
        let corrupted = touch.flip.is_some();
        Verdict { dropped: None, duplicated, corrupted, reordered: journey.held, marked }
    }

    /// When the next packet is due, if any is under way.
    pub fn next_delivery(&self) -> Option<Duration> {
        self.in_transit.first_key_value().map(|(&(at, _), _)| at)
    }

    /// The next packet due at or before `now`: the earliest first, and of those due at once the one sent first.
    pub fn pop(&mut self, now: Duration) -> Option<P> {
        let next = self.in_transit.first_entry()?;
        let (at, _) = *next.key();
        (at <= now).then(|| next.remove())
    }

    /// How long a packet that enters now would wait for those before it until the line is free. Zero if the
    /// link has no rate. A packet of no bytes waits as long as any.
    pub fn waiting_time(&mut self, now: Duration) -> Duration {
        self.line.as_mut().map_or(Duration::ZERO, |line| line.free_at(now).saturating_sub(now))
    }

    /// How many packets are under way: pushed, not lost, not yet popped. Copies count.
    pub fn in_transit(&self) -> usize {
        self.in_transit.len()
    }

    /// Whether there are no faults at all: a driver may then send straight on, without this link.
    pub fn is_transparent(&self) -> bool {
        self.transparent
    }

    /// When the packet has left the line; `None` if there is no room for it.
    fn enter(&mut self, now: Duration, len: usize) -> Option<Duration> {
        if self.in_transit.len() >= MAX_IN_TRANSIT {
            return None;
        }
        match &mut self.line {
            Some(line) => line.accept(now, len),
            None => Some(now),
        }
    }

    fn send(&mut self, departure: Duration, journey: Journey, packet: P) {
        let at = self.way.arrival(departure, journey);
        self.in_transit.insert((at, self.sent), packet);
        self.sent += 1;
    }

    /// Whether there was room for the copy.
    fn send_copy(&mut self, now: Duration, journey: Journey, copy: P) -> bool {
        let departure = self.enter(now, copy.len());
        departure.map(|departure| self.send(departure, journey, copy)).is_some()
    }
}

#[cfg(test)]
mod tests;

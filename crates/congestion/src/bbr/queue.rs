//! Whether there is a queue, told by round trips. The draft goes by losses alone.

use core::time::Duration;

use super::Bbr;
use super::probe_bw::Feedback;
use super::sample::Sample;
use super::state::State;

/// The least of some round trips: one by itself says little, since they vary.
#[derive(Debug, Clone, Copy, Default)]
struct LeastOf {
    least: Option<Duration>,
    count: u32,
}

impl LeastOf {
    fn add(&mut self, rtt: Duration) {
        self.least = Some(self.least.map_or(rtt, |least| least.min(rtt)));
        self.count += 1;
    }

    /// Begins anew.
    fn take(&mut self) -> Option<Duration> {
        core::mem::take(self).least
    }
}

/// Whether this round trip is longer than `empty`, the path's without a queue, by a sixteenth, within the bounds that
/// HyStart++ has for the same question (RFC 9406 section 4.3).
fn shows_queue(rtt: Duration, empty: Duration) -> bool {
    const LEAST: Duration = Duration::from_millis(4);
    const MOST: Duration = Duration::from_millis(16);
    rtt > empty.saturating_add((empty / 16).clamp(LEAST, MOST))
}

/// Whether this round trip is as good as `empty`, the path's without a queue.
pub(super) fn shows_none(rtt: Duration, empty: Duration) -> bool {
    rtt <= empty.saturating_add(empty / 32)
}

/// What round trips say of queues.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Queue {
    /// There was a queue for the whole of a round in which we sent no faster than the path: not ours alone.
    pub(super) standing: bool,
    /// There was one for the whole of the last round.
    pub(super) in_last_round: bool,
    /// There was none worth mention for some of the last round.
    pub(super) drained: bool,
    /// The round under way began in Cruise: it meets nothing of a probe's queue.
    cruising: bool,
    in_round: LeastOf,
    in_probe: LeastOf,
}

impl Queue {
    pub(super) fn begin_probe(&mut self) {
        self.in_probe = LeastOf::default();
    }
}

impl Bbr {
    pub(super) fn watch_queue(&mut self, sample: &Sample) {
        let Some(empty) = self.min_rtt.rtt else { return };
        if self.rounds.started {
            let least = self.queue.in_round.take();
            self.queue.in_last_round = least.is_some_and(|least| shows_queue(least, empty));
            self.queue.drained = least.is_some_and(|least| shows_none(least, empty));
            if self.queue.cruising {
                self.queue.standing = self.queue.in_last_round;
            }
            self.queue.cruising = self.state == State::Cruise;
        }
        if let Some(rtt) = sample.rtt {
            self.queue.in_round.add(rtt);
        }
    }

    /// What was sent in the probe has met a queue. At 1.25 times the bandwidth there is no other reason for it
    /// than that the path is full, and waiting for it to grow would show nothing more.
    pub(super) fn probe_makes_queue(&mut self, sample: &Sample) -> bool {
        const ROUND_TRIPS: u32 = 8;
        let (Some(rtt), Some(empty)) = (sample.rtt, self.min_rtt.rtt) else { return false };
        if !self.parameters.heed_queue || self.queue.standing || self.probe.feedback != Feedback::Probing {
            return false;
        }
        self.queue.in_probe.add(rtt);
        self.queue.in_probe.count >= ROUND_TRIPS
            && self.queue.in_probe.take().is_some_and(|least| shows_queue(least, empty))
    }
}

//! What BBR's response to loss is tuned by.

use super::sample::between;

/// How much loss BBR takes for congestion, and what it makes of queues.
///
/// [`DRAFT`](Self::DRAFT) is what the draft says. The default departs from it, since the draft takes any loss but
/// that of a probe, and 2 % in a probe, for a sign of congestion: 1 % of random loss on 100 Mbit/s and 50 ms leaves
/// it four fifths of the link, 3 % a tenth. Many a radio link is like that, while version 1 (Linux's) doesn't heed
/// loss at all and fills such links, but overruns short queues without end. The default listens to round trips:
///
/// * A queue that *stands*, one there for a whole round in which we sent no faster than the path, is shared with
///   others or too short for all. There, loss is congestion, and all is as in the draft.
/// * Where no queue stands, losses are noise until they are more than a link should have:
///   [`noise_in_probe`](Self::noise_in_probe) and [`noise_in_round`](Self::noise_in_round). Several percent of
///   random loss, or bursts of it, stay below that, while a probe that overruns a short queue, or a policer, loses
///   a fifth of what it sends, and is noticed within a round. Outside of a probe it takes two such rounds in a row: a
///   burst is over after one, while a path that has become too narrow goes on losing.
/// * [`heed_queue`](Self::heed_queue): a probe that has made a queue ends, and a path seen without one needs no
///   ProbeRTT as often, nor a rate below its own.
///
/// Values out of range are brought into `0..=1` when the controller is built; a NaN counts as 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BbrParameters {
    /// BBR.LossThresh: the share of what is in flight that may be lost while probing for bandwidth, before the
    /// probe is taken to have gone too far.
    pub loss_threshold: f64,
    /// The same where no queue stands, if it is more. 12 %: far from what 3 % of random loss comes to by chance, more
    /// than a burst or two on a path of 170 segments, and well below the fifth that a probe loses where there is no
    /// queue at all.
    pub noise_in_probe: f64,
    /// The share of a round that may be lost, where no queue stands, and of the next one as well, before the short-term
    /// bounds go down. 10 %: two bursts of eight in 170 segments stay below it. At 0 a single lossy round does it.
    pub noise_in_round: f64,
    /// BBR.Beta: what a lossy round leaves of the bounds, at least.
    pub beta: f64,
    /// End a probe as soon as its own round trips show a queue: they grow for no other reason than that the path
    /// is full. The draft waits for three rounds without more bandwidth, which makes the queue three times as
    /// long. Put ProbeRTT off, to every ten seconds or hundred round trips, while round trips come close to the shortest one known, which then
    /// holds: a fifth of a second at half the rate would show nothing more. And pace at all of the bandwidth as long as
    /// they do: one percent less, as the draft has it, is for a queue that has to shrink.
    pub heed_queue: bool,
}

impl BbrParameters {
    /// As the draft has it: probing bears 2 %, and a single lost segment makes a round lossy.
    pub const DRAFT: Self =
        Self { loss_threshold: 0.02, noise_in_probe: 0.0, noise_in_round: 0.0, beta: 0.7, heed_queue: false };

    pub(super) fn in_range(self) -> Self {
        let share = |value| between(value, 0.0, 1.0);
        Self {
            loss_threshold: share(self.loss_threshold),
            noise_in_probe: share(self.noise_in_probe),
            noise_in_round: share(self.noise_in_round),
            beta: share(self.beta),
            heed_queue: self.heed_queue,
        }
    }
}

impl Default for BbrParameters {
    fn default() -> Self {
        Self { noise_in_probe: 0.12, noise_in_round: 0.1, heed_queue: true, ..Self::DRAFT }
    }
}

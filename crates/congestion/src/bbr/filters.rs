//! Windowed maxima.

/// BBR.max_bw_filter: the highest rate of the present probing cycle and the one before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MaxBandwidth {
    before: f64,
    present: f64,
}

impl MaxBandwidth {
    /// BBR.max_bw, bytes per second; 0: never measured.
    pub(super) fn get(&self) -> f64 {
        self.before.max(self.present)
    }

    /// UpdateMaxBw: the application's limit is not the path's, but if it exceeds what we thought of the path,
    /// the path is faster than that.
    pub(super) fn update(&mut self, rate: f64, app_limited: bool) {
        if rate >= self.get() || !app_limited {
            self.present = self.present.max(rate);
        }
    }

    /// AdvanceMaxBwFilter: a cycle ends. One in which nothing was measured doesn't count.
    pub(super) fn advance(&mut self) {
        if self.present > 0.0 {
            self.before = self.present;
            self.present = 0.0;
        }
    }
}

/// A maximum for each of the last few rounds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MaxOverRounds {
    latest: u64,
    maxima: [f64; Self::ROUNDS],
}

impl MaxOverRounds {
    /// BBR.ExtraAckedFilterLen, and the round under way.
    pub(super) const ROUNDS: usize = 11;

    pub(super) fn update(&mut self, round: u64, value: f64) {
        let skipped = round.saturating_sub(self.latest).min(Self::ROUNDS as u64);
        for past in 0..skipped {
            self.maxima[Self::place(round - past)] = 0.0;
        }
        self.latest = round;
        let here = &mut self.maxima[Self::place(round)];
        *here = here.max(value);
    }

    /// The maximum over the round under way and the `back` rounds before it.
    pub(super) fn over(&self, back: u64) -> f64 {
        let rounds = self.latest.saturating_sub(back)..=self.latest;
        rounds.map(|round| self.maxima[Self::place(round)]).fold(0.0, f64::max)
    }

    fn place(round: u64) -> usize {
        (round % Self::ROUNDS as u64) as usize
    }
}

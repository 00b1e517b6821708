//! The round trip without a queue: remembering it, and making room to see it again.

use core::time::Duration;

use super::Bbr;
use super::probe_bw::Feedback;
use super::queue::shows_none;
use super::sample::Sample;
use super::state::State;
use crate::Time;

/// Section "ProbeRTT Logic": the smallest round trip of the last ten seconds, and of the last five.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MinRtt {
    /// BBR.min_rtt.
    pub(super) rtt: Option<Duration>,
    at: Time,
    /// BBR.probe_rtt_min_delay.
    recent: Option<Duration>,
    recent_at: Time,
    /// Until when a visit to ProbeRtt may be put off.
    put_off_until: Option<Time>,
    /// BBR.probe_rtt_expired.
    expired: bool,
}

impl MinRtt {
    /// BBR.MinRTTFilterLen.
    const FILTER: Duration = Duration::from_secs(10);
    /// BBR.ProbeRTTInterval.
    const INTERVAL: Duration = Duration::from_secs(5);
    /// A visit costs a round trip or two at half the rate: where that is long, it is put off for so many round trips.
    const ROUND_TRIPS: u32 = 100;

    /// UpdateMinRTT. A round trip as short as ever, or nearly so, shows as much as a visit to ProbeRtt would: if
    /// `heed_queue`, it puts that visit off. But not for ever: who came late has only seen the others' queue, takes it for
    /// the path's own length, and would never know better. Who `leaves_room` has no need to make some.
    fn update(&mut self, now: Time, rtt: Option<Duration>, heed_queue: bool, leaves_room: bool) {
        let due = self.put_off_until.is_some_and(|until| now > until);
        self.expired = self.recent.is_some() && (now > self.recent_at + Self::INTERVAL || heed_queue && due);
        let Some(rtt) = rtt else { return };
        if self.expired || leaves_room || self.rtt.is_none_or(|least| rtt < least - least / 32) {
            self.put_off_until = Some(now + Self::FILTER.max(rtt.saturating_mul(Self::ROUND_TRIPS)));
        }
        if self.expired || self.recent.is_none_or(|recent| rtt < recent) {
            self.recent = Some(rtt);
            self.recent_at = now;
        }
        if heed_queue && self.rtt.is_some_and(|least| shows_none(rtt, least)) {
            self.recent_at = now;
        }
        let outdated = now > self.at + Self::FILTER;
        if let Some(recent) = self.recent
            && (outdated || self.rtt.is_none_or(|rtt| recent < rtt))
        {
            self.rtt = Some(recent);
            self.at = self.recent_at;
        }
    }
}

/// A visit to ProbeRtt.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ProbeRtt {
    /// BBR.probe_rtt_done_stamp: little enough is in flight, and shall be until then.
    until: Option<Time>,
    /// BBR.probe_rtt_round_done.
    round_done: bool,
    /// The counts of delivered bytes between which what was sent was sent slowly on purpose.
    slow: Option<(f64, f64)>,
}

impl ProbeRtt {
    /// MarkConnectionAppLimited, for a sample of the time when we held back ourselves.
    pub(super) fn held_back(&self, sample: &Sample) -> bool {
        self.slow.is_some_and(|(from, until)| (from..=until).contains(&sample.prior_delivered))
    }
}

impl Bbr {
    /// BBR.ProbeRTTDuration.
    const PROBE_RTT: Duration = Duration::from_millis(200);

    /// UpdateMinRTT and CheckProbeRTT.
    pub(super) fn check_probe_rtt(&mut self, sample: &Sample) {
        let leaves_room = sample.app_limited || sample.in_flight <= self.probe_rtt_window();
        self.min_rtt.update(sample.now, sample.rtt, self.parameters.heed_queue, leaves_room);
        if self.state != State::ProbeRtt && self.min_rtt.expired && !self.idle_restart {
            self.save_window();
            self.state = State::ProbeRtt;
            self.probe_rtt = ProbeRtt {
                slow: Some((sample.total_delivered, sample.total_delivered)),
                ..ProbeRtt::default()
            };
            self.probe.feedback = Feedback::Stopping;
            self.rounds.begin();
        }
        if self.state == State::ProbeRtt {
            self.handle_probe_rtt(sample);
        }
        if sample.delivered > 0.0 {
            self.idle_restart = false;
        }
    }

    /// HandleProbeRTT: 200 ms and a round with little in flight.
    fn handle_probe_rtt(&mut self, sample: &Sample) {
        if let Some((_, until)) = &mut self.probe_rtt.slow {
            *until = sample.total_delivered + sample.in_flight;
        }
        if self.probe_rtt.until.is_some() {
            self.probe_rtt.round_done |= self.rounds.started;
            if self.probe_rtt.round_done {
                self.check_probe_rtt_done(sample.now);
            }
        } else if sample.in_flight <= self.probe_rtt_window() {
            self.probe_rtt.until = Some(sample.now + Self::PROBE_RTT);
            self.probe_rtt.round_done = false;
            self.rounds.begin();
        }
    }

    /// CheckProbeRTTDone and ExitProbeRTT.
    pub(super) fn check_probe_rtt_done(&mut self, now: Time) {
        if self.probe_rtt.until.is_none_or(|until| now <= until) {
            return;
        }
        self.min_rtt.recent_at = now;
        self.restore_window();
        self.bounds.reset_shortterm();
        if self.full_pipe.reached {
            // As if probing had just ended; but little is in flight, so there is nothing to drain.
            self.start_down(now);
            self.start_cruise();
        } else {
            self.enter_startup();
        }
    }
}

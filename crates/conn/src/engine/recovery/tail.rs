//! The tail loss probe (RFC 8985 section 7): what follows nothing is missed by no one, so the end of a flight is probed
//! long before the retransmission timer would.

use core::time::Duration;

use lucid_congestion::{Loss as LossEvent, Recovery, Time};
use serde::{Deserialize, Serialize};

use super::scoreboard::News;
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::event::What;
use crate::engine::position::Position;
use crate::engine::timers::Timer;

/// A probe is out.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct TailProbe {
    /// TLP.end_seq: SND.NXT with the probe.
    end: Position,
    /// TLP.is_retrans: it was the last segment again.
    again: bool,
}

impl Connection {
    /// Section 7.2: a probe is scheduled only where a loss at the end would go unnoticed.
    pub(in crate::engine) fn arm_tail_probe(&mut self, now: Time) {
        let in_flight = self.sender.in_flight();
        let wanted = self.agreed.sack
            && self.origin.config.tail_loss_probe
            && self.episode.is_none()
            && self.tail_probe.is_none()
            && !in_flight.is_empty()
            && in_flight.arrived_segments() == 0
            && in_flight.lost() == 0
            && self.timers.due(Timer::Retransmit).is_some();
        let Some(smoothed) = self.rtt.smoothed().filter(|_| wanted) else {
            return self.timers.stop(Timer::TailProbe);
        };
        if self.timers.due(Timer::TailProbe).is_some() {
            return;
        }
        // Two round trips after the last sending, rather than after the last ACK as the RFC has it: an ACK that comes
        // says nothing against the loss of what was sent behind it. A lone segment's ACK may be delayed, by as long as
        // we would delay it ourselves. Where ACKs come later than that they get half a round trip more.
        let lone = in_flight.segments() == 1;
        let delay = if lone { self.origin.config.ack_delay } else { Duration::ZERO };
        let slack = self.origin.config.rto.granularity.min(MAX_SLACK);
        let at = (self.last_sent + 2 * smoothed + delay + slack).max(now + smoothed / 2);
        let timeout = self.timers.due(Timer::Retransmit).unwrap_or(at);
        self.timers.set(Timer::TailProbe, at.min(timeout));
    }

    /// Section 7.3.
    pub(in crate::engine) fn tail_probe_timeout(&mut self, now: Time) {
        let again = self.sender.probe_tail();
        let end = self.sender.nxt() + u64::from(!again);
        self.tail_probe = Some(TailProbe { end, again });
        self.counts.tail_probes += 1;
        self.resend_cause = Cause::TailProbe;
        self.tell(now, Cause::TailProbe, |_| What::TailProbe { again });
        // The retransmission timer starts anew behind the probe.
        self.set_retransmit(now);
    }

    /// Section 7.4: what became of the probe.
    pub(super) fn resolve_tail_probe(&mut self, now: Time, news: &News) {
        let Some(probe) = self.tail_probe else { return };
        let una = self.sender.una();
        if una < probe.end {
            return;
        }
        let reported = news.duplicate.is_some_and(|(start, end)| start < probe.end && probe.end <= end);
        let unneeded = !probe.again || reported || !news.advanced;
        if unneeded || una > probe.end {
            self.tail_probe = None;
        }
        if !unneeded && una > probe.end && self.episode.is_none() {
            // It repaired a loss: the window owes one reduction.
            let flight_size = self.counted(self.sender.in_flight().flight_size());
            let loss = LossEvent { now, flight_size };
            self.congest(now, Cause::TailProbeRepaired, |congestion| {
                congestion.on_loss(&loss);
                if congestion.recovery() != Recovery::None {
                    congestion.on_recovered(&lucid_congestion::Ack { now, ..Default::default() });
                }
            });
        }
    }
}

/// How much later than two round trips a probe may go, so that clocks as coarse as ours don't send it in vain.
const MAX_SLACK: Duration = Duration::from_millis(2);

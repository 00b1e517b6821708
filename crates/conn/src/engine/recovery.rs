//! What acknowledgments do to loss detection and to the congestion window: the one place where the two meet.
//!
//! Two ways, by what the controller asks for: `inflating` counts duplicate ACKs and has the window inflated (RFC 5681,
//! RFC 6582); `scoreboard` knows what has arrived (SACK), finds losses by time (RACK) and comes down in proportion (PRR).

mod inflating;
mod scoreboard;
mod spurious;
mod tail;

pub(super) use scoreboard::Episode;
pub(super) use tail::TailProbe;

use core::time::Duration;

use lucid_congestion::{Ack, Controller, Loss as LossEvent, Phase, Time};

use super::cause::Cause;
use super::connection::Connection;
use super::event::{Change, What};
use super::loss::{OnDuplicate, OnNewAck};
use super::message::Notice;
use super::position::Position;
use super::timers::Timer;

impl Connection {
    /// A round trip was measured.
    pub(super) fn measured(&mut self, now: Time, sample: Duration) {
        self.rtt.on_sample(sample);
        self.tell(now, Cause::RttSample, |connection| What::RoundTrip {
            sample,
            smoothed: connection.rtt.smoothed().unwrap_or_default(),
            variance: connection.rtt.variance().unwrap_or_default(),
            rto: connection.rtt.rto(),
        });
    }

    /// Lets the controller react, and tells what changed.
    pub(super) fn congest(&mut self, now: Time, cause: Cause, react: impl FnOnce(&mut dyn Controller)) {
        let before =
            (self.congestion.window(), self.congestion.slow_start_threshold(), self.congestion.phase());
        react(self.congestion.as_mut());
        self.tell(now, cause, |connection| {
            let congestion = &connection.congestion;
            let smss =
                u32::from(connection.sender.mss()) + u32::from(connection.origin.config.counted_header);
            What::Window {
                cwnd: Change { before: before.0, after: congestion.window() },
                ssthresh: Change { before: before.1, after: congestion.slow_start_threshold() },
                phase: Change { before: before.2, after: congestion.phase() },
                smss,
            }
        });
    }

    /// A writer that waits hears of room once there is a quarter of the buffer.
    fn offer_room(&mut self) {
        let enough = (self.origin.config.send_buffer / 4).max(1);
        if self.writer_waits && self.sender.room() >= enough {
            self.writer_waits = false;
            self.notify(Notice::Writable);
        }
    }
}

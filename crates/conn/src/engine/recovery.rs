//! What acknowledgments do to loss detection and to the congestion window: the one place where the two meet.
//!
//! Two ways, by what the controller asks for: `inflating` counts duplicate ACKs and has the window inflated (RFC 5681,
//! RFC 6582); `scoreboard` knows what has arrived (SACK), finds losses by time (RACK) and comes down in proportion (PRR).

mod inflating;
mod scoreboard;
mod spurious;
mod tail;

use core::time::Duration;

use lucid_congestion::{Controller, Time};

use super::cause::Cause;
use super::connection::Connection;
use super::event::{Change, What};
use super::message::Notice;
use super::position::Position;

pub(super) use scoreboard::{Episode, Kind};
pub(super) use tail::TailProbe;

impl Connection {
    /// How many bytes of data an acknowledgment of everything before `ack` covers: a SYN and a FIN take a place, but no
    /// room in the network that a window would count.
    fn data_until(&self, ack: Position) -> u64 {
        let from = self.sender.una().max(self.sender.iss() + 1);
        ack.min(self.sender.end_of_data()).since(from)
    }

    /// SND.UNA has moved: the path works.
    fn note_progress(&mut self, now: Time) {
        self.timeouts = 0;
        self.probes = 0;
        self.stuck_since = now;
    }

    /// A round trip was measured.
    pub(super) fn measured(&mut self, now: Time, sample: Duration) {
        self.measured_because(now, sample, Cause::RttSample);
    }

    /// RFC 7323 4.1: an ACK of new data echoes when what it acknowledges was sent, also where a copy went later.
    pub(super) fn measured_by_echo(&mut self, now: Time, echo: Option<u32>) -> bool {
        let clock = self.timestamp_clock();
        let sample = echo.and_then(|echo| clock.since(echo, self.opened_at, now));
        if let Some(sample) = sample {
            self.measured_because(now, sample, Cause::EchoedTimestamp);
        }
        sample.is_some()
    }

    fn measured_because(&mut self, now: Time, sample: Duration, cause: Cause) {
        self.rtt.on_sample(sample);
        self.tell(now, cause, |connection| What::RoundTrip {
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

    /// The application is about to write: has it been the limit?
    pub(super) fn before_new_data(&mut self, now: Time) {
        if !self.has_scoreboard() || !self.state.is_synchronized() {
            return;
        }
        let in_flight = self.sender.in_flight();
        let pipe = in_flight.pipe();
        let waits = self.sender.unsent() >= u64::from(self.sender.mss()) || in_flight.lost() > 0;
        if !waits && pipe < self.congestion_window() {
            self.rate.app_limited(self.counted(pipe));
        }
        let idle = now.saturating_since(self.last_sent);
        if self.sender.in_flight().is_empty() && self.sender.unsent() == 0 && idle > self.rtt.rto() {
            self.congest(now, Cause::Restart, |congestion| congestion.on_restart(now));
            // It has restarted once; the next write finds it so.
            self.last_sent = now;
        }
    }

    /// A writer that waits hears of room once there is a quarter of the buffer.
    pub(super) fn offer_room(&mut self) {
        self.sender.tune_buffer(self.congestion_window());
        let enough = (self.sender.buffer_limit() / 4).max(1);
        if self.writer_waits && self.sender.room() >= enough {
            self.writer_waits = false;
            self.notify(Notice::Writable);
        }
    }
}

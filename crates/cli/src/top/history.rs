//! How a connection was before: what sparklines and graphs are drawn from.

use std::collections::VecDeque;

use crate::live::protocol::Connection;
use crate::live::rates::Rates;

/// A connection at one moment, in bytes, bytes per second and microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) at_us: u64,
    pub(super) cwnd: f32,
    pub(super) ssthresh: Option<f32>,
    pub(super) in_flight: f32,
    pub(super) out: f32,
    pub(super) into: f32,
    pub(super) rtt: Option<f32>,
}

/// The last points, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct History(VecDeque<Point>);

impl Point {
    pub(super) fn new(connection: &Connection, rates: Rates) -> Self {
        let Connection { at_us, cwnd, ssthresh, in_flight, rtt_us, .. } = *connection;
        Self {
            at_us,
            cwnd: cwnd as f32,
            ssthresh: ssthresh.map(|threshold| threshold as f32),
            in_flight: in_flight as f32,
            out: rates.out as f32,
            into: rates.into as f32,
            rtt: rtt_us.map(|rtt| rtt as f32),
        }
    }

    /// Both ways.
    pub(super) fn rate(&self) -> f32 {
        self.out + self.into
    }
}

impl History {
    /// Adds a point, and keeps no more than `most`.
    pub(super) fn push(&mut self, point: Point, most: usize) {
        self.0.push_back(point);
        while self.0.len() > most {
            self.0.pop_front();
        }
    }

    pub(super) fn points(&self) -> impl DoubleEndedIterator<Item = &Point> + ExactSizeIterator {
        self.0.iter()
    }

    /// The times of the first and the last point.
    pub(super) fn span(&self) -> Option<(u64, u64)> {
        Some((self.0.front()?.at_us, self.0.back()?.at_us))
    }

    /// The last `width` points as bars, between nothing and the highest of them; the last one is the last letter. Bars of half
    /// the height: it was steady.
    pub(super) fn sparkline(&self, width: usize, of: impl Fn(&Point) -> f32) -> String {
        const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let shown: Vec<f32> = self.0.iter().rev().take(width).rev().map(of).collect();
        let highest = shown.iter().copied().fold(0.0, f32::max);
        let is_steady = shown.iter().all(|&value| value == highest);
        let full = if is_steady { highest * 2.0 } else { highest };
        let bar = |&value: &f32| match value / full {
            // Nothing is no bar, so that little can be told from it.
            share if share.is_nan() || share <= 0.0 => ' ',
            share => BARS[((share * 8.0).ceil() as usize).clamp(1, 8) - 1],
        };
        let bars: String = shown.iter().map(bar).collect();
        format!("{bars:>width$}")
    }
}

#[cfg(test)]
mod tests;

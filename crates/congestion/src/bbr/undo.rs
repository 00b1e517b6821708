//! What a loss changed, to be taken back when it was none.

use super::Bbr;
use super::bounds::Bounds;
use super::state::State;

/// Section "Undo State".
#[derive(Debug, Clone, Copy)]
pub(super) struct Undo {
    /// Saved for the present recovery, or the one about to begin.
    pub(super) saved: bool,
    /// BBR.undo_state: where we were when losses made us leave.
    pub(super) state: Option<State>,
    /// The bounds before.
    pub(super) bounds: Bounds,
    /// BBR.prior_cwnd.
    pub(super) window: f64,
}

impl Bbr {
    /// SaveStateUponLoss, once for each recovery: a second loss in it finds what the first has changed.
    pub(super) fn save_state(&mut self) {
        self.save_window();
        if !self.undo.saved {
            self.undo.saved = true;
            self.undo.state = None;
            self.undo.bounds = self.bounds;
        }
    }

    /// SaveCwnd: the last known good window, before recovery or ProbeRtt reduces it.
    pub(super) fn save_window(&mut self) {
        self.undo.window = if self.undo.saved || self.state == State::ProbeRtt {
            self.undo.window.max(self.window)
        } else {
            self.window
        };
    }

    /// RestoreCwnd.
    pub(super) fn restore_window(&mut self) {
        self.set_window(self.window.max(self.undo.window));
    }

    /// HandleSpuriousLossDetection.
    pub(super) fn handle_spurious(&mut self) {
        self.undo.saved = false;
        self.restore_window();
        self.signals.loss_in_round = false;
        self.full_pipe.look_again(0.0);
        let saved = self.undo.bounds;
        self.bounds = Bounds {
            rate_shortterm: self.bounds.rate_shortterm.max(saved.rate_shortterm),
            shortterm: self.bounds.shortterm.max(saved.shortterm),
            longterm: self.bounds.longterm.max(saved.longterm),
        };
        match self.undo.state.take() {
            Some(State::Startup) if self.state != State::Startup => {
                self.full_pipe.reached = false;
                if self.state != State::ProbeRtt {
                    self.enter_startup();
                }
            }
            Some(State::Up) if !matches!(self.state, State::Up | State::ProbeRtt) => self.start_refill(),
            _ => {}
        }
    }
}

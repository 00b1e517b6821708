//! Whether a window was cut for nothing: everything that was thought lost has arrived all the same.

use lucid_congestion::Time;
use serde::{Deserialize, Serialize};

use super::position::Position;

/// What is remembered of the last cut, until it proves wrong or the next one comes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Undo {
    /// SND.NXT then: everything before it was sent before the cut.
    nxt: Position,
    /// Segments sent again since.
    resent: u32,
    /// When the first of them went, and where it ends: as long as its answer is awaited, and if it was the front. What
    /// acknowledges another may answer something sent before the cut.
    front_resent: Option<(Time, Position)>,
    /// Those of them that the peer reports as duplicates.
    reported: u32,
    /// Where F-RTO stands.
    forward: Forward,
}

/// The steps of F-RTO (RFC 5682 section 3.1, the one with SACK).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Forward {
    /// It has decided, or had nothing to.
    Done,
    /// Step 2: the front went again; its first answer is awaited.
    First,
    /// Step 3: new data went; its answer decides.
    Second,
}

/// What F-RTO makes of an acknowledgment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing: lost segments go again as usual.
    Conventional,
    /// New data is to go before lost segments do, to see what it draws.
    TryNewData,
    /// The timeout was spurious.
    Spurious,
}

impl Undo {
    /// The window is cut, with everything before `nxt` sent; F-RTO is asked after a `timeout`.
    pub(crate) fn new(nxt: Position, timeout: bool) -> Self {
        let forward = if timeout { Forward::First } else { Forward::Done };
        Self { nxt, resent: 0, front_resent: None, reported: 0, forward }
    }

    /// A segment that ends here was sent again, the one at SND.UNA or another.
    pub(crate) fn on_resent(&mut self, now: Time, end: Position, is_front: bool) {
        if self.resent == 0 && is_front {
            self.front_resent = Some((now, end));
        }
        self.resent = self.resent.saturating_add(1);
    }

    /// Everything before `una` is acknowledged: the first time that this covers the front that was sent again, when that
    /// was.
    pub(crate) fn answered_front(&mut self, una: Position) -> Option<Time> {
        let (at, _) = self.front_resent.take_if(|(_, end)| *end <= una)?;
        Some(at)
    }

    /// What ends here was sent before the cut.
    pub(crate) fn was_before(&self, end: Position) -> bool {
        end <= self.nxt
    }

    /// The peer reports a duplicate (D-SACK). True once each segment sent again has been one (RFC 3708 section 3).
    pub(crate) fn on_duplicate_report(&mut self) -> bool {
        self.reported = self.reported.saturating_add(1);
        self.resent > 0 && self.reported >= self.resent
    }

    /// F-RTO: an ACK came that `advanced` SND.UNA or not, and `original` says that a segment arrived that was never
    /// sent again, and was sent before the timeout.
    pub(crate) fn on_answer(&mut self, advanced: bool, original: bool) -> Answer {
        match self.forward {
            Forward::First if advanced => {
                self.forward = Forward::Second;
                Answer::TryNewData
            }
            Forward::Second if original => Answer::Spurious,
            _ => {
                self.forward = Forward::Done;
                Answer::Conventional
            }
        }
    }
}

#[cfg(test)]
mod tests;

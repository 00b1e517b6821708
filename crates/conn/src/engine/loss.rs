//! Whether something is lost. How large the window becomes then, the congestion controller decides.

use lucid_congestion::Recovery;
use serde::{Deserialize, Serialize};

use super::position::Position;

/// How many duplicate ACKs say that a segment is lost (RFC 5681 section 3.2).
const DUPLICATE_THRESHOLD: u32 = 3;

/// What a duplicate ACK means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnDuplicate {
    /// One of the first two: with limited transmit a new segment may go (RFC 3042).
    TooFew,
    /// The third: send the front segment again at once, and enter fast recovery, if there is one.
    FastRetransmit,
    /// In fast recovery: one more segment has left the network.
    Inflate,
    /// Nothing: it is the echo of what was sent again after an earlier loss.
    Ignore,
}

/// What an acknowledgment of new data means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnNewAck {
    /// Nothing had been lost.
    Ordinary,
    /// In recovery, and the segment that it asks for is lost, too (RFC 6582 section 3.2 step 3).
    Partial,
    /// Recovery is over.
    Recovered,
}

/// The loss detector: duplicate ACKs counted, and recovery as RFC 5681 and RFC 6582 have it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Loss {
    recovery: Recovery,
    duplicates: u32,
    /// SND.NXT when the first of them came: limited transmit sends beyond it.
    sent_before: Position,
    /// In fast recovery, until this place is acknowledged (or anything new, for Reno).
    until: Option<Position>,
    /// RFC 6582's `recover`: duplicate ACKs up to here may be echoes of what was sent again.
    recover: Position,
}

impl Loss {
    pub(crate) fn new(recovery: Recovery, iss: Position) -> Self {
        Self { recovery, duplicates: 0, sent_before: iss, until: None, recover: iss }
    }

    pub(crate) fn in_recovery(&self) -> bool {
        self.until.is_some()
    }

    /// Duplicate ACKs in a row.
    pub(crate) fn duplicates(&self) -> u32 {
        self.duplicates
    }

    /// FlightSize when the first duplicate ACK of `una` came. What limited transmit sent since then must not
    /// count when it is halved (RFC 5681 section 3.2 (2)).
    pub(crate) fn flight_size(&self, una: Position) -> u64 {
        self.sent_before.since(una)
    }

    /// A duplicate ACK of `una` came, with everything up to `nxt` sent.
    pub(crate) fn on_duplicate(&mut self, una: Position, nxt: Position) -> OnDuplicate {
        self.duplicates = self.duplicates.saturating_add(1);
        if self.duplicates == 1 {
            self.sent_before = nxt;
        }
        if self.in_recovery() {
            return OnDuplicate::Inflate;
        }
        match self.duplicates.cmp(&DUPLICATE_THRESHOLD) {
            std::cmp::Ordering::Less => OnDuplicate::TooFew,
            // RFC 6582 3.2 (2): only if the ACK covers more than `recover`; otherwise it may be an echo.
            std::cmp::Ordering::Equal if una > self.recover => {
                self.enter(nxt);
                OnDuplicate::FastRetransmit
            }
            _ => OnDuplicate::Ignore,
        }
    }

    fn enter(&mut self, nxt: Position) {
        match self.recovery {
            Recovery::None => {}
            Recovery::UntilNewAck => self.until = Some(nxt),
            Recovery::UntilRecoveryPoint | Recovery::Proportional | Recovery::Own => {
                self.until = Some(nxt);
                self.recover = nxt;
            }
        }
    }

    /// New data was acknowledged, up to `una`.
    pub(crate) fn on_new_ack(&mut self, una: Position) -> OnNewAck {
        self.duplicates = 0;
        match self.until {
            None => OnNewAck::Ordinary,
            Some(point) if self.recovery == Recovery::UntilRecoveryPoint && una < point => OnNewAck::Partial,
            Some(_) => {
                self.until = None;
                OnNewAck::Recovered
            }
        }
    }

    /// The retransmission timer fired, with everything up to `nxt` sent: recovery, if any, is over (RFC 6582
    /// section 3.2 step 4).
    pub(crate) fn on_timeout(&mut self, nxt: Position) {
        self.duplicates = 0;
        self.until = None;
        self.recover = nxt;
    }
}

#[cfg(test)]
mod tests;

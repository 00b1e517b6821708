//! When to acknowledge.

use serde::{Deserialize, Serialize};

use super::cause::Cause;

/// How an acknowledgment is owed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Owed {
    /// Nothing to acknowledge.
    #[default]
    Nothing,
    /// It may wait for a second segment, or for its timer.
    Later,
    /// Now, with data if some goes anyway.
    Now(Cause),
    /// Now, in a segment of its own, so that it counts as a duplicate ACK (RFC 5681 section 2).
    Alone(Cause),
}

/// The acknowledgments that are owed (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2).
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AckPolicy {
    /// An acknowledgment is due with this many segments.
    every: u8,
    /// So many don't wait for a second segment, at first and after a loss.
    hurried: u16,
    /// So many more of these.
    quick: u16,
    /// Segments that wait for theirs.
    waiting: u8,
    #[serde(skip)]
    owed: Owed,
}

impl AckPolicy {
    pub(crate) fn new(every: u8, quick: u16) -> Self {
        Self { every: every.max(1), hurried: quick, quick, waiting: 0, owed: Owed::Nothing }
    }

    pub(crate) fn owed(&self) -> Owed {
        self.owed
    }

    /// One is to go now.
    pub(crate) fn is_due(&self) -> bool {
        matches!(self.owed, Owed::Now(_) | Owed::Alone(_))
    }

    /// What is owed tells nothing that the peer waits for: that what it sent last has arrived, as all did before.
    pub(crate) fn may_wait(&self) -> bool {
        match self.owed {
            Owed::Nothing | Owed::Later => true,
            Owed::Now(cause) => {
                matches!(
                    cause,
                    Cause::QuickAck | Cause::SecondSegment | Cause::FinArrived | Cause::SynAckArrived
                )
            }
            Owed::Alone(_) => false,
        }
    }

    /// A segment with data came in order: its ACK may wait, unless it is the second. Returns whether it waits.
    pub(crate) fn on_in_order(&mut self, may_wait: bool) -> bool {
        self.waiting = self.waiting.saturating_add(1);
        let is_quick = self.quick > 0;
        // SHLD-19: two by default.
        let waits = may_wait && self.waiting < self.every && !is_quick;
        if waits {
            self.owe(Owed::Later);
        } else if is_quick {
            self.now(Cause::QuickAck);
        } else {
            self.now(Cause::SecondSegment);
        }
        waits
    }

    /// Something is missing: the sender's window is small from now on, and may hold so few segments that the last of
    /// them would wait for the timer in each round trip.
    pub(crate) fn hurry(&mut self) {
        self.quick = self.hurried;
    }

    /// An ACK is due now, with data or without.
    pub(crate) fn now(&mut self, cause: Cause) {
        self.owe(Owed::Now(cause));
    }

    /// An ACK is due now, on its own.
    pub(crate) fn alone(&mut self, cause: Cause) {
        self.owe(Owed::Alone(cause));
    }

    /// What is owed only becomes more urgent (MUST-59).
    fn owe(&mut self, owed: Owed) {
        let urgency = |owed| match owed {
            Owed::Nothing => 0,
            Owed::Later => 1,
            Owed::Now(_) => 2,
            Owed::Alone(_) => 3,
        };
        if urgency(owed) > urgency(self.owed) {
            self.owed = owed;
        }
    }

    /// The timer fired.
    pub(crate) fn on_timer(&mut self) {
        if self.owed == Owed::Later {
            self.owed = Owed::Now(Cause::AckDelayTimer);
        }
    }

    /// A segment with our ACK left.
    pub(crate) fn on_ack_sent(&mut self) {
        if self.waiting > 0 {
            self.quick = self.quick.saturating_sub(1);
        }
        self.waiting = 0;
        self.owed = Owed::Nothing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_segment_is_acknowledged_and_a_single_one_by_the_timer() {
        let mut acks = AckPolicy::new(2, 0);
        assert!(acks.on_in_order(true));
        assert_eq!(acks.owed(), Owed::Later);
        assert!(!acks.on_in_order(true));
        assert_eq!(acks.owed(), Owed::Now(Cause::SecondSegment));
        acks.on_ack_sent();
        acks.on_in_order(true);
        acks.on_timer();
        assert_eq!(acks.owed(), Owed::Now(Cause::AckDelayTimer));
    }

    #[test]
    fn a_duplicate_ack_is_not_softened_by_what_comes_after() {
        let mut acks = AckPolicy::new(2, 0);
        acks.alone(Cause::OutOfOrderData);
        acks.on_in_order(true);
        assert_eq!(acks.owed(), Owed::Alone(Cause::OutOfOrderData));
    }

    /// The transcript names what made the ACK due, not what came on top.
    #[test]
    fn of_several_reasons_the_first_is_told() {
        let mut acks = AckPolicy::new(2, 0);
        acks.now(Cause::WindowUpdate);
        acks.now(Cause::SecondSegment);
        assert_eq!(acks.owed(), Owed::Now(Cause::WindowUpdate));
    }

    /// Segments taken in together still draw one.
    #[test]
    fn the_first_acks_do_not_wait() {
        let mut acks = AckPolicy::new(2, 2);
        for _ in 0..2 {
            assert!(!acks.on_in_order(true));
            assert!(!acks.on_in_order(true));
            assert_eq!(acks.owed(), Owed::Now(Cause::QuickAck));
            acks.on_ack_sent();
            acks.on_ack_sent();
        }
        assert!(acks.on_in_order(true));
    }

    #[test]
    fn after_a_loss_as_many_do_not_wait_as_at_first() {
        let mut acks = AckPolicy::new(2, 2);
        for _ in 0..2 {
            acks.on_in_order(true);
            acks.on_ack_sent();
        }
        acks.hurry();
        for _ in 0..2 {
            assert!(!acks.on_in_order(true));
            acks.on_ack_sent();
        }
        assert!(acks.on_in_order(true));
    }
}

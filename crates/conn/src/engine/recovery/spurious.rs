//! Taking back a cut of the window that proves wrong: by F-RTO (RFC 5682), by timestamps (RFC 3522, RFC 4015), by
//! reports of duplicates (RFC 2883, RFC 3708).

use lucid_congestion::Time;

use super::scoreboard::{Kind, News};
use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::event::What;
use crate::engine::undo::Answer;

impl Connection {
    /// What this acknowledgment says about the last cut.
    pub(super) fn take_back_if_spurious(&mut self, now: Time, news: &News) {
        if !self.origin.config.undo {
            self.undo = None;
        }
        let Some(cause) = self.proof_of_spurious(news) else { return };
        self.undo = None;
        let timeout = self.episode.take().is_some_and(|episode| episode.kind == Kind::Timeout);
        if timeout {
            self.rtt.reset_back_off();
        } else {
            self.rack.on_needless_recovery();
        }
        self.sender.in_flight_mut().unmark_lost();
        self.sender.defer_lost(false);
        self.counts.undone += 1;
        self.tell(now, cause, |_| What::Undone { timeout });
        self.congest(now, cause, |congestion| congestion.on_spurious(now));
    }

    fn proof_of_spurious(&mut self, news: &News) -> Option<Cause> {
        let clock = self.timestamp_clock();
        // What went only once, the network doubled.
        let echo_of_ours = |(_, end)| self.sender.in_flight().may_have_gone_twice(end);
        let reported = news.duplicate.is_some_and(echo_of_ours);
        let undo = self.undo.as_mut()?;
        if reported && undo.on_duplicate_report() {
            return Some(Cause::AllResentWereDuplicates);
        }
        if let Some(echo) = news.echo {
            let resent = undo.answered_front(self.sender.una())?;
            return clock.is_before(echo, resent).then_some(Cause::EchoOfOriginal);
        }
        let answer = undo.on_answer(news.advanced, news.original);
        let send_new = answer == Answer::TryNewData;
        self.sender.defer_lost(send_new);
        (answer == Answer::Spurious).then_some(Cause::OriginalArrived)
    }
}

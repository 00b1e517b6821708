//! Recovery on a scoreboard: what has arrived is known (RFC 2018), what is lost is found by time (RFC 8985), and the
//! window comes down in proportion to what arrives (RFC 6937).

use core::time::Duration;

use lucid_congestion::{Ack, Loss as LossEvent, LostSegment, Phase, Prr, Recovery, Time};
use lucid_wire::Train;
use serde::{Deserialize, Serialize};

use crate::engine::cause::Cause;
use crate::engine::connection::Connection;
use crate::engine::event::What;
use crate::engine::in_flight::Sent;
use crate::engine::loss::OnDuplicate;
use crate::engine::path_probes::Arrivals;
use crate::engine::position::Position;
use crate::engine::rack::Path;
use crate::engine::timers::Timer;
use crate::engine::undo::Undo;

/// A time of reduced window: from a congestion signal until everything sent before it is acknowledged. No further signal
/// counts meanwhile, so that a window is cut once for each round trip (RFC 5681 section 4.3).
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::engine) struct Episode {
    pub(in crate::engine) kind: Kind,
    /// SND.NXT when it began: RecoveryPoint.
    until: Position,
    /// How the window comes down, if that is not the controller's own affair.
    pub(in crate::engine) prr: Option<Prr>,
}

/// What began an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) enum Kind {
    /// A segment was found lost.
    Loss,
    /// The network marked one instead (RFC 3168).
    Mark,
    /// The retransmission timer expired.
    Timeout,
}

/// What an acknowledgment tells.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Bytes of data cumulatively acknowledged.
    bytes: u64,
    /// SND.UNA moved.
    pub(super) advanced: bool,
    /// Places that have arrived, as far as we did not know.
    delivered: u64,
    rtt: Option<Duration>,
    /// It covers a segment that was sent only once.
    fresh: bool,
    /// A segment arrived by its original sending, before the last cut of the window.
    pub(super) original: bool,
    /// The peer received this stretch twice (D-SACK).
    pub(super) duplicate: Option<(Position, Position)>,
    /// How large the segments were that have arrived.
    arrivals: Arrivals,
    /// TSecr.
    pub(super) echo: Option<u32>,
}

impl Connection {
    /// The controller leaves recovery to the scoreboard.
    pub(in crate::engine) fn has_scoreboard(&self) -> bool {
        matches!(self.congestion.recovery(), Recovery::Proportional | Recovery::Own)
    }

    /// An ACK came, of something between SND.UNA and SND.NXT.
    pub(in crate::engine) fn acknowledged(
        &mut self,
        now: Time,
        ack: Position,
        train: &Train,
        is_duplicate: bool,
    ) {
        let limited = self.is_window_limited();
        let news = self.take_news(now, ack, train);
        if news.advanced {
            self.note_progress(now);
            self.timers.stop(Timer::Retransmit);
            self.timers.stop(Timer::TailProbe);
        }
        self.measure(now, &news);
        if let Some((start, end)) = news.duplicate {
            self.rack.on_duplicate_report(self.sender.una(), self.sender.nxt());
            self.tell(now, Cause::DuplicateReported, |_| What::DuplicateReported {
                start: start.number().get(),
                end: end.number().get(),
            });
        }
        self.take_back_if_spurious(now, &news);
        self.path_carried(now, news.arrivals);
        let mut lost = self.find_lost(now);
        if !self.agreed.sack && (is_duplicate || news.advanced) {
            lost += self.count_duplicates(now, &news);
        }
        self.answer(now, &news, lost, limited);
        self.plan_probe();
        if news.advanced {
            self.offer_room();
        }
    }

    /// Takes the acknowledgment and the SACK blocks in: what has arrived, everywhere that wants to know.
    fn take_news(&mut self, now: Time, ack: Position, train: &Train) -> News {
        let una = self.sender.una();
        let nxt = self.sender.nxt();
        let mut news = News { bytes: self.data_until(ack), advanced: ack > una, ..News::default() };
        news.echo = self.echo(train);
        let counted = self.counted(1);
        let min_rtt = self.rtt.min();
        let clock = self.timestamp_clock();
        let echo = news.echo;
        let (rack, rate, undo) = (&mut self.rack, &mut self.rate, &self.undo);
        let mut newest: Option<Time> = None;
        let mut original = false;
        let (path_mtu, mut arrivals) = (&self.path_mtu, Arrivals::default());
        let mut arrive = |sent: &Sent| {
            let was_original = echo.is_some_and(|echo| clock.is_before(echo, sent.last_at));
            rack.on_arrived(now, sent, was_original, min_rtt);
            arrivals.note(path_mtu, sent);
            rate.on_delivered(now, sent.len() as f64 * counted, &sent.stamp);
            if sent.retransmissions == 0 {
                newest = newest.max(Some(sent.last_at));
                original |= undo.as_ref().is_some_and(|undo| undo.was_before(sent.end));
            }
        };
        if ack > una {
            let acked = self.sender.acknowledge(ack, now, &mut arrive);
            news.delivered = acked.delivered;
            news.rtt = acked.rtt;
            news.fresh = acked.fresh;
        }
        if self.agreed.sack {
            let blocks = train.header.options.sack;
            let mut place = blocks.as_slice().iter().map(|block| {
                let start = una.nearest(block.start);
                (start, start + u64::from(block.len()))
            });
            let blocks = [place.next(), place.next(), place.next(), place.next()];
            news.duplicate = duplicate_report(ack, blocks[0], blocks[1]);
            for (start, end) in blocks.into_iter().flatten() {
                // What was never sent can't have arrived (RFC 9293's MUSTs for ACKs, applied to SACK).
                if start >= ack && start < end && end <= nxt {
                    news.delivered += self.sender.selectively_acknowledge(start, end, &mut arrive);
                }
            }
        }
        news.original = original;
        news.arrivals = arrivals;
        if !news.advanced {
            news.rtt = newest.map(|at| now - at);
        }
        news
    }

    /// Round trips, by the finer clock if it is unambiguous, and otherwise by timestamps (RFC 7323 section 4).
    fn measure(&mut self, now: Time, news: &News) {
        if let Some(rtt) = news.rtt {
            self.measured(now, rtt);
        } else if !self.measured_by_echo(now, news.echo.filter(|_| news.advanced)) && news.fresh {
            self.rtt.reset_back_off();
        }
    }

    /// Marks what is lost by now, and sets the timer for what may be lost soon (RFC 8985 section 6.2 step 5). Returns
    /// how many places are newly lost.
    pub(in crate::engine) fn find_lost(&mut self, now: Time) -> u64 {
        self.timers.stop(Timer::Reordering);
        if !self.agreed.sack {
            return 0;
        }
        let path = self.path();
        let mut found = 0;
        while let Some(due) =
            self.sender.in_flight().oldest_sending().and_then(|s| self.rack.lost_at(s, &path))
        {
            if due > now {
                self.timers.set(Timer::Reordering, due);
                break;
            }
            found += self.lose_oldest(now);
        }
        self.tell_lost(now, found, Cause::SentBeforeArrived);
        found
    }

    fn lose_oldest(&mut self, now: Time) -> u64 {
        let Some(lost) = self.sender.in_flight_mut().mark_oldest_sending_lost() else { return 0 };
        if self.is_lost_probe(now, &lost) {
            return 0;
        }
        self.note_lost(now, &lost);
        lost.len()
    }

    fn note_lost(&mut self, now: Time, lost: &Sent) {
        let bytes = self.counted(lost.len());
        self.rate.on_lost(bytes);
        let total_lost = self.rate.lost();
        self.congestion.on_segment_lost(&LostSegment { now, bytes, stamp: lost.stamp, total_lost });
    }

    fn tell_lost(&mut self, now: Time, places: u64, cause: Cause) {
        if places > 0 {
            self.tell(now, cause, |connection| What::FoundLost {
                bytes: places,
                seq: connection.sender.in_flight().first_lost().map_or(0, |lost| lost.start.number().get()),
            });
        }
    }

    /// What bounds the reordering window.
    fn path(&self) -> Path {
        Path {
            smoothed_rtt: self.rtt.smoothed(),
            min_rtt: self.rtt.min(),
            recovering: self.is_repairing(),
            arrived_segments: self.sender.in_flight().arrived_segments(),
        }
    }

    /// A peer without SACK: duplicate ACKs say that something has arrived, and a partial one that the front is lost, too
    /// (RFC 6582). Returns how many places are newly lost.
    fn count_duplicates(&mut self, now: Time, news: &News) -> u64 {
        let before = self.sender.in_flight().lost();
        if news.advanced {
            self.loss.on_new_ack(self.sender.una());
            let still = self
                .episode
                .as_ref()
                .is_some_and(|episode| episode.kind == Kind::Loss && self.sender.una() < episode.until);
            if still {
                self.resend_front(now, Cause::PartialAck);
            }
        } else {
            let outcome = self.loss.on_duplicate(self.sender.una(), self.sender.nxt());
            let count = self.loss.duplicates();
            self.tell(now, Cause::DuplicateAck, |connection| What::DuplicateAck {
                count,
                ack: connection.sender.una().number().get(),
            });
            self.sender.assume_arrived();
            if outcome == OnDuplicate::FastRetransmit && self.episode.is_none() {
                self.sender.in_flight_mut().mark_front_lost();
            }
        }
        self.sender.in_flight().lost().saturating_sub(before)
    }

    /// Lets the congestion controller know, and begins or ends an episode.
    fn answer(&mut self, now: Time, news: &News, lost: u64, limited: bool) {
        let over = self.episode.as_ref().is_some_and(|episode| self.sender.una() >= episode.until);
        let ended = if over { self.episode.take() } else { None };
        if self.episode.is_none() && news.advanced {
            self.sender.in_flight_mut().forget_assumed();
        }
        let mut ack = self.ack_event(now, news, lost, limited);
        let has_recovered = ended.as_ref().is_some_and(|ended| ended.kind != Kind::Timeout);
        if ended.is_some() {
            self.rack.on_recovered();
        }
        if has_recovered {
            self.congest(now, Cause::RecoveryPoint, |congestion| congestion.on_recovered(&ack));
        }
        // RFC 6675 section 5: what this ACK finds lost was sent after the recovery point. It begins a recovery of its own,
        // behind the one that ends here.
        self.resolve_tail_probe(now, news);
        if lost > 0 && self.episode.is_none() {
            self.begin_episode(now, Kind::Loss, Cause::FoundLost);
        }
        if has_recovered && self.congestion.recovery() == Recovery::Proportional {
            return;
        }
        ack.recovering = self.is_repairing();
        let in_flight = self.counted(self.sender.in_flight().pipe());
        if let Some(prr) = self.episode.as_mut().and_then(|episode| episode.prr.as_mut()) {
            return prr.on_ack(ack.delivered, in_flight, news.advanced && lost == 0);
        }
        if ack.delivered > 0.0 {
            let cause = match self.congestion.phase() {
                Phase::SlowStart => Cause::SlowStart,
                _ => Cause::CongestionAvoidance,
            };
            self.congest(now, cause, |congestion| congestion.on_ack(&ack));
        }
    }

    fn ack_event(&mut self, now: Time, news: &News, lost: u64, window_limited: bool) -> Ack {
        let rate = self.rate.sample(self.rtt.min());
        Ack {
            now,
            bytes: self.counted(news.bytes),
            flight_size: self.counted(self.sender.in_flight().flight_size()),
            rtt: news.rtt,
            delivered: self.counted(news.delivered),
            lost: self.counted(lost),
            in_flight: self.counted(self.sender.in_flight().pipe()),
            smoothed_rtt: self.rtt.smoothed(),
            min_rtt: self.rtt.min(),
            window_limited,
            recovering: self.is_repairing(),
            rate,
            total_delivered: self.rate.delivered(),
        }
    }

    /// A loss that was found before the timer is being repaired.
    fn is_repairing(&self) -> bool {
        self.episode.as_ref().is_some_and(|episode| episode.kind == Kind::Loss)
    }

    /// The window is cut: a loss, or a mark.
    pub(in crate::engine) fn begin_episode(&mut self, now: Time, kind: Kind, cause: Cause) {
        let flight_size = self.counted(self.sender.in_flight().flight_size());
        let loss = LossEvent { now, flight_size };
        if kind == Kind::Mark {
            self.congest(now, cause, |congestion| congestion.on_congestion_experienced(&loss));
        } else {
            self.counts.fast_retransmits += 1;
            self.congest(now, cause, |congestion| congestion.on_loss(&loss));
        }
        self.undo = Some(Undo::new(self.sender.nxt(), false));
        self.tail_probe = None;
        self.timers.stop(Timer::TailProbe);
        let prr = (self.congestion.recovery() == Recovery::Proportional).then(|| {
            Prr::new(
                flight_size,
                self.congestion.slow_start_threshold(),
                self.counted(u64::from(self.sender.mss())),
            )
        });
        self.episode = Some(Episode { kind, until: self.sender.nxt(), prr });
        if kind == Kind::Loss {
            // RFC 6937 section 3: the first retransmission goes at once.
            self.sender.resend_at_once();
            self.resend_cause = cause;
            self.tell_resending(now, cause);
        }
    }

    /// The retransmission timer expired (RFC 5681 section 3.1, RFC 6675 section 5.1, RFC 8985 section 6.3).
    pub(in crate::engine) fn scoreboard_times_out(&mut self, now: Time, first: bool) {
        self.path_timed_out(now);
        let flight_size = self.counted(self.sender.in_flight().flight_size());
        let reneged = self.sender.in_flight_mut().forget_reports_if_reneged();
        if reneged || !self.agreed.sack {
            self.sender.on_timeout();
        } else {
            self.lose_what_timed_out(now);
        }
        if first || self.undo.is_none() {
            self.undo = Some(Undo::new(self.sender.nxt(), self.agreed.sack));
        }
        self.loss.on_timeout(self.sender.nxt());
        self.tail_probe = None;
        self.timers.stop(Timer::TailProbe);
        self.timers.stop(Timer::Reordering);
        self.episode = Some(Episode { kind: Kind::Timeout, until: self.sender.nxt(), prr: None });
        let loss = LossEvent { now, flight_size };
        self.congest(now, Cause::TimeoutWindow, |congestion| congestion.on_timeout(&loss, first));
        self.sender.resend_at_once();
    }

    fn lose_what_timed_out(&mut self, now: Time) {
        let path = self.path();
        let due = |connection: &Self| {
            let sent = connection.sender.in_flight().oldest_sending()?;
            Some(connection.rack.timed_out_at(sent, &path))
        };
        let mut found = 0;
        while due(self).is_some_and(|at| at <= now) {
            found += self.lose_oldest(now);
        }
        if self
            .sender
            .in_flight()
            .iter()
            .next()
            .is_some_and(|front| front.fate != crate::engine::in_flight::Fate::Lost)
        {
            self.sender.in_flight_mut().mark_front_lost();
        }
        self.tell_lost(now, found, Cause::RetransmissionTimeout);
    }

    /// The reordering timer fired: what was given the benefit of the doubt is lost.
    pub(in crate::engine) fn reordering_timeout(&mut self, now: Time) {
        let lost = self.find_lost(now);
        if lost > 0 && self.episode.is_none() {
            self.begin_episode(now, Kind::Loss, Cause::FoundLost);
        }
    }
}

/// RFC 2883 section 4: a first block below the acknowledgment, or inside the second, reports a duplicate.
fn duplicate_report(
    ack: Position,
    first: Option<(Position, Position)>,
    second: Option<(Position, Position)>,
) -> Option<(Position, Position)> {
    let (start, end) = first.filter(|(start, end)| start < end)?;
    let inside = second.is_some_and(|(from, to)| from <= start && end <= to);
    (end <= ack || inside).then_some((start, end))
}

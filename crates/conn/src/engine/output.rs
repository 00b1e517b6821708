//! What is sent: segments made from what the parts have, one at a time.

use core::ops::Range;

use lucid_congestion::{Pace, Phase, Sent as SentBytes, Stamp, Time};
use lucid_wire::{Flags, Header, Pieces, SeqNum, Train};

use super::ack_policy::Owed;
use super::cause::Cause;
use super::connection::{Connection, Out};
use super::event::{Limit, SegmentSummary, What};
use super::position::Position;
use super::receiver::Receiver;
use super::sender::Next;
use super::state::State;
use super::timers::Timer;

/// No more segments leave together: as many as a kernel takes apart (Linux: `UDP_MAX_SEGMENTS`).
const MAX_TRAIN: usize = 64;
/// And no more bytes than one UDP send over IPv4 can carry.
const MAX_DATAGRAM: usize = 65_507;

impl Connection {
    /// Makes the next segment, if there is one to send.
    pub(super) fn output(&mut self, now: Time) {
        if self.ended.is_some() {
            return;
        }
        // A duplicate ACK counts as one only without data and with the same window as the last (RFC 5681
        // section 2): so it goes before any data, and the window stays.
        if let Owed::Alone(cause) = self.acks.owed() {
            self.send_ack(now, cause);
            return self.owe_window_update();
        }
        match self.sender.next(self.congestion_window()) {
            Next::Send { start, end, .. } if self.held_back_until(now, end.since(start)).is_some() => {
                self.acknowledge_alone(now);
            }
            Next::Send { start, end, again, probe } => {
                let cause = match (probe, again) {
                    (true, _) => Cause::ZeroWindow,
                    (_, true) => self.resend_cause,
                    _ => self.why_new(start, end),
                };
                self.send_stretch(now, start, end, cause);
            }
            next => {
                if !self.acknowledge_alone(now)
                    && let Next::Full(limit) = next
                {
                    self.tell_full(now, limit);
                }
            }
        }
    }

    /// Why a stretch goes for the first time: an open, a close, or data.
    fn why_new(&self, start: Position, end: Position) -> Cause {
        if start == self.sender.iss() {
            self.why_opened()
        } else if self.payload_len(start, end) == 0 {
            Cause::CloseCall
        } else {
            Cause::SendCall
        }
    }

    /// Our SYN begins a connection, or answers one.
    fn why_opened(&self) -> Cause {
        if self.passive { Cause::SynArrived } else { Cause::OpenCall }
    }

    /// No data goes that could carry the acknowledgment that is owed now, if one is. Says whether it went (MUST-58).
    fn acknowledge_alone(&mut self, now: Time) -> bool {
        let Owed::Now(cause) = self.acks.owed() else { return false };
        self.open_window();
        self.send_ack(now, cause);
        true
    }

    /// Room that reading made meanwhile has yet to be told: no other ACK may follow, and then the peer would only
    /// find it by a probe.
    pub(super) fn owe_window_update(&mut self) {
        if self.state.may_receive() && self.receiver.as_ref().is_some_and(Receiver::owes_update) {
            self.acks.now(Cause::WindowUpdate);
        }
    }

    /// Sends this stretch of sequence space: a SYN, data, a FIN, or what rides together.
    fn send_stretch(&mut self, now: Time, start: Position, end: Position, cause: Cause) {
        self.open_window();
        let (sack, end) = self.sack_beside(start, end);
        let cargo = self.sender.cargo(start, end);
        let mut flags = Flags::EMPTY;
        for (set, flag) in [
            (cargo.syn, Flags::SYN),
            (cargo.fin, Flags::FIN),
            (cargo.push, Flags::PSH),
            (cargo.urgent.is_some(), Flags::URG),
            (self.receiver.is_some(), Flags::ACK),
        ] {
            if set {
                flags |= flag;
            }
        }
        let mut train = self.segment(now, flags, start.number(), cargo.payload);
        train.header.options.sack = sack;
        train.header.urgent_pointer = cargo.urgent.unwrap_or(0);
        if !self.may_afford(&train) {
            return;
        }
        let nothing_was_out = self.sender.in_flight().is_empty();
        let cause = self.note_probe(start, end, cause);
        let is_new = start == self.sender.nxt();
        let pace = self.pace();
        let retransmission = self.depart(now, start..end, train.payload.len(), pace);
        // RFC 6298 section 5: no segment goes again less than one RTO after it last went, whatever sent it.
        if start == self.sender.una() {
            self.timers.stop(Timer::Retransmit);
        }
        if is_new && self.may_lead(&train) {
            // The first segment after an idle time may have changed it.
            let pace = self.pace();
            self.follow(now, &mut train, start, pace);
        }
        self.note_limit();
        self.transmit(now, train, retransmission, cause);
        self.after_sending(now, flags, nothing_was_out && retransmission == 0, retransmission);
        self.arm(now);
    }

    /// A stretch with so many bytes of payload leaves, at this pace. Returns how many times its first place was sent
    /// before.
    fn depart(&mut self, now: Time, stretch: Range<Position>, payload: usize, pace: Option<Pace>) -> u32 {
        let Range { start, end } = stretch;
        let stamp = self.note_leaving(now, payload, start..end, pace);
        let retransmission = self.sender.send(start, end, now, stamp);
        if retransmission > 0 {
            self.counts.retransmissions += 1;
        } else {
            self.counts.bytes_sent += payload as u64;
        }
        retransmission
    }

    /// Whether more segments may follow at once with this one's header: it has nothing that is its own.
    fn may_lead(&self, train: &Train) -> bool {
        let Header { flags, options, .. } = &train.header;
        // Who watches sees each segment before the next one leaves; on the wire it is all the same.
        let is_plain =
            flags.without(Flags::PSH) == Flags::ACK && options.sack.is_empty() && !self.origin.observed;
        let owes_more = self.ecn.owes_cwr() || self.user_timeouts.is_owed();
        // In recovery the window follows from each segment that leaves.
        is_plain && !train.payload.is_empty() && !owes_more && self.episode.is_none()
    }

    /// Full segments that may go now leave together with the first of them, which begins at `start`, and a last one that
    /// may be shorter: what each of them would do by itself is done, and what is the same for all is done once.
    fn follow(&mut self, now: Time, train: &mut Train, start: Position, pace: Option<Pace>) {
        let (size, header) = (train.payload.len(), train.header.len());
        let most = MAX_TRAIN.min(MAX_DATAGRAM / (header + size));
        let window = self.congestion_window();
        let is_full = size == usize::from(self.sender.mss());
        let mut full = if is_full { self.sender.full_segments(window) } else { 0 };
        let first = start + size as u64;
        let mut end = first;
        for _ in 1..most {
            let next = if full > 0 { end + size as u64 } else { self.last_of_train(window, end, size) };
            if next == end || self.held_back_at(now, next.since(end), pace).is_some() {
                break;
            }
            if end == first {
                // As it would be behind a segment that goes alone.
                self.arm(now);
            }
            let len = next.since(end) as usize;
            self.depart(now, end..next, len, pace);
            end = next;
            full = full.saturating_sub(1);
            if len < size {
                break;
            }
        }
        if end.since(start) > size as u64 {
            let cargo = self.sender.cargo(start, end);
            if cargo.push {
                train.header.flags |= Flags::PSH;
            }
            *train = Train::new(train.header, cargo.payload, size);
        }
    }

    /// Where the segment ends that may go now behind `end` and is no longer than `size`, without a FIN; there, if none is.
    fn last_of_train(&self, window: u64, end: Position, size: usize) -> Position {
        match self.sender.next(window) {
            Next::Send { end: next, again: false, probe: false, .. }
                if next.since(end) <= size as u64 && next <= self.sender.end_of_data() =>
            {
                next
            }
            _ => end,
        }
    }

    /// What counts bytes hears of a segment that leaves.
    fn note_leaving(
        &mut self,
        now: Time,
        payload: usize,
        Range { start, end }: Range<Position>,
        pace: Option<Pace>,
    ) -> Stamp {
        let bytes = self.counted(payload as u64);
        let in_flight = self.counted(self.sender.in_flight().pipe());
        if let Some(prr) = self.episode.as_mut().and_then(|episode| episode.prr.as_mut()) {
            prr.on_sent(bytes);
        }
        if let Some(undo) = self.undo.as_mut().filter(|_| start < self.sender.nxt()) {
            undo.on_resent(now, end, start == self.sender.una());
        }
        if let Some(pace) = pace {
            self.pacer.on_sent(now, bytes, pace);
        }
        self.last_sent = now;
        let stamp = self.rate.on_sent(now, bytes, in_flight);
        let app_limited = stamp.app_limited;
        self.congestion.on_sent(&SentBytes { now, bytes, in_flight, app_limited });
        stamp
    }

    /// Does the congestion window leave no room for another segment? In slow start half of it counts as all, since it
    /// doubles within the round trip.
    fn note_limit(&mut self) {
        let window = self.congestion_window();
        let pipe = self.sender.in_flight().pipe();
        let factor = if self.congestion.phase() == Phase::SlowStart { 2 } else { 1 };
        if factor * pipe + u64::from(self.sender.mss()) > window {
            self.limited_until = Some(self.sender.nxt());
        }
    }

    /// What a segment's leaving changes besides the sender's own variables.
    fn after_sending(&mut self, now: Time, flags: Flags, is_first_out: bool, retransmission: u32) {
        if is_first_out && self.timeouts == 0 && self.probes == 0 {
            self.stuck_since = now;
        }
        if flags.contains(Flags::SYN) && retransmission == 0 {
            self.tell_opening(now);
        }
        // RFC 9293 3.10.4: the state changes with the FIN.
        match self.state {
            State::Established if flags.contains(Flags::FIN) => {
                self.enter(now, State::FinWait1, Cause::CloseCall);
            }
            State::CloseWait if flags.contains(Flags::FIN) => {
                self.enter(now, State::LastAck, Cause::CloseCall);
            }
            _ => {}
        }
    }

    /// The first state is told with the SYN that leads to it, as the diagram in RFC 9293 section 3.3.2 has it.
    fn tell_opening(&mut self, now: Time) {
        let from = if self.passive { State::Listen } else { State::Closed };
        self.tell(now, self.why_opened(), |connection| What::State { from, to: connection.state });
    }

    /// Whether an address that has not proven itself may be sent this, and takes it from its allowance.
    fn may_afford(&mut self, train: &Train) -> bool {
        let Some(unproven) = &mut self.unproven else { return true };
        let Some(left) = unproven.allowance.checked_sub(train.encoded_len()) else { return false };
        unproven.allowance = left;
        true
    }

    /// A pure ACK: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. It takes no sequence number (RFC 9293 section 3.4).
    fn send_ack(&mut self, now: Time, cause: Cause) {
        let mut train = self.segment(now, Flags::ACK, self.sender.nxt().number(), Pieces::new());
        train.header.options.sack = self.sack_blocks();
        if self.may_afford(&train) {
            self.transmit(now, train, 0, cause);
        } else {
            self.acks.on_ack_sent();
        }
    }

    /// RFC 9293 3.8.4 (SHLD-12): <SEQ=SND.NXT-1> and no data. The peer has that number already, so it must answer.
    pub(super) fn send_keep_alive(&mut self, now: Time) {
        let train = self.segment(now, Flags::ACK, (self.sender.nxt() - 1).number(), Pieces::new());
        self.transmit(now, train, 0, Cause::Idle);
    }

    /// <SEQ=SND.NXT><CTL=RST>, with our ACK beside it where there is one.
    pub(super) fn send_reset(&mut self, now: Time, cause: Cause) {
        let flags = if self.receiver.is_some() { Flags::RST | Flags::ACK } else { Flags::RST };
        let train = self.segment(now, flags, self.sender.nxt().number(), Pieces::new());
        if self.may_afford(&train) {
            self.transmit(now, train, 0, cause);
        }
    }

    /// The answer to an unacceptable ACK: <SEQ=SEG.ACK><CTL=RST> (RFC 9293 section 3.10.7).
    pub(super) fn send_reset_at(&mut self, now: Time, sequence: SeqNum, cause: Cause) {
        let mut train = self.segment(now, Flags::RST, sequence, Pieces::new());
        train.header.acknowledgment = SeqNum::new(0);
        train.header.window = 0;
        if self.may_afford(&train) {
            self.hand_out(now, train, 0, cause);
        }
    }

    /// A segment with our ports, our acknowledgment and our window.
    fn segment(&self, now: Time, flags: Flags, sequence: SeqNum, payload: Pieces) -> Train {
        let is_syn = flags.contains(Flags::SYN);
        // RFC 9293 3.2 (MUST-65): the MSS stands beside a SYN or nowhere.
        let mut options = if is_syn { self.syn_options(now) } else { self.constant_options(now) };
        options.layout = self.origin.config.option_layout;
        let window = match &self.receiver {
            None => self.first_window(),
            Some(receiver) if is_syn => receiver.syn_window_field(),
            Some(receiver) => receiver.window_field(),
        };
        let header = Header {
            source_port: self.origin.local_port,
            destination_port: self.origin.remote_port,
            sequence,
            acknowledgment: self.receiver.as_ref().map_or(SeqNum::new(0), |receiver| receiver.nxt().number()),
            flags,
            window,
            urgent_pointer: 0,
            options,
        };
        let size = payload.len();
        Train::new(header, payload, size)
    }

    /// The next segment offers as much window as there is room for.
    fn open_window(&mut self) {
        if let Some(receiver) = &mut self.receiver {
            receiver.open_window();
        }
    }

    /// The window in our SYN, before there is anything to receive.
    fn first_window(&self) -> u16 {
        u16::try_from(self.origin.config.receive_buffer.max(1)).unwrap_or(u16::MAX)
    }

    /// A segment with our acknowledgment leaves.
    fn transmit(&mut self, now: Time, mut train: Train, retransmission: u32, cause: Cause) {
        self.advertise_user_timeout(&mut train);
        if train.header.flags.contains(Flags::ACK) {
            self.acks.on_ack_sent();
            if let Some(receiver) = &mut self.receiver {
                receiver.on_ack_sent();
            }
            self.timers.stop(Timer::DelayedAck);
        }
        self.hand_out(now, train, retransmission, cause);
    }

    fn hand_out(&mut self, now: Time, mut train: Train, retransmission: u32, cause: Cause) {
        let ecn = self.stamp_ecn(&mut train, retransmission);
        self.counts.segments_sent += train.count() as u64;
        for segment in SegmentSummary::each(&train).take(usize::from(self.origin.observed)) {
            self.tell(now, cause, |connection| What::Sent {
                segment,
                retransmission,
                in_flight: connection.sender.in_flight().segments(),
                flight_size: connection.sender.in_flight().flight_size(),
            });
        }
        self.outbox.push_back(Out::Train(train, ecn));
    }

    /// Tells once that the window is used up.
    fn tell_full(&mut self, now: Time, limit: Limit) {
        let nxt = self.sender.nxt();
        if self.origin.observed && self.full_told_at != Some(nxt) {
            self.full_told_at = Some(nxt);
            self.tell(now, Cause::WindowFull, |connection| What::InflightFull {
                segments: connection.sender.in_flight().segments(),
                flight_size: connection.sender.in_flight().flight_size(),
                limit,
            });
        }
    }

    /// What we expect next, as a number for the trace.
    pub(super) fn next_expected(&self) -> u32 {
        self.receiver.as_ref().map_or(0, |receiver| receiver.nxt().number().get())
    }

    /// Tells that the first lost segment is to be sent again.
    pub(super) fn tell_resending(&mut self, now: Time, cause: Cause) {
        self.tell(now, cause, |connection| {
            let front = connection.sender.in_flight().first_lost();
            let bytes = front.map_or(0, |front| connection.payload_len(front.start, front.end));
            What::Resending {
                seq: connection.sender.una().number().get(),
                ack: connection.next_expected(),
                bytes,
            }
        });
    }

    /// How many payload bytes this stretch holds.
    fn payload_len(&self, start: Position, end: Position) -> usize {
        let first = start.max(self.sender.iss() + 1);
        let last = end.min(self.sender.end_of_data());
        usize::try_from(last.since(first)).unwrap_or(usize::MAX)
    }
}

//! One connection's story as it is being written.

use std::net::SocketAddr;

use lucid_congestion::Phase;
use lucid_conn::engine::{
    Cause, ConnId, Counts, Event, Info, RecoveryState, SegmentSummary, State, Time, What,
};
use lucid_wire::{Flags, SackBlocks};

use super::copies::Copies;
use super::numbers::Numbers;
use crate::limits::LimitedBy;
use crate::run::{Keep, Story};
use crate::series::{Buffers, Direction, Fate, Line, Reception, RoundTrip, Rule, Sacked, Segment};
use crate::words;

pub(super) struct Draft {
    story: Story,
    /// Our sequence numbers, and the peer's.
    ours: Numbers,
    theirs: Numbers,
    /// What became of what we sent.
    copies: Copies,
    /// The last blocks in each direction: only what is new in the next ones is kept.
    told: SackBlocks,
    heard: SackBlocks,
    /// How many of the segments that we sent have left.
    left: usize,
    /// How far our windows are shifted.
    shift: u8,
}

impl Draft {
    pub(super) fn new(
        at: Time,
        conn: ConnId,
        (peer, local_port, remote_port): (SocketAddr, u16, u16),
        active: bool,
    ) -> Self {
        let story = Story {
            conn,
            peer,
            local_port,
            remote_port,
            active,
            congestion_control: "",
            agreed: None,
            opened_at: at,
            closed: None,
            ended_at: at,
            counts: Counts::default(),
            events: Vec::new(),
            events_left_out: 0,
            outgoing: Direction::default(),
            incoming: Direction::default(),
            cwnd: Line::default(),
            ssthresh: Line::default(),
            flight_size: Line::default(),
            pipe: Line::default(),
            send_window: Line::default(),
            round_trips: Vec::new(),
            smoothed_rtt: Line::default(),
            rto: Line::default(),
            pacing_rate: Line::default(),
            delivered: Line::default(),
            received: Line::default(),
            buffers: Line::default(),
            state: Line::default(),
            rule: Line::default(),
            limited_by: Line::default(),
            arrivals: Vec::new(),
            isns: (None, None),
        };
        Self {
            story,
            ours: Numbers::default(),
            theirs: Numbers::default(),
            copies: Copies::default(),
            told: SackBlocks::new(),
            heard: SackBlocks::new(),
            left: 0,
            shift: 0,
        }
    }

    pub(super) fn event(&mut self, event: &Event, keep: Keep) {
        let index = self.keep(event, keep);
        let at = event.at;
        match &event.what {
            What::Sent { segment, retransmission, .. } => {
                self.sent(at, segment, *retransmission, event.cause, index);
            }
            What::Received { segment } => self.received(at, segment, index),
            What::Arrived { seq, arrival, .. } => {
                let start = self.theirs.place(*seq);
                self.receive(start, Reception::Text(*arrival));
            }
            What::Discarded { segment: Some(segment), .. } => {
                let start = self.theirs.place(segment.seq);
                self.receive(start, Reception::Discarded(event.cause));
            }
            What::Options { agreed } => {
                self.story.agreed = Some(*agreed);
                self.shift = agreed.scale.map_or(0, |scale| scale.receive);
            }
            What::State { from, to } => {
                if self.story.state.last().is_none() {
                    self.story.state.set(self.story.opened_at, *from);
                }
                self.story.state.set(at, *to);
            }
            What::RoundTrip { sample, .. } => {
                self.story.round_trips.push(RoundTrip { at, sample: *sample, event: index });
            }
            What::Closed { reason, counts } => {
                self.story.closed = Some((at, reason.clone()));
                self.story.counts = *counts;
                self.story.state.set(at, State::Closed);
                self.story.limited_by.set(at, None);
            }
            _ => {}
        }
    }

    /// Keeps an event, and says where.
    fn keep(&mut self, event: &Event, keep: Keep) -> Option<u32> {
        if self.story.events.len() >= keep.events && words::is_routine(event) {
            self.story.events_left_out += 1;
            return None;
        }
        self.story.events.push(event.clone());
        u32::try_from(self.story.events.len() - 1).ok()
    }

    fn sent(
        &mut self,
        at: Time,
        seen: &SegmentSummary,
        retransmission: u32,
        cause: Cause,
        event: Option<u32>,
    ) {
        self.ours.begin(seen.seq, seen.flags.contains(Flags::SYN));
        let start = self.ours.place(seen.seq);
        let has_ack = seen.flags.contains(Flags::ACK);
        let ack = if has_ack { self.theirs.place(seen.ack) } else { 0 };
        let segment = segment(at, seen, (start, ack), (retransmission, cause), event);
        let segments = &mut self.story.outgoing.segments;
        segments.push(segment);
        let index = segments.len() - 1;
        self.copies.sent(segments, index);
        if has_ack && !seen.flags.contains(Flags::RST) {
            let shift = if seen.flags.contains(Flags::SYN) { 0 } else { self.shift };
            self.story.incoming.acknowledged.set(at, ack);
            self.story.incoming.edge.set(at, ack + (u64::from(seen.window) << shift));
            let new = new_blocks(&self.told, &seen.sack);
            self.told = seen.sack;
            for (start, end) in new {
                let (start, end) = (self.theirs.place(start), self.theirs.place(end));
                self.story.incoming.sacked.push(Sacked { at, start, end, twice: end <= ack });
            }
        }
    }

    fn received(&mut self, at: Time, seen: &SegmentSummary, event: Option<u32>) {
        self.theirs.begin(seen.seq, seen.flags.contains(Flags::SYN));
        let start = self.theirs.place(seen.seq);
        let has_ack = seen.flags.contains(Flags::ACK);
        let ack = if has_ack { self.ours.place(seen.ack) } else { 0 };
        self.story.incoming.segments.push(segment(at, seen, (start, ack), (0, Cause::SegmentArrived), event));
        if has_ack {
            self.acknowledged(at, ack, &seen.sack);
        }
    }

    /// What the peer says of what we sent.
    fn acknowledged(&mut self, at: Time, ack: u64, sack: &SackBlocks) {
        let Direction { segments, acknowledged, sacked, .. } = &mut self.story.outgoing;
        // What was never sent isn't acknowledged (RFC 9293 3.10.7.4): the engine drops it, and so do we.
        let was_sent = segments.iter().rev().take(1000).any(|segment| segment.end() >= ack);
        if was_sent && acknowledged.last().is_none_or(|last| ack > last) {
            acknowledged.set(at, ack);
            self.copies.acknowledged(segments, at, ack);
        }
        let new = new_blocks(&self.heard, sack);
        self.heard = *sack;
        for (start, end) in new {
            let (start, end) = (self.ours.place(start), self.ours.place(end));
            let twice = end <= ack;
            sacked.push(Sacked { at, start, end, twice });
            if twice {
                self.copies.reported_twice(segments, at, start, end);
            } else {
                self.copies.reported(segments, at, start, end);
            }
        }
    }

    /// What became of the segment that came last, if this is it.
    fn receive(&mut self, start: u64, reception: Reception) {
        let last = self.story.incoming.segments.iter_mut().rev().take(64);
        let mut its = last.filter(|segment| segment.start == start);
        if let Some(segment) = its.find(|segment| segment.reception == Reception::Plain) {
            segment.reception = reception;
        }
    }

    /// A segment left: what tells it from others.
    pub(super) fn left(&mut self, identity: u64) {
        if let Some(segment) = self.story.outgoing.segments.get_mut(self.left) {
            segment.identity = identity;
            self.left += 1;
        }
    }

    /// The one that left last.
    pub(super) fn last_left(&self) -> Option<&Segment> {
        self.story.outgoing.segments.get(self.left.checked_sub(1)?)
    }

    /// The connection as it is between two inputs; `is_writing`: its application gave it something to send with the last.
    pub(super) fn sample(
        &mut self,
        at: Time,
        info: &Info,
        room: usize,
        counted_header: u16,
        is_writing: bool,
    ) {
        let story = &mut self.story;
        story.congestion_control = info.congestion_control;
        if story.closed.is_none() {
            story.counts = info.counts;
        }
        if let State::SynSent | State::SynReceived | State::Established = info.state
            && story.state.last().is_none()
        {
            story.state.set(at, info.state);
        }
        // Until both SYNs are known the controller counts in segments of a size that nobody has agreed to.
        if info.state.is_synchronized() {
            story.cwnd.set(at, info.cwnd);
            story.ssthresh.set(at, info.ssthresh);
            story.flight_size.set(at, info.flight_size);
            story.pipe.set(at, info.flight_size.saturating_sub(info.lost + info.arrived));
            story.send_window.set(at, info.send_window);
            story.rule.set(at, rule(info));
            story.pacing_rate.set(at, info.pacing_rate);
            let una = story.outgoing.acknowledged.last().unwrap_or(0);
            story.outgoing.edge.set(at, una + info.send_window);
            story.delivered.set(at, una + info.arrived);
        }
        if let Some(smoothed) = info.smoothed_rtt {
            story.smoothed_rtt.set(at, smoothed);
        }
        story.rto.set(at, info.rto);
        story.received.set(at, info.counts.bytes_received);
        let Info { unsent, flight_size, waiting, unread, .. } = *info;
        story.buffers.set(at, Buffers { unsent, in_flight: flight_size, waiting, unread });
        let may_send = matches!(
            info.state,
            State::Established | State::CloseWait | State::FinWait1 | State::Closing | State::LastAck
        );
        let limit = may_send.then(|| LimitedBy::of(info, room, counted_header));
        // What waited for the application to go on writing, waited for the application.
        if is_writing && story.limited_by.last() == Some(Some(LimitedBy::SmallSegment)) {
            story.limited_by.amend(Some(LimitedBy::Application));
        }
        story.limited_by.set(at, limit);
    }

    pub(super) fn finish(self, ended_at: Time) -> Story {
        let Self { mut story, ours, theirs, .. } = self;
        story.ended_at = story.closed.as_ref().map_or(ended_at, |(at, _)| *at);
        story.isns = (ours.first(), theirs.first());
        story
    }
}

fn segment(
    at: Time,
    seen: &SegmentSummary,
    (start, ack): (u64, u64),
    (retransmission, cause): (u32, Cause),
    event: Option<u32>,
) -> Segment {
    Segment {
        at,
        start,
        bytes: u32::try_from(seen.bytes).unwrap_or(u32::MAX),
        flags: seen.flags,
        ack,
        window: seen.window,
        sack: seen.sack,
        retransmission,
        cause,
        fate: Fate::Unknown,
        reception: Reception::Plain,
        identity: 0,
        event,
    }
}

/// The blocks that were not in the last report.
fn new_blocks(last: &SackBlocks, report: &SackBlocks) -> Vec<(u32, u32)> {
    let new = report.as_slice().iter().filter(|block| !last.as_slice().contains(block));
    new.map(|block| (block.start.get(), block.end.get())).collect()
}

fn rule(info: &Info) -> Rule {
    match (info.recovery, info.phase) {
        (RecoveryState::Timeout, _) => Rule::AfterTimeout,
        (RecoveryState::Recovery, _) | (_, Phase::FastRecovery) => Rule::FastRecovery,
        (RecoveryState::Reduced, _) => Rule::Reduced,
        (RecoveryState::Open, Phase::SlowStart) => Rule::SlowStart,
        (RecoveryState::Open, Phase::CongestionAvoidance) => Rule::Avoidance,
    }
}

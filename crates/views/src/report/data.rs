//! A story as the page's scripts read it: columns of numbers, times as differences.

use core::time::Duration;

use lucid_conn::engine::{Cause, Time};
use serde::Serialize;

use super::rates::rate;
use super::{Limits, thin};
use crate::run::Story;
use crate::series::{Direction, Line, Span};
use crate::summary::Summary;
use crate::words::{self, Origin, amount, time};
use segments::SegmentsData;

mod segments;

/// What all stories of a page have in common while they are made.
pub(super) struct Made {
    limits: Limits,
    kinds: Vec<&'static str>,
    merged: usize,
    left_out: u64,
    /// Turning points among what was left out.
    cut: u64,
    thinned: bool,
}

/// How much one story may take.
#[derive(Clone, Copy)]
pub(super) struct Share {
    segments: usize,
    points: usize,
    events: usize,
}

/// A line: differences of times, and values; null where there is none.
#[derive(Serialize)]
struct LineData {
    t: Vec<i64>,
    v: Vec<Option<f64>>,
}

#[derive(Serialize)]
struct DirectionData {
    segments: SegmentsData,
    acknowledged: LineData,
    edge: LineData,
    /// When, from where, how long, whether twice.
    sacked: Vec<(i64, u64, u64, u8)>,
}

#[derive(Serialize)]
struct EventsData {
    t: Vec<i64>,
    /// Kinds and causes, by their places in the report's lists.
    k: Vec<usize>,
    c: Vec<usize>,
    /// Sentences.
    x: Vec<String>,
    /// 1: it turns the run; 0: routine.
    n: Vec<u8>,
}

#[derive(Serialize)]
struct Lines {
    cwnd: LineData,
    ssthresh: LineData,
    pipe: LineData,
    window: LineData,
    srtt: LineData,
    rto: LineData,
    pacing: LineData,
    delivery: LineData,
    receiving: LineData,
    unsent: LineData,
    flight: LineData,
    waiting: LineData,
    unread: LineData,
}

/// Spans: where they begin, as differences, how long they are, and what holds, by its place among the names.
#[derive(Default, Serialize)]
struct SpansData {
    t: Vec<i64>,
    d: Vec<i64>,
    k: Vec<usize>,
    names: Vec<String>,
}

/// One connection, as one end saw it.
#[derive(Serialize)]
pub(super) struct StoryData {
    name: String,
    /// Whose view it is, in a word or two.
    side: &'static str,
    source: String,
    summary: Vec<String>,
    facts: Vec<(&'static str, String)>,
    from: i64,
    to: i64,
    sends: bool,
    out: DirectionData,
    r#in: DirectionData,
    lines: Lines,
    /// Round trips: when, how long, which event.
    trips: LineData,
    trip_events: Vec<i64>,
    states: SpansData,
    rules: SpansData,
    limits: SpansData,
    shares: Vec<(&'static str, f64)>,
    events: EventsData,
}

impl StoryData {
    /// It by another name, without its segments: lines and events are all that is shown of it.
    pub(super) fn in_lines(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self.out.segments = SegmentsData::default();
        self.r#in.segments = SegmentsData::default();
        self.out.sacked.clear();
        self.r#in.sacked.clear();
        self
    }
}

/// Sentence and clause of every cause.
pub(super) fn causes() -> Vec<(&'static str, &'static str)> {
    Cause::ALL.iter().map(|cause| (cause.sentence(), cause.rfc())).collect()
}

impl Made {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, kinds: Vec::new(), merged: 1, left_out: 0, cut: 0, thinned: false }
    }

    pub(super) fn share(&self, stories: usize) -> Share {
        let Limits { segments, points, events, .. } = self.limits;
        let each = |all: usize| all / stories.max(1);
        Share { segments: each(segments) / 2, points: each(points) / 17, events: each(events) }
    }

    pub(super) fn into_kinds(self) -> Vec<&'static str> {
        self.kinds
    }

    /// What was left out of all the stories so far.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.merged > 1 {
            notes.push(format!(
                "This run is long, and what is drawn of it is a sample: up to {} ordinary segments in a row are one bar, \
                 and lines have their peaks. Each segment that was lost or sent again is there.",
                self.merged
            ));
        } else if self.thinned {
            notes.push("Lines are a sample of this run: they have all their peaks.".to_owned());
        }
        if self.left_out > 0 {
            notes.push(format!(
                "{} events of routine are not in the list; the recording has them all.",
                words::grouped(self.left_out)
            ));
        }
        if self.cut > 0 {
            notes.push(format!(
                "{} events that are no routine are not in the list, for there are too many: they lie behind those that are.",
                words::grouped(self.cut)
            ));
        }
        notes
    }

    /// A story, by the first recording's clock: this one's is `ahead` of it.
    pub(super) fn story(&mut self, source: &str, story: &Story, ahead: i64, share: Share) -> StoryData {
        let summary = Summary::of(story);
        let clock = |at: Time| i64::try_from(at.as_nanos()).unwrap_or(i64::MAX) - ahead;
        let (events, kept) = self.events(story, clock, share.events);
        let of = |event: Option<u32>| event.and_then(|event| kept.get(event as usize).copied()).unwrap_or(-1);
        let trips: Vec<_> =
            story.round_trips.iter().map(|trip| (trip.at, nanos(trip.sample), trip.event)).collect();
        let trips = self.thin(&trips, share.points, |trip| trip.1);
        StoryData {
            name: format!("{source} ({}), with {}", story.conn, story.peer),
            side: if story.active { "opened it" } else { "was asked" },
            source: source.to_owned(),
            summary: summary.sentences(),
            facts: facts(story, &summary),
            from: clock(story.opened_at),
            to: clock(story.ended_at),
            sends: story.counts.bytes_sent >= story.counts.bytes_received,
            out: self.direction(&story.outgoing, clock, of, share),
            r#in: self.direction(&story.incoming, clock, of, share),
            lines: self.lines(story, clock, share.points),
            trips: line(trips.iter().map(|(at, took, _)| (*at, Some(*took))), clock),
            trip_events: trips.iter().map(|trip| of(trip.2)).collect(),
            states: self.spans(story.state.spans(story.ended_at), clock, share.points, ToString::to_string),
            rules: self
                .spans(story.rule.spans(story.ended_at), clock, share.points, |rule| rule.name().to_owned()),
            limits: self.spans(story.limits(), clock, share.points, |limit| limit.name().to_owned()),
            shares: summary
                .limited_by
                .iter()
                .map(|(limit, _)| (limit.name(), summary.share(*limit)))
                .collect(),
            events,
        }
    }

    fn thin<T: Copy>(&mut self, points: &[T], most: usize, value: impl Fn(&T) -> f64) -> Vec<T> {
        let kept = thin::points(points, most, value);
        self.thinned |= kept.len() < points.len();
        kept
    }

    fn line<T: Copy + PartialEq>(
        &mut self,
        of: &Line<T>,
        clock: impl Fn(Time) -> i64,
        most: usize,
        value: impl Fn(T) -> Option<f64>,
    ) -> LineData {
        let points: Vec<_> = of.points().iter().map(|(at, is)| (*at, value(*is))).collect();
        let kept = self.thin(&points, most, |point| point.1.unwrap_or(f64::INFINITY));
        line(kept.into_iter(), clock)
    }

    fn spans<T: Copy + PartialEq>(
        &mut self,
        spans: impl Iterator<Item = Span<T>>,
        clock: impl Fn(Time) -> i64,
        most: usize,
        name: impl Fn(&T) -> String,
    ) -> SpansData {
        let all: Vec<_> = spans.filter(|span| span.to > span.from).collect();
        let count = all.len();
        let kept = thin::spans(all, most);
        self.thinned |= kept.len() < count;
        let (mut data, mut last) = (SpansData::default(), 0);
        for span in kept {
            let (from, name) = (clock(span.from), name(&span.what));
            data.t.push(from - last);
            data.d.push(clock(span.to) - from);
            data.k.push(data.names.iter().position(|known| *known == name).unwrap_or_else(|| {
                data.names.push(name);
                data.names.len() - 1
            }));
            last = from;
        }
        data
    }

    fn lines(&mut self, story: &Story, clock: impl Fn(Time) -> i64 + Copy, most: usize) -> Lines {
        let finite = |value: f64| value.is_finite().then_some(value.round());
        let threshold = |value: f64| (!words::is_arbitrary(value)).then_some(value.round());
        let window = |at| story.smoothed_rtt.at(at).unwrap_or(Duration::from_millis(100));
        let rate_of = |amounts: &Line<u64>| {
            let points: Vec<_> = amounts.points().iter().map(|(at, bytes)| (*at, *bytes as f64)).collect();
            rate(&points, window)
        };
        let (delivered, received) = (rate_of(&story.delivered), rate_of(&story.received));
        let mut rates = |points: &[(Time, f64)]| {
            let kept = self.thin(points, most, |point| point.1);
            line(kept.into_iter().map(|(at, rate)| (at, finite(rate))), clock)
        };
        let (delivery, receiving) = (rates(&delivered), rates(&received));
        let whole = |bytes: u64| Some(bytes as f64);
        Lines {
            cwnd: self.line(&story.cwnd, clock, most, finite),
            ssthresh: self.line(&story.ssthresh, clock, most, threshold),
            pipe: self.line(&story.pipe, clock, most, whole),
            window: self.line(&story.send_window, clock, most, whole),
            srtt: self.line(&story.smoothed_rtt, clock, most, |rtt| Some(nanos(rtt))),
            rto: self.line(&story.rto, clock, most, |rto| Some(nanos(rto))),
            pacing: self.line(&story.pacing_rate, clock, most, |rate| rate.and_then(finite)),
            delivery,
            receiving,
            unsent: self.line(&story.buffers, clock, most, |held| whole(held.unsent)),
            flight: self.line(&story.buffers, clock, most, |held| whole(held.in_flight)),
            waiting: self.line(&story.buffers, clock, most, |held| whole(held.waiting)),
            unread: self.line(&story.buffers, clock, most, |held| whole(held.unread)),
        }
    }

    /// The events that the page lists, and for each of the story's where it stands there.
    fn events(&mut self, story: &Story, clock: impl Fn(Time) -> i64, most: usize) -> (EventsData, Vec<i64>) {
        let origin = Origin { ours: story.isns.0.unwrap_or(0), theirs: story.isns.1.unwrap_or(0) };
        let crowded = story.events.len() > most;
        let mut listed =
            EventsData { t: Vec::new(), k: Vec::new(), c: Vec::new(), x: Vec::new(), n: Vec::new() };
        let mut kept = Vec::with_capacity(story.events.len());
        let mut last = 0;
        for event in &story.events {
            let is_routine = words::is_routine(event);
            if listed.t.len() >= most || (crowded && is_routine) {
                kept.push(-1);
                *if is_routine { &mut self.left_out } else { &mut self.cut } += 1;
                continue;
            }
            kept.push(listed.t.len() as i64);
            let at = clock(event.at);
            listed.t.push(at - last);
            last = at;
            let kind = words::kind(event);
            let known = self.kinds.iter().position(|known| *known == kind).unwrap_or_else(|| {
                self.kinds.push(kind);
                self.kinds.len() - 1
            });
            listed.k.push(known);
            listed.c.push(Cause::ALL.iter().position(|cause| *cause == event.cause).unwrap_or(0));
            listed.x.push(words::sentence(event, origin));
            listed.n.push(u8::from(!is_routine));
        }
        self.left_out += story.events_left_out;
        (listed, kept)
    }

    fn direction(
        &mut self,
        of: &Direction,
        clock: impl Fn(Time) -> i64 + Copy,
        event: impl Fn(Option<u32>) -> i64,
        share: Share,
    ) -> DirectionData {
        let merge = of.segments.len().div_ceil(share.segments.max(1)).max(1);
        self.merged = self.merged.max(merge);
        let whole = |place: u64| Some(place as f64);
        let sacked = of.sacked.len().div_ceil(share.points.max(1)).max(1);
        self.thinned |= sacked > 1;
        DirectionData {
            segments: segments::columns(&of.segments, merge, clock, event),
            acknowledged: self.line(&of.acknowledged, clock, share.points, whole),
            edge: self.line(&of.edge, clock, share.points, whole),
            sacked: of
                .sacked
                .iter()
                .step_by(sacked)
                .map(|block| {
                    (
                        clock(block.at),
                        block.start,
                        block.end.saturating_sub(block.start),
                        u8::from(block.twice),
                    )
                })
                .collect(),
        }
    }
}

fn line(points: impl Iterator<Item = (Time, Option<f64>)>, clock: impl Fn(Time) -> i64) -> LineData {
    let mut last = 0;
    let mut data = LineData { t: Vec::new(), v: Vec::new() };
    for (at, value) in points {
        let at = clock(at);
        data.t.push(at - last);
        data.v.push(value);
        last = at;
    }
    data
}

fn nanos(duration: Duration) -> f64 {
    duration.as_nanos() as f64
}

/// What is good to know besides the sentences.
fn facts(story: &Story, summary: &Summary) -> Vec<(&'static str, String)> {
    let counts = &story.counts;
    let mut facts = vec![
        ("peer", story.peer.to_string()),
        ("ports", format!("{} here, {} there", story.local_port, story.remote_port)),
        ("congestion control", story.congestion_control.to_owned()),
        ("options", story.agreed.map_or_else(|| "not agreed".to_owned(), |agreed| agreed.to_string())),
        ("sent", format!("{} in {} segments", amount(summary.bytes_sent), counts.segments_sent)),
        ("received", format!("{} in {} segments", amount(summary.bytes_received), counts.segments_received)),
        ("sent again", format!("{} segments", summary.retransmissions)),
        ("timeouts", summary.timeouts.to_string()),
        ("in recovery", format!("{}, {} times", time(summary.time_in_recovery), summary.recoveries)),
    ];
    if let Some([low, middle, high]) = summary.round_trip {
        facts.push(("round trip", format!("{} to {}, mostly {}", time(low), time(high), time(middle))));
    }
    let end = story
        .closed
        .as_ref()
        .map_or_else(|| "still open when the recording ended".to_owned(), |(_, why)| why.to_string());
    facts.push(("end", end));
    facts
}

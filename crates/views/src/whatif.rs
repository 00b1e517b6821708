//! What would have happened otherwise: a recorded run that goes on from one moment, with one thing changed.
//!
//! ```text
//!  both recordings:  each end is replayed up to the moment; then both live on, over a path as measured
//!  one recording:    the peer is one of our own, which has received what was acknowledged
//! ```
//! The change is a segment that arrives and was lost, or came late; a reset that does not arrive; or a peer whose application
//! reads. All else stays as it was, as far as it can: what the applications did (see `habits`), and which other segments were
//! lost, by place and copy. No dice are thrown: the same question has the same answer.

use core::time::Duration;
use std::collections::HashMap;

use lucid_conn::engine::Time;

use crate::explain::Explanation;
use crate::follow::FollowError;
use crate::meet::Meeting;
use crate::run::{Run, Story};
use crate::series::{Fate, Segment};
use application::Application;
use change::{Change, Sides};
use end::{End, Left};
use habits::Habits;
use path::Way;
use stand_in::{Model, StandIn};
use world::{Losses, PEER, THIS, World};

mod application;
mod change;
mod end;
mod habits;
mod path;
mod said;
mod stand_in;
mod world;

/// It goes on at least so long after the event.
const HORIZON: Duration = Duration::from_secs(1);

/// A recording, and what was read from it.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Its bytes.
    pub recording: &'a [u8],
    /// The run that it tells.
    pub run: &'a Run,
}

/// One end of a connection.
struct Side<'a> {
    recorded: Recorded<'a>,
    story: &'a Story,
    habits: Habits,
    /// How far its clock is ahead of the first's.
    ahead: i64,
}

/// Answers what would have been otherwise, for one connection.
pub struct WhatIf<'a> {
    this: Side<'a>,
    peer: Option<Side<'a>>,
    ways: Option<[Way; 2]>,
    /// What was found: many events hang on one change.
    found: HashMap<Change, Option<Otherwise>>,
}

/// What happens otherwise.
struct Otherwise {
    this: Story,
    peer: Option<Story>,
}

impl std::fmt::Debug for WhatIf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhatIf").field("conn", &self.this.story.conn).finish_non_exhaustive()
    }
}

impl<'a> WhatIf<'a> {
    /// For a story whose peer's recording isn't there.
    ///
    /// # Errors
    /// If the recording doesn't replay.
    ///
    /// # Panics
    /// If its run has no such story.
    pub fn alone(this: Recorded<'a>, story: usize) -> Result<Self, FollowError> {
        let this = Side::new(this, story, 0)?;
        let ways = path::of_round_trips(this.story).map(|way| [way, Way::new(way.delay)]);
        Ok(Self { this, peer: None, ways, found: HashMap::new() })
    }

    /// For a connection that both recordings have; the answers are about the first's story.
    ///
    /// # Errors
    /// If a recording doesn't replay.
    ///
    /// # Panics
    /// If the meeting is one of other runs.
    pub fn between(this: Recorded<'a>, peer: Recorded<'a>, meeting: Meeting) -> Result<Self, FollowError> {
        let this = Side::new(this, meeting.one, 0)?;
        let peer = Side::new(peer, meeting.other, meeting.ahead)?;
        let measured = |story: &Story| Way::measured(&story.outgoing.segments);
        let ways = measured(this.story).zip(measured(peer.story)).map(|(there, back)| [there, back]);
        Ok(Self { this, peer: Some(peer), ways, found: HashMap::new() })
    }

    /// Says what would have happened otherwise, if there is one thing that can be changed, and an honest way to go on from it.
    pub fn tell(&mut self, explanation: &Explanation) -> Option<String> {
        let change = self.change(explanation)?;
        self.find(change, explanation);
        let otherwise = self.found.get(&change)?.as_ref()?;
        let told = (&otherwise.this, otherwise.peer.as_ref());
        Some(said::sentences(&self.sides()?, change, explanation, told, &self.ways?))
    }

    /// The story as it would be then.
    pub fn story(&mut self, explanation: &Explanation) -> Option<&Story> {
        let change = self.change(explanation)?;
        self.find(change, explanation);
        Some(&self.found.get(&change)?.as_ref()?.this)
    }

    /// How many runs were gone on with so far: each takes about as long as reading the recording did.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.found.len()
    }

    fn sides(&self) -> Option<Sides<'_>> {
        let (this, ways) = (self.this.story, self.ways?);
        let peer = self.peer.as_ref();
        Some(Sides {
            this,
            peer: peer.map(|peer| peer.story),
            ahead: peer.map_or(0, |peer| peer.ahead),
            shortest: peer.map(|_| ways[THIS].delay),
        })
    }

    fn change(&self, explanation: &Explanation) -> Option<Change> {
        self.sides()?.change(explanation)
    }

    fn find(&mut self, change: Change, explanation: &Explanation) {
        let Some(ways) = self.ways.filter(|_| !self.found.contains_key(&change)) else { return };
        let found = self.run_on(change, ways, explanation.at + explanation.lasted);
        self.found.insert(change, found);
    }

    fn run_on(&self, change: Change, ways: [Way; 2], at: Time) -> Option<Otherwise> {
        let least = at + HORIZON;
        let mut world = match (&self.peer, change) {
            (Some(peer), _) => self.both(peer, change, ways)?,
            (None, Change::Vanishes { segment }) => self.nobody(segment, ways)?,
            (None, _) => self.stand_in(change, ways)?,
        };
        let from = world.1;
        world.0.run_on(from, least);
        let has_peer = self.peer.is_some();
        let [this, peer] = world.0.ends;
        Some(Otherwise { this: this.into_story()?, peer: peer.into_story().filter(|_| has_peer) })
    }

    /// Both ends as they were recorded, up to the change.
    fn both(&self, peer: &Side<'_>, change: Change, ways: [Way; 2]) -> Option<(World, Time)> {
        let sides = [&self.this, peer];
        let sent =
            |by: usize, segment: usize| sides[by].common(sides[by].story.outgoing.segments[segment].at);
        let from = match change {
            Change::Arrives { by, segment } => sent(by, segment),
            Change::Vanishes { segment } => before(self.this.story.incoming.segments[segment].at),
            Change::Reads { at } => at,
        };
        let mut ends = [self.this.at(from)?, peer.at(from)?];
        let lefts = [0, 1].map(|end: usize| std::mem::take(&mut ends[end].outbox));
        if let Change::Reads { at } = change {
            let own = ends[PEER].own(at);
            ends[PEER].application.read_all_from(own);
        }
        let long = ways[THIS].delay + ways[PEER].delay;
        let losses =
            sides.map(|side| Losses::of(&side.story.outgoing.segments, from, long, |at| side.common(at)));
        let flights =
            [THIS, PEER].map(|by| self.flying(sides[by], &lefts[by], from, (by, change), &ways[by]));
        let mut world = World::new(ends, ways);
        world.losses = losses;
        for (by, flights) in flights.into_iter().enumerate() {
            for (left, arrival) in flights {
                world.is_flying(by, &left, arrival);
            }
        }
        Some((world, from))
    }

    /// What had left by then and not arrived, in its order, with the change made.
    fn flying(
        &self,
        side: &Side<'_>,
        lefts: &[Left],
        from: Time,
        (by, change): (usize, Change),
        way: &Way,
    ) -> Vec<(Left, Time)> {
        let mut latest = Time::ZERO;
        let mut flying = Vec::new();
        let segments = side.story.outgoing.segments.iter().zip(lefts).enumerate();
        for (index, (segment, left)) in segments {
            let arrived = match segment.fate {
                Fate::Arrived(at) => Some(side.common(at)),
                _ => None,
            };
            let changed = change == Change::Arrives { by, segment: index };
            let vanishes = by == PEER && self.vanishes(change, segment, arrived);
            let arrival = if changed {
                // It stands in the queue behind those that went before.
                Some(latest.max(side.common(segment.at) + way.delay))
            } else {
                arrived
            };
            latest = latest.max(arrival.unwrap_or(latest));
            if let Some(arrival) = arrival.filter(|at| *at > from && !vanishes) {
                flying.push((*left, arrival));
            }
        }
        flying
    }

    fn vanishes(&self, change: Change, segment: &Segment, arrived: Option<Time>) -> bool {
        let Change::Vanishes { segment: which } = change else { return false };
        arrived == Some(self.this.story.incoming.segments[which].at)
            && segment.flags.contains(lucid_wire::Flags::RST)
    }

    /// This end as it was recorded until an answer could have come, and one of our own in its peer's place.
    fn stand_in(&self, change: Change, mut ways: [Way; 2]) -> Option<(World, Time)> {
        let story = self.this.story;
        let back = ways[PEER].delay;
        let (changed, from) = match change {
            Change::Arrives { by: THIS, segment } => {
                let arrivals = ways[THIS].clone().arrivals(&story.outgoing.segments[..=segment]);
                (Some(segment), before(*arrivals.last()? + back))
            }
            // The first answer that would have been another is the one that closed the window.
            Change::Reads { at } => (None, before(at)),
            Change::Arrives { .. } | Change::Vanishes { .. } => return None,
        };
        let mut end = self.this.at(from)?;
        let lefts = std::mem::take(&mut end.outbox);
        let sent = &story.outgoing.segments[..lefts.len().min(story.outgoing.segments.len())];
        let arrivals = ways[THIS].arrivals(sent);
        let arrives = |index: usize| changed == Some(index) || !sent[index].fate.is_lost();
        let una = story.outgoing.acknowledged.at(from).unwrap_or(0);
        let unanswered = || sent.iter().position(|sent| sent.takes_space() && sent.end() > una);
        let arrives_at = *arrivals.get(changed.or_else(unanswered)?)?;
        let setup = &self.this.recorded.run.setup;
        let model = Model {
            setup,
            story,
            back,
            arrives: &arrives,
            arrivals: &arrivals,
            from: arrives_at,
            until: from,
        };
        let StandIn { end: peer, translation, sent: answers, .. } = model.make(&lefts, &end.stamps)?;
        let mut world = World::new([end, peer], ways);
        world.translation = Some(translation);
        world.losses[THIS] = Losses::of(&story.outgoing.segments, from, 2 * back, |at| at);
        for (index, (left, arrival)) in lefts.iter().zip(arrivals).enumerate() {
            if arrives(index) && arrival > from {
                world.is_flying(THIS, left, arrival);
            }
        }
        for (at, left) in answers {
            world.is_flying(PEER, &left, at + back);
        }
        Some((world, from))
    }

    /// This end as it was recorded until the reset came, and a peer that knows of no connection: whatever comes, it answers with
    /// a reset (RFC 9293 section 3.10.7.1), also what was under way when it sent that one.
    fn nobody(&self, reset: usize, mut ways: [Way; 2]) -> Option<(World, Time)> {
        let story = self.this.story;
        let came = story.incoming.segments[reset].at;
        let (from, back) = (before(came), ways[PEER].delay);
        let gone_at = Time::ZERO + came.saturating_since(Time::ZERO + back);
        let mut end = self.this.at(from)?;
        let lefts = std::mem::take(&mut end.outbox);
        let sent = &story.outgoing.segments[..lefts.len().min(story.outgoing.segments.len())];
        let arrivals = ways[THIS].arrivals(sent);
        let mut nobody = End::nobody(self.this.recorded.run.setup.clone(), story);
        let mut answers = Vec::new();
        let under_way = lefts.iter().zip(arrivals).zip(sent);
        let under_way = under_way.filter(|((_, arrival), sent)| *arrival > gone_at && !sent.fate.is_lost());
        let (meanwhile, later): (Vec<_>, Vec<_>) =
            under_way.map(|(flight, _)| flight).partition(|(_, arrival)| *arrival <= from);
        for (left, arrival) in meanwhile {
            nobody.arrives(arrival, left.encoded());
            answers.extend(nobody.outbox.drain(..).map(|left| (left, arrival + back)));
        }
        let mut world = World::new([end, nobody], ways);
        later.into_iter().for_each(|(left, arrival)| world.is_flying(THIS, left, arrival));
        answers.iter().for_each(|(left, arrival)| world.is_flying(PEER, left, *arrival));
        Some((world, from))
    }
}

impl<'a> Side<'a> {
    fn new(recorded: Recorded<'a>, story: usize, ahead: i64) -> Result<Self, FollowError> {
        let story = &recorded.run.stories[story];
        Ok(Self { recorded, story, habits: Habits::of(recorded.recording, story.conn)?, ahead })
    }

    /// A time of its clock by the first's.
    fn common(&self, at: Time) -> Time {
        Time::from_nanos(at.as_nanos().saturating_add_signed(-self.ahead))
    }

    fn own(&self, at: Time) -> Time {
        Time::from_nanos(at.as_nanos().saturating_add_signed(self.ahead))
    }

    /// It as it was at this time of the first's clock.
    fn at(&self, from: Time) -> Option<End> {
        let mut end = End::at(self.recorded.recording, self.story, self.ahead, from).ok()?;
        end.application = Application::after(&self.habits, self.own(from));
        Some(end)
    }
}

fn before(at: Time) -> Time {
    Time::from_nanos(at.as_nanos().saturating_sub(1))
}

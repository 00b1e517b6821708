//! One long transfer over a path that does its worst: whatever turned it has a reason.

#[path = "../../conn/tests/support/mod.rs"]
mod support;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use lucid_conn::engine::{Call, Config, PathMtu, Profile, Time, What};
use lucid_sim::{Burst, Faults, Link, Probability, Rate, Reorder};
use lucid_views::explain::{Topic, explain};
use lucid_views::meet::meet;
use lucid_views::run::Keep;
use lucid_views::whatif::Recorded;
use lucid_views::{Explanation, Run, Story, WhatIf};
use lucid_wire::Flags;

use support::pair::{Pair, Tape, Who};

const BYTES: usize = 15_200_000;
/// What happens when so many bytes were read.
const BLACKOUT: usize = 4_000_000;
const LONGER_WAY: usize = 8_000_000;
const NO_READER: usize = 12_000_000;

fn probability(p: f64) -> Probability {
    Probability::new(p).expect("a probability")
}

/// Bursts of losses, segments that overtake others, come twice, or damaged.
fn hostile(delay: Duration) -> Faults {
    Faults {
        burst: Some(Burst { enter: probability(0.002), leave: probability(0.3), loss: probability(0.9) }),
        reorder: Reorder { probability: probability(0.01), extra: Some(Duration::from_millis(25)) },
        duplicate: probability(0.005),
        corrupt: probability(0.002),
        rate: Rate::from_bits_per_second(40_000_000),
        queue: Some(400_000),
        delay,
        ..Faults::default()
    }
}

/// A server sends, a client reads, and gives up at the end.
fn transfer() -> [Vec<u8>; 2] {
    let config = Config {
        mss: 1400,
        path_mtu: PathMtu::Fixed,
        receive_buffer: 256_000,
        receive_buffer_max: 256_000,
        ..Config::new(Profile::Modern)
    };
    let mut pair = Pair::over(&config, &config, &hostile(Duration::from_millis(15)), 7);
    let tapes = Who::BOTH.map(|who| {
        let tape = Tape::default();
        pair.side(who).record(tape.clone());
        tape
    });
    let (client, server) = pair.established();
    let is_dark = Rc::new(Cell::new(false));
    let dark = Rc::clone(&is_dark);
    pair.lose = Box::new(move |_, _, _| dark.get());
    let (mut written, mut read) = (0, 0);
    let (mut dark_until, mut asleep_until) = (None, None);
    let mut is_long = false;
    while read < BYTES - 1_000_000 {
        let room = pair.side(Who::Server).endpoint.room(server).min(BYTES - written);
        if room > 0 {
            written += pair.write(Who::Server, server, &vec![7; room]);
        }
        if asleep_until.is_none_or(|until| pair.now >= until) {
            read += pair.read(Who::Client, client).0.len();
        }
        if dark_until.is_none() && read > BLACKOUT {
            dark_until = Some(pair.now + Duration::from_secs(3));
        }
        if asleep_until.is_none() && read > NO_READER {
            asleep_until = Some(pair.now + Duration::from_secs(4));
        }
        is_dark.set(dark_until.is_some_and(|until| pair.now < until));
        if !is_long && read > LONGER_WAY {
            // Another way, on which what was under way is lost.
            is_long = true;
            for who in Who::BOTH {
                pair.side(who).link = Link::new(hostile(Duration::from_millis(75)), 11 + who as u64);
            }
        }
        // A sleeper wakes by its own clock.
        let next = pair.next();
        match asleep_until.filter(|until| *until > pair.now && next.is_none_or(|next| next > *until)) {
            Some(until) => pair.run_until(until),
            None => assert!(pair.step(), "nothing more happens after {read} bytes"),
        }
    }
    pair.call(Who::Client, client, Call::Abort).expect("it is open");
    pair.run_for(Duration::from_secs(30));
    Who::BOTH.map(|who| {
        pair.side(who).finish_recording();
        tapes[who as usize].contents()
    })
}

/// The events that ask for a reason, by a plain look at each.
fn turns(story: &Story) -> BTreeSet<usize> {
    let turns = story.events.iter().enumerate().filter(|(_, event)| match &event.what {
        What::Sent { segment, retransmission, .. } => {
            *retransmission > 0 || segment.flags.contains(Flags::RST)
        }
        What::Received { segment } => segment.flags.contains(Flags::RST),
        What::Window { cwnd, .. } => cwnd.after < cwnd.before,
        What::Timeout { .. } => true,
        _ => false,
    });
    turns.map(|(number, _)| number).collect()
}

/// When data was out and no segment went or came for longer than the round trip and a quarter of it.
fn silences(story: &Story) -> BTreeSet<Time> {
    let moves = story.events.iter().filter(|event| {
        matches!(event.what, What::Sent { .. } | What::Received { .. } | What::Discarded { .. })
    });
    let moves: Vec<_> = moves.map(|event| event.at).collect();
    let silent = moves.windows(2).filter(|pair| {
        let round_trip = story.smoothed_rtt.at(pair[0]).unwrap_or(Duration::from_secs(1));
        let is_out = story.flight_size.at(pair[0]).is_some_and(|out| out > 0);
        is_out && pair[1] - pair[0] > round_trip + round_trip / 4
    });
    silent.map(|pair| pair[0]).collect()
}

/// Ten, of all kinds, as `lucid explain` has them.
fn ten(explanations: &[Explanation], what_if: &mut WhatIf<'_>) -> Vec<String> {
    let topics =
        [Topic::Retransmission, Topic::Window, Topic::Timeout, Topic::Stall, Topic::Probe, Topic::Reset];
    let of_each = topics.iter().flat_map(|topic| {
        let all: Vec<_> = explanations.iter().filter(|its| its.topic == *topic).collect();
        [all.first(), all.get(all.len() / 2)].into_iter().flatten().copied().collect::<Vec<_>>()
    });
    let told = of_each.enumerate().map(|(number, its)| {
        // Each runs the whole transfer again: every third.
        let told = if number.is_multiple_of(3) { what_if.tell(its) } else { None };
        let otherwise = told.unwrap_or_else(|| its.otherwise.clone());
        format!("{} {:?}: {}.\n  {}\n  {}\n  {otherwise}\n", its.at, its.topic, its.what, its.why, its.rule)
    });
    told.collect()
}

#[test]
fn every_turn_of_a_long_hostile_run_has_its_reason() {
    let [client, server] = transfer();
    let read = |recording: &[u8]| Run::read(recording, Keep::default()).expect("it was just recorded");
    let (mut there, mut here) = (read(&client), read(&server));
    let meeting = meet(&mut here, &mut there)[0];
    let story = &here.stories[0];
    assert!(story.outgoing.segments.len() >= 10_000, "{} segments", story.outgoing.segments.len());

    let explanations = explain(story);
    let explained: BTreeSet<_> =
        explanations.iter().filter(|its| its.topic != Topic::Stall).filter_map(|its| its.event).collect();
    let turns = turns(story);
    assert!(turns.is_subset(&explained), "{:?} have no reason", turns.difference(&explained));
    let stalls: BTreeSet<_> =
        explanations.iter().filter(|its| its.topic == Topic::Stall).map(|its| its.at).collect();
    let silences = silences(story);
    assert!(silences.is_subset(&stalls), "{:?} have no reason", silences.difference(&stalls));
    for explanation in &explanations {
        let Explanation { what, why, rule, .. } = explanation;
        for said in [what, why, rule] {
            assert!(said.len() > 10 && !said.to_lowercase().contains("unknown"), "{explanation:?}");
        }
        assert!(why.ends_with('.'), "{explanation:?}");
    }
    let count = |topic| explanations.iter().filter(|its| its.topic == topic).count();
    for (topic, least) in [
        (Topic::Retransmission, 50),
        (Topic::Window, 10),
        (Topic::Timeout, 3),
        (Topic::Stall, 5),
        (Topic::Probe, 2),
        (Topic::Reset, 1),
    ] {
        assert!(count(topic) >= least, "only {} of {topic:?}", count(topic));
    }
    // `--nocapture` has them to be read aloud.
    let this = Recorded { recording: &server, run: &here };
    let peer = Recorded { recording: &client, run: &there };
    let mut what_if = WhatIf::between(this, peer, meeting).expect("they replay");
    for told in ten(&explanations, &mut what_if) {
        println!("{told}");
    }
}

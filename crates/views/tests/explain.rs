//! Whatever happens in a run has its reason.

#[path = "../../conn/tests/support/mod.rs"]
mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, CloseReason, Config, Profile, What};
use lucid_sim::Faults;
use lucid_views::explain::{Topic, explain, moment};
use lucid_views::run::Keep;
use lucid_views::{Explanation, Run, Story};
use lucid_wire::Flags;

use support::hostile;
use support::pair::{Pair, Tape, Who};
use support::scenario::Scenario;

fn record(pair: &mut Pair) -> [Tape; 2] {
    Who::BOTH.map(|who| {
        let tape = Tape::default();
        pair.side(who).record(tape.clone());
        tape
    })
}

fn read(pair: &mut Pair, who: Who, tape: &Tape) -> Run {
    pair.side(who).finish_recording();
    Run::read(tape.contents().as_slice(), Keep::default()).expect("it was just recorded")
}

/// How many events ask for a reason, by a plain look at each.
fn turns(story: &Story) -> usize {
    let turns = story.events.iter().filter(|event| match &event.what {
        What::Sent { segment, retransmission, .. } => {
            *retransmission > 0 || segment.flags.contains(Flags::RST)
        }
        What::Received { segment } => segment.flags.contains(Flags::RST),
        What::Window { cwnd, .. } => cwnd.after < cwnd.before,
        What::Timeout { .. } | What::TailProbe { .. } | What::Undone { .. } => true,
        What::WindowProbe { .. } | What::KeepAliveProbe { .. } => true,
        What::Closed { reason, .. } => *reason != CloseReason::Finished,
        _ => false,
    });
    turns.count()
}

fn assert_has_its_reason(explanation: &Explanation, of: &str) {
    let Explanation { what, why, rule, .. } = explanation;
    for said in [what, why, rule] {
        assert!(said.len() > 10, "{of}: {explanation:?}");
        assert!(!said.to_lowercase().contains("unknown"), "{of}: {explanation:?}");
    }
    assert!(why.ends_with('.'), "{of}: {explanation:?}");
}

#[test]
fn every_turn_of_a_hostile_run_is_explained() {
    let mut explained = 0;
    for seed in 0..200 {
        let scenario = Scenario::new(seed);
        let mut pair = hostile::pair(&scenario);
        let tapes = record(&mut pair);
        hostile::run(&scenario, &mut pair).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        for who in Who::BOTH {
            let run = read(&mut pair, who, &tapes[who as usize]);
            for story in &run.stories {
                let explanations = explain(story);
                let of_events = explanations.iter().filter(|its| its.topic != Topic::Stall).count();
                assert_eq!(of_events, turns(story), "seed {seed}, {who:?}");
                for explanation in &explanations {
                    assert_has_its_reason(explanation, &format!("seed {seed}, {who:?}"));
                }
                explained += explanations.len();
            }
        }
    }
    assert!(explained > 2_000, "hostile runs turn often, and here only {explained} times");
}

/// 1,000 bytes of which nothing arrives at first.
fn silent_at_first() -> Run {
    let config = Config::new(Profile::Modern);
    let faults = Faults { delay: Duration::from_millis(10), ..Faults::default() };
    let mut pair = Pair::over(&config, &config, &faults, 1);
    let tapes = record(&mut pair);
    let (client, server) = pair.established();
    let mut lost = 0;
    // The segment, and its probe.
    pair.lose = Box::new(move |who, _, segment| {
        let loses = who == Who::Client && !segment.payload.is_empty() && lost < 2;
        lost += usize::from(loses);
        loses
    });
    pair.write(Who::Client, client, &[7; 1000]);
    while pair.read(Who::Server, server).0.is_empty() {
        assert!(pair.step(), "the timer sends it again");
    }
    for (who, conn) in [(Who::Client, client), (Who::Server, server)] {
        let _gone_already = pair.call(who, conn, Call::Release);
    }
    while pair.step() {}
    read(&mut pair, Who::Client, &tapes[Who::Client as usize])
}

#[test]
fn a_wait_for_the_timer_says_what_ended_it_and_how_long_it_was() {
    let run = silent_at_first();
    let story = &run.stories[0];
    let explanations = explain(story);
    let stalls: Vec<_> = explanations.iter().filter(|its| its.topic == Topic::Stall).collect();
    let timeout = explanations.iter().find(|its| its.topic == Topic::Timeout).expect("the timer fired");
    let stall = stalls.iter().find(|stall| stall.at + stall.lasted == timeout.at);
    let stall = stall.unwrap_or_else(|| panic!("{stalls:#?}"));
    assert!(stall.why.contains("only the retransmission timer was left"), "{stall:?}");
    let rto = story.rto.at(stall.at).expect("a round trip was measured");
    assert!(stall.lasted <= rto && rto <= Duration::from_millis(300), "{stall:?}, {rto:?}");
    assert!(timeout.why.contains("Nothing at all came from the peer"), "{timeout:?}");
}

#[test]
fn a_moment_tells_how_it_stood_between_two_events() {
    let run = silent_at_first();
    let story = &run.stories[0];
    let timeout =
        explain(story).into_iter().find(|its| its.topic == Topic::Timeout).expect("the timer fired");
    let before = lucid_conn::engine::Time::from_nanos(timeout.at.as_nanos() - 1);
    let moment = moment(story, before);
    let stood = moment.stood.join(" ");
    assert!(stood.starts_with("ESTABLISHED") && stood.contains("1.0 kB out"), "{moment:?}");
    assert_eq!(moment.after.map(|(number, _)| number), timeout.event, "{timeout:?}");
}

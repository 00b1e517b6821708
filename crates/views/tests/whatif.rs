//! What would have happened otherwise is what does happen otherwise: runs in virtual time with a loss, and without it.

#[path = "../../conn/tests/support/mod.rs"]
mod support;

use std::time::Duration;

use lucid_conn::engine::{Call, CloseReason, Config, PathMtu, Profile, Time};
use lucid_sim::{Faults, Rate};
use lucid_views::explain::{Topic, explain};
use lucid_views::meet::meet;
use lucid_views::run::Keep;
use lucid_views::whatif::Recorded;
use lucid_views::{Run, Story, WhatIf};

use support::pair::{Pair, Tape, Who};

/// Both ends' recordings.
struct Taped {
    client: Vec<u8>,
    server: Vec<u8>,
}

/// A server sends so many bytes; of its segments with data those with these numbers are lost.
fn transfer(config: &Config, faults: &Faults, bytes: usize, lost: &[usize]) -> Taped {
    transfer_to_sleeper(config, faults, bytes, lost, Time::ZERO)
}

/// The client reads nothing until then.
fn transfer_to_sleeper(config: &Config, faults: &Faults, bytes: usize, lost: &[usize], until: Time) -> Taped {
    let mut pair = Pair::over(config, config, faults, 1);
    let tapes = Who::BOTH.map(|who| {
        let tape = Tape::default();
        pair.side(who).record(tape.clone());
        tape
    });
    let (client, server) = pair.established();
    let (lost, mut number) = (lost.to_vec(), 0);
    pair.lose = Box::new(move |who, _, segment| {
        if who == Who::Client || segment.payload.is_empty() {
            return false;
        }
        number += 1;
        lost.contains(&(number - 1))
    });
    let mut written = 0;
    loop {
        if written < bytes {
            written += pair.write(Who::Server, server, &vec![7; bytes - written]);
            if written == bytes {
                pair.call(Who::Server, server, Call::Shutdown).expect("it is open");
            }
        }
        if pair.now >= until && pair.read(Who::Client, client).1 {
            break;
        }
        match pair.next() {
            // It wakes by its own clock.
            next if pair.now < until && next.is_none_or(|next| next > until) => pair.run_until(until),
            _ => assert!(pair.step(), "nothing more happens"),
        }
    }
    pair.call(Who::Client, client, Call::Shutdown).expect("it is open");
    while pair.step() {}
    let [client, server] = Who::BOTH.map(|who| {
        pair.side(who).finish_recording();
        tapes[who as usize].contents()
    });
    Taped { client, server }
}

fn read(recording: &[u8]) -> Run {
    Run::read(recording, Keep::default()).expect("it was just recorded")
}

fn modern() -> Config {
    Config { mss: 1400, path_mtu: PathMtu::Fixed, ..Config::new(Profile::Modern) }
}

fn delayed() -> Faults {
    Faults { delay: Duration::from_millis(10), ..Faults::default() }
}

/// Compares what it would have been with what it is, up to the last acknowledgment.
fn assert_same(would: &Story, is: &Story, of: &str) {
    let sent = |story: &Story| {
        let segments = story.outgoing.segments.iter().filter(|sent| sent.bytes > 0);
        segments.map(|sent| (sent.at, sent.start, sent.bytes)).collect::<Vec<_>>()
    };
    assert_eq!(sent(would), sent(is), "{of}: what is sent, and when");
    assert_eq!(would.outgoing.acknowledged, is.outgoing.acknowledged, "{of}: what is acknowledged, and when");
    assert_eq!(would.cwnd, is.cwnd, "{of}: cwnd");
}

#[test]
fn with_both_recordings_it_is_what_a_run_without_that_loss_does() {
    let cases = [
        (modern(), 300_000, vec![40], "a loss in the middle"),
        (modern(), 60_000, vec![42], "the last segment"),
        (modern(), 300_000, vec![0], "the first"),
        (Config::new(Profile::Classic), 100_000, vec![30], "by duplicate ACKs"),
        (Config::new(Profile::Classic), 20_000, vec![19], "by a timeout"),
    ];
    for (config, bytes, lost, of) in cases {
        let clean = read(&transfer(&config, &delayed(), bytes, &[]).server);
        let Taped { client, server } = transfer(&config, &delayed(), bytes, &lost);
        let (mut there, mut here) = (read(&client), read(&server));
        let meeting = meet(&mut here, &mut there)[0];
        let this = Recorded { recording: &server, run: &here };
        let peer = Recorded { recording: &client, run: &there };
        let mut otherwise = WhatIf::between(this, peer, meeting).expect("they replay");
        let mut compared = 0;
        for turn in explain(&here.stories[0]) {
            let Some(would) = otherwise.story(&turn) else { continue };
            assert_same(would, &clean.stories[0], of);
            let said = otherwise.tell(&turn).expect("a story has words");
            assert!(said.contains("Both ends run on over a path of 20.0 ms"), "{of}: {said}");
            compared += 1;
        }
        assert!(compared > 0, "{of}: nothing was lost");
    }
}

#[test]
fn without_the_peer_s_recording_one_of_our_own_takes_its_place() {
    let cases = [
        (modern(), 300_000, vec![40], "a loss in the middle"),
        (modern(), 60_000, vec![42], "the last segment"),
        (Config::new(Profile::Classic), 100_000, vec![30], "by duplicate ACKs"),
    ];
    for (config, bytes, lost, of) in cases {
        let clean = read(&transfer(&config, &delayed(), bytes, &[]).server);
        let Taped { server, .. } = transfer(&config, &delayed(), bytes, &lost);
        let here = read(&server);
        let this = Recorded { recording: &server, run: &here };
        let mut otherwise = WhatIf::alone(this, 0).expect("it replays");
        let mut compared = 0;
        for turn in explain(&here.stories[0]) {
            let Some(would) = otherwise.story(&turn) else { continue };
            assert_same(would, &clean.stories[0], of);
            let said = otherwise.tell(&turn).expect("a story has words");
            assert!(said.contains("one of lucid's own in its peer's place"), "{of}: {said}");
            compared += 1;
        }
        assert!(compared > 0, "{of}: nothing was lost");
    }
}

#[test]
fn other_losses_stay_and_the_same_question_has_the_same_answer() {
    let without = read(&transfer(&modern(), &delayed(), 400_000, &[120]).server);
    let Taped { client, server } = transfer(&modern(), &delayed(), 400_000, &[40, 120]);
    let (mut there, mut here) = (read(&client), read(&server));
    let meeting = meet(&mut here, &mut there)[0];
    let this = Recorded { recording: &server, run: &here };
    let peer = Recorded { recording: &client, run: &there };
    let turns = explain(&here.stories[0]);
    let first = turns.iter().find(|turn| turn.topic == Topic::Retransmission).expect("two losses");
    let mut answers = [0, 1].map(|_| WhatIf::between(this, peer, meeting).expect("they replay"));
    let would = answers[0].story(first).expect("it can be told");
    let again = |story: &Story| story.outgoing.segments.iter().filter(|sent| sent.retransmission > 0).count();
    assert_eq!((again(would), again(&without.stories[0])), (1, 1), "the other one is lost in any case");
    for turn in &turns {
        let [one, other] = &mut answers;
        assert_eq!(one.tell(turn), other.tell(turn));
    }
}

#[test]
fn a_slow_line_is_as_slow_otherwise() {
    let rate = Rate::from_bits_per_second(10_000_000);
    let faults = Faults { rate, queue: Some(10_000_000), ..delayed() };
    let clean = read(&transfer(&modern(), &faults, 1_000_000, &[]).server);
    let Taped { client, server } = transfer(&modern(), &faults, 1_000_000, &[300]);
    let (mut there, mut here) = (read(&client), read(&server));
    let meeting = meet(&mut here, &mut there)[0];
    let alone = WhatIf::alone(Recorded { recording: &server, run: &here }, 0).expect("it replays");
    let both = WhatIf::between(
        Recorded { recording: &server, run: &here },
        Recorded { recording: &client, run: &there },
        meeting,
    );
    let ends = |story: &Story| story.sending_time().expect("it sent").to.as_nanos() as f64;
    let turns = explain(&here.stories[0]);
    let lost = turns.iter().find(|turn| turn.topic == Topic::Retransmission).expect("a loss");
    for mut otherwise in [alone, both.expect("they replay")] {
        let would = otherwise.story(lost).expect("it can be told");
        let off = ends(would) / ends(&clean.stories[0]);
        assert!((0.97..1.03).contains(&off), "it takes {off} times as long as without that loss");
        let said = otherwise.tell(lost).expect("a story has words");
        assert!(said.contains(" kB/s, as measured,") || said.contains(" MB/s, as measured,"), "{said}");
    }
}

#[test]
fn a_closed_window_would_have_been_open_if_the_application_had_read() {
    let small = Config { receive_buffer: 20_000, receive_buffer_max: 20_000, ..modern() };
    let sleeps_until = |until: Time| transfer_to_sleeper(&small, &delayed(), 100_000, &[], until);
    let Taped { client, server } = sleeps_until(Time::from_millis(5_000));
    let (mut there, mut here) = (read(&client), read(&server));
    let meeting = meet(&mut here, &mut there)[0];
    let this = Recorded { recording: &server, run: &here };
    let peer = Recorded { recording: &client, run: &there };
    let mut otherwise = WhatIf::between(this, peer, meeting).expect("they replay");
    let probe = explain(&here.stories[0]).into_iter().find(|turn| turn.topic == Topic::Probe);
    let probe = probe.expect("a closed window is probed");
    let windows = here.stories[0].send_window.points();
    let before = windows.iter().rev().skip_while(|(at, _)| *at > probe.at);
    let closed = before.take_while(|(_, window)| *window < 1388).last().expect("it closes").0;
    let said = otherwise.tell(&probe).expect("it can be told");
    assert!(
        said.starts_with(&format!("Had the peer's application read on from {closed}, its window")),
        "{said}"
    );
    let would = otherwise.story(&probe).expect("it was told");
    let is = read(&sleeps_until(closed).server);
    assert_eq!(would.outgoing.acknowledged, is.stories[0].outgoing.acknowledged);

    // Without the peer's recording, it is one that has always read.
    let mut otherwise = WhatIf::alone(this, 0).expect("it replays");
    let said = otherwise.tell(&probe).expect("it can be told");
    assert!(
        said.starts_with(&format!("Had the peer's application read on from {closed}, its window"))
            && said.contains("one of lucid's own in its peer's place that reads at once"),
        "{said}"
    );
    let would = otherwise.story(&probe).expect("it was told");
    let is = read(&sleeps_until(Time::ZERO).server);
    let all = |story: &Story| *story.outgoing.acknowledged.points().last().expect("acknowledgments");
    let ((would, place), (is, whole)) = (all(would), all(&is.stories[0]));
    // The path is known by round trips alone, of which some wait for a delayed acknowledgment.
    let round_trips = Duration::from_millis(2 * 20);
    assert_eq!(place, whole);
    assert!(would >= is && would - is < round_trips, "{would} instead of {is}");
}

#[test]
fn a_reset_that_is_lost_is_followed_by_another() {
    let mut pair = Pair::over(&modern(), &modern(), &delayed(), 1);
    let tapes = Who::BOTH.map(|who| {
        let tape = Tape::default();
        pair.side(who).record(tape.clone());
        tape
    });
    let (client, server) = pair.established();
    pair.write(Who::Server, server, &[7; 100_000]);
    pair.run_for(Duration::from_millis(45));
    pair.call(Who::Client, client, Call::Abort).expect("it is open");
    while pair.step() {}
    let [client, server] = Who::BOTH.map(|who| {
        pair.side(who).finish_recording();
        tapes[who as usize].contents()
    });
    let (mut there, mut here) = (read(&client), read(&server));
    let meeting = meet(&mut here, &mut there)[0];
    let this = Recorded { recording: &server, run: &here };
    let peer = Recorded { recording: &client, run: &there };
    let mut otherwise = WhatIf::between(this, peer, meeting).expect("they replay");
    let reset = explain(&here.stories[0]).into_iter().find(|turn| turn.topic == Topic::Reset);
    let reset = reset.expect("a reset");
    let would = otherwise.story(&reset).expect("it can be told").closed.clone();
    let is = here.stories[0].closed.clone();
    let ((would, why), (is, _)) = (would.expect("another comes"), is.expect("it was reset"));
    assert!(would > is && why == CloseReason::Reset, "{would} for {why}, after {is}");

    // A peer that is gone is as good as one that isn't there.
    let mut otherwise = WhatIf::alone(this, 0).expect("it replays");
    let (alone, why) =
        otherwise.story(&reset).expect("it can be told").closed.clone().expect("another comes");
    assert!(
        alone > is && alone.max(would) - alone.min(would) < Duration::from_millis(20),
        "{alone}, and not {would}"
    );
    assert_eq!(why, CloseReason::Reset);
    let said = otherwise.tell(&reset).expect("it was told");
    assert!(
        said.starts_with(&format!(
            "Had that reset been lost on its way, another would have ended the connection at {alone}"
        )) && said.contains("its peer knows of no connection any more"),
        "{said}"
    );
}

/// What a peer would have sent instead of what never came, its own recording has to say. When what came could have been read,
/// this end's has.
#[test]
fn what_waits_behind_a_gap_could_have_been_read_when_it_came() {
    // Two segments come behind the lost one: too few to show it, and a timer has to.
    let taped = transfer(&Config::new(Profile::Classic), &delayed(), 20_000, &[17]);
    let here = read(&taped.client);
    let story = &here.stories[0];
    let stall = explain(story).into_iter().find(|turn| turn.what.contains("waited behind a gap"));
    let stall = stall.expect("it waits for the timer");
    let data: Vec<_> = story.incoming.segments.iter().filter(|segment| segment.bytes > 0).collect();
    let [.., first_behind, _, missing] = &data[..] else { panic!("{data:?}") };
    assert!(missing.start < first_behind.start, "it came last");
    let waited = missing.at - first_behind.at;
    assert!(waited > Duration::from_millis(900), "{waited:?}");
    let expected = format!(
        "Had what is missing come before it, what came at {} could have been read then, {} sooner than it was.",
        first_behind.at,
        lucid_views::words::time(waited)
    );
    assert_eq!(stall.otherwise, expected);
}

//! Runs in virtual time, recorded, and what is read from their recordings: against what was seen while they went on.

#[path = "../../conn/tests/support/mod.rs"]
mod support;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use lucid_congestion::Phase;
use lucid_conn::engine::{
    Arrival, Call, Config, ConnId, Event, Limit, PathMtu, Profile, RecoveryState, Time, What,
};
use lucid_sim::Faults;
use lucid_views::limits::LimitedBy;
use lucid_views::meet::meet;
use lucid_views::report::Limits;
use lucid_views::run::Keep;
use lucid_views::series::Fate;
use lucid_views::words::is_routine;
use lucid_views::{Run, Source, Story, Summary, report};

use support::dice::Dice;
use support::pair::{Pair, Tape, Who};

/// A transfer from the server to the client, recorded at both ends, and what was seen of it.
struct Transfer {
    client: Run,
    server: Run,
    /// What the server's endpoint told while it went on.
    events: Vec<Event>,
    client_events: Vec<Event>,
    /// What was lost: its sender, when, and whether it took sequence space.
    lost: Vec<(Who, Time, bool)>,
    /// The server's connection.
    conn: ConnId,
    /// How its recovery stood after each step.
    recovery: Vec<(Time, RecoveryState)>,
}

/// Loses one segment in `one_in`, by a seed; after the handshake, so that there is a connection to tell of.
fn transfer(config: &Config, bytes: usize, one_in: usize, seed: u64) -> Transfer {
    let faults = Faults { delay: Duration::from_millis(10), ..Faults::default() };
    let mut pair = Pair::over(config, config, &faults, seed);
    let tapes = [Tape::default(), Tape::default()];
    for who in Who::BOTH {
        pair.side(who).record(tapes[who as usize].clone());
    }
    let (client, server) = pair.established();
    let lost = Rc::new(RefCell::new(Vec::new()));
    let (noted, mut dice) = (Rc::clone(&lost), Dice::new(seed));
    // The time of a loss is its segment's in the list of what was sent: it is asked for before it stands there.
    pair.lose = Box::new(move |who, number, segment| {
        let is_lost = one_in > 0 && dice.one_in(one_in);
        if is_lost {
            noted.borrow_mut().push((who, number, segment.sequence_len() > 0));
        }
        is_lost
    });
    let (mut written, mut read) = (0, 0);
    let mut recovery = Vec::new();
    let mut step = |pair: &mut Pair| {
        let stepped = pair.step();
        let info = pair.side(Who::Server).endpoint.info(server);
        recovery.push((pair.now, info.map_or(RecoveryState::Open, |info| info.recovery)));
        assert!(recovery.len() < 1_000_000, "seed {seed}: it never ends");
        stepped
    };
    loop {
        if written < bytes {
            let chunk = vec![0x55; (bytes - written).min(20_000)];
            written += pair.write(Who::Server, server, &chunk);
            if written == bytes {
                pair.call(Who::Server, server, Call::Shutdown).expect("it is open");
            }
        }
        let (data, ended) = pair.read(Who::Client, client);
        read += data.len();
        if ended {
            break;
        }
        assert!(step(&mut pair), "seed {seed}: nothing more happens after {read} bytes");
    }
    pair.call(Who::Client, client, Call::Shutdown).expect("it is open");
    while step(&mut pair) {}
    for who in Who::BOTH {
        pair.side(who).finish_recording();
    }
    assert_eq!(read, bytes, "seed {seed}");
    let at = |pair: &mut Pair, who: Who, number: usize| pair.side(who).sent[number].0;
    let lost = lost.take().into_iter();
    let lost = lost.map(|(who, number, takes)| (who, at(&mut pair, who, number), takes)).collect();
    let [client, server_run] =
        tapes.map(|tape| Run::read(&tape.contents()[..], Keep::default()).expect("it replays"));
    let events = std::mem::take(&mut pair.side(Who::Server).events);
    let client_events = std::mem::take(&mut pair.side(Who::Client).events);
    Transfer { client, server: server_run, events, client_events, lost, conn: server, recovery }
}

impl Transfer {
    fn story(&self) -> &Story {
        self.server.stories.iter().find(|story| story.conn == self.conn).expect("it was told")
    }

    /// How many of the server's events are like this.
    fn count(&self, wanted: impl Fn(&What) -> bool) -> u64 {
        self.events.iter().filter(|event| event.conn == Some(self.conn) && wanted(&event.what)).count() as u64
    }
}

/// Today's TCP over a path with an Ethernet's segments, and not in a few of 64 KiB.
fn modern() -> Config {
    Config { mss: 1400, path_mtu: PathMtu::Fixed, ..Config::new(Profile::Modern) }
}

fn profiles() -> [(Config, &'static str); 2] {
    [(modern(), "modern"), (Config::new(Profile::Classic), "classic")]
}

#[test]
fn a_story_has_every_event_that_was_told_while_the_run_went_on() {
    for (config, name) in profiles() {
        let run = transfer(&config, 200_000, 40, 3);
        let told: Vec<_> = run.events.iter().filter(|event| event.conn == Some(run.conn)).collect();
        assert_eq!(run.story().events.iter().collect::<Vec<_>>(), told, "{name}");
        let client = &run.client.stories[0];
        assert_eq!(client.events.len(), run.client_events.len(), "{name}");
        assert_eq!(client.events_left_out + run.story().events_left_out, 0);
    }
}

#[test]
fn a_summary_s_numbers_are_those_that_the_events_add_up_to() {
    for (config, name) in profiles() {
        for seed in 1..6 {
            let run = transfer(&config, 300_000, 30, seed);
            let summary = Summary::of(run.story());
            let sent = |wanted: fn(u32, usize) -> bool| {
                run.count(|what| matches!(what, What::Sent { segment, retransmission, .. } if wanted(*retransmission, segment.bytes)))
            };
            assert_eq!(summary.retransmissions, sent(|again, _| again > 0), "{name}, seed {seed}");
            assert_eq!(
                summary.timeouts,
                run.count(|what| matches!(what, What::Timeout { .. })),
                "{name}, seed {seed}"
            );
            assert_eq!(
                summary.tail_probes,
                run.count(|what| matches!(what, What::TailProbe { .. })),
                "{name}, seed {seed}"
            );
            let new = run.events.iter().map(|event| match &event.what {
                What::Sent { segment, retransmission: 0, .. } => segment.bytes as u64,
                _ => 0,
            });
            assert_eq!((summary.bytes_sent, new.sum::<u64>()), (300_000, 300_000), "{name}, seed {seed}");
            assert!(sent(|again, _| again > 0) > 0, "{name}, seed {seed}: nothing was lost");
            let client = Summary::of(&run.client.stories[0]);
            let early = run
                .client_events
                .iter()
                .filter(|event| matches!(event.what, What::Arrived { arrival: Arrival::OutOfOrder, .. }));
            assert_eq!(client.out_of_order, early.count() as u64, "{name}, seed {seed}");
        }
    }
}

#[test]
fn time_in_recovery_is_what_the_endpoint_said_while_it_went_on() {
    let mut compared = 0;
    for (config, name) in profiles() {
        for seed in 1..8 {
            let run = transfer(&config, 300_000, 40, seed);
            let repairing = |recovery: RecoveryState| {
                matches!(recovery, RecoveryState::Recovery | RecoveryState::Timeout)
            };
            let spans = run.recovery.windows(2).filter(|pair| repairing(pair[0].1));
            let time: Duration = spans.map(|pair| pair[1].0 - pair[0].0).sum();
            assert_eq!(Summary::of(run.story()).time_in_recovery, time, "{name}, seed {seed}");
            compared += usize::from(!time.is_zero());
        }
    }
    assert!(compared >= 10, "{compared} runs had a recovery");
}

#[test]
fn the_controller_is_in_recovery_as_long_as_the_engine_is() {
    let mut compared = 0;
    // With seed 3 the very ACK that ends a recovery finds the next loss.
    for seed in 1..8 {
        let run = transfer(&modern(), 300_000, 60, seed);
        for (at, recovery) in &run.recovery {
            let before = run.events.iter().rev().filter(|event| event.at <= *at);
            let mut phases = before.filter_map(|event| match &event.what {
                What::Window { phase, .. } => Some(phase.after),
                _ => None,
            });
            let Some(phase) = phases.next() else { continue };
            let both = (*recovery == RecoveryState::Recovery, phase == Phase::FastRecovery);
            assert_eq!(both.0, both.1, "seed {seed} at {at}: {recovery:?}, {phase}");
            compared += usize::from(both.0);
        }
    }
    assert!(compared > 50, "in recovery {compared} times");
}

#[test]
fn who_lost_what_is_known_once_both_ends_are_and_each_loss_has_its_repair() {
    for (config, name) in profiles() {
        for seed in 1..6 {
            let mut run = transfer(&config, 200_000, 25, seed);
            let meetings = meet(&mut run.client, &mut run.server);
            assert_eq!(meetings.len(), 1, "{name}, seed {seed}");
            // One clock for both, and the same delay each way: none is ahead.
            assert_eq!(meetings[0].ahead, 0, "{name}, seed {seed}");
            for (who, story) in [(Who::Client, &run.client.stories[0]), (Who::Server, run.story())] {
                let missing = story.outgoing.segments.iter().filter(|segment| segment.fate == Fate::Lost);
                let missing: Vec<_> = missing.map(|segment| (segment.at, segment.takes_space())).collect();
                let lost = run.lost.iter().filter(|(by, ..)| *by == who);
                let lost: Vec<_> = lost.map(|(_, at, takes)| (*at, *takes)).collect();
                assert_eq!(missing, lost, "{name}, seed {seed}, {who:?}");
                for segment in &story.outgoing.segments {
                    let Fate::Arrived(at) = segment.fate else { continue };
                    assert_eq!(at, segment.at + Duration::from_millis(10), "{name}, seed {seed}");
                }
            }
            let losses = Summary::of(run.story()).losses;
            assert!(losses.certain && losses.segments > 0, "{name}, seed {seed}: {losses:?}");
            let repaired =
                losses.by_fast_recovery + losses.by_tail_probe + losses.by_timeout + losses.by_other;
            assert_eq!(repaired + losses.needless, losses.segments, "{name}, seed {seed}: {losses:?}");
        }
    }
}

#[test]
fn where_the_engine_says_that_a_window_is_full_that_window_is_the_limit() {
    let small = Config { receive_buffer: 8_000, receive_buffer_max: 8_000, ..modern() };
    let mut seen = [0, 0];
    for config in [Config::new(Profile::Classic), modern(), small] {
        for seed in 1..4 {
            let run = transfer(&config, 200_000, 50, seed);
            let story = run.story();
            for event in &story.events {
                let What::InflightFull { limit, .. } = event.what else { continue };
                // What else came at that time may have made room again.
                let moment = story.events.iter().rfind(|last| last.at == event.at);
                if moment != Some(event) {
                    continue;
                }
                let expected = match limit {
                    Limit::Congestion => LimitedBy::CongestionWindow,
                    Limit::Receiver => LimitedBy::Receiver,
                };
                assert_eq!(story.limited_by.at(event.at), Some(Some(expected)), "seed {seed}: {event:?}");
                seen[usize::from(limit == Limit::Receiver)] += 1;
            }
            let summary = Summary::of(story);
            let span = story.sending_time().expect("it sent");
            assert_eq!(summary.sending, span.to - span.from, "the shares are shares of all of it");
            let shares: f64 = LimitedBy::ALL.into_iter().map(|limit| summary.share(limit)).sum();
            assert!((shares - 1.0).abs() < 1e-9, "{shares}");
        }
    }
    assert!(seen.iter().all(|times| *times > 10), "{seen:?}");
}

#[test]
fn without_the_peer_s_recording_acknowledgments_tell_what_became_of_a_segment() {
    let run = transfer(&modern(), 200_000, 40, 5);
    let story = run.story();
    for segment in story.outgoing.segments.iter().filter(|segment| segment.takes_space()) {
        let again = story.outgoing.segments.iter().any(|later| {
            later.retransmission > 0
                && later.at > segment.at
                && later.start <= segment.start
                && segment.start < later.end()
        });
        match segment.fate {
            Fate::Acknowledged(at) => assert!(at > segment.at),
            Fate::TakenForLost => assert!(again, "{segment:?}"),
            // What a probe repeated may or may not have arrived.
            Fate::Unknown => assert!(again || segment.retransmission > 0, "{segment:?}"),
            other => panic!("{other:?} without the peer's recording"),
        }
    }
    assert!(!Summary::of(story).losses.certain);
}

#[test]
fn a_recording_that_breaks_off_is_told_as_far_as_it_goes() {
    let config = modern();
    let tape = Tape::default();
    let mut pair = Pair::new(&config);
    pair.side(Who::Client).record(tape.clone());
    pair.established();
    pair.side(Who::Client).finish_recording();
    let whole = tape.contents();
    let cut = Run::read(&whole[..whole.len() - 20], Keep::default()).expect("the beginning is there");
    assert!(cut.broken_off.is_some());
    assert_eq!(cut.stories.len(), 1);
    let bad = [&whole[..whole.len() / 2], b"?", &whole[whole.len() / 2 + 1..]].concat();
    assert!(Run::read(&bad[..], Keep::default()).is_err(), "a changed byte is noticed");
    let page = report(vec![Source { name: "cut".to_owned(), run: cut }], Limits::default()).expect("a page");
    assert!(page.html.contains("The recording cut is not whole"));
}

#[test]
fn a_page_is_one_file_that_asks_for_nothing_and_small_without_its_data() {
    let run = transfer(&modern(), 100_000, 40, 2);
    let sources = vec![
        Source { name: "<client> & </script>".to_owned(), run: run.client },
        Source { name: "server".to_owned(), run: run.server },
    ];
    let page = report(sources, Limits::default()).expect("a page").html;
    let (before, data) = page.split_once("id=\"data\">").expect("the data");
    let (data, after) = data.split_once("</script>").expect("its end");
    assert!(before.len() + after.len() < 400_000, "{} bytes", before.len() + after.len());
    assert!(!data.contains('<'), "nothing in the data may end its script");
    for reference in ["http:", "https:", "src=", "@import", "url(", "{{"] {
        assert!(!before.contains(reference) && !after.contains(reference), "{reference}");
    }
    assert!(before.contains("&lt;client> &amp;"), "names are text");
    let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["stories"].as_array().map(Vec::len), Some(2));
    assert_eq!(data["pairs"], serde_json::json!([[1, 0]]));
    assert_eq!(data["notes"], serde_json::json!([]));
}

#[test]
fn a_page_of_a_long_run_is_a_sample_that_says_so_and_keeps_what_is_special() {
    let run = transfer(&modern(), 2_000_000, 60, 7);
    let special = run.story().outgoing.segments.iter().filter(|segment| segment.fate.is_lost()).count();
    assert!(special > 5, "{special}");
    let limits = Limits { segments: 400, points: 2_000, events: 100, ..Limits::default() };
    let whole =
        report(vec![Source { name: "long".to_owned(), run: copy(&run) }], Limits::default()).expect("a page");
    let page = report(vec![Source { name: "long".to_owned(), run: run.server }], limits).expect("a page");
    assert!(page.html.len() < whole.html.len() / 3, "{} of {}", page.html.len(), whole.html.len());
    assert!(page.html.contains("is a sample") && page.html.contains("events of routine are not in the list"));
    assert!(!whole.html.contains("is a sample"));
    let (_, data) = page.html.split_once("id=\"data\">").expect("the data");
    let data: serde_json::Value =
        serde_json::from_str(data.split_once("</script>").expect("its end").0).expect("JSON");
    let segments = &data["stories"][0]["out"]["segments"];
    let looks = segments["l"].as_array().expect("looks");
    assert_eq!(looks.iter().filter(|look| **look == 2).count(), special);
    let bytes: u64 =
        segments["n"].as_array().expect("bytes").iter().filter_map(serde_json::Value::as_u64).sum();
    let sent: u64 = copy_bytes(&whole.html);
    assert_eq!(bytes, sent, "merged segments have all their bytes");
    assert_eq!(page.summary, whole.summary, "what is said is of the whole run");
}

#[test]
fn of_many_connections_those_that_carried_most_are_told() {
    let run = transfer(&modern(), 50_000, 0, 1);
    let mut many = copy(&run);
    let mut small = run.story().clone();
    small.counts.bytes_sent = 10;
    many.stories = vec![small.clone(), run.story().clone(), small];
    let limits = Limits { stories: 2, ..Limits::default() };
    let page = report(vec![Source { name: "many".to_owned(), run: many }], limits).expect("a page");
    assert!(page.html.contains("2 of 3 connections are here"), "{}", page.summary);
    let said = "Of 3 connections, the one that carried most: 50.0 kB sent in ";
    assert!(page.summary.starts_with(said), "{}", page.summary);
    let none = Run { stories: Vec::new(), ..copy(&run) };
    let page = report(vec![Source { name: "none".to_owned(), run: none }], limits).expect("a page");
    assert_eq!(page.summary, "No connection was opened.");
}

#[test]
fn of_a_run_that_is_too_long_routine_is_left_out_and_counted() {
    let config = modern();
    let tape = Tape::default();
    let mut pair = Pair::new(&config);
    pair.side(Who::Server).record(tape.clone());
    let (client, server) = pair.established();
    for _ in 0..50 {
        pair.write(Who::Server, server, &[1; 10_000]);
        pair.run_for(Duration::from_millis(50));
        pair.read(Who::Client, client);
    }
    pair.side(Who::Server).finish_recording();
    let read =
        |events| Run::read(&tape.contents()[..], Keep { events }).expect("it replays").stories.remove(0);
    let (whole, short) = (read(usize::MAX), read(20));
    assert!(whole.events.len() > 500 && whole.events_left_out == 0);
    assert_eq!(short.events.len() as u64 + short.events_left_out, whole.events.len() as u64);
    let turns = |story: &Story| story.events.iter().filter(|event| !is_routine(event)).count();
    assert_eq!(turns(&short), turns(&whole));
    assert_eq!(short.outgoing.segments.len(), whole.outgoing.segments.len());
    let named = whole.outgoing.segments.iter().filter_map(|segment| segment.event);
    for event in named {
        assert!(matches!(whole.events[event as usize].what, What::Sent { .. }), "a segment knows its event");
    }
}

/// The server's run once more: stories are what pages are made of.
fn copy(run: &Transfer) -> Run {
    Run {
        setup: run.server.setup.clone(),
        stories: run.server.stories.clone(),
        strays: Vec::new(),
        ended_at: run.server.ended_at,
        broken_off: None,
    }
}

fn copy_bytes(page: &str) -> u64 {
    let (_, data) = page.split_once("id=\"data\">").expect("the data");
    let data: serde_json::Value =
        serde_json::from_str(data.split_once("</script>").expect("its end").0).expect("JSON");
    let bytes = data["stories"][0]["out"]["segments"]["n"].as_array().expect("bytes");
    bytes.iter().filter_map(serde_json::Value::as_u64).sum()
}

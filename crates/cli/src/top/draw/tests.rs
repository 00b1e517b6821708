use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::*;
use crate::live::protocol::Connection;
use crate::live::testing::{connection, snapshot};
use crate::top::choice::{Choice, Running};
use crate::top::model::Wish;

/// A transfer, and connections on which little happens, after twenty looks.
fn watched(count: u32) -> Model {
    let connections = |round: u64| {
        let each = (0..count).map(|conn| {
            let mut one = Connection { at_us: 1_000_000 + round * 500_000, ..connection(conn) };
            if conn == 0 {
                one.cwnd = 20_000 + 3000 * round;
                one.ssthresh = (round > 12).then_some(56_000);
                one.in_flight = 15_000 + 3000 * round;
                one.delivered = 100_000 + 40_000 * round * round;
                one.rtt_us = Some(20_000 + 700 * round);
            }
            one
        });
        each.collect()
    };
    let mut model = Model::new(snapshot(connections(0)));
    for round in 1..20 {
        model.update(snapshot(connections(round)));
    }
    model
}

fn picture(model: &mut Model, look: Look, width: u16, height: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
    terminal.draw(|frame| draw(model, look, frame)).expect("memory takes it");
    terminal.backend().buffer().clone()
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let line = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..buffer.area.height).map(|y| line(y).trim_end().to_owned()).collect()
}

fn drawn(model: &mut Model, width: u16, height: u16) -> String {
    lines(&picture(model, Look::new(true), width, height)).join("\n")
}

#[test]
fn the_list_says_what_is_watched_and_how_fast_each_connection_is() {
    let text = drawn(&mut watched(3), 80, 24);
    let parts = [
        "lucid serve  pid 4711  127.0.0.1:12345",
        "up 3m 07s",
        "3 connections   out 2.96MB/s  in 0B/s   5 of 1,000 sent again (0.50 %)",
        "PEER                  STATE",
        "▸127.0.0.1:40000/50000 ESTAB   2.96M      -",
        " 127.0.0.1:40000/50001 ESTAB       -      -",
        "1 of 3",
    ];
    for part in parts {
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
}

#[test]
fn every_size_of_screen_is_used_and_none_is_too_small() {
    let mut model = watched(5000);
    for (width, height) in [(200, 50), (120, 40), (80, 24), (60, 20), (40, 10), (20, 5), (1, 1)] {
        for wish in [None, Some(Wish::Enter), Some(Wish::Help)] {
            wish.into_iter().for_each(|wish| model.fulfil(wish));
            let text = drawn(&mut model, width, height);
            assert!(width < 60 || text.contains("lucid serve  pid 4711"), "{width}x{height}\n{text}");
        }
        model.fulfil(Wish::Help);
        model.fulfil(Wish::Back);
    }
    let wide = drawn(&mut model, 200, 50);
    for column in ["LIMITED BY", "FLIGHT", "UNSENT", "SSTHR", "MINRTT", "CONN", "CC"] {
        assert!(wide.contains(column), "{column} in\n{wide}");
    }
    assert_eq!(wide.lines().filter(|line| line.contains("ESTAB")).count(), 46);
}

#[test]
fn one_connection_has_graphs_and_numbers() {
    let mut model = watched(3);
    model.fulfil(Wish::Enter);
    for (width, height) in [(80, 24), (200, 50)] {
        let text = drawn(&mut model, width, height);
        let parts = [
            "127.0.0.1:12345 to 127.0.0.1:40000/50000",
            "ESTABLISHED   cubic: slow start   limited by: congestion window",
            "⠤⠤ cwnd 77.0k   •• ssthresh 56.0k   ⣿⣿ in flight 72.0k",
            "⠤⠤ out 2.96MB/s",
            "⠤⠤ smoothed 33ms",
            "9s ago",
            "peer's window",
        ];
        for part in parts {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
        assert!(text.lines().filter(|line| line.contains('│')).count() >= 7, "{text}");
    }
}

#[test]
fn the_end_of_the_process_is_told_and_the_picture_stays() {
    let mut model = watched(3);
    model.end("has ended");
    let text = drawn(&mut model, 80, 24);
    assert!(text.contains("pid 4711 has ended. This is how it was last; q quits."), "{text}");
    assert!(text.contains("127.0.0.1:40000/50000"));
}

#[test]
fn without_connections_it_says_that_they_may_come() {
    let text = drawn(&mut watched(0), 80, 24);
    assert!(text.contains("0 connections") && text.contains("they appear here as they open"), "{text}");
}

/// <https://no-color.org>.
#[test]
fn without_colours_there_is_none() {
    let mut model = watched(3);
    for _ in 0..2 {
        let colours = |look, model: &mut Model| {
            let buffer = picture(model, look, 200, 50);
            let coloured =
                buffer.content.iter().filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset);
            coloured.count()
        };
        assert_eq!(colours(Look::new(false), &mut model), 0);
        assert!(colours(Look::new(true), &mut model) > 0);
        model.fulfil(Wish::Enter);
    }
}

#[test]
fn who_runs_is_listed_and_the_chosen_one_stands_out() {
    let asked = snapshot(vec![connection(1), connection(2)]);
    let mut busy = asked.clone();
    busy.process.local = "[2001:db8::17]:40000".parse().expect("an address");
    busy.process.command = "get".to_owned();
    let running =
        vec![Running::new(4711, Some(asked)), Running::new(99_123, Some(busy)), Running::new(5, None)];
    let mut choice = Choice::new(running);
    choice.go(Wish::Down(1));
    let mut terminal = Terminal::new(TestBackend::new(80, 8)).expect("memory");
    let mut text = |choice: &mut Choice| {
        terminal.draw(|frame| super::choice(choice, Look::new(true), frame)).expect("memory takes it");
        lines(terminal.backend().buffer())
    };
    let expected = [
        " 3 lucids of yours are running: which one?",
        "",
        "  4711  lucid serve     127.0.0.1:12345       2 connections  up 3m 07s",
        "▸99123  lucid get       [2001:db8::17]:40000  2 connections  up 3m 07s",
        "     5  doesn't answer",
        "",
        "",
        " ↑↓ select  Enter watch  q quit                                          2 of 3",
    ];
    assert_eq!(text(&mut choice), expected);
    choice.refused = Some("process 99123 has ended".to_owned());
    assert_eq!(text(&mut choice)[7], " process 99123 has ended");
    choice.update(Vec::new());
    choice.go(Wish::First);
    assert_eq!(text(&mut choice)[0], " no lucid of yours is running: one that starts appears here");
}

/// However small the screen, the chosen one is on it.
#[test]
fn a_long_list_of_those_that_run_follows_the_cursor() {
    let mut choice = Choice::new((0..100).map(|pid| Running::new(pid, None)).collect());
    for (width, height) in [(80, 24), (20, 6), (3, 3), (1, 1)] {
        choice.go(Wish::Last);
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
        terminal.draw(|frame| super::choice(&mut choice, Look::new(false), frame)).expect("memory takes it");
        let text = lines(terminal.backend().buffer()).join("\n");
        assert!(height < 6 || text.contains("▸99"), "{width}x{height}\n{text}");
    }
}

//! `lucid top` on screens of any size, with few connections and with very many.

use std::fs;
use std::path::Path;

use crate::bench::{Bench, Server, text};
use crate::crowd::Crowd;
use crate::tmux::Tmux;

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 50);

/// Keeps what is on the screen, with its colours.
fn keep(tmux: &Tmux, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("top");
    fs::create_dir_all(&folder).expect("a directory");
    fs::write(folder.join(format!("{name}.txt")), tmux.screen()).expect("a file");
    fs::write(folder.join(format!("{name}.ansi")), tmux.coloured_screen()).expect("a file");
}

/// A server with a slow line, and a file that is worth a while.
fn server(bench: &Bench) -> Server {
    bench.write("files/some.bin", &text(300_000));
    bench.serve("--max-connections 5100 --rate 16mbit --delay 10ms --loss 1% --seed 1 --quiet")
}

/// A shell that has noted how its terminal is, and runs `lucid top` there; its process id will be in the file `pid`.
fn watching(bench: &Bench, name: &str, size: (u16, u16), server: &Server) -> Tmux {
    let tmux = Tmux::start(name, size, &bench.path(""), bench.runtime());
    // What it says at the end stands on a line of its own, and not in the command.
    let top = format!("{} top {} --every 100ms", env!("CARGO_BIN_EXE_lucid"), server.running.id());
    tmux.enter(&format!(
        "stty -a >before; sh -c 'echo $$ >pid; exec {top}'; echo exit=$?; stty -a >after; echo all-\"\"done"
    ));
    tmux
}

/// The shell has its terminal back, and it is as it was.
fn given_back(bench: &Bench, tmux: &Tmux, exit: u8) {
    let screen = tmux.wait_for(|screen| screen.contains("all-done\n"));
    assert!(screen.contains(&format!("exit={exit}\n")), "{screen}");
    assert_eq!(tmux.state(), (false, true), "the other screen is left, and there is a cursor");
    assert!(!screen.contains("PEER"), "nothing of the picture is left:\n{screen}");
    assert_eq!(bench.read("before"), bench.read("after"), "stty");
}

fn kill(bench: &Bench, signal: &str) {
    let pid = String::from_utf8(bench.read("pid")).expect("a number");
    let sent = std::process::Command::new("kill").args(["-s", signal, pid.trim()]).status().expect("kill");
    assert!(sent.success(), "kill -s {signal} {pid}");
}

/// Every line fits, and the last one is the bar of keys.
fn is_whole(screen: &str, (width, height): (u16, u16)) {
    let lines: Vec<_> = screen.lines().collect();
    assert_eq!(lines.len(), usize::from(height), "{screen}");
    assert!(lines.iter().all(|line| line.chars().count() <= usize::from(width)), "{screen}");
    assert!(lines[lines.len() - 1].contains("q quit"), "{screen}");
}

fn many(count: usize, said: &str) {
    let bench = Bench::new();
    let server = server(&bench);
    let _crowd = Crowd::of(count, &server.address);
    for (name, size) in [("80x24", SMALL), ("200x50", LARGE)] {
        let tmux = watching(&bench, &format!("{name}-{count}"), size, &server);
        let all = said.split(' ').next().expect("a number");
        let first = format!("1 of {all}");
        let rows = count.min(usize::from(size.1) - 4);
        let shown = |screen: &str| screen.lines().filter(|line| line.contains("ESTAB")).count();
        // A picture may come in two parts.
        let screen = tmux.wait_for(|screen| {
            screen.contains(said) && screen.contains('▃') && screen.contains(&first) && shown(screen) == rows
        });
        is_whole(&screen, size);
        keep(&tmux, &format!("list-{name}-{count}"));

        tmux.keys(&["End", "Enter"]);
        tmux.wait_for(|screen| {
            screen.contains("Windows, bytes") && screen.contains(&format!("{all} of {all}"))
        });
        // Alone, or it would be the beginning of another key.
        tmux.keys(&["Escape"]);
        tmux.wait_for(|screen| screen.contains("PEER"));
        tmux.keys(&["Home", "Enter"]);
        let screen = tmux.wait_for(|screen| {
            screen.contains("⠤⠤ cwnd") && screen.contains("s ago") && screen.contains(&first)
        });
        is_whole(&screen, size);
        keep(&tmux, &format!("detail-{name}-{count}"));

        tmux.keys(&["?"]);
        tmux.wait_for(|screen| screen.contains("show this connection alone") && screen.contains("AGAIN"));
        keep(&tmux, &format!("keys-{name}"));
        tmux.keys(&["q"]);
        given_back(&bench, &tmux, 0);
    }
}

#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn one_connection() {
    many(1, "1 connection");
}

#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn fifty_connections() {
    many(50, "50 connections");
}

#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn five_thousand_connections() {
    many(5000, "5,000 connections");
}

/// By a signal: as a shell reports it.
#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn a_kill_gives_the_terminal_back() {
    let bench = Bench::new();
    let server = server(&bench);
    for (signal, exit) in [("TERM", 143), ("HUP", 143), ("INT", 130)] {
        let tmux = watching(&bench, signal, SMALL, &server);
        tmux.wait_for(|screen| screen.contains("no connections"));
        assert_eq!(tmux.state(), (true, false));
        kill(&bench, signal);
        given_back(&bench, &tmux, exit);
    }
}

#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn ctrl_c_quits() {
    let bench = Bench::new();
    let server = server(&bench);
    let tmux = watching(&bench, "ctrl-c", SMALL, &server);
    tmux.wait_for(|screen| screen.contains("no connections"));
    tmux.keys(&["C-c"]);
    given_back(&bench, &tmux, 0);
}

#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn the_picture_follows_the_terminal_s_size() {
    let bench = Bench::new();
    let server = server(&bench);
    let _crowd = Crowd::of(50, &server.address);
    let tmux = watching(&bench, "resized", SMALL, &server);
    tmux.wait_for(|screen| screen.contains("50 connections"));
    for size in [LARGE, (60, 15), SMALL] {
        tmux.resize(size);
        let rows = (usize::from(size.1) - 4).min(50);
        tmux.wait_for(|screen| {
            let lines: Vec<_> = screen.lines().collect();
            lines.len() == usize::from(size.1)
                && lines[lines.len() - 1].trim_end().ends_with("1 of 50")
                && lines.iter().filter(|line| line.contains("ESTAB")).count() == rows
        });
    }
}

#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn when_the_watched_process_ends_the_last_picture_stays() {
    let bench = Bench::new();
    let server = server(&bench);
    let crowd = Crowd::of(3, &server.address);
    let tmux = watching(&bench, "ended", SMALL, &server);
    tmux.wait_for(|screen| screen.contains("3 connections"));
    let pid = server.running.id();
    server.stop("KILL");
    let screen = tmux.wait_for(|screen| screen.contains(&format!("pid {pid} has ended")));
    assert_eq!(screen.lines().filter(|line| line.contains("ESTAB")).count(), 3, "{screen}");
    keep(&tmux, "ended");
    drop(crowd);
    tmux.keys(&["q"]);
    given_back(&bench, &tmux, 0);
}

/// Two that run: one is chosen from a list, which follows who runs.
#[test]
#[ignore = "needs tmux: cargo xtask ci live"]
fn it_finds_the_only_one_and_lets_one_be_chosen_where_there_are_several() {
    let bench = Bench::new();
    let first = server(&bench);
    let tmux = Tmux::start("which", SMALL, &bench.path(""), bench.runtime());
    let top = format!("{} top", env!("CARGO_BIN_EXE_lucid"));
    tmux.enter(&top);
    tmux.wait_for(|screen| {
        screen.contains(&format!("pid {}", first.running.id())) && screen.contains("q quit")
    });
    tmux.keys(&["q"]);
    let second = server(&bench);
    tmux.wait_for(|screen| !screen.contains("q quit"));
    tmux.enter(&top);
    let screen = tmux.wait_for(|screen| screen.contains("2 lucids of yours are running"));
    for server in [&first, &second] {
        let row = format!("{}  lucid serve  {}  0 connections  up", server.running.id(), server.address);
        assert!(screen.contains(&row), "{row}\n{screen}");
    }
    is_whole(&screen, SMALL);
    keep(&tmux, "choice");
    tmux.keys(&["End"]);
    // Processes stand in the order of their numbers, by their sockets' names; the last line is another's.
    let last = [&first, &second].map(|server| server.running.id()).into_iter().max().expect("two");
    tmux.wait_for(|screen| screen.contains(&format!("▸{last}")));
    tmux.keys(&["Enter"]);
    tmux.wait_for(|screen| screen.contains(&format!("pid {last}")) && screen.contains("no connections"));
    tmux.keys(&["q"]);
    tmux.wait_for(|screen| !screen.contains("q quit"));

    tmux.enter(&top);
    tmux.wait_for(|screen| screen.contains("2 lucids of yours are running"));
    let third = server(&bench);
    tmux.wait_for(|screen| screen.contains("3 lucids of yours") && screen.contains(&third.address));
    tmux.keys(&["Escape"]);
    tmux.wait_for(|screen| !screen.contains("q quit"));
    assert_eq!(tmux.state(), (false, true), "the other screen is left, and there is a cursor");
}

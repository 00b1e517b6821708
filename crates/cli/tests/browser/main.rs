//! Reports as their readers have them: in Chromium, from a file, with a mouse.
//!
//! `cargo xtask ci report` runs it; it fails where there is no Chromium. Pictures of the pages stay in
//! `target/tmp/report/`.

#[path = "../cli/bench.rs"]
#[expect(dead_code, reason = "the other tests' part of it")]
mod bench;
mod chromium;
mod page;
mod together;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lucid_conn::engine::{Time, What};
use lucid_views::run::Keep;
use lucid_views::{Run, Story, Summary};
use serde_json::json;

use bench::Bench;
use chromium::Chromium;
use page::Page;

/// Runs a transfer with both ends recorded, and makes the page of it.
fn transfer(bench: &Bench, server_flags: &str, client_flags: &str, name: &str) -> PathBuf {
    let server = bench.serve(&format!("--record {name}.server {server_flags}"));
    let get = format!("client {client_flags} --force --record {name}.client --server {}", server.address);
    bench.run(&get).succeeded();
    server.stop("INT");
    bench.run(&format!("report {name}.client {name}.server -o {name}.html")).succeeded();
    bench.path(&format!("{name}.html"))
}

/// The server's connection in a recording.
fn story(bench: &Bench, name: &str) -> Story {
    let mut run = Run::read(&bench.read(name)[..], Keep::default()).expect("a recording");
    run.stories.remove(0)
}

const ALL: [&str; 7] = ["bars", "sequence", "windows", "trips", "rates", "buffers", "ladder"];

#[test]
#[ignore = "needs Chromium: cargo xtask ci report"]
fn every_demo_s_report_opens_without_a_complaint_and_shows_something_in_every_plot() {
    let bench = Bench::new();
    bench.write("files/large.txt", &bench::text(400_000));
    // The steps of `cargo xtask demo`: what the server is given, and its clients.
    let steps = [
        ("step1", "--profile classic", "--profile classic --file 8192.txt"),
        ("step2", "--profile classic --delay 20ms", "--profile classic --file 8192.txt"),
        (
            "step3",
            "--profile classic --drop data:2,4 --loss 8% --seed 2",
            "--profile classic --file 2048.txt --loss 12% --seed 16",
        ),
        ("step4", "--profile classic", "--profile classic --file 8192.txt --file 8192.txt"),
        ("step5", "--profile classic", "--profile classic --file large.txt"),
        ("step6", "--profile classic --cc tahoe --drop data:40", "--profile classic --file large.txt"),
        ("step7", "--profile classic --cc reno --drop data:132", "--profile classic --file large.txt"),
        ("modern", "--mss 1452 --drop data:2,4,10 --loss 8% --seed 2", "--mss 1452 --file 8192.txt"),
    ];
    let mut chromium = Chromium::start();
    for (name, server, client) in steps {
        let file = transfer(&bench, server, client, name);
        chromium.open(&file);
        assert_eq!(chromium.misdeeds(&file), Vec::<&serde_json::Value>::new(), "{name}");
        let mut page = Page(&mut chromium);
        for panel in ALL {
            assert!(page.drawn(panel) > 0.0, "{name}: {panel} is empty");
            assert!(panel == "buffers" || page.coloured(panel) > 20.0, "{name}: {panel} has no colour");
        }
        let said = Summary::of(&story(&bench, &format!("{name}.server"))).sentences();
        let shown = chromium.text("byId('summary').textContent");
        assert!(shown.starts_with(&said[0]), "{name}: {shown}, not {said:?}");
    }
}

#[test]
#[ignore = "needs Chromium: cargo xtask ci report"]
fn hovering_clicking_zooming_and_playing_show_what_the_recording_has() {
    let bench = Bench::new();
    bench.write("files/large.txt", &bench::text(300_000));
    let name = "lossy";
    let file = transfer(
        &bench,
        "--mss 1400 --delay 10ms --drop data:30,90,91",
        "--delay 10ms --file large.txt",
        name,
    );
    let server = story(&bench, "lossy.server");
    let mut chromium = Chromium::start();
    chromium.look((1400, 1000), "light");
    chromium.open(&file);
    // The recording's own clock: the page has the first recording's.
    let ahead = server.opened_at.as_nanos() as f64 - chromium.number("shows.story.from");
    let recorded = |page: f64| Time::from_nanos((page + ahead) as u64);

    // Hovering: what stands beside the names is what the recording has at that time.
    let mut page = Page(&mut chromium);
    let mut values = 0;
    for part in [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95] {
        let t = recorded(page.hover("windows", part));
        let found = [
            page.readout("windows", "cwnd"),
            page.readout("windows", "in flight"),
            page.readout("sequence", "acknowledged"),
            page.readout("trips", "RTO"),
        ];
        let whole = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.0}"));
        let rto = server.rto.at(t).map_or("-".to_owned(), page::time);
        let expected = [
            whole(server.cwnd.at(t)),
            whole(server.pipe.at(t).map(|bytes| bytes as f64)),
            whole(server.outgoing.acknowledged.at(t).map(|bytes| bytes as f64)),
            rto,
        ];
        assert_eq!(found, expected, "at {t}");
        values += usize::from(found[0] != "-");
    }
    assert!(values >= 5, "nothing was compared");

    // A click on the second copy of a segment marks its event everywhere.
    let resent = server.outgoing.segments.iter().find(|segment| segment.retransmission > 0).expect("a loss");
    let event = &server.events[resent.event.expect("kept") as usize];
    assert!(matches!(event.what, What::Sent { .. }), "{event:?}");
    let at = resent.at.as_nanos() as f64 - ahead;
    page.show(at, Duration::from_millis(30));
    let place = page.segment_at(at, resent.start);
    page.0.click(place);
    // Only the mark is to be seen, not the pointer.
    page.0.mouse("mouseMoved", (2.0, 2.0), &json!({}));
    assert_eq!(page.0.value("axis.cursor"), serde_json::Value::Null);
    assert_eq!(page.0.number("axis.marked.t"), at);
    assert!(page.0.text("events.said.textContent").contains(event.rfc), "{}", event.rfc);
    let row = page.0.text("document.querySelector('.event.marked').textContent");
    assert!(
        row.contains("Sends") && row.contains(&format!("{} bytes from {}", resent.bytes, resent.start)),
        "{row}"
    );
    for panel in &ALL[..5] {
        assert!(page.is_marked(panel), "{panel} doesn't show the mark");
    }
    assert!(page.ladder_is_marked(), "the ladder doesn't show the mark");
    let held = page.0.text("document.querySelector('[data-of=\"lossy.server flight\"]').textContent");
    let flight = server.buffers.at(resent.at).expect("a value").in_flight;
    assert_eq!(page::plain(&held), flight.to_string());

    // A click in the list brings its event into view and marks it, too.
    page.0.value("axis.show(axis.least, axis.most); events.list.scrollTop = 0; 1");
    page.0.settle();
    let first = page.centre(".event");
    page.0.click(first);
    assert_eq!(page.0.number("axis.marked.event"), page.0.number("events.chosen[0]"));

    // Zoom keeps the time under the pointer, a drag moves it, a double click shows all again.
    let (width, t) = (page.0.number("axis.width"), page.hover("sequence", 0.5));
    let middle = page.place("sequence", 0.5);
    page.0.mouse("mouseWheel", middle, &json!({ "deltaX": 0, "deltaY": -300, "modifiers": 2 }));
    assert!(page.0.number("axis.width") < width / 2.0);
    assert!((page.hover("sequence", 0.5) - t).abs() < width / 500.0);
    page.0.mouse("mousePressed", middle, &json!({ "button": "left", "clickCount": 1 }));
    page.0.mouse("mouseMoved", (middle.0 - 100.0, middle.1), &json!({ "button": "left", "buttons": 1 }));
    page.0.mouse(
        "mouseReleased",
        (middle.0 - 100.0, middle.1),
        &json!({ "button": "left", "clickCount": 1 }),
    );
    let dragged = page.0.number("axis.cursor");
    assert!((dragged - t).abs() < width / 500.0, "what was under the pointer is under it: {dragged}, {t}");
    page.0.mouse("mousePressed", middle, &json!({ "button": "left", "clickCount": 2 }));
    page.0.mouse("mouseReleased", middle, &json!({ "button": "left", "clickCount": 2 }));
    assert_eq!(page.0.number("axis.width"), width);

    // A stretch that is chosen with Shift is what is shown.
    let (from, to) = (page.hover("rates", 0.25), page.hover("rates", 0.75));
    let (left, right) = (page.place("rates", 0.25), page.place("rates", 0.75));
    let shift = json!({ "button": "left", "buttons": 1, "clickCount": 1, "modifiers": 8 });
    for (kind, at) in [("mousePressed", left), ("mouseMoved", right), ("mouseReleased", right)] {
        page.0.mouse(kind, at, &shift);
    }
    let shown = [page.0.number("axis.from"), page.0.number("axis.to")];
    assert!((shown[0] - from).abs() + (shown[1] - to).abs() < width / 200.0, "{shown:?}, not {from} to {to}");

    // Played, time goes on by itself, and the buffers follow.
    page.0.value("axis.mark(null); axis.point(null); byId('play').click(); 1");
    page.0.value("new Promise((done) => { const look = () => axis.cursor > axis.from + axis.width / 50 ? done(1) : requestAnimationFrame(look); look(); })");
    let both = "(byId('play').click(), [axis.cursor, document.querySelector('[data-of=\"lossy.server unsent\"]').textContent])";
    page.0.settle();
    let stopped = page.0.value(both);
    assert!(stopped[0].as_f64().is_some(), "{stopped}");
    page.0.settle();
    let (t, held) = (
        page.0.number("axis.cursor"),
        page.0.text("document.querySelector('[data-of=\"lossy.server unsent\"]').textContent"),
    );
    let unsent = server.buffers.at(recorded(t)).map_or(0, |held| held.unsent);
    assert_eq!(page::plain(&held), unsent.to_string());
    assert_eq!(chromium.misdeeds(&file), Vec::<&serde_json::Value>::new());
}

#[test]
#[ignore = "needs Chromium: cargo xtask ci report"]
fn it_fits_wide_and_narrow_windows_light_and_dark() {
    let bench = Bench::new();
    bench.write("files/large.txt", &bench::text(300_000));
    let file = transfer(
        &bench,
        "--mss 1400 --delay 10ms --drop data:30,90,91",
        "--delay 10ms --file large.txt",
        "pictures",
    );
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&pictures).expect("a directory");
    let mut chromium = Chromium::start();
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        for width in [1400, 400] {
            chromium.look((width, 1000), scheme);
            chromium.open(&file);
            assert!(chromium.number("document.documentElement.scrollWidth") <= f64::from(width), "{width}");
            papers.push(chromium.text("getComputedStyle(document.body).backgroundColor"));
            let height = chromium.number("Math.ceil(document.documentElement.scrollHeight)") as u32;
            chromium.look((width, height.min(6000)), scheme);
            let picture = chromium.picture();
            assert!(picture.starts_with(b"\x89PNG"));
            fs::write(pictures.join(format!("{scheme}-{width}.png")), picture).expect("a file");
        }
    }
    // On paper, a reader of dark pages has a light one, with every plot, and the turning points as a table.
    let printed = "(dispatchEvent(new Event('beforeprint')), document.querySelectorAll('#paper tr').length)";
    assert!(chromium.number(printed) > 5.0);
    assert_eq!(chromium.text("getComputedStyle(document.body).backgroundColor"), papers[0]);
    for panel in ALL.into_iter().filter(|panel| *panel != "buffers") {
        assert!(Page(&mut chromium).coloured(panel) > 20.0, "{panel} is empty on paper");
    }
    assert_eq!(papers[0], papers[1]);
    assert_ne!(papers[0], papers[2], "dark is not light");
}

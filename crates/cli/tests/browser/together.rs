//! The page of runs that are compared.

use std::fs;
use std::path::Path;
use std::time::Duration;

use lucid_conn::engine::{Config, PathMtu, Profile, Time};
use lucid_views::compare::{Algorithm, Named, Simulation, parse_link, parting};
use serde_json::json;

use crate::bench::Bench;
use crate::chromium::Chromium;
use crate::page::{self, Page};

const LINK: &str = "10mbit,40ms,loss=0.5%";
const NAMES: [&str; 3] = ["newreno", "cubic", "bbr"];
const PANELS: [&str; 6] = ["bytes", "cwnd", "ssthresh", "flight", "trips", "rates"];

/// What the command runs.
fn simulated(name: &str) -> Named {
    let mut config = Config::new(Profile::Modern);
    config.algorithm = name.parse::<Algorithm>().expect("one of ours");
    (config.mss, config.path_mtu) = (1440, PathMtu::Fixed);
    let link = parse_link(LINK).expect("a path");
    let limit = Duration::from_secs(600);
    let story = Simulation { config, link, bytes: 2_000_000, seed: 5, limit }.run().expect("it ends");
    Named { name: name.to_owned(), story }
}

#[test]
#[ignore = "needs Chromium: cargo xtask ci report"]
fn compared_runs_lie_over_each_other_with_their_values_and_where_they_part() {
    let bench = Bench::new();
    bench.run(&format!("compare --link {LINK} --size 2000000 --seed 5 -o together.html")).succeeded();
    let file = bench.path("together.html");
    let runs = NAMES.map(simulated);
    let mut chromium = Chromium::start();
    chromium.look((1400, 1000), "light");
    chromium.open(&file);
    assert!(chromium.text("byId('summary').textContent").contains("was the fastest: 2.0 MB in "));
    assert_eq!(chromium.number("document.querySelectorAll('#together tr').length"), 4.0);

    let mut page = Page(&mut chromium);
    for panel in PANELS {
        assert!(page.drawn(panel) > 0.0 && page.coloured(panel) > 20.0, "{panel} is empty");
    }
    let mut compared = 0;
    for part in [0.1, 0.3, 0.5, 0.7] {
        let t = page.hover("cwnd", part);
        for Named { name, story } in &runs {
            // Each run begins at zero.
            let at = Time::from_nanos(story.opened_at.as_nanos() + t as u64);
            let whole = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.0}"));
            let acknowledged = story.outgoing.acknowledged.at(at).map(|place| place as f64);
            assert_eq!(page.readout("cwnd", name), whole(story.cwnd.at(at)), "{name} at {at}");
            assert_eq!(page.readout("bytes", name), whole(acknowledged), "{name} at {at}");
            let trip = story.smoothed_rtt.at(at).map_or("-".to_owned(), page::time);
            assert_eq!(page.readout("trips", name), trip, "{name} at {at}");
            compared += 1;
        }
    }
    assert_eq!(compared, 12);

    // Where they part is marked, and a click on a run's event there shows it in the list.
    let parting = parting(&runs).expect("they part");
    let first = parting.then.iter().filter_map(|(_, then)| Some(then.as_ref()?.0)).min().expect("a time");
    assert_eq!(page.0.number("axis.parting"), first.as_nanos() as f64);
    let (at, what) = parting.then[1].1.clone().expect("it goes on");
    let button = page.centre("#together li:nth-child(2) button");
    page.0.click(button);
    page.0.mouse("mouseMoved", (2.0, 2.0), &json!({}));
    assert_eq!(page.0.number("axis.marked.t"), at.as_nanos() as f64);
    assert_eq!(page.0.text("shows.story.name"), "cubic");
    assert!(page.0.text("document.querySelector('.event.marked').textContent").contains(&what), "{what}");
    for panel in PANELS {
        assert!(page.is_marked(panel), "{panel} doesn't show the mark");
    }
    assert_eq!(chromium.misdeeds(&file), Vec::<&serde_json::Value>::new());

    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&pictures).expect("a directory");
    for scheme in ["light", "dark"] {
        for width in [1400, 400] {
            chromium.look((width, 1000), scheme);
            chromium.open(&file);
            assert!(chromium.number("document.documentElement.scrollWidth") <= f64::from(width), "{width}");
            let height = chromium.number("Math.ceil(document.documentElement.scrollHeight)") as u32;
            chromium.look((width, height.min(4000)), scheme);
            let picture = chromium.picture();
            fs::write(pictures.join(format!("together-{scheme}-{width}.png")), picture).expect("a file");
        }
    }
}

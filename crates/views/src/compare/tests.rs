use std::time::Duration;

use lucid_congestion::Algorithm;
use lucid_conn::engine::{Config, PathMtu, Profile};

use super::*;
use crate::report::{Limits, together};

fn run(algorithm: Algorithm, link: &str, seed: u64) -> Named {
    let mut config = Config::new(Profile::Modern);
    config.algorithm = algorithm;
    (config.mss, config.path_mtu) = (1440, PathMtu::Fixed);
    let link = parse_link(link).expect("it is a path");
    let simulation = Simulation { config, link, bytes: 2_000_000, seed, limit: Duration::from_secs(600) };
    let story = simulation.run().expect("it comes to its end");
    Named { name: algorithm.to_string(), story }
}

#[test]
fn a_transfer_is_told_whole_and_the_same_seed_tells_the_same() {
    let named = run(Algorithm::Cubic, "10mbit,20ms,loss=1%", 3);
    let row = Row::of(&named);
    assert_eq!(row.bytes, 2_000_000);
    let at_least = 2_000_000.0 * 8.0 / 10e6;
    assert!(row.duration.as_secs_f64() > at_least, "no line is faster than its rate: {row:?}");
    assert!(row.lost > 0 && row.retransmissions >= row.lost, "{row:?}");
    assert!(row.window > 1440.0, "{row:?}");
    assert_eq!(Row::of(&run(Algorithm::Cubic, "10mbit,20ms,loss=1%", 3)), row);
}

#[test]
fn controllers_part_where_the_first_window_differs() {
    let runs = [run(Algorithm::NewReno, "10mbit,20ms", 1), run(Algorithm::Bbr, "10mbit,20ms", 1)];
    let parting = parting(&runs).expect("they aren't the same");
    let [(reno, Some(one)), (bbr, Some(other))] = parting.then.as_slice() else { panic!("{parting:?}") };
    assert_eq!([reno.as_str(), bbr.as_str()], ["newreno", "bbr"]);
    assert!(parting.shared > 5 && one != other, "the handshake is the same: {parting:?}");
    assert_eq!(
        super::parting(&[run(Algorithm::Bbr, "10mbit,20ms", 1), run(Algorithm::Bbr, "10mbit,20ms", 1)]),
        None
    );
}

#[test]
fn a_page_has_the_lines_of_each_and_where_they_part() {
    let runs = [run(Algorithm::NewReno, "10mbit,20ms", 1), run(Algorithm::Cubic, "10mbit,20ms", 1)];
    let rows: Vec<_> = runs.iter().map(Row::of).collect();
    let parting = parting(&runs).expect("they aren't the same");
    let page = together("a < b", &runs, &rows, Some(&parting), Limits::default()).expect("a page").html;
    assert!(page.contains("<title>a &lt; b"), "{}", &page[..500]);
    let (_, data) = page.split_once("id=\"data\">").expect("the data");
    let data: serde_json::Value =
        serde_json::from_str(data.split_once("</script>").expect("its end").0).expect("JSON");
    let compared = &data["together"];
    assert_eq!(compared["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(compared["rows"][1][0], "cubic");
    for (named, story) in runs.iter().zip(data["stories"].as_array().expect("stories")) {
        assert_eq!(story["name"], named.name.as_str());
        let points = story["lines"]["cwnd"]["v"].as_array().expect("values");
        assert_eq!(points.len(), named.story.cwnd.points().len(), "no point of a short run is left out");
        assert_eq!(story["from"], 0, "each begins at zero");
    }
    let (at, what) = parting.then[0].1.clone().expect("it goes on");
    assert_eq!(compared["parting"][0], serde_json::json!([at.as_nanos(), what]));
    assert!(page.len() < 2_000_000, "{}", page.len());
}

#[test]
fn a_path_is_read_from_words_or_the_wrong_one_is_named() {
    let [there, back] = parse_link("100mbit, 50ms ,loss=1%,queue=64000,jitter=1ms").expect("it is a path");
    assert_eq!(there.rate.expect("one").bits_per_second(), 100_000_000);
    assert_eq!((there.delay, back.delay), (Duration::from_millis(25), Duration::from_millis(25)));
    assert!((there.loss.get() - 0.01).abs() < 1e-9 && back.loss.is_never());
    assert_eq!((there.queue, there.jitter), (Some(64_000), Duration::from_millis(1)));
    for wrong in ["fast", "loss=much", "speed=3", "50"] {
        assert_eq!(parse_link(&format!("10mbit,{wrong}")), Err(LinkError { word: wrong.to_owned() }));
    }
}

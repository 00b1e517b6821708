use super::*;

fn suited(name: &str) -> Vec<&'static str> {
    let work = work(name).expect("a work");
    PEERS.iter().filter(|peer| work.suits(peer)).map(|peer| peer.name).collect()
}

#[test]
fn a_link_is_for_datagrams_and_bare_udp_has_neither_it_nor_company() {
    assert_eq!(suited("bulk").len(), PEERS.len());
    assert!(!suited("paced").contains(&"kernel") && !suited("paced").contains(&"udp"));
    assert!(suited("parallel").contains(&"kernel") && !suited("parallel").contains(&"udp"));
}

#[test]
fn what_only_some_are_asked_the_others_do_not_do() {
    assert_eq!(suited("windows"), ["lucid"]);
    assert_eq!(suited("recording"), ["lucid"]);
    assert_eq!(suited("connections"), ["kernel", "lucid", "quinn-plain"]);
}

/// A figure of a key that nothing measures would be an empty row, and who alone is asked must exist.
#[test]
fn a_work_names_points_and_peers_that_there_are() {
    for work in &WORKS {
        for peer in work.only {
            assert!(super::peer(peer).is_ok(), "{}: {peer}", work.name);
        }
        for figure in work.figures.iter().filter(|_| !work.points.is_empty()) {
            let is_measured =
                |key: &str| work.points.iter().any(|point| key.ends_with(&point.key("".into())));
            assert!(is_measured(figure.key), "{}: {}", work.name, figure.key);
            if let Against::Key(key) = figure.against {
                assert!(work.figures.iter().any(|first| first.key == key), "{}: {key}", work.name);
            }
        }
    }
}

#[test]
fn a_point_says_its_name_behind_the_key_and_a_work_without_points_says_none() {
    let keys = |name: &str| -> Vec<String> {
        work(name).expect("a work").points().iter().map(|point| point.key("cpu".into())).collect()
    };
    assert_eq!(keys("bulk"), ["cpu"]);
    assert_eq!(keys("connections"), ["cpu 1", "cpu 10", "cpu 100", "cpu 1000"]);
}

/// All points carry the same number of bytes, but for what doesn't divide.
#[test]
fn more_connections_carry_no_more_bytes() {
    for point in work("connections").expect("a work").points {
        let [_, count, _, bytes] = point.options else { panic!("{:?}", point.options) };
        let sum = count.parse::<u64>().unwrap() * bytes.parse::<u64>().unwrap();
        assert!((268_435_000..=268_435_456).contains(&sum), "{sum}");
    }
}

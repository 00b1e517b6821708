use super::super::plan::WORKS;
use super::*;
use crate::error::Failure;

fn results(rounds: &[&[f64]]) -> Results {
    let mut results = Results::new(&WORKS[0], rounds.len());
    for (peer, rates) in rounds.iter().enumerate() {
        for rate in *rates {
            results.add(peer, Ok(Measured::from([("mb_per_s".to_owned(), *rate)])));
        }
    }
    results
}

#[test]
fn a_ratio_is_to_the_first_peer_of_the_same_round() {
    // The machine was ten times slower in the second round, for both.
    let results = results(&[&[1000.0, 100.0, 1000.0], &[500.0, 50.0, 500.0]]);
    let cell = results.cell(1, &WORKS[0].figures[0]);
    assert_eq!(cell, Cell::Value { median: 500.0, ratio: Some(0.5) });
}

#[test]
fn the_first_peer_has_no_ratio() {
    let cell = results(&[&[3.0, 1.0]]).cell(0, &WORKS[0].figures[0]);
    assert_eq!(cell, Cell::Value { median: 2.0, ratio: None });
}

/// Along the points of a work each peer is compared with itself, the first one, too.
#[test]
fn a_ratio_to_another_key_is_to_the_same_peer() {
    let figure = Figure { key: "cpu 10", unit: "", against: Against::Key("cpu 1") };
    let mut results = Results::new(&WORKS[0], 2);
    for (peer, values) in [[1.0, 2.0], [4.0, 12.0]].into_iter().enumerate() {
        results.add(peer, Ok(["cpu 1", "cpu 10"].map(str::to_owned).into_iter().zip(values).collect()));
    }
    assert_eq!(results.cell(0, &figure), Cell::Value { median: 2.0, ratio: Some(2.0) });
    assert_eq!(results.cell(1, &figure), Cell::Value { median: 12.0, ratio: Some(3.0) });
}

#[test]
fn who_failed_once_has_failed() {
    let mut results = results(&[&[1.0], &[1.0]]);
    results.add(1, Err(Failure::new("the stream broke off")));
    assert_eq!(results.cell(1, &WORKS[0].figures[0]), Cell::Failed);
    assert_eq!(results.failure(1), Some("the stream broke off"));
}

#[test]
fn who_had_no_turn_has_no_value() {
    assert_eq!(results(&[&[1.0], &[]]).cell(1, &WORKS[0].figures[0]), Cell::None);
}

#[test]
fn numbers_are_short() {
    assert_eq!([14_100.4, 937.2, 16.04, 0.333].map(short), ["14,100", "937", "16.0", "0.33"]);
}

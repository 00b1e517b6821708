//! What a recording holds of this crate's values. A change here makes old recordings unreadable.
#![cfg(feature = "serde")]

use lucid_congestion::{Algorithm, Parameters, Phase, Recovery, RtoBounds, Time};
use serde_json::{from_value, json, to_value};

#[test]
fn a_time_is_the_bare_number_of_its_nanoseconds() {
    let time = Time::from_micros(1_204_057);
    assert_eq!(to_value(time).unwrap(), json!(1_204_057_000));
    assert_eq!(from_value::<Time>(json!(1_204_057_000)).unwrap(), time);
}

#[test]
fn an_algorithm_is_its_name() {
    for algorithm in Algorithm::ALL {
        assert_eq!(to_value(algorithm).unwrap(), json!(algorithm.name()));
        assert_eq!(from_value::<Algorithm>(json!(algorithm.name())).unwrap(), algorithm);
    }
}

#[test]
fn phases_and_recoveries_are_words() {
    assert_eq!(to_value(Phase::CongestionAvoidance).unwrap(), json!("congestion_avoidance"));
    assert_eq!(to_value(Recovery::UntilRecoveryPoint).unwrap(), json!("until_recovery_point"));
}

#[test]
fn parameters_and_bounds_come_back_as_they_were() {
    let parameters = Parameters::rfc_5681(1460);
    assert_eq!(from_value::<Parameters>(to_value(parameters).unwrap()).unwrap(), parameters);

    let bounds = RtoBounds::default();
    assert_eq!(from_value::<RtoBounds>(to_value(bounds).unwrap()).unwrap(), bounds);
}

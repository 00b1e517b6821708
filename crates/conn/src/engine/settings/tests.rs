use std::time::Duration;

use lucid_congestion::Algorithm;

use super::*;
use crate::engine::config::{KeepAlive, PathMtu, Profile};

fn changed(name: &str, value: &str) -> Config {
    let mut config = Config::new(Profile::Modern);
    config.set(name, value).unwrap_or_else(|error| panic!("{name}={value}: {error}"));
    config
}

fn refused(name: &str, value: &str) -> String {
    let before = Config::new(Profile::Modern);
    let mut config = before.clone();
    let error = config.set(name, value).expect_err("it is no good").to_string();
    assert_eq!(config, before, "{name}={value} changed something");
    error
}

#[test]
fn any_kind_of_value_is_set_by_its_name_and_nothing_else_changes() {
    let modern = || Config::new(Profile::Modern);
    assert_eq!(changed("mss", "1000"), Config { mss: 1000, ..modern() });
    assert_eq!(changed("nagle", "off"), Config { nagle: false, ..modern() });
    assert_eq!(changed("ecn", "true"), Config { ecn: true, ..modern() });
    assert_eq!(changed("algorithm", "bbr"), Config { algorithm: Algorithm::Bbr, ..modern() });
    assert_eq!(changed("path_mtu", "discover"), Config { path_mtu: PathMtu::Discover, ..modern() });
    assert_eq!(
        changed("initial_slow_start_threshold", "3000"),
        Config { initial_slow_start_threshold: 3000.0, ..modern() }
    );
    for (text, micros) in [("200us", 200), ("40ms", 40_000), ("1.5s", 1_500_000), ("2min", 120_000_000)] {
        assert_eq!(changed("ack_delay", text).ack_delay, Duration::from_micros(micros));
    }
    assert_eq!(changed("rto.min", "1s").rto.min, Duration::from_secs(1));
}

#[test]
fn what_may_be_absent_can_be_given_and_taken_away() {
    assert_eq!(changed("window_scale", "none").window_scale, None);
    assert_eq!(changed("user_timeout", "90s").user_timeout, Some(Duration::from_secs(90)));
    let second = Duration::from_secs(1);
    let mut config = changed("keep_alive", "idle:10s,interval:1s,probes:3");
    assert_eq!(config.keep_alive, Some(KeepAlive { idle: 10 * second, interval: second, probes: 3 }));
    config.set("keep_alive.probes", "5").expect("it is there now");
    assert_eq!(config.keep_alive.map(|keep_alive| keep_alive.probes), Some(5));
    config.set("keep_alive", "none").expect("it may be absent");
    assert_eq!(config, Config::new(Profile::Modern));
}

#[test]
fn json_does_too() {
    assert_eq!(changed("algorithm", "\"bbr\"").algorithm, Algorithm::Bbr);
    assert_eq!(changed("ack_delay", "{\"secs\":1,\"nanos\":0}").ack_delay, Duration::from_secs(1));
}

/// What is written of a configuration is what sets it.
#[test]
fn every_name_there_is_can_be_set() {
    let whole = serde_json::to_value(Config::new(Profile::Modern)).expect("JSON");
    for name in names(&whole) {
        let value = name.split('.').fold(&whole, |value, step| &value[step]);
        let text = if value.is_null() { "none".to_owned() } else { value.to_string() };
        assert_eq!(changed(&name, &text), Config::new(Profile::Modern), "{name}");
    }
}

#[test]
fn an_unknown_name_is_told_with_the_nearest_or_with_all() {
    let table = [
        ("nagel", "there is no setting nagel: did you mean nagle?"),
        ("rto_min", "there is no setting rto_min: did you mean rto.min?"),
        ("rto.mini", "there is no setting rto.mini: did you mean rto.min?"),
        ("initial_cwnd", "there is no setting initial_cwnd: did you mean initial_window?"),
    ];
    for (name, said) in table {
        assert_eq!(refused(name, "1"), said);
    }
    for name in ["frobnicate", "", ".", "mss.x"] {
        let said = refused(name, "1");
        assert!(said.starts_with(&format!("there is no setting {name}: ")), "{said}");
    }
    let said = refused("frobnicate", "1");
    assert!(said.contains("ack_delay, ack_every, algorithm") && said.contains("rto.min"), "{said}");
}

#[test]
fn a_bad_value_is_told_with_what_is_expected() {
    let table = [
        ("nagle", "maybe", "true or false"),
        ("mss", "70000", "a whole number up to 65535"),
        ("mss", "-1", "a whole number up to 65535"),
        ("mss", "big", "a whole number"),
        ("mss", "none", "a whole number up to 65535"),
        ("window_scale", "300", "a whole number up to 255"),
        ("ack_delay", "40", A_TIME),
        ("ack_delay", "40h", A_TIME),
        ("ack_delay", "-1s", A_TIME),
        ("user_timeout", "5", A_TIME),
        ("algorithm", "vegas", "one of tahoe, reno, newreno, cubic, bbr"),
        ("path_mtu", "large", "fixed or discover"),
        ("keep_alive", "on", "none, or idle:TIME,interval:TIME,probes:N"),
        ("keep_alive", "10s", "NAME:VALUE,...; idle is missing"),
        ("keep_alive", "idle:10s", "NAME:VALUE,...; interval is missing"),
        ("rto", "min:1s", "NAME:VALUE,...; initial is missing"),
        ("initial_slow_start_threshold", "x", "a number"),
        ("algorithm", "\"", "JSON"),
    ];
    for (name, value, expected) in table {
        let said = format!("{value:?} is no value for {name}: expected {expected}");
        assert_eq!(refused(name, value), said);
    }
}

use std::time::Duration;

use lucid_conn::{Config, Profile};

use super::{Settings, overlay};
use crate::Script;

fn changed(name: &str, value: &str) -> Config {
    overlay(&Config::new(Profile::Classic), name, value).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn any_field_is_set_by_its_name() {
    assert_eq!(changed("mss", "1000").mss, 1000);
    assert!(!changed("nagle", "off").nagle);
    assert_eq!(changed("rto.min", "1.5s").rto.min, Duration::from_millis(1500));
    assert_eq!(changed("min_rto", "200ms").rto.min, Duration::from_millis(200));
    assert_eq!(changed("algorithm", "tahoe").algorithm.name(), "tahoe");
    assert_eq!(
        changed("keep_alive", "idle:10s,interval:1s,probes:3").keep_alive.map(|keep| keep.probes),
        Some(3)
    );
    assert_eq!(changed("window_scale", "7").window_scale, Some(7));
    assert_eq!(changed("initial_slow_start_threshold", "3000").initial_slow_start_threshold, 3000.0);
}

#[test]
fn what_is_no_setting_is_told() {
    let classic = Config::new(Profile::Classic);
    let no_field = overlay(&classic, "nagel", "off").expect_err("there is none");
    assert!(no_field.contains("there is no setting nagel") && no_field.contains("nagle"), "{no_field}");
    for (name, value) in [("mss", "70000"), ("nagle", "maybe"), ("ack_delay", "40"), ("algorithm", "vegas")] {
        assert!(overlay(&classic, name, value).is_err(), "{name}={value}");
    }
}

#[test]
fn a_script_runs_the_modern_profile_unless_it_says_otherwise() {
    let config = |text: &str| {
        let script = Script::parse("test.pkt", text).expect("a script");
        Settings::new(&script.settings).expect("settings").config
    };
    assert_eq!(config(""), Config::new(Profile::Modern));
    let classic = Config::new(Profile::Classic);
    assert_eq!(config("--mss=500 --profile=classic"), Config { mss: 500, ..classic });
}

use lucid_conn::{Config, Profile};

use super::{ALSO_KNOWN_AS, Settings, set};
use crate::Script;

#[test]
fn names_of_other_scripts_are_known() {
    let modern = Config::new(Profile::Modern);
    let whole = Config { send_buffer: 10_000, receive_buffer: 20_000, ..modern.clone() };
    let mut config = modern;
    for (name, value) in
        [("min_rto", "150ms"), ("sndbuf", "10000"), ("rcvbuf", "20000"), ("min_rto", "200ms")]
    {
        set(&mut config, name, value).unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(config, whole);
    for (other, ours) in ALSO_KNOWN_AS {
        let known = set(&mut Config::new(Profile::Modern), other, "?").expect_err("no value");
        assert!(known.to_string().contains(ours), "{known}");
    }
}

#[test]
fn what_is_no_setting_is_told_with_its_place() {
    let script = Script::parse("test.pkt", "--mss=1000 --nagel=off").expect("a script");
    let misread = Settings::new(&script.settings).expect_err("there is none");
    assert_eq!(misread.what, "there is no setting nagel: did you mean nagle?");
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

use clap::Parser;
use lucid_conn::Profile;

use super::*;
use crate::args::CommandLine;

fn settle(line: &str) -> Result<Settings, Failure> {
    let parsed =
        CommandLine::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}\n{error}"));
    Settings::new(parsed.command)
}

fn asked(line: &str) -> Ask {
    match settle(line).map(|settings| settings.action) {
        Ok(Action::Ask(ask)) => ask,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn a_client_opens_less_patiently_than_the_rfc_and_a_server_does_not() {
    let ask = asked("lucid ls");
    let (client, rfc) = (ask.endpoint.config, Config::new(Profile::Modern));
    assert_eq!((client.r2, client.r2_syn, client.time_wait), (rfc.r2, CLIENT_OPENING, CLIENT_TIME_WAIT));
    assert_eq!(ask.patience, rfc.r2);
    let hasty = asked("lucid ls --timeout 2s");
    assert_eq!(
        (hasty.endpoint.config.r2_syn, hasty.patience),
        (Duration::from_secs(2), Duration::from_secs(2))
    );
    let Ok(Settings { action: Action::Serve(serve), .. }) = settle("lucid serve") else { panic!("a server") };
    assert_eq!(serve.endpoint.config, rfc);
}

#[test]
fn flags_change_the_profile_and_nothing_else() {
    let config =
        asked("lucid ls --profile classic --cc tahoe --mss 500 --timeout 3s --time-wait 1s").endpoint.config;
    let expected = Config {
        algorithm: "tahoe".parse().expect("an algorithm"),
        mss: 500,
        r2: Duration::from_secs(3),
        r2_syn: Duration::from_secs(3),
        time_wait: Duration::from_secs(1),
        ..Config::new(Profile::Classic)
    };
    assert_eq!(config, expected);
}

#[test]
fn any_parameter_is_set_by_its_name_and_it_is_the_last_word() {
    let config =
        asked("lucid ls --set ack_delay=100ms --set rto.min=1s --set r2_syn=7s --timeout 3s").endpoint.config;
    let times = (config.ack_delay, config.rto.min, config.r2, config.r2_syn);
    assert_eq!(
        times,
        (Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(7))
    );
    let patience = asked("lucid ls --set r2=50s").patience;
    assert_eq!(patience, Duration::from_secs(50), "the client waits as long as its connection does");
    let twice = asked("lucid ls --profile classic --cc tahoe --set algorithm=cubic --set algorithm=bbr");
    assert_eq!(twice.endpoint.config.algorithm.name(), "bbr");
}

#[test]
fn a_parameter_that_there_isn_t_is_a_usage_error_that_says_what_there_is() {
    let table = [
        ("lucid ls --set nagel=off", "--set: there is no setting nagel: did you mean nagle?"),
        (
            "lucid serve --set ack_delay=40",
            "--set: \"40\" is no value for ack_delay: expected a time with its unit",
        ),
    ];
    for (line, said) in table {
        let failure = settle(line).expect_err(line);
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.what.starts_with(said), "{failure}");
    }
}

#[test]
fn the_life_of_a_connection_is_what_the_flags_say() {
    let config = asked("lucid ls --nodelay --keep-alive 10s --user-timeout 60s").endpoint.config;
    let second = Duration::from_secs(1);
    let probing = KeepAlive { idle: 10 * second, interval: 10 * second, probes: 9 };
    assert_eq!(
        (config.nagle, config.keep_alive, config.user_timeout),
        (false, Some(probing), Some(60 * second))
    );
    let patient = asked("lucid ls --keep-alive 120min").endpoint.config;
    assert_eq!(patient.keep_alive, Some(KeepAlive::default()));
}

#[test]
fn an_unknown_algorithm_is_a_usage_error_that_lists_those_there_are() {
    let failure = settle("lucid ls --cc vegas").expect_err("no such algorithm");
    assert_eq!(failure.exit, Exit::Usage);
    assert!(failure.what.contains("tahoe, reno, newreno"), "{failure}");
}

#[test]
fn faults_are_what_the_flags_say() {
    let endpoint = asked(
        "lucid ls --loss 5% --drop data:7,12 --drop 1 --delay 20ms --jitter 5ms --reorder 10% --duplicate 2% \
         --corrupt 1% --rate 10mbit --seed 7 --impair both",
    )
    .endpoint;
    let expected = Faults {
        loss: "5%".parse().unwrap(),
        drop: vec!["data:7,12".parse().unwrap(), "any:1".parse().unwrap()],
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(5),
        reorder: "10%".parse().unwrap(),
        duplicate: "2%".parse().unwrap(),
        corrupt: "1%".parse().unwrap(),
        rate: "10mbit".parse().ok(),
        ..Faults::default()
    };
    assert_eq!((endpoint.faults, endpoint.seed), (expected, Seed::Given(7)));
    assert_eq!(endpoint.impair, Impair::Both);
    assert!(asked("lucid ls").endpoint.faults.is_perfect());
}

#[test]
fn a_seed_is_drawn_only_for_what_is_left_to_chance() {
    assert_eq!(asked("lucid ls --drop data:1 --delay 5ms").endpoint.seed, Seed::Unused);
    assert!(matches!(asked("lucid ls --jitter 5ms").endpoint.seed, Seed::Random(_)));
    assert_ne!(asked("lucid ls --loss 5%").endpoint.seed, asked("lucid ls --loss 5%").endpoint.seed);
}

#[test]
fn a_file_goes_where_it_is_told_to() {
    let to = |line| match &asked(line).tasks[..] {
        [Task::Get { to, .. }] => to.clone(),
        other => panic!("{other:?}"),
    };
    let here = PathBuf::from(".");
    assert_eq!(to("lucid get a/b.txt"), Target::Directory { path: here, overwrite: false });
    assert_eq!(to("lucid get b -o -"), Target::Stdout);
    assert_eq!(to("lucid get b -o c --force"), Target::File { path: "c".into(), overwrite: true });
    let out = Target::Directory { path: "out".into(), overwrite: false };
    assert_eq!(to("lucid client --file b --output out"), out);
}

#[test]
fn a_stored_file_keeps_its_own_name_unless_told_otherwise() {
    let name = |line| match &asked(line).tasks[..] {
        [Task::Put { name, .. }] => name.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name("lucid put some/where/b.txt"), "b.txt");
    assert_eq!(name("lucid put some/where/b.txt --as c.txt"), "c.txt");
    assert_eq!(settle("lucid put ..").expect_err("no name").exit, Exit::Usage);
}

#[test]
fn what_can_t_be_had_together_is_a_usage_error() {
    assert_eq!(settle("lucid get b -o - --json").expect_err("two on one output").exit, Exit::Usage);
    assert_eq!(settle("lucid client --output out").expect_err("nothing to do").exit, Exit::Usage);
}

#[test]
fn a_trace_never_overwrites_the_recording() {
    for line in [
        "lucid replay run --trace run",
        "lucid ls --record run --trace run",
        "lucid serve --record run --trace run",
    ] {
        let failure = settle(line).map(|_| ()).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage, "{line}");
    }
    assert!(settle("lucid ls --record run --trace run.jsonl").is_ok());
}

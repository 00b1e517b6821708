use super::*;

const MS: Duration = Duration::from_millis(1);

#[test]
fn the_default_is_a_perfect_link() {
    assert!(Faults::default().is_perfect());
}

#[test]
fn any_fault_ends_perfection() {
    let perfect = Faults::default;
    let faulty = [
        Faults { loss: Probability::ALWAYS, ..perfect() },
        Faults { burst: "1%,25%".parse().ok(), ..perfect() },
        Faults { drop: vec!["3".parse().unwrap()], ..perfect() },
        Faults { delay: MS, ..perfect() },
        Faults { jitter: MS, ..perfect() },
        Faults { reorder: "1%".parse().unwrap(), ..perfect() },
        Faults { duplicate: Probability::ALWAYS, ..perfect() },
        Faults { corrupt: Probability::ALWAYS, ..perfect() },
        Faults { rate: "1gbit".parse().ok(), ..perfect() },
        Faults { mtu: Some(1400), ..perfect() },
        Faults { blackout: vec!["1s..2s".parse().unwrap()], ..perfect() },
    ];
    for faults in faulty {
        assert!(!faults.is_perfect(), "{faults:?}");
    }
}

#[test]
fn a_packet_is_held_for_twice_the_delay_unless_told_otherwise() {
    let held = |delay, reorder: &str| {
        Faults { delay, reorder: reorder.parse().unwrap(), ..Faults::default() }.hold()
    };
    assert_eq!(held(Duration::ZERO, "10%"), 5 * MS);
    assert_eq!(held(50 * MS, "10%"), 100 * MS);
    assert_eq!(held(50 * MS, "10%,3ms"), 3 * MS);
}

#[test]
fn the_queue_holds_100_ms_of_the_rate_unless_told_otherwise() {
    let queue = |queue, rate: &str| Faults { queue, ..Faults::default() }.queue_bytes(rate.parse().unwrap());
    assert_eq!(queue(None, "100mbit"), 1_250_000);
    assert_eq!(queue(None, "1mbit"), 65_536);
    assert_eq!(queue(Some(3000), "100mbit"), 3000);
}

#[test]
fn a_burst_reads_and_prints() {
    let burst: Burst = "1%,25%".parse().unwrap();
    assert_eq!(burst.loss, Probability::ALWAYS);
    assert_eq!(burst.to_string(), "1%,25%,100%");
    assert_eq!("1%, 25%, 50%".parse::<Burst>().map(|burst| burst.to_string()), Ok("1%,25%,50%".to_owned()));
    assert!("1%".parse::<Burst>().unwrap_err().to_string().contains("enter,leave"));
    assert!("1%,200%".parse::<Burst>().is_err());
}

#[test]
fn reordering_reads_and_prints() {
    for word in ["10%", "10%,30ms"] {
        assert_eq!(word.parse::<Reorder>().map(|reorder| reorder.to_string()), Ok(word.to_owned()));
    }
    assert!("10%,30".parse::<Reorder>().unwrap_err().to_string().contains("unit"));
}

#[test]
fn a_blackout_reads_and_prints_and_is_never_empty() {
    let blackout: Blackout = "2s..5s".parse().unwrap();
    assert_eq!(blackout.to_string(), "2s..5s");
    assert!(!blackout.contains(2000 * MS - Duration::from_nanos(1)));
    assert!(blackout.contains(2000 * MS));
    assert!(!blackout.contains(5000 * MS));
    for word in ["2s", "5s..2s", "2s..2s", "..", "2..5"] {
        assert!(word.parse::<Blackout>().unwrap_err().to_string().contains("write for example"), "{word}");
    }
}

#[test]
fn faults_survive_serde_whole_and_may_name_only_what_differs() {
    let faults = Faults {
        loss: "5%".parse().unwrap(),
        burst: "1%,25%".parse().ok(),
        drop: vec!["data:7,12".parse().unwrap()],
        delay: 50 * MS,
        jitter: 5 * MS,
        reorder: "10%,30ms".parse().unwrap(),
        duplicate: "2%".parse().unwrap(),
        corrupt: "1%".parse().unwrap(),
        rate: "10mbit".parse().ok(),
        rate_changes: vec![RateChange { at: 3000 * MS, rate: "5mbit".parse().unwrap() }],
        queue: Some(30_000),
        mark: Some(2000),
        mtu: Some(1400),
        blackout: vec!["2s..5s".parse().unwrap()],
    };
    let json = serde_json::to_string(&faults).unwrap();
    assert_eq!(serde_json::from_str::<Faults>(&json).unwrap(), faults);

    let only_loss = Faults { loss: faults.loss, ..Faults::default() };
    assert_eq!(serde_json::from_str::<Faults>(r#"{"loss":0.05}"#).unwrap(), only_loss);
    assert!(serde_json::from_str::<Faults>(r#"{"lost":0.05}"#).is_err());
    let backwards = r#"{"blackout":[[{"secs":5,"nanos":0},{"secs":2,"nanos":0}]]}"#;
    assert!(serde_json::from_str::<Faults>(backwards).is_err());
}

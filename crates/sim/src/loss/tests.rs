use super::*;

const NOW: Duration = Duration::ZERO;
const SEED: u64 = 20;
const PACKETS: usize = 100_000;

/// What becomes of so many data packets.
fn judge(faults: &Faults, packets: usize) -> Vec<Option<DropReason>> {
    let mut loss = Loss::new(faults, SEED);
    (0..packets).map(|_| loss.judge(NOW, 1, true)).collect()
}

fn lost_share(verdicts: &[Option<DropReason>]) -> f64 {
    verdicts.iter().flatten().count() as f64 / verdicts.len() as f64
}

#[test]
fn random_loss_loses_its_share() {
    let verdicts = judge(&Faults { loss: "5%".parse().unwrap(), ..Faults::default() }, PACKETS);
    // Standard deviation 0.07 %; four of them.
    assert!((lost_share(&verdicts) - 0.05).abs() < 0.0028, "{}", lost_share(&verdicts));
    assert!(verdicts.iter().flatten().all(|&reason| reason == DropReason::Random));
}

#[test]
fn raising_the_loss_keeps_lost_what_was_lost() {
    let [some, more] =
        ["5%", "10%"].map(|loss| judge(&Faults { loss: loss.parse().unwrap(), ..Faults::default() }, 10_000));
    assert!(some.iter().zip(&more).all(|(some, more)| some.is_none() || more.is_some()));
    assert!(lost_share(&more) > lost_share(&some));
}

#[test]
fn bursts_have_the_share_and_the_length_of_the_model() {
    let verdicts = judge(&Faults { burst: "1%,25%".parse().ok(), ..Faults::default() }, PACKETS);
    // In bad weather for enter/(enter + leave) = 3.85 % of the time, 1/leave = 4 packets at a time: about 960
    // spells, whose number and length are each good to some 3 %. Tolerance 15 %.
    assert!((lost_share(&verdicts) / 0.0385 - 1.0).abs() < 0.15, "{}", lost_share(&verdicts));
    let bursts: Vec<usize> =
        verdicts.split(Option::is_none).map(<[_]>::len).filter(|&length| length > 0).collect();
    let mean_length = bursts.iter().sum::<usize>() as f64 / bursts.len() as f64;
    assert!((mean_length / 4.0 - 1.0).abs() < 0.15, "{mean_length}");
    assert!(verdicts.iter().flatten().all(|&reason| reason == DropReason::Burst));
}

#[test]
fn a_bad_spell_loses_only_its_share() {
    let verdicts = judge(&Faults { burst: "100%,0%,30%".parse().ok(), ..Faults::default() }, PACKETS);
    // Standard deviation 0.14 %; four of them.
    assert!((lost_share(&verdicts) - 0.3).abs() < 0.0058, "{}", lost_share(&verdicts));
}

#[test]
fn the_link_begins_good() {
    let verdicts = judge(&Faults { burst: "0%,0%".parse().ok(), ..Faults::default() }, 1000);
    assert_eq!(lost_share(&verdicts), 0.0);
}

#[test]
fn a_packets_throw_in_bad_weather_does_not_depend_on_how_often_it_was_bad() {
    let [always_bad, at_times] = ["100%,0%,50%", "30%,30%,50%"]
        .map(|burst| judge(&Faults { burst: burst.parse().ok(), ..Faults::default() }, 1000));
    assert!(at_times.iter().zip(&always_bad).all(|(some, all)| some.is_none() || all.is_some()));
    assert!(lost_share(&at_times) > 0.2);
}

#[test]
fn the_script_drops_exactly_what_it_names() {
    let drop = vec!["data:2,4-5".parse().unwrap(), "any:1".parse().unwrap()];
    let mut loss = Loss::new(&Faults { drop, ..Faults::default() }, SEED);
    // d: data, a: not data, x: dropped. Packet 1, then data packets 2, 4 and 5: packets 4, 7 and 9 of all.
    let fates: String = "adadaddadd"
        .chars()
        .map(|kind| if loss.judge(NOW, 1, kind == 'd').is_some() { 'x' } else { kind })
        .collect();
    assert_eq!(fates, "xdaxadxaxd");
}

#[test]
fn a_packet_lost_for_another_reason_still_counts() {
    let faults = Faults {
        drop: vec!["data:2".parse().unwrap()],
        blackout: vec!["0s..1s".parse().unwrap()],
        ..Faults::default()
    };
    let mut loss = Loss::new(&faults, SEED);
    assert_eq!(loss.judge(NOW, 1, true), Some(DropReason::Blackout));
    assert_eq!(loss.judge(Duration::from_secs(1), 1, true), Some(DropReason::Scripted));
    assert_eq!(loss.judge(Duration::from_secs(1), 1, true), None);
}

#[test]
fn the_most_deliberate_reason_is_given() {
    let mut faults = Faults { loss: Probability::ALWAYS, ..Faults::default() };
    assert_eq!(judge(&faults, 1), [Some(DropReason::Random)]);
    faults.burst = "100%,0%".parse().ok();
    assert_eq!(judge(&faults, 1), [Some(DropReason::Burst)]);
    faults.drop = vec!["1".parse().unwrap()];
    assert_eq!(judge(&faults, 1), [Some(DropReason::Scripted)]);
    faults.blackout = vec!["0s..1s".parse().unwrap()];
    assert_eq!(judge(&faults, 1), [Some(DropReason::Blackout)]);
}

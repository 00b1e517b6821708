use super::super::changes::Changes;
use super::super::play::tests::rehearsed;
use super::super::steps::{self, STEPS};
use super::*;

#[test]
fn every_step_has_all_of_its_turning_points_in_their_order() {
    for step in &STEPS {
        let (found, missing) = of(step, &rehearsed(step.name));
        assert!(missing.is_empty(), "{}: {missing:?}", step.name);
        assert!(found.len() >= 3, "{}", step.name);
        assert!(found.iter().all(|(_, turn)| turn.before <= turn.shown + 1), "{}: {found:#?}", step.name);
    }
}

#[test]
fn a_run_without_a_loss_lacks_what_a_loss_brings() {
    let changes = Changes::without_drops();
    let play = steps::find("step7").unwrap().rehearse(&changes).unwrap();
    let (_, missing) = of(steps::find("step7").unwrap(), &play);
    for name in [
        "first loss",
        "duplicate ACKs",
        "the third duplicate ACK",
        "fast retransmit",
        "inflation",
        "leaving recovery",
    ] {
        assert!(missing.contains(&name), "{name} was found in a run without a loss");
    }
}

fn answer(step: &str, name: &str) -> Answer {
    let (found, _) = of(steps::find(step).unwrap(), &rehearsed(step));
    found.into_iter().find(|(its, _)| *its == name).unwrap().1.answer
}

#[test]
fn the_answers_are_the_seeds_figures() {
    assert_eq!(answer("step1", "the file is cut"), Answer::exactly(160, "bytes"));
    assert_eq!(answer("step3", "timeout"), Answer::seconds(1.0));
    assert_eq!(answer("step3", "back-off"), Answer::seconds(2.0));
    assert_eq!(answer("step4", "one ACK for some"), Answer::exactly(2, "segments"));
    assert_eq!(answer("step4", "slow start begins"), Answer::bytes(2048.0));
    assert_eq!(answer("step5", "up to ssthresh"), Answer::exactly(63, "ACKs"));
    assert_eq!(
        answer("step5", "crossing ssthresh"),
        Answer::Number { right: 65552.0, within: 0.5, unit: "bytes" }
    );
    assert_eq!(answer("step6", "back to one segment"), Answer::bytes(1024.0));
    assert_eq!(answer("step7", "ssthresh halved"), Answer::bytes(32791.99414348439));
    assert_eq!(answer("step7", "window halved"), Answer::bytes(35863.99414348439));
    assert_eq!(answer("step7", "the third duplicate ACK"), Answer::exactly(3, "duplicate ACKs"));
    assert_eq!(answer("step7", "the timer's part"), Answer::exactly(0, "times"));
}

#[test]
fn an_answer_is_judged_kindly_and_nonsense_not_at_all() {
    let bytes = Answer::bytes(32791.99);
    for right in ["32792", "32791.99", "32,792", " 32791 bytes", "32792b"] {
        assert_eq!(bytes.judge(right), Some(true), "{right}");
    }
    assert_eq!(bytes.judge("32768"), Some(false));
    for nonsense in ["", "many", "NaN", "inf", "-"] {
        assert_eq!(bytes.judge(nonsense), None, "{nonsense}");
    }
    let choice = Answer::of([("a", false), ("b", true)]).unwrap();
    assert_eq!(
        (choice.judge("2"), choice.judge("1"), choice.judge("3"), choice.judge("b")),
        (Some(true), Some(false), None, None)
    );
    assert_eq!(Answer::of([("a", false), ("b", false)]), None, "none of them is so");
}

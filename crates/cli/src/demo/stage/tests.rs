use super::super::play::tests::rehearsed;
use super::super::steps;
use super::super::turns;
use super::*;

const ASKED: Manner = Manner { pause: true, speed: None, full: false, width: None, echo: false };

fn played(step: &str, answers: &str) -> Score {
    let play = rehearsed(step);
    let (turns, _) = turns::of(steps::find(step).unwrap(), &play);
    perform(&play, &turns, ASKED, &mut answers.as_bytes())
}

#[test]
fn right_and_wrong_answers_are_counted_and_an_empty_line_is_neither() {
    // Step 1 asks for a number, a state, a size, who closes, a state, who waits.
    assert_eq!(played("step1", "1\n3\n161\n\n3\n"), Score { answered: 4, right: 2, has_quit: false });
}

#[test]
fn nonsense_is_asked_again_and_q_ends_it() {
    assert_eq!(played("step1", "1\nfoo\n9\n3\nq\n"), Score { answered: 2, right: 1, has_quit: true });
}

#[test]
fn who_only_watches_sees_it_to_the_end() {
    assert_eq!(played("step7", ""), Score::default());
}

#[test]
fn the_score_is_told_gently() {
    let told = |answered, right| Score { answered, right, has_quit: false }.told("lucid demo step3 --pause");
    assert_eq!(told(3, 3), "You foresaw 3 of 3. You know what TCP does next.");
    assert!(told(3, 2).contains("second look: lucid demo step3"));
    assert!(told(3, 0).contains("You foresaw 0 of 3."));
    assert!(told(0, 0).starts_with("You watched."));
}

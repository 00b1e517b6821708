use lucid_wire::SeqNum;

use super::*;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(7)) + at
}

/// RFC 5682 section 3.1: the front went again; its answer advances; new data goes; then an original arrives.
#[test]
fn two_good_answers_after_a_timeout_prove_it_spurious() {
    let mut undo = Undo::new(place(9000), true);
    assert_eq!(undo.on_answer(true, true), Answer::TryNewData, "the first is not enough");
    assert_eq!(undo.on_answer(true, true), Answer::Spurious);
}

/// Section 3.1 steps 2 and 3: a duplicate ACK at either step says that the loss was real.
#[test]
fn a_duplicate_at_either_step_makes_recovery_conventional() {
    let mut at_once = Undo::new(place(9000), true);
    assert_eq!(at_once.on_answer(false, false), Answer::Conventional);
    assert_eq!(at_once.on_answer(true, true), Answer::Conventional, "it has decided");
    let mut later = Undo::new(place(9000), true);
    later.on_answer(true, false);
    assert_eq!(later.on_answer(false, false), Answer::Conventional);
}

/// RFC 3708 section 3: only when each segment sent again has been reported, and there was one.
#[test]
fn a_cut_is_wrong_when_everything_sent_again_was_received_twice() {
    let mut undo = Undo::new(place(9000), false);
    assert!(!undo.on_duplicate_report(), "nothing went again");
    let mut undo = Undo::new(place(9000), false);
    undo.on_resent(Time::from_millis(5), place(1000), true);
    undo.on_resent(Time::from_millis(6), place(3000), false);
    assert!(!undo.on_duplicate_report());
    assert!(undo.on_duplicate_report());
}

/// RFC 3522 section 3.2: the first acknowledgment of the front that was sent again, and no other, says which sending it
/// answers.
#[test]
fn only_the_fronts_first_answer_tells_the_sendings_apart() {
    let mut undo = Undo::new(place(9000), false);
    undo.on_resent(Time::from_millis(5), place(2000), true);
    undo.on_resent(Time::from_millis(6), place(4000), false);
    assert_eq!(undo.answered_front(place(1000)), None, "not covered yet");
    assert_eq!(undo.answered_front(place(2000)), Some(Time::from_millis(5)));
    assert_eq!(undo.answered_front(place(4000)), None, "only once");
    let mut behind = Undo::new(place(9000), false);
    behind.on_resent(Time::from_millis(5), place(2000), false);
    assert_eq!(behind.answered_front(place(9000)), None, "it was not the front");
}

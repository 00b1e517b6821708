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
    undo.on_resent(Time::from_millis(5));
    undo.on_resent(Time::from_millis(6));
    assert_eq!(undo.first_resent(), Some(Time::from_millis(5)));
    assert!(!undo.on_duplicate_report());
    assert!(undo.on_duplicate_report());
}

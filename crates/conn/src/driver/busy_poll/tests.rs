use std::time::Duration;

use super::{BusyPoll, Vigil, Wait, another_waits};
use crate::engine::{ConnId, Time};

const NOW: Time = Time::ZERO;

fn busy_poll() -> BusyPoll {
    BusyPoll::new(BusyPoll::LASTS)
}

/// A reader that has asked something.
fn asking(id: u32) -> Vigil {
    let vigil = Vigil::for_data(ConnId(id));
    vigil.speaks();
    vigil
}

#[test]
fn who_waits_for_an_answer_looks_once_others_had_their_turn() {
    let (busy, reader) = (busy_poll(), asking(1));
    assert_eq!(busy.wait(&reader, NOW), Wait::Behind);
    assert_eq!(busy.wait(&reader, NOW), Wait::Awake);
    busy.learn(&reader, false);
    assert_eq!(busy.wait(&reader, NOW), Wait::Asleep);
}

/// More comes together while it sleeps.
#[test]
fn who_waits_for_more_of_the_same_looks_no_longer_than_a_wake_up_takes() {
    let (busy, reader) = (busy_poll(), asking(1));
    assert_eq!(busy.lasts(&reader), BusyPoll::LASTS);
    reader.end();
    assert_eq!(busy.lasts(&reader), BusyPoll::WAKING, "it has had its answer");
    assert_eq!(busy.wait(&reader, NOW), Wait::Behind);
    assert_eq!(busy.wait(&reader, NOW), Wait::Awake);
    assert!(BusyPoll::new(Duration::from_micros(1)).lasts(&reader) < BusyPoll::WAKING, "if at all");
}

#[test]
fn whether_answers_come_in_time_says_nothing_of_what_nobody_asked_for() {
    let (busy, more) = (busy_poll(), Vigil::for_data(ConnId(1)));
    assert_eq!(busy.wait(&more, NOW), Wait::Behind);
    assert_eq!(busy.wait(&more, NOW), Wait::Awake);
    busy.learn(&more, false);
    assert_eq!(busy.wait(&Vigil::for_data(ConnId(1)), NOW), Wait::Asleep);
    assert_eq!(busy.wait(&asking(2), NOW), Wait::Behind);
}

#[test]
fn nobody_looks_while_another_waits() {
    let (busy, first, second) = (busy_poll(), asking(1), asking(2));
    assert_eq!(busy.wait(&first, NOW), Wait::Behind);
    assert_eq!(busy.wait(&second, NOW), Wait::Behind);
    assert_eq!(busy.wait(&first, NOW), Wait::Asleep);
    assert_eq!(
        busy.wait(&second, NOW),
        Wait::Awake,
        "it was the last to wait: a look is for all of the endpoint"
    );

    let third = asking(3);
    assert_eq!(busy.wait(&third, NOW), Wait::Behind);
    another_waits();
    assert_eq!(busy.wait(&third, NOW), Wait::Asleep);
}

#[test]
fn two_who_wait_never_keep_each_other_from_sleep() {
    let (busy, first, second) = (busy_poll(), asking(1), asking(2));
    let waits = |vigil| (0..4).map(|_| busy.wait(vigil, NOW)).filter(|wait| *wait == Wait::Behind).count();
    assert_eq!(busy.wait(&first, NOW), Wait::Behind);
    assert_eq!(busy.wait(&second, NOW), Wait::Behind);
    assert_eq!(waits(&first), 0);
}

#[test]
fn who_is_answered_and_speaks_again_looks_at_once_until_its_turn_is_over() {
    let (busy, reader) = (busy_poll(), asking(1));
    assert_eq!(busy.wait(&reader, NOW), Wait::Behind);
    for micros in [0, 100, 499] {
        assert_eq!(busy.wait(&reader, NOW + Duration::from_micros(micros)), Wait::Awake);
        busy.learn(&reader, true);
        reader.end();
        reader.speaks();
    }
    assert_eq!(busy.wait(&reader, NOW + BusyPoll::TURN), Wait::Behind, "others have waited for that long");
}

#[test]
fn who_found_what_is_anothers_gives_it_its_turn() {
    let (busy, reader) = (busy_poll(), asking(1));
    assert_eq!(busy.wait(&reader, NOW), Wait::Behind);
    assert_eq!(busy.wait(&reader, NOW), Wait::Awake);
    busy.learn(&reader, true);
    assert_eq!(busy.wait(&reader, NOW), Wait::Behind);
}

#[test]
fn a_listener_gives_the_one_it_took_in_its_turn() {
    let busy = busy_poll();
    let listener = Vigil::for_change(ConnId(1));
    assert_eq!(busy.wait(&listener, NOW), Wait::Behind);
    assert_eq!(busy.wait(&listener, NOW), Wait::Awake);
    busy.learn(&listener, true);
    assert_eq!(busy.wait(&Vigil::for_change(ConnId(1)), NOW), Wait::Behind);
}

#[test]
fn where_answers_take_longer_it_is_tried_ever_more_rarely() {
    let busy = busy_poll();
    let mut slept = Vec::new();
    for _ in 0..12 {
        let mut asleep = 0;
        let reader = loop {
            let reader = asking(1);
            if busy.wait(&reader, NOW) == Wait::Behind {
                break reader;
            }
            asleep += 1;
        };
        slept.push(asleep);
        assert_eq!(busy.wait(&reader, NOW), Wait::Awake);
        busy.learn(&reader, false);
    }
    assert_eq!(slept, [0, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256]);

    let reader = loop {
        let reader = asking(1);
        if busy.wait(&reader, NOW) == Wait::Behind {
            break reader;
        }
    };
    assert_eq!(busy.wait(&reader, NOW), Wait::Awake);
    busy.learn(&reader, true);
    assert_eq!(busy.wait(&asking(2), NOW), Wait::Behind, "one that comes in time is enough to try again");
}

#[test]
fn what_comes_begins_a_wait_anew() {
    let (busy, reader) = (busy_poll(), Vigil::for_change(ConnId(1)));
    assert_eq!(busy.wait(&reader, NOW), Wait::Behind);
    another_waits();
    assert_eq!(busy.wait(&reader, NOW), Wait::Asleep);
    reader.wake();
    assert_eq!(busy.wait(&reader, NOW), Wait::Behind);
}

#[test]
fn it_can_be_turned_off() {
    let busy = BusyPoll::new(Duration::ZERO);
    assert_eq!(busy.wait(&asking(1), NOW), Wait::Asleep);
}

use lucid_wire::SeqNum;

use super::*;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(1)) + at
}

fn loss(recovery: Recovery) -> Loss {
    Loss::new(recovery, place(0))
}

fn duplicates(loss: &mut Loss, una: u64, count: usize) -> Vec<OnDuplicate> {
    (0..count).map(|_| loss.on_duplicate(place(una), place(1000))).collect()
}

#[test]
fn the_third_duplicate_is_a_loss_and_further_ones_inflate() {
    use OnDuplicate::*;
    let mut reno = loss(Recovery::UntilNewAck);
    assert_eq!(duplicates(&mut reno, 100, 5), [TooFew, TooFew, FastRetransmit, Inflate, Inflate]);
    assert_eq!(reno.on_new_ack(place(200)), OnNewAck::Recovered);
    assert_eq!(duplicates(&mut reno, 200, 3), [TooFew, TooFew, FastRetransmit]);
}

#[test]
fn tahoe_has_no_recovery() {
    use OnDuplicate::*;
    let mut tahoe = loss(Recovery::None);
    assert_eq!(duplicates(&mut tahoe, 100, 5), [TooFew, TooFew, FastRetransmit, Ignore, Ignore]);
    assert_eq!(tahoe.on_new_ack(place(200)), OnNewAck::Ordinary);
}

/// RFC 6582 section 3.2 step 3.
#[test]
fn newreno_stays_until_everything_sent_before_the_loss_is_acknowledged() {
    let mut newreno = loss(Recovery::UntilRecoveryPoint);
    duplicates(&mut newreno, 100, 3);
    assert_eq!(newreno.on_new_ack(place(999)), OnNewAck::Partial);
    assert_eq!(newreno.on_new_ack(place(1000)), OnNewAck::Recovered);
}

/// RFC 6582 section 3.2 steps 2 and 4.
#[test]
fn after_a_timeout_duplicates_of_what_was_sent_before_it_are_echoes() {
    for recovery in [Recovery::None, Recovery::UntilNewAck, Recovery::UntilRecoveryPoint] {
        let mut loss = loss(recovery);
        loss.on_timeout(place(500));
        loss.on_new_ack(place(500));
        assert_eq!(duplicates(&mut loss, 500, 4).last(), Some(&OnDuplicate::Ignore));
        loss.on_new_ack(place(501));
        assert_eq!(duplicates(&mut loss, 501, 3).last(), Some(&OnDuplicate::FastRetransmit));
    }
}

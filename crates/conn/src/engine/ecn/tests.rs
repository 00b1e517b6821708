use lucid_wire::SeqNum;

use super::*;

/// A SYN with the offer.
const OFFER: Flags = Flags::from_bits(Flags::SYN.bits() | SETUP.bits());
/// A SYN-ACK that accepts it.
const ACCEPTED: Flags = Flags::from_bits(Flags::SYN.bits() | Flags::ACK.bits() | Flags::ECE.bits());
const DECLINED: Flags = Flags::from_bits(Flags::SYN.bits() | Flags::ACK.bits());

/// A client that sent so many SYNs before this answer came.
fn client(syns: usize, answer: Flags) -> Ecn {
    let mut ecn = Ecn::new(true);
    for again in 0..syns {
        ecn.offer(false, again > 0);
    }
    ecn.hear_syn(answer);
    ecn
}

#[test]
fn it_is_used_if_both_want_it() {
    assert!(client(1, ACCEPTED).may_send_ect());
    assert!(!client(1, DECLINED).may_send_ect());
    // RFC 3168 6.1.1: a peer that only gives the SYN's reserved bits back does not speak ECN.
    assert!(!client(1, ACCEPTED | Flags::CWR).may_send_ect());
}

#[test]
fn a_syn_that_goes_again_goes_without_it_and_no_data_is_ect_then() {
    let mut ecn = Ecn::new(true);
    assert_eq!(ecn.offer(false, false), SETUP);
    assert_eq!(ecn.offer(false, true), Flags::EMPTY);
    assert!(!client(2, ACCEPTED).may_send_ect());
    assert!(client(2, ACCEPTED).receive(Flags::ACK, Codepoint::Ce), "but the peer may be using it");
}

#[test]
fn a_server_accepts_what_was_offered_and_nothing_else() {
    let answer = |willing, syn| {
        let mut ecn = Ecn::new(willing);
        ecn.hear_syn(syn);
        (ecn.offer(true, false), ecn.offer(true, true), ecn.may_send_ect())
    };
    assert_eq!(answer(true, OFFER), (Flags::ECE, Flags::ECE, true));
    assert_eq!(answer(true, Flags::SYN), (Flags::EMPTY, Flags::EMPTY, false));
    assert_eq!(answer(true, Flags::SYN | Flags::ECE), (Flags::EMPTY, Flags::EMPTY, false));
    assert_eq!(answer(false, OFFER), (Flags::EMPTY, Flags::EMPTY, false));
}

#[test]
fn a_mark_is_echoed_until_the_peer_has_slowed_down() {
    let mut ecn = client(1, ACCEPTED);
    assert!(!ecn.receive(Flags::ACK, Codepoint::Ect0));
    assert!(!ecn.echoing);
    assert!(ecn.receive(Flags::ACK, Codepoint::Ce));
    ecn.receive(Flags::ACK, Codepoint::Ect0);
    assert!(ecn.echoing, "one lost ACK must not lose the mark");
    ecn.receive(Flags::ACK | Flags::CWR, Codepoint::Ect0);
    assert!(!ecn.echoing);
    ecn.receive(Flags::ACK, Codepoint::Ce);
    ecn.receive(Flags::ACK | Flags::CWR, Codepoint::Ce);
    assert!(ecn.echoing, "marked anew");
}

#[test]
fn a_mark_means_nothing_to_who_never_offered() {
    let mut ecn = Ecn::new(false);
    ecn.offer(false, false);
    ecn.hear_syn(ACCEPTED);
    assert!(!ecn.receive(Flags::ACK, Codepoint::Ce));
    assert!(!ecn.echoing);
}

#[test]
fn one_window_of_data_slows_down_once() {
    let at = |places: u64| Position::first(SeqNum::new(0)) + places;
    let mut ecn = client(1, ACCEPTED);
    assert!(ecn.hear_echo(at(1000), at(5000)));
    assert!(!ecn.hear_echo(at(2000), at(6000)));
    assert!(!ecn.hear_echo(at(5000), at(9000)), "all of that was sent before");
    assert!(ecn.hear_echo(at(5001), at(9000)));
}

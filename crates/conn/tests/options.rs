//! What the two SYNs agree on: RFC 2018 section 2, RFC 7323 sections 2.2 and 3.2, RFC 6691.

mod support;

use lucid_conn::engine::{Agreed, Config, Profile, Scale};
use support::script::Script;

fn config() -> Config {
    Config {
        sack: true,
        timestamps: true,
        window_scale: Some(7),
        initial_window: 10,
        ..Config::new(Profile::Classic)
    }
}

fn all() -> Agreed {
    Agreed { sack: true, timestamps: true, scale: Some(Scale { send: 4, receive: 7 }) }
}

#[test]
fn a_first_syn_offers_what_is_configured() {
    let mut script = Script::connecting(&config());
    script.hears(&["SYN SEQ 0 MSS 1004 WS 7 SACKOK TS 0 0"]);
    script.answer_the_syn("WS 4 SACKOK TS 77 0");
    assert_eq!(script.info().options, all());
}

#[test]
fn classic_offers_nothing_and_takes_nothing() {
    let classic = Config::new(Profile::Classic);
    let mut script = Script::connecting(&classic);
    assert_eq!(script.sent[0].1.header.len(), 24, "the MSS alone");
    script.answer_the_syn_heard("WS 4 SACKOK TS 77 0");
    assert_eq!(script.info().options, Agreed::default());
    script.says("SEQ 101 ACK 1 LEN 100 TS 78 0");
    assert_eq!(script.sent.last().unwrap().1.header.len(), 20);

    let mut script = Script::listening(&classic);
    script.says("SYN SEQ 0 MSS 1004 WS 4 SACKOK TS 77 0");
    assert_eq!(script.sent[0].1.header.len(), 24);
}

/// Option by option: RFC 7323 2.2 and 3.2, RFC 2018 2.
#[test]
fn a_syn_is_answered_with_what_it_offered_and_no_more() {
    for bits in 0..8 {
        let offered: String = [(1, " WS 4"), (2, " SACKOK"), (4, " TS 77 0")]
            .into_iter()
            .filter_map(|(bit, option)| (bits & bit != 0).then_some(option))
            .collect();
        let mut script = Script::listening(&config());
        script.says(&format!("SYN SEQ 0 MSS 1004{offered}"));
        let answer = script.sent[0].1.header.options;
        let answered = (answer.window_scale, answer.sack_permitted, answer.timestamps.map(|ts| ts.echo));
        assert_eq!(answered, ((bits & 1 != 0).then_some(7), bits & 2 != 0, (bits & 4 != 0).then_some(77)));
        script.says(&format!("SEQ 1 ACK 1{}", if bits & 4 != 0 { " TS 78 0" } else { "" }));
        let agreed = script.info().options;
        assert_eq!(
            (agreed.scale.is_some(), agreed.sack, agreed.timestamps),
            (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0)
        );
    }
}

/// An unproven address is sent no SYN-ACK longer than its SYN: our MSS is what gives way, not what was agreed.
#[test]
fn a_syn_without_an_mss_is_answered_without_one() {
    let mut script = Script::listening(&config());
    script.says("SYN SEQ 0 WS 4 SACKOK TS 77 0");
    script.hears(&["SYN SEQ 0 ACK 1 WS 7 SACKOK"]);
    let answer = script.sent[0].1.header;
    assert_eq!((answer.options.mss, answer.len()), (None, 36));
    script.says("SEQ 1 ACK 1 TS 78 0");
    assert_eq!(script.info().options, all());
}

/// RFC 9293 3.5: each SYN is an offer.
#[test]
fn simultaneous_opens_agree_too() {
    let mut script = Script::connecting(&config());
    script.ignores();
    script.says("SYN SEQ 0 MSS 1004 WS 4 SACKOK TS 77 0");
    script.hears(&["SYN SEQ 0 ACK 1 WS 7 SACKOK TS 0 77"]);
    assert_eq!(script.info().options, all());
}

/// RFC 9293 3.7.1 (MUST-67): a UDP datagram holds 65,507 bytes, our header among them.
#[test]
fn no_more_is_asked_for_than_a_datagram_holds() {
    let mut script = Script::connecting(&Config { mss: u16::MAX, ..config() });
    script.hears(&["SYN SEQ 0 MSS 65487"]);
    script.answer_the_syn("MSS 65535");
    assert_eq!(script.info().mss, 65_487);
}

/// RFC 6691: the MSS option counts no options; who sends them has so much less room (MUST-16).
#[test]
fn a_full_segment_has_room_for_its_options() {
    for (option, payload) in [("TS 77 0", 992), ("SACKOK", 1004)] {
        let mut script = Script::connecting(&config());
        script.answer_the_syn_heard(option);
        assert_eq!(script.info().mss, payload);
        script.writes(3000);
        let longest = script.sent.iter().map(|(_, segment)| segment.encoded_len()).max();
        assert_eq!(longest, Some(20 + 1004));
    }
}

/// The same for the blocks of a SACK option: data makes room for them.
#[test]
fn a_segment_with_sack_blocks_carries_less_data() {
    let mut script = Script::connecting(&config());
    script.answer_the_syn_heard("SACKOK");
    script.says("SEQ 101 ACK 1 LEN 100");
    script.ignores();
    script.writes(2000);
    script.hears(&["SEQ 1 ACK 1 LEN 992 SACK 101-201", "SEQ 993 ACK 1 LEN 992 SACK 101-201"]);
    // The rest waits for a full segment; again, a segment keeps its size, and has no room for blocks.
    script.wait(std::time::Duration::from_secs(1));
    script.hears(&["SEQ 1 ACK 1 LEN 992 SACK 101-201"]);
}

//! What a receiver tells of data beyond a gap (RFC 2018) and of data that came twice (RFC 2883).

mod support;

use lucid_conn::engine::{Arrival, Config, Profile, What};
use support::script::Script;

fn config() -> Config {
    Config { sack: true, ..Config::new(Profile::Classic) }
}

fn established() -> Script {
    let mut script = Script::connecting(&config());
    script.answer_the_syn_heard("SACKOK");
    script
}

/// Both RFC 2018 section 5's first example, in our numbers: four of eight segments lost from the front.
#[test]
fn one_gap_makes_one_block_that_grows() {
    let mut script = established();
    for (seq, end) in [(501, 1001), (1001, 1501), (1501, 2001)] {
        script.says(&format!("SEQ {seq} ACK 1 LEN 500"));
        script.hears(&[&format!("SEQ 1 ACK 1 SACK 501-{end}")]);
    }
    script.says("SEQ 1 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 2001 SACK none"]);
}

/// RFC 2018 section 5, case 3: every second segment lost, then the gaps filled.
#[test]
fn the_block_of_the_latest_segment_comes_first() {
    let mut script = established();
    for (seq, blocks) in [
        (501, "501-1001"),
        (1501, "1501-2001 501-1001"),
        (2501, "2501-3001 1501-2001 501-1001"),
        (3501, "3501-4001 2501-3001 1501-2001 501-1001"),
        (4501, "4501-5001 3501-4001 2501-3001 1501-2001"),
        // The fourth is received out of order: "(5500-6500)" in the RFC's numbers.
        (2001, "1501-3001 4501-5001 3501-4001 501-1001"),
    ] {
        script.says(&format!("SEQ {seq} ACK 1 LEN 500"));
        script.hears(&[&format!("SEQ 1 ACK 1 SACK {blocks}")]);
    }
    // The second, too: what is acknowledged is not reported any more.
    script.says("SEQ 1 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 1001 SACK 1501-3001 4501-5001 3501-4001"]);
    script.says("SEQ 1001 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 3001 SACK 4501-5001 3501-4001"]);
}

/// RFC 2018 section 3.
#[test]
fn beside_timestamps_there_is_room_for_three() {
    let mut script = Script::connecting(&Config { timestamps: true, ..config() });
    script.answer_the_syn_heard("SACKOK TS 9 0");
    for seq in [501, 1501, 2501, 3501] {
        script.says(&format!("SEQ {seq} ACK 1 LEN 500 TS 9 0"));
    }
    let last = script.sent.last().unwrap().1.header;
    assert_eq!((last.options.sack.len(), last.len()), (3, 60));
}

/// RFC 2018 section 4: on every ACK, while the gap lasts.
#[test]
fn data_brings_the_blocks_along() {
    let mut script = established();
    script.says("SEQ 501 ACK 1 LEN 500");
    script.ignores();
    script.writes(10);
    script.hears(&["SEQ 1 ACK 1 LEN 10 SACK 501-1001"]);
}

/// RFC 2018 section 2: a peer that did not offer it gets none.
#[test]
fn no_one_hears_of_blocks_who_did_not_ask() {
    let mut script = Script::connecting(&config());
    script.answer_the_syn_heard("");
    script.says("SEQ 501 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 1 SACK none"]);
}

/// RFC 2883 section 4.1.1 and 4.1.2: a full duplicate, without and with a gap.
#[test]
fn a_duplicate_is_reported_in_the_first_block_once() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 500");
    script.ignores();
    script.says("SEQ 1 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 501 SACK 1-501"]);
    script.says("SEQ 1001 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 501 SACK 1001-1501"]);
    script.says("SEQ 1 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 501 SACK 1-501 1001-1501"]);
}

/// RFC 2883 section 4.1.3: of a segment beyond the gap; its run is the second block.
#[test]
fn a_duplicate_beyond_the_gap_is_followed_by_its_run() {
    let mut script = established();
    script.says("SEQ 501 ACK 1 LEN 1000");
    script.says("SEQ 2001 ACK 1 LEN 500");
    script.ignores();
    script.says("SEQ 501 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 1 SACK 501-1001 501-1501 2001-2501"]);
    script.says("SEQ 2501 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 1 SACK 2001-3001 501-1501"]);
}

/// RFC 2883 section 4.2: partial duplicates.
#[test]
fn the_part_that_came_twice_is_reported() {
    let mut script = established();
    script.says("SEQ 1 ACK 1 LEN 500");
    script.says("SEQ 1 ACK 1 LEN 1000");
    script.hears(&["SEQ 1 ACK 1001 SACK 1-501"]);
    script.says("SEQ 1501 ACK 1 LEN 500");
    script.ignores();
    script.says("SEQ 1401 ACK 1 LEN 800");
    script.hears(&["SEQ 1 ACK 1001 SACK 1501-2001 1401-2201"]);
}

/// A FIN takes a place: a sender that hears of all its bytes but not of that one would send it again.
#[test]
fn a_fin_beyond_a_gap_is_reported_with_its_segment() {
    let mut script = established();
    script.says("FIN SEQ 501 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 1 SACK 501-1002"]);
    script.says("SEQ 1 ACK 1 LEN 500");
    script.hears(&["SEQ 1 ACK 1002 SACK none"]);

    let mut script = established();
    script.says("FIN SEQ 501 ACK 1");
    script.hears(&["SEQ 1 ACK 1 SACK 501-502"]);
    script.says("SEQ 401 ACK 1 LEN 100");
    script.hears(&["SEQ 1 ACK 1 SACK 401-502"]);
}

/// What there was no room for is not claimed.
#[test]
fn what_was_not_kept_is_not_reported() {
    let mut script = Script::connecting(&Config { receive_buffer: 1000, ..config() });
    script.answer_the_syn_heard("SACKOK");
    script.says("SEQ 501 ACK 1 LEN 800");
    script.hears(&["SEQ 1 ACK 1 SACK 501-1001"]);
}

/// A thousand gaps are kept and filled as well as one.
#[test]
fn a_thousand_gaps_are_filled_from_the_back() {
    let mut script = established();
    for gap in (0..1000).rev() {
        script.says(&format!("SEQ {} ACK 1 LEN 30", 61 + 60 * gap));
    }
    for gap in (0..1000).rev() {
        script.says(&format!("SEQ {} ACK 1 LEN 60", 1 + 60 * gap));
    }
    let info = script.info();
    assert_eq!((info.unread, info.waiting, info.counts.bytes_received), (60_030, 0, 60_030));
    let no_room = script
        .events
        .iter()
        .any(|event| matches!(event.what, What::Arrived { arrival: Arrival::NoRoom, .. }));
    assert!(!no_room);
    let mut read = Vec::new();
    while read.len() < 60_030 {
        read.extend(script.reads(usize::MAX));
    }
    assert_eq!(read, support::script::text(1, 60_030));
}

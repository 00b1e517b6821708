use super::*;

fn summary() -> Summary {
    Summary {
        bytes_sent: 8_000_000,
        bytes_received: 0,
        duration: Duration::from_millis(2310),
        losses: Losses::default(),
        retransmissions: 0,
        timeouts: 0,
        tail_probes: 0,
        undone: 0,
        recoveries: 0,
        time_in_recovery: Duration::ZERO,
        sending: Duration::from_secs(2),
        limited_by: vec![
            (LimitedBy::CongestionWindow, Duration::from_millis(1600)),
            (LimitedBy::Application, Duration::from_millis(400)),
        ],
        round_trip: None,
        out_of_order: 0,
        duplicates: 0,
    }
}

#[test]
fn a_transfer_with_losses_is_told_in_plain_sentences() {
    let losses =
        Losses { segments: 3, certain: true, by_fast_recovery: 2, by_tail_probe: 1, ..Losses::default() };
    let said = Summary { losses, ..summary() }.sentences().join(" ");
    assert_eq!(
        said,
        "8.0 MB sent in 2.31 s. 3 segments were lost; fast recovery repaired 2, the tail probe 1. No timeout. \
         Most of the time the congestion window was the limit."
    );
}

#[test]
fn losses_are_counted_in_good_english() {
    let none = Losses::default();
    let rows = [
        (Losses { ..none }, "No segment was taken for lost."),
        (Losses { certain: true, acks: 1, ..none }, "No segment was lost; besides, 1 bare ACK was lost."),
        (
            Losses { segments: 1, certain: true, by_timeout: 1, ..none },
            "1 segment was lost; the retransmission timer repaired it.",
        ),
        (
            Losses { segments: 2, by_tail_probe: 2, ..none },
            "2 segments were taken for lost; the tail probe repaired all of them.",
        ),
        (
            Losses { segments: 2, certain: true, not_repaired: 2, ..none },
            "2 segments were lost; 2 not sent again.",
        ),
        (
            Losses { segments: 3, certain: true, by_timeout: 2, not_repaired: 1, ..none },
            "3 segments were lost; the retransmission timer repaired 2, 1 not sent again.",
        ),
    ];
    let needless = Losses { segments: 5, certain: true, by_fast_recovery: 3, needless: 2, ..none };
    let said = "5 segments were lost; fast recovery repaired 3, 2 were copies of what had arrived.";
    assert_eq!(needless.to_string(), said);
    for (losses, said) in rows {
        assert_eq!(losses.to_string(), said);
    }
}

#[test]
fn who_only_listened_is_told_what_came() {
    let heard = Summary { bytes_sent: 41, bytes_received: 5000, out_of_order: 1, duplicates: 2, ..summary() };
    assert_eq!(
        heard.sentences(),
        [
            "5.0 kB received in 2.31 s, and 41 bytes sent.",
            "1 segment came before its turn.",
            "2 segments brought nothing new."
        ]
    );
}

#[test]
fn shares_are_parts_of_the_time_of_sending() {
    let summary = summary();
    assert!((summary.share(LimitedBy::CongestionWindow) - 0.8).abs() < 1e-9);
    assert!(summary.share(LimitedBy::Pacing).abs() < 1e-9);
    let idle = Summary { sending: Duration::ZERO, limited_by: Vec::new(), ..summary };
    assert!(idle.share(LimitedBy::Application).abs() < 1e-9);
    assert_eq!(idle.sentences(), ["8.0 MB sent in 2.31 s.", "No segment was taken for lost."]);
}

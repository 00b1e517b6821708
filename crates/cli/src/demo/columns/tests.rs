use std::time::Instant;

use super::*;

fn said(lines: &[(u64, &str)], start: Instant) -> Vec<Said> {
    let after = |millis| start + Duration::from_millis(millis);
    lines.iter().map(|(millis, line)| Said { at: after(*millis), line: (*line).to_owned() }).collect()
}

#[expect(clippy::disallowed_methods, reason = "an Instant has no other beginning")]
fn start() -> Instant {
    Instant::now()
}

fn numbered(count: usize) -> Vec<Line> {
    let line = |number| Line { at: Duration::ZERO, side: Side::Server, text: format!("line {number}.") };
    (0..count).map(line).collect()
}

#[test]
fn a_segment_is_sent_before_it_is_received_however_late_the_line_came() {
    let start = start();
    let server = said(
        &[(0, "(0) (LISTEN)"), (1, "(1) receive: SYN : (1) ACK 0 SEQ 5: 0 bytes"), (4, "(1) (SYN_RCVD)")],
        start,
    );
    let client = said(&[(3, "(0) sent: SYN : (0) ACK 0 SEQ 5: 0 bytes"), (5, "(0) (SYN_SENT)")], start);
    let lines = merged(&[(Side::Server, &server), (Side::Client(None), &client)]);
    let shown: Vec<_> = lines.iter().map(|line| (line.at.as_millis(), line.side, &*line.text)).collect();
    assert_eq!(
        shown,
        [
            (0, Side::Server, "(0) (LISTEN)"),
            (3, Side::Client(None), "(0) sent: SYN : (0) ACK 0 SEQ 5: 0 bytes"),
            (3, Side::Server, "(1) receive: SYN : (1) ACK 0 SEQ 5: 0 bytes"),
            (4, Side::Server, "(1) (SYN_RCVD)"),
            (5, Side::Client(None), "(0) (SYN_SENT)"),
        ]
    );
}

#[test]
fn what_nobody_is_known_to_have_sent_does_not_hold_the_rest_up() {
    let start = start();
    let server = said(&[(1, "(1) receive: ACK : (1) ACK 1 SEQ 1: 0 bytes"), (2, "(1) (ESTABLISHED)")], start);
    assert_eq!(merged(&[(Side::Server, &server)]).len(), 2);
}

#[test]
fn an_excerpt_has_the_edges_and_the_first_of_each_turning_point() {
    let kept = excerpt(&numbered(300), &["line 150.", "line 290.", "nowhere"]);
    let shown: Vec<usize> = (0..300).filter(|line| kept[*line]).collect();
    let expected: Vec<usize> = (0..EDGE).chain(150 - AROUND..=150 + AROUND).chain(300 - EDGE..300).collect();
    assert_eq!(shown, expected);
}

#[test]
fn stretches_cover_everything_once() {
    assert_eq!(stretches(&[true, true, false, true]), [(0..2, true), (2..3, false), (3..4, true)]);
    assert_eq!(stretches(&[]), []);
}

#[test]
fn a_line_too_long_for_its_column_is_cut_visibly() {
    assert_eq!(fitted("short", 5), "short");
    assert_eq!(fitted("longer", 5), "long…");
}

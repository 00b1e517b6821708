use super::*;

fn history(values: &[f32]) -> History {
    let mut history = History::default();
    for (index, &cwnd) in values.iter().enumerate() {
        let at_us = index as u64;
        let point = Point { at_us, cwnd, ssthresh: None, in_flight: 0.0, out: 0.0, into: 0.0, rtt: None };
        history.push(point, 100);
    }
    history
}

fn drawn(values: &[f32], width: usize) -> String {
    history(values).sparkline(width, |point| point.cwnd)
}

#[test]
fn a_sparkline_reaches_from_nothing_to_the_highest_value() {
    assert_eq!(drawn(&[0.0, 1.0, 2.0, 4.0, 8.0], 5), " ▁▂▄█");
    assert_eq!(drawn(&[5.0, 5.0, 5.0], 3), "▄▄▄", "it was steady");
}

#[test]
fn the_last_value_stands_on_the_right() {
    assert_eq!(drawn(&[1.0], 4), "   ▄");
    assert_eq!(drawn(&[9.0, 9.0, 1.0, 2.0], 2), "▄█");
    assert_eq!(drawn(&[], 3), "   ");
}

#[test]
fn nothing_at_all_is_no_bar() {
    assert_eq!(drawn(&[0.0, 0.0], 3), "   ");
}

#[test]
fn no_more_is_kept_than_was_asked_for() {
    let mut kept = history(&[1.0, 2.0, 3.0]);
    let last = *kept.points().last().expect("a point");
    kept.push(last, 2);
    assert_eq!(kept.points().len(), 2);
    assert_eq!(kept.span(), Some((2, 2)));
}

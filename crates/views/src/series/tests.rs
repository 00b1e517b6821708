use super::*;

const fn ms(millis: u64) -> Time {
    Time::from_millis(millis)
}

#[test]
fn a_line_holds_its_value_until_the_next_point() {
    let mut line = Line::default();
    for (at, value) in [(10, 1), (20, 1), (30, 2), (30, 3), (40, 4)] {
        line.set(ms(at), value);
    }
    assert_eq!(line.points(), [(ms(10), 1), (ms(30), 3), (ms(40), 4)]);
    let at = [9, 10, 29, 30, 39, 1000].map(|at| line.at(ms(at)));
    assert_eq!(at, [None, Some(1), Some(1), Some(3), Some(3), Some(4)]);
    let spans: Vec<_> = line.spans(ms(100)).map(|span| (span.from, span.to, span.what)).collect();
    assert_eq!(spans, [(ms(10), ms(30), 1), (ms(30), ms(40), 3), (ms(40), ms(100), 4)]);
}

#[test]
fn an_amended_point_joins_the_one_before_it_if_they_are_alike() {
    let mut line = Line::default();
    line.set(ms(10), 1);
    line.set(ms(20), 2);
    line.amend(1);
    assert_eq!(line.points(), [(ms(10), 1)]);
    line.set(ms(30), 2);
    line.amend(5);
    assert_eq!(line.points(), [(ms(10), 1), (ms(30), 5)]);
}

#[test]
fn a_span_has_only_what_lies_within() {
    let span = Span { from: ms(10), to: ms(50), what: () };
    let within =
        [(0, 100), (20, 30), (0, 20), (40, 100), (60, 70)].map(|(from, to)| span.within(ms(from), ms(to)));
    assert_eq!(within.map(|time| time.as_millis()), [40, 10, 10, 10, 0]);
}

//! Fewer points, with the same look.

use core::time::Duration;

use lucid_conn::engine::Time;

use crate::series::Span;

/// At most about `most` of the points: of each run of neighbours the lowest and the highest, and both ends of all.
pub(super) fn points<T: Copy>(points: &[T], most: usize, value: impl Fn(&T) -> f64) -> Vec<T> {
    if points.len() <= most.max(4) {
        return points.to_vec();
    }
    let run = points.len().div_ceil(most.max(4) / 2);
    let mut kept = vec![points[0]];
    for run in points[1..points.len() - 1].chunks(run) {
        let by_value = |one: &(usize, &T), other: &(usize, &T)| value(one.1).total_cmp(&value(other.1));
        let low = run.iter().enumerate().min_by(by_value);
        let high = run.iter().enumerate().max_by(by_value);
        let mut both: Vec<_> = low.into_iter().chain(high).collect();
        both.sort_by_key(|(index, _)| *index);
        both.dedup_by_key(|(index, _)| *index);
        kept.extend(both.into_iter().map(|(_, point)| *point));
    }
    kept.extend(points.last());
    kept
}

/// At most about `most` spans: of more, the time is cut into equal parts, and each is what holds for most of it.
pub(super) fn spans<T: Copy + PartialEq>(spans: Vec<Span<T>>, most: usize) -> Vec<Span<T>> {
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return spans };
    if spans.len() <= most.max(1) {
        return spans;
    }
    let (begin, end) = (first.from.as_nanos(), last.to.as_nanos());
    let part = (end - begin).div_ceil(most.max(1) as u64).max(1);
    let mut kept: Vec<Span<T>> = Vec::new();
    let mut behind = 0;
    for from in (begin..end).step_by(usize::try_from(part).unwrap_or(usize::MAX)) {
        let (from, to) = (Time::from_nanos(from), Time::from_nanos((from + part).min(end)));
        while spans[behind].to <= from && behind + 1 < spans.len() {
            behind += 1;
        }
        let within = spans[behind..].iter().take_while(|span| span.from < to);
        let mut times: Vec<(T, Duration)> = Vec::new();
        for span in within {
            let time = span.within(from, to);
            match times.iter_mut().find(|(what, _)| *what == span.what) {
                Some((_, sum)) => *sum += time,
                None => times.push((span.what, time)),
            }
        }
        let Some((what, _)) = times.into_iter().max_by_key(|(_, time)| *time) else { continue };
        match kept.last_mut() {
            Some(last) if last.what == what && last.to == from => last.to = to,
            _ => kept.push(Span { from, to, what }),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_spans_become_what_mostly_holds() {
        let ms = Time::from_millis;
        // 900 us of one, 100 us of the other, and in the second half the other way round.
        let short: Vec<_> = (0..1000_u64)
            .flat_map(|at| {
                let cut = Time::from_micros(at * 1000 + if at < 500 { 900 } else { 100 });
                [Span { from: ms(at), to: cut, what: 'a' }, Span { from: cut, to: ms(at + 1), what: 'b' }]
            })
            .collect();
        let expected =
            [Span { from: ms(0), to: ms(500), what: 'a' }, Span { from: ms(500), to: ms(1000), what: 'b' }];
        assert_eq!(spans(short.clone(), 100), expected);
        assert_eq!(spans(short.clone(), 2000), short);
    }

    #[test]
    fn peaks_and_both_ends_stay() {
        let all: Vec<f64> = (0..10_000).map(|at| if at == 4321 { 1e9 } else { f64::from(at % 10) }).collect();
        let kept = points(&all, 100, |value| *value);
        assert!(kept.len() <= 102, "{}", kept.len());
        assert!(kept.contains(&1e9) && kept.contains(&0.0));
        assert_eq!((kept.first(), kept.last()), (all.first(), all.last()));
        assert_eq!(points(&all[..50], 100, |value| *value), all[..50]);
    }
}

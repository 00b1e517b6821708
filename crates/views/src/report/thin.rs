//! Fewer points, with the same look.

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

#[cfg(test)]
mod tests {
    use super::*;

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

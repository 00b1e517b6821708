//! Percentiles, and Jain's index of fairness.

/// The smallest of `sorted` that is not exceeded by `percent` of them (nearest rank); none of none.
#[must_use]
pub fn percentile<T: Copy>(sorted: &[T], percent: f64) -> Option<T> {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).or(sorted.last()).copied()
}

/// Jain's index of fairness: the square of the sum, divided by their number and the sum of squares. 1 if all have
/// the same, 1/n if one has all. None at all, or nothing to share, is fair.
#[must_use]
pub fn jain(shares: impl IntoIterator<Item = f64>) -> f64 {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for share in shares {
        (n, sum, squares) = (n + 1.0, sum + share, squares + share * share);
    }
    if squares > 0.0 { sum * sum / (n * squares) } else { 1.0 }
}

#[cfg(test)]
mod tests;

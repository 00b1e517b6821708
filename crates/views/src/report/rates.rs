//! Rates from amounts: how fast a line grows.

use core::time::Duration;

use lucid_conn::engine::Time;

/// No shorter: a burst is no rate.
const SHORTEST: Duration = Duration::from_millis(2);

/// The rate, per second, at which an amount grew over the `window` before each of its points; zero a window after it
/// stopped. `window` is asked for each point's time.
pub(super) fn rate(amounts: &[(Time, f64)], window: impl Fn(Time) -> Duration) -> Vec<(Time, f64)> {
    let mut rates: Vec<(Time, f64)> = Vec::with_capacity(amounts.len());
    let mut behind = 0;
    for (index, &(at, amount)) in amounts.iter().enumerate() {
        let window = window(at).max(SHORTEST);
        while behind < index && amounts[behind].0 + window < at {
            behind += 1;
        }
        // The amount when the window began: that of the last point before it.
        let before = amounts[behind.saturating_sub(1)].1.min(amount);
        rates.push((at, (amount - before) / window.as_secs_f64()));
        let stops = amounts.get(index + 1).is_none_or(|(next, _)| at + window < *next);
        if stops {
            rates.push((at + window, 0.0));
        }
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_what_came_in_the_window_and_ends_behind_it() {
        let ms = Time::from_millis;
        let amounts = [(ms(0), 0.0), (ms(10), 100.0), (ms(20), 300.0), (ms(90), 400.0)];
        let found = rate(&amounts, |_| Duration::from_millis(10));
        let rates: Vec<_> =
            found.iter().map(|(at, rate)| (at.as_nanos() / 1_000_000, rate.round())).collect();
        assert_eq!(rates, [(0, 0.0), (10, 10_000.0), (20, 30_000.0), (30, 0.0), (90, 10_000.0), (100, 0.0)],);
    }
}
